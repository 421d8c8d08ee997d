"""A forecast as of a day, out of what was known then: chances per deal, and what all of them bring per month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from etappe.core import forecast as core
from etappe.core.forecast import AGES, HORIZON, Floats, Ints
from etappe.insights.forecast.past import Brought, OpenDeals, Past, by_begin
from etappe.insights.forecast.records import NOBODY, day_number, months_of

MONTHS: Final = 7
"""This month and the six after it."""
ARRIVALS: Final = 12
"""How many past months show what deals bring that are not there yet."""
FADES: Final = 0.85
"""How much less often than the month after it a past month is drawn: businesses grow and shrink."""
FEWEST: Final = 6
"""With fewer such months it is not said what deals still to come bring."""
DRAWS: Final = 1000
_PART: Final = 1000

Arrivals = dict[str, list[list[tuple[float, float]]]]
"""By team (key as text; empty for none), by months ahead: what came of deals begun in the first month, and later."""


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


@dataclass(frozen=True)
class Fitted:
    """The curves of a day: of each stage, and of whole lives.

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
    stages = core.fit(past.stays, len(cells), groups) if len(cells) else None
    ahead = stages.from_now(AGES) if stages else np.zeros((0, len(AGES), HORIZON + 1))
    ended = stages.ended if stages else np.zeros(0)
    lasted = stages.watched[:, AGES] if stages else np.zeros((0, len(AGES)))
    return bound(ahead, core.fit(past.lives, 1).from_now(AGES)[0], lasted, ended, past.state.closed)


def bound(ahead: Floats, lives: Floats, lasted: Floats, ended: Floats, closed: int) -> Fitted:
    """Curves together, with the row for stages without any past."""
    none = np.zeros((1, len(AGES), HORIZON + 1))
    counts = np.concatenate([lasted, np.zeros((1, len(AGES)))])
    return Fitted(ahead[:, 0, -1], np.concatenate([ahead, none]), lives, counts, np.append(ended, 0.0), closed)


def within(curves: Fitted, deals: OpenDeals, days: Ints) -> Floats:
    """The chances to be won within so many days (deals by days, or the same for all deals): those of the stage, drawn
    towards those of all deals of this age.
    """
    step, age = core.age_step(deals.stayed)[:, None], core.age_step(np.maximum(deals.age, 0))[:, None]
    own = curves.ahead[deals.cell[:, None], step, days]
    return core.mixed(own, curves.lives[age, days], curves.ended[deals.cell][:, None])


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
    seen, lasted = curves.ended[deals.cell], curves.lasted[deals.cell, core.age_step(deals.stayed)]
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
        rows = OpenDeals(**{name: values[part] for name, values in vars(said.open).items()})
        whole = core.shifted(within(curves, rows, every), said.steps[part, None])
        days = core.quantiles(whole)
        found[part] = np.where(days == core.NEVER, core.NEVER, days + rows.rests[:, None])
    return found


def arrivals(brought: Brought, currency: int, day: date) -> Arrivals:
    """What deals brought that were not there at the beginning of a month, in that month and each after it.

    Of the last months whose outcome is complete. Months before the first won deal do not count.
    """
    found = by_begin(brought, currency)
    if not found:
        return {}
    first = min(month for month, _ in found)
    now = int(months_of(np.asarray([day_number(day)]))[0])
    teams = sorted({team for amounts in found.values() for team in amounts})
    return {"" if team == NOBODY else str(team): _ahead(found, team, first, now) for team in teams}


def _ahead(
    found: Mapping[tuple[int, int], Mapping[int, float]], team: int, first: int, now: int
) -> list[list[tuple[float, float]]]:
    def sums(begin: int, ahead: int) -> tuple[float, float]:
        month = begin + ahead
        own = found.get((month, begin), {}).get(team, 0.0)
        return own, sum(found.get((month, begin + step), {}).get(team, 0.0) for step in range(1, ahead + 1))

    begins = [[now - ahead - 1 - back for back in range(ARRIVALS)] for ahead in range(MONTHS)]
    return [[sums(begin, ahead) for begin in begins[ahead] if begin >= first] for ahead in range(MONTHS)]


def known_ahead(all_teams: Arrivals) -> int:
    """For how many months ahead enough of the past shows what deals still to come bring."""
    lengths = next(iter(all_teams.values()), [])
    return sum(len(values) >= FEWEST for values in lengths)


def drawn_arrivals(all_teams: Arrivals, teams: Sequence[str], day: date, chance: np.random.Generator) -> Floats:
    """Possible amounts of deals still to come, draws by months: each draw takes past months, late ones more often.

    What is left of this month counts by its share of days; in it, deals must both begin and be won. Months for which
    the past shows too little (`known_ahead`) stay 0.
    """
    left = (month_of(day, 1) - day).days / (month_of(day, 1) - month_of(day)).days
    total = np.zeros((DRAWS, MONTHS))
    for ahead in range(known_ahead(all_teams)):
        rows = [all_teams[team][ahead] for team in teams if team in all_teams]
        if rows and rows[0]:
            values = np.asarray(rows, dtype=np.float64).sum(axis=0)
            share = left * left if ahead == 0 else left
            weights = FADES ** np.arange(len(values))
            picked = values[chance.choice(len(values), size=DRAWS, p=weights / weights.sum())]
            total[:, ahead] = picked[:, 0] * share + picked[:, 1]
    return total
