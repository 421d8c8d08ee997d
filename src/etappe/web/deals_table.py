"""The table of deals: filters and order in the address, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from etappe.core.process import Process, Status
from etappe.deals.shapes import DealRow
from etappe.journal.queries import horizon
from etappe.records.lists import SUBJECTS
from etappe.team.access import may
from etappe.web.deals_filter import Filters, read_filters
from etappe.web.lists import ListPart, list_part, read_state
from etappe.web.lists_opened import Opened, open_view
from etappe.web.lists_places import figures_address
from etappe.web.shell import Request, show


@dataclass(frozen=True)
class Line:
    """A deal in the table."""

    row: DealRow
    is_resting: bool
    is_late: bool
    """Whether the next step's day has passed."""

    @property
    def lacks_step(self) -> bool:
        """Whether it is open and nothing is agreed."""
        return self.row.status is Status.OPEN and self.row.next_step_on is None and not self.is_resting


@dataclass(frozen=True)
class TablePage:
    """A page of the table."""

    list: ListPart
    views: Opened
    filters: Filters
    mark: int
    may_create: bool
    may_import: bool
    figures: str
    """Where the figures of these deals are."""

    @property
    def processes(self) -> tuple[Process, ...]:
        """The published processes; without one no deal can begin."""
        return self.filters.processes

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to narrow: no deal at all."""
        return not (self.list.rows or self.list.problem or self.filters.is_narrowed or self.list.is_narrowed)


@require_GET
def table(request: Request) -> HttpResponse:
    """The deals that the filters leave."""
    views = open_view(request, "deals")
    filters = read_filters(request)
    mark = horizon()
    state = read_state(request, SUBJECTS["deals"], filters.wanted.tree)
    part = list_part(request, state)
    page = TablePage(
        list=part,
        views=views,
        filters=filters,
        mark=mark,
        may_create=may(request.actor, "deals.create"),
        may_import=may(request.actor, "imports.run"),
        figures=figures_address(request, filters, state),
    )
    return show(request, "deals/table.html", page, part="rows", status=422 if part.problem else 200)


def line(row: DealRow, at: date) -> Line:
    """The row with what its dates mean on the day `at`."""
    is_open = row.status is Status.OPEN
    return Line(
        row=row,
        is_resting=is_open and row.rests_until is not None and row.rests_until > at,
        is_late=is_open and row.next_step_on is not None and row.next_step_on < at,
    )
