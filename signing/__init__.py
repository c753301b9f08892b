"""Typesetting, sealing, time-stamping, verifying, and telling what changed after signing. No HTTP, no storage."""
