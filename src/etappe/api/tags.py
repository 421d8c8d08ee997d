"""Tags over the API. A record's own tags are changed with the record."""

from __future__ import annotations

from ninja import Router, Schema

from etappe.api.signin import Caller
from etappe.people.tags import tag_names
from etappe.records import actions_tags as actions

router = Router(tags=["tags"])

LISTED = 10_000


class TagOut(Schema):
    """A tag in use."""

    name: str


class TagCalled(Schema):
    """What a tag is to be called."""

    name: str
    called: str


class TagGiven(Schema):
    """A tag by name."""

    name: str


class TagChanged(Schema):
    """On how many records something changed."""

    records: int


@router.get("/tags", response=list[TagOut])
def list_tags(request: Caller) -> list[TagOut]:
    """Tags in use, by name."""
    del request
    return [TagOut(name=name) for name in tag_names(LISTED)]


@router.post("/tags/rename", response=TagChanged)
def rename_tag(request: Caller, body: TagCalled) -> TagChanged:
    """Call a tag otherwise on all records; with the name of another one the two become one."""
    return TagChanged(records=actions.rename_tag(body.name, body.called, actor=request.actor, at=request.at))


@router.post("/tags/remove", response=TagChanged)
def remove_tag(request: Caller, body: TagGiven) -> TagChanged:
    """Take a tag off all records."""
    return TagChanged(records=actions.remove_tag(body.name, actor=request.actor, at=request.at))
