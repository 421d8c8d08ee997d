"""How fast deals move in each month of the year, and a clock that runs at that pace.

Whether months differ is tested first; where they do not, beyond chance, the clock is the calendar's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MONTHS: Final = 12
EVEN: Final = (1.0,) * MONTHS
ENOUGH_DAYS: Final = 690
"""With less than about two years, a month was seen once, and what made it differ may have been anything."""
ENOUGH_ENDS: Final = 120
"""With fewer stays that ended, months are not told apart."""
MOST: Final = 40_000
"""So many stays are looked at; they are drawn at random."""
SURE: Final = 2.33
"""Months must differ by more than this many standard deviations of chance, which happens once in a hundred times."""
ROUNDS: Final = 3
SPREAD: Final = 0.5
"""No month is taken to be further off the others than exp(2 x this)."""
_EPOCH: Final = np.datetime64("2000-01-01")
_FIRST, _LAST = -40_000, 80_000
"""The days that the clock is laid out for, counted from `_EPOCH`."""


def _months(days: Ints) -> Ints:
    """The months that days lie in, counted from January 2000."""
    moments = _EPOCH + np.asarray(days, dtype="timedelta64[D]")
    return moments.astype("datetime64[M]").astype(np.int64) - 30 * MONTHS


@cache
def _shows(pace: tuple[float, ...]) -> Floats:
    """What a clock shows at the beginning of each day."""
    each = np.asarray(pace)[_months(np.arange(_FIRST, _LAST)) % MONTHS]
    return np.concatenate([[0.0], np.cumsum(each)])


@dataclass(frozen=True)
class Clock:
    """A clock that runs at the pace of each month, January first; its year is about as long as any.

    >>> fast = Clock((2.0, *[1.0] * 11))
    >>> fast.between(np.array([0, 31]), np.array([10, 40])).tolist()
    [20, 9]
    """

    pace: tuple[float, ...] = EVEN

    @property
    def is_even(self) -> bool:
        """Whether it is the calendar's."""
        return self.pace == EVEN

    def between(self, since: Ints | int, until: Ints | int) -> Ints:
        """How many days it counts from one day to another; days are counted from 2000-01-01."""
        if self.is_even:
            return np.asarray(until - since, dtype=np.int64)
        shows = _shows(self.pace)
        begin, end = (shows[np.clip(days, _FIRST, _LAST) - _FIRST] for days in (since, until))
        return np.asarray(np.rint(end - begin), dtype=np.int64)


@dataclass(frozen=True)
class Watched:
    """Stays in cells: since which day, for how many days, and whether they then ended."""

    cell: Ints
    since: Ints
    days: Ints
    over: npt.NDArray[np.bool_]

    def rows(self, where: Ints) -> Watched:
        """Some of them."""
        return Watched(self.cell[where], self.since[where], self.days[where], self.over[where])


def season(stays: Watched) -> Clock:
    """The clock that deals go by.

    Of every stay it is known how likely it was to end in each month that it lasted, had months not differed; the ends
    of a month against the sum of that are its pace. Years that differ as a whole are levelled first. How much a month
    differs from year to year says what is chance; paces are drawn towards 1 as far as chance explains them (empirical
    Bayes). As stays are measured on the clock, this is done again with the clock found.

    Source: N. E. Breslow, N. E. Day, Statistical Methods in Cancer Research II (1987), chapters 2 and 4.
    """
    if not len(stays.cell) or stays.over.sum() < ENOUGH_ENDS:
        return Clock()
    last = int((stays.since + stays.days).max())
    if last - int(stays.since[stays.over].min()) < ENOUGH_DAYS:
        return Clock()
    if len(stays.cell) > MOST:
        stays = stays.rows(np.sort(np.random.default_rng(len(stays.cell)).choice(len(stays.cell), MOST, replace=False)))
    clock = Clock()
    for turn in range(ROUNDS):
        came, expected = _ends(stays, clock, last)
        found = _pace(came, expected, np.log(clock.pace))
        if found is None and not turn:
            return clock
        clock = found or clock
    return clock


def _ends(stays: Watched, clock: Clock, last: int) -> tuple[Floats, Floats]:
    """By month of the year and year: how many stays ended, and how many would have if all months were alike."""
    until = stays.since + stays.days
    on_clock = clock.between(stays.since, until)
    hazard = _summed_hazard(stays.cell, on_clock, stays.over)
    first, final = _months(stays.since), _months(until)
    count = final - first + 1
    stay = np.repeat(np.arange(len(count)), count)
    month = first[stay] + np.arange(len(stay)) - np.repeat(np.cumsum(count) - count, count)
    ends = (_EPOCH.astype("datetime64[M]") + month + 1).astype("datetime64[D]") - _EPOCH
    reached = np.minimum(ends.astype(np.int64) - 1, until[stay])
    gone = hazard[stays.cell[stay], clock.between(stays.since[stay], reached)]
    before = np.where(month == first[stay], 0.0, np.append(0.0, gone[:-1]))
    newest = _months(np.asarray([last]))[0]
    back = newest - month
    shape = (int(back.max()) // MONTHS + 1, MONTHS)
    place = back // MONTHS * MONTHS + month % MONTHS
    expected = np.bincount(place, gone - before, shape[0] * MONTHS).reshape(shape)
    over = final[stays.over]
    place = (newest - over) // MONTHS * MONTHS + over % MONTHS
    came = np.bincount(place, minlength=shape[0] * MONTHS).reshape(shape)
    return came.astype(np.float64), np.asarray(expected, dtype=np.float64)


def _summed_hazard(cell: Ints, days: Ints, over: npt.NDArray[np.bool_]) -> Floats:
    """The Nelson-Aalen estimate of each cell, by day."""
    shape = (int(cell.max()) + 1, int(days.max()) + 1)
    place = cell.astype(np.int64) * shape[1] + days
    ended, until = (np.bincount(rows, minlength=shape[0] * shape[1]).reshape(shape) for rows in (place[over], place))
    risk = np.cumsum(until[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(np.cumsum(ended / np.maximum(risk, 1), axis=1), dtype=np.float64)


def _pace(came: Floats, expected: Floats, known: Floats) -> Clock | None:
    """The clock that fits better, from the logarithms of the paces that the expectation was made with; None if none."""
    enough = expected.sum(axis=1) > 0
    came, expected = came[enough], expected[enough]
    level = expected * (came.sum(axis=1) / expected.sum(axis=1))[:, None]
    whole, found = level.sum(axis=0), came.sum(axis=0)
    if whole.min() < 1:
        return None
    ratio = np.maximum(found, 0.5) / whole
    fitted = np.maximum(level * ratio, 1e-9)
    free = max(int((level > 0).sum()) - MONTHS - len(came) + 1, 1)
    chance = max(1.0, float(np.where(level > 0, (came - fitted) ** 2 / fitted, 0.0).sum()) / free)
    off = np.log(ratio) + known
    weight = whole * ratio / chance
    middle = float(weight @ off / weight.sum())
    beyond = float(weight @ (off - middle) ** 2)
    if not _is_sure(beyond / (MONTHS - 1), MONTHS - 1, free):
        return None
    between = max(0.0, (beyond - (MONTHS - 1)) / float(weight.sum() - (weight**2).sum() / weight.sum()))
    drawn = (off - middle) * between / (between + 1 / weight)
    pace = np.exp(np.clip(drawn, -2 * SPREAD, 2 * SPREAD))
    return Clock(tuple((pace / pace.mean()).tolist()))


def _is_sure(ratio: float, one: int, other: int) -> bool:
    """Whether a ratio of variances with so many degrees of freedom is more than chance (Paulson's approximation)."""
    root = ratio ** (1 / 3)
    away = (1 - 2 / (9 * other)) * root - (1 - 2 / (9 * one))
    return bool(away / np.sqrt(2 / (9 * other) * root**2 + 2 / (9 * one)) > SURE)
