"""The second way to the chance of a deal: boosted trees over what was known of it on past days.

A *snapshot* is all deals that were open on a day, as they stood then, with what the curves said of each. What became of
them within `SOON` days is learned once that time is over. scikit-learn is imported only when something is learned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from etappe.core.forecast import Floats, Ints
from etappe.insights.forecast.past import UNKNOWN, OpenDeals
from etappe.insights.forecast.records import NO_DAY, WON, Records, day_number
from etappe.insights.forecast.table import Bools, Feature, Kind

SOON: Final = 90
"""Chances of single deals are learned and compared by what came within so many days."""
ENOUGH_CLOSED: Final = 300
"""With fewer closed deals there is nothing to learn that the curves do not show."""
ENOUGH_ROWS, ENOUGH_EACH = 400, 50
MOST_ROWS: Final = 8000
"""So many deals are learned from, of all days together; of one day no more than these are remembered."""
_PART: Final = 20_000


@dataclass(frozen=True)
class Snapshot:
    """The deals open at the end of `day`, and what the curves said of each being won within `SOON` days.

    `place` says how far along each cell is, 0 to 1, the last one of no stage.
    """

    day: date
    open: OpenDeals
    by_curves: Floats
    place: Floats

    @property
    def keys(self) -> Ints:
        """The keys of the deals."""
        return self.open.key

    def rows(self, where: npt.NDArray[np.intp]) -> Snapshot:
        """Some of the deals."""
        return Snapshot(self.day, self.open.rows(where), self.by_curves[where], self.place)

    def to_learn_from(self) -> Snapshot:
        """As many of the deals as are remembered; not those whose stage nobody knows, which came to an end for sure."""
        known = np.flatnonzero(self.open.cell >= 0)
        return self.rows(known[_some(len(known))])

    def features(self) -> list[Feature]:
        """What was known of each deal."""
        return _features(self.open, self.day, self.by_curves, self.place)


@dataclass(frozen=True)
class Wins:
    """Which deals were won on which day, by key in their order."""

    keys: Ints
    days: Ints

    @classmethod
    def of(cls, records: Records, last: date) -> Wins:
        """Those of the records until a day."""
        deals = records.deals
        won = (deals.standing == WON) & (deals.decided <= day_number(last))
        return cls(deals.key[won], deals.decided[won])

    def soon_after(self, given: Snapshot) -> Bools:
        """Whether each deal of the snapshot was won within `SOON` days of it."""
        if not len(self.keys):
            return np.zeros(len(given.keys), dtype=np.bool_)
        place = np.minimum(np.searchsorted(self.keys, given.keys), len(self.keys) - 1)
        days = self.days[place] - day_number(given.day)
        return np.asarray((self.keys[place] == given.keys) & (days > 0) & (days <= SOON), dtype=np.bool_)


def _features(deals: OpenDeals, day: date, by_curves: Floats, place: Floats) -> list[Feature]:
    inside = np.clip(by_curves, 1e-3, 1 - 1e-3)
    numbers: dict[str, npt.NDArray[Any]] = {
        "curves": np.log(inside / (1 - inside)),
        "place": place[deals.cell],
        "stayed": deals.stayed,
        "age": np.where(deals.age == UNKNOWN, np.nan, deals.age),
        "amount": deals.amount,
        "due": np.where(deals.expected == NO_DAY, np.nan, deals.expected - day_number(day)),
        "season": np.full(len(deals), day.timetuple().tm_yday),
    }
    words = {
        "owner": deals.owner,
        "team": deals.team,
        "stage": deals.stage,
        "proof": deals.proof,
        "currency": deals.currency,
    }
    empty, wordless = np.full(len(deals), np.nan), np.full(len(deals), "")
    return [
        *(Feature(name, Kind.NUMBER, row.astype(np.float64), wordless) for name, row in numbers.items()),
        *(Feature(name, Kind.CHOICE, empty, row.astype(np.str_)) for name, row in words.items()),
    ]


def learn(snapshots: Sequence[Snapshot], wins: Wins, today: date) -> Any:
    """A model of who is won soon, from the snapshots whose time was over by `today`; None where they are too few.

    What was won after `today` is not looked at.
    """
    over = [each for each in snapshots if each.day + timedelta(days=SOON) <= today and len(each.keys)]
    if not over:
        return None
    keys = np.concatenate([each.keys for each in over])
    won = np.concatenate([wins.soon_after(each) for each in over])
    if len(won) < ENOUGH_ROWS or min(won.sum(), (~won).sum()) < ENOUGH_EACH:
        return None
    from etappe.insights.forecast.winning import fit

    rows = _some(len(won))
    features = [_joined(columns).rows(rows) for columns in zip(*(each.features() for each in over), strict=True)]
    return fit(features, won[rows], together=keys[rows])


def _some(count: int) -> npt.NDArray[np.intp]:
    if count <= MOST_ROWS:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).choice(count, MOST_ROWS, replace=False))


def _joined(columns: Sequence[Feature]) -> Feature:
    first = columns[0]
    numbers = np.concatenate([each.numbers for each in columns])
    return Feature(first.name, first.kind, numbers, np.concatenate([each.words for each in columns]))


def predict(model: Any, given: Snapshot) -> Floats:
    """The chance of each deal to be won within `SOON` days; what the curves say where nobody knows its stage.

    So many at a time that what it takes of memory does not grow.
    """
    count = len(given.keys)
    parts = [given.rows(np.arange(start, min(start + _PART, count))) for start in range(0, count, _PART)]
    learned = np.concatenate([given.by_curves[:0], *(model.predict(part.features()) for part in parts)])
    return np.where(given.open.cell >= 0, learned, given.by_curves)
