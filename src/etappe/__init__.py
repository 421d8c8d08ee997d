"""Etappe: a sales lifecycle system in which a deal advances only on evidence from the buyer."""

__version__ = "0.1.0"
