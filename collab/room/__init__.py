"""One open document: who is in it, what they bring, and how it becomes durable before anybody sees it."""
