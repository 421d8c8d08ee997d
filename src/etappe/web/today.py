"""Today: what waits for the viewer, the most urgent first, each line a click from the act. No greeting, no chart."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from etappe.deals import queries as deals
from etappe.deals.queries import DealFilter, InspectionFilter, Steps, Underway
from etappe.deals.shapes import DealRow, ExceptionView, InspectionRow
from etappe.playbook.reviews import ReviewDue, reviews_due
from etappe.team.access import may
from etappe.web import attention, goals, shell
from etappe.web.shell import Request, show

SHOWN = 8


@dataclass(frozen=True)
class TodayPage:
    """What waits for the viewer; the last two for those who inspect and grant."""

    steps: Steps
    attention: tuple[attention.Line, ...]
    attention_count: int
    underway: tuple[Underway, ...]
    rejected: tuple[DealRow, ...]
    refused: tuple[ExceptionView, ...]
    unproven: tuple[DealRow, ...]
    exceptions: tuple[ExceptionView, ...]
    to_inspect: tuple[InspectionRow, ...]
    reviews: tuple[ReviewDue, ...]
    alarms: tuple[goals.Alarm, ...]
    has_deals: bool
    may_import: bool
    may_create: bool
    may_edit: bool

    @property
    def is_clear(self) -> bool:
        """Whether nothing waits."""
        steps = (self.steps.overdue, self.steps.today, self.steps.week, self.attention, self.underway)
        said = (self.rejected, self.refused, self.unproven, self.exceptions, self.to_inspect, self.reviews, self.alarms)
        return not any(steps) and not any(said)


@require_GET
def today(request: Request) -> HttpResponse:
    """What waits for the viewer."""
    viewer, day = request.actor, shell.today(request)
    steps = deals.next_steps(viewer, day)
    waiting, count = deals.waiting(viewer, attention.watch_of(request))
    rejected = tuple(deals.rejected(viewer))
    known = {row.uid for row in rejected}
    page = TodayPage(
        steps=steps,
        attention=attention.lines_of(waiting),
        attention_count=count,
        underway=deals.underway(viewer, day),
        rejected=rejected,
        refused=deals.refused_exceptions(viewer),
        unproven=tuple(row for row in deals.unproven_own(viewer, day) if row.uid not in known),
        exceptions=deals.exceptions_to_answer(viewer) if may(viewer, "deals.grant") else (),
        to_inspect=_to_inspect(request),
        reviews=reviews_due(viewer, day),
        alarms=goals.warnings_of(request),
        has_deals=bool(steps.open_count) or bool(deals.deals(viewer, DealFilter(), today=day).rows),
        may_import=may(viewer, "imports.run"),
        may_create=may(viewer, "deals.create"),
        may_edit=may(viewer, "deals.edit"),
    )
    return show(request, "today/today.html", page, part="waiting")


def _to_inspect(request: Request) -> tuple[InspectionRow, ...]:
    if not may(request.actor, "deals.inspect"):
        return ()
    return deals.inspection(request.actor, InspectionFilter(to_judge=True)).rows[:SHOWN]
