"""The append-only record of every change of state, and the bytes that evidence consists of."""
