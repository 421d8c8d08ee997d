"""Fill the demo's database, unless it is filled: `python -m etappe.demo`."""

from __future__ import annotations

import os

import django


def main() -> None:
    """Play the company once, in one transaction: an interrupted fill leaves nothing and is done again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "etappe.config.settings")
    django.setup()
    from django.db import transaction

    from etappe.demo.company import play
    from etappe.journal.clock import now
    from etappe.team.queries import workspace

    if workspace().is_demo:
        return
    with transaction.atomic():
        play(now())


if __name__ == "__main__":
    main()
