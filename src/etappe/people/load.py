"""Many accounts or people at once: the set-based actions beside the single ones in `actions.py`.

Rows are the journaled columns as the journal keeps them (see `journal.values`), already cleaned by the rules of
`core.contact`. Every new or changed row gets the same entry as from the single action, marked as backfilled.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from django.db import connection, models

from etappe.core.actor import Actor
from etappe.core.contact import domain_of_website
from etappe.core.kinds import Created, Edited
from etappe.core.kinds.people import AccountCreated, AccountEdited, PersonCreated, PersonEdited
from etappe.journal.load import Told, as_cells, copy_rows, new_uids, next_keys, record_many, update_rows
from etappe.journal.record import action
from etappe.journal.values import afterwards, changed_keys, columns_of, with_keys
from etappe.people.load_values import index_values
from etappe.people.models import Account, Person
from etappe.team.access import require

Row = TypeVar("Row", Account, Person)
Values = dict[str, Any]

_BLANK: dict[str, Any] = {
    "employees": None,
    "revenue": None,
    "founded": None,
    "is_private": False,
    "data": {},
    **Account.LATER,
}


def _blank(model: type[models.Model]) -> Values:
    columns: Iterable[str] = model.JOURNALED  # type: ignore[attr-defined] # every room's models have it
    return {name: _BLANK.get(name, None if name.endswith("_id") else "") for name in columns}


_ACCOUNT, _PERSON = _blank(Account), _blank(Person)


@action
def create_accounts(rows: Sequence[Mapping[str, Any]], *, actor: Actor, at: datetime) -> list[int]:
    """Make accounts; what a row leaves out is empty. Returns their keys in the order of the rows."""
    require(actor, "people.edit")
    whole = [{**_ACCOUNT, **row} for row in rows]
    for row in whole:
        row["domain"] = row["domain"] or domain_of_website(row["website"])
    keys = _create(Account, whole)
    index_values("account", [key for key, row in zip(keys, whole, strict=True) if row["custom"]])
    when = at.isoformat()
    record_many(
        (_told(AccountCreated, when, row, account=key) for row, key in zip(whole, keys, strict=True)), actor=actor
    )
    return keys


@action
def create_people(rows: Sequence[Mapping[str, Any]], *, actor: Actor, at: datetime) -> list[int]:
    """Make people; a name is put together where only its parts are given. Returns their keys in the order given."""
    require(actor, "people.edit")
    whole = [{**_PERSON, **row} for row in rows]
    for row in whole:
        row["name"] = row["name"] or f"{row['given_name']} {row['family_name']}".strip() or row["email"]
    keys = _create(Person, whole)
    index_values("person", [key for key, row in zip(keys, whole, strict=True) if row["custom"]])
    when = at.isoformat()
    told = (
        _told(PersonCreated, when, row, person=key, account=row["account_id"])
        for row, key in zip(whole, keys, strict=True)
    )
    record_many(told, actor=actor)
    return keys


def _told(kind: type[Created], at: str, values: Values, **subject: int | None) -> Told:
    return Told(kind, at, {"values": values}, **subject)


def _create(model: type[models.Model], rows: Sequence[Values]) -> list[int]:
    table = model._meta.db_table
    keys, uids = next_keys(table, len(rows)), new_uids(len(rows))
    columns = list(rows[0]) if rows else []
    copied = ((key, uid, 1, *as_cells(row.values())) for key, uid, row in zip(keys, uids, rows, strict=True))
    copy_rows(table, ["id", "uid", "version", *columns], copied)
    return keys


@action
def change_accounts(
    changes: Mapping[int, Mapping[str, Any]],
    *,
    only_empty: frozenset[int] = frozenset(),
    exact: bool = False,
    actor: Actor,
    at: datetime,
) -> set[int]:
    """Write columns of accounts by key; what is equal to before is no change. Returns the keys that changed.

    Of those in `only_empty` (found here, made by somebody else) only columns that are empty are filled. Custom data is
    added to; `exact` replaces it.
    """
    require(actor, "people.edit")
    return _change(Account, AccountEdited, changes, _How(only_empty, exact), actor=actor, at=at)


@action
def change_people(
    changes: Mapping[int, Mapping[str, Any]],
    *,
    only_empty: frozenset[int] = frozenset(),
    exact: bool = False,
    actor: Actor,
    at: datetime,
) -> set[int]:
    """As `change_accounts`, for people."""
    require(actor, "people.edit")
    return _change(Person, PersonEdited, changes, _How(only_empty, exact), actor=actor, at=at)


class _How(NamedTuple):
    """Records of which only empty columns are filled, and whether custom data is replaced."""

    only_empty: frozenset[int]
    exact: bool


def _change(
    model: type[Row],
    kind: type[Edited],
    changes: Mapping[int, Mapping[str, Any]],
    how: _How,
    *,
    actor: Actor,
    at: datetime,
) -> set[int]:
    rows, told, when = [], [], at.isoformat()
    for record in model.objects.filter(id__in=changes).select_for_update().order_by("id"):
        before = columns_of(record, model.JOURNALED)
        changed = differing(before, changes[record.id], only_empty=record.id in how.only_empty, exact=how.exact)
        if changed:
            rows.append({"id": record.id, **before, **afterwards(before, changed)})
            told.append(Told(kind, when, {"changed": changed}, **_subject(record)))
    update_rows(model, model.JOURNALED, rows)
    index_values(
        model._meta.model_name or "",
        [row["id"] for row, one in zip(rows, told, strict=True) if "custom" in one.data["changed"]],
    )
    record_many(told, actor=actor)
    return {row["id"] for row in rows}


def _subject(record: Account | Person) -> dict[str, int | None]:
    if isinstance(record, Account):
        return {"account": record.id}
    return {"person": record.id, "account": record.account_id}


def differing(
    before: Values, wanted: Mapping[str, Any], *, only_empty: bool = False, exact: bool = False
) -> dict[str, list[Any]]:
    """Which wanted values differ: column to [before, after]. Custom data is added to, never taken away.

    >>> differing({"name": "A", "data": {"x": "1"}}, {"name": "A", "data": {"y": "2"}})
    {'data': [{'x': '1'}, {'x': '1', 'y': '2'}]}
    """
    changed = {}
    for column, value in wanted.items():
        was = before[column]
        after = value if exact else _after(column, was, value, only_empty=only_empty)
        if was != after:
            changed[column] = changed_keys(was, after) if column == "custom" else [was, after]
    return changed


def _after(column: str, was: Any, value: Any, *, only_empty: bool) -> Any:
    """What the column holds then. Custom data is added to; of own fields each stands for itself."""
    if column == "data":
        return {**value, **was} if only_empty else {**was, **value}
    if column == "custom":
        return with_keys(value, was) if only_empty else with_keys(was, value)
    return was if only_empty and was not in (None, "") else value


def accounts_by_name(names: Sequence[str]) -> dict[str, int]:
    """Keys of the accounts that have these names, whatever their case and accents; the oldest of several."""
    return _found(
        "SELECT wanted.name, min(account.id) FROM unnest(%s::text[]) AS wanted(name) "
        "JOIN people_account AS account ON etappe_fold(account.name) = etappe_fold(wanted.name) "
        "AND account.archived_at IS NULL GROUP BY 1",
        names,
    )


def accounts_by_domain(domains: Sequence[str]) -> dict[str, int]:
    """Keys of the accounts that have these domains; the oldest of several."""
    return _found(
        "SELECT lower(domain), min(id) FROM people_account WHERE domain <> '' AND lower(domain) = ANY(%s) "
        "AND archived_at IS NULL GROUP BY 1",
        [domain.lower() for domain in domains],
    )


def people_by_email(addresses: Sequence[str]) -> dict[str, int]:
    """Keys of the people who have these addresses (in lower case); the oldest of several."""
    return _found(
        "SELECT lower(email), min(id) FROM people_person WHERE email <> '' AND lower(email) = ANY(%s) "
        "AND archived_at IS NULL GROUP BY 1",
        [address.lower() for address in addresses],
    )


def people_by_name(names: Collection[str]) -> dict[tuple[str, int | None], int]:
    """Keys of the people who have these names, by name as given and account; the oldest of several."""
    if not names:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wanted.name, person.account_id, min(person.id) FROM unnest(%s::text[]) AS wanted(name) "
            "JOIN people_person AS person ON etappe_fold(person.name) = etappe_fold(wanted.name) "
            "AND person.archived_at IS NULL GROUP BY 1, 2",
            [list(names)],
        )
        return {(name, account): key for name, account, key in cursor.fetchall()}


def uids_of(keys: Sequence[int]) -> dict[int, str]:
    """The names of people in addresses and in the journal, by key."""
    rows = Person.objects.filter(id__in=keys).values_list("id", "uid")
    return {key: str(uid) for key, uid in rows}


def _found(statement: str, values: Sequence[str]) -> dict[str, int]:
    if not values:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(values)])
        return dict(cursor.fetchall())
