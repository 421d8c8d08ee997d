"""Forecasts: what is learned from the past of deals, tried on the past, and said about the open ones."""
