"""Many deals: the table, the board, and what changed since somebody looked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from etappe.core.actor import Actor
from etappe.core.filters import EVERYTHING, ME, Condition, Node, Op, Value, all_of, parse
from etappe.core.page import Page
from etappe.core.process import Phase, Process, Status
from etappe.deals.list_fields import deal_registry, deal_sorts
from etappe.deals.models import Deal, Member
from etappe.deals.queries.rows import rows_of
from etappe.deals.scope import visible
from etappe.deals.shapes import Board, Column, DealRow, Total
from etappe.journal.filtering import Asker, filtered, sorts_for
from etappe.journal.paging import Order, page_of
from etappe.journal.queries import horizon, touched_since
from etappe.people.fields import readable_each
from etappe.playbook import queries as playbook
from etappe.team.queries import workspace

CARDS = 25
"""Cards of a column before "more"."""


@dataclass(frozen=True)
class DealFilter:
    """The usual filters by name: a short way to write a filter for programs. Every part that is set must hold."""

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
    without_next_step: bool = False
    resting: bool | None = None

    @property
    def tree(self) -> Node:
        """The same as a filter."""
        found = [_is(field, *values) for field, values in self._named().items() if any(values)]
        if self.text.strip():
            found.append(Condition("name", Op.HAS, (Value(self.text.strip(), literal=True),)))
        if self.without_next_step:
            found += [_is("status", Status.OPEN.value), Condition("next_step_on", Op.EMPTY)]
        if self.resting is not None:
            found.append(Condition("resting", Op.IS, (Value("yes" if self.resting else "no"),)))
        return all_of(*found)

    def _named(self) -> dict[str, tuple[str, ...]]:
        return {
            "process": (self.process,),
            "stage": self.stages,
            "status": self.statuses,
            "proof": self.proofs,
            "owner": (ME if self.mine else str(self.owner or ""),),
            "team": (str(self.team or ""),),
            "account": (str(self.account or ""),),
            "source": (self.source,),
            "product": (self.product,),
        }


def _is(field: str, *values: str) -> Condition:
    given = tuple(Value(value, literal=value != ME) for value in values)
    return Condition(field, Op.IS if len(given) == 1 else Op.IN, given)


def asker_of(viewer: Actor, today: date) -> Asker:
    """Who filters, on which day; the zone is looked up only where a moment is compared."""
    return Asker(viewer, today, lambda: workspace().zone)


def left_by(viewer: Actor, where: str | Node, today: date) -> QuerySet[Deal]:
    """The deals the viewer sees that a filter leaves; the filter as text or as a tree."""
    return filtered(visible(viewer.scope), where, deal_registry, asker_of(viewer, today))


def keys_left_by(viewer: Actor, where: str | Node, today: date) -> tuple[str, tuple[Any, ...]]:
    """The keys of the deals that a filter leaves, as a query with its values, for what is counted in the database."""
    return left_by(viewer, where, today).order_by().values("id").query.sql_with_params()


def _joined(wanted: DealFilter | None, where: str) -> Node:
    return all_of(wanted.tree if wanted else EVERYTHING, parse(where))


SORTS: Mapping[str, Order] = deal_sorts()
"""Orders of the table, by the name they have in the address; a minus turns them round."""


def deals(
    viewer: Actor,
    wanted: DealFilter | None = None,
    *,
    where: str = "",
    sort: str = "-created",
    after: str | None = None,
    today: date,
    own: bool = False,
) -> Page[DealRow]:
    """A page of the deals the viewer sees. `today` is the day in the workspace's zone (what rests is past or not).

    With `own` each row carries its tags and those of its own values that are meant for the viewer.
    """
    found = left_by(viewer, _joined(wanted, where), today)
    page = page_of(found, sorts_for(sort, SORTS, deal_registry, viewer), sort, after, lambda deal: deal)
    return Page(_with_own(viewer, page.rows) if own else rows_of(page.rows), page.after, page.count)


def _with_own(viewer: Actor, found: Sequence[Deal]) -> tuple[DealRow, ...]:
    own = readable_each("deal", viewer, ((deal.team_id, deal.custom) for deal in found))
    rows = zip(rows_of(found), found, own, strict=True)
    return tuple(replace(row, tags=tuple(deal.tags), custom=custom) for row, deal, custom in rows)


def board(
    viewer: Actor,
    process: str | None = None,
    wanted: DealFilter | None = None,
    *,
    where: str = "",
    phases: tuple[Phase, ...] = (Phase.FIND, Phase.WIN),
    cards: int = CARDS,
    today: date,
) -> Board:
    """A process with the deals in its stages, those that moved last first; in `keep`, the deals that were won."""
    spec, versions = _versions_of(process)
    found = left_by(viewer, _joined(wanted, where), today)
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
        found.defer(*HEAVY)
        .filter(process_version__in=versions, stage=stage, status=_status_in(process, stage))
        .order_by("-stage_since", "-id")[: cards + 1]
        for stage in stages
    ]
    together = columns[0].union(*columns[1:], all=True) if len(columns) > 1 else columns[0]
    by_stage: dict[str, list[DealRow]] = {stage: [] for stage in stages}
    rows = sorted(rows_of(list(together)), key=lambda row: row.stage_since, reverse=True)
    for row in rows:
        by_stage[row.stage].append(row)
    return {stage: tuple(rows) for stage, rows in by_stage.items()}


HEAVY = ("data", "custom", "tags", "leave_note", "leave_reason", "lost_to")
"""What no card shows."""


def _status_in(process: Process, stage: str) -> str:
    return (Status.WON if process.stage(stage).phase is Phase.KEEP else Status.OPEN).value


def board_totals(
    viewer: Actor, process: str | None = None, wanted: DealFilter | None = None, *, where: str = "", today: date
) -> tuple[Total, ...]:
    """Deals and amount per stage and currency, over the whole board; sums never mix currencies."""
    spec, versions = _versions_of(process)
    found = left_by(viewer, _joined(wanted, where), today)
    found = found.filter(process_version__in=versions, status__in=(Status.OPEN.value, Status.WON.value))
    sums = found.order_by().values("stage", "status", "currency").annotate(deals=Count("*"), total=Sum("amount"))
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


def joined(viewer: Actor) -> frozenset[uuid.UUID]:
    """The deals in whose deal team the viewer is."""
    return frozenset(Member.objects.filter(user=viewer.id).values_list("deal__uid", flat=True))
