"""Reference pages that are made from the code. `python -m etappe.config.reference` writes them."""
