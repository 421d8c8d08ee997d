"""The calendar of deals: a month with what buyers and we have dated, narrowed by the same filters as the table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice

from babel.dates import format_date, get_day_names
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from etappe.core.filters import Condition, Node, Op, Value, all_of, any_of
from etappe.journal.labels import language
from etappe.records import lists
from etappe.records.lists import SUBJECTS, Line
from etappe.web.deals_filter import Filters, read_filters, without
from etappe.web.lists import State, read_state
from etappe.web.lists_opened import Opened, open_view
from etappe.web.lists_places import Bar, bar_of, figures_address
from etappe.web.shell import Request, show, today
from etappe.web.templatetags.formats import weekday

KINDS: Mapping[str, tuple[str, Promise]] = {
    "buyer_target_date": ("heart-handshake", _("Buyer's target date")),
    "expected_close": ("target", _("Expected order date")),
    "next_step_on": ("calendar-due", _("Next step")),
}
"""The dates that a calendar shows, the buyer's first, each with its icon."""
MOST = 500
"""Deals that a month shows at most."""
A_DAY = 6
"""Dates that a day shows; the others are in the table."""
YEARS = (1900, 2200)


@dataclass(frozen=True)
class Event:
    """A date of a deal."""

    url: str
    name: str
    account: str
    icon: str
    kind: str


@dataclass(frozen=True)
class Day:
    """A day of the month, or of the weeks around it."""

    date: date
    weekday: str
    events: tuple[Event, ...]
    more: int
    url: str
    is_outside: bool
    is_here: bool


@dataclass(frozen=True)
class CalendarPage:
    """A month."""

    title: str
    weekdays: tuple[str, ...]
    days: tuple[Day, ...]
    before: str
    behind: str
    now: str
    filters: Filters
    legend: tuple[tuple[str, str], ...]
    is_cut: bool
    views: Opened
    bar: Bar
    keep: bool = False

    @property
    def is_bare(self) -> bool:
        """Whether no date falls on any of its days."""
        return not any(day.events for day in self.days)


@require_GET
def calendar(request: Request) -> HttpResponse:
    """A month of deals: the buyer's dates, the expected orders and the next steps."""
    views = open_view(request, "deals", "calendar")
    filters, month = read_filters(request), _month(request)
    days = _weeks(month)
    state = read_state(request, SUBJECTS["deals"], filters.wanted.tree)
    bar = bar_of(request, state, "calendar", figures_address(request, filters, state))
    lines = [] if bar.problem else _lines(request, state, days)
    query = without(request.GET, "month")
    page = CalendarPage(
        title=format_date(month, "LLLL yyyy", locale=language()),
        weekdays=tuple(get_day_names("abbreviated", locale=language())[number] for number in range(7)),
        days=_filled(request, days, month, lines[:MOST]),
        before=f"?{query}&month={_shifted(month, -1):%Y-%m}",
        behind=f"?{query}&month={_shifted(month, 1):%Y-%m}",
        now=f"?{query}",
        filters=filters,
        legend=tuple((icon, str(name)) for icon, name in KINDS.values()),
        is_cut=len(lines) > MOST,
        views=views,
        bar=bar,
    )
    return show(request, "deals/calendar.html", page, status=422 if bar.problem else 200)


def _lines(request: Request, state: State, days: list[date]) -> list[Line]:
    """The deals with a date on one of these days, and one more than are shown, if there are more."""
    tree = all_of(state.wanted.where, _within(days[0], days[-1]))
    wanted = replace(state.wanted, where=tree, columns=("name", "account", *KINDS), sort="name")
    return list(islice(lists.every(request.actor, wanted, today=today(request)), MOST + 1))


def _month(request: Request) -> date:
    """The month that the address names, otherwise the present one."""
    try:
        found = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return today(request).replace(day=1)
    return found if YEARS[0] <= found.year < YEARS[1] else today(request).replace(day=1)


def _shifted(month: date, by: int) -> date:
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def _weeks(month: date) -> list[date]:
    """The days of the weeks that the month touches."""
    first = month - timedelta(days=month.weekday())
    last = _shifted(month, 1) - timedelta(days=1)
    last += timedelta(days=6 - last.weekday())
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _within(first: date, last: date) -> Node:
    """The condition that one of the dates lies between two days."""
    begin, end = (Value(first.isoformat()),), (Value(last.isoformat()),)
    return any_of(*(all_of(Condition(key, Op.FROM, begin), Condition(key, Op.UP_TO, end)) for key in KINDS))


def _filled(request: Request, days: list[date], month: date, lines: Iterable[Line]) -> tuple[Day, ...]:
    by_day: dict[date, list[Event]] = defaultdict(list)
    for line in lines:
        for key, (icon, kind) in KINDS.items():
            if line.values[key] is not None:
                url = reverse("deal", args=[line.uid])
                account = line.values["account"].name if line.values["account"] else ""
                by_day[line.values[key]].append(Event(url, line.values["name"], account, icon, str(kind)))
    return tuple(_day(request, each, month, by_day[each]) for each in days)


def _day(request: Request, day: date, month: date, events: list[Event]) -> Day:
    whole = f"{reverse('deals')}?where=" + "+or+".join(f"{key}+%3D+{day.isoformat()}" for key in KINDS)
    return Day(
        date=day,
        weekday=weekday(day),
        events=tuple(events[:A_DAY]),
        more=max(len(events) - A_DAY, 0),
        url=whole,
        is_outside=day.month != month.month,
        is_here=day == today(request),
    )
