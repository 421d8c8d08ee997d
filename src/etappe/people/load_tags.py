"""Tags that are in use, and calling one otherwise on many records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from etappe.core.actor import Actor
from etappe.core.kinds.people import AccountEdited, PersonEdited
from etappe.core.tags import renamed
from etappe.journal.load import Told, record_many, update_rows
from etappe.people.models import Account, Person, Tag

CHUNK = 5000
_KINDS: dict[type[Any], Any] = {Account: AccountEdited, Person: PersonEdited}


def spelled(tags: Sequence[str]) -> list[str]:
    """The tags, spelled as those in use; new ones are in use from now on. For the actions that write them."""
    if not tags:
        return []
    keys = [tag.casefold() for tag in tags]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_tag (key, name) SELECT key, name FROM unnest(%s::text[], %s::text[]) AS new(key, name) "
            "ORDER BY key ON CONFLICT (key) DO NOTHING",
            [keys, list(tags)],
        )
    known = dict(Tag.objects.filter(key__in=keys).values_list("key", "name"))
    return [known.get(tag.casefold(), tag) for tag in tags]


def forget(tag: str) -> None:
    """No record has this tag any more."""
    Tag.objects.filter(key=tag.casefold()).delete()


def call(was: str, called: str) -> None:
    """From now on the tag is spelled so."""
    forget(was)
    Tag.objects.update_or_create(key=called.casefold(), defaults={"name": called})


def rename_on_people(was: str, called: str, *, actor: Actor, at: datetime) -> int:
    """Call a tag otherwise on all accounts and people that have it, or take it away; returns how many there were."""
    return sum(_rename(model, was, called, actor=actor, at=at) for model in (Account, Person))


def _rename(model: type[Any], was: str, called: str, *, actor: Actor, at: datetime) -> int:
    rows = model.objects.filter(tags__contains=[was]).select_for_update().order_by("id")
    return rename_rows(rows, model, was, called, actor=actor, at=at)


def rename_rows(rows: Iterable[Any], model: type[Any], was: str, called: str, *, actor: Actor, at: datetime) -> int:
    """Write the tags of these locked rows anew, and an entry for each."""
    changed = [(row, list(row.tags), renamed(row.tags, was, called)) for row in rows]
    for start in range(0, len(changed), CHUNK):
        part = changed[start : start + CHUNK]
        update_rows(model, ("tags",), [{"id": row.id, "tags": after} for row, _before, after in part])
        record_many((_told(row, before, after, at) for row, before, after in part), actor=actor)
    return len(changed)


def _told(row: Any, before: list[str], after: list[str], at: datetime) -> Told:
    about = {"account": row.id} if isinstance(row, Account) else {"person": row.id, "account": row.account_id}
    return Told(_KINDS[type(row)], at.isoformat(), {"changed": {"tags": [before, after]}}, **about)
