"""What can happen to every record, over the API: the recycle bin, and likely duplicates."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from ninja import Query, Router, Schema, Status

from etappe.api.deals import listed
from etappe.api.shapes import ListOut, RefOut
from etappe.api.signin import Caller
from etappe.records import actions, duplicates
from etappe.records import bin as recycle
from etappe.records import merge as merging

router = Router(tags=["records"])


class BinQuery(Schema):
    """Which records of the recycle bin: `account`, `person` or `deal`."""

    of: str = "account"
    after: str | None = None


class DuplicatesQuery(BinQuery):
    """Which likely duplicates: `account` or `person`."""


class BinnedOut(Schema):
    """A record in the recycle bin; `with_import` where it went with an import that was undone."""

    subject: str
    uid: uuid.UUID
    name: str
    archived_at: datetime
    by: str
    days_left: int
    may_restore: bool
    with_import: bool


class BinOut(ListOut):
    """A page of the recycle bin."""

    rows: list[BinnedOut]


@router.get("/bin", response=BinOut)
def list_bin(request: Caller, wanted: Query[BinQuery]) -> dict[str, Any]:
    """What lies in the recycle bin, deleted last first."""
    page = recycle.binned(request.actor, wanted.of, request.at, wanted.after)
    return listed(page, list(page.rows))


class PairOut(Schema):
    """Two records that are likely the same."""

    one: RefOut
    other: RefOut
    score: int
    reasons: list[str]


class DuplicatesOut(ListOut):
    """A page of likely duplicates, pair by pair."""

    rows: list[PairOut]


class Apart(Schema):
    """Two accounts (or two of `people`) that are not the same."""

    of: str = "account"
    one: uuid.UUID
    other: uuid.UUID


@router.get("/duplicates", response=DuplicatesOut)
def list_duplicates(request: Caller, wanted: Query[DuplicatesQuery]) -> dict[str, Any]:
    """Likely duplicates of which the caller sees both, the likeliest first."""
    page = duplicates.queue(request.actor, wanted.of, wanted.after)
    return listed(page, [match for group in page.rows for match in group.matches])


@router.post("/duplicates/apart", response={204: None})
def tell_apart(request: Caller, body: Apart) -> Status[None]:
    """Keep that two records are not the same; they are not proposed again."""
    subject = "person" if body.of == "person" else "account"
    actions.tell_apart(subject, body.one, body.other, actor=request.actor, at=request.at)
    return Status(204, None)


class MergeIn(Schema):
    """The records to merge into the one of the address.

    `choices` names fields with the record whose value wins (own fields as `custom.KEY`); `seen` the versions looked at.
    """

    others: list[uuid.UUID]
    choices: dict[str, uuid.UUID] = {}
    seen: dict[uuid.UUID, int] = {}


class MergeOut(Schema):
    """A merge: its uid for undoing, the record that stays, and how much came along."""

    uid: uuid.UUID
    survivor: uuid.UUID
    moved: dict[str, int]


class UndoneOut(Schema):
    """A merge taken back: fields edited since, which stay, and how much was moved on since and stays."""

    survivor: uuid.UUID
    kept: list[str]
    stay: int


@router.post("/accounts/{uid}/merge", response=MergeOut)
def merge_accounts(request: Caller, uid: uuid.UUID, body: MergeIn) -> Any:
    """Merge accounts into this one."""
    return _merged(request, "account", uid, body)


@router.post("/people/{uid}/merge", response=MergeOut)
def merge_people(request: Caller, uid: uuid.UUID, body: MergeIn) -> Any:
    """Merge people into this one."""
    return _merged(request, "person", uid, body)


def _merged(request: Caller, subject: str, uid: uuid.UUID, body: MergeIn) -> Any:
    uids = [uid, *body.others]
    return merging.merge(subject, uids, seen=body.seen, choices=body.choices, actor=request.actor, at=request.at)


@router.post("/merges/{uid}/undo", response=UndoneOut)
def undo_merge(request: Caller, uid: uuid.UUID) -> Any:
    """Take a merge back, within 90 days."""
    return merging.undo(uid, actor=request.actor, at=request.at)


@router.post("/accounts/{uid}/delete", response={204: None})
def delete_account(request: Caller, uid: uuid.UUID) -> Status[None]:
    """Put an account into the recycle bin; refused while it has open deals."""
    return _deleted(request, "account", uid)


@router.post("/people/{uid}/delete", response={204: None})
def delete_person(request: Caller, uid: uuid.UUID) -> Status[None]:
    """Put a person into the recycle bin."""
    return _deleted(request, "person", uid)


@router.post("/deals/{uid}/delete", response={204: None})
def delete_deal(request: Caller, uid: uuid.UUID) -> Status[None]:
    """Put a deal into the recycle bin."""
    return _deleted(request, "deal", uid)


def _deleted(request: Caller, subject: str, uid: uuid.UUID) -> Status[None]:
    recycle.archive(subject, uid, actor=request.actor, at=request.at)
    return Status(204, None)


@router.post("/accounts/{uid}/restore", response={204: None})
def restore_account(request: Caller, uid: uuid.UUID) -> Status[None]:
    """Bring an account back from the recycle bin."""
    return _restored(request, "account", uid)


@router.post("/people/{uid}/restore", response={204: None})
def restore_person(request: Caller, uid: uuid.UUID) -> Status[None]:
    """Bring a person back from the recycle bin."""
    return _restored(request, "person", uid)


@router.post("/deals/{uid}/restore", response={204: None})
def restore_deal(request: Caller, uid: uuid.UUID) -> Status[None]:
    """Bring a deal back from the recycle bin, into the same stage."""
    return _restored(request, "deal", uid)


def _restored(request: Caller, subject: str, uid: uuid.UUID) -> Status[None]:
    recycle.restore(subject, uid, actor=request.actor, at=request.at)
    return Status(204, None)
