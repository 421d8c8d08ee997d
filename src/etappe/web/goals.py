"""Goals: what was to be reached, how far it is, and how likely the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from etappe.core.actor import Actor
from etappe.core.goals import DANGER, Period, after_months, period_of, periods_around
from etappe.insights import goals as queries
from etappe.insights.actions_goals import set_goal
from etappe.insights.forecast.stored import turned_out
from etappe.insights.goal_leads import MEASURES as OF_LEADS
from etappe.insights.goals import OF_WON, Cover, GoalView, Standing
from etappe.team.access import Holder, may, require
from etappe.team.queries import teams, users, workspace
from etappe.web import shell
from etappe.web.figure_chart import Compared
from etappe.web.figure_numbers import between, times
from etappe.web.forecast_words import likely_so, short_month, trust
from etappe.web.form_fields import CURRENCIES, AmountField
from etappe.web.forms import is_written
from etappe.web.ranges import Range
from etappe.web.shell import Request, go, say, show
from etappe.web.templatetags.formats import money_whole, number, percent

MEASURES: Mapping[str, str | Promise] = {
    "won_amount": gettext_lazy("Amount won"),
    "won_deals": gettext_lazy("Deals won"),
    "new_deals": gettext_lazy("New deals"),
    "proven_moves": gettext_lazy("Moves on evidence"),
}
UNKNOWN: Mapping[str, str | Promise] = {
    "no_forecast": gettext_lazy("There is no forecast yet: it needs 20 closed deals."),
    "too_far": gettext_lazy("The forecast does not reach the end of this period."),
    "no_basis": gettext_lazy("Neither open deals nor past wins to draw from."),
    "too_slow": gettext_lazy("Too few in the last 26 weeks to know a pace."),
}


@dataclass(frozen=True)
class GoalLine:
    """A goal in words."""

    whose: str
    measure: str | Promise
    target: str
    reached: str
    behind: str
    basis: str
    likely: str
    chance: str
    note: str | Promise
    state: str
    change: str
    covered: str
    covered_by: str
    due: str
    """Where the open deals due by its end are."""
    leads: str
    """Where new leads stand beside what the goal needs."""


@dataclass(frozen=True)
class Group:
    """The goals of a period."""

    title: str
    span: tuple[date, date]
    lines: tuple[GoalLine, ...]
    chart: Compared | None = None


@dataclass(frozen=True)
class GoalsPage:
    """The goals of a month with its quarter and year, or of one of these alone."""

    groups: tuple[Group, ...]
    choices: tuple[tuple[str, str], ...]
    chosen: str
    as_of: datetime
    may_set: bool
    add: str
    is_empty: bool
    trust: str
    """How far the forecast's intervals can be trusted, where that is less than they promise."""


@require_GET
def goals(request: Request) -> HttpResponse:
    """Goals and how far they are."""
    day = shell.today(request)
    chosen = request.GET.get("period", "") or f"{day:%Y-%m}"
    periods = _with_those_around(period_of(chosen))
    found = queries.goals(request.actor, [period.key for period in periods], request.at)
    groups = tuple(_group(period, [goal for goal in found if goal.period == period.key], day) for period in periods)
    page = GoalsPage(
        groups=tuple(group for group in groups if group.lines),
        choices=_choices(day, chosen),
        chosen=chosen,
        as_of=min((goal.counted_at for goal in found if goal.counted_at), default=request.at),
        may_set=may(request.actor, "goals.set"),
        add=f"{reverse('goal_set')}?{urlencode({'period': chosen})}",
        is_empty=not found,
        trust=_trust(request.actor, found, day),
    )
    return show(request, "goals/home.html", page)


def _trust(viewer: Actor, found: list[GoalView], day: date) -> str:
    """A warning where chances lean on a forecast whose intervals failed, or could not be tried."""
    leaning = (each.measure in OF_WON and each.stands and each.stands.outlook for each in found if each.ends >= day)
    turned = turned_out(viewer) if any(leaning) else None
    words, is_shaky = trust(turned.found) if turned else ("", False)
    return words if is_shaky else ""


def _with_those_around(period: Period) -> tuple[Period, ...]:
    return tuple(each for each in periods_around(period.begins) if each.months >= period.months)


def _choices(day: date, chosen: str) -> tuple[tuple[str, str], ...]:
    months = [f"{after_months(day, ahead):%Y-%m}" for ahead in range(3, -7, -1)]
    quarters = list(dict.fromkeys(periods_around(after_months(day, 3 * ahead))[1].key for ahead in (1, 0, -1, -2)))
    years = [str(day.year + ahead) for ahead in (1, 0, -1)]
    keys = list(dict.fromkeys([*months, *quarters, *years, chosen]))
    return tuple((key, period_name(key)) for key in keys)


def period_name(key: str) -> str:
    """A period in words."""
    period = period_of(key)
    if period.months == 12:
        return key
    if period.months == 3:
        return _("quarter {number} of {year}").format(number=(period.begins.month + 2) // 3, year=period.begins.year)
    return short_month(period.begins, "LLLL yyyy")


def _group(period: Period, found: list[GoalView], day: date) -> Group:
    lines = tuple(_line(goal, day) for goal in found)
    return Group(period_name(period.key), (period.begins, period.ends), lines, _chart(period, found, lines, day))


def _chart(period: Period, found: list[GoalView], lines: tuple[GoalLine, ...], day: date) -> Compared | None:
    """How far each goal is, and where it will likely end, as shares of what was to be reached."""
    rows = tuple(_attained(goal, line, day) for goal, line in zip(found, lines, strict=True) if goal.target)
    if not rows:
        return None
    reached = number(sum(line.state == "reached" for line in lines))
    unlikely = number(sum(_is_unlikely(goal, day) for goal in found))
    sentence = _("Goals reached: {reached} of {count}; with a chance below 50%: {unlikely}.").format(
        reached=reached, count=number(len(lines)), unlikely=unlikely
    )
    if any(row.low is not None for row in rows):
        sentence = " ".join(
            (sentence, _("The dot is what is reached, the bar where it likely ends, the line the goal."))
        )
    title = _("Reached so far, as shares of the goals")
    return Compared(f"goals-{period.key}", title, sentence, rows, percent, _("with 80% intervals"))


def _is_unlikely(goal: GoalView, day: date) -> bool:
    """Whether a goal that still runs is rather missed; who is warned of it when is another matter."""
    outlook = goal.stands.outlook if goal.stands and goal.ends >= day else None
    return outlook is not None and outlook.chance < DANGER


def _attained(goal: GoalView, line: GoalLine, day: date) -> Range:
    stands, target = goal.stands, float(goal.target or 1)
    assert stands is not None
    outlook = stands.outlook if goal.ends >= day else None
    return Range(
        label=f"{line.whose} · {line.measure}",
        value=float(stands.reached) / target,
        low=outlook.low / target if outlook else None,
        high=outlook.high / target if outlook else None,
        text=percent(float(stands.reached) / target),
        sure=between((outlook.low / target, outlook.high / target), percent) if outlook else "",
        n=stands.n,
        wanted=1.0,
    )


def _line(goal: GoalView, day: date) -> GoalLine:
    stands = goal.stands
    assert stands is not None
    return GoalLine(
        whose=whose(goal),
        measure=MEASURES[goal.measure],
        target=written(goal, goal.target or Decimal()),
        reached=written(goal, stands.reached),
        behind=reverse("goal_deals", args=[goal.uid]) if stands.n else "",
        basis=_basis(goal, stands),
        likely=_likely(goal, stands) if goal.ends >= day else "",
        chance=_chance(goal, stands) if goal.ends >= day else "",
        note=_note(stands) if goal.ends >= day else "",
        state=_state(goal, stands, day),
        change=f"{reverse('goal_set')}?{urlencode(_place(goal))}" if goal.may_change else "",
        covered=times(stands.covered.times) if stands.covered else "",
        covered_by=_covered_by(stands.covered) if stands.covered else "",
        due=f"{reverse('goal_deals', args=[goal.uid])}?of=due" if stands.covered and stands.covered.n else "",
        leads=reverse("goal_leads", args=[goal.uid]) if goal.measure in OF_LEADS and goal.ends >= day else "",
    )


def whose(goal: GoalView) -> str:
    """Whose goal it is, by name."""
    return goal.user.name if goal.user else goal.team.name if goal.team else ""


def written(goal: GoalView, value: Decimal) -> str:
    """A value of the measure: an amount in its currency, or a number."""
    return money_whole(value, goal.currency) if goal.measure == "won_amount" else number(int(value))


def _basis(goal: GoalView, stands: Standing) -> str:
    share = percent(float(stands.reached / goal.target)) if goal.target else ""
    if goal.measure != "won_amount":
        return share
    deals = ngettext("{count} deal", "{count} deals", stands.n).format(count=number(stands.n))
    return f"{share} · {deals}"


def _covered_by(cover: Cover) -> str:
    due = ngettext("{count} open deal", "{count} open deals", cover.n).format(count=number(cover.n))
    if not cover.undated:
        return due
    return f"{due} · {_('{count} more without a date').format(count=number(cover.undated))}"


def _likely(goal: GoalView, stands: Standing) -> str:
    if stands.outlook is None:
        return ""
    low, high = (Decimal(str(round(bound, 2))) for bound in (stands.outlook.low, stands.outlook.high))
    return _("{low} to {high}").format(low=written(goal, low), high=written(goal, high))


def _chance(goal: GoalView, stands: Standing) -> str:
    if stands.outlook is None:
        return _("not known")
    return likely_so(stands.outlook.chance, is_reached=stands.reached >= (goal.target or 0))


def _note(stands: Standing) -> str | Promise:
    if stands.only_open:
        return _("open deals alone, at least: too little of the past shows what is still to come")
    return UNKNOWN.get(stands.unknown, "")


def _state(goal: GoalView, stands: Standing, day: date) -> str:
    if stands.reached >= (goal.target or 0):
        return "reached"
    if goal.ends < day:
        return "missed"
    return "danger" if goal.is_warned else ""


def _place(goal: GoalView) -> dict[str, str]:
    mine = f"user:{goal.user.uid}" if goal.user else f"team:{goal.team.uid}" if goal.team else ""
    return {"whose": mine, "measure": goal.measure, "period": goal.period}


class GoalForm(forms.Form):
    """A goal as its page asks for it."""

    whose = forms.ChoiceField(label=gettext_lazy("Whose"))
    measure = forms.ChoiceField(label=gettext_lazy("What"), choices=list(MEASURES.items()))
    period = forms.CharField(
        label=gettext_lazy("Period"),
        max_length=10,
        help_text=gettext_lazy("A month as 2026-11, a quarter as 2026-Q4, a year as 2026."),
    )
    target = AmountField(
        label=gettext_lazy("Goal"),
        required=False,
        help_text=gettext_lazy("Left empty, the goal is taken away."),
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency, for amounts"), required=False)

    def offer(self, people: list[tuple[str, str]], own: str) -> None:
        """Whom a goal can be set for, and the currency of the workspace."""
        shown, currency = self.fields["whose"], self.fields["currency"]
        assert isinstance(shown, forms.ChoiceField)
        assert isinstance(currency, forms.ChoiceField)
        shown.choices = people
        currency.choices = [(code, code) for code in dict.fromkeys((own, *CURRENCIES))]

    def values(self) -> dict[str, Any]:
        """The fields as the action takes them."""
        given = self.cleaned_data
        kind, _sep, uid = given["whose"].partition(":")
        return {kind: uid, **{name: given[name] or None for name in ("measure", "period", "target", "currency")}}


@dataclass(frozen=True)
class SetPage:
    """The form of a goal."""

    form: GoalForm
    back: str


@require_http_methods(["GET", "HEAD", "POST"])
def goal_set(request: Request) -> HttpResponse:
    """Set, change or take away a goal."""
    require(request.actor, "goals.set")
    known = {name: request.GET[name] for name in GoalForm.base_fields if name in request.GET}
    known.setdefault("period", f"{shell.today(request):%Y-%m}")
    form = GoalForm(request.POST if request.method == "POST" else None, initial=known)
    form.offer(_people(request), workspace().currency)
    if is_written(request, form, lambda _given: _write(request, form)):
        return go(request, f"{reverse('goals')}?{urlencode({'period': form.cleaned_data['period']})}")
    back = f"{reverse('goals')}?{urlencode({'period': known['period']})}"
    return show(request, "goals/set.html", SetPage(form, back), status=422 if form.errors else 200)


def _write(request: Request, form: GoalForm) -> None:
    found = set_goal(form.values(), actor=request.actor, at=request.at)
    told = _("Goal of {name} saved.") if found.target is not None else _("Goal of {name} taken away.")
    say(request, told.format(name=whose(found)))


def _people(request: Request) -> list[tuple[str, str]]:
    viewer = request.actor
    mine = [each for each in teams(viewer) if may(viewer, "goals.set", Holder(None, each.id))]
    people = [each for each in users(viewer) if each.is_active and may(viewer, "goals.set", Holder(None, each.team_id))]
    return [
        *((f"team:{each.uid}", _("Team {name}").format(name=each.name)) for each in mine),
        *((f"user:{each.uid}", each.name) for each in people),
    ]


@dataclass(frozen=True)
class Alarm:
    """A goal in danger, for the page of the day."""

    title: str
    said: str
    url: str


def warnings_of(request: Request) -> tuple[Alarm, ...]:
    """The goals in danger that the viewer is to know of."""
    return tuple(_alarm(goal) for goal in queries.warnings(request.actor, request.at))


def _alarm(goal: GoalView) -> Alarm:
    title = f"{whose(goal)}: {MEASURES[goal.measure]}, {period_name(goal.period)}"
    said = _("{reached} of {target}; chance to reach it: {chance}").format(
        reached=written(goal, goal.reached or Decimal()),
        target=written(goal, goal.target or Decimal()),
        chance=likely_so(goal.chance or 0.0),
    )
    return Alarm(title, said, f"{reverse('goals')}?{urlencode({'period': goal.period})}")
