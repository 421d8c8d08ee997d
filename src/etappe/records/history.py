"""What a record's fields said over time, from its journal: who set which value when, and bringing one back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from etappe.core.actor import Actor
from etappe.core.errors import Missing, Refusal
from etappe.deals import actions as deals
from etappe.deals import queries as deal_queries
from etappe.journal.queries import EntryView, own_entries
from etappe.journal.record import action
from etappe.people import actions as people
from etappe.people import queries as people_queries
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
FIELDS = (*TEXTS, *NUMBERS, *AMOUNTS, *DAYS, "owner_id", "parent_id", "account_id", "is_private")
"""Columns whose values are shown and can be brought back. A deal's stage is not among them: it has its gate."""


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
    """The fields of a record that ever said anything else, and the version one looks at."""

    key: int
    name: str
    version: int
    fields: tuple[FieldHistory, ...]


def history(viewer: Actor, subject: str, uid: uuid.UUID | str) -> History:
    """The record's fields over time, or `Missing`."""
    key, name, version = _found(viewer, subject, uid)
    entries = own_entries(subject, key, ENTRIES)
    names = {user: ref.name for user, ref in user_names(entry.actor_id for entry in entries).items()}
    told: dict[str, list[Value]] = {}
    for entry in entries:
        for column, raw in _said(entry).items():
            before = told.setdefault(column, [])
            if not before or before[-1].raw != raw:
                before.append(Value(entry.id, raw, entry.occurred_at, names.get(entry.actor_id or 0, ""), False))
    fields = (FieldHistory(column, _turned(told[column])) for column in FIELDS if len(told.get(column, ())) > 1)
    return History(key, name, version, tuple(fields))


def _found(viewer: Actor, subject: str, uid: uuid.UUID | str) -> tuple[int, str, int]:
    if subject == "deal":
        deal = deal_queries.get_deal(viewer, uid)
        return deal.id, deal.row.name, deal.row.version
    found = people_queries.get_account if subject == "account" else people_queries.get_person
    record = found(viewer, uid)
    return record.id, record.name, record.version


def _said(entry: EntryView) -> Mapping[str, Any]:
    """The columns that an entry sets: those of a new record, or the changed ones."""
    values, changed = entry.data.get("values"), entry.data.get("changed")
    if isinstance(values, Mapping):
        return values
    return {column: pair[1] for column, pair in changed.items()} if isinstance(changed, Mapping) else {}


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
    changes = {column.removesuffix("_id"): _typed(column, value.raw)}
    if subject == "deal":
        deals.edit(uid, changes, seen=seen, actor=actor, at=at)
    elif subject == "account":
        people.edit_account(uid, changes, seen=seen, actor=actor, at=at)
    else:
        people.edit_person(uid, changes, seen=seen, actor=actor, at=at)


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
