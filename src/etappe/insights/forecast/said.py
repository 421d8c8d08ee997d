"""A forecast as of a day, out of what was known then: chances per deal, and what all of them bring per month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from etappe.core import forecast as core
from etappe.core import inflow
from etappe.core.forecast import AGES, HORIZON, Floats, Ints
from etappe.core.inflow import Began, Coming
from etappe.core.season import Clock
from etappe.insights.forecast.past import OpenDeals, Past
from etappe.insights.forecast.records import NO_DAY, NOBODY, day_number

MONTHS: Final = 7
"""This month and the six after it."""
DRAWS: Final = 1000
_PART: Final = 1000


@dataclass(frozen=True)
class Chances:
    """What is said about open deals, one row each. `within` the horizon, `by_curves` before they were moved by `steps`.

    `seen`: the ended stays that the curve of its stage rests on.
    """

    open: OpenDeals
    within: Floats
    by_curves: Floats
    steps: Floats
    months: Floats
    unsure: Floats
    seen: Floats
    amount: Floats
    amount_known: Any

    def rows(self, where: Ints) -> Chances:
        """Some of them."""
        others = {name: values[where] for name, values in vars(self).items() if name != "open"}
        return Chances(open=self.open.rows(where), **others)


@dataclass(frozen=True)
class Fitted:
    """The curves of a day: of each stage, and of whole lives, on the clock that deals went by until then.

    `ahead` and `lives` are chances to be won within d days by what was stayed so far (`core.AGES`); the last row of
    `ahead`, `lasted` and `ended` stands for stages without any past. `entering` is the chance of those that enter a
    stage; `lasted` how many stays are known that lasted as long, which is what the chance from then on rests on.
    """

    entering: Floats
    ahead: Floats
    lives: Floats
    lasted: Floats
    ended: Floats
    closed: int
    clock: Clock
    day: int

    def stayed(self, days: Ints) -> Ints:
        """By the clock, the last so many days."""
        return self.clock.between(self.day - days, self.day)

    def coming(self, days: Ints, after: Ints) -> Ints:
        """By the clock, so many days after those so many days from now; as far as is looked ahead."""
        begin = self.day + after
        return np.clip(self.clock.between(begin, begin + days), 0, HORIZON)


def month_of(day: date, ahead: int = 0) -> date:
    """The first day of the month so many months from that of `day`.

    >>> month_of(date(2026, 11, 22), 2).isoformat()
    '2027-01-01'
    """
    months = day.year * 12 + day.month - 1 + ahead
    return date(months // 12, months % 12 + 1, 1)


def ends_of(day: date) -> tuple[int, ...]:
    """The last day of this month and of those after it, counted from `day`."""
    return tuple((month_of(day, ahead + 1) - timedelta(days=1) - day).days for ahead in range(MONTHS))


def fitted(past: Past, cells: Sequence[tuple[int, str]], alike: Mapping[tuple[int, str], Any]) -> Fitted:
    """The curves that the past shows; `alike` says which stages of versions are one stage of a process."""
    keys: dict[Any, int] = {}
    groups = np.asarray([keys.setdefault(alike.get(cell, cell), len(keys)) for cell in cells], dtype=np.int64)
    clock = past.stays.clock()
    stages = core.fit(past.stays.on(clock), len(cells), groups) if len(cells) else None
    ahead = stages.from_now(AGES) if stages else np.zeros((0, len(AGES), HORIZON + 1))
    ended = stages.ended if stages else np.zeros(0)
    lasted = stages.watched[:, AGES] if stages else np.zeros((0, len(AGES)))
    lives = core.fit(past.lives.on(clock), 1).from_now(AGES)[0]
    return bound((ahead, lives), lasted, ended, past.state.closed, clock, past.day)


def bound(curves: tuple[Floats, Floats], lasted: Floats, ended: Floats, closed: int, clock: Clock, day: date) -> Fitted:
    """Curves of stages and of lives together, with the row for stages without any past."""
    ahead, lives = curves
    none = np.zeros((1, len(AGES), HORIZON + 1))
    counts = np.concatenate([lasted, np.zeros((1, len(AGES)))])
    return Fitted(
        entering=ahead[:, 0, -1],
        ahead=np.concatenate([ahead, none]),
        lives=lives,
        lasted=counts,
        ended=np.append(ended, 0.0),
        closed=closed,
        clock=clock,
        day=day_number(day),
    )


def within(curves: Fitted, deals: OpenDeals, days: Ints) -> Floats:
    """The chances to be won within so many days (deals by days, or the same for all deals), from when it no longer
    rests: those of the stage, drawn towards those of all deals of this age.
    """
    step, age = (core.age_step(curves.stayed(values))[:, None] for values in (deals.stayed, np.maximum(deals.age, 0)))
    coming = curves.coming(days, deals.rests[:, None])
    own = curves.ahead[deals.cell[:, None], step, coming]
    return core.mixed(own, curves.lives[age, coming], curves.ended[deals.cell][:, None])


def soon(curves: Fitted, deals: OpenDeals, days: int) -> Floats:
    """The chance of each open deal to be won within so many days, by the curves."""
    return within(curves, deals, np.asarray([days]))[:, 0]


def chances(past: Past, curves: Fitted, steps: Floats | None = None) -> Chances:
    """What is said about each open deal; `steps` moves the log-odds of each."""
    return said_of(past.open, past.day, past.typical, curves, np.zeros(len(past.open)) if steps is None else steps)


def said_of(deals: OpenDeals, day: date, typical: Floats, curves: Fitted, steps: Floats) -> Chances:
    """What is said about these deals as of a day; `typical` amounts, by currency, stand in where none is known."""
    left = np.asarray(ends_of(day))[None, :] - deals.rests[:, None]
    by_end = core.shifted(within(curves, deals, np.clip(left, 0, HORIZON)), steps[:, None])
    by_curves = soon(curves, deals, HORIZON)
    whole = core.shifted(by_curves, steps)
    seen, lasted = curves.ended[deals.cell], curves.lasted[deals.cell, core.age_step(curves.stayed(deals.stayed))]
    is_known = ~np.isnan(deals.amount)
    return Chances(
        open=deals,
        within=whole,
        by_curves=by_curves,
        steps=steps,
        months=core.by_period(np.where(left >= 0, by_end, 0.0)),
        unsure=core.unsure(whole, np.minimum(lasted + core.WEIGHT, curves.closed)),
        seen=seen,
        amount=np.where(is_known, deals.amount, typical[deals.currency]),
        amount_known=is_known,
    )


def likely(curves: Fitted, said: Chances) -> Ints:
    """In how many days 10, 50 and 90 % of the wins of each deal have come; `core.NEVER` where it cannot be won."""
    every, count = np.arange(HORIZON + 1), len(said.open)
    found = np.empty((count, 3), dtype=np.int64)
    for start in range(0, count, _PART):
        part = np.arange(start, min(start + _PART, count))
        rows = said.open.rows(part)
        whole = core.shifted(within(curves, rows, every), said.steps[part, None])
        days = core.quantiles(whole)
        found[part] = np.where(days == core.NEVER, core.NEVER, days + rows.rests[:, None])
    return found


def coming(past: Past, currency: int | None, clock: Clock) -> Coming | None:
    """What deals still to come bring in this currency, or how many of them are won; None where the past is too short.

    They go by the clock that deals went by so far. Its groups are teams (key as text; empty for none).
    """
    begun = past.begun
    today = day_number(past.day)
    won = (begun.won < NO_DAY) & ((begun.currency == currency) if currency is not None else True)
    teams, group = np.unique(begun.team, return_inverse=True)
    began = Began(
        back=today - begun.day,
        age=clock.between(begun.day, today),
        won=np.where(won, np.maximum(clock.between(begun.day, begun.won), 0), -1),
        worth=begun.amount if currency is not None else np.ones(len(begun.day)),
        group=group.ravel(),
    )
    names = ["" if team == NOBODY else str(team) for team in teams.tolist()]
    days = np.arange(ends_of(past.day)[-1] + 1)
    ahead = clock.between(today, today + days)
    return inflow.coming(began, ends_of(past.day), names, past.day.timetuple().tm_yday / inflow.YEAR, ahead)


def drawn_coming(
    what: Coming | None,
    teams: Sequence[str] | None,
    chance: np.random.Generator,
    share: float = 1.0,
    steps: Floats | None = None,
) -> Floats:
    """Possible sums of deals still to come of a share of these teams, or of all, draws by months; 0 where not known.

    `steps` are those that open deals were drawn with; see `inflow.drawn`.
    """
    total = np.zeros((DRAWS, MONTHS))
    if what:
        groups = list(what.seen) if teams is None else teams
        total[:, : what.known] = inflow.drawn(what, groups, DRAWS, chance, share, steps)
    return total
