"""Everything in one archive, over the API: ask for it, look how far it is, fetch it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.http import StreamingHttpResponse
from ninja import Router, Schema, Status

from etappe.api.signin import Caller
from etappe.exports import actions, jobs, queries

router = Router(tags=["exports"])


class ExportOut(Schema):
    """An archive: queued, running, done, cancelled, failed or gone; it can be fetched until it expires."""

    uid: uuid.UUID
    state: str
    asked_by: str
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None
    rows_done: int
    rows_total: int
    size: int
    sha256: str


@router.get("/exports", response=list[ExportOut])
def list_exports(request: Caller) -> Any:
    """The latest exports of everything, newest first."""
    return queries.exports(request.actor)


@router.post("/exports", response={201: ExportOut})
def ask_export(request: Caller) -> Status[Any]:
    """Have everything written into an archive; `GET /exports/{uid}` says how far it is."""
    uid = actions.ask(then=lambda uid: jobs.write_export.defer(export=uid), actor=request.actor, at=request.at)
    return Status(201, queries.get_export(request.actor, uid))


@router.get("/exports/{uid}", response=ExportOut)
def get_export(request: Caller, uid: uuid.UUID) -> Any:
    """One export."""
    return queries.get_export(request.actor, uid)


@router.post("/exports/{uid}/cancel", response=ExportOut)
def cancel_export(request: Caller, uid: uuid.UUID) -> Any:
    """Stop it, or delete its archive."""
    actions.cancel(uid, actor=request.actor, at=request.at)
    return queries.get_export(request.actor, uid)


@router.get("/exports/{uid}/archive.zip")
def fetch_export(request: Caller, uid: uuid.UUID) -> StreamingHttpResponse:
    """The archive itself, for 24 hours after it was written."""
    found = queries.fetch(request.actor, uid, request.at)
    answer = StreamingHttpResponse(found.blocks, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{found.name}"'
    answer["Content-Length"] = str(found.size)
    answer["Cache-Control"] = "no-store"
    return answer
