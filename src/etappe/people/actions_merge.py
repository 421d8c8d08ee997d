"""Making one account or person of several, and taking that back: this room's part of it.

The room `records` calls these inside its own action, which also writes the entries about the merged records.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from etappe.core.actor import Actor
from etappe.core.errors import Forbidden, Missing, Refusal
from etappe.core.kinds import patched
from etappe.core.kinds.people import AccountEdited, PersonEdited
from etappe.core.merging import OWN, parent_after, united, united_words, winners
from etappe.journal.load import Told, record_many, update_rows
from etappe.journal.queries import timeline
from etappe.journal.record import action
from etappe.journal.values import changes, columns_of
from etappe.people import load_touchpoints
from etappe.people.bin import holders_of
from etappe.people.load_values import index_values
from etappe.people.merging import ACT, COLUMNS, may_merge
from etappe.people.models import Account, Person
from etappe.people.queries import sees_everything, visible_accounts, visible_people
from etappe.team.queries import as_uuid
from etappe.team.stale import require_fresh

Moved = dict[str, list[int]]
"""What was re-attached: by the key it hung on before, the keys of what was moved."""


@dataclass(frozen=True)
class Absorbed:
    """What a merge made of the records: the one that stays, the others, and what changed in the one that stays."""

    survivor: int
    uid: uuid.UUID
    name: str
    others: dict[int, str]
    accounts: dict[int, int | None]
    changed: dict[str, list[Any]]


@action
def absorb(
    subject: str,
    uids: Sequence[uuid.UUID | str],
    *,
    seen: Mapping[uuid.UUID, int],
    choices: Mapping[str, uuid.UUID],
    actor: Actor,
    at: datetime,
) -> Absorbed:
    """Give the first record the winning values of all, and archive the others as merged into it.

    Refuses with `Stale` where one of them changed since the actor saw it, was merged or deleted meanwhile.
    """
    rows = _locked(subject, list(dict.fromkeys(as_uuid(uid) for uid in uids)), actor)
    if not may_merge(actor, list(holders_of(rows).values())):
        raise Forbidden("forbidden", act=ACT)
    for row in rows:
        _require_fresh(subject, row, seen.get(row.uid, row.version))
    survivor, others = rows[0], rows[1:]
    wanted = _settled(subject, rows, choices)
    changed = changes(survivor, wanted)
    for column in changed:
        setattr(survivor, column, wanted[column])
    if survivor.is_private and not sees_everything(actor) and survivor.owner_id != actor.id:
        raise Refusal("private_needs_owner", field="is_private")
    survivor.version += 1
    survivor.save(update_fields=["version", *changed])
    if "custom" in changed:
        index_values(subject, [survivor.id])
    keys = [row.id for row in others]
    _model(subject).objects.filter(id__in=keys).update(
        archived_at=at, merged_into=survivor.id, version=F("version") + 1
    )
    return Absorbed(
        survivor.id,
        survivor.uid,
        survivor.name,
        {row.id: row.name for row in others},
        {row.id: getattr(row, "account_id", None) for row in rows},
        changed,
    )


def _locked(subject: str, uids: list[uuid.UUID], actor: Actor) -> list[Any]:
    """The records in the order given, locked in the order of their keys. One that is gone meanwhile is `Stale`."""
    open_rows = _rows(subject, actor).filter(uid__in=uids).select_for_update(of=("self",)).order_by("id")
    found = {row.uid: row for row in open_rows}
    for uid in (uid for uid in uids if uid not in found):
        gone = _rows(subject, actor, archived=True).filter(uid=uid).first()
        if gone is None:
            raise Missing
        _require_fresh(subject, gone, gone.version - 1)
    return [found[uid] for uid in uids]


def _require_fresh(subject: str, row: Any, seen: int) -> None:
    if seen != row.version:
        require_fresh(row.version, seen, {}, timeline(**{subject: row.id}))


def _rows(subject: str, actor: Actor, *, archived: bool = False) -> Any:
    return (visible_accounts if subject == "account" else visible_people)(actor, archived=archived)


def _model(subject: str) -> Any:
    return Account if subject == "account" else Person


def _settled(subject: str, rows: Sequence[Any], choices: Mapping[str, uuid.UUID]) -> dict[str, Any]:
    """The values that the record that stays is to have."""
    places = {row.uid: place for place, row in enumerate(rows)}
    try:
        chosen = {column: places[uid] for column, uid in choices.items()}
    except KeyError:
        raise Refusal("unknown_reference", field="choices") from None
    columns = COLUMNS[subject]
    known = {*columns, *(OWN + key for row in rows for key in row.custom)}
    for column in chosen:
        if column not in known:
            raise Refusal("unknown_field", field=column, fields=tuple(columns))
    held = [columns_of(row, columns) for row in rows]
    wins = winners(columns, held, chosen)
    wanted = {column: getattr(rows[place], column) for column, place in wins.items()}
    wanted["tags"] = united_words([row.tags for row in rows])
    wanted["custom"] = united([row.custom for row in rows], chosen, OWN)
    wanted["data"] = united([row.data for row in rows], {})
    if subject == "account":
        order = [rows[wins["parent_id"]], *rows]
        wanted["parent_id"] = parent_after([row.parent_id for row in order], {row.id for row in rows}, _above)
    return wanted


def _above(key: int) -> int | None:
    return Account.objects.values_list("parent_id", flat=True).get(id=key)


@action
def reattach(subject: str, from_: Collection[int], to: int, *, actor: Actor, at: datetime) -> dict[str, Moved]:
    """Let contacts of these records belong to another one; of accounts also people and companies below.

    Each person and company tells of it in its own record.
    """
    if subject != "account":
        return {"contacts": load_touchpoints.move("person_id", from_, to)}
    persons = Person.objects.filter(account__in=from_).select_for_update().order_by("id")
    children = Account.objects.filter(parent__in=from_).exclude(id=to).select_for_update().order_by("id")
    below = [row for row in children if row.id not in from_]
    return {
        "people": _move(Person, "account_id", list(persons), {}, to, actor=actor, at=at),
        "children": _move(Account, "parent_id", below, {}, to, actor=actor, at=at),
        # Last: whoever records a contact holds its person, and is done as soon as the people are ours.
        "contacts": load_touchpoints.move("account_id", from_, to),
    }


def _move(
    model: Any, column: str, rows: Sequence[Any], back: Mapping[int, int], to: int, *, actor: Actor, at: datetime
) -> Moved:
    """Point rows to another account: each to its own in `back`, the others to `to`."""
    moved: Moved = {}
    told, changed = [], []
    kind = PersonEdited if model is Person else AccountEdited
    for row in rows:
        was, target = getattr(row, column), back.get(row.id, to)
        moved.setdefault(str(was), []).append(row.id)
        changed.append({"id": row.id, column: target})
        about = {"person": row.id, "account": target} if model is Person else {"account": row.id}
        told.append(Told(kind, at.isoformat(), {"changed": {column: [was, target]}}, **about))
    update_rows(model, [column], changed)
    record_many(told, actor=actor)
    return moved


@action
def detach(subject: str, moved: Mapping[str, Moved], to: int, *, actor: Actor, at: datetime) -> int:
    """Let people, companies and contacts that a merge moved hang on their own record again; returns how many stay.

    Whoever was moved on since then stays there, and a company that would end up below itself stays, too.
    """
    stay = 0
    for model, name, column in ((Person, "people", "account_id"), (Account, "children", "parent_id")):
        back = {key: int(old) for old, keys in moved.get(name, {}).items() for key in keys}
        here = model.objects.filter(id__in=back, **{column: to}).select_for_update().order_by("id")
        rows = [row for row in here if model is Person or row.id not in _ancestors(back[row.id])]
        _move(model, column, rows, back, to, actor=actor, at=at)
        stay += len(back) - len(rows)
    load_touchpoints.move_back(f"{subject}_id", moved.get("contacts", {}), to)
    return stay


def _ancestors(key: int) -> set[int]:
    found: set[int] = set()
    above = _above(key)
    while above is not None and above not in found:
        found.add(above)
        above = _above(above)
    return found


@dataclass(frozen=True)
class Released:
    """What undoing a merge changed in the record that had stayed, and the fields that were edited since."""

    changed: dict[str, list[Any]]
    kept: list[str]
    others: dict[int, str]
    name: str


@action
def release(
    subject: str,
    survivor: int,
    others: Iterable[int],
    merged: Mapping[str, list[Any]],
    *,
    actor: Actor,
    at: datetime,
) -> Released:
    """Bring merged records back, and give the one that stayed its own values again, but for those edited since.

    Refuses if the record that stayed was merged on or deleted: that has to be undone first.
    """
    del at
    model = _model(subject)
    keys = list(others)
    rows = {row.id: row for row in model.objects.filter(id__in=[survivor, *keys]).select_for_update().order_by("id")}
    row = rows[survivor]
    if not _rows(subject, actor).filter(id=survivor).exists():
        raise Refusal("merged_on", name=row.name)
    if not may_merge(actor, list(holders_of(rows.values()).values())):
        raise Forbidden("forbidden", act=ACT)
    changed = _taken_back(row, merged)
    parent = changed.get("parent_id", [None, None])[1]
    if parent is not None and (parent == survivor or survivor in _ancestors(parent)):
        del changed["parent_id"]
    model.objects.filter(id__in=keys).update(archived_at=None, merged_into=None, version=F("version") + 1)
    held = {column: pair[1] for column, pair in changed.items()} or {"name": row.name}
    if "custom" in changed:
        held["custom"] = patched(row.custom, *changed["custom"])
    update_rows(model, list(held), [{"id": survivor, **held}])
    index_values(subject, [survivor] if "custom" in changed else [])
    names = {key: rows[key].name for key in keys}
    return Released(changed, _kept(merged, changed), names, row.name)


def _taken_back(row: Any, merged: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """What the merge changed and nobody since, turned round; of own fields those keys."""
    now = columns_of(row, merged)
    found = {
        column: [after, before]
        for column, (before, after) in merged.items()
        if column != "custom" and now[column] == after
    }
    if "custom" in merged:
        before, after = merged["custom"]
        back = [key for key in {**before, **after} if row.custom.get(key) == after.get(key)]
        if back:
            found["custom"] = [{key: after.get(key) for key in back}, {key: before.get(key) for key in back}]
    return found


def _kept(merged: Mapping[str, list[Any]], back: Mapping[str, list[Any]]) -> list[str]:
    """Names of the fields that stay as they were edited; own fields by `custom.` and their key."""
    kept = [column for column in merged if column != "custom" and column not in back]
    own = {**merged["custom"][0], **merged["custom"][1]} if "custom" in merged else {}
    return kept + [OWN + key for key in own if key not in back.get("custom", [{}])[0]]
