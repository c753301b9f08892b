"""What a draft said at any moment, who wrote what, and how its journal is made short without losing either."""
