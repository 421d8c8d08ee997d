"""Fill a database with a simulated company, unless it is filled.

`python -m etappe.demo` plays the demo; with a number of deals it makes a workspace for measuring, with `--order FILE`
the company that was ordered.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from etappe.demo.order import Order


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Play the company once, in one transaction: an interrupted fill leaves nothing and is done again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "etappe.config.settings")
    django.setup()
    from django.db import transaction

    from etappe.demo.company import play
    from etappe.demo.load import fill
    from etappe.journal.clock import now
    from etappe.team.queries import workspace

    if len(sys.argv) > 1:
        fill(_order(sys.argv[1:]), now(), _tell, time.monotonic)
        return
    if workspace().is_demo:
        return
    with transaction.atomic():
        play(now())


def _order(words: list[str]) -> Order:
    from etappe.demo.order import Order, measuring
    from etappe.journal.clock import now

    if words[0] == "--order":
        return Order.of(Path(words[1]).read_text("utf-8"))
    return measuring(int(words[0]), now().date())


if __name__ == "__main__":
    main()
