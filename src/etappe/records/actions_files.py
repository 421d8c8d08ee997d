"""Putting files on accounts, people and deals, taking them off, and bringing them back."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from etappe.core.actor import Actor
from etappe.core.errors import Missing, Refusal
from etappe.core.kinds import JournalKind
from etappe.core.kinds.records import FileAdded, FileRemoved, FileRestored
from etappe.deals.queries import seen_among
from etappe.deals.scope import holder, lock
from etappe.foreign.files import FileFacts
from etappe.journal import artefacts
from etappe.journal.record import About, action, record
from etappe.people.queries import visible_accounts, visible_people
from etappe.records.files import FileView, get_file
from etappe.records.models import File
from etappe.team.access import require
from etappe.team.queries import as_uuid

FILES_LIMIT = 200
"""The most files one record may have."""


@action
def add_file(
    subject: str, uid: uuid.UUID | str, facts: FileFacts, content: bytes, *, actor: Actor, at: datetime
) -> uuid.UUID:
    """Put a file on an account, a person or a deal. `facts` are what `foreign.files.check_upload` made out.

    Refuses more files than a record may have.
    """
    key, about = _editable(subject, uid, actor)
    if File.objects.filter(subject=subject, record=key).count() >= FILES_LIMIT:
        raise Refusal("files_full", limit=FILES_LIMIT)
    row = File.objects.create(
        subject=subject,
        record=key,
        name=facts.safe_name,
        media_type=facts.mime,
        size=facts.size,
        artefact=artefacts.store(content, facts.mime),
        added_by=actor.id,
        added_at=at,
    )
    added = FileAdded(file=str(row.uid), called=row.name, size=row.size, artefact=row.artefact)
    record(added, actor=actor, at=at, **about)
    made: uuid.UUID = row.uid
    return made


@action
def remove_file(uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> FileView:
    """Take a file off its record; its bytes stay, and it can be brought back."""
    return _put(uid, at, FileRemoved, actor=actor, at=at)


@action
def restore_file(uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> FileView:
    """Bring a file back that was taken off."""
    return _put(uid, None, FileRestored, actor=actor, at=at)


def _put(uid: uuid.UUID | str, removed_at: datetime | None, kind: type[Any], *, actor: Actor, at: datetime) -> FileView:
    seen = get_file(actor, uid)
    _key, about = _editable(seen.subject, _uid_of(seen, actor), actor)
    row = File.objects.select_for_update().get(uid=seen.uid)
    if (row.removed_at is None) == (removed_at is None):
        return seen
    row.removed_at = removed_at
    row.save(update_fields=["removed_at"])
    told: JournalKind = kind(file=str(row.uid), called=row.name)
    record(told, actor=actor, at=at, **about)
    return seen


def _uid_of(file: FileView, actor: Actor) -> uuid.UUID:
    if file.subject == "deal":
        return seen_among(actor, [file.record])[file.record][0].uid
    rows: Any = visible_accounts(actor) if file.subject == "account" else visible_people(actor)
    found: uuid.UUID = rows.values_list("uid", flat=True).get(id=file.record)
    return found


def _editable(subject: str, uid: uuid.UUID | str, actor: Actor) -> tuple[int, About]:
    """The record, locked, and what an entry about it names; refuses one that the actor may not edit."""
    if subject == "deal":
        deal = lock(actor, as_uuid(uid))
        require(actor, "deals.edit", holder(deal))
        return deal.id, {"deal": deal.id, "account": deal.account_id}
    rows: Any = {"account": visible_accounts, "person": visible_people}[subject](actor)
    row = rows.select_for_update(of=("self",)).filter(uid=as_uuid(uid)).first()
    if row is None:
        raise Missing
    require(actor, "people.edit")
    if subject == "account":
        return row.id, {"account": row.id}
    return row.id, {"person": row.id, "account": row.account_id}
