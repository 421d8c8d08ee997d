"""Merging two to many accounts or people into one, looking before, and undoing it for 90 days.

The rooms do their own part (`absorb` and `reattach`, `release` and `detach`); here they are put together, in one
transaction, with the entries that tell of it.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from etappe.core.actor import Actor
from etappe.core.bin import DAYS, days_left, kept_since
from etappe.core.errors import Missing, Refusal
from etappe.core.kinds.records import (
    AccountCameBack,
    AccountMerged,
    AccountMergedAway,
    AccountUnmerged,
    PersonCameBack,
    PersonMerged,
    PersonMergedAway,
    PersonUnmerged,
)
from etappe.core.merging import LEAST, MOST
from etappe.deals.actions import merge as deals
from etappe.journal.record import About, action, record
from etappe.journal.values import as_json
from etappe.people import actions_merge as people
from etappe.people import merging as people_reads
from etappe.people.merging import Side, Sides
from etappe.people.queries import account_names, person_names, visible_accounts, visible_people
from etappe.records import duplicates
from etappe.records.models import Apart, File, Merge
from etappe.team.access import require
from etappe.team.queries import as_uuid, user_names

SUBJECTS = ("account", "person")
MERGED: dict[str, Any] = {"account": AccountMerged, "person": PersonMerged}
AWAY: dict[str, Any] = {"account": AccountMergedAway, "person": PersonMergedAway}
UNMERGED: dict[str, Any] = {"account": AccountUnmerged, "person": PersonUnmerged}
BACK: dict[str, Any] = {"account": AccountCameBack, "person": PersonCameBack}


@dataclass(frozen=True)
class Preview:
    """What a merge would do: the records side by side, what comes along, and pairs that somebody told apart."""

    sides: Sides
    moves: dict[str, int]
    apart: tuple[tuple[Side, Side], ...]


@dataclass(frozen=True)
class Done:
    """A merge that was made: which record stays, and the names of those that went into it."""

    uid: uuid.UUID
    survivor: uuid.UUID
    name: str
    others: tuple[str, ...]
    moved: dict[str, int]


@dataclass(frozen=True)
class Undone:
    """A merge that was taken back: the fields edited since, which stay, and how much was moved on since and stays."""

    subject: str
    survivor: uuid.UUID
    kept: tuple[str, ...]
    stay: int


@dataclass(frozen=True)
class Past:
    """A merge into a record that can still be undone."""

    uid: uuid.UUID
    names: tuple[str, ...]
    at: datetime
    by: str
    days_left: int


def preview(viewer: Actor, subject: str, uids: Sequence[uuid.UUID | str]) -> Preview:
    """What a merge of these records into the first of them would do."""
    sides = people_reads.sides(viewer, _known(subject), uids)
    _require_count(len(sides.rows))
    others = [row.id for row in sides.rows[1:]]
    moves = people_reads.hanging_on(subject, others) | deals.hanging_on(subject, others)
    moves |= _files_on(subject, others)
    by_key = {row.id: row for row in sides.rows}
    return Preview(sides, moves, tuple((by_key[low], by_key[high]) for low, high in _apart(subject, list(by_key))))


@action
def merge(
    subject: str,
    uids: Sequence[uuid.UUID | str],
    *,
    seen: Mapping[uuid.UUID, int] | None = None,
    choices: Mapping[str, uuid.UUID] | None = None,
    actor: Actor,
    at: datetime,
) -> Done:
    """Merge records into the first of them. In fields in `choices` the value of the record named there wins.

    People, contacts, deals, evidence, buying centres, next steps and files of the others come along; the others are
    archived, and their addresses lead to the one that stays. Refuses with `Stale` where somebody was quicker than
    `seen`.
    """
    wanted = list(dict.fromkeys(as_uuid(uid) for uid in uids))
    _require_count(len(wanted))
    made = people.absorb(_known(subject), wanted, seen=seen or {}, choices=choices or {}, actor=actor, at=at)
    keys = list(made.others)
    for low, high in _apart(subject, [made.survivor, *keys]):
        names = made.others | {made.survivor: made.name}
        raise Refusal("merge_apart", one=names[low], other=names[high])
    moved: dict[str, Any] = {
        **people.reattach(subject, keys, made.survivor, actor=actor, at=at),
        **deals.reattach(subject, keys, made.survivor, actor=actor, at=at),
        **_move_files(subject, keys, made.survivor),
    }
    row = Merge.objects.create(
        subject=subject,
        survivor=made.survivor,
        absorbed=keys,
        changed=made.changed,
        moved=moved,
        made_by=actor.id,
        made_at=at,
    )
    _tell(subject, row, made, actor=actor, at=at)
    duplicates.forget(subject, keys)
    return Done(row.uid, made.uid, made.name, tuple(made.others.values()), _counted(moved))


def _tell(subject: str, row: Merge, made: people.Absorbed, *, actor: Actor, at: datetime) -> None:
    told = MERGED[subject](
        merge=str(row.uid),
        absorbed=list(made.others),
        names=list(made.others.values()),
        changed=made.changed,
        moved=_counted(row.moved),
    )
    record(told, actor=actor, at=at, **_about(subject, made.survivor, made.accounts))
    for key in made.others:
        away = AWAY[subject](merge=str(row.uid), into=made.survivor, into_name=made.name, archived_at=as_json(at))
        record(away, actor=actor, at=at, **_about(subject, key, made.accounts))


def _about(subject: str, key: int, accounts: Mapping[int, int | None]) -> About:
    return {"account": key} if subject == "account" else {"person": key, "account": accounts.get(key)}


def _counted(moved: Mapping[str, Any]) -> dict[str, int]:
    """How much was moved, by what it is."""
    counts: Counter[str] = Counter()
    for name, held in moved.items():
        counts[name] += len(held) if isinstance(held, list) else sum(len(keys) for keys in held.values())
    return {name: number for name, number in counts.items() if number and name != "dropped"}


def _files_on(subject: str, keys: Sequence[int]) -> dict[str, int]:
    count = File.objects.filter(subject=subject, record__in=keys).count()
    return {"files": count} if count else {}


def _move_files(subject: str, keys: Sequence[int], to: int) -> dict[str, dict[str, list[int]]]:
    """Hang the files of these records on another one; what was moved, by the key it hung on before."""
    moved: dict[str, list[int]] = {}
    rows = File.objects.filter(subject=subject, record__in=keys).order_by("id")
    for key, record_key in rows.select_for_update().values_list("id", "record"):
        moved.setdefault(str(record_key), []).append(key)
    rows.order_by().update(record=to)
    return {"files": moved} if moved else {}


def _move_files_back(moved: Mapping[str, Any]) -> None:
    for record_key, keys in moved.get("files", {}).items():
        File.objects.filter(id__in=keys).update(record=int(record_key))


def _require_count(count: int) -> None:
    if not LEAST <= count <= MOST:
        raise Refusal("merge_count", least=LEAST, most=MOST, count=count)


def _known(subject: str) -> str:
    if subject not in SUBJECTS:
        raise Missing
    return subject


def _apart(subject: str, keys: Sequence[int]) -> list[tuple[int, int]]:
    found = Apart.objects.filter(subject=subject, low__in=keys, high__in=keys).order_by("low", "high")
    return list(found.values_list("low", "high"))


# --- Undoing ---


@action
def undo(uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> Undone:
    """Take a merge back, within 90 days: the others stand for themselves again, with all that hung on them.

    Fields of the one that stayed that were edited since keep their value, and what was moved on since stays there; both
    are told.
    """
    row = Merge.objects.select_for_update().filter(uid=as_uuid(uid)).first()
    if row is None or not _rows(actor, row.subject, row.survivor):
        raise Missing
    if row.undone_at is not None or row.made_at < kept_since(at):
        raise Refusal("merge_is_over", days=DAYS)
    # Companies below go back first: whether the one that stayed may have its parent again depends on them.
    stay = people.detach(row.subject, row.moved, row.survivor, actor=actor, at=at)
    stay += deals.detach(row.moved, row.survivor, actor=actor, at=at)
    _move_files_back(row.moved)
    released = people.release(row.subject, row.survivor, row.absorbed, row.changed, actor=actor, at=at)
    row.undone_at, row.undone_by = at, actor.id
    row.save(update_fields=["undone_at", "undone_by"])
    _tell_undone(row, released, actor=actor, at=at)
    duplicates.look(row.subject, [row.survivor, *row.absorbed], at=at)
    return Undone(row.subject, _uid_of(row.subject, row.survivor), tuple(released.kept), stay)


def _tell_undone(row: Merge, released: people.Released, *, actor: Actor, at: datetime) -> None:
    told = UNMERGED[row.subject](
        merge=str(row.uid),
        absorbed=list(released.others),
        names=list(released.others.values()),
        changed=released.changed,
        kept=released.kept,
    )
    record(told, actor=actor, at=at, **_about(row.subject, row.survivor, {}))
    for key in released.others:
        back = BACK[row.subject](merge=str(row.uid), came_from=row.survivor, from_name=released.name)
        record(back, actor=actor, at=at, **_about(row.subject, key, {}))


def _rows(viewer: Actor, subject: str, key: int) -> bool:
    """Whether the viewer sees the record, in use or archived."""
    find: Any = visible_accounts if subject == "account" else visible_people
    return any(find(viewer, archived=archived).filter(id=key).exists() for archived in (False, True))


def _uid_of(subject: str, key: int) -> uuid.UUID:
    return (account_names([key]) if subject == "account" else person_names([key]))[key].uid


def past(viewer: Actor, subject: str, key: int, at: datetime) -> list[Past]:
    """Merges into this record that can still be undone, the newest first."""
    found = Merge.objects.filter(subject=subject, survivor=key, undone_at=None, made_at__gte=kept_since(at))
    rows = list(found.order_by("-id")[:MOST])
    if not rows:
        return []
    users = user_names(row.made_by for row in rows)
    keys = [key for row in rows for key in row.absorbed]
    names: Mapping[int, Any] = account_names(keys) if subject == "account" else person_names(keys)
    del viewer
    return [
        Past(
            uid=row.uid,
            names=tuple(names[key].name for key in row.absorbed),
            at=row.made_at,
            by=users[row.made_by].name if row.made_by in users else "",
            days_left=days_left(row.made_at, at),
        )
        for row in rows
    ]


def undoable(uids: Iterable[str], at: datetime) -> set[str]:
    """Of these merges those that can still be undone; nothing is asked where there are none."""
    wanted = [uid for uid in uids if uid]
    found = Merge.objects.filter(uid__in=wanted, undone_at=None, made_at__gte=kept_since(at)) if wanted else ()
    return {str(row.uid) for row in found}


@action
def together(subject: str, one: uuid.UUID | str, other: uuid.UUID | str, *, actor: Actor, at: datetime) -> None:
    """Take back that two records are not the same: they may be proposed and merged again."""
    require(actor, "people.edit")
    sides = people_reads.sides(actor, _known(subject), [one, other])
    keys = sorted(row.id for row in sides.rows)
    Apart.objects.filter(subject=subject, low=keys[0], high=keys[-1]).delete()
    duplicates.look(subject, keys, at=at)
