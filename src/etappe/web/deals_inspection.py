"""Inspection: what left a stage and on what, read in place; exceptions to answer; deals without proof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from etappe.core.page import Count
from etappe.core.process import Process, Proof
from etappe.deals import queries as deals
from etappe.deals.queries import InspectionFilter
from etappe.deals.shapes import ExceptionView, InspectionRow
from etappe.journal.labels import words
from etappe.team.access import require
from etappe.web.deals_filter import published, without
from etappe.web.deals_table import Line, line
from etappe.web.shell import Request, show, today

PERIODS: dict[str, Promise] = {
    "": _("this week"),
    "last": _("last week"),
    "month": _("the last 30 days"),
    "all": _("all the time"),
}


@dataclass(frozen=True)
class Choice:
    """An option of a filter."""

    value: str
    name: str | Promise
    is_chosen: bool


@dataclass(frozen=True)
class InspectionPage:
    """One of the lists a manager reads."""

    tab: str
    rows: tuple[InspectionRow, ...] = ()
    lines: tuple[Line, ...] = ()
    exceptions: tuple[ExceptionView, ...] = ()
    count: Count | None = None
    next: str = ""
    first: str = ""
    periods: tuple[Choice, ...] = ()
    processes: tuple[Choice, ...] = ()
    stages: tuple[Choice, ...] = ()
    unread: bool = False
    waiting: int = 0


@require_GET
def inspection(request: Request) -> HttpResponse:
    """What left a stage in a period, or one of the other lists."""
    require(request.actor, "deals.inspect")
    tab = request.GET.get("list", "")
    view = {"exceptions": _exceptions, "unproven": _unproven, "overridden": _overridden}.get(tab, _left)
    return show(request, "deals/inspection.html", view(request), part="list")


def _left(request: Request) -> InspectionPage:
    processes, given = published(request), request.GET
    period = given.get("period", "") if given.get("period") in PERIODS else ""
    since, until = period_of(period, request)
    stages = _stages(processes, given.get("process", ""))
    wanted = InspectionFilter(
        stage=given.get("stage", "") if given.get("stage") in stages else "",
        process=given.get("process", "") if any(each.key == given.get("process") for each in processes) else "",
        since=since,
        until=until,
        to_judge=bool(given.get("unread")),
    )
    found = deals.inspection(request.actor, wanted, after=given.get("after") or None)
    return InspectionPage(
        tab="left",
        rows=found.rows,
        count=found.count,
        next=_next(request, found.after),
        first=_first(request),
        periods=tuple(Choice(key, name, key == period) for key, name in PERIODS.items()),
        processes=tuple(Choice(each.key, words(each.name), each.key == wanted.process) for each in processes),
        stages=tuple(Choice(key, name, key == wanted.stage) for key, name in stages.items()),
        unread=wanted.to_judge,
        waiting=len(deals.exceptions_to_answer(request.actor)),
    )


def _stages(processes: tuple[Process, ...], key: str) -> dict[str, str]:
    chosen = [process for process in processes if process.key == key] or processes
    return {stage.key: words(stage.name) for process in chosen for stage in process.stages}


def period_of(period: str, request: Request) -> tuple[datetime | None, datetime | None]:
    """From when to when, in the workspace's zone; weeks begin on Monday."""
    day, zone = today(request), ZoneInfo(request.workspace.zone)
    monday = datetime.combine(day - timedelta(days=day.weekday()), time(), zone)
    if period == "all":
        return None, None
    if period == "month":
        return datetime.combine(day - timedelta(days=30), time(), zone), None
    return (monday - timedelta(days=7), monday) if period == "last" else (monday, None)


def _exceptions(request: Request) -> InspectionPage:
    found = deals.exceptions_to_answer(request.actor)
    return InspectionPage(tab="exceptions", exceptions=found, waiting=len(found))


def _unproven(request: Request) -> InspectionPage:
    return _listed(request, "unproven", Proof.UNPROVEN)


def _overridden(request: Request) -> InspectionPage:
    return _listed(request, "overridden", Proof.OVERRIDDEN)


def _listed(request: Request, tab: str, proof: Proof) -> InspectionPage:
    day = today(request)
    found = deals.unproven(request.actor, proof, after=request.GET.get("after") or None, today=day)
    return InspectionPage(
        tab=tab,
        lines=tuple(line(row, day) for row in found.rows),
        count=found.count,
        next=_next(request, found.after),
        first=_first(request),
        waiting=len(deals.exceptions_to_answer(request.actor)),
    )


def _next(request: Request, after: str | None) -> str:
    return f"?{without(request.GET, 'after')}&after={after}" if after else ""


def _first(request: Request) -> str:
    return f"?{without(request.GET, 'after')}" if request.GET.get("after") else ""
