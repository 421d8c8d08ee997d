"""The second way to the chance of a deal: boosted trees over what was known of it on past days.

A *snapshot* is all deals that were open on a day, as they stood then, with what the curves said of each. What became of
them within `SOON` days is learned once that time is over. scikit-learn is imported only when something is learned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from etappe.core.forecast import Floats
from etappe.insights.forecast.past import OpenDeal, Past
from etappe.insights.forecast.table import Bools, Feature, Kind

SOON: Final = 90
"""Chances of single deals are learned and compared by what came within so many days."""
ENOUGH_CLOSED: Final = 300
"""With fewer closed deals there is nothing to learn that the curves do not show."""
ENOUGH_ROWS, ENOUGH_EACH = 400, 50
MOST_ROWS: Final = 8000


@dataclass(frozen=True)
class Snapshot:
    """The deals open at the end of `day`, and what the curves said of each being won within `SOON` days."""

    day: date
    keys: npt.NDArray[np.int64]
    features: tuple[Feature, ...]
    by_curves: Floats


def snapshot(past: Past, by_curves: Floats, place: Mapping[tuple[int, str], float]) -> Snapshot:
    """What was known of the open deals; `place` says how far along each stage of a version is, 0 to 1."""
    keys = np.asarray([deal.deal_id for deal in past.open], dtype=np.int64)
    return Snapshot(past.day, keys, tuple(_features(past, by_curves, place)), by_curves)


def _features(past: Past, by_curves: Floats, place: Mapping[tuple[int, str], float]) -> list[Feature]:
    inside = np.clip(by_curves, 1e-3, 1 - 1e-3)
    deals = past.open
    numbers: dict[str, Sequence[float]] = {
        "curves": list(np.log(inside / (1 - inside))),
        "place": [place.get((deal.version, deal.stage), np.nan) for deal in deals],
        "stayed": [float(deal.stayed) for deal in deals],
        "age": [np.nan if deal.age is None else float(deal.age) for deal in deals],
        "amount": [np.nan if deal.amount is None else float(deal.amount) for deal in deals],
        "due": [_due(deal, past.day) for deal in deals],
        "season": [float(past.day.timetuple().tm_yday)] * len(deals),
    }
    words = {
        "owner": [str(deal.owner_id or "") for deal in deals],
        "team": [str(deal.team_id or "") for deal in deals],
        "stage": [deal.stage for deal in deals],
        "proof": [deal.proof for deal in deals],
        "currency": [deal.currency for deal in deals],
    }
    empty = np.full(len(deals), np.nan)
    return [
        *(Feature(name, Kind.NUMBER, np.asarray(row, np.float64), _texts(row)) for name, row in numbers.items()),
        *(Feature(name, Kind.CHOICE, empty, _texts(row)) for name, row in words.items()),
    ]


def _texts(row: Sequence[Any]) -> npt.NDArray[np.str_]:
    return np.asarray([str(value) for value in row], dtype=np.str_)


def _due(deal: OpenDeal, day: date) -> float:
    return float((deal.expected_close - day).days) if deal.expected_close else np.nan


def learn(snapshots: Sequence[Snapshot], won_on: Mapping[int, date], today: date) -> Any:
    """A model of who is won soon, from the snapshots whose time was over by `today`; None where they are too few.

    `won_on`: the day each deal was won; days after `today` are not looked at.
    """
    over = [each for each in snapshots if each.day + timedelta(days=SOON) <= today and len(each.keys)]
    if not over:
        return None
    keys = np.concatenate([each.keys for each in over])
    won = np.concatenate([came(each, won_on) for each in over])
    if len(won) < ENOUGH_ROWS or min(won.sum(), (~won).sum()) < ENOUGH_EACH:
        return None
    from etappe.insights.forecast.winning import fit

    rows = _some(len(won))
    features = [_joined(columns).rows(rows) for columns in zip(*(each.features for each in over), strict=True)]
    return fit(features, won[rows], together=keys[rows])


def came(given: Snapshot, won_on: Mapping[int, date]) -> Bools:
    """Whether each deal was won within `SOON` days of the snapshot."""
    until = given.day + timedelta(days=SOON)
    return np.asarray([given.day < won_on.get(int(key), date.max) <= until for key in given.keys], dtype=np.bool_)


def _some(count: int) -> npt.NDArray[np.intp]:
    if count <= MOST_ROWS:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).choice(count, MOST_ROWS, replace=False))


def _joined(columns: Sequence[Feature]) -> Feature:
    first = columns[0]
    numbers = np.concatenate([each.numbers for each in columns])
    return Feature(first.name, first.kind, numbers, np.concatenate([each.words for each in columns]))


def predict(model: Any, given: Snapshot) -> Floats:
    """The chance of each deal to be won within `SOON` days."""
    return np.asarray(model.predict(list(given.features)), dtype=np.float64) if len(given.keys) else given.by_curves
