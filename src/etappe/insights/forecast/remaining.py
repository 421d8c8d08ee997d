"""How long a case will still take, from what is known of it at a moment. Imports scikit-learn: for jobs and benches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from etappe.core.prefixes import Case, Encoder, Prefixes, learn, long_enough

Floats = npt.NDArray[np.float64]

SHAPES: Final = (
    {"max_leaf_nodes": 15, "min_samples_leaf": 30, "learning_rate": 0.08, "max_iter": 140},
    {"max_leaf_nodes": 31, "min_samples_leaf": 50, "learning_rate": 0.08, "max_iter": 130},
)
"""Sizes of trees; which one goes with a log is seen on its validation part."""
CLOCKS: Final = ("remaining", "life")
"""What is learned: days from now, or days from the start (then what has passed is taken off)."""
MEMBERS: Final = 3
ROWS_TO_CHOOSE, ROWS_TO_LEARN = 25_000, 60_000
"""No more prefixes than this go into a model that is tried, and into a member of the ensemble; each draws its own."""


@dataclass(frozen=True)
class Member:
    """One model of the ensemble and the clock it counts on."""

    clock: str
    model: Any
    columns: npt.NDArray[np.intp]

    def predict(self, given: Prefixes) -> Floats:
        """Days still to go, not negative."""
        days = np.asarray(self.model.predict(given.features[:, self.columns]), dtype=np.float64)
        return np.maximum(days - given.elapsed if self.clock == "life" else days, 0.0)


@dataclass(frozen=True)
class RemainingTime:
    """A fitted ensemble; its prediction is the mean of its members'."""

    encoder: Encoder
    members: tuple[Member, ...]
    known: tuple[Case, ...]

    def predict(self, cases: Sequence[Case]) -> tuple[Prefixes, Floats]:
        """The prefixes of the cases and the days each still takes. The later events of a case never reach its row."""
        given = self.encoder.prefixes(cases, [*self.known, *cases])
        return given, np.mean([member.predict(given) for member in self.members], axis=0)


def fit(train: Sequence[Case], val: Sequence[Case], *, seed: int = 0) -> RemainingTime:
    """Choose on `val` what to learn from `train`, then learn it from both.

    Loss is the absolute error, so the prediction is the median of what may come. All cases need three events or more.
    """
    with threadpool_limits(limits=2):
        chosen = _choose(long_enough(train), long_enough(val), seed) if val else (SHAPES[0], CLOCKS)
        return _fitted(long_enough([*train, *val]), *chosen, seed)


def _choose(train: list[Case], val: list[Case], seed: int) -> tuple[dict[str, float], tuple[str, ...]]:
    encoder = learn(train)
    known = [*train, *val]
    given, tried = _some(encoder.prefixes(train, known), ROWS_TO_CHOOSE, seed), encoder.prefixes(val, known)
    found = {
        (place, clock): _member(encoder, given, SHAPES[place], clock, seed).predict(tried)
        for place, clock in product(range(len(SHAPES)), CLOCKS)
    }
    wanted = tried.remaining
    options = [(place, clocks) for place in range(len(SHAPES)) for clocks in (CLOCKS, CLOCKS[:1], CLOCKS[1:])]
    place, clocks = min(options, key=lambda option: _error([found[option[0], clock] for clock in option[1]], wanted))
    return SHAPES[place], clocks


def _some(given: Prefixes, limit: int, seed: int) -> Prefixes:
    """At most so many of them, drawn at random."""
    rows = len(given.at)
    if rows <= limit:
        return given
    drawn = np.sort(np.random.default_rng(seed).choice(rows, limit, replace=False))
    return Prefixes(**{name: values[drawn] for name, values in vars(given).items()})


def _error(predicted: Sequence[Floats], wanted: Floats) -> float:
    return float(np.abs(np.mean(predicted, axis=0) - wanted).mean())


def _fitted(cases: list[Case], shape: dict[str, float], clocks: tuple[str, ...], seed: int) -> RemainingTime:
    encoder = learn(cases)
    given = encoder.prefixes(cases, cases)
    members = [
        _member(encoder, _some(given, ROWS_TO_LEARN, turn), shape, clocks[turn % len(clocks)], turn)
        for turn in range(seed, seed + MEMBERS)
    ]
    return RemainingTime(encoder, tuple(members), tuple(cases))


def _member(encoder: Encoder, given: Prefixes, shape: dict[str, float], clock: str, seed: int) -> Member:
    wanted = given.remaining + (given.elapsed if clock == "life" else 0.0)
    low, high = (np.nan_to_num(given.features, nan=gap) for gap in (np.inf, -np.inf))
    columns = np.flatnonzero(high.max(axis=0) > low.min(axis=0))
    model = HistGradientBoostingRegressor(
        loss="absolute_error",
        max_features=0.3,
        early_stopping=False,
        categorical_features=np.isin(columns, encoder.categories),
        random_state=seed,
        **shape,
    )
    return Member(clock, model.fit(given.features[:, columns], wanted), columns)
