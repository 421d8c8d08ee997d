"""Many deals: the table, the board, and what changed since somebody looked."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from etappe.core.actor import Actor
from etappe.core.page import Page
from etappe.core.process import Phase, Process, Status
from etappe.deals.models import NO_AMOUNT, NO_DAY, Deal, Member
from etappe.deals.queries.rows import rows_of
from etappe.deals.scope import visible
from etappe.deals.shapes import Board, Column, DealRow, Total
from etappe.journal.fields import Fold
from etappe.journal.paging import Sort, page_of
from etappe.journal.queries import horizon, touched_since
from etappe.playbook import queries as playbook

CARDS = 25
"""Cards of a column before "more"."""


@dataclass(frozen=True)
class DealFilter:
    """What a list is narrowed to; every part that is set must hold."""

    text: str = ""
    process: str = ""
    stages: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()
    owner: uuid.UUID | None = None
    mine: bool = False
    team: uuid.UUID | None = None
    account: uuid.UUID | None = None
    source: str = ""
    product: str = ""
    currency: str = ""
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    without_next_step: bool = False
    resting: bool | None = None
    ids: tuple[int, ...] | None = field(default=None, repr=False)


def _decimal(value: object) -> Decimal:
    return Decimal(str(value))


def _both_ways(name: str, sort: Sort) -> dict[str, Sort]:
    return {name: sort, f"-{name}": Sort(sort.by, descending=True, read=sort.read)}


SORTS: dict[str, Sort] = (
    _both_ways("created", Sort("created_at", read=datetime.fromisoformat))
    | _both_ways("name", Sort(Fold(F("name"))))
    | _both_ways("amount", Sort(Coalesce("amount", NO_AMOUNT), read=_decimal))
    | _both_ways("expected", Sort(Coalesce("expected_close", NO_DAY), read=date.fromisoformat))
    | _both_ways("moved", Sort("stage_since", read=datetime.fromisoformat))
)
"""Orders of the table, by the name they have in the address; a minus turns them round."""


def deals(
    viewer: Actor, wanted: DealFilter | None = None, *, sort: str = "-created", after: str | None = None, today: date
) -> Page[DealRow]:
    """A page of the deals the viewer sees. `today` is the day in the workspace's zone (what rests is past or not)."""
    found = narrowed(visible(viewer.scope), wanted or DealFilter(), viewer, today)
    page = page_of(found, SORTS, sort, after, lambda deal: deal)
    return Page(rows_of(page.rows), page.after, page.count)


def narrowed(found: QuerySet[Deal], wanted: DealFilter, viewer: Actor, today: date) -> QuerySet[Deal]:
    """The deals that the filter leaves."""
    found = found.filter(_plain(wanted), _owned(wanted, viewer), _amounts(wanted))
    if wanted.process:
        versions = [version.id for version in playbook.versions(wanted.process)]
        found = found.filter(process_version__in=versions)
    if wanted.text.strip():
        text = wanted.text.replace("\x00", "").strip()
        found = found.alias(folded=Fold(F("name"))).filter(folded__contains=Fold(Value(text)))
    if wanted.without_next_step:
        found = found.filter(status=Status.OPEN.value, next_step_on=None)
    if wanted.resting is not None:
        rests = Q(rests_until__gt=today)
        found = found.filter(rests if wanted.resting else Q(rests_until=None) | ~rests)
    return found


def _plain(wanted: DealFilter) -> Q:
    lists = {"stage__in": wanted.stages, "status__in": wanted.statuses, "proof__in": wanted.proofs}
    texts = {"source": wanted.source, "product": wanted.product, "currency": wanted.currency}
    given = {column: value for column, value in (lists | texts).items() if value}
    return Q(**given) & (Q(id__in=wanted.ids) if wanted.ids is not None else Q())


def _owned(wanted: DealFilter, viewer: Actor) -> Q:
    uids = {"owner__uid": wanted.owner, "team__uid": wanted.team, "account__uid": wanted.account}
    given = Q(**{column: uid for column, uid in uids.items() if uid})
    return given & Q(owner=viewer.id) if wanted.mine else given


def _amounts(wanted: DealFilter) -> Q:
    bounds = {"amount__gte": wanted.amount_from, "amount__lte": wanted.amount_to}
    return Q(**{bound: value for bound, value in bounds.items() if value is not None})


def board(
    viewer: Actor,
    process: str | None = None,
    wanted: DealFilter | None = None,
    *,
    phases: tuple[Phase, ...] = (Phase.FIND, Phase.WIN),
    cards: int = CARDS,
    today: date,
) -> Board:
    """A process with the deals in its stages, those that moved last first; in `keep`, the deals that were won."""
    spec, versions = _versions_of(process)
    found = narrowed(visible(viewer.scope), wanted or DealFilter(), viewer, today)
    mark = horizon()
    stages = spec.of_phase(*phases)
    by_stage = _first_cards(found, versions, [stage.key for stage in stages], spec, cards)
    columns = (Column(stage, by_stage[stage.key][:cards], len(by_stage[stage.key]) > cards) for stage in stages)
    return Board(spec, tuple(columns), mark)


def _versions_of(process: str | None) -> tuple[Process, list[int]]:
    """The newest version of a process (the default one if none is named), and the keys of all its versions."""
    versions = playbook.versions(process or playbook.default_version().process)
    return playbook.spec(versions[0].id), [version.id for version in versions]


def _first_cards(
    found: QuerySet[Deal], versions: Sequence[int], stages: Sequence[str], process: Process, cards: int
) -> dict[str, tuple[DealRow, ...]]:
    """The first cards of every column in one query: each column walks its own stretch of the index."""
    columns = [
        found.filter(process_version__in=versions, stage=stage, status=_status_in(process, stage)).order_by(
            "-stage_since", "-id"
        )[: cards + 1]
        for stage in stages
    ]
    together = columns[0].union(*columns[1:], all=True) if len(columns) > 1 else columns[0]
    by_stage: dict[str, list[DealRow]] = {stage: [] for stage in stages}
    rows = sorted(rows_of(list(together)), key=lambda row: row.stage_since, reverse=True)
    for row in rows:
        by_stage[row.stage].append(row)
    return {stage: tuple(rows) for stage, rows in by_stage.items()}


def _status_in(process: Process, stage: str) -> str:
    return (Status.WON if process.stage(stage).phase is Phase.KEEP else Status.OPEN).value


def board_totals(
    viewer: Actor, process: str | None = None, wanted: DealFilter | None = None, *, today: date
) -> tuple[Total, ...]:
    """Deals and amount per stage and currency, over the whole board; sums never mix currencies."""
    spec, versions = _versions_of(process)
    found = narrowed(visible(viewer.scope), wanted or DealFilter(), viewer, today)
    found = found.filter(process_version__in=versions, status__in=(Status.OPEN.value, Status.WON.value))
    sums = found.order_by().values("stage", "status", "currency").annotate(deals=Count("id"), total=Sum("amount"))
    return tuple(
        Total(row["stage"], row["deals"], row["currency"], row["total"] or Decimal(0))
        for row in sums
        if row["stage"] in spec.order and row["status"] == _status_in(spec, row["stage"])
    )


def busiest_process(viewer: Actor) -> str | None:
    """The key of the process on which most of the open deals run that the viewer sees."""
    found = visible(viewer.scope).filter(status=Status.OPEN.value).order_by().values("process_version")
    busiest = found.annotate(deals=Count("id")).order_by("-deals").first()
    return playbook.spec(busiest["process_version"]).key if busiest else None


@dataclass(frozen=True)
class Changes:
    """Deals that changed since a mark, and the mark to ask with next time."""

    mark: int
    uids: tuple[uuid.UUID, ...]


def changed_since(viewer: Actor, mark: int) -> Changes:
    """Deals the viewer sees that somebody touched since the mark. Nothing is missed, however late it was committed."""
    now = horizon()
    ids = touched_since(mark)
    uids = visible(viewer.scope).filter(id__in=ids).values_list("uid", flat=True) if ids else ()
    return Changes(now, tuple(uids))


def sources(viewer: Actor) -> list[str]:
    """The sources in use, for pickers; at most 100."""
    found = visible(viewer.scope).exclude(source="").order_by("source").values_list("source", flat=True).distinct()
    return list(found[:100])


def joined(viewer: Actor) -> frozenset[uuid.UUID]:
    """The deals in whose deal team the viewer is."""
    return frozenset(Member.objects.filter(user=viewer.id).values_list("deal__uid", flat=True))
