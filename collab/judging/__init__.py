"""What of an update may be written: what stands where, whose clocks they are, what the schema knows."""
