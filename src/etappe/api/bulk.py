"""Bulk edits over the API."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import date, datetime
from itertools import islice
from typing import Any, Literal

from ninja import Router, Schema, Status
from pydantic import Field

from etappe.api.signin import Caller
from etappe.core.bulk import as_stored
from etappe.records import bulk as actions
from etappe.records import bulk_queries as queries
from etappe.records import jobs
from etappe.records.bulk_rooms import Chosen

router = Router(tags=["bulk"])

REFUSED = 1000
"""Refused records that one answer lists; the page gives all of them as CSV."""


class BulkIn(Schema):
    """Which records (named, or `all` that the filter leaves but those in `except`), and what is wanted of them.

    `custom` sets own fields by key, as records carry them; null takes a value away. `restore` is for records of the
    recycle bin: those named, or `all` that can be brought back.
    """

    subject: Literal["deal", "account", "person"]
    uids: list[uuid.UUID] = Field(default=[], max_length=5000)
    all: bool = False
    where: str = Field(default="", max_length=20_000)
    but: list[uuid.UUID] = Field(default=[], max_length=5000, alias="except")
    act: Literal["edit", "move", "leave", "rest", "archive", "restore"] = "edit"
    set: dict[str, str | None] = {}
    custom: dict[str, Any] = {}
    add_tags: list[str] = []
    remove_tags: list[str] = []
    to: str = ""
    reason: str = ""
    lost_to: str = ""
    note: str = ""
    until: date | None = None


class ReasonOut(Schema):
    """Why records are refused, and how many."""

    code: str
    params: dict[str, Any]
    what: str
    missing: list[str]
    way_out: str
    count: int


class RowOut(Schema):
    """One of the first records of a preview; `changed` is column to [before, after]."""

    uid: uuid.UUID
    name: str
    fate: str
    changed: dict[str, list[Any]]
    reason: str | None


class PreviewOut(Schema):
    """What would become of the records."""

    counts: dict[str, int]
    rows: list[RowOut]
    reasons: list[ReasonOut]


class BulkOut(Schema):
    """A bulk edit as it stands."""

    uid: uuid.UUID
    subject: str
    state: str
    where: str
    is_cut: bool
    changes: dict[str, Any] | None
    preview: PreviewOut | None
    rows_total: int
    rows_done: int
    counts: dict[str, int]
    undo_counts: dict[str, int]
    reasons: list[ReasonOut]
    change_id: uuid.UUID
    error: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    moved_at: datetime | None
    finished_at: datetime | None


class BulksOut(Schema):
    """The newest bulk edits."""

    rows: list[BulkOut]


class RefusedRowOut(Schema):
    """A record that was not changed, or not put back."""

    uid: uuid.UUID | None
    name: str
    reason: ReasonOut | None
    in_undo: bool


class RefusedOut(Schema):
    """The first refused records; `more` says that there are others."""

    rows: list[RefusedRowOut]
    more: bool


@router.post("/bulk", response={201: BulkOut})
def preview_bulk(request: Caller, body: BulkIn) -> Status[Any]:
    """Choose records, say what is wanted, and see what would become of each; nothing is changed yet."""
    chosen = Chosen(body.uids, body.all, body.where, body.but, binned=body.act == "restore")
    uid = actions.choose(body.subject, chosen, actor=request.actor, at=request.at)
    wanted = body.model_dump(
        include={"act", "set", "custom", "add_tags", "remove_tags", "to", "reason", "lost_to", "note", "until"}
    )
    actions.want(uid, wanted, actor=request.actor, at=request.at)
    return Status(201, _shown(request, uid))


@router.get("/bulk", response=BulksOut)
def list_bulks(request: Caller) -> dict[str, Any]:
    """The caller's bulk edits, newest first; administrators see all."""
    return {"rows": [_plain(run) for run in queries.bulks(request.actor)]}


@router.get("/bulk/{uid}", response=BulkOut)
def get_bulk(request: Caller, uid: uuid.UUID) -> dict[str, Any]:
    """A bulk edit: its preview, how far it is, what came of it."""
    return _shown(request, uid)


@router.get("/bulk/{uid}/refused", response=RefusedOut)
def refused_of_bulk(request: Caller, uid: uuid.UUID) -> dict[str, Any]:
    """The records that were refused, gone, or left alone when it was undone, with the reasons."""
    rows = list(islice(queries.refused(request.actor, uid), REFUSED + 1))
    return {"rows": rows[:REFUSED], "more": len(rows) > REFUSED}


@router.post("/bulk/{uid}/start", response={202: BulkOut})
def start_bulk(request: Caller, uid: uuid.UUID) -> Status[Any]:
    """Have it carried out; a cancelled one goes on where it was."""
    actions.start(uid, then=_defer, actor=request.actor, at=request.at)
    return Status(202, _shown(request, uid))


@router.post("/bulk/{uid}/cancel", response={202: BulkOut})
def cancel_bulk(request: Caller, uid: uuid.UUID) -> Status[Any]:
    """Ask it to stop after the records in hand."""
    actions.cancel(uid, actor=request.actor, at=request.at)
    return Status(202, _shown(request, uid))


@router.post("/bulk/{uid}/undo", response={202: BulkOut})
def undo_bulk(request: Caller, uid: uuid.UUID) -> Status[Any]:
    """Have it taken back, within 90 days; what somebody changed since stays."""
    actions.undo(uid, then=_defer, actor=request.actor, at=request.at)
    return Status(202, _shown(request, uid))


def _defer(uid: str) -> Any:
    return jobs.carry_out_bulk.defer(run=uid)


def _shown(request: Caller, uid: uuid.UUID) -> dict[str, Any]:
    return _plain(queries.get_bulk(request.actor, uid))


def _plain(run: queries.BulkView) -> dict[str, Any]:
    shown = asdict(run) | {"changes": as_stored(run.changes) if run.changes else None}
    for row in (shown["preview"] or {}).get("rows", ()):
        row["reason"] = row["reason"] and row["reason"]["code"]
    return shown
