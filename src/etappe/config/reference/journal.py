"""The page of all kinds of journal entries."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from dataclasses import Field, fields
from importlib import import_module
from itertools import groupby

from etappe.config.reference.markdown import joined, line, table
from etappe.core import kinds
from etappe.core.kinds import REGISTRY, JournalKind
from etappe.journal.texts import OTHERWISE, SENTENCES

HEAD = """# Journal kinds

Every entry of the [journal](../concepts/journal.md) is of one of these kinds. A kind is a frozen dataclass in
`src/etappe/core/kinds`, one file per room. *Says* is its sentence on a timeline, with the fields in braces.
*Personal* fields hold personal data. Columns that every entry has are listed at the end.
"""
COLUMNS = """## What every entry has

| Column | Meaning |
| --- | --- |
| `id`, `change_id` | key of the entry; entries of one action share a change |
| `kind`, `version`, `data` | which kind, in which version, with its fields as JSON |
| `occurred_at`, `recorded_at` | when it happened in the world; when it was written down |
| `actor_kind`, `actor_id` | `user`, `system`, `import` or `buyer`; which user |
| `account_id`, `person_id`, `deal_id` | the records it tells of; no foreign keys, for the journal depends on no room |
| `voids`, `caused_by` | the entry that this one takes back; the entry that led to it |
| `backfilled` | it tells of something from before it was recorded, as imports do; nobody reacts to it |
| `xid` | the transaction that wrote it, which the trigger at the gate compares |
| `redacted_at` | when its personal fields were blanked |
"""


def page() -> str:
    """The page."""
    for module in pkgutil.iter_modules(kinds.__path__):
        import_module(f"{kinds.__name__}.{module.name}")
    return joined([HEAD, *_rooms(), COLUMNS])


def _rooms() -> Iterator[str]:
    rooms = sorted(REGISTRY.values(), key=lambda kind: kind.__module__)
    for module, members in groupby(rooms, key=lambda kind: kind.__module__):
        yield f"## {module.rpartition('.')[2].capitalize()}"
        yield from (part for kind in members for part in _kind(kind))


def _kind(kind: type[JournalKind]) -> Iterator[str]:
    version = f" (version {kind.version})" if kind.version > 1 else ""
    yield f"### `{kind.name}`{version}"
    yield f"{line(kind.__doc__)}"
    yield "\n".join(f"- Says{when}: {text}" for when, text in _sentences(kind.name))
    yield table(("Field", "Type", "Personal"), (_field(kind, field) for field in fields(kind)))


def _sentences(name: str) -> Iterator[tuple[str, object]]:
    yield "", SENTENCES[name]
    for (kind, column, value), text in OTHERWISE.items():
        if kind == name:
            yield f", where `{column}` is `{value}`", text


def _field(kind: type[JournalKind], field: Field[object]) -> tuple[str, str, str]:
    return f"`{field.name}`", f"`{field.type}`", "yes" if field.name in kind.personal else ""
