"""Goals: the periods they are set for, and how likely they are reached."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from etappe.core.errors import Refusal

Floats = npt.NDArray[np.float64]

MEASURES = ("won_amount", "won_deals", "new_deals", "proven_moves")
"""What a goal can be set for: the first in a currency, the others as a number."""
DANGER = 0.5
"""A goal that is reached with a smaller chance than this is in danger."""
FIRST_ALONE = timedelta(days=7)
"""For so long only the one whose goal it is is warned; then those above as well."""
LOOKS_BACK = 182
"""Days whose pace says how many new deals and moves are still to come."""
FEWEST = 10
"""With fewer of them in that time nothing is said about the pace."""
DRAWS = 1000
Z95 = 1.959963984540054
"""The 97.5 % point of the normal distribution."""
_FORM = re.compile(r"(20\d\d|21\d\d)(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", re.ASCII)


@dataclass(frozen=True)
class Period:
    """A month (`2026-11`), quarter (`2026-Q4`) or year (`2026`), from its first day to its last."""

    key: str
    begins: date
    ends: date

    @property
    def months(self) -> int:
        """1, 3 or 12."""
        return (self.ends.year - self.begins.year) * 12 + self.ends.month - self.begins.month + 1


def period_of(text: str) -> Period:
    """The period of this key; refuses what is none.

    >>> period_of("2026-Q4").begins.isoformat(), period_of("2026-Q4").ends.isoformat(), period_of("2026").months
    ('2026-10-01', '2026-12-31', 12)
    """
    found = _FORM.fullmatch(text)
    if not found:
        raise Refusal("bad_period", value=text)
    year, quarter, month = (int(part) if part else 0 for part in found.groups())
    first = quarter * 3 - 2 if quarter else month or 1
    length = 3 if quarter else 1 if month else 12
    return Period(text, date(year, first, 1), after_months(date(year, first, 1), length) - timedelta(days=1))


def periods_around(day: date) -> tuple[Period, ...]:
    """The month, quarter and year of a day.

    >>> [period.key for period in periods_around(date(2026, 11, 22))]
    ['2026-11', '2026-Q4', '2026']
    """
    keys = (f"{day:%Y-%m}", f"{day.year}-Q{(day.month + 2) // 3}", str(day.year))
    return tuple(period_of(key) for key in keys)


def after_months(day: date, months: int) -> date:
    """The first day of the month so many months from that of `day`."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


@dataclass(frozen=True)
class Outlook:
    """Where a measure ends up: the chance to reach the goal, and what it comes to with 80 %."""

    chance: float
    low: float
    high: float


def outlook(reached: float, still: Floats, target: float, widen: float = 1.0) -> Outlook:
    """The outlook of a goal: what is reached, possible amounts still to come, stretched about their median by `widen`.

    What is reached stays: nothing that comes is less than 0.

    >>> outlook(40, np.arange(101.0), 90).chance, outlook(100, np.zeros(5), 90)
    (0.504950495049505, Outlook(chance=1.0, low=100.0, high=100.0))
    """
    middle = float(np.median(still))
    drawn = reached + np.maximum(0.0, middle + widen * (still - middle))
    low, high = np.quantile(drawn, (0.1, 0.9))
    return Outlook(float((drawn >= target - 1e-9).mean()), float(low), float(high))


def still_by_pace(weeks: Sequence[float], days: int, chance: np.random.Generator) -> Floats | None:
    """Possible counts within `days` at the pace of past weeks; None where these hold too few to say.

    Weeks differ by more than chance; counts are drawn as Poisson about a pace that is itself drawn (gamma), so wide
    that both the differences of weeks and what is not known about their mean are in it.

    >>> drawn = still_by_pace([2, 3, 1, 2] * 6, 70, np.random.default_rng(1))
    >>> bool(18 < drawn.mean() < 22), still_by_pace([0, 1], 70, np.random.default_rng(1)) is None
    (True, True)
    """
    counts = np.asarray(weeks, dtype=np.float64)
    whole = float(counts.sum())
    if whole < FEWEST or len(counts) < 2:
        return None
    mean = whole / len(counts)
    uneven = max(1.0, float(counts.var(ddof=1)) / mean)
    expected = mean * days / 7
    beyond = (uneven - 1) * expected + uneven * expected**2 / whole
    if expected <= 0:
        return np.zeros(DRAWS)
    shape = expected**2 / beyond
    return chance.poisson(chance.gamma(shape, expected / shape, DRAWS)).astype(np.float64)


@dataclass(frozen=True)
class Needed:
    """How many new leads a month a goal takes, with its interval."""

    value: float
    low: float
    high: float


def leads_needed(wanted: float, won: tuple[float, float, float], worth: tuple[float, float] = (1.0, 0.0)) -> Needed:
    """New leads a month that bring `wanted` a month in the long run, with 95 %.

    `won` is the share of leads that are won in the end with its 95 % interval, above 0; `worth` the mean that a won
    lead brings and its standard error, in the unit of `wanted` (for a number of deals 1, and sure). What is not known
    of the two adds up on the logarithmic scale (delta method), towards each side as far as the share reaches there.

    >>> found = leads_needed(100_000, (0.2, 0.15, 0.26), (20_000, 2_000))
    >>> round(found.value), round(found.low), round(found.high)
    (25, 18, 35)
    """
    share, low, high = won
    mean, error = worth
    value = wanted / (share * mean)
    apart = Z95 * error / mean
    up = np.hypot(np.log(share / low), apart) if low > 0 else np.inf
    down = np.hypot(np.log(high / share), apart)
    return Needed(value, float(value * np.exp(-down)), float(value * np.exp(up)))
