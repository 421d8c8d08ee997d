"""A forecast as of a day, out of what was known then: chances per deal, and what all of them bring per month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from etappe.core import forecast as core
from etappe.core.forecast import Curves, Floats
from etappe.insights.forecast.past import OpenDeal, Past, by_begin

MONTHS: Final = 7
"""This month and the six after it."""
ARRIVALS: Final = 12
"""How many past months show what deals bring that are not there yet."""
FADES: Final = 0.85
"""How much less often than the month after it a past month is drawn: businesses grow and shrink."""
FEWEST: Final = 6
"""With fewer such months it is not said what deals still to come bring."""
DRAWS: Final = 1000

Arrivals = dict[str, list[list[tuple[float, float]]]]
"""By team (key as text; empty for none), by months ahead: what came of deals begun in the first month, and later."""


@dataclass(frozen=True)
class Chance:
    """What is said about one deal. `seen`: the ended stays its stage's curve rests on; `share`: won of those in it."""

    deal: OpenDeal
    within: float
    days: tuple[int, ...]
    months: tuple[float, ...]
    unsure: float
    seen: int
    amount: float
    amount_known: bool
    by_curves: float


@dataclass(frozen=True)
class Fitted:
    """The curves of a day: by stage, and of whole lives."""

    stages: Curves | None
    lives: Curves
    at: Mapping[tuple[int, str], int]
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


def fitted(past: Past, alike: Mapping[tuple[int, str], Any]) -> Fitted:
    """The curves that the past shows; `alike` says which stages of versions are one stage of a process."""
    keys: dict[Any, int] = {}
    groups = np.asarray([keys.setdefault(alike.get(cell, cell), len(keys)) for cell in past.cells], dtype=np.int64)
    stages = core.fit(past.stays, len(past.cells), groups) if past.cells else None
    at = {cell: place for place, cell in enumerate(past.cells)}
    return Fitted(stages, core.fit(past.lives, 1), at, past.state.closed)


def chances(past: Past, curves: Fitted, steps: Mapping[int, float] | None = None) -> list[Chance]:
    """What is said about each open deal; `steps` moves the log-odds of deals (by key)."""
    ends = ends_of(past.day)
    known: dict[tuple[Any, ...], Floats] = {}
    return [_chance(deal, past, curves, ends, known, (steps or {}).get(deal.deal_id, 0.0)) for deal in past.open]


def soon(past: Past, curves: Fitted, days: int) -> Floats:
    """The chance of each open deal to be won within so many days, by the curves."""
    known: dict[tuple[Any, ...], float] = {}
    for deal in past.open:
        key = _key_of(deal)
        if key not in known:
            known[key] = float(within(curves, *key)[days])
    return np.asarray([known[_key_of(deal)] for deal in past.open], dtype=np.float64)


def _key_of(deal: OpenDeal) -> tuple[Any, ...]:
    return deal.version, deal.stage, _step(deal.stayed), _step(deal.age or 0)


def _chance(
    deal: OpenDeal, past: Past, curves: Fitted, ends: Sequence[int], known: dict[tuple[Any, ...], Floats], step: float
) -> Chance:
    key = _key_of(deal)
    if key not in known:
        known[key] = within(curves, *key)
    reached = core.shifted(known[key], step) if step else known[key]
    seen = ended(curves, deal.version, deal.stage)
    months = core.by_period(reached, ends, deal.rests)
    typical = past.typical.get(deal.currency, 0.0)
    return Chance(
        deal=deal,
        within=float(reached[-1]),
        days=tuple(day + deal.rests for day in core.quantiles(reached)),
        months=tuple(float(share) for share in months),
        unsure=core.unsure(float(reached[-1]), min(seen + core.WEIGHT, curves.closed)),
        seen=int(seen),
        amount=float(deal.amount) if deal.amount is not None else typical,
        amount_known=deal.amount is not None,
        by_curves=float(known[key][-1]),
    )


def within(curves: Fitted, version: int, stage: str, stayed: int, age: int) -> Floats:
    """The chance to be won within d days: that of the stage, drawn towards that of all deals of this age."""
    whole = curves.lives.from_now(0, age)
    cell = curves.at.get((version, stage))
    if cell is None or curves.stages is None:
        return whole
    return core.mixed(curves.stages.from_now(cell, stayed), whole, float(curves.stages.ended[cell]))


def ended(curves: Fitted, version: int, stage: str) -> float:
    """How many stays in the stage were seen to their end."""
    cell = curves.at.get((version, stage))
    return 0.0 if cell is None or curves.stages is None else float(curves.stages.ended[cell])


def _step(days: int) -> int:
    """Days in steps that grow, so that deals of about one age share a curve."""
    return days if days < 14 else days - days % 7 if days < 140 else days - days % 28


def arrivals(past: Past, currency: str) -> Arrivals:
    """What deals brought that were not there at the beginning of a month, in that month and each after it.

    Of the last months whose outcome is complete. Months before the first won deal do not count.
    """
    found = by_begin(past.brought, currency)
    if not found:
        return {}
    first = min(month for month, _ in found)
    teams = {team for amounts in found.values() for team in amounts}
    return {_key(team): _ahead(found, team, first, past.day) for team in teams}


def _key(team: int | None) -> str:
    return "" if team is None else str(team)


def _ahead(
    found: Mapping[tuple[date, date], Mapping[int | None, float]], team: int | None, first: date, day: date
) -> list[list[tuple[float, float]]]:
    def sums(begin: date, ahead: int) -> tuple[float, float]:
        month = month_of(begin, ahead)
        own = found.get((month, begin), {}).get(team, 0.0)
        later = [found.get((month, month_of(begin, step)), {}).get(team, 0.0) for step in range(1, ahead + 1)]
        return own, sum(later)

    last = [month_of(day, -ahead - 1) for ahead in range(MONTHS)]
    begins = [[month_of(end, -back) for back in range(ARRIVALS)] for end in last]
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


def drawn(said: Sequence[Chance], groups: Sequence[int], count: int, chance: np.random.Generator) -> Floats:
    """Possible amounts of the open deals, by group, draw and month."""
    if not said:
        return np.zeros((count, DRAWS, MONTHS))
    deals = core.Open(
        np.asarray([each.months for each in said], dtype=np.float64),
        np.asarray([each.amount for each in said], dtype=np.float64),
        np.asarray([each.unsure for each in said], dtype=np.float64),
        np.asarray(groups, dtype=np.int64),
    )
    return core.simulate(deals, count, DRAWS, chance)
