"""What was written, in order and on disk: rows, the queue before them, and what became of them when compacted."""
