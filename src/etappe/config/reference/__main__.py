"""`python -m etappe.config.reference [FOLDER]`: write the pages, into `docs/reference` if not told otherwise."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django

ALONE = {
    "DJANGO_SETTINGS_MODULE": "etappe.config.settings",
    "ETAPPE_SECRET_KEY": "signs nothing, for nothing is served from here",
    "DATABASE_URL": "postgresql://nobody@/none",
}
"""Settings for a process that asks no database."""

if __name__ == "__main__":
    os.environ |= ALONE
    django.setup()
    from etappe.config.reference.pages import write

    write(Path(*sys.argv[1:2] or ["docs/reference"]))
