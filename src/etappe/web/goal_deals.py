"""The deals behind a goal: those that count for it, and open ones that could."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from etappe.core.errors import Refusal
from etappe.insights.goal_deals import GoalDeal, GoalDeals, goal_deals
from etappe.web.goals import MEASURES, period_name, whose, written
from etappe.web.shell import Request, show
from etappe.web.templatetags.formats import number


@dataclass(frozen=True)
class DealsPage:
    """The deals behind a goal; `hidden` says how many of them the viewer may not see."""

    title: str
    measure: str | Promise
    period: str
    reached: str
    target: str
    day: date
    goals: str
    deals: tuple[GoalDeal, ...]
    due: bool
    shows_times: bool
    hidden: str
    found: int
    shown: int
    next: str
    first: str


@require_GET
def deals(request: Request, uid: uuid.UUID) -> HttpResponse:
    """The deals that count for a goal, those that counted last first; or the open ones due by its end (`of=due`)."""
    skip = request.GET.get("skip", "0")
    if not skip.isdecimal() or len(skip) > 9:
        raise Refusal("bad_filter", name="skip", value=skip)
    due = request.GET.get("of") == "due"
    found = goal_deals(request.actor, uid, due=due, skip=int(skip), at=request.at)
    goal = found.goal
    page = DealsPage(
        title=whose(goal),
        measure=MEASURES[goal.measure],
        period=period_name(goal.period),
        reached=written(goal, found.reached),
        target=written(goal, goal.target or found.reached),
        day=goal.ends if due else min(found.as_of, goal.ends),
        goals=f"{reverse('goals')}?{urlencode({'period': goal.period})}",
        deals=found.deals,
        due=due,
        shows_times=goal.measure == "proven_moves",
        hidden=_hidden(found),
        found=found.found,
        shown=found.skip + len(found.deals),
        next=_address(uid, due, found.next) if found.next else "",
        first=_address(uid, due) if found.skip else "",
    )
    return show(request, "goals/deals.html", page)


def _address(uid: uuid.UUID, due: bool, skip: int = 0) -> str:
    query = {**({"of": "due"} if due else {}), **({"skip": skip} if skip else {})}
    return f"{reverse('goal_deals', args=[uid])}{'?' if query else ''}{urlencode(query)}"


def _hidden(found: GoalDeals) -> str:
    count = found.deals_in_all - found.found
    if not count:
        return ""
    said = ngettext(
        "{count} more deal counts that you may not see.", "{count} more deals count that you may not see.", count
    )
    return said.format(count=number(count))
