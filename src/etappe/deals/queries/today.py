"""What waits for a colleague in their own deals: next steps by day, stages under way, exceptions that were refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from etappe.core.actor import Actor, Scope
from etappe.core.attention import Why
from etappe.core.evidence import Kind, Provenance
from etappe.core.process import Criterion, DealFacts, Held, Proof, Status, missing_proof
from etappe.deals.attention import Watch, condition, reasons_of
from etappe.deals.models import Deal, DealException, Evidence
from etappe.deals.queries.attention import Needing
from etappe.deals.queries.record import exceptions_of
from etappe.deals.queries.rows import rows_of
from etappe.deals.scope import visible
from etappe.deals.shapes import DealRow, ExceptionView, Ref
from etappe.journal.paging import bounded_count
from etappe.journal.statements import Statement, for_each
from etappe.playbook import queries as playbook

EACH = 8
"""Rows of a part of the page; the rest is a link to a list."""
LOOKED_AT = 40
"""Deals whose stage is looked into: those in which the buyer acted last."""
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Steps:
    """One's own open deals by when the next step is due: the first rows, and how many there are."""

    overdue: tuple[DealRow, ...] = ()
    today: tuple[DealRow, ...] = ()
    week: tuple[DealRow, ...] = ()
    overdue_count: int = 0
    today_count: int = 0
    week_count: int = 0
    later_count: int = 0
    open_count: int = 0


@dataclass(frozen=True)
class Underway:
    """A deal whose present stage is partly proven, with what is still missing; nothing: it can move on."""

    deal: DealRow
    missing: tuple[Criterion, ...]


def next_steps(viewer: Actor, today: date) -> Steps:
    """The viewer's next steps. Two queries and their names, whatever their number."""
    mine = _mine(viewer, today)
    parts = {
        "overdue": Q(next_step_on__lt=today),
        "today": Q(next_step_on=today),
        "week": Q(next_step_on__gt=today, next_step_on__lte=today + WEEK),
    }
    counts = mine.aggregate(
        open_count=Count("id"),
        later_count=Count("id", filter=Q(next_step_on__gt=today + WEEK)),
        **{f"{name}_count": Count("id", filter=part) for name, part in parts.items()},
    )
    slices = [mine.filter(part).order_by("next_step_on", "-stage_since", "id")[:EACH] for part in parts.values()]
    rows = sorted(rows_of(list(slices[0].union(*slices[1:], all=True))), key=lambda row: row.next_step_on or today)
    return Steps(
        overdue=tuple(row for row in rows if row.next_step_on and row.next_step_on < today),
        today=tuple(row for row in rows if row.next_step_on == today),
        week=tuple(row for row in rows if row.next_step_on and row.next_step_on > today),
        **counts,
    )


def underway(viewer: Actor, today: date) -> tuple[Underway, ...]:
    """The viewer's deals whose present stage is proven in part or whole, those that can move on first."""
    found = _begun(viewer.scope)(viewer.id, today)
    held = _held(deal.id for deal in found)
    begun = [(deal, missing) for deal in found if (missing := _missing(deal, held[deal.id])) is not None]
    shown = sorted(begun, key=lambda pair: len(pair[1]))[:EACH]
    rows = rows_of([deal for deal, _missing_ones in shown])
    return tuple(Underway(row, missing) for row, (_deal, missing) in zip(rows, shown, strict=True))


@for_each
def _begun(scope: Scope) -> Statement[Deal]:
    """A colleague's deals with evidence, those in which the buyer acted last."""
    given = Evidence.objects.filter(deal=OuterRef("pk"), withdrawn_at=None)
    last = (F("buyer_acted_at").desc(nulls_last=True), "-id")
    return Statement(lambda owner, day: _owned(scope, owner, day).filter(Exists(given)).order_by(*last)[:LOOKED_AT])


def _missing(deal: Deal, held: tuple[Held, ...]) -> tuple[Criterion, ...] | None:
    """What the present stage still lacks; nothing at all where nothing of it is proven, or it asks for nothing."""
    process = playbook.spec(deal.process_version_id)
    stage = process.stage(deal.stage)
    lacking = missing_proof(DealFacts(process, deal.stage, held=held), (stage,))
    return tuple(item.criterion for item in lacking) if len(lacking) < len(stage.required) else None


def _held(deals: Iterable[int]) -> dict[int, tuple[Held, ...]]:
    columns = ("deal_id", "criterion", "kind", "provenance", "verdict")
    found = defaultdict(list)
    rows = Evidence.objects.filter(deal__in=list(deals), withdrawn_at=None).values_list(*columns)
    for deal, criterion, kind, provenance, verdict in rows:
        found[deal].append(Held(criterion, Kind(kind), Provenance(provenance), verdict == "rejected"))
    return defaultdict(tuple, {deal: tuple(items) for deal, items in found.items()})


def waiting(viewer: Actor, held: Watch) -> tuple[tuple[Needing, ...], int]:
    """The viewer's deals that need attention, the largest first, and how many. A step that is late stands elsewhere."""
    asked = (Why.SILENT, Why.TARGET, Why.ORDER, Why.LOOSE)
    found = _mine(viewer, held.today).filter(condition(asked, held))
    largest = found.order_by(F("amount").desc(nulls_last=True), "-id")[:EACH]
    rows = tuple(Needing(row, reasons_of(row, held)) for row in rows_of(list(largest)))
    return rows, bounded_count(found).number


def unproven_own(viewer: Actor, today: date) -> tuple[DealRow, ...]:
    """The viewer's deals with stages behind them that rest on nothing."""
    return rows_of(_unproven(viewer.scope)(viewer.id, today))


@for_each
def _unproven(scope: Scope) -> Statement[Deal]:
    def made(owner: Any, day: Any) -> QuerySet[Deal]:
        return _owned(scope, owner, day).filter(proof=Proof.UNPROVEN.value).order_by("-stage_since", "-id")[:EACH]

    return Statement(made)


def refused_exceptions(viewer: Actor) -> tuple[ExceptionView, ...]:
    """Exceptions the viewer asked for that were refused, while the deal still stands where it stood."""
    found = _refused(viewer.scope)(viewer.id)
    return exceptions_of(found, {item.deal_id: Ref(item.deal.uid, item.deal.name) for item in found})


@for_each
def _refused(scope: Scope) -> Statement[DealException]:
    seen = visible(scope).filter(status=Status.OPEN.value)
    found = DealException.objects.filter(granted=False, deal__in=seen, answered_at__gte=F("deal__stage_since"))
    found = found.select_related("deal").order_by("-answered_at")
    return Statement(lambda asker: found.filter(asked_by=asker)[:EACH])


def _mine(viewer: Actor, today: date) -> QuerySet[Deal]:
    """The viewer's own open deals that do not rest."""
    return _owned(viewer.scope, viewer.id, today)


def _owned(scope: Scope, owner: Any, day: Any) -> QuerySet[Deal]:
    """A colleague's open deals that do not rest on that day."""
    awake = Q(rests_until=None) | Q(rests_until__lte=day)
    return visible(scope).filter(awake, owner=owner, status=Status.OPEN.value)
