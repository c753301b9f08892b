"""Pages that the server writes itself: they are read without signing in and without script."""
