"""New leads beside what a goal needs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import inf
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from etappe.insights.goal_leads import FEWEST_ENDED, FEWEST_WON, GoalLeads, goal_leads
from etappe.web.figure_chart import Compared
from etappe.web.figure_numbers import between
from etappe.web.goals import MEASURES, period_name, whose, written
from etappe.web.ranges import Range
from etappe.web.shell import Request, show
from etappe.web.templatetags.formats import number, percent

WHOLE = 9.95
"""From here on a number of leads is written without a decimal."""
VERDICTS: Mapping[str, str | Promise] = {
    "fewer": gettext_lazy("Fewer new leads come than the goal needs."),
    "more": gettext_lazy("More new leads come than the goal needs."),
    "alike": gettext_lazy("Whether enough new leads come cannot be told: the ranges overlap."),
}
UNKNOWN: Mapping[str, str | Promise] = {
    "few_ended": gettext_lazy("How many leads the goal needs is not known: fewer than {count} of a year have ended."),
    "none_won": gettext_lazy("How many leads the goal needs is not known: none of the last year was won."),
    "none_won_in": gettext_lazy("How many leads the goal needs is not known: none of the last year was won in {currency}."),  # noqa: E501
    "few_amounts": gettext_lazy("How many leads the goal needs is not known: fewer than {count} won ones of the last year have an amount."),  # noqa: E501
}  # fmt: skip


@dataclass(frozen=True)
class LeadsPage:
    """What a goal asks for in a month, and new leads beside it."""

    title: str
    measure: str | Promise
    period: str
    wanted: str
    day: date
    goals: str
    verdict: str
    chart: Compared
    facts: tuple[tuple[str, str, str], ...]


@require_GET
def leads(request: Request, uid: uuid.UUID) -> HttpResponse:
    """New leads beside what the goal needs."""
    found = goal_leads(request.actor, uid, at=request.at)
    goal = found.goal
    page = LeadsPage(
        title=whose(goal),
        measure=MEASURES[goal.measure],
        period=period_name(goal.period),
        wanted=_wanted(found),
        day=found.as_of,
        goals=f"{reverse('goals')}?{urlencode({'period': goal.period})}",
        verdict=_verdict(found),
        chart=_chart(found),
        facts=tuple(_facts(found)),
    )
    return show(request, "goals/leads.html", page)


def _wanted(found: GoalLeads) -> str:
    if found.goal.measure == "won_amount":
        return written(found.goal, Decimal(round(found.wanted)))
    return number(found.wanted, 0 if found.wanted == round(found.wanted) else 1)


def _verdict(found: GoalLeads) -> str:
    if not found.unknown:
        return str(VERDICTS[found.verdict])
    fewest = {"few_ended": FEWEST_ENDED, "few_amounts": FEWEST_WON}.get(found.unknown, 0)
    currency = found.goal.currency
    words = UNKNOWN["none_won_in" if found.unknown == "none_won" and currency else found.unknown]
    return str(words).format(count=number(fewest), currency=currency)


def _chart(found: GoalLeads) -> Compared:
    value, low, high = found.came
    rows = [Range(_("Came a month"), value, low, high, number(value, 1), between((low, high), _leads), found.came_n)]
    if needed := found.needed:
        bound = needed.high if needed.high < inf else None
        sure = between((needed.low, bound), _leads) if bound else _("at least {low}").format(low=_leads(needed.low))
        rows.append(Range(_("Needed a month"), needed.value, needed.low, bound, number(needed.value, 1), sure))
    return Compared("goal-leads", _("New leads a month"), _verdict(found), tuple(rows), number, _("with 95% intervals"))


def _leads(value: float) -> str:
    """A number of leads, whole from ten on."""
    return number(value) if value >= WHOLE else number(value, 1)


def _facts(found: GoalLeads) -> list[tuple[str, str, str]]:
    """What the need is reckoned from: what, how much, and on what it rests."""
    told = [(_("Asked for a month"), _wanted(found), period_name(found.goal.period))]
    if share := found.share:
        sure = between((share.low, share.high), percent)
        currency = found.goal.currency
        what = _("Leads won in the end, in {currency}") if currency else _("Leads won in the end")
        told.append((what.format(currency=currency), percent(share.value, 1), f"{sure}, n = {number(found.leads)}"))
    if found.worth is not None:
        mean, low, high = (written(found.goal, Decimal(round(bound))) for bound in found.worth)
        sure = _("{low} to {high}").format(low=low, high=high)
        told.append((_("A won lead brings, on average"), mean, f"{sure}, n = {number(found.worth_n)}"))
    if found.won:
        part = _("{part} of {all} won deals of a year").format(part=number(found.won_leads), all=number(found.won))
        told.append((_("Won deals that began as leads"), percent(found.won_leads / found.won), part))
    return told
