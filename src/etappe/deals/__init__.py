"""Deals, the evidence they move on, and the gate."""
