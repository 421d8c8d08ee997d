"""Writing where a deal stands: the deal's row, its visits and its spans, always together.

Only the room's actions call this; the gate has decided before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Greatest

from etappe.core.actor import Actor
from etappe.core.evidence import Kind, Provenance
from etappe.core.own_fields import Unfilled
from etappe.core.process import NEEDED, Basis, DealFacts, Held, Process, Status, needed_fields, proof
from etappe.deals.models import Deal, DealException, DealSpan, Evidence, StageVisit
from etappe.people.fields import unfilled_values
from etappe.playbook.queries import spec

SPAN_COLUMNS = ("stage", "status", "amount", "currency", "owner_id", "team_id", "expected_close")


def facts_of(deal: Deal) -> DealFacts:
    """What the gate needs to know of the deal."""
    return facts_of_many([deal])[deal.id]


def facts_of_many(deals: Sequence[Deal]) -> dict[int, DealFacts]:
    """What the gate needs to know of each of the deals, by key, in a few queries whatever their number.

    Evidence and exceptions that have lapsed were given for what an earlier version of the process asked for.
    """
    ids = [deal.id for deal in deals]
    evidence = Evidence.objects.filter(deal_id__in=ids, lapsed_at=None).values_list(*HELD)
    exceptions = DealException.objects.filter(deal_id__in=ids, granted=True, lapsed_at=None).values_list(*EXCEPTED)
    return _facts(deals, evidence, exceptions)


def facts_with(deal: Deal, evidence: Iterable[Evidence], exceptions: Iterable[DealException]) -> DealFacts:
    """The same of one deal whose evidence and exceptions were read already, all of them."""
    given = [[getattr(item, name) for name in HELD] for item in evidence if item.lapsed_at is None]
    granted = [(item.deal_id, item.stages) for item in exceptions if item.granted and item.lapsed_at is None]
    return _facts([deal], given, granted)[deal.id]


HELD = ("deal_id", "criterion", "kind", "provenance", "verdict", "withdrawn_at")
EXCEPTED = ("deal_id", "stages")


def _facts(
    deals: Sequence[Deal], evidence: Iterable[Sequence[Any]], exceptions: Iterable[tuple[int, list[str]]]
) -> dict[int, DealFacts]:
    held, excepted, unfilled = _held(evidence), _excepted(exceptions), _unfilled(deals)
    still_imported = _still_imported(deals)
    return {
        deal.id: DealFacts(
            process=process_of(deal),
            stage=deal.stage,
            status=Status(deal.status),
            entry_stage=deal.entry_stage,
            held=tuple(held[deal.id]),
            excepted=frozenset(excepted[deal.id]),
            basis=Basis.IMPORTED if deal.id in still_imported else Basis(deal.basis),
            unfilled=(*empty_fields(process_of(deal), partial(getattr, deal)), *unfilled[_own_values(deal)]),
        )
        for deal in deals
    }


def _still_imported(deals: Sequence[Deal]) -> set[int]:
    """Deals that a map took to another version of their process after an import brought them, and nobody moved since.

    A map proves nothing: they are as unproven as before. Visits of maps, and of taking back, are looked past.
    """
    mapped = [deal.id for deal in deals if deal.basis in _NO_MOVES]
    if not mapped:
        return set()
    moves = StageVisit.objects.filter(deal_id__in=mapped, voided_at=None).exclude(basis__in=_NO_MOVES)
    last = moves.order_by("deal_id", "-id").distinct("deal_id").values_list("deal_id", "basis")
    return {deal for deal, basis in last if basis == Basis.IMPORTED.value}


_NO_MOVES = (Basis.REMAP.value, Basis.UNDO.value)

OwnValues = tuple[str, int | None, frozenset[str]]


def _own_values(deal: Deal) -> OwnValues:
    """All that decides which own fields are missing: process, team, and the fields that hold a value."""
    return process_of(deal).key, deal.team_id, frozenset(deal.custom)


def _unfilled(deals: Sequence[Deal]) -> dict[OwnValues, tuple[Unfilled, ...]]:
    alike = {_own_values(deal): deal for deal in deals}
    return {key: unfilled_values(deal.custom, key[0], deal.team_id) for key, deal in alike.items()}


def empty_fields(process: Process, value: Callable[[str], Any]) -> tuple[Unfilled, ...]:
    """The fields of every deal that stages of the process need and that hold nothing, by a deal's `value` of each."""
    empty = {name for name in NEEDED if any(value(column) in (None, "") for column in _COLUMNS.get(name, (name,)))}
    return needed_fields(process, empty)


_COLUMNS = {"next_step": ("next_step", "next_step_on")}


def _held(rows: Iterable[Sequence[Any]]) -> dict[int, list[Held]]:
    found: dict[int, list[Held]] = defaultdict(list)
    for deal, criterion, kind, provenance, verdict, withdrawn in rows:
        held = Held(criterion, Kind(kind), Provenance(provenance), verdict == "rejected", withdrawn is not None)
        found[deal].append(held)
    return found


def _excepted(rows: Iterable[tuple[int, list[str]]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for deal, stages in rows:
        found[deal] += stages
    return found


def process_of(deal: Deal) -> Process:
    """The process version the deal runs on."""
    return spec(deal.process_version_id)


def write_place(
    deal: Deal,
    stage: str,
    status: Status,
    basis: Basis,
    *,
    actor: Actor,
    at: datetime,
    also: dict[str, Any] | None = None,
) -> None:
    """Put the deal into a stage and status: close its visit, open the next, and renew its span.

    `also` are further columns that change with the place (closing date, reason).
    """
    came_from, also = deal.stage, also or {}
    deal.stage, deal.status, deal.basis, deal.stage_since = stage, status.value, basis.value, at
    for column, value in also.items():
        setattr(deal, column, value)
    deal.proof = proof(facts_of(deal)).value
    deal.version += 1
    deal.save(update_fields=["stage", "status", "basis", "stage_since", "proof", "version", *also])
    StageVisit.objects.filter(deal=deal, left_at=None).update(
        left_at=Greatest(F("entered_at"), Value(at, DateTimeField()))
    )
    open_visit(deal, came_from=came_from, actor=actor, at=at)
    renew_span(deal, at)


def open_visit(deal: Deal, *, came_from: str, actor: Actor, at: datetime) -> None:
    """The visit that begins now."""
    StageVisit.objects.create(
        deal=deal,
        process_version_id=deal.process_version_id,
        stage=deal.stage,
        status=deal.status,
        basis=deal.basis,
        proof=deal.proof,
        came_from=came_from,
        entered_at=at,
        entered_by=actor.id,
    )


def renew_span(deal: Deal, at: datetime) -> None:
    """End the span that is open and begin the next; a span that began in the same moment is overwritten."""
    values = {column: getattr(deal, column) for column in SPAN_COLUMNS}
    open_spans = DealSpan.objects.filter(deal=deal, valid__endswith=None)
    latest = open_spans.values_list("id", "valid").first()
    if latest and latest[1].lower >= at:
        open_spans.update(**values)
        return
    if latest:
        DealSpan.objects.filter(id=latest[0]).update(valid=DateTimeTZRange(latest[1].lower, at, "[)"))
    DealSpan.objects.create(deal=deal, valid=DateTimeTZRange(at, None, "[)"), **values)


def refresh_proof(deal: Deal) -> None:
    """Say anew what the stages behind the deal rest on, after its evidence changed."""
    standing = proof(facts_of(deal))
    if standing.value != deal.proof:
        deal.proof = standing.value
        deal.save(update_fields=["proof"])
        StageVisit.objects.filter(deal=deal, left_at=None).update(proof=standing.value)
