"""Editing many accounts or people at once: the set-based actions beside the single ones in `actions`.

Each record is decided by itself, with the function that the single action decides with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet

from etappe.core.actor import Actor
from etappe.core.bulk import Changes, Decided, Fate, Subject, decided, tagged, with_gone
from etappe.core.errors import Refusal
from etappe.core.kinds import Edited
from etappe.core.kinds.people import AccountEdited, PersonEdited
from etappe.journal.load import Told, record_many, update_rows
from etappe.journal.record import action
from etappe.journal.values import afterwards, as_json, with_keys
from etappe.people.actions import account_columns, edited_by, person_columns
from etappe.people.load_tags import spelled
from etappe.people.load_values import index_values
from etappe.people.models import Account, Person
from etappe.people.own_edits import OwnEdits
from etappe.people.queries import visible_accounts, visible_people
from etappe.team.access import may, require

Change = Callable[[Any], dict[str, list[Any]]]
"""What changes on one record, or a refusal."""


@dataclass(frozen=True)
class _Kind:
    """What differs between accounts and people."""

    seen: Callable[[Actor], QuerySet[Any]]
    columns: Callable[[Mapping[str, Any], Actor], dict[str, Any]]
    entry: type[Edited]


_KINDS = {
    Subject.ACCOUNT: _Kind(visible_accounts, account_columns, AccountEdited),
    Subject.PERSON: _Kind(visible_people, person_columns, PersonEdited),
}


def decide_many(
    subject: Subject, keys: Sequence[int], changes: Changes, *, actor: Actor, at: datetime
) -> list[Decided]:
    """What the changes would do to each of the accounts or people, by key; nothing is written."""
    del at
    change = _wanted(subject, changes, actor)
    rows = _KINDS[subject].seen(actor).filter(id__in=list(keys)).order_by("id")
    return [decided(row.id, row.version, partial(change, row)) for row in rows]


@action
def edit_many(subject: Subject, keys: Sequence[int], changes: Changes, *, actor: Actor, at: datetime) -> list[Decided]:
    """Change the accounts or people of these keys alike; says what became of each.

    Equal to `edit_account` or `edit_person` of each of them. Keys of records that the actor does not see are `gone`.
    """
    changes = replace(changes, add_tags=tuple(spelled(changes.add_tags)))
    return _carry_out(subject, keys, _wanted(subject, changes, actor), actor=actor, at=at)


@action
def restore_many(
    subject: Subject,
    before: Mapping[int, Mapping[str, Any]],
    versions: Mapping[int, int],
    *,
    actor: Actor,
    at: datetime,
) -> list[Decided]:
    """Give columns the values they had (as the journal keeps them), where nobody changed the record since.

    `versions` are those the records must still have; another one is the refusal `changed_since`.
    """
    require(actor, "people.edit")

    def change(row: Account | Person) -> dict[str, list[Any]]:
        if row.version != versions[row.id]:
            raise Refusal("changed_since")
        return edited_by(row, restored(row.custom, before[row.id]), actor)

    return _carry_out(subject, list(before), change, actor=actor, at=at)


def _wanted(subject: Subject, changes: Changes, actor: Actor) -> Change:
    columns = _KINDS[subject].columns(changes.fields, actor)
    own = OwnEdits(subject.value, changes.custom, actor)
    is_allowed = may(actor, "people.edit")

    def change(row: Account | Person) -> dict[str, list[Any]]:
        if not is_allowed:
            require(actor, "people.edit")
        tags = {"tags": tagged(row.tags, changes)} if changes.has_tags else {}
        return edited_by(row, columns | tags | own.column(row.custom), actor)

    return change


def restored(custom: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The columns as they are to be again: of own fields the journal tells only those that changed."""
    return {**before, "custom": with_keys(custom, before["custom"])} if "custom" in before else dict(before)


def _carry_out(subject: Subject, keys: Sequence[int], change: Change, *, actor: Actor, at: datetime) -> list[Decided]:
    kind = _KINDS[subject]
    rows = kind.seen(actor).select_for_update(of=("self",)).filter(id__in=list(keys)).order_by("id")
    found = [(row, decided(row.id, row.version, partial(change, row))) for row in rows]
    _write([pair for pair in found if pair[1].fate is Fate.CHANGED], kind.entry, actor, at)
    return with_gone(keys, [decision for _row, decision in found])


def _write(written: Sequence[tuple[Any, Decided]], entry: type[Edited], actor: Actor, at: datetime) -> None:
    if not written:
        return
    columns = list(dict.fromkeys(column for _row, decision in written for column in decision.changed))
    rows = (
        {column: as_json(getattr(row, column)) for column in columns}
        | afterwards({"custom": row.custom}, decision.changed)
        | {"id": row.id}
        for row, decision in written
    )
    update_rows(type(written[0][0]), columns, list(rows))
    index_values(
        "account" if entry is AccountEdited else "person",
        [row.id for row, decision in written if "custom" in decision.changed],
    )
    when = at.isoformat()
    told = (Told(entry, when, {"changed": decision.changed}, **_about(row, decision)) for row, decision in written)
    record_many(told, actor=actor, backfilled=False)


def _about(row: Account | Person, decision: Decided) -> dict[str, int | None]:
    if isinstance(row, Account):
        return {"account": row.id}
    return {"person": row.id, "account": decision.changed.get("account_id", [None, row.account_id])[1]}
