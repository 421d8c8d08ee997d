"""Contacts (touchpoints) over the API."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Literal

from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, BaseModel, Field

from etappe.api.deals import listed
from etappe.api.shapes import ListOut, RefOut
from etappe.api.signin import Caller
from etappe.people import actions_touchpoints as actions
from etappe.people import touchpoints as queries
from etappe.people.queries import account_id, person_id

router = Router(tags=["contacts"])

Direction = Literal["in", "out"]
Channel = Literal["mail", "call", "meeting", "visit", "fair", "post", "web", "social", "message", "event"]


class ContactOut(Schema):
    """A contact: with whom, in which direction, on which channel, what was done, and who of ours had it."""

    uid: uuid.UUID
    happened_at: datetime
    direction: str
    channel: str
    act: str
    about: str
    source: str
    key: str
    account: RefOut | None
    person: RefOut | None
    user: RefOut | None
    recorded_at: datetime
    may_withdraw: bool


class ContactsOut(ListOut):
    """A page of contacts."""

    rows: list[ContactOut]


class ContactsQuery(Schema):
    """Which contacts: with a person or an account, on a channel, in a direction, in a span of time."""

    person: uuid.UUID | None = None
    account: uuid.UUID | None = None
    channel: Channel | None = None
    direction: Direction | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    after: str | None = None


class ContactIn(BaseModel, extra="allow"):
    """A contact. One that does not fit together is refused by a rule, with the way out.

    `direction` is `in` (the buyer acted) or `out` (we did); the act has to be one of that side. `person` or `account`
    is needed. `key` is what your system calls it: the same key at the same moment counts once. A contact without key is
    taken as logged by hand: it is yours if it names no `user`, and its record tells of it.
    """

    happened_at: AwareDatetime
    direction: str
    channel: str
    act: str
    person: uuid.UUID | None = None
    account: uuid.UUID | None = None
    user: uuid.UUID | None = None
    about: str = ""
    source: str = ""
    key: str = ""


class ContactsIn(Schema):
    """Up to 1,000 contacts, all of which are recorded, or none."""

    rows: list[ContactIn] = Field(max_length=10_000)


class RecordedOut(Schema):
    """How many were written, and how many were known by their key before."""

    written: int
    known: int


@router.get("/touchpoints", response=ContactsOut)
def list_touchpoints(request: Caller, wanted: Query[ContactsQuery]) -> dict[str, Any]:
    """Contacts, newest first, page by page; those that were withdrawn are not among them."""
    viewer = request.actor
    asked = queries.Wanted(
        account=account_id(viewer, wanted.account) if wanted.account else None,
        person=person_id(viewer, wanted.person) if wanted.person else None,
        channel=wanted.channel or "",
        direction=wanted.direction or "",
        since=wanted.since,
        until=wanted.until,
    )
    page = queries.touchpoints(viewer, asked, after=wanted.after)
    return listed(page, list(page.rows))


@router.post("/touchpoints", response={201: ContactOut})
def record_touchpoint(request: Caller, body: ContactIn) -> Status[Any]:
    """Record a contact. One that is known by its key at its moment is given back as it is."""
    return Status(201, actions.record(body.model_dump(), actor=request.actor, at=request.at))


@router.post("/touchpoints/batch", response={201: RecordedOut})
def record_touchpoints(request: Caller, body: ContactsIn) -> Status[Any]:
    """Record up to 1,000 contacts at once. One that does not hold is named by its row, and nothing is written."""
    rows = [row.model_dump() for row in body.rows]
    written, known = actions.record_many(rows, actor=request.actor, at=request.at)
    return Status(201, RecordedOut(written=written, known=known))


@router.get("/touchpoints/{uid}", response=ContactOut)
def get_touchpoint(request: Caller, uid: uuid.UUID) -> Any:
    """A contact."""
    return queries.get_touchpoint(request.actor, uid)


@router.delete("/touchpoints/{uid}", response={204: None})
def withdraw_touchpoint(request: Caller, uid: uuid.UUID) -> Status[None]:
    """Let a contact count no longer. It is kept, and can be brought back."""
    actions.withdraw(uid, actor=request.actor, at=request.at)
    return Status(204, None)


@router.post("/touchpoints/{uid}/restore", response=ContactOut)
def bring_back_touchpoint(request: Caller, uid: uuid.UUID) -> Any:
    """Let a contact that was withdrawn count again."""
    return actions.bring_back(uid, actor=request.actor, at=request.at)
