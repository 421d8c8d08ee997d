"""Accounts and people over the API."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from ninja import Query, Router, Schema, Status

from etappe.api import shapes, shapes_deals
from etappe.api import shapes_people as given
from etappe.api.deals import listed, today, told
from etappe.api.signin import Caller
from etappe.core.page import Page
from etappe.deals.list_fields import account_registry
from etappe.journal.queries import timeline, without_old_notes
from etappe.people import actions, queries
from etappe.people.fields import fields, readable_each, readable_values
from etappe.people.merging import merged_keys
from etappe.people.queries import AccountView, PersonView
from etappe.records import duplicates

router = Router(tags=["people"])


class PeopleQuery(Schema):
    """Filter and order of a list of accounts or people. `where` is a filter as in the addresses of lists."""

    search: str = ""
    where: str = ""
    sort: str = "name"
    after: str | None = None


def _readable(subject: str, view: AccountView | PersonView, request: Caller) -> AccountView | PersonView:
    """The record with those of its own values that are meant for the caller."""
    return replace(view, custom=readable_values(fields(subject, request.actor), view.custom)) if view.custom else view


def _listed(subject: str, page: Page[Any], request: Caller) -> dict[str, Any]:
    """The page, each record with those of its own values that are meant for the caller."""
    own = readable_each(subject, request.actor, ((None, row.custom) for row in page.rows))
    return listed(page, [replace(row, custom=custom) for row, custom in zip(page.rows, own, strict=True)])


@router.get("/accounts", response=given.AccountsOut)
def list_accounts(request: Caller, wanted: Query[PeopleQuery]) -> dict[str, Any]:
    """Accounts, page by page."""
    page = queries.accounts(request.actor, **wanted.model_dump(), fields=account_registry, today=today(request))
    return _listed("account", page, request)


@router.post("/accounts", response={201: given.AccountMadeOut})
def create_account(request: Caller, body: given.AccountFields) -> Status[Any]:
    """Make an account. `possible_duplicates` names accounts that it is likely the same as."""
    fields = body.model_dump(exclude_unset=True)
    likely = duplicates.possible(request.actor, "account", fields)
    made = actions.create_account(fields, actor=request.actor, at=request.at)
    return Status(201, given.made(_readable("account", made, request), likely))


@router.get("/accounts/{uid}", response=given.AccountOut)
def get_account(request: Caller, uid: uuid.UUID) -> Any:
    """An account."""
    return _readable("account", queries.get_account(request.actor, uid), request)


@router.patch("/accounts/{uid}", response=given.AccountOut)
def edit_account(request: Caller, uid: uuid.UUID, body: given.AccountChanges) -> Any:
    """Change the fields that are sent."""
    changes = body.model_dump(exclude_unset=True, exclude={"seen"})
    edited = actions.edit_account(uid, changes, seen=body.seen, actor=request.actor, at=request.at)
    return _readable("account", edited, request)


@router.get("/accounts/{uid}/timeline", response=list[shapes_deals.EntryOut])
def account_timeline(request: Caller, uid: uuid.UUID, before: int | None = None) -> list[dict[str, Any]]:
    """What happened to an account, newest first, without what belongs to deals."""
    key = queries.account_id(request.actor, uid)
    keys = merged_keys("account", key)
    entries = queries.without_hidden(request.actor, timeline(account=keys, before=before))
    entries = without_old_notes(entries, account=keys)
    return told([entry for entry in entries if entry.deal_id is None])


@router.post("/accounts/{uid}/notes", response={204: None})
def write_account_note(request: Caller, uid: uuid.UUID, body: shapes.Note) -> Status[None]:
    """Write a note on an account."""
    actions.write_note(body.text, account=uid, actor=request.actor, at=request.at)
    return Status(204, None)


@router.get("/people", response=given.PeopleOut)
def list_people(request: Caller, wanted: Query[PeopleQuery]) -> dict[str, Any]:
    """People, page by page."""
    page = queries.people(request.actor, **wanted.model_dump(), today=today(request))
    return _listed("person", page, request)


@router.post("/people", response={201: given.PersonMadeOut})
def create_person(request: Caller, body: given.PersonFields) -> Status[Any]:
    """Make a person. `possible_duplicates` names people whom they are likely the same as."""
    fields = body.model_dump(exclude_unset=True)
    likely = duplicates.possible(request.actor, "person", fields)
    made = actions.create_person(fields, actor=request.actor, at=request.at)
    return Status(201, given.made(_readable("person", made, request), likely))


@router.get("/people/{uid}", response=given.PersonOut)
def get_person(request: Caller, uid: uuid.UUID) -> Any:
    """A person."""
    return _readable("person", queries.get_person(request.actor, uid), request)


@router.patch("/people/{uid}", response=given.PersonOut)
def edit_person(request: Caller, uid: uuid.UUID, body: given.PersonChanges) -> Any:
    """Change the fields that are sent."""
    changes = body.model_dump(exclude_unset=True, exclude={"seen"})
    edited = actions.edit_person(uid, changes, seen=body.seen, actor=request.actor, at=request.at)
    return _readable("person", edited, request)


@router.post("/people/{uid}/notes", response={204: None})
def write_person_note(request: Caller, uid: uuid.UUID, body: shapes.Note) -> Status[None]:
    """Write a note on a person."""
    actions.write_note(body.text, person=uid, actor=request.actor, at=request.at)
    return Status(204, None)
