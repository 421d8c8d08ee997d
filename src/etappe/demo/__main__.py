"""Fill the demo's database, unless it is filled: `python -m etappe.demo`, with a number of deals for measuring."""

from __future__ import annotations

import os
import sys
import time

import django


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Play the company once, in one transaction: an interrupted fill leaves nothing and is done again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "etappe.config.settings")
    django.setup()
    from django.db import transaction

    from etappe.demo.company import play
    from etappe.demo.size import fill
    from etappe.journal.clock import now
    from etappe.team.queries import workspace

    if len(sys.argv) > 1:
        fill(int(sys.argv[1]), now(), _tell, time.monotonic)
        return
    if workspace().is_demo:
        return
    with transaction.atomic():
        play(now())


if __name__ == "__main__":
    main()
