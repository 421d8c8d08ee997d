"""Which pages there are, and what makes each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from django.utils.translation import override

from etappe.config import env
from etappe.config.reference import access, api, archive, filters, journal, refusals
from etappe.insights import reference as insights
from etappe.playbook import lint_texts

PAGES: Mapping[str, Callable[[], str]] = {
    "api.md": api.page,
    "archive.md": archive.page,
    "filters.md": filters.page,
    "journal-kinds.md": journal.page,
    "lint-rules.md": lint_texts.reference,
    "metrics.md": insights.reference,
    "permissions.md": access.page,
    "refusals.md": refusals.page,
    "settings.md": env.reference,
}
"""File names with what makes them. The page of commands is made by `etappe.cli.reference`, which stands above."""


def page(name: str) -> str:
    """A page in English, which the docs are written in."""
    with override("en"):
        return PAGES[name]()


def write(folder: Path) -> None:
    """Write every page into the folder."""
    for name in PAGES:
        (folder / name).write_text(page(name), encoding="utf-8")
