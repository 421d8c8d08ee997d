"""Moving open deals to the newest version of their process by a map, and taking that back: many deals at once.

It runs in the job process, chunk after chunk, each in a transaction of its own and all under one change of the journal.
What is done already is not done again, so that an interrupted one simply goes on.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from etappe.core.actor import SYSTEM, Actor
from etappe.core.errors import Forbidden, Refusal
from etappe.core.kinds.deals import DealRemapped, RemapUndone
from etappe.core.kinds.playbook import DealsTaken, DealsTakenBack
from etappe.core.process import Basis, Process, proof
from etappe.core.remap import Remapped, StageMap, changed_criteria, check_map, remap
from etappe.deals.load import VISIT
from etappe.deals.models import Deal, DealException, Evidence, Remap, StageVisit
from etappe.deals.place import facts_of_many
from etappe.deals.remaps import AT_WORK, UNDO_DAYS, candidates, find_remap
from etappe.journal.load import Told, copy_rows, record_many
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


@dataclass(frozen=True)
class _Moved:
    deal: Deal
    after: Remapped

    @property
    def since(self) -> datetime:
        return self.deal.stage_since


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
    moved = [_Moved(deal, remap(facts[deal.id], new, run.stages)) for deal in deals]
    evidence, exceptions = _lapsed(moved)
    told = [_told(each, run.to_version_id, evidence, exceptions, at) for each in moved]
    _lapse(Evidence.objects, evidence, at)
    _lapse(DealException.objects, exceptions, at)
    _write([_Place.of(each, run.to_version_id, at) for each in moved], actor, at)
    record_many(told, actor=actor, backfilled=False)
    run.state, run.done, run.last_entry = "running", run.done + len(moved), last_entry_id()
    run.save(update_fields=["state", "done", "last_entry"])
    return True


def _end(run: Remap, state: str, at: datetime) -> None:
    run.state, run.finished_at = state, at
    run.save(update_fields=["state", "finished_at"])


def _number(run: Remap) -> int:
    return playbook.version_numbers([run.to_version_id])[run.to_version_id]


Lapsing = dict[int, list[tuple[int, str]]]
"""Key and uid of what does not count any more, by deal."""


def _lapsed(moved: Sequence[_Moved]) -> tuple[Lapsing, Lapsing]:
    """Evidence and exceptions that were given for something that the new version does not ask for."""
    evidence: Lapsing = {}
    by_deal = {each.deal.id: each.after for each in moved}
    rows = Evidence.objects.filter(deal__in=by_deal, lapsed_at=None).values_list("id", "uid", "deal_id", "criterion")
    for key, uid, deal, criterion in rows:
        if criterion in by_deal[deal].lapsed:
            evidence.setdefault(deal, []).append((key, str(uid)))
    exceptions: Lapsing = {}
    open_to = DealException.objects.filter(deal__in=by_deal, lapsed_at=None).exclude(granted=False)
    for key, uid, deal, stages in open_to.values_list("id", "uid", "deal_id", "stages"):
        if by_deal[deal].exceptions_lapse & set(stages):
            exceptions.setdefault(deal, []).append((key, str(uid)))
    return evidence, exceptions


def _told(each: _Moved, version: int, evidence: Lapsing, exceptions: Lapsing, at: datetime) -> Told:
    deal, after = each.deal, each.after
    kind = DealRemapped(
        came_from=deal.stage,
        went_to=after.stage,
        status_before=deal.status,
        status=deal.status,
        basis=Basis.REMAP.value,
        version_before=deal.process_version_id,
        version_after=version,
        entry_before=deal.entry_stage,
        entry_after=after.entry_stage,
        basis_before=deal.basis,
        since_before=deal.stage_since.isoformat(),
        proof_before=deal.proof,
        proof_after=after.proof.value,
        lost=[criterion.key for criterion in after.lost],
        lapsed=[uid for _key, uid in evidence.get(deal.id, ())],
        exceptions=[uid for _key, uid in exceptions.get(deal.id, ())],
    )
    return Told(DealRemapped, at.isoformat(), kind.data(), deal.account_id, None, deal.id)


def _lapse(rows: Any, lapsing: Lapsing, at: datetime) -> None:
    keys = [key for pairs in lapsing.values() for key, _uid in pairs]
    if keys:
        rows.filter(id__in=keys).update(lapsed_at=at)


# --- Writing, both ways ---


@dataclass(frozen=True)
class _Place:
    """Where a deal is put. In a stage of the same key it stays since when it was there."""

    deal: int
    version: int
    came_from: str
    stage: str
    status: str
    entry_stage: str
    basis: str
    visit_basis: str
    proof: str
    since: datetime

    @classmethod
    def of(cls, each: _Moved, version: int, at: datetime) -> _Place:
        """Where the map puts a deal."""
        deal, after = each.deal, each.after
        since = deal.stage_since if after.stage == deal.stage else at
        basis = Basis.REMAP.value
        return cls(deal.id, version, deal.stage, after.stage, deal.status, after.entry_stage, basis, basis,
                   after.proof.value, since)  # fmt: skip


def _write(places: Sequence[_Place], actor: Actor, at: datetime) -> None:
    """The deals' rows, their visits and their spans, in a handful of statements."""
    columns = ("deal", "version", "stage", "entry_stage", "basis", "proof", "since")
    arrays = [[getattr(place, column) for place in places] for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(DEALS, arrays)
        cursor.execute(LEAVE, [at, arrays[0]])
    copy_rows(
        "deals_stagevisit",
        VISIT,
        (
            (place.deal, place.version, place.stage, place.status, place.visit_basis, place.proof, place.came_from,
             max(at, place.since).isoformat(), None, actor.id, False)
            for place in places
        ),
    )  # fmt: skip
    moved = [place.deal for place in places if place.stage != place.came_from]
    with connection.cursor() as cursor:
        cursor.execute(DROP_SPANS, [moved, at])
        cursor.execute(END_SPANS, [at, moved])
        cursor.execute(NEW_SPANS, [at, moved])


DEALS = (
    "UPDATE deals_deal AS deal SET process_version_id = new.version_id, stage = new.stage, "
    "entry_stage = new.entry_stage, basis = new.basis, proof = new.proof, stage_since = new.since, "
    "version = deal.version + 1 FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], "
    "%s::text[], %s::timestamptz[]) AS new(id, version_id, stage, entry_stage, basis, proof, since) "
    "WHERE deal.id = new.id"
)
LEAVE = (
    "UPDATE deals_stagevisit SET left_at = greatest(entered_at, %s) "
    "WHERE deal_id = ANY(%s) AND left_at IS NULL AND voided_at IS NULL"
)
DROP_SPANS = "DELETE FROM deals_dealspan WHERE deal_id = ANY(%s) AND upper(valid) IS NULL AND lower(valid) >= %s"
END_SPANS = (
    "UPDATE deals_dealspan SET valid = tstzrange(lower(valid), %s) WHERE deal_id = ANY(%s) AND upper(valid) IS NULL"
)
NEW_SPANS = (
    "INSERT INTO deals_dealspan (deal_id, valid, stage, status, amount, currency, owner_id, team_id, expected_close) "
    "SELECT id, tstzrange(%s, NULL), stage, status, amount, currency, owner_id, team_id, expected_close "
    "FROM deals_deal WHERE id = ANY(%s)"
)


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
    _restore_proof([told[deal.id] for deal in deals], playbook.spec(run.to_version_id), at)
    places = _places_before(deals, told)
    _write(places, actor, at)
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


def _restore_proof(entries: Sequence[EntryView], new: Process, at: datetime) -> None:
    """Evidence that was given for the new version only does not count for the old one; what had lapsed does again."""
    by_version: dict[int, list[int]] = {}
    for entry in entries:
        by_version.setdefault(entry.data["version_before"], []).append(entry.deal_id or 0)
    for version, deals in by_version.items():
        changed = changed_criteria(new, playbook.spec(version))
        Evidence.objects.filter(deal__in=deals, criterion__in=changed, lapsed_at=None).update(lapsed_at=at)
    lapsed = [uid for entry in entries for uid in entry.data["lapsed"]]
    Evidence.objects.filter(uid__in=lapsed).update(lapsed_at=None)
    excepted = [uid for entry in entries for uid in entry.data["exceptions"]]
    DealException.objects.filter(uid__in=excepted).update(lapsed_at=None)


def _places_before(deals: Sequence[Deal], told: dict[int, EntryView]) -> list[_Place]:
    came_from = {deal.id: deal.stage for deal in deals}
    for deal in deals:
        data = told[deal.id].data
        imported = data["basis_before"] == Basis.IMPORTED.value
        deal.process_version_id, deal.stage = data["version_before"], data["came_from"]
        deal.entry_stage = data["entry_before"]
        deal.basis = (Basis.IMPORTED if imported else Basis.UNDO).value
        deal.stage_since = datetime.fromisoformat(data["since_before"])
    facts = facts_of_many(deals)
    return [
        _Place(deal.id, deal.process_version_id, came_from[deal.id], deal.stage, deal.status, deal.entry_stage,
               deal.basis, Basis.UNDO.value, proof(facts[deal.id]).value, deal.stage_since)
        for deal in deals
    ]  # fmt: skip


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
