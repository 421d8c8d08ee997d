"""Writing contacts: one, many, and withdrawing what was none."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from etappe.core.actor import Actor, ActorKind
from etappe.core.contact import clean_reference
from etappe.core.errors import Forbidden, Missing, Refusal
from etappe.core.kinds.people import ContactBroughtBack, ContactLogged, ContactWithdrawn
from etappe.core.touchpoint import clean_touchpoint
from etappe.journal.fields import TransactionId
from etappe.journal.record import action
from etappe.journal.record import record as tell
from etappe.people import load_touchpoints
from etappe.people.load_touchpoints import Recorded
from etappe.people.models import Touchpoint
from etappe.people.scope import visible_accounts, visible_people, visible_touchpoints
from etappe.people.touchpoints import WITHDRAW, TouchpointView, may_withdraw, viewed
from etappe.team.access import require
from etappe.team.queries import as_uuid, user_keys_by_uid

MOST = 1000
"""Contacts that go at once."""
LINKS = ("account", "person", "user")


class _Known(NamedTuple):
    """Keys of the records that are named, by uid; the account of each person by the person's key."""

    account: Mapping[uuid.UUID, int]
    person: Mapping[uuid.UUID, int]
    user: Mapping[uuid.UUID, int]
    at: Mapping[int, int | None]


@action
def record(fields: Mapping[str, Any], *, actor: Actor, at: datetime) -> TouchpointView:
    """Record a contact; one whose key is known at that moment is given back as it is.

    `account`, `person` and `user` are uids. A person brings the account they belong to, and without `user` a contact
    that no other system sent (it has no `key`) is the actor's own; such a one is told in the journal.
    """
    require(actor, "contacts.record")
    cleaned = clean_touchpoint(_plain(fields), at=at)
    links = _linked(fields, _known([fields], actor), actor)
    touch = Touchpoint(**cleaned, **links)
    load_touchpoints.have_months([touch.happened_at])
    Touchpoint.objects.bulk_create([touch], ignore_conflicts=True)
    same = Q(uid=touch.uid) | (Q(key=touch.key) if touch.key else Q())
    kept = Touchpoint.objects.get(same, happened_at=touch.happened_at)
    if not touch.key:
        _tell(ContactLogged, kept, actor=actor, at=at)
    return viewed(actor, kept)


@action
def record_many(rows: Sequence[Mapping[str, Any]], *, actor: Actor, at: datetime) -> Recorded:
    """Record up to 1,000 contacts, each with the fields of a single one; all of them, or none with the row to blame.

    Those whose key is known at their moment count once. One entry tells of all.
    """
    require(actor, "contacts.record")
    if len(rows) > MOST:
        raise Refusal("contacts_too_many", count=len(rows), limit=MOST)
    known = _known(rows, actor)
    whole = []
    for number, row in enumerate(rows, start=1):
        try:
            whole.append(_plain(row) | _linked(row, known, actor))
        except Refusal as no:
            raise load_touchpoints.of_row(no, number, len(rows)) from None
    return load_touchpoints.record_many(whole, actor=actor, at=at)


@action
def withdraw(uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> TouchpointView:
    """Let a contact count no longer: it had not happened, or not like this. It stays, and can be brought back."""
    touch = _locked(uid, actor, withdrawn=False)
    return _set(touch, at, ContactWithdrawn, actor=actor, at=at)


@action
def bring_back(uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> TouchpointView:
    """Let a contact that was withdrawn count again."""
    touch = _locked(uid, actor, withdrawn=True)
    return _set(touch, None, ContactBroughtBack, actor=actor, at=at)


def _locked(uid: uuid.UUID | str, actor: Actor, *, withdrawn: bool) -> Touchpoint:
    rows = visible_touchpoints(actor, withdrawn=withdrawn).select_for_update(of=("self",))
    found = rows.filter(uid=as_uuid(uid)).first()
    if found is None:
        raise Missing
    if not may_withdraw(actor, found):
        raise Forbidden("forbidden", act=WITHDRAW)
    return found


def _set(
    touch: Touchpoint, withdrawn_at: datetime | None, kind: type[ContactLogged], *, actor: Actor, at: datetime
) -> TouchpointView:
    touch.withdrawn_at = withdrawn_at
    rows = Touchpoint.objects.filter(uid=touch.uid, happened_at=touch.happened_at)
    rows.update(withdrawn_at=withdrawn_at, xid=TransactionId())
    _tell(kind, touch, actor=actor, at=at)
    return viewed(actor, touch)


def _tell(kind: type[ContactLogged], touch: Touchpoint, *, actor: Actor, at: datetime) -> None:
    told = kind(
        touchpoint=str(touch.uid),
        happened_at=touch.happened_at.isoformat(),
        direction=touch.direction,
        contact_channel=touch.channel,
        act=touch.act,
        about=touch.about,
    )
    tell(told, actor=actor, at=at, account=touch.account_id, person=touch.person_id)


# --- With whom ---


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in LINKS}


def _known(rows: Sequence[Mapping[str, Any]], actor: Actor) -> _Known:
    """The records that these rows name, as far as the actor sees them; locked, so that none is merged meanwhile."""
    accounts = _found(visible_accounts(actor), rows, "account", "id")
    people = _found(visible_people(actor), rows, "person", "id", "account_id")
    return _Known(
        account=dict(accounts),
        person={uid: key for uid, key, _account in people},
        user=user_keys_by_uid(_named(rows, "user")),
        at={key: account for _uid, key, account in people},
    )


def _found(rows: QuerySet[Any], given: Sequence[Mapping[str, Any]], name: str, *columns: str) -> list[tuple[Any, ...]]:
    named = _named(given, name)
    locked = rows.filter(uid__in=named).select_for_update(of=("self",), no_key=True).order_by("id")
    return list(locked.values_list("uid", *columns)) if named else []


def _named(rows: Sequence[Mapping[str, Any]], name: str) -> set[uuid.UUID]:
    return {uid for row in rows if (uid := _as_uid(row.get(name)))}


def _as_uid(value: Any) -> uuid.UUID | None:
    """The uid that a value is; None for what is none."""
    try:
        return clean_reference("uid", value)
    except Refusal:
        return None


def _linked(fields: Mapping[str, Any], known: _Known, actor: Actor) -> dict[str, int | None]:
    """The keys of those whom the contact names; refuses who is not there, and a contact with nobody."""
    account, person, user = (_key(fields, name, getattr(known, name)) for name in LINKS)
    if account is None and person is None:
        raise Refusal("contact_with_nobody", field="person")
    if account is None and person is not None:
        account = known.at[person]
    if user is None and not fields.get("key") and actor.kind is ActorKind.USER:
        user = actor.id
    return {"account_id": account, "person_id": person, "user_id": user}


def _key(fields: Mapping[str, Any], name: str, known: Mapping[uuid.UUID, int]) -> int | None:
    if not fields.get(name):
        return None
    uid = _as_uid(fields[name])
    if uid is None or uid not in known:
        raise Refusal("unknown_reference", field=name)
    return known[uid]
