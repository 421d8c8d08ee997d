"""Rules and maths on plain values: no Django, no clock, no I/O, no chance that was not handed in."""
