"""Whether the journal still tells all: folding a record's entries must give its journaled columns."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.apps import apps

from etappe.core import kinds
from etappe.core.kinds import JournalKind, fold
from etappe.journal.queries import kinds_of
from etappe.journal.values import columns_of

SUBJECTS = {"people.Account": "account", "people.Person": "person", "deals.Deal": "deal"}
"""Records that the journal has a column for, and the first word of the kinds that tell of them."""


def differing(newest: int) -> Iterator[str]:
    """Records, among the `newest` of each kind, that the journal tells otherwise: which one, and in which columns."""
    for module in pkgutil.iter_modules(kinds.__path__):
        import_module(f"{kinds.__name__}.{module.name}")
    for label, word in SUBJECTS.items():
        model: Any = apps.get_model(label)
        for record in model.objects.order_by("-id")[:newest]:
            columns = _differing(word, record)
            if columns:
                yield f"{word} {record.uid} ({', '.join(columns)})"


def _differing(word: str, record: Any) -> list[str]:
    said = fold(_told(word, record.pk), record.LATER)
    is_there = columns_of(record, record.JOURNALED)
    return [column for column, value in is_there.items() if column not in said or said[column] != value]


def _told(word: str, key: int) -> list[JournalKind]:
    return [kind for kind in kinds_of(**{word: key}) if kind.name.startswith(f"{word}.")]
