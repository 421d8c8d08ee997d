"""Reading the files of accounts, people and deals: whoever sees the record sees its files."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from etappe.core.actor import Actor
from etappe.core.errors import Missing
from etappe.deals.queries import deal_id, seen_among
from etappe.journal.statements import Statement
from etappe.people.queries import account_id, person_id, visible_accounts, visible_people
from etappe.records.models import File
from etappe.team.queries import UserRef, as_uuid, user_names


@dataclass(frozen=True)
class FileView:
    """A file of a record, without its bytes."""

    uid: uuid.UUID
    subject: str
    record: int
    name: str
    media_type: str
    size: int
    artefact: str
    added_by: UserRef | None
    added_at: datetime
    removed_at: datetime | None


def files_of(subject: str, record: int) -> list[FileView]:
    """The files of a record, the newest first, those taken off too. The caller has checked that it may be seen."""
    rows = _FILES(subject, record)
    names = user_names(row.added_by for row in rows) if rows else {}
    return [_view(row, names.get(row.added_by or 0)) for row in rows]


_FILES = Statement(lambda subject, record: File.objects.filter(subject=subject, record=record).order_by("-id"))


def record_id(viewer: Actor, subject: str, uid: uuid.UUID | str) -> int:
    """The key of a record that the viewer sees; otherwise `Missing`."""
    find = {"account": account_id, "person": person_id, "deal": deal_id}.get(subject)
    if find is None:
        raise Missing
    return find(viewer, as_uuid(uid))


def get_file(viewer: Actor, uid: uuid.UUID | str) -> FileView:
    """A file of a record that the viewer sees, or `Missing`."""
    found = File.objects.filter(uid=as_uuid(uid)).first()
    if found is None or not _sees(viewer, found):
        raise Missing
    return _view(found, user_names([found.added_by]).get(found.added_by or 0))


def _sees(viewer: Actor, file: File) -> bool:
    if file.subject == "deal":
        return file.record in seen_among(viewer, [file.record])
    rows = visible_accounts(viewer) if file.subject == "account" else visible_people(viewer)
    return rows.filter(id=file.record).exists()


def _view(row: File, added_by: UserRef | None) -> FileView:
    return FileView(
        uid=row.uid,
        subject=row.subject,
        record=row.record,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        artefact=row.artefact,
        added_by=added_by,
        added_at=row.added_at,
        removed_at=row.removed_at,
    )
