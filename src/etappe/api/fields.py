"""Fields that the workspace defined, over the API."""

from __future__ import annotations

import uuid
from typing import Any, Literal

from ninja import Router, Status

from etappe.api import files, notes, tags
from etappe.api import shapes_fields as given
from etappe.api.signin import Caller
from etappe.people import actions_fields as actions
from etappe.people.fields import fields

router = Router(tags=["fields"])
router.add_router("", tags.router)
router.add_router("", notes.router)
router.add_router("", files.router)


@router.get("/fields", response=list[given.FieldOut])
def list_fields(request: Caller, subject: Literal["", "account", "person", "deal"] = "") -> Any:
    """The fields that are meant for the caller: of accounts, people or deals, or of all three."""
    subjects = (subject,) if subject else ("account", "person", "deal")
    return [own for name in subjects for own in fields(name, request.actor)]


@router.post("/fields", response={201: given.FieldOut})
def define_field(request: Caller, body: given.NewField) -> Status[Any]:
    """Define a field."""
    wanted = body.model_dump(exclude_unset=True, exclude={"subject"})
    return Status(201, actions.define_field(body.subject, wanted, actor=request.actor, at=request.at))


@router.post("/fields/order", response={204: None})
def order_fields(request: Caller, body: given.FieldOrder) -> Status[None]:
    """Put the fields of a subject into another order."""
    actions.order_fields(body.subject, body.fields, actor=request.actor, at=request.at)
    return Status(204, None)


@router.patch("/fields/{uid}", response=given.FieldOut)
def edit_field(request: Caller, uid: uuid.UUID, body: given.FieldChanges) -> Any:
    """Change what is sent; key, kind and subject stay."""
    return actions.edit_field(uid, body.model_dump(exclude_unset=True), actor=request.actor, at=request.at)


@router.post("/fields/{uid}/archive", response=given.FieldOut)
def archive_field(request: Caller, uid: uuid.UUID) -> Any:
    """Offer a field no more; its values stay."""
    return actions.archive_field(uid, actor=request.actor, at=request.at)


@router.post("/fields/{uid}/restore", response=given.FieldOut)
def restore_field(request: Caller, uid: uuid.UUID) -> Any:
    """Offer an archived field again."""
    return actions.restore_field(uid, actor=request.actor, at=request.at)
