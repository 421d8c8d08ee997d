"""`python -m etappe` is `etappe`."""

from __future__ import annotations

from etappe.cli import main

main(prog_name="etappe")
