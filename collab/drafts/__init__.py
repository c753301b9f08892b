"""All drafts of this process: which are open, and what is asked of them."""
