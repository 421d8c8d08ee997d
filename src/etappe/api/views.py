"""Saved views of lists over the API."""

from __future__ import annotations

import uuid
from typing import Any, Literal

from ninja import Router, Schema, Status

from etappe.api.shapes import RefOut
from etappe.api.signin import Caller
from etappe.team import actions_views as actions
from etappe.team.views import get_view, views

router = Router(tags=["views"])


class ViewOut(Schema):
    """A saved view; `opens` says whether the caller's team sees it first."""

    uid: uuid.UUID
    subject: str
    name: str
    where: str
    columns: list[str]
    sort: str
    group: str
    shown_as: str
    shared: str
    team: RefOut | None
    is_default: bool
    owner: RefOut
    version: int
    is_own: bool
    may_edit: bool
    opens: bool


class ViewFields(Schema):
    """What a view holds; only what is sent is set. `shared` is `nobody`, `team` or `everybody`.

    `shown_as` is `table`, and for deals also `board` or `calendar`.
    """

    name: str | None = None
    where: str | None = None
    columns: list[str] | None = None
    sort: str | None = None
    group: str | None = None
    shown_as: str | None = None
    shared: str | None = None
    team: uuid.UUID | None = None
    is_default: bool | None = None


class NewView(ViewFields):
    """A new view of the list of deals, accounts or people."""

    subject: Literal["deal", "account", "person"]
    name: str


class ViewChanges(ViewFields):
    """Changes of a view as it was in version `seen`."""

    seen: int | None = None


@router.get("/views", response=list[ViewOut])
def list_views(request: Caller, subject: Literal["", "deal", "account", "person"] = "") -> Any:
    """The views that the caller may open, their own first."""
    return views(request.actor, subject)


@router.post("/views", response={201: ViewOut})
def save_view(request: Caller, body: NewView) -> Status[Any]:
    """Save a view."""
    given = body.model_dump(exclude_unset=True, exclude={"subject"})
    return Status(201, actions.save_view(body.subject, given, actor=request.actor, at=request.at))


@router.get("/views/{uid}", response=ViewOut)
def get_one_view(request: Caller, uid: uuid.UUID) -> Any:
    """A view."""
    return get_view(request.actor, uid)


@router.patch("/views/{uid}", response=ViewOut)
def edit_view(request: Caller, uid: uuid.UUID, body: ViewChanges) -> Any:
    """Change what is sent."""
    changes = body.model_dump(exclude_unset=True, exclude={"seen"})
    return actions.edit_view(uid, changes, seen=body.seen, actor=request.actor, at=request.at)


@router.delete("/views/{uid}", response={204: None})
def delete_view(request: Caller, uid: uuid.UUID) -> Status[None]:
    """Delete a view, for everybody it was offered to."""
    actions.delete_view(uid, actor=request.actor, at=request.at)
    return Status(204, None)
