"""What open deals will bring: curves of how deals moved through their stages, and sums over what may happen.

A deal stands in a *cell*, a stage of a process version. From there it goes on to another cell, is won, or is out. How
long it stays and where it goes is counted from past stays, with those still going on as censored; nothing is assumed
about the shape. The chance to be won within some days follows from the chances of every next step (a renewal equation),
whatever way a deal takes, steps back included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from etappe.core.calibration import pinball
from etappe.core.proportion import wilson
from etappe.core.season import Clock, Watched, season

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WON, OUT, GOES_ON = -1, -2, -3
"""Where a stay led to, beside cells: won; lost or left otherwise; it still went on when it was last seen."""
HORIZON: Final = 540
"""Days that are looked ahead. What is not won by then counts as not won."""
MINIMUM: Final = 20
"""With fewer closed deals nothing is forecast."""
WEIGHT: Final = 20.0
"""How many stays of the whole a cell's own stays are mixed with; how many closed deals the whole then stands for."""
SEEN_ENOUGH: Final = 5
"""A curve ends where fewer stays than this were still watched."""


@dataclass(frozen=True)
class Stays:
    """Past stays in cells: `days` whole days >= 0; `led_to` a cell, `WON`, `OUT` or `GOES_ON`; `since` which day."""

    cell: Ints
    days: Ints
    led_to: Ints
    since: Ints

    def __post_init__(self) -> None:
        if len(self.days) and self.days.min() < 0:
            raise ValueError("a stay lasts at least no day")

    def on(self, clock: Clock) -> Stays:
        """The same, measured by a clock."""
        return self if clock.is_even else replace(self, days=clock.between(self.since, self.since + self.days))

    def clock(self) -> Clock:
        """The clock that they went by."""
        return season(Watched(self.cell, self.since, self.days, self.led_to != GOES_ON))


@dataclass(frozen=True)
class Curves:
    """What stays showed. `leave[c, x, d]`: chance to leave cell c after d days for exit x, given it stayed until then.

    Exits are the cells in their order, and last being won; being out is what remains of `gone`. `ended[c]` is how many
    stays of the cell were seen to their end; `watched[c, d]` how many lasted d days or longer; `last[c]` the longest
    stay that enough others were watched with.
    """

    leave: Floats
    gone: Floats
    ended: Floats
    watched: Floats
    last: Ints

    @cached_property
    def _steps(self) -> Floats:
        """The chance of leaving for each exit at each day, from the day of entry."""
        still = np.cumprod(1 - self.gone, axis=1)
        before = np.concatenate([np.ones((len(still), 1)), still[:, :-1]], axis=1)
        return np.asarray(self.leave * before[:, None, :], dtype=np.float64)

    @cached_property
    def won_within(self) -> Floats:
        """Chance to be won within d days of entering each cell, cells by days 0 to `HORIZON`.

        The renewal equation W_c(t) = sum over u <= t of q_c,won(u) + sum over s, u <= t of q_c,s(u) W_s(t - u), solved
        day by day; steps on the same day are a linear system. Only pairs of cells between which somebody moved count.
        """
        steps = self._steps
        cells = len(steps)
        won = np.cumsum(steps[:, cells, :], axis=1)
        here, there = np.nonzero(steps[:, :cells, :].any(axis=2))
        moves = steps[here, there]
        same_day = np.linalg.inv(np.eye(cells) - np.minimum(steps[:, :cells, 0], 1 - 1e-9))
        found = np.zeros((cells, HORIZON + 1))
        for day in range(HORIZON + 1):
            past = np.einsum("pu,pu->p", moves[:, 1 : day + 1], found[there, :day][:, ::-1])
            found[:, day] = same_day @ (won[:, day] + np.bincount(here, past, cells))
        return np.clip(np.maximum.accumulate(found, axis=1), 0.0, 1.0)

    def from_now(self, stayed: Sequence[int] | Ints) -> Floats:
        """Chance to be won within d days from now for a deal that has been in a cell for so long: cells x stayed x d.

        Day by day backwards: who is there after s days leaves on that day, or is there after s + 1.

        Beyond the longest stay that was watched often enough, what held at its end is taken to hold on. One more stay,
        which goes as if it had just begun, is added to those that lasted as long: that none of few was won does not
        make it impossible.
        """
        cells = len(self.ended)
        wanted = np.minimum(np.asarray(stayed, dtype=np.int64)[None, :], self.last[:, None])
        found = np.zeros((*wanted.shape, HORIZON + 1))
        reached = np.vstack([self.won_within, np.ones(HORIZON + 1)])
        leave = np.ascontiguousarray(np.moveaxis(self.leave, 2, 0))
        now = np.zeros((cells, HORIZON + 1))
        for day in range(HORIZON, -1, -1):
            later = now[:, :-1] * (1 - self.gone[:, day, None])
            now = leave[day] @ reached
            now[:, 1:] += later
            where = np.nonzero(wanted == day)
            found[where] = now[where[0]]
        lasted = np.take_along_axis(self.watched, wanted, axis=1)
        share = (lasted / (lasted + 1))[:, :, None]
        found *= share
        found += (1 - share) * self.won_within[:, None, :]
        return np.clip(np.maximum.accumulate(found, axis=2), 0.0, 1.0)


AGES: Final = np.asarray([*range(14), *range(14, 140, 7), *range(140, HORIZON, 28)], dtype=np.int64)
"""Days in steps that grow, so that deals of about one age share a curve."""


def age_step(days: Ints) -> Ints:
    """The place in `AGES` of the step that so many days lie in.

    >>> AGES[age_step(np.array([13, 20, 21, 5000]))].tolist()
    [13, 14, 21, 532]
    """
    return np.asarray(np.searchsorted(AGES, days, side="right") - 1, dtype=np.int64)


def fit(stays: Stays, cells: int, alike: Ints | None = None) -> Curves:
    """The curves of `cells` cells, from stays; at least one cell.

    `alike[c]` says which cells are the same stage in other versions of a process: each cell's daily chances are mixed
    with those of all cells like it, as if `WEIGHT` more stays had been seen there (shrinkage; exits are matched by
    what they are alike to). A cell without stays takes what cells like it show.

    >>> led = np.array([WON, OUT, OUT, GOES_ON])
    >>> one = Stays(np.array([0, 0, 0, 0]), np.array([1, 1, 3, 3]), led, np.zeros(4, int))
    >>> curves = fit(one, 1)
    >>> float(curves.won_within[0, 0]), round(float(curves.won_within[0, 1]), 3)
    (0.0, 0.25)
    """
    ends, risk = _counts(stays, cells)
    if alike is not None:
        ends, risk = _mixed(ends, risk, alike)
    with np.errstate(invalid="ignore", divide="ignore"):
        chances = np.nan_to_num(ends / risk[:, None, :], nan=0.0, posinf=0.0)
    seen = stays.led_to != GOES_ON
    ended = np.bincount(stays.cell[seen], minlength=cells).astype(np.float64)
    enough = risk >= min(SEEN_ENOUGH, max(float(risk.max()), 1.0))
    last = np.where(enough.any(axis=1), HORIZON - np.argmax(enough[:, ::-1], axis=1), 0)
    gone = np.minimum(chances.sum(axis=1), 1.0)
    return Curves(chances[:, : cells + 1, :], gone, ended, risk, last.astype(np.int64))


def _counts(stays: Stays, cells: int) -> tuple[Floats, Floats]:
    """Ends by cell, exit (cells, won, out) and day; and how many stays were watched on each day."""
    days = np.minimum(stays.days, HORIZON)
    over = (stays.led_to != GOES_ON) & (stays.days <= HORIZON)
    exits = np.where(stays.led_to >= 0, stays.led_to, np.where(stays.led_to == WON, cells, cells + 1))
    width = HORIZON + 1
    cell = stays.cell.astype(np.int64)
    place = (cell * (cells + 2) + exits) * width + days
    ends = np.bincount(place[over], minlength=cells * (cells + 2) * width)
    until = np.bincount(cell * width + days, minlength=cells * width).reshape(cells, width)
    risk = np.cumsum(until[:, ::-1], axis=1)[:, ::-1]
    return ends.reshape(cells, cells + 2, width).astype(np.float64), risk.astype(np.float64)


def _mixed(ends: Floats, risk: Floats, alike: Ints) -> tuple[Floats, Floats]:
    cells = len(alike)
    new_ends, new_risk = ends.copy(), risk.copy()
    for cell in range(cells):
        group = np.flatnonzero(alike == alike[cell])
        if len(group) < 2:
            continue
        whole = risk[group].sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            rates = np.nan_to_num(_translated(ends, group, cell, alike) / whole, nan=0.0, posinf=0.0)
        share = np.where(whole > 0, WEIGHT * whole / max(float(whole[0]), 1.0), 0.0)
        new_ends[cell] = ends[cell] + rates * share
        new_risk[cell] = risk[cell] + share
    return new_ends, new_risk


def _translated(ends: Floats, group: Ints, cell: int, alike: Ints) -> Floats:
    """Ends of the group's cells, exits into cells of other versions counted for the like cell of this version."""
    cells = len(alike)
    total: Floats = np.zeros(ends[cell].shape, dtype=np.float64)
    for other in group:
        offset = cell - other
        for leads in np.flatnonzero(ends[other, :cells].any(axis=1)):
            own = leads + offset
            fits = 0 <= own < cells and alike[own] == alike[leads]
            total[own if fits else leads] += ends[other, leads]
        total[cells:] += ends[other, cells:]
    return total


def mixed(own: Floats, whole: Floats, seen: Floats | float) -> Floats:
    """A cell's curve drawn towards the whole: its own with weight n / (n + `WEIGHT`), n ends seen in it.

    >>> mixed(np.array([0.8]), np.array([0.2]), 20.0).tolist()
    [0.5]
    """
    weight = np.asarray(seen / (seen + WEIGHT))
    return np.asarray(weight * own + (1 - weight) * whole, dtype=np.float64)


def shifted(within: Floats, step: Floats | float) -> Floats:
    """Chances with their log-odds moved by `step`; what cannot be stays impossible.

    >>> shifted(np.array([0.0, 0.5]), 1.0986).round(3).tolist()
    [0.0, 0.75]
    """
    odds = within / np.maximum(1 - within, 1e-9) * np.exp(step)
    return np.asarray(odds / (1 + odds), dtype=np.float64)


def step_between(one: Floats, other: Floats) -> Floats:
    """By how much the log-odds of `one` must be moved to become those of `other`, at most 3 either way.

    >>> step_between(np.array([0.5]), np.array([0.75])).round(4).tolist()
    [1.0986]
    """
    a, b = (np.clip(each, 1e-3, 1 - 1e-3) for each in (one, other))
    return np.asarray(np.clip(np.log(b / (1 - b)) - np.log(a / (1 - a)), -3, 3), dtype=np.float64)


NEVER: Final = -1
"""In the place of a day: it cannot be."""


def quantiles(within: Floats, shares: Sequence[float] = (0.1, 0.5, 0.9)) -> Ints:
    """After how many days these shares of the wins have come, if it is won at all, by row; `NEVER` where it cannot be.

    >>> quantiles(np.array([[0.0, 0.1, 0.2, 0.2], [0, 0, 0, 0]])).tolist()
    [[1, 1, 2], [-1, -1, -1]]
    """
    last = within[:, -1:]
    days = np.column_stack([(within < share * last - 1e-12).sum(axis=1) for share in shares])
    return np.where(last > 0, days, NEVER)


def by_period(within: Floats) -> Floats:
    """The chance to be won in each period, from those to be won by the end of each; one row per deal.

    >>> by_period(np.array([[0.1, 0.4]])).round(3).tolist()
    [[0.1, 0.3]]
    """
    return np.diff(within, axis=1, prepend=0.0)


def unsure(chance: Floats, seen: Floats) -> Floats:
    """How unsure chances are that rest on `seen` cases: the standard error of their log-odds.

    >>> unsure(np.array([0.5]), np.array([100.0])).round(3).tolist()
    [0.2]
    """
    inside = np.clip(chance, 0.01, 0.99)
    return np.asarray(1 / np.sqrt(np.maximum(seen, 1.0) * inside * (1 - inside)), dtype=np.float64)


@dataclass(frozen=True)
class Open:
    """Open deals, one row each: chance per period (rows by periods), amount, how unsure its log-odds are, its group."""

    chances: Floats
    amount: Floats
    unsure: Floats
    group: Ints

    def rows(self, where: Ints) -> Open:
        """Some of them."""
        return Open(self.chances[where], self.amount[where], self.unsure[where], self.group[where])


ALONE: Final = 60
"""So many deals of a group, those that weigh the most, are drawn one by one; the others' sum is as good as normal."""
_NODES: Final = np.arange(-4.0, 4.25, 0.5)


def simulate(
    deals: Open,
    groups: int,
    draws: int,
    chance: np.random.Generator,
    common: float = 0.0,
    steps: Floats | None = None,
) -> Floats:
    """What the deals bring: `draws` possible amounts by group and period (groups x draws x periods).

    In each draw every deal is won in one period or not at all, and all chances are off together by one random step of
    their log-odds: what is not known about the curves concerns all deals at once, so it does not average out. `common`
    is added to it (standard deviation of the log-odds). `steps` are these random steps, where others share them.

    Of a group of many deals, the few that its sum hangs on are drawn one by one. The sum of the rest is drawn from the
    normal distribution with its mean and its covariance between periods, both as they are at that step.
    """
    if steps is None:
        steps = chance.standard_normal(draws)
    total = np.zeros((groups, draws, deals.chances.shape[1]))
    for group in range(groups):
        mine = np.flatnonzero(deals.group == group)
        heavy = _weight(deals, mine)
        first = np.argsort(-heavy, kind="stable")
        alone, rest = deals.rows(mine[first[:ALONE]]), deals.rows(mine[first[ALONE:]])
        luck = chance.random((len(alone.amount), draws))
        total[group] = one_by_one(alone, steps, luck, common)
        if len(rest.amount):
            total[group] += _together(rest, steps, common, chance)
    return total


def _weight(deals: Open, mine: Ints) -> Floats:
    """How much each deal adds to the variance of its group's sum."""
    whole = deals.chances[mine].sum(axis=1)
    return np.asarray(deals.amount[mine] ** 2 * whole * (1 - np.minimum(whole, 1.0)), dtype=np.float64)


def _scale(deals: Open, steps: Floats, common: float) -> Floats:
    """By what factor the chances of each deal are off at each step (deals x steps)."""
    whole = np.clip(deals.chances.sum(axis=1), 1e-9, 1 - 1e-9)
    odds = (whole / (1 - whole))[:, None] * np.exp(np.hypot(deals.unsure, common)[:, None] * steps)
    return np.asarray(odds / (1 + odds) / whole[:, None], dtype=np.float64)


def one_by_one(deals: Open, steps: Floats, luck: Floats, common: float = 0.0) -> Floats:
    """The sum of these deals, each drawn for itself: draws by periods. `luck` (deals x draws) lies in [0, 1)."""
    return brought(deals, needed(deals, steps, luck, common))


def needed(deals: Open, steps: Floats, luck: Floats, common: float = 0.0) -> Floats:
    """How high the chance of each deal must be for it to be won in each draw (deals x draws)."""
    return np.asarray(luck / _scale(deals, steps, common), dtype=np.float64)


def brought(deals: Open, need: Floats) -> Floats:
    """The sum of these deals, won as soon as their chance is as high as they need: draws by periods."""
    reached = np.cumsum(deals.chances, axis=1)
    won_by = (deals.amount @ (need < reached[:, period, None]) for period in range(reached.shape[1]))
    return np.diff(np.column_stack(list(won_by)), axis=1, prepend=0.0)


def won_at_all(deals: Open, need: Floats) -> npt.NDArray[np.bool_]:
    """Which deals are won by the last period, in which draws."""
    return np.asarray(need < deals.chances.sum(axis=1)[:, None], dtype=np.bool_)


def _together(deals: Open, steps: Floats, common: float, chance: np.random.Generator) -> Floats:
    """The sum of many deals, as a normal distribution at each step: draws by periods."""
    periods = deals.chances.shape[1]
    scale = _scale(deals, _NODES, common)
    expected = deals.chances * deals.amount[:, None]
    one, other = np.triu_indices(periods)
    mean = expected.T @ scale
    spread = np.zeros((len(_NODES), periods, periods))
    spread[:, one, other] = -((expected[:, one] * expected[:, other]).T @ scale**2).T
    spread[:, other, one] = spread[:, one, other]
    spread[:, np.arange(periods), np.arange(periods)] += ((expected * deals.amount[:, None]).T @ scale).T
    root = _root(spread)
    nearest = np.clip(np.rint((steps - _NODES[0]) / (_NODES[1] - _NODES[0])), 0, len(_NODES) - 1).astype(np.int64)
    noise = chance.standard_normal((len(steps), periods))
    middle = np.column_stack([np.interp(steps, _NODES, row) for row in mean])
    return np.asarray(np.maximum(middle + np.einsum("dij,dj->di", root[nearest], noise), 0.0), dtype=np.float64)


def _root(spread: Floats) -> Floats:
    """A square root of each covariance; they are singular where a period cannot bring anything."""
    values, vectors = np.linalg.eigh(spread)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :], dtype=np.float64)


INTERVALS: Final = (0.5, 0.8)


@dataclass(frozen=True)
class Range:
    """What a sum may be: its expectation, median, and the bounds of the 50 and 80 % interval."""

    mean: float
    median: float
    low50: float
    high50: float
    low80: float
    high80: float


NOTHING: Final = 1e-6
"""What is less than this share of the most there may be is nothing but rounding."""
LEVELS: Final = (0.1, 0.25, 0.5, 0.75, 0.9)


def summed_up(drawn: Floats, widen: float = 1.0) -> Range:
    """The range of one row of draws; `widen` stretches it about its median, not below 0 (see `widening`).

    >>> summed_up(np.arange(101.0)).high80
    90.0
    """
    middle = float(np.median(drawn))
    bounds = (bound for share in INTERVALS for bound in _bounds(drawn, share))
    return Range(float(drawn.mean()), middle, *(max(0.0, middle + widen * (bound - middle)) for bound in bounds))


def _bounds(drawn: Floats, share: float) -> tuple[float, float]:
    """As much lies below as above. But where so much is nothing at all, nothing can lie below it: then the range
    begins there, and all that it leaves out lies above; else it would hold more than it says.

    >>> [round(bound) for bound in _bounds(np.maximum(np.arange(101.0) - 15, 0), 0.8)]
    [0, 65]
    """
    tail = (1 - share) / 2
    low, high, alone = np.quantile(drawn, (tail, 1 - tail, share))
    return (0.0, float(alone)) if low <= NOTHING * drawn.max() else (float(low), float(high))


def loss(drawn: Floats, came: float, widen: float = 1.0) -> float:
    """The mean pinball loss of these draws' quantiles, stretched as their range is; see `calibration.pinball`."""
    middle = np.median(drawn)
    said = np.maximum(middle + widen * (np.quantile(drawn, LEVELS) - middle), 0.0)
    return float(np.mean([pinball([each], [came], level) for each, level in zip(said, LEVELS, strict=True)]))


ENOUGH_TRIED: Final = 24
"""So many tries say whether intervals hold; they overlap, each month being said several times."""
UNTRIED: Final = 1.0
"""How much intervals are stretched as long as nothing speaks against them."""


def widening(misses: Sequence[float]) -> float:
    """By how much intervals must be stretched so that 80 % of what came lies in them, from how far it lay off so far.

    `misses`: |came - median| divided by the half of the 80 % interval on that side. Where the 95 % interval of the
    share that lay within reaches 80 %, nothing is stretched: intervals are meant to hold as they are drawn. Else split
    conformal prediction: the smallest factor that would have covered ceil(0.8 (n + 1)) of n.

    Source: V. Vovk, A. Gammerman, G. Shafer, Algorithmic Learning in a Random World (2005).

    >>> widening([]), widening([0.5] * 23 + [3.0] * 7), widening([0.5] * 18 + [3.0] * 12)
    (1.0, 1.0, 3.0)
    """
    count = len(misses)
    held = sum(miss <= 1 for miss in misses)
    if count < ENOUGH_TRIED or wilson(held, count)[1] >= INTERVALS[1]:
        return UNTRIED
    rank = min(int(np.ceil(INTERVALS[1] * (count + 1))), count)
    return max(1.0, float(np.sort(np.minimum(misses, 5.0))[rank - 1]))


def miss(came: float, said: Range) -> float:
    """How far what came lay from the median, in halves of the 80 % interval on that side; see `widening`."""
    half = (said.high80 - said.median) if came >= said.median else (said.median - said.low80)
    return abs(came - said.median) / half if half > 0 else (0.0 if came == said.median else 5.0)
