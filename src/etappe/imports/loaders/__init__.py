"""Loading one kind of rows each: what a row is, whether it is known, what it changes."""
