"""Figures: typed facts, one catalogue of metrics, the engine that runs them."""
