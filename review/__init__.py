"""What a review is: content, rounds, comments, settlement, rights. Pure: no I/O, no clock of its own."""
