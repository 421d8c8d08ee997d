"""The table of deals: filters and order in the address, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from etappe.core.page import Count
from etappe.core.process import Process, Proof, Status
from etappe.deals import queries as deals
from etappe.deals.shapes import DealRow
from etappe.journal.labels import STATUSES, label, words
from etappe.journal.queries import horizon
from etappe.team.access import may
from etappe.web.deals_filter import Filters, read_filters, without
from etappe.web.deals_words import goal
from etappe.web.shell import Request, show, today
from etappe.web.templatetags.formats import day, day_short, money_whole


@dataclass(frozen=True)
class Line:
    """A deal in the table."""

    row: DealRow
    is_resting: bool
    is_late: bool
    """Whether the next step's day has passed."""

    @property
    def is_reached(self) -> bool:
        """Whether the deal's stage is behind it rather than ahead."""
        return self.row.status is Status.WON

    @property
    def lacks_step(self) -> bool:
        """Whether it is open and nothing is agreed."""
        return self.row.status is Status.OPEN and self.row.next_step_on is None and not self.is_resting


@dataclass(frozen=True)
class TableRow:
    """A deal in the table, its texts ready: fifty rows of tags would cost more than all the rest of the page."""

    url: str
    name: str
    account: str
    stage: str
    worth: str
    owner: str
    step: str
    step_on: str
    expected: str
    since: str
    is_reached: bool
    is_late: bool
    is_resting: bool
    lacks_step: bool
    closed_as: str
    is_unproven: bool
    is_overridden: bool


@dataclass(frozen=True)
class TablePage:
    """A page of the table."""

    rows: tuple[TableRow, ...]
    count: Count
    next: str
    first: str
    filters: Filters
    mark: int
    may_create: bool
    may_import: bool

    @property
    def processes(self) -> tuple[Process, ...]:
        """The published processes; without one no deal can begin."""
        return self.filters.processes

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to narrow: no deal at all."""
        return not self.rows and not self.filters.is_narrowed


@require_GET
def table(request: Request) -> HttpResponse:
    """The deals that the filters leave."""
    filters = read_filters(request)
    mark, after = horizon(), request.GET.get("after") or None
    sort = request.GET.get("sort") or "-created"
    root = reverse("deals")
    found = deals.deals(request.actor, filters.wanted, sort=sort, after=after, today=today(request))
    page = TablePage(
        rows=tuple(table_row(row, today(request), root) for row in found.rows),
        count=found.count,
        next=f"?{without(request.GET, 'after')}&after={found.after}" if found.after else "",
        first=f"?{without(request.GET, 'after')}" if after else "",
        filters=filters,
        mark=mark,
        may_create=may(request.actor, "deals.create"),
        may_import=may(request.actor, "imports.run"),
    )
    return show(request, "deals/table.html", page, part="rows")


def table_row(row: DealRow, at: date, root: str) -> TableRow:
    """The row in words; `root` is where the deals' addresses begin."""
    state, is_open = line(row, at), row.status is Status.OPEN
    return TableRow(
        url=f"{root}{row.uid}/",
        name=row.name,
        account=row.account.name if row.account else "",
        stage=goal(row.stage_name) if is_open else words(row.stage_name),
        worth=money_whole(row.amount, row.currency),
        owner=row.owner.name if row.owner else "",
        step=row.next_step,
        step_on=day_short(row.next_step_on),
        expected=day(row.expected_close),
        since=day(row.stage_since),
        is_reached=state.is_reached,
        is_late=state.is_late,
        is_resting=state.is_resting,
        lacks_step=state.lacks_step,
        closed_as="" if is_open else label(STATUSES, row.status),
        is_unproven=row.proof is Proof.UNPROVEN,
        is_overridden=row.proof is Proof.OVERRIDDEN,
    )


def line(row: DealRow, at: date) -> Line:
    """The row with what its dates mean on the day `at`."""
    is_open = row.status is Status.OPEN
    return Line(
        row=row,
        is_resting=is_open and row.rests_until is not None and row.rests_until > at,
        is_late=is_open and row.next_step_on is not None and row.next_step_on < at,
    )


@require_GET
def sources(request: Request) -> HttpResponse:
    """The lead sources in use, as options of the filter."""
    return show(request, "deals/sources.html", deals.sources(request.actor))
