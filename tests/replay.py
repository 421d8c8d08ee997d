"""The journal is sufficient: folding the entries of a record gives its journaled columns."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from etappe.core.kinds import REGISTRY, fold
from etappe.journal.models import Entry
from etappe.journal.values import columns_of

SUBJECTS = {"Account": "account_id", "Person": "person_id", "Deal": "deal_id"}
WORDS = {"SavedView": "view"}
"""What entries call a record that is called otherwise in the database."""
PREFIXES = {"Account": "account.", "Person": "person.", "Deal": "deal."}


def replayed(record: Model) -> dict[str, Any]:
    """What the journal says about the record."""
    return fold([REGISTRY[entry.kind](**entry.data) for entry in entries_of(record)], getattr(record, "LATER", None))


def entries_of(record: Model) -> list[Entry]:
    """The entries that tell of the record, oldest first."""
    name = type(record).__name__
    if name in SUBJECTS:
        about = {SUBJECTS[name]: record.pk, "kind__startswith": PREFIXES[name]}
    elif name == "Workspace":
        about = {"kind": "workspace.edited"}
    else:
        word = WORDS.get(name, name.lower())
        about = {f"data__{word}": str(record.uid), "kind__startswith": f"{word}."}  # type: ignore[attr-defined]
    return list(Entry.objects.filter(**about).order_by("id"))


def assert_replays(record: Model) -> None:
    """Fail unless the folded entries equal the row as the database has it now."""
    record.refresh_from_db()
    columns = record.JOURNALED  # type: ignore[attr-defined]
    said, is_there = replayed(record), columns_of(record, columns)
    if type(record).__name__ == "Workspace":  # it was never created, so only what was edited is told
        is_there = {column: value for column, value in is_there.items() if column in said}
    assert {column: said.get(column, "(never said)") for column in is_there} == is_there
    assert set(said) <= set(columns)


def journal() -> list[tuple[str, dict[str, Any]]]:
    """All entries there are, as kind and data, oldest first."""
    return list(Entry.objects.order_by("id").values_list("kind", "data"))
