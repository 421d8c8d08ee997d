"""Reading accounts and people that are to be merged: what differs, and what hangs on them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from etappe.core.actor import Actor
from etappe.core.errors import Missing
from etappe.core.merging import is_empty, united_words, winners
from etappe.journal.values import columns_of
from etappe.people.bin import holders_of
from etappe.people.fields import FieldView, field_views, shown_values
from etappe.people.models import Account, Person, Touchpoint
from etappe.people.queries import visible_accounts, visible_people
from etappe.team.access import Holder, may
from etappe.team.queries import as_uuid, user_names

ACCOUNT_COLUMNS = (
    "name", "domain", "website", "industry", "employees", "revenue", "founded", "phone", "street", "postcode", "city",
    "country", "parent_id", "owner_id", "is_private",
)  # fmt: skip
PERSON_COLUMNS = (
    "name", "given_name", "family_name", "email", "phone", "mobile", "job_title", "department", "profile", "channel",
    "language", "account_id", "owner_id", "is_private",
)  # fmt: skip
COLUMNS = {"account": ACCOUNT_COLUMNS, "person": PERSON_COLUMNS}
"""Columns of which one record's value wins. Tags, own fields and further columns are put together."""

ACT = "records.merge"


@dataclass(frozen=True)
class Side:
    """One of the records to be merged."""

    id: int
    uid: uuid.UUID
    version: int
    name: str
    values: dict[str, Any]
    tags: tuple[str, ...]
    custom: dict[str, Any]
    own: dict[str, str]
    """The values of own fields in words."""


@dataclass(frozen=True)
class Sides:
    """The records to be merged, the one that stays first, and which value wins by itself where they differ."""

    rows: tuple[Side, ...]
    wins: dict[str, int]
    tags: tuple[str, ...]
    names: dict[str, dict[int, str]]
    fields: dict[str, str]
    may_merge: bool

    def differs(self, column: str) -> bool:
        """Whether at least two of the records say something, and not the same."""
        said = [row.values[column] for row in self.rows if not is_empty(row.values[column])]
        return any(value != said[0] for value in said[1:])


def sides(viewer: Actor, subject: str, uids: Sequence[uuid.UUID | str]) -> Sides:
    """The records in the order given; `Missing` if the viewer does not see one of them."""
    wanted = list(dict.fromkeys(as_uuid(uid) for uid in uids))
    by_uid = {row.uid: row for row in _rows(viewer, subject).filter(uid__in=wanted)}
    if len(by_uid) != len(wanted):
        raise Missing
    rows = [by_uid[uid] for uid in wanted]
    values = [columns_of(row, COLUMNS[subject]) for row in rows]
    known = field_views(subject) if any(row.custom for row in rows) else []
    return Sides(
        rows=tuple(_side(viewer, row, held, known) for row, held in zip(rows, values, strict=True)),
        wins=winners(COLUMNS[subject], values, {}),
        tags=tuple(united_words([row.tags for row in rows])),
        names=_names(viewer, rows),
        fields={field.key: field.name for field in known},
        may_merge=may_merge(viewer, list(holders_of(rows).values())),
    )


def _rows(viewer: Actor, subject: str) -> Any:
    return (visible_accounts if subject == "account" else visible_people)(viewer)


def _side(viewer: Actor, row: Any, values: dict[str, Any], known: Sequence[FieldView]) -> Side:
    own = {each.key: each.text for each in shown_values(known, row.custom, viewer)} if row.custom else {}
    return Side(row.id, row.uid, row.version, row.name, values, tuple(row.tags), dict(row.custom), own)


def _names(viewer: Actor, rows: Sequence[Any]) -> dict[str, dict[int, str]]:
    """What keys in the columns are called, as far as the viewer may know it."""
    held: set[Any] = {getattr(row, column, None) for row in rows for column in ("parent_id", "account_id")}
    accounts = held - {None}
    named = dict(visible_accounts(viewer).filter(id__in=accounts).values_list("id", "name")) if accounts else {}
    owners = {key: user.name for key, user in user_names(row.owner_id for row in rows).items()}
    return {"parent_id": named, "account_id": named, "owner_id": owners}


def may_merge(actor: Actor, holders: Collection[Holder]) -> bool:
    """Whether the actor may merge records of these holders; what has no owner is open to all who may merge at all."""
    return may(actor, ACT) and all(may(actor, ACT, holder) for holder in holders if holder.owner is not None)


def hanging_on(subject: str, keys: Collection[int]) -> dict[str, int]:
    """How many contacts hang on these records; on accounts also people and companies below."""
    count = Touchpoint.objects.filter(**{f"{subject}__in": list(keys)}).count()
    contacts = {"contacts": count} if count else {}
    if subject != "account":
        return contacts
    return {
        "people": Person.objects.filter(account__in=keys).count(),
        "children": Account.objects.filter(parent__in=keys).exclude(id__in=keys).count(),
        **contacts,
    }


def merged_keys(subject: str, key: int) -> list[int]:
    """The record's own key and those of all records that were merged into it, one after the other."""
    model = Account if subject == "account" else Person
    found, latest = [key], [key]
    while latest:
        below = model.objects.filter(merged_into__in=latest).exclude(id__in=found)
        latest = list(below.values_list("id", flat=True))
        found += latest
    return found
