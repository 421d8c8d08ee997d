"""Moving open deals to the newest version of their process by a map, and taking that back: many deals at once.

It runs in the job process, chunk after chunk, each in a transaction of its own and all under one change of the journal.
What is done already is not done again, so that an interrupted one simply goes on.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from etappe.core.actor import SYSTEM, Actor
from etappe.core.errors import Forbidden, Refusal
from etappe.core.kinds.deals import DealRemapped, RemapUndone
from etappe.core.kinds.playbook import DealsTaken, DealsTakenBack
from etappe.core.process import Basis
from etappe.core.remap import StageMap, check_map, remap
from etappe.deals.actions.remap_write import Moved, carry_back, carry_over
from etappe.deals.models import Deal, Remap, StageVisit
from etappe.deals.place import facts_of_many
from etappe.deals.remaps import AT_WORK, UNDO_DAYS, candidates, find_remap
from etappe.journal.load import Told, record_many
from etappe.journal.queries import EntryView, entries_of_change, last_entry_id
from etappe.journal.record import action, record, under
from etappe.playbook import queries as playbook
from etappe.team.access import require
from etappe.team.queries import actor_by_id

CHUNK = 1000

Defer = Callable[[str], Any]
"""Hands the uid to the job process."""


@action
def begin_remap(process: str, stages: StageMap, *, then: Defer, actor: Actor, at: datetime) -> uuid.UUID:
    """Move the open deals within the actor's reach to the newest version of their process, as the map says."""
    require(actor, "playbook.publish")
    require(actor, "deals.move")
    to = playbook.get_version(process)
    wanted = {old: new for old, new in stages.items() if new}
    check_map(wanted, to.spec)
    total = candidates(actor.scope, process, to.id, wanted).count()
    if not total:
        raise Refusal("remap_nothing")
    run = Remap(
        uid=uuid.uuid4(), process=process, to_version_id=to.id, stages=wanted, total=total,
        change_id=uuid.uuid4(), undo_change_id=uuid.uuid4(), first_entry=last_entry_id(),
        started_by=actor.id, created_at=at,
    )  # fmt: skip
    Remap.objects.bulk_create([run], ignore_conflicts=True)
    if not Remap.objects.filter(uid=run.uid).exists():
        raise Refusal("remap_busy")
    then(str(run.uid))
    return uuid.UUID(str(run.uid))


@action
def undo_remap(uid: uuid.UUID | str, *, then: Defer, actor: Actor, at: datetime) -> None:
    """Take a whole move back within ninety days; deals that have moved since stay where they are."""
    run = _own(uid, actor)
    if run.state != "done" or at - run.created_at > timedelta(days=UNDO_DAYS):
        raise Refusal("remap_stays", days=UNDO_DAYS)
    if Remap.objects.filter(process=run.process, state__in=AT_WORK).exists():
        raise Refusal("remap_busy")
    run.state, run.undone_by, run.cursor = "undoing", actor.id, run.first_entry
    run.save(update_fields=["state", "undone_by", "cursor"])
    then(str(run.uid))


@action
def stop_remap(uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> None:
    """End a move after the deals that are being moved right now; what is moved stays so until it is taken back."""
    del at
    run = _own(uid, actor)
    if run.state not in ("queued", "running"):
        raise Refusal("remap_over")
    run.stopped_by = actor.id
    run.save(update_fields=["stopped_by"])


def _own(uid: uuid.UUID | str, actor: Actor) -> Remap:
    """The move, locked, for whoever began it or sees everything."""
    require(actor, "playbook.publish")
    run = Remap.objects.select_for_update().get(id=find_remap(uid).id)
    if run.started_by != actor.id and not actor.scope.all:
        raise Forbidden("forbidden", act="deals.move")
    return run


def carry_on(uid: str, *, clock: Callable[[], datetime]) -> None:
    """Carry out what `begin_remap` or `undo_remap` asked for; an interrupted one goes on where it stopped."""
    run = Remap.objects.filter(uid=uid, state__in=AT_WORK).first()
    if run is None:
        return
    step, change = (_undo, run.undo_change_id) if run.state == "undoing" else (_move, run.change_id)
    by = run.undone_by if run.state == "undoing" else run.started_by
    actor = actor_by_id(by) if by else SYSTEM
    with under(change):
        while step(run.id, actor=actor, at=clock()):
            pass


# --- Moving ---


@action
def _move(key: int, *, actor: Actor, at: datetime) -> bool:
    """One chunk; False when nothing was left to do."""
    run = Remap.objects.select_for_update().get(id=key)
    found = candidates(actor.scope, run.process, run.to_version_id, run.stages)
    deals = [] if run.stopped_by else list(found.order_by("id").select_for_update(of=("self",))[:CHUNK])
    if not deals:
        _end(run, "done", at)
        record(DealsTaken(run.process, _number(run), run.done, str(run.uid)), actor=actor, at=at)
        return False
    new, facts = playbook.spec(run.to_version_id), facts_of_many(deals)
    moved = [Moved(deal, remap(facts[deal.id], new, run.stages)) for deal in deals]
    told = carry_over(moved, run.to_version_id, actor=actor, at=at)
    when = at.isoformat()
    record_many(
        (
            Told(DealRemapped, when, data, each.deal.account_id, None, each.deal.id)
            for each, data in zip(moved, told, strict=True)
        ),
        actor=actor,
        backfilled=False,
    )
    run.state, run.done, run.last_entry = "running", run.done + len(moved), last_entry_id()
    run.save(update_fields=["state", "done", "last_entry"])
    return True


def _end(run: Remap, state: str, at: datetime) -> None:
    run.state, run.finished_at = state, at
    run.save(update_fields=["state", "finished_at"])


def _number(run: Remap) -> int:
    return playbook.version_numbers([run.to_version_id])[run.to_version_id]


# --- Taking it back ---


@action
def _undo(key: int, *, actor: Actor, at: datetime) -> bool:
    """One chunk of taking back; False when nothing was left to do."""
    run = Remap.objects.select_for_update().get(id=key)
    entries = entries_of_change(run.change_id, DealRemapped.name, after=run.cursor, upto=run.last_entry, limit=CHUNK)
    if not entries:
        _end(run, "undone", at)
        record(DealsTakenBack(run.process, run.undone, run.stayed, str(run.uid)), actor=actor, at=at)
        return False
    told = {entry.deal_id: entry for entry in entries if entry.deal_id is not None}
    deals = _unmoved(told, run.to_version_id)
    carry_back(deals, told, playbook.spec(run.to_version_id), actor=actor, at=at)
    record_many([_taken_back(deal, told[deal.id], at) for deal in deals], actor=actor, backfilled=False)
    run.undone, run.stayed = run.undone + len(deals), run.stayed + len(told) - len(deals)
    run.cursor = entries[-1].id
    run.save(update_fields=["undone", "stayed", "cursor"])
    return True


def _unmoved(keys: Iterable[int], version: int) -> list[Deal]:
    """Of these deals those that still stand where the map put them, locked."""
    there: QuerySet[StageVisit] = StageVisit.objects.filter(
        deal__in=keys, left_at=None, basis=Basis.REMAP.value, process_version=version
    )
    locked = list(Deal.objects.filter(id__in=keys).order_by("id").select_for_update())
    still = set(there.values_list("deal_id", flat=True))
    return [deal for deal in locked if deal.id in still and deal.process_version_id == version]


def _taken_back(deal: Deal, entry: EntryView, at: datetime) -> Told:
    kind = RemapUndone(
        came_from=entry.data["went_to"],
        went_to=deal.stage,
        status_before=deal.status,
        status=deal.status,
        basis=Basis.UNDO.value,
        version_after=deal.process_version_id,
        entry_after=deal.entry_stage,
    )
    return Told(RemapUndone, at.isoformat(), kind.data(), deal.account_id, None, deal.id)
