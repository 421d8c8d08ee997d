"""A company whose truth is known: what happens in it by chance, drawn from stated parameters."""
