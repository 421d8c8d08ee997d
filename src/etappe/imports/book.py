"""The links of a source: which of its rows became which records, and what they said then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from etappe.core.values import fold_key
from etappe.imports.models import Link
from etappe.journal.load import copy_rows

_COLUMNS = ("source_id", "kind", "key", "nth", "record_id", "run_id", "waits_for", "seen")


def own_key(value: str) -> str:
    """The key of a row that its source gives one."""
    return f"={value}"


def name_key(*parts: str) -> str:
    """The key of a row that has only a name: how it is spelt does not matter.

    >>> name_key("GTX Pro") == name_key("GTXPro")
    True
    """
    return "~" + "|".join(fold_key(part) for part in parts)


@dataclass(frozen=True)
class Known:
    """A row as it was seen before. `was_now` says that this run has met it already."""

    id: int
    nth: int
    record: int | None
    seen: str
    was_now: bool


@dataclass(frozen=True)
class NewLink:
    """A link to be kept."""

    key: str
    record: int | None
    seen: str = ""
    nth: int = 0
    waits_for: str = ""


class Book:
    """The links of one source and kind, for one run."""

    def __init__(self, source: int, run: int, kind: str) -> None:
        self.source, self.run, self.kind = source, run, kind

    def known(self, keys: Iterable[str]) -> dict[str, list[Known]]:
        """What is known of these keys, each in the order of `nth`."""
        found: dict[str, list[Known]] = {}
        rows = Link.objects.filter(source=self.source, kind=self.kind, key__in=list(keys)).order_by("key", "nth")
        for link, key, nth, record, seen, run in rows.values_list("id", "key", "nth", "record_id", "seen", "run_id"):
            found.setdefault(key, []).append(Known(link, nth, record, seen, run == self.run and bool(seen)))
        return found

    def records(self, values: Iterable[str]) -> dict[str, int]:
        """The records that these references mean: a key of the source, else a name. What is unknown is left out."""
        wanted = {value for value in values if value}
        keys = {own_key(value): value for value in wanted}
        names = {value: name_key(value) for value in wanted}
        found = self._first_records([*keys, *names.values()])
        return {
            value: record
            for value in wanted
            if (record := found.get(own_key(value)) or found.get(names[value])) is not None
        }

    def _first_records(self, keys: Sequence[str]) -> dict[str, int]:
        rows = Link.objects.filter(source=self.source, kind=self.kind, key__in=keys, record_id__isnull=False)
        found: dict[str, int] = {}
        for key, record in rows.order_by("key", "nth").values_list("key", "record_id"):
            if record is not None:
                found.setdefault(key, record)
        return found

    def linked(self, records: Iterable[int]) -> set[int]:
        """Those of the records that a key of this source means already."""
        rows = Link.objects.filter(kind=self.kind, record_id__in=list(records), source=self.source)
        found = rows.filter(key__startswith="=").values_list("record_id", flat=True)
        return {record for record in found if record is not None}

    def add(self, links: Sequence[NewLink]) -> None:
        """Keep new links."""
        rows = (
            (self.source, self.kind, link.key, link.nth, link.record, self.run, link.waits_for, link.seen)
            for link in links
        )
        if links:
            copy_rows("imports_link", _COLUMNS, rows)

    def add_aliases(self, names: Mapping[str, int]) -> None:
        """Keep further keys of records; one that means something already keeps its meaning."""
        taken = set(
            Link.objects.filter(source=self.source, kind=self.kind, key__in=list(names)).values_list("key", flat=True)
        )
        self.add([NewLink(key, record) for key, record in names.items() if key not in taken])

    def meet(self, links: Sequence[int]) -> None:
        """Remember that this run has met these rows, unchanged."""
        Link.objects.filter(id__in=links).update(run=self.run)

    def renew(self, seen: Mapping[int, str]) -> None:
        """Remember what changed rows say now."""
        if not seen:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE imports_link AS link SET seen = new.seen, run_id = %s "
                "FROM unnest(%s::bigint[], %s::text[]) AS new(id, seen) WHERE link.id = new.id",
                [self.run, list(seen), list(seen.values())],
            )

    def all_records(self) -> dict[str, Any]:
        """Every key with its record; only for kinds of which there are few."""
        rows = Link.objects.filter(source=self.source, kind=self.kind).values_list("key", "record_id")
        return dict(rows)
