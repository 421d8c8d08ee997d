"""What deals bring that are not there yet: how many begin, and what a deal that begins brings with its age.

Three things are not known, and all are drawn: how many deals will begin (their pace and its growth are estimated, and
months differ by more than chance), how many of them are won when (chance), and what each brings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WINDOW: Final = 28
"""Days of a window in which deals that begin are counted: whole weeks, so that weekdays do not matter."""
WINDOWS: Final = 26
"""So many windows, about two years, say at what pace deals begin."""
FEWEST: Final = 6
"""With fewer windows nothing is said about deals still to come."""
FEWEST_WON: Final = 5
"""Nor with fewer won deals."""
FADES: Final = 0.95
"""How much less than the window after it a window weighs: businesses change."""
GROWTH: Final = 0.02
"""Standard deviation of the growth per window (of the logarithm of the pace) that is expected before any is seen."""
SEASON: Final = 0.12
"""The same of each of the two waves of the year (yearly and half-yearly, as cosine and sine)."""
A_YEAR: Final = 13
"""With fewer windows there is no season to be seen."""
YEAR: Final = 365.25


@dataclass(frozen=True)
class Began:
    """Deals by the day on which they began, `back` from today, which is 0.

    `age` is how old they are and `won` at what age each was won, -1 where it was not: both by the clock that deals go
    by. `worth` is what each brought; `group` whose it is.
    """

    back: Ints
    age: Ints
    won: Ints
    worth: Floats
    group: Ints


@dataclass(frozen=True)
class Pace:
    """At what pace deals begin: what each of `_rows` adds to the logarithm of how many begin in a window, and a root of
    the covariance of that. `turn` is how much of the year is over today. `uneven` is the variance that a window has
    beyond that of chance, as a share squared.
    """

    adds: tuple[float, ...]
    root: tuple[tuple[float, ...], ...]
    turn: float
    uneven: float

    def rows(self, ahead: Floats) -> Floats:
        """What stands for times so many windows from today."""
        return _rows(ahead, self.turn, len(self.adds))

    def at(self, ahead: Floats) -> Floats:
        """How many deals are expected to begin in a window at these times."""
        return np.asarray(np.exp(np.clip(self.rows(ahead) @ np.asarray(self.adds), -20, 20)), dtype=np.float64)


def _rows(ahead: Floats, turn: float, count: int) -> Floats:
    """Level, growth, and the two waves of the year."""
    angle = 2 * np.pi * (turn + ahead * WINDOW / YEAR)
    whole = [np.ones(len(ahead)), ahead, np.cos(angle), np.sin(angle), np.cos(2 * angle), np.sin(2 * angle)]
    return np.column_stack(whole[:count])


@dataclass(frozen=True)
class Coming:
    """What deals still to come bring in periods ahead: the expectation of all, and what it takes to draw it.

    `mean`: by period; `middle`: how many windows from today most of the deals begin that it stems from. `each`: what a
    won deal brings; `differs`: the variance of that, as a share squared. `seen`: by group what was brought so far and
    the sum of squares of it, later ones weighing more: a group's part, and how well it is known.
    """

    mean: tuple[float, ...]
    middle: tuple[float, ...]
    each: float
    differs: float
    pace: Pace
    seen: Mapping[str, tuple[float, float]]

    @property
    def known(self) -> int:
        """How many periods ahead are known."""
        return len(self.mean)


def pace(counts: Sequence[float] | Ints, turn: float = 0.0) -> Pace:
    """The pace at which deals begin, from counts per window, the last one first.

    A Poisson regression of the counts on time, and from a year of them on the season, in which old windows weigh less.
    Its covariance is widened by how much counts differ beyond chance (quasi-likelihood); growth and season are drawn
    towards none, as `GROWTH` and `SEASON` say.

    Source: P. McCullagh, J. Nelder, Generalized Linear Models, 2nd ed. (1989), chapter 9.

    >>> steady = pace([20] * 20)
    >>> steady.at(np.array([-10.0, 5])).round(3).tolist(), steady.uneven
    ([20.0, 20.0], 0.0)
    """
    found = np.asarray(counts, dtype=np.float64)
    weight = FADES ** np.arange(len(found))
    known = np.diag(np.array([1e-2, GROWTH**-2, *[SEASON**-2] * 4])[: 6 if len(found) >= A_YEAR else 2])
    rows = _rows(-0.5 - np.arange(len(found), dtype=np.float64), turn, len(known))
    first = np.append(np.log(max(found.mean(), 0.05)), np.zeros(len(known) - 1))
    guess = first.copy()
    for _ in range(25):
        fitted = np.exp(np.clip(rows @ guess, -20, 20))
        bend = (rows * (weight * fitted)[:, None]).T @ rows + known
        guess = guess + np.linalg.solve(bend, rows.T @ (weight * (found - fitted)) - known @ (guess - first))
    fitted = np.exp(np.clip(rows @ guess, -20, 20))
    bend = (rows * (weight * fitted)[:, None]).T @ rows
    inverse = np.linalg.inv(bend + known)
    free = len(found) - float(np.trace(inverse @ bend))
    beyond = float((weight * (found - fitted) ** 2 / fitted).sum() / weight.sum()) * len(found) / max(free, 1.0)
    uneven = max(beyond - 1.0, 0.0)
    # Windows count for less than they were seen with, so what they say is as sure as counts so weighted are.
    heart = (rows * (weight**2 * fitted)[:, None]).T @ rows * (1.0 + uneven) + known
    root = np.linalg.cholesky(inverse @ heart @ inverse)
    return Pace(tuple(guess.tolist()), tuple(map(tuple, root.tolist())), turn, uneven / float(fitted.mean()))


def brought_by_age(began: Began, longest: int) -> Floats:
    """What a deal has brought on average by the ages 0 to `longest`: Nelson's mean cumulative function.

    On each age it takes the deals that are old enough to tell. Source: W. Nelson, Journal of Quality Technology 20
    (1988) 24-35.

    >>> young = Began(*[np.array([9, 9, 1])] * 2, np.array([2, -1, -1]), np.array([8.0, 0, 0]), np.zeros(3, int))
    >>> brought_by_age(young, 3).round(2).tolist()
    [0.0, 0.0, 4.0, 4.0]
    """
    weight = _weights(began)
    watched = np.cumsum(np.bincount(np.minimum(began.age, longest), weight, longest + 1)[::-1])[::-1]
    won = (began.won >= 0) & (began.won <= longest)
    came = np.bincount(began.won[won], (weight * began.worth)[won], longest + 1)
    return np.asarray(np.cumsum(came / np.maximum(watched, 1e-12)), dtype=np.float64)


def _weights(began: Began) -> Floats:
    return np.asarray(FADES ** (began.back / WINDOW), dtype=np.float64)


def coming(began: Began, ends: Sequence[int], names: Sequence[str], turn: float, clock: Ints) -> Coming | None:
    """What deals that begin from tomorrow on bring in periods that end in so many days; None where nobody can say.

    A period counts only if `FEWEST` windows of deals are old enough to show it. `names` are those of the groups;
    `turn` is how much of the year is over today; `clock` is what the clock shows by days from now.
    """
    seen = int(began.back.max()) + 1 if len(began.back) else 0
    known = [end for end in ends if seen - end >= FEWEST * WINDOW]
    won = began.won >= 0
    if not known or (began.worth[won] > 0).sum() < FEWEST_WON:
        return None
    windows = min(seen // WINDOW, WINDOWS)
    at = pace(np.bincount(began.back // WINDOW, minlength=windows)[:windows], turn)
    days = np.arange(1, known[-1] + 1)
    rate = at.at(days / WINDOW) / WINDOW
    by_age = brought_by_age(began, int(clock[known[-1]]))
    brings = [by_age[clock[end] - clock[days[:end]]] for end in known]
    reached = [float(rate[:end] @ each) for end, each in zip(known, brings, strict=True)]
    centre = [float(rate[:end] @ (each * days[:end])) for end, each in zip(known, brings, strict=True)]
    mean, pull = np.diff(reached, prepend=0.0), np.diff(centre, prepend=0.0)
    middle = np.where(mean > 0, pull / np.maximum(mean, 1e-12) / WINDOW, 0.0)
    weight = _weights(began)[won]
    each = float(weight @ began.worth[won] / weight.sum())
    differs = float(weight @ (began.worth[won] - each) ** 2 / weight.sum()) / each**2
    return Coming(tuple(mean.tolist()), tuple(middle.tolist()), each, differs, at, _seen(began, won, weight, names))


def _seen(began: Began, won: Any, weight: Floats, names: Sequence[str]) -> dict[str, tuple[float, float]]:
    worth = weight * began.worth[won]
    sums = np.bincount(began.group[won], worth, len(names)), np.bincount(began.group[won], worth**2, len(names))
    return {name: (float(one), float(other)) for name, one, other in zip(names, *sums, strict=True) if one > 0}


def drawn(
    what: Coming,
    groups: Sequence[str],
    draws: int,
    chance: np.random.Generator,
    share: float = 1.0,
    steps: Floats | None = None,
) -> Floats:
    """Possible sums of deals still to come of this share of these groups: draws by periods.

    In each draw the pace, its growth and what a deal brings are off together in all periods; each period is off for
    itself by how uneven windows are; then deals are won at random (Poisson), and bring amounts that differ (gamma).
    `steps` are the random steps that the chances of open deals are off by in each draw: what a deal brings was learned
    from the same past, so both are too high or too low together.
    """
    mine = [what.seen[name] for name in groups if name in what.seen]
    part = sum(one for one, _ in mine) * share
    whole = sum(one for one, _ in what.seen.values())
    if not part or not what.known:
        return np.zeros((draws, what.known))
    spread = sum(other for _, other in mine) * share / part**2
    expected = np.asarray(what.mean) * (part / whole) / what.each
    weighs = what.pace.rows(np.asarray(what.middle)) @ np.asarray(what.pace.root)
    off = chance.standard_normal((draws, weighs.shape[1])) @ weighs.T
    off += np.sqrt(spread) * (chance.standard_normal(draws) if steps is None else steps)[:, None]
    # What a deal brings was learned too high or too low by some factor, one as likely as the other: its median is kept,
    # not its mean. With few won deals, sums that were learned low would be exceeded too often.
    expected = expected * np.exp(off - (weighs**2).sum(axis=1) / 2)
    if what.pace.uneven > 0:
        shape = 1 / what.pace.uneven
        expected = expected * chance.gamma(shape, 1 / shape, expected.shape)
    count = chance.poisson(expected).astype(np.float64)
    if what.differs <= 0:
        return np.asarray(count * what.each, dtype=np.float64)
    worth = chance.gamma(np.maximum(count, 1e-9) / what.differs, what.each * what.differs)
    return np.asarray(np.where(count > 0, worth, 0.0), dtype=np.float64)


def plain(what: Coming) -> dict[str, Any]:
    """As it is stored."""
    return {**vars(what), "pace": vars(what.pace)}


def of_plain(stored: Mapping[str, Any] | None) -> Coming | None:
    """What was stored; None where nothing was known."""
    if not stored or "pace" not in stored:
        return None
    at = Pace(**stored["pace"])
    kept = {name: (float(one), float(other)) for name, (one, other) in stored["seen"].items()}
    return Coming(
        **{**stored, "mean": tuple(stored["mean"]), "middle": tuple(stored["middle"]), "pace": at, "seen": kept}
    )
