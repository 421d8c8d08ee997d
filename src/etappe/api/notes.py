"""Notes over the API, by the id of their entry in the timeline."""

from __future__ import annotations

from ninja import Router, Schema, Status

from etappe.api import shapes
from etappe.api.signin import Caller
from etappe.records import actions_notes as actions

router = Router(tags=["notes"])


class NoteIdOut(Schema):
    """The id of the note as it stands now."""

    id: int


@router.patch("/notes/{entry}", response=NoteIdOut)
def rewrite_note(request: Caller, entry: int, body: shapes.Note) -> NoteIdOut:
    """Write a note of one's own anew; it has another id from then on."""
    return NoteIdOut(id=actions.rewrite_note(entry, body.text, actor=request.actor, at=request.at))


@router.delete("/notes/{entry}", response={204: None})
def delete_note(request: Caller, entry: int) -> Status[None]:
    """Take a note off its record."""
    actions.delete_note(entry, actor=request.actor, at=request.at)
    return Status(204, None)
