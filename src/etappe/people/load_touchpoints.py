"""Many contacts at once: the set-based action beside the single ones in `actions_touchpoints.py`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from django.db import connection

from etappe.core.actor import Actor
from etappe.core.errors import Refusal
from etappe.core.kinds.people import ContactsRecorded
from etappe.core.touchpoint import clean_touchpoint
from etappe.journal.load import copy_rows, new_uids
from etappe.journal.record import action, record
from etappe.team.access import require

COLUMNS = (
    "uid", "happened_at", "account_id", "person_id", "user_id", "direction", "channel", "act", "about", "source", "key",
)  # fmt: skip
_LINKS = ("account_id", "person_id", "user_id")
_PLACES = ", ".join(COLUMNS)
_STAGE = (
    f"CREATE TEMPORARY TABLE touchpoint_staged ON COMMIT DROP AS SELECT {_PLACES} "  # noqa: S608 - our own columns
    "FROM people_touchpoint WITH NO DATA"
)
_ONCE = (
    f"INSERT INTO people_touchpoint ({_PLACES}) SELECT {_PLACES} FROM touchpoint_staged ORDER BY key, happened_at "  # noqa: S608 - our own columns
    "ON CONFLICT (key, happened_at) WHERE key <> '' DO NOTHING"
)


class Recorded(NamedTuple):
    """How many contacts were written, and how many of those given were known by their key before."""

    written: int
    known: int


@action
def record_many(rows: Sequence[Mapping[str, Any]], *, actor: Actor, at: datetime) -> Recorded:
    """Record contacts; those whose key is known at their moment count once. One entry tells of all.

    A row has the fields of `clean_touchpoint`, and `account_id`, `person_id` and `user_id` as keys of records that the
    caller vouches for: each may be left out, but a row names an account or a person. One that does not hold is refused
    by its number, and nothing is written.
    """
    require(actor, "contacts.record")
    whole = [_whole(row, number, len(rows), at) for number, row in enumerate(rows, start=1)]
    written = write_rows(whole)
    if written:
        moments = [row["happened_at"] for row in whole]
        first, last = (moment(moments).isoformat() for moment in (min, max))
        record(ContactsRecorded(written, len(whole) - written, first, last), actor=actor, at=at)
    return Recorded(written, len(whole) - written)


def _whole(row: Mapping[str, Any], number: int, rows: int, at: datetime) -> dict[str, Any]:
    """A row with all its columns; a refusal names its number."""
    links = {name: row.get(name) for name in _LINKS}
    try:
        cleaned = clean_touchpoint({name: value for name, value in row.items() if name not in _LINKS}, at=at)
        if links["account_id"] is None and links["person_id"] is None:
            raise Refusal("contact_with_nobody")
    except Refusal as no:
        raise of_row(no, number, rows) from None
    return cleaned | links


def of_row(no: Refusal, number: int, rows: int) -> Refusal:
    """The refusal as one of a row among many, counted from 1."""
    return Refusal("contact_row_refused", row=number, rows=rows, refused=no.code, given=dict(no.params))


def write_rows(rows: Sequence[Mapping[str, Any]]) -> int:
    """Write these rows by COPY, in months that are there by then; returns how many were new."""
    if not rows:
        return 0
    have_months(row["happened_at"] for row in rows)
    cells = [(uid, *(row[name] for name in COLUMNS[1:])) for uid, row in zip(new_uids(len(rows)), rows, strict=True)]
    if not any(row["key"] for row in rows):
        copy_rows("people_touchpoint", COLUMNS, cells)
        return len(rows)
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        copy_rows("touchpoint_staged", COLUMNS, cells)
        cursor.execute(_ONCE)
        written = int(cursor.rowcount)
        cursor.execute("DROP TABLE touchpoint_staged")
    return written


def have_months(moments: Iterable[datetime]) -> None:
    """Let the database make the partitions of these moments, where they are not there yet."""
    days = {date(utc.year, utc.month, 1) for utc in (moment.astimezone(UTC) for moment in moments)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT etappe_touchpoint_months(%s::date[])", [sorted(days)])


_MOVE = "UPDATE people_touchpoint SET {column} = %s, xid = pg_current_xact_id()::text::bigint WHERE {column} = %s"


def move(column: str, from_: Collection[int], to: int) -> dict[str, list[int]]:
    """Hang contacts of these accounts (`account_id`) or people (`person_id`) on another one, those withdrawn too.

    Returns the keys of what was moved, by the key it hung on before.
    """
    moved: dict[str, list[int]] = {}
    with connection.cursor() as cursor:
        for was in from_:
            cursor.execute(_MOVE.format(column=column) + " RETURNING id", [to, was])
            moved |= {str(was): keys} if (keys := [key for (key,) in cursor.fetchall()]) else {}
    return moved


def move_back(column: str, moved: Mapping[str, Collection[int]], to: int) -> None:
    """Hang contacts that `move` hung on this record on those again that had them before."""
    with connection.cursor() as cursor:
        for was, keys in moved.items():
            cursor.execute(_MOVE.format(column=column) + " AND id = ANY(%s)", [int(was), to, list(keys)])
