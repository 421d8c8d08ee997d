"""Writing accounts and people."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import QuerySet

from etappe.core.actor import Actor, ActorKind
from etappe.core.contact import ACCOUNT, PERSON, clean_fields, clean_note, domain_of_website
from etappe.core.errors import Forbidden, Missing, Refusal
from etappe.core.kinds.people import AccountCreated, AccountEdited, NoteWritten, PersonCreated, PersonEdited
from etappe.journal.queries import EntryView, timeline
from etappe.journal.record import action, record
from etappe.journal.values import changes as differing
from etappe.journal.values import columns_of
from etappe.people.countries import code_of
from etappe.people.fields import own_values
from etappe.people.load_tags import spelled
from etappe.people.load_values import index_values
from etappe.people.models import Account, Person
from etappe.people.queries import (
    AccountView,
    PersonView,
    account_id,
    account_view,
    person_view,
    sees_everything,
    visible_accounts,
    visible_people,
)
from etappe.team.access import require
from etappe.team.queries import as_uuid, owner_ref
from etappe.team.stale import require_fresh

Row = TypeVar("Row", Account, Person)


@action
def create_account(fields: Mapping[str, Any], *, actor: Actor, at: datetime) -> AccountView:
    """Make an account. Without `owner` it belongs to the actor; without `domain` to that of its website.

    `owner` and `parent` are uids. Refuses fields that do not hold, with the field's name.
    """
    require(actor, "people.edit")
    columns = _tagged(account_columns({"name": "", **fields}, actor)) | _own("account", {}, fields, actor)
    account = Account(**_owned(columns, fields, actor))
    account.domain = account.domain or domain_of_website(account.website)
    _require_open_to(actor, account)
    account.save(force_insert=True)
    _index(account)
    record(AccountCreated(columns_of(account, Account.JOURNALED)), actor=actor, at=at, account=account.id)
    return account_view(account, actor)


@action
def edit_account(
    uid: uuid.UUID | str, changes: Mapping[str, Any], *, seen: int, actor: Actor, at: datetime
) -> AccountView:
    """Change fields of an account that the actor saw in version `seen`; what is equal to before is no change."""
    account = _locked(visible_accounts(actor), uid)
    require(actor, "people.edit")
    wanted = _tagged(account_columns(changes, actor)) | _own("account", account.custom, changes, actor)
    _refuse_stale(account, wanted, seen, timeline(account=account.id) if seen != account.version else ())
    _require_no_circle(account, wanted, actor)
    edited = _write(account, wanted, actor)
    if edited:
        record(AccountEdited(edited), actor=actor, at=at, account=account.id)
    return account_view(account, actor)


@action
def create_person(
    fields: Mapping[str, Any], *, account_id: int | None = None, actor: Actor, at: datetime
) -> PersonView:
    """Make a person. Without `owner` they belong to the actor; a name is put together where only its parts are given.

    `owner` and `account` are uids; a caller that has the account's key already gives `account_id` instead.
    """
    require(actor, "people.edit")
    columns = _tagged(person_columns(fields, actor)) | _own("person", {}, fields, actor)
    if account_id is not None:
        columns["account_id"] = account_id
    person = Person(**_owned(columns, fields, actor))
    person.name = person.name or _whole_name(person) or person.email
    if not person.name:
        raise Refusal("field_required", field="name")
    _require_open_to(actor, person)
    person.save(force_insert=True)
    _index(person)
    values = columns_of(person, Person.JOURNALED)
    record(PersonCreated(values), actor=actor, at=at, person=person.id, account=person.account_id)
    return person_view(person)


@action
def edit_person(
    uid: uuid.UUID | str, changes: Mapping[str, Any], *, seen: int, actor: Actor, at: datetime
) -> PersonView:
    """Change fields of a person whom the actor saw in version `seen`; what is equal to before is no change."""
    person = _locked(visible_people(actor), uid)
    require(actor, "people.edit")
    wanted = _tagged(person_columns(changes, actor)) | _own("person", person.custom, changes, actor)
    _refuse_stale(person, wanted, seen, timeline(person=person.id) if seen != person.version else ())
    if not wanted.get("name", person.name):
        raise Refusal("field_required", field="name")
    edited = _write(person, wanted, actor)
    if edited:
        record(PersonEdited(edited), actor=actor, at=at, person=person.id, account=person.account_id)
    return person_view(person)


@action
def write_note(
    text: str,
    *,
    account: uuid.UUID | str | None = None,
    person: uuid.UUID | str | None = None,
    actor: Actor,
    at: datetime,
) -> int:
    """Write a note on an account or a person (one of them); returns the id of its journal entry."""
    if (account is None) == (person is None):
        raise Refusal("field_required", field="subject")
    on_account, on_person = _note_on(actor, account, person)
    require(actor, "notes.write")
    note = NoteWritten(text=clean_note("text", text))
    return record(note, actor=actor, at=at, account=on_account, person=on_person)


def _note_on(
    actor: Actor, account: uuid.UUID | str | None, person: uuid.UUID | str | None
) -> tuple[int | None, int | None]:
    if account is not None:
        return account_id(actor, account), None
    found = _seen(visible_people(actor), person)
    return found.account_id, found.id


def _locked(rows: QuerySet[Row], uid: uuid.UUID | str) -> Row:
    return _seen(rows.select_for_update(of=("self",)), uid)


def _seen(rows: QuerySet[Row], uid: uuid.UUID | str | None) -> Row:
    found = rows.filter(uid=as_uuid(uid or "")).first()
    if found is None:
        raise Missing
    return found


def account_columns(fields: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """The columns that these values set, cleaned; links to other records resolved."""
    columns = _with_owner(clean_fields(_plain(fields), ACCOUNT))
    if "country" in columns:
        columns["country"] = code_of(columns["country"])
    if "parent" in columns:
        columns["parent_id"] = _referred(columns.pop("parent"), "parent", actor)
    return columns


def person_columns(fields: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """The columns that these values set, cleaned; links to other records resolved."""
    columns = _with_owner(clean_fields(_plain(fields), PERSON))
    if "account" in columns:
        columns["account_id"] = _referred(columns.pop("account"), "account", actor)
    return columns


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != "custom"}


def _tagged(columns: dict[str, Any]) -> dict[str, Any]:
    return columns | {"tags": spelled(columns["tags"])} if "tags" in columns else columns


def _own(subject: str, present: Mapping[str, Any], given: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """The column of own values, where some are given: keys that are not named keep what they hold."""
    return {"custom": own_values(subject, present, given["custom"], actor)} if "custom" in given else {}


def _index(row: Account | Person) -> None:
    if row.custom:
        index_values(_subject(row), [row.id])


def _subject(row: Account | Person) -> str:
    return "account" if isinstance(row, Account) else "person"


def _referred(uid: uuid.UUID | None, field: str, actor: Actor) -> int | None:
    try:
        return account_id(actor, uid) if uid else None
    except Missing:
        raise Refusal("unknown_reference", field=field) from None


def _with_owner(columns: dict[str, Any]) -> dict[str, Any]:
    if "owner" not in columns:
        return columns
    uid = columns.pop("owner")
    try:
        return columns | {"owner_id": owner_ref(uid).id if uid else None}
    except Missing:
        raise Refusal("unknown_reference", field="owner") from None


def _owned(columns: dict[str, Any], given: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    own = actor.id if actor.kind is ActorKind.USER else None
    return columns if "owner" in given else columns | {"owner_id": own}


def _whole_name(person: Person) -> str:
    return f"{person.given_name} {person.family_name}".strip()


def _require_open_to(actor: Actor, row: Row) -> None:
    """What somebody makes private must stay visible to them: nobody hides a record from themselves, or for others."""
    _require_owner_sees(actor, is_private=row.is_private, owner=row.owner_id)


def _require_owner_sees(actor: Actor, *, is_private: bool, owner: int | None) -> None:
    if is_private and not sees_everything(actor) and owner != actor.id:
        raise Refusal("private_needs_owner", field="is_private")


def _refuse_stale(row: Row, wanted: Mapping[str, Any], seen: int, entries: Sequence[EntryView]) -> None:
    require_fresh(row.version, seen, differing(row, wanted), entries)


def _require_no_circle(account: Account, wanted: Mapping[str, Any], actor: Actor) -> None:
    way, above = [account.id], wanted.get("parent_id")
    while above is not None:
        way.append(above)
        if above == account.id:
            raise Refusal("parent_circle", field="parent", circle=_called(way, actor))
        above = Account.objects.values_list("parent_id", flat=True).get(id=above)


def _called(accounts: Sequence[int], viewer: Actor) -> str:
    """These accounts one above the other, by name where the viewer sees them."""
    names = dict(visible_accounts(viewer).filter(id__in=accounts).values_list("id", "name"))
    return " → ".join(names.get(key, "…") for key in accounts)


def edited_by(row: Account | Person, wanted: Mapping[str, Any], actor: Actor) -> dict[str, list[Any]]:
    """What differs, as column to [before, after]; refuses what the actor may not do to this record.

    Hiding a record is for its owner and administrators.
    """
    edited: dict[str, list[Any]] = differing(row, wanted)
    if not edited:
        return {}
    if "is_private" in edited and row.owner_id not in (None, actor.id) and not sees_everything(actor):
        raise Forbidden("forbidden", act="people.hide")
    is_private, owner = wanted.get("is_private", row.is_private), wanted.get("owner_id", row.owner_id)
    _require_owner_sees(actor, is_private=is_private, owner=owner)
    return edited


def _write(row: Row, wanted: Mapping[str, Any], actor: Actor) -> dict[str, list[Any]]:
    """Write what differs and say what it was."""
    edited: dict[str, list[Any]] = edited_by(row, wanted, actor)
    if not edited:
        return {}
    for column in edited:
        setattr(row, column, wanted[column])
    row.version += 1
    row.save(update_fields=["version", *edited])
    if "custom" in edited:
        index_values(_subject(row), [row.id])
    return edited
