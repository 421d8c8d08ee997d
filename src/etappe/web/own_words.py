"""Names for own fields in timelines: what a changed value is called, and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from etappe.core.actor import Actor
from etappe.journal.queries import EntryView
from etappe.journal.texts import Names
from etappe.people.fields import FieldView, field_views, reference_names


@dataclass(frozen=True)
class OwnWords:
    """The fields by subject and key, and the names of the people and accounts that their values refer to."""

    fields: Mapping[str, Mapping[str, FieldView]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def put(self, names: Names, entry: EntryView) -> Names:
        """The names with those of the fields that this entry is about."""
        own = self.fields.get(entry.kind.partition(".")[0])
        return replace(names, own=own, people={**names.people, **self.names}) if own else names


def own_words(viewer: Actor, entries: Iterable[EntryView]) -> OwnWords:
    """What these entries need to speak of own fields; nothing is asked where none of them does."""
    told = [(entry.kind.partition(".")[0], pair) for entry in entries if (pair := _pair(entry))]
    if not told:
        return OwnWords()
    fields: dict[str, dict[str, FieldView]] = {}
    for own in field_views():
        fields.setdefault(own.subject, {})[own.key] = own
    values = (
        (fields[subject][key].kind, value)
        for subject, pair in told
        for side in pair
        for key, value in (side or {}).items()
        if value and key in fields.get(subject, {})
    )
    return OwnWords(fields, reference_names(values, viewer))


def _pair(entry: EntryView) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (entry.data.get("changed") or {}).get("custom") or []
    return found
