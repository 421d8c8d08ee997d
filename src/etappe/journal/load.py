"""Writing many rows at once: COPY, one UPDATE for a whole chunk, and the entries that tell of them.

For the rooms' set-based actions only (`people.load`, `deals.load`); everything else writes through single actions.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection, models

from etappe.core.actor import Actor
from etappe.core.kinds import JournalKind
from etappe.journal.record import current_change

as_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""A value as JSON text, in the fewest characters."""


class Told(NamedTuple):
    """One entry to be written: `data` as the kind's `data()` gives it, `at` as ISO text."""

    kind: type[JournalKind]
    at: str
    data: Mapping[str, Any]
    account: int | None = None
    person: int | None = None
    deal: int | None = None
    voids: int | None = None


_ENTRY = (
    "change_id", "kind", "version", "occurred_at", "actor_kind", "actor_id", "account_id", "person_id", "deal_id",
    "backfilled", "voids", "data",
)  # fmt: skip


def record_many(told: Iterable[Told], *, actor: Actor, backfilled: bool = True) -> None:
    """Add entries to the journal, all under one change; nobody reacts to them one by one.

    They are `backfilled`, marked as telling of something past, unless it happens now.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("record_many() needs the action's transaction")
    change, by, who = str(current_change()), actor.kind.value, actor.id
    rows = (
        (
            change,
            t.kind.name,
            t.kind.version,
            t.at,
            by,
            who,
            t.account,
            t.person,
            t.deal,
            backfilled,
            t.voids,
            as_text(t.data),
        )
        for t in told
    )
    copy_rows("journal_entry", _ENTRY, rows)


def next_keys(table: str, count: int) -> list[int]:
    """The keys that the next `count` rows of a table will have."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [row[0] for row in cursor.fetchall()]


def new_uids(count: int) -> list[str]:
    """Names for new records."""
    return [str(uuid.uuid4()) for _ in range(count)]


def as_cells(values: Iterable[Any]) -> list[Any]:
    """The values as COPY takes them: objects as JSON text."""
    return [as_text(value) if type(value) is dict else value for value in values]


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add rows to a table by COPY; values are texts, numbers, lists or None.

    All rows are made first: what makes them may ask the database, which would wait for the COPY to end, for ever.
    """
    names = ", ".join(f'"{column}"' for column in columns)
    made = list(rows)
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in made:
            copy.write_row(row)


def update_rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write `columns` of many rows (each with its `id`) in one statement; every row's version goes up by one."""
    if not rows:
        return
    fields = {field.attname: field for field in model._meta.concrete_fields}
    types = ", ".join(f'"{column}" {fields[column].cast_db_type(connection)}' for column in columns)
    sets = ", ".join(f'"{column}" = new."{column}"' for column in columns)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" SET {sets}, "version" = "{table}"."version" + 1 '  # noqa: S608 - names of our own columns
            f'FROM jsonb_to_recordset(%s::jsonb) AS new("id" bigint, {types}) WHERE "{table}"."id" = new."id"',
            [as_text([{"id": row["id"], **{column: row[column] for column in columns}} for row in rows])],
        )


def renew_statistics() -> None:
    """Let the database count anew what its tables hold; within a transaction it is left for later.

    Otherwise the first queries after a load go by what was there before, and read whole tables, until the server's own
    turn comes a minute later.
    """
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT etappe_renew_statistics()")
