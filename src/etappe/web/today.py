"""Today: what waits for the viewer, the most urgent first. No greeting, no chart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from etappe.core.process import Proof
from etappe.deals import queries as deals
from etappe.deals.queries import DealFilter, InspectionFilter
from etappe.deals.shapes import DealRow, ExceptionView, InspectionRow
from etappe.team.access import may
from etappe.web import shell
from etappe.web.shell import Request, show

SOON = timedelta(days=7)
SHOWN = 8


@dataclass(frozen=True)
class Steps:
    """One's own open deals by when the next step is due."""

    overdue: tuple[DealRow, ...]
    soon: tuple[DealRow, ...]
    without: tuple[DealRow, ...]
    later: int

    @property
    def count(self) -> int:
        """How many of them want something done."""
        return len(self.overdue) + len(self.soon) + len(self.without)


@dataclass(frozen=True)
class TodayPage:
    """What waits for the viewer; the last two for those who inspect and grant."""

    steps: Steps
    rejected: tuple[DealRow, ...]
    unproven: tuple[DealRow, ...]
    exceptions: tuple[ExceptionView, ...]
    to_inspect: tuple[InspectionRow, ...]
    has_deals: bool
    may_import: bool
    may_create: bool

    @property
    def is_clear(self) -> bool:
        """Whether nothing waits."""
        waiting = (self.rejected, self.unproven, self.exceptions, self.to_inspect)
        return not self.steps.count and not any(waiting)


@require_GET
def today(request: Request) -> HttpResponse:
    """What waits for the viewer."""
    viewer, day = request.actor, shell.today(request)
    mine = [row for row in deals.my_open_deals(viewer) if row.rests_until is None or row.rests_until <= day]
    rejected = tuple(deals.rejected(viewer))
    known = {row.uid for row in rejected}
    page = TodayPage(
        steps=sort_out(mine, day),
        rejected=rejected,
        unproven=tuple(row for row in mine if row.proof is Proof.UNPROVEN and row.uid not in known)[:SHOWN],
        exceptions=deals.exceptions_to_answer(viewer) if may(viewer, "deals.grant") else (),
        to_inspect=_to_inspect(request),
        has_deals=bool(mine) or bool(deals.deals(viewer, DealFilter(), today=day).rows),
        may_import=may(viewer, "imports.run"),
        may_create=may(viewer, "deals.create"),
    )
    return show(request, "today/today.html", page, part="waiting")


def sort_out(rows: Iterable[DealRow], day: date) -> Steps:
    """Deals by their next step: overdue, due within a week, or none agreed at all."""
    listed = list(rows)
    dated = [(row, row.next_step_on) for row in listed if row.next_step_on is not None]
    return Steps(
        overdue=tuple(row for row, due in dated if due < day),
        soon=tuple(row for row, due in dated if day <= due <= day + SOON),
        without=tuple(row for row in listed if row.next_step_on is None),
        later=sum(due > day + SOON for _, due in dated),
    )


def _to_inspect(request: Request) -> tuple[InspectionRow, ...]:
    if not may(request.actor, "deals.inspect"):
        return ()
    return deals.inspection(request.actor, InspectionFilter(to_judge=True)).rows[:SHOWN]
