"""Giving fields that an import changed their value before, unless somebody changed them since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from etappe.core.actor import Actor
from etappe.core.kinds.deals import (
    ActivityImported,
    DealEdited,
    DealLeft,
    DealReopened,
    DealWon,
    StageMoved,
    StakeholderAdded,
)
from etappe.core.kinds.people import AccountEdited, PersonEdited
from etappe.deals.load import Wanted, change_deals
from etappe.deals.load_activities import take_back_activities
from etappe.deals.load_centres import Joined, leave_centres
from etappe.deals.load_undo import Move, deal_rows, named_deals, take_back_moves
from etappe.imports.models import Link, Run
from etappe.imports.undo_merges import LISTED, remember_merged, remember_pairs
from etappe.journal.queries import Edit, edits_of
from etappe.journal.record import action
from etappe.journal.values import columns_of, with_keys
from etappe.people.load import change_accounts, change_people
from etappe.people.load_merged import survivors
from etappe.people.load_undo import named_accounts, named_people, rows_of

AT_ONCE = 2000
"""Entries that are taken back in one transaction."""

MOVES = (StageMoved.name, DealWon.name, DealLeft.name, DealReopened.name)
EDITS = {AccountEdited.name: "account", PersonEdited.name: "person", DealEdited.name: "deal"}
KINDS = (*EDITS, *MOVES, ActivityImported.name, StakeholderAdded.name)
_NAMED: Mapping[str, Callable[[Sequence[int]], Sequence[Any]]] = {
    "account": named_accounts,
    "person": named_people,
    "deal": named_deals,
}
PLACE = ("stage", "status", "closed_at", "leave_reason", "lost_to", "leave_note", "rests_until")
"""What a move sets: taken back with it, never by itself."""

State = dict[str, Any]


@action
def take_back_edits(key: int, *, actor: Actor, at: datetime) -> bool:
    """Take back some of an import's entries, the newest first; returns whether there were any."""
    run = Run.objects.select_for_update().get(id=key)
    before = int(run.undone.get("entry", (run.last_entry or 0) + 1))
    edits = edits_of(run.uid, KINDS, run.first_entry or 0, before, AT_ONCE)
    if not edits:
        return False
    activities = [edit for edit in edits if edit.kind == ActivityImported.name]
    take_back_activities(activities, actor=actor, at=at)
    moves = [_move(edit) for edit in edits if edit.kind in MOVES and edit.deal is not None]
    stay = take_back_moves(moves, actor=actor, at=at)
    _keep(run, "deal", {move.deal: ["stage"] for move in moves if move.entry in stay})
    _part(run, [edit for edit in edits if edit.kind == StakeholderAdded.name], actor, at)
    for subject in ("account", "person", "deal"):
        _restore(run, subject, [edit for edit in edits if EDITS.get(edit.kind) == subject], actor, at)
    run.undone["entry"] = edits[-1].id
    run.moved_at = at
    run.save(update_fields=["undone", "moved_at"])
    return True


def _move(edit: Edit) -> Move:
    told = edit.data
    return Move(edit.id, edit.deal or 0, told["came_from"], told["went_to"], told["status_before"], told["status"])


def _part(run: Run, edits: Sequence[Edit], actor: Actor, at: datetime) -> None:
    """Take people out of the buying centres of deals that stay, but those whom somebody has used there since."""
    made = _made_here(run, "deal", [edit.deal for edit in edits if edit.deal])
    joins = [
        Joined(edit.id, edit.deal, edit.person, StakeholderAdded(**edit.data))
        for edit in edits
        if edit.deal and edit.person and edit.deal not in made
    ]
    left, stay = leave_centres(joins, actor=actor, at=at)
    run.undone["parted"] = int(run.undone.get("parted", 0)) + left
    deals = {each.id: each.name for each in named_deals([each.deal for each in stay])}
    remember_pairs(run, "joined", "person", named_people, [(each.person, deals[each.deal]) for each in stay])


def _restore(run: Run, subject: str, edits: Sequence[Edit], actor: Actor, at: datetime) -> None:
    """Set the columns of records to what they were, where they are still what the import made of them."""
    by_record: dict[int, list[Edit]] = defaultdict(list)
    for edit in edits:
        by_record[_subject(edit, subject)].append(edit)
    made = _made_here(run, subject, list(by_record))
    rows = [row for row in _rows(subject, list(by_record)) if row.id not in made]
    wanted: dict[int, State] = {}
    kept: dict[int, list[str]] = {}
    for row in rows:
        was = columns_of(row, row.JOURNALED)
        now, stays = taken_back(was, [edit.data["changed"] for edit in by_record[row.id]])
        changed = {column: value for column, value in now.items() if value != was[column]}
        if changed:
            wanted[row.id] = changed
        if stays:
            kept[row.id] = stays
    away = survivors(subject, set(by_record) - made)
    if away:
        remember_merged(run, subject, _NAMED[subject], away)
    _write(subject, wanted, actor, at)
    run.undone["restored"] = int(run.undone.get("restored", 0)) + len(wanted)
    _keep(run, subject, kept)


def _subject(edit: Edit, subject: str) -> int:
    return int({"account": edit.account, "person": edit.person, "deal": edit.deal}[subject] or 0)


def _made_here(run: Run, subject: str, keys: Sequence[int]) -> set[int]:
    """Records that the import made: they go as they are."""
    found = Link.objects.filter(kind=subject, record_id__in=keys, made=run.id, source=run.source_id)
    return {key for key in found.values_list("record_id", flat=True) if key is not None}


def _rows(subject: str, keys: Sequence[int]) -> Sequence[Any]:
    return deal_rows(keys) if subject == "deal" else rows_of(subject, keys)


def taken_back(state: Mapping[str, Any], changes: Sequence[Mapping[str, list[Any]]]) -> tuple[State, list[str]]:
    """The columns without these changes (newest first), and those that were changed since and stay.

    >>> taken_back({"city": "Ulm", "name": "B"}, [{"city": ["Bonn", "Köln"], "name": ["A", "B"]}])
    ({'city': 'Ulm', 'name': 'A'}, ['city'])
    """
    now, stays = dict(state), list[str]()
    for changed in changes:
        for column, (before, after) in changed.items():
            if column in PLACE or column not in now:
                continue
            if column == "data":
                now[column] = _data_before(now[column], before or {}, after or {})
            elif column == "custom":
                now[column] = _own_before(now[column], before, after, stays)
            elif now[column] == after:
                now[column] = before
            elif column not in stays:
                stays.append(column)
    return now, stays


def _data_before(data: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> State:
    """Custom data without what a change wrote, key by key."""
    fresh = dict(data)
    for name, value in after.items():
        if before.get(name) != value and fresh.get(name) == value:
            if name in before:
                fresh[name] = before[name]
            else:
                del fresh[name]
    return fresh


def _own_before(own: Mapping[str, Any], before: State, after: State, stays: list[str]) -> State:
    """Own fields without what a change wrote, each by itself; that some were changed since, is told."""
    if any(own.get(key) != value for key, value in after.items()) and "custom" not in stays:
        stays.append("custom")
    return with_keys({}, _data_before({**dict.fromkeys(after), **own}, before, after))


def _write(subject: str, wanted: Mapping[int, State], actor: Actor, at: datetime) -> None:
    if not wanted:
        return
    if subject == "account":
        change_accounts(wanted, exact=True, actor=actor, at=at)
    elif subject == "person":
        change_people(wanted, exact=True, actor=actor, at=at)
    else:
        change_deals({key: Wanted(values, exact=True) for key, values in wanted.items()}, actor=actor, at=at)


def _keep(run: Run, subject: str, kept: Mapping[int, Sequence[str]]) -> None:
    """Remember what stays because somebody changed it since."""
    if not kept:
        return
    told = run.undone.setdefault("kept", {"count": 0, "records": []})
    told["count"] += len(kept)
    room = max(LISTED - len(told["records"]), 0)
    for each in _NAMED[subject](sorted(kept)[:room]):
        told["records"].append([subject, each.uid, each.name[:200], list(kept[each.id])])
