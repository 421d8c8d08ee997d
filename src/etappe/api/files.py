"""Files of accounts, people and deals over the API."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Literal

from django.http import HttpResponse
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from etappe.api.shapes import Added, RefOut
from etappe.api.signin import Caller
from etappe.core.errors import Missing, Refusal
from etappe.foreign.files import check_upload
from etappe.journal import artefacts
from etappe.records import actions_files as actions
from etappe.records.files import files_of, get_file, record_id

router = Router(tags=["files"])

Subject = Literal["account", "person", "deal"]


class FileOut(Schema):
    """A file of a record."""

    uid: uuid.UUID
    name: str
    media_type: str
    size: int
    added_by: RefOut | None
    added_at: datetime
    removed_at: datetime | None


class FileOn(Schema):
    """The record that a file is for."""

    subject: Subject
    record: uuid.UUID


@router.get("/files", response=list[FileOut])
def list_files(request: Caller, subject: Subject, record: uuid.UUID) -> Any:
    """The files of a record, those taken off too."""
    return files_of(subject, record_id(request.actor, subject, record))


@router.post("/files", response={201: Added})
def add_file(request: Caller, body: Form[FileOn], file: File[UploadedFile]) -> Status[Any]:
    """Put a file on a record."""
    record_id(request.actor, body.subject, body.record)
    if (file.size or 0) > artefacts.LIMIT:
        raise Refusal("file_too_large", size=file.size, limit=artefacts.LIMIT)
    content = file.read()
    facts = check_upload(file.name or "", content)
    made = actions.add_file(body.subject, body.record, facts, content, actor=request.actor, at=request.at)
    return Status(201, {"uid": made})


@router.get("/files/{uid}")
def get_file_content(request: Caller, uid: uuid.UUID) -> HttpResponse:
    """The file as it was given."""
    found = get_file(request.actor, uid)
    if found.removed_at is not None:
        raise Missing
    answer = HttpResponse(artefacts.fetch(found.artefact).content, content_type="application/octet-stream")
    answer["Content-Disposition"] = "attachment"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@router.post("/files/{uid}/remove", response={204: None})
def remove_file(request: Caller, uid: uuid.UUID) -> Status[None]:
    """Take a file off its record."""
    actions.remove_file(uid, actor=request.actor, at=request.at)
    return Status(204, None)


@router.post("/files/{uid}/restore", response={204: None})
def restore_file(request: Caller, uid: uuid.UUID) -> Status[None]:
    """Bring a file back."""
    actions.restore_file(uid, actor=request.actor, at=request.at)
    return Status(204, None)
