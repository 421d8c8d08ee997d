"""The links of a source: which of its rows became which records, and what they said then."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from etappe.core.record_ids import short_id
from etappe.core.values import fold_key
from etappe.journal.load import copy_rows
from etappe.people.load_merged import absorbed, survivors

_COLUMNS = ("source_id", "kind", "key", "nth", "record_id", "run_id", "waits_for", "seen", "made")


def own_key(value: str) -> str:
    """The key of a row that its source gives one.

    >>> own_key("0015g00000AbcDeAAJ") == own_key("0015g00000AbcDe")
    True
    """
    return f"={short_id(value)}"


def name_key(*parts: str) -> str:
    """The key of a row that has only a name: how it is spelt does not matter.

    >>> name_key("GTX Pro") == name_key("GTXPro")
    True
    """
    return "~" + "|".join(fold_key(part) for part in parts)


@dataclass(frozen=True)
class Known:
    """A row as it was seen before. `was_now` says that this run has met it already.

    `record` is where the row lives on: the record that it became, or the one which that was merged into (`is_merged`).
    """

    id: int
    nth: int
    record: int | None
    seen: str
    was_now: bool
    is_merged: bool = False


@dataclass(frozen=True)
class NewLink:
    """A link to be kept; `is_made` where this run made the record."""

    key: str
    record: int | None
    seen: str = ""
    nth: int = 0
    waits_for: str = ""
    is_made: bool = False


class Book:
    """The links of one source and kind, for one run."""

    def __init__(self, source: int, run: int, kind: str) -> None:
        self.source, self.run, self.kind = source, run, kind

    def known(self, keys: Iterable[str]) -> dict[str, list[Known]]:
        """What is known of these keys, each in the order of `nth`."""
        rows = self._rows("id, key, nth, record_id, seen, run_id", keys)
        moved = survivors(self.kind, {row[3] for row in rows if row[3] is not None})
        found: dict[str, list[Known]] = {}
        for link, key, nth, record, seen, run in rows:
            was_now = run == self.run and bool(seen)
            known = Known(link, nth, moved.get(record, record), seen, was_now, record in moved)
            found.setdefault(key, []).append(known)
        return found

    def _rows(self, columns: str, keys: Iterable[str]) -> list[tuple[Any, ...]]:
        """Links by key; one array for all keys, since thousands of parameters cost more than the search."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {columns} FROM imports_link "  # noqa: S608 - columns of our own
                "WHERE source_id = %s AND kind = %s AND key = ANY(%s) ORDER BY key, nth",
                [self.source, self.kind, list(keys)],
            )
            return list(cursor.fetchall())

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
        found: dict[str, int] = {}
        for key, record in self._rows("key, record_id", keys):
            if record is not None:
                found.setdefault(key, record)
        moved = survivors(self.kind, found.values())
        return {key: moved.get(record, record) for key, record in found.items()}

    def linked(self, records: Iterable[int]) -> set[int]:
        """Those of the records that a key of this source means already, by themselves or by one merged into them."""
        wanted = set(records)
        into = absorbed(self.kind, wanted)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT record_id FROM imports_link WHERE kind = %s AND record_id = ANY(%s) AND source_id = %s "
                "AND starts_with(key, '=')",
                [self.kind, [*wanted, *into], self.source],
            )
            return {into.get(record, record) for (record,) in cursor.fetchall()}

    def said_of(self, records: Iterable[int]) -> dict[int, set[str]]:
        """What the rows that mean these records by themselves say of them: the names of fields, and of custom data."""
        wanted = list(records)
        if not wanted:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT record_id, seen FROM imports_link WHERE kind = %s AND record_id = ANY(%s) AND source_id = %s "
                "AND seen <> ''",
                [self.kind, wanted, self.source],
            )
            rows = cursor.fetchall()
        said: dict[int, set[str]] = {}
        for record, seen in rows:
            row: dict[str, Any] = json.loads(seen)
            said.setdefault(record, set()).update(row, (f"data.{name}" for name in row.get("data", ())))
        return said

    def add(self, links: Sequence[NewLink]) -> None:
        """Keep new links."""
        rows = (self._row(link) for link in links)
        if links:
            copy_rows("imports_link", _COLUMNS, rows)

    def _row(self, link: NewLink) -> tuple[Any, ...]:
        made = self.run if link.is_made else None
        return (self.source, self.kind, link.key, link.nth, link.record, self.run, link.waits_for, link.seen, made)

    def add_aliases(self, names: Mapping[str, int], made: Collection[int] = ()) -> None:
        """Keep further keys of records; one that means something already keeps its meaning."""
        taken = {key for (key,) in self._rows("key", names)}
        self.add([NewLink(key, record, is_made=record in made) for key, record in names.items() if key not in taken])

    def meet(self, links: Sequence[int]) -> None:
        """Remember that this run has met these rows, unchanged: undoing it has nothing to take back of them."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE imports_link SET run_id = %s, seen_before = '' WHERE id = ANY(%s)", [self.run, list(links)]
            )

    def renew(self, seen: Mapping[int, str]) -> None:
        """Remember what changed rows say now."""
        if not seen:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE imports_link AS link SET seen = new.seen, seen_before = link.seen, run_id = %s "
                "FROM unnest(%s::bigint[], %s::text[]) AS new(id, seen) WHERE link.id = new.id",
                [self.run, list(seen), list(seen.values())],
            )

    def complete(self, seen: Mapping[int, str]) -> None:
        """Remember what rows say that this run has met already, now that all of it could be taken over."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE imports_link AS link SET seen = new.seen, "
                "seen_before = CASE WHEN link.seen_before = '' THEN link.seen ELSE link.seen_before END "
                "FROM unnest(%s::bigint[], %s::text[]) AS new(id, seen) WHERE link.id = new.id",
                [list(seen), list(seen.values())],
            )
