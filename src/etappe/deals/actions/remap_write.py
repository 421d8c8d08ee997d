"""Writing deals that come to another version of their process, or to another process, and back: for all who take them.

What was given for something that is not asked for any more lapses; it counts again when the deal goes back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from etappe.core.actor import Actor
from etappe.core.kinds.deals import PLACING, DealRemapped, ProcessChanged, ProcessChangeUndone, RemapUndone
from etappe.core.process import Basis, Process, proof
from etappe.core.remap import Remapped, changed_criteria
from etappe.deals.load import VISIT
from etappe.deals.models import Deal, DealException, Evidence
from etappe.deals.place import facts_of_many
from etappe.journal.load import copy_rows
from etappe.journal.queries import EntryView, latest
from etappe.journal.record import record
from etappe.playbook import queries as playbook


@dataclass(frozen=True)
class Moved:
    """A deal, and where it goes."""

    deal: Deal
    after: Remapped


Lapsing = dict[int, list[tuple[int, str]]]
"""Key and uid of what does not count any more, by deal."""


def _lapsed(moved: Sequence[Moved]) -> tuple[Lapsing, Lapsing]:
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


def carry_over(moved: Sequence[Moved], version: int, *, actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """Put the deals where they go, on this version of a process; says what the entry of each tells, in their order."""
    evidence, exceptions = _lapsed(moved)
    told = [_told(each, version, evidence, exceptions) for each in moved]
    for rows, lapsing in ((Evidence.objects, evidence), (DealException.objects, exceptions)):
        if keys := [key for pairs in lapsing.values() for key, _uid in pairs]:
            rows.filter(id__in=keys).update(lapsed_at=at)
    _write([_Place.of(each, version, at) for each in moved], actor, at)
    return told


def _told(each: Moved, version: int, evidence: Lapsing, exceptions: Lapsing) -> dict[str, Any]:
    deal, after = each.deal, each.after
    return DealRemapped(
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
    ).data()


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
    def of(cls, each: Moved, version: int, at: datetime) -> _Place:
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


def carry_back(
    deals: Sequence[Deal], told: Mapping[int, EntryView], new: Process, *, actor: Actor, at: datetime
) -> None:
    """Put deals back where the entries that tell of their coming say they were, with what proved them there."""
    _restore_proof([told[deal.id] for deal in deals], new, at)
    _write(_places_before(deals, told), actor, at)


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


def _places_before(deals: Sequence[Deal], told: Mapping[int, EntryView]) -> list[_Place]:
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


def came_by_choice(deal: Deal) -> EntryView | None:
    """The entry of the deal's coming from another process, if nothing moved it since."""
    last = latest(*PLACING, *BY_MAP, deal=deal.id)
    return last if last and last.kind == ProcessChanged.name else None


BY_MAP = (DealRemapped.name, RemapUndone.name, ProcessChanged.name, ProcessChangeUndone.name)
"""Kinds that put a deal on another version, or on another process."""


def back_to_process(deal: Deal, entry: EntryView, *, actor: Actor, at: datetime) -> None:
    """Put the deal back on the process that it came from, with what proved it there, and record it."""
    at = max(at, deal.stage_since)
    came_from = deal.stage
    carry_back([deal], {deal.id: entry}, playbook.spec(deal.process_version_id), actor=actor, at=at)
    deal.refresh_from_db()
    undone = ProcessChangeUndone(
        came_from=came_from,
        went_to=deal.stage,
        status_before=deal.status,
        status=deal.status,
        basis=Basis.UNDO.value,
        version_after=deal.process_version_id,
        entry_after=deal.entry_stage,
        process_before=entry.data["process_after"],
        process_after=entry.data["process_before"],
    )
    record(undone, actor=actor, at=at, deal=deal.id, account=deal.account_id, voids=entry.id)
