"""Processes: versioned, published, immutable."""
