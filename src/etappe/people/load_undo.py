"""Taking back many accounts or people at once: set-based siblings of the recycle bin, for an import undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from etappe.core.actor import Actor
from etappe.core.kinds.records import AccountArchived, PersonArchived
from etappe.journal.load import Told, record_many
from etappe.journal.record import action
from etappe.journal.values import as_json
from etappe.people.models import Account, Person
from etappe.team.access import require


class Named(NamedTuple):
    """A record with its name, to be shown in a list."""

    id: int
    uid: str
    name: str


@action
def archive_accounts(keys: Sequence[int], voids: Mapping[int, int], *, actor: Actor, at: datetime) -> list[int]:
    """Put accounts into the recycle bin; `voids` are the entries that this takes back. Returns those that were not."""
    require(actor, "people.edit")
    gone = _archive("people_account", keys, at)
    when = as_json(at)
    record_many(
        (Told(AccountArchived, when, {"archived_at": when}, key, voids=voids.get(key)) for key, _account in gone),
        actor=actor,
    )
    return [key for key, _account in gone]


@action
def archive_people(keys: Sequence[int], voids: Mapping[int, int], *, actor: Actor, at: datetime) -> list[int]:
    """As `archive_accounts`, for people."""
    require(actor, "people.edit")
    gone = _archive("people_person", keys, at, "account_id")
    when = as_json(at)
    record_many(
        (
            Told(PersonArchived, when, {"archived_at": when}, account, key, voids=voids.get(key))
            for key, account in gone
        ),
        actor=actor,
    )
    return [key for key, _account in gone]


def _archive(table: str, keys: Sequence[int], at: datetime, beside: str = "id") -> list[tuple[int, int | None]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" SET archived_at = %s, version = version + 1 '  # noqa: S608 - our own table
            f'WHERE id = ANY(%s) AND archived_at IS NULL RETURNING id, "{beside}"',
            [at, list(keys)],
        )
        return list(cursor.fetchall())


_BELONGING = """
    SELECT account_id, 0 FROM people_person WHERE account_id = ANY(%s) AND archived_at IS NULL
    UNION SELECT parent_id, id FROM people_account WHERE parent_id = ANY(%s) AND archived_at IS NULL
"""


def belonging(keys: Sequence[int]) -> list[tuple[int, int]]:
    """Which of the accounts somebody belongs to: its key, and that of the account below it (0 for a person)."""
    with connection.cursor() as cursor:
        cursor.execute(_BELONGING, [list(keys), list(keys)])
        return list(cursor.fetchall())


def named_people(keys: Sequence[int]) -> list[Named]:
    """These people by name."""
    rows = Person.objects.filter(id__in=keys).values_list("id", "uid", "name")
    return [Named(key, str(uid), name) for key, uid, name in rows]


def named_accounts(keys: Sequence[int]) -> list[Named]:
    """These accounts by name."""
    rows = Account.objects.filter(id__in=keys).values_list("id", "uid", "name")
    return [Named(key, str(uid), name) for key, uid, name in rows]


def rows_of(subject: str, keys: Sequence[int]) -> Sequence[Any]:
    """The rows of accounts or people that are here, for comparing."""
    model: type[Account] | type[Person] = Account if subject == "account" else Person
    return list(model._default_manager.filter(id__in=keys, archived_at=None).select_for_update().order_by("id"))
