"""Make the forecast as of a moment: `python -m etappe.insights MOMENT`, in a process of its own.

What it needs of memory goes back when it ends, and it stands behind whoever waits for a page. A worker that starts it
takes it along when it dies.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime

import django

from etappe.insights import alongside


def main() -> None:
    """Set Django up and make the forecast."""
    alongside.end_with_parent(sys.argv)
    os.nice(10)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "etappe.config.settings")
    django.setup()
    from etappe.core.actor import SYSTEM
    from etappe.insights import actions

    actions.forecast(actor=SYSTEM, at=datetime.fromisoformat(sys.argv[1]))


if __name__ == "__main__":
    main()
