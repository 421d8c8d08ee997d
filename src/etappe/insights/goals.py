"""Reading goals: what was reached, and how likely the rest is, from the stored forecast and the pace of past weeks."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Q, QuerySet

from etappe.core import forecast as core
from etappe.core.actor import Actor
from etappe.core.forecast import Floats, Ints
from etappe.core.goals import FIRST_ALONE, LOOKS_BACK, Outlook, outlook, still_by_pace
from etappe.core.inflow import of_plain
from etappe.core.periods import local_day
from etappe.insights.forecast import said
from etappe.insights.forecast.table import Bools
from etappe.insights.models import Forecast, Goal
from etappe.team.access import may, require, teams_below_each
from etappe.team.queries import TeamRef, UserRef, team_names, teams_of, user_names, users_of_teams, workspace

SHOWN = 500
FRESH = timedelta(minutes=15)
"""For so long where a goal stands is shown as it was found; the watch looks every ten minutes."""
YEAR = 365
FEWEST_OWN = 5
"""Won deals of a year that tell a colleague's part of what the team is still to win."""


@dataclass(frozen=True)
class GoalView:
    """A goal with where it stands; `stands` is None where it was not asked for.

    `reached`, `chance` and `warned_on` are as they were last found, on `stood_on`; `stands` is as of `counted_at`.
    """

    uid: uuid.UUID
    user: UserRef | None
    team: TeamRef | None
    measure: str
    period: str
    begins: date
    ends: date
    target: Decimal | None
    currency: str
    stood_on: date | None
    reached: Decimal | None
    chance: float | None
    warned_on: date | None
    stands: Standing | None = None
    counted_on: date | None = None
    counted_at: datetime | None = None
    is_warned: bool = False
    may_change: bool = False


@dataclass(frozen=True)
class Standing:
    """What was reached of a goal by `n` deals or moves, and the outlook; `unknown` says why there is none.

    `only_open`: deals still to come are not in it, since too little of the past shows them.
    """

    reached: Decimal
    n: int
    outlook: Outlook | None
    unknown: str = ""
    only_open: bool = False
    covered: Cover | None = None


@dataclass(frozen=True)
class Cover:
    """The pipeline beside what a running goal lacks: `n` open deals whose order is due by its end, worth `amount`.

    `times` is what they bring if all were won, as a multiple of what is missing. `undated` more have no expected date.
    """

    times: float
    n: int
    amount: Decimal
    undated: int


def goals(viewer: Actor, periods: Iterable[str], at: datetime) -> list[GoalView]:
    """The goals of these periods that the viewer may see, with where they stand.

    Everybody sees the own ones and those of the own team; who may set goals of a colleague or a team sees them, who
    sees all deals sees all. A goal in danger is warned of to whoever has it; to others from the eighth day on.
    """
    require(viewer, "figures.see")
    kept = visible_goals(viewer).filter(period__in=list(periods), target__isnull=False)
    rows = list(kept.order_by("begins", "-ends", "id")[:SHOWN])
    zone = workspace().zone
    day, changeable, found = local_day(at, zone), _changeable(viewer, rows), _stands(rows, at)
    return [
        replace(
            view,
            stands=found[row.id][0],
            counted_at=found[row.id][1],
            counted_on=local_day(found[row.id][1], zone),
            is_warned=_is_warned(viewer, row, day),
            may_change=row.id in changeable,
        )
        for view, row in zip(views(rows), rows, strict=True)
    ]


def _stands(rows: Sequence[Goal], at: datetime) -> dict[int, tuple[Standing, datetime]]:
    """Where goals stand, and when that was found: as the watch found it a little while ago, or found now."""
    kept = {row.id: of_plain_standing(row.standing) for row in rows if row.standing}
    fresh = {key: (stands, then) for key, (stands, then) in kept.items() if timedelta() <= at - then < FRESH}
    others = [row for row in rows if row.id not in fresh]
    return fresh | {row.id: (stands, at) for row, stands in zip(others, standings(others, at), strict=True)}


def _changeable(viewer: Actor, rows: Sequence[Goal]) -> set[int]:
    """The goals that the viewer may change."""
    if not may(viewer, "goals.set"):
        return set()
    below = set(users_of_teams(viewer.teams))
    return {row.id for row in rows if viewer.scope.all or row.team_id in viewer.teams or row.user_id in below}


def warnings(viewer: Actor, at: datetime) -> list[GoalView]:
    """The running goals that the viewer is to be warned of, as they stood when they were last found."""
    day = local_day(at, workspace().zone)
    found = visible_goals(viewer).filter(warned_on__isnull=False, begins__lte=day, ends__gte=day, target__isnull=False)
    rows = [row for row in found.order_by("ends", "id")[:SHOWN] if _is_warned(viewer, row, day)]
    return views(rows)


def visible_goals(viewer: Actor) -> QuerySet[Goal]:
    """The goals of the viewer, of their team, and of whom they may set some for."""
    scope = viewer.scope
    if scope.all:
        return Goal.objects.all()
    mine = Q(user_id=scope.user) | Q(team_id__in=list(scope.teams))
    below = users_of_teams(scope.teams) if may(viewer, "goals.set") else []
    return Goal.objects.filter(mine | Q(user_id__in=below))


def _is_warned(viewer: Actor, row: Goal, day: date) -> bool:
    """Whoever has the goal at once, and for a team whoever manages it; who sets goals above them when it has lasted."""
    if row.warned_on is None:
        return False
    manages = may(viewer, "goals.set")
    is_first = row.user_id == viewer.id if row.user_id else manages and row.team_id in viewer.teams
    return is_first or (manages and day - row.warned_on >= FIRST_ALONE)


def views(rows: Sequence[Goal]) -> list[GoalView]:
    """The goals as others see them."""
    people, named = user_names(row.user_id for row in rows), team_names(row.team_id for row in rows)
    copied = ("uid", "measure", "period", "begins", "ends", "target", "currency")
    stood = ("stood_on", "reached", "chance", "warned_on")
    return [
        GoalView(
            **{name: getattr(row, name) for name in (*copied, *stood)},
            user=people.get(row.user_id or 0),
            team=named.get(row.team_id or 0),
        )
        for row in rows
    ]


def plain_standing(stands: Standing, at: datetime) -> dict[str, Any]:
    """As it is stored."""
    ahead = vars(stands.outlook) if stands.outlook else None
    due = {**vars(stands.covered), "amount": str(stands.covered.amount)} if stands.covered else None
    return {**vars(stands), "reached": str(stands.reached), "outlook": ahead, "covered": due, "at": at.isoformat()}


def of_plain_standing(stored: Mapping[str, Any]) -> tuple[Standing, datetime]:
    """What was stored, and when it was found."""
    plain = dict(stored)
    then, ahead = datetime.fromisoformat(plain.pop("at")), plain.pop("outlook")
    reached, due = Decimal(plain.pop("reached")), plain.pop("covered", None)
    covered = Cover(**{**due, "amount": Decimal(due["amount"])}) if due else None
    return Standing(**plain, reached=reached, outlook=Outlook(**ahead) if ahead else None, covered=covered), then


# --- Where goals stand -----------------------------------------------------------------------------------------------


class _Counted:
    """What was counted for the owners and teams asked about: one row per owner, team, currency and day."""

    def __init__(self, rows: Sequence[tuple[int | None, int | None, str, date, int, Decimal]]) -> None:
        owner, team, currency, day, times, amount = zip(*rows, strict=True) if rows else ((),) * 6
        self.owner, self.team = _keys(owner), _keys(team)
        self.currency = np.asarray(currency, dtype=np.str_)
        self.day = np.asarray([each.toordinal() for each in day], dtype=np.int64)
        self.times = np.asarray(times, dtype=np.int64)
        self.amount = np.asarray(amount, dtype=np.object_)

    def within(self, whose: Whose, begins: date, ends: date, currency: str = "") -> tuple[int, Decimal]:
        """How many, and what they are worth, from `begins` to `ends`."""
        kept = whose.among(self.owner, self.team)
        kept &= (self.day >= begins.toordinal()) & (self.day <= ends.toordinal())
        if currency:
            kept &= self.currency == currency
        return int(self.times[kept].sum()), sum(self.amount[kept].tolist(), Decimal())

    def weeks(self, whose: Whose, day: date) -> list[int]:
        """How many in each of the whole weeks before `day`."""
        back = day.toordinal() - self.day
        kept = whose.among(self.owner, self.team) & (back >= 1) & (back <= LOOKS_BACK)
        counts = np.bincount((back[kept] - 1) // 7, self.times[kept], LOOKS_BACK // 7)
        return [int(count) for count in counts]


def _keys(found: Sequence[int | None]) -> Ints:
    """Keys as numbers; -1 for none."""
    return np.asarray([-1 if key is None else key for key in found], dtype=np.int64)


@dataclass(frozen=True)
class Whose:
    """A colleague, or a team with all below it; `within` is the colleague's team."""

    user: int | None
    teams: frozenset[int] = frozenset()
    within: int | None = None

    def among(self, owner: Ints, team: Ints) -> Bools:
        """Which deals of these owners and teams count."""
        if self.user is not None:
            return np.asarray(owner == self.user, dtype=np.bool_)
        return np.asarray(np.isin(team, sorted(self.teams)), dtype=np.bool_)


_WON = """
SELECT owner_id, team_id, currency, decided_on, count(*), coalesce(sum(amount), 0) FROM fact_deal
WHERE outcome = 'won' AND decided_on >= %(since)s AND (owner_id = ANY(%(users)s) OR team_id = ANY(%(teams)s))
GROUP BY 1, 2, 3, 4
"""
_NEW = """
SELECT owner_id, team_id, '', DATE '1970-01-01' + first.day, count(*), 0::numeric
FROM fact_deal
JOIN (SELECT deal_id, min(entered_number) AS day FROM fact_stage_visit GROUP BY 1) AS first USING (deal_id)
WHERE first.day >= %(since)s::date - DATE '1970-01-01' AND (owner_id = ANY(%(users)s) OR team_id = ANY(%(teams)s))
GROUP BY 1, 2, 4
"""
_MOVED = """
SELECT owner_id, team_id, '', DATE '1970-01-01' + visit.entered_number, count(*), 0::numeric
FROM fact_stage_visit AS visit JOIN fact_deal USING (deal_id)
WHERE visit.basis = 'evidence' AND visit.entered_number >= %(since)s::date - DATE '1970-01-01'
    AND (owner_id = ANY(%(users)s) OR team_id = ANY(%(teams)s))
GROUP BY 1, 2, 4
"""
_OPEN = """
SELECT deal.owner_id, deal.team_id, said.currency, said.amount::float8, said.unsure, {months}
FROM insights_forecastdeal AS said JOIN fact_deal AS deal USING (deal_id)
WHERE said.forecast_id = %(forecast)s AND deal.outcome = 'open'
    AND (deal.owner_id = ANY(%(users)s) OR deal.team_id = ANY(%(teams)s))
ORDER BY said.deal_id
""".format(months=", ".join(f"said.months[{month + 1}]" for month in range(said.MONTHS)))
_DUE = """
SELECT owner_id, team_id, currency, coalesce(expected_close, %(never)s), count(*), coalesce(sum(amount), 0)
FROM fact_deal LEFT JOIN fact_process_stage USING (process_version_id, stage)
WHERE outcome = 'open' AND (phase IS DISTINCT FROM 'find' OR basis = 'imported')
    AND (owner_id = ANY(%(users)s) OR team_id = ANY(%(teams)s))
GROUP BY 1, 2, 3, 4
"""
OF_WON = ("won_amount", "won_deals")
"""Measures of what was won."""
_COUNTS = {"won_amount": _WON, "won_deals": _WON, "new_deals": _NEW, "proven_moves": _MOVED}


@dataclass(frozen=True)
class _Known:
    """All that the standing of some goals is found from."""

    day: date
    counted: Mapping[str, _Counted]
    forecast: Forecast | None
    open: _OpenDeals | None = None


class _OpenDeals:
    """What the forecast said of deals that are open."""

    def __init__(self, rows: Sequence[tuple[Any, ...]]) -> None:
        owner, team, currency = zip(*(row[:3] for row in rows), strict=True) if rows else ((),) * 3
        self.owner, self.team = _keys(owner), _keys(team)
        self.currency = np.asarray(currency, dtype=np.str_)
        numbers = np.asarray([row[3:] for row in rows], dtype=np.float64).reshape(len(rows), 2 + said.MONTHS)
        self.amount, self.unsure, self.months = numbers[:, 0], numbers[:, 1], numbers[:, 2:]


def standings(rows: Sequence[Goal], at: datetime) -> list[Standing]:
    """Where these goals stand: what was reached by now, and the outlook for the rest of their periods."""
    if not rows:
        return []
    day = local_day(at, workspace().zone)
    whose = whose_each(rows)
    known = _known(rows, list(whose.values()), day)
    return [_standing(row, whose[row.id], known) for row in rows]


def whose_each(rows: Sequence[Goal]) -> dict[int, Whose]:
    """Whose deals count for each goal."""
    within = teams_of(row.user_id for row in rows)
    below = teams_below_each(row.team_id for row in rows if row.team_id)
    found = ((row, below.get(row.team_id or 0, frozenset()), within.get(row.user_id or 0)) for row in rows)
    return {row.id: Whose(row.user_id, teams, team) for row, teams, team in found}


def _known(rows: Sequence[Goal], whose: Sequence[Whose], day: date) -> _Known:
    teams = {team for each in whose for team in (*each.teams, each.within) if team is not None}
    given = {
        "users": [each.user for each in whose if each.user is not None],
        "teams": sorted(teams),
        "never": date.max,
        "since": min(day - timedelta(days=YEAR), *(row.begins for row in rows)),
    }
    statements = {_COUNTS[row.measure] for row in rows}
    if _WON in statements:
        statements.add(_DUE)
    counted = {statement: _Counted(_asked(statement, given)) for statement in sorted(statements)}
    newest = Forecast.objects.filter(kind="current").order_by("-id").first() if _WON in statements else None
    if newest is None or newest.closed < core.MINIMUM:
        return _Known(day, counted, None)
    return _Known(day, counted, newest, _OpenDeals(_asked(_OPEN, {**given, "forecast": newest.id})))


def _asked(statement: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())


def _standing(row: Goal, whose: Whose, known: _Known) -> Standing:
    counted = known.counted[_COUNTS[row.measure]]
    n, amount = counted.within(whose, row.begins, min(row.ends, known.day), row.currency)
    reached = amount if row.measure == "won_amount" else Decimal(n)
    target = float(row.target or 0)
    if known.day > row.ends or float(reached) >= target:
        return Standing(reached, n, outlook(float(reached), np.zeros(1), target))
    if row.measure in OF_WON:
        return replace(_by_forecast(row, whose, known, reached, n), covered=_covered(row, whose, known, reached))
    return _by_pace(row, whose, known, reached, n)


def _covered(row: Goal, whose: Whose, known: _Known, reached: Decimal) -> Cover:
    """The open deals whose order is due in what is left of the period."""
    due = known.counted[_DUE]
    n, amount = due.within(whose, first_due(row, known.day), row.ends, row.currency)
    undated, _worth = due.within(whose, date.max, date.max, row.currency)
    missing = (row.target or Decimal()) - reached
    return Cover(float((amount if row.measure == "won_amount" else n) / missing), n, amount, undated)


def first_due(row: Goal, day: date) -> date:
    """From when on expected orders could add to a goal: in a running period late ones are due, too."""
    return date.min if row.begins <= day else row.begins


def _by_pace(row: Goal, whose: Whose, known: _Known, reached: Decimal, n: int) -> Standing:
    days = (row.ends - max(known.day, row.begins - timedelta(days=1))).days
    weeks = known.counted[_COUNTS[row.measure]].weeks(whose, known.day)
    still = still_by_pace(weeks, days, np.random.default_rng([row.id, known.day.toordinal()]))
    if still is None:
        return Standing(reached, n, None, "too_slow")
    return Standing(reached, n, outlook(float(reached), still, float(row.target or 0)))


def _by_forecast(row: Goal, whose: Whose, known: _Known, reached: Decimal, n: int) -> Standing:
    newest = known.forecast
    if newest is None:
        return Standing(reached, n, None, "no_forecast")
    ahead = [_months_between(newest.day, day) for day in (row.begins, row.ends)]
    months = list(range(max(0, ahead[0]), ahead[1] + 1))
    if not months or months[-1] >= said.MONTHS:
        return Standing(reached, n, None, "too_far")
    chance = np.random.default_rng([row.id, newest.day.toordinal()])
    luck = _Luck(chance, chance.standard_normal(said.DRAWS))
    coming, is_known = _coming(row, whose, known, months, luck)
    still = _from_open(row, whose, known, months, luck) + coming
    if not still.any():
        return Standing(reached, n, None, "no_basis")
    widen = float(newest.backtest.get("widen", core.UNTRIED))
    return Standing(reached, n, outlook(float(reached), still, float(row.target or 0), widen), "", not is_known)


def _months_between(first: date, then: date) -> int:
    return (then.year - first.year) * 12 + then.month - first.month


@dataclass(frozen=True)
class _Luck:
    """What is drawn with: `steps` are by what all chances are off together, of open deals and of those to come."""

    chance: np.random.Generator
    steps: Floats


def _from_open(row: Goal, whose: Whose, known: _Known, months: list[int], luck: _Luck) -> Floats:
    """What the open deals bring in these months, by draw."""
    every = known.open
    if every is None:
        return np.zeros(said.DRAWS)
    kept = whose.among(every.owner, every.team)
    if row.currency:
        kept &= every.currency == row.currency
    count = int(kept.sum())
    if not count:
        return np.zeros(said.DRAWS)
    worth = every.amount[kept] if row.measure == "won_amount" else np.ones(count)
    deals = core.Open(every.months[kept], worth, every.unsure[kept], np.zeros(count, dtype=np.int64))
    drawn = core.simulate(deals, 1, said.DRAWS, luck.chance, steps=luck.steps)[0]
    return np.asarray(drawn[:, months].sum(axis=1), dtype=np.float64)


def _coming(row: Goal, whose: Whose, known: _Known, months: list[int], luck: _Luck) -> tuple[Floats, bool]:
    """What deals still to come bring, by draw, and whether the past shows it; for a colleague a part of the team's.

    A colleague's part is that of what the team won within a year. Who won fewer than `FEWEST_OWN` deals has none that
    anybody knows: a newcomer's would be zero.
    """
    arrivals = known.forecast.arrivals if known.forecast else {}
    what = of_plain(arrivals.get(row.currency if row.measure == "won_amount" else ""))
    if what is None or months[-1] >= what.known:
        return np.zeros(said.DRAWS), False
    group = whose if whose.user is None else Whose(None, frozenset({whose.within} if whose.within else ()))
    teams = [str(team) for team in sorted(group.teams)]
    part = 1.0 if whose.user is None else _part(row, whose, group, known)
    if part is None:
        return np.zeros(said.DRAWS), False
    return said.drawn_coming(what, teams, luck.chance, part, luck.steps)[:, months].sum(axis=1), True


def _part(row: Goal, whose: Whose, team: Whose, known: _Known) -> float | None:
    """The colleague's part of what the team won within a year; None where the colleague won too few deals to say."""
    year = (known.day - timedelta(days=YEAR), known.day, row.currency)
    mine, all_of = (known.counted[_WON].within(each, *year) for each in (whose, team))
    if mine[0] < FEWEST_OWN:
        return None
    unit = row.measure == "won_amount"
    return float(mine[unit]) / float(all_of[unit]) if all_of[unit] else 0.0
