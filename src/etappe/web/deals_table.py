"""The table of deals: filters and order in the address, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from etappe.core.page import Count
from etappe.core.process import Process, Status
from etappe.deals import queries as deals
from etappe.deals.shapes import DealRow
from etappe.journal.queries import horizon
from etappe.team.access import may
from etappe.web.deals_filter import Filters, read_filters, without
from etappe.web.shell import Request, show, today


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
class TablePage:
    """A page of the table."""

    lines: tuple[Line, ...]
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
        return not self.lines and not self.filters.is_narrowed


@require_GET
def table(request: Request) -> HttpResponse:
    """The deals that the filters leave."""
    filters = read_filters(request)
    mark, after = horizon(), request.GET.get("after") or None
    sort = request.GET.get("sort") or "-created"
    found = deals.deals(request.actor, filters.wanted, sort=sort, after=after, today=today(request))
    page = TablePage(
        lines=tuple(line(row, today(request)) for row in found.rows),
        count=found.count,
        next=f"?{without(request.GET, 'after')}&after={found.after}" if found.after else "",
        first=f"?{without(request.GET, 'after')}" if after else "",
        filters=filters,
        mark=mark,
        may_create=may(request.actor, "deals.create"),
        may_import=may(request.actor, "imports.run"),
    )
    return show(request, "deals/table.html", page, part="rows")


def line(row: DealRow, day: date) -> Line:
    """The row with what its dates mean today."""
    is_open = row.status is Status.OPEN
    return Line(
        row=row,
        is_resting=is_open and row.rests_until is not None and row.rests_until > day,
        is_late=is_open and row.next_step_on is not None and row.next_step_on < day,
    )


@require_GET
def sources(request: Request) -> HttpResponse:
    """The lead sources in use, as options of the filter."""
    return show(request, "deals/sources.html", deals.sources(request.actor))
