"""Putting accounts and people into the recycle bin, and bringing them back."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from etappe.core.actor import Actor
from etappe.core.bin import DAYS, kept_since
from etappe.core.errors import Missing, Refusal
from etappe.core.kinds.records import AccountArchived, AccountRestored, PersonArchived, PersonRestored
from etappe.journal.queries import timeline
from etappe.journal.record import About, action, record
from etappe.journal.values import as_json
from etappe.people.bin import holders_of
from etappe.people.models import Account
from etappe.people.queries import visible_accounts, visible_people
from etappe.team.access import require
from etappe.team.queries import as_uuid
from etappe.team.stale import require_fresh

ARCHIVED: dict[str, Any] = {"account": AccountArchived, "person": PersonArchived}
RESTORED: dict[str, Any] = {"account": AccountRestored, "person": PersonRestored}


@action
def archive(subject: str, uid: uuid.UUID | str, *, seen: int | None = None, actor: Actor, at: datetime) -> int:
    """Put an account or a person into the recycle bin; returns their key. What refers to them goes on doing so."""
    row = _locked(_rows(actor, subject), uid)
    require(actor, "records.delete", holders_of([row])[row.id])
    if seen is not None and seen != row.version:
        require_fresh(row.version, seen, {}, timeline(**{subject: row.id}))
    _write(row, at)
    record(ARCHIVED[subject](archived_at=as_json(at)), actor=actor, at=at, **about(row))
    return int(row.id)


@action
def restore(subject: str, uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> int:
    """Bring an account or a person back from the recycle bin; refuses what has lain there too long or was merged."""
    row = _locked(_rows(actor, subject, archived=True), uid)
    require(actor, "records.delete", holders_of([row])[row.id])
    if row.merged_into_id is not None:
        raise Refusal("not_in_bin")
    if row.archived_at < kept_since(at):
        raise Refusal("bin_is_over", days=DAYS)
    since = as_json(row.archived_at)
    _write(row, None)
    record(RESTORED[subject](archived_at=since), actor=actor, at=at, **about(row))
    return int(row.id)


def _rows(actor: Actor, subject: str, *, archived: bool = False) -> QuerySet[Any]:
    return (visible_accounts if subject == "account" else visible_people)(actor, archived=archived)


def _locked(rows: QuerySet[Any], uid: uuid.UUID | str) -> Any:
    found = rows.select_for_update(of=("self",)).filter(uid=as_uuid(uid)).first()
    if found is None:
        raise Missing
    return found


def _write(row: Any, archived_at: datetime | None) -> None:
    row.archived_at = archived_at
    row.version += 1
    row.save(update_fields=["archived_at", "version"])


def about(row: Any) -> About:
    """What an entry about this record is about."""
    if isinstance(row, Account):
        return {"account": row.id}
    return {"person": row.id, "account": row.account_id}
