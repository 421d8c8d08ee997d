"""What a record's fields said over time, from its journal: who set which value when, and bringing one back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from etappe.core.actor import Actor
from etappe.core.errors import Missing, Refusal
from etappe.core.merging import OWN
from etappe.deals import actions as deals
from etappe.deals import queries as deal_queries
from etappe.journal.queries import EntryView, own_entries
from etappe.journal.record import action
from etappe.people import actions as people
from etappe.people import queries as people_queries
from etappe.people.fields import FieldView
from etappe.people.fields import fields as own_fields
from etappe.team.queries import user_names

ENTRIES = 1000
"""The newest entries that are read; what is older is told by the record's timeline."""

TEXTS = (
    "name", "domain", "website", "industry", "phone", "street", "postcode", "city", "country", "given_name",
    "family_name", "email", "mobile", "job_title", "department", "profile", "channel", "language", "source", "product",
    "next_step", "currency",
)  # fmt: skip
NUMBERS = ("employees", "founded")
AMOUNTS = ("revenue", "amount")
DAYS = ("expected_close", "buyer_target_date", "buyer_since", "engaged_since", "next_step_on")
FIELDS = (*TEXTS, *NUMBERS, *AMOUNTS, *DAYS, "owner_id", "parent_id", "account_id", "is_private", "tags")
"""Columns whose values are shown and can be brought back. A deal's stage is not among them: it has its gate.

The workspace's own fields follow them, each called `custom.KEY`.
"""


@dataclass(frozen=True)
class Value:
    """What a field said from a moment on; `raw` as the journal keeps it."""

    entry: int
    raw: Any
    at: datetime
    by: str
    is_now: bool


@dataclass(frozen=True)
class FieldHistory:
    """All that a field said, the newest first."""

    column: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class History:
    """The fields of a record that ever said anything else, and the version one looks at.

    `own` are the own fields that are meant for the viewer, by what they are called here. `currency` is that of all
    amounts of a deal; nothing where it was another one once.
    """

    key: int
    name: str
    version: int
    fields: tuple[FieldHistory, ...]
    own: Mapping[str, FieldView]
    currency: str


def history(viewer: Actor, subject: str, uid: uuid.UUID | str) -> History:
    """The record's fields over time, or `Missing`."""
    key, name, version, team, currency = _found(viewer, subject, uid)
    entries = own_entries(subject, key, ENTRIES)
    names = {user: ref.name for user, ref in user_names(entry.actor_id for entry in entries).items()}
    told: dict[str, list[Value]] = {}
    for entry in entries:
        for column, before, after in _said(entry):
            values = told.setdefault(column, [])
            if not values and entry is not entries[0]:
                values.append(_value(entries[0], before, names))
            if not values or values[-1].raw != after:
                values.append(_value(entry, after, names))
    has_own = any(column.startswith(OWN) for column in told)
    own = {OWN + each.key: each for each in own_fields(subject, viewer, team=team)} if has_own else {}
    shown = (column for column in (*FIELDS, *own) if len(told.get(column, ())) > 1)
    fields = tuple(FieldHistory(each, _turned(told[each])) for each in shown)
    was_another = any(field.column == "currency" for field in fields)
    return History(key, name, version, fields, own, "" if was_another else currency)


def _value(entry: EntryView, raw: Any, names: Mapping[int, str]) -> Value:
    return Value(entry.id, raw, entry.occurred_at, names.get(entry.actor_id or 0, ""), False)


def _found(viewer: Actor, subject: str, uid: uuid.UUID | str) -> tuple[int, str, int, int | None, str]:
    if subject == "deal":
        deal = deal_queries.get_deal(viewer, uid)
        return deal.id, deal.row.name, deal.row.version, deal.team_id, deal.row.currency
    found = people_queries.get_account if subject == "account" else people_queries.get_person
    record = found(viewer, uid)
    return record.id, record.name, record.version, None, ""


def _said(entry: EntryView) -> Iterator[tuple[str, Any, Any]]:
    """The fields that an entry sets, before and after: all of a new record, else the changed ones."""
    values, changed = entry.data.get("values"), entry.data.get("changed")
    if isinstance(values, Mapping):
        changed = {column: [None, value] for column, value in values.items()}
    for column, (before, after) in (changed if isinstance(changed, Mapping) else {}).items():
        if column != "custom":
            yield column, before, after
            continue
        was, is_now = before or {}, after or {}
        yield from ((OWN + key, was.get(key), is_now.get(key)) for key in {**was, **is_now})


def _turned(values: Iterable[Value]) -> tuple[Value, ...]:
    newest, *older = reversed(list(values))
    return (Value(newest.entry, newest.raw, newest.at, newest.by, True), *older)


@action
def bring_back(
    subject: str, uid: uuid.UUID | str, column: str, entry: int, *, seen: int, actor: Actor, at: datetime
) -> None:
    """Give a field the value again that an entry of the record's own journal set; by the edit that everybody uses.

    Refuses with `Stale` if the record changed since version `seen`, and what the field may no longer hold.
    """
    found = next((field for field in history(actor, subject, uid).fields if field.column == column), None)
    value = next((value for value in found.values if value.entry == entry), None) if found else None
    if value is None:
        raise Missing
    changes = _changes(column, value.raw)
    if subject == "deal":
        deals.edit(uid, changes, seen=seen, actor=actor, at=at)
    elif subject == "account":
        people.edit_account(uid, changes, seen=seen, actor=actor, at=at)
    else:
        people.edit_person(uid, changes, seen=seen, actor=actor, at=at)


def _changes(column: str, raw: Any) -> dict[str, Any]:
    """The edit that sets the field to the journal's value."""
    if column.startswith(OWN):
        return {"custom": {column.removeprefix(OWN): raw}}
    return {column.removesuffix("_id"): _typed(column, raw)}


def _typed(column: str, raw: Any) -> Any:
    """The journal's value as the edit takes it."""
    if raw is None:
        return None
    if column in AMOUNTS:
        return Decimal(raw)
    if column in DAYS:
        return date.fromisoformat(raw)
    return _uid_of(column, raw) if column.endswith("_id") else raw


def _uid_of(column: str, key: int) -> uuid.UUID:
    named: Mapping[int, Any] = user_names([key]) if column == "owner_id" else people_queries.account_names([key])
    if key not in named:
        raise Refusal("unknown_reference", field=column)
    uid: uuid.UUID = named[key].uid
    return uid
