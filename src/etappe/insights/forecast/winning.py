"""How likely a deal is won, learned from a table of past ones. Imports scikit-learn: jobs and benches only.

Boosted trees and a logistic regression are mixed, and the mixture is calibrated on predictions for rows that neither
had seen. How much of each, how many trees and which calibration is chosen there too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler, TargetEncoder
from threadpoolctl import threadpool_limits

from etappe.insights.forecast.table import Bools, Feature, Floats, Kind

Ints = npt.NDArray[np.int64]

FOLDS, INNER = 5, 3
TREES: Final = (25, 50, 100, 150)
SHARES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
MANY, WORDS = 30, 40
ENOUGH_FOR_ISOTONIC = 1000
_EDGE = 1e-4


@dataclass(frozen=True)
class _Matrices:
    """The same rows for the trees and for the logistic regression."""

    trees: Floats
    line: Floats

    def rows(self, where: npt.NDArray[np.intp]) -> _Matrices:
        return _Matrices(self.trees[where], self.line[where])


class _Encoder:
    """Turns features into numbers; learned from the rows given to `fit` only."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.words: dict[str, list[str]] = {}

    def fit(self, features: Sequence[Feature], won: Bools) -> _Matrices:
        """Learn from these rows, and return them as matrices."""
        for each in features:
            if each.kind is Kind.TEXT:
                self.words[each.name] = _frequent(each)
        choices = [each for each in features if each.kind is Kind.CHOICE]
        self.many = [at for at, each in enumerate(choices) if len(np.unique(each.words)) > MANY]
        table = _words_of(choices)
        few = max(2, round(0.002 * len(won)))
        self.codes = (
            OrdinalEncoder(
                handle_unknown="use_encoded_value", unknown_value=-1, max_categories=100, min_frequency=few
            ).fit(table)
            if choices
            else None
        )
        self.flags = (
            OneHotEncoder(
                handle_unknown="infrequent_if_exist", max_categories=50, min_frequency=max(5, few), sparse_output=False
            ).fit(table)
            if choices
            else None
        )
        self.rates = TargetEncoder(cv=self._folds(), target_type="binary") if self.many else None
        rates = self.rates.fit_transform(table[:, self.many], won) if self.rates else None
        numbers = self._numbers(features)
        self.unseen = ~np.isfinite(numbers).any(axis=0)
        self.middle = np.asarray([np.nanmedian(column) if np.isfinite(column).any() else 0.0 for column in numbers.T])
        self.scale = StandardScaler().fit(_filled(numbers, self.middle))
        return self._matrices(numbers, table, rates)

    def _folds(self) -> StratifiedKFold:
        return StratifiedKFold(FOLDS, shuffle=True, random_state=self.seed)

    def transform(self, features: Sequence[Feature]) -> _Matrices:
        """Other rows, as they look to who learned from the first ones."""
        table = _words_of([each for each in features if each.kind is Kind.CHOICE])
        rates = self.rates.transform(table[:, self.many]) if self.rates else None
        return self._matrices(self._numbers(features), table, rates)

    def _numbers(self, features: Sequence[Feature]) -> Floats:
        rows = len(features[0].words)
        columns = [column for each in features for column in self._columns(each)]
        return np.column_stack(columns) if columns else np.zeros((rows, 1))

    def _columns(self, each: Feature) -> list[Floats]:
        if each.kind is Kind.NUMBER:
            return [each.numbers]
        if each.kind is Kind.DAY:
            return _calendar(each.numbers)
        if each.kind is Kind.TEXT:
            return _bag(each, self.words[each.name])
        return []

    def _matrices(self, numbers: Floats, table: npt.NDArray[Any], rates: Floats | None) -> _Matrices:
        codes = self.codes.transform(table) if self.codes else np.zeros((len(numbers), 0))
        flags = self.flags.transform(table) if self.flags else np.zeros((len(numbers), 0))
        extra = rates if rates is not None else np.zeros((len(numbers), 0))
        self.categories = np.arange(codes.shape[1])
        straight = np.clip(self.scale.transform(_filled(numbers, self.middle)), -4, 4)
        gaps = np.isnan(numbers).astype(np.float64)
        line = np.hstack([flags, straight, gaps, (extra - 0.5) * 4])
        seen = np.where(self.unseen, 0.0, numbers)
        return _Matrices(np.hstack([np.where(codes < 0, np.nan, codes), seen, extra]), line)


def _words_of(choices: Sequence[Feature]) -> npt.NDArray[Any]:
    return np.column_stack([each.words for each in choices]) if choices else np.zeros((0, 0))


def _filled(numbers: Floats, middle: Floats) -> Floats:
    filled = np.where(np.isnan(numbers), middle, numbers)
    return np.sign(filled) * np.log1p(np.abs(filled))


def _calendar(days: Floats) -> list[Floats]:
    """The day, its weekday (1970-01-01 was a Thursday), and its place in the year."""
    return [days, (days + 3) % 7, days % 365.25]


_WORD = re.compile(r"\w{3,}")


def _frequent(text: Feature) -> list[str]:
    counts = Counter(word for words in text.words for word in set(_WORD.findall(words.lower())))
    return [word for word, n in counts.most_common(WORDS) if n >= 10]


def _bag(text: Feature, frequent: Sequence[str]) -> list[Floats]:
    said = [set(_WORD.findall(words.lower())) for words in text.words]
    present = [np.asarray([word in words for words in said], dtype=np.float64) for word in frequent]
    return [np.char.str_len(text.words).astype(np.float64), *present]


@dataclass(frozen=True)
class Chances:
    """A fitted model; `predict` gives calibrated probabilities."""

    encoder: _Encoder
    trees: Any
    line: Any
    share: float
    calibrate: Callable[[Floats], Floats]

    def predict(self, features: Sequence[Feature]) -> Floats:
        """The probability to win of each row."""
        with threadpool_limits(limits=1):
            given = self.encoder.transform(features)
            trees = np.asarray(self.trees.decision_function(given.trees), dtype=np.float64)
            return self.calibrate(_mixed(trees, _linear(self.line, given.line), self.share))


@dataclass(frozen=True)
class _Isotonic:
    curve: Any

    def __call__(self, scores: Floats) -> Floats:
        return np.asarray(np.clip(self.curve.predict(scores), _EDGE, 1 - _EDGE), dtype=np.float64)


@dataclass(frozen=True)
class _Platt:
    """A straight line on the log-odds, which needs few cases."""

    slope: float
    shift: float

    def __call__(self, scores: Floats) -> Floats:
        return np.asarray(np.clip(expit(self.slope * scores + self.shift), _EDGE, 1 - _EDGE), dtype=np.float64)


@dataclass(frozen=True)
class _Between:
    one: Any
    other: Any

    def __call__(self, scores: Floats) -> Floats:
        return np.asarray((self.one(scores) + self.other(scores)) / 2, dtype=np.float64)


def fit(features: Sequence[Feature], won: Bools, *, together: Ints | None = None, seed: int = 0) -> Chances:
    """Learn who wins; needs both outcomes.

    Rows with one number in `together` are kept together when it is tried; without it, those that look the same.
    """
    with threadpool_limits(limits=1):
        together = groups(features) if together is None else together
        stages = {count: np.zeros(len(won)) for count in TREES}
        straight = np.zeros(len(won))
        for learn, try_on in folds(won, together, INNER, seed):
            encoder, trees, line = _learned([each.rows(learn) for each in features], won[learn], TREES[-1], seed)
            tried = encoder.transform([each.rows(try_on) for each in features])
            for count, scores in _staged(trees, tried.trees).items():
                stages[count][try_on] = scores
            straight[try_on] = _linear(line, tried.line)
        count, share = _best(stages, straight, won)
        calibrate = _calibrator(_mixed(stages[count], straight, share), won, seed)
        return Chances(*_learned(features, won, count, seed), share, calibrate)


def _learned(features: Sequence[Feature], won: Bools, count: int, seed: int) -> tuple[_Encoder, Any, Any]:
    encoder = _Encoder(seed)
    given = encoder.fit(features, won)
    trees = HistGradientBoostingClassifier(
        max_iter=count,
        learning_rate=0.05,
        max_leaf_nodes=15,
        min_samples_leaf=20,
        l2_regularization=1.0,
        max_features=0.5,
        early_stopping=False,
        categorical_features=list(encoder.categories) or None,
        random_state=seed,
    ).fit(given.trees, won)
    line = LogisticRegression(C=0.3, max_iter=500).fit(given.line, won)
    return encoder, trees, line


def _staged(trees: Any, given: Floats) -> dict[int, Floats]:
    """Log-odds after some numbers of trees."""
    return {
        count: np.asarray(scores, dtype=np.float64).ravel()
        for count, scores in enumerate(trees.staged_decision_function(given), 1)
        if count in TREES
    }


def _linear(line: Any, given: Floats) -> Floats:
    return np.asarray(line.decision_function(given), dtype=np.float64)


def _mixed(trees: Floats, line: Floats, share: float) -> Floats:
    return share * trees + (1 - share) * line


def _best(stages: dict[int, Floats], straight: Floats, won: Bools) -> tuple[int, float]:
    options = [(count, share) for count in TREES for share in SHARES]
    return min(options, key=lambda option: _loss(expit(_mixed(stages[option[0]], straight, option[1])), won))


def _loss(said: Floats, won: Bools) -> float:
    sure = np.clip(said, _EDGE, 1 - _EDGE)
    return float(-np.log(np.where(won, sure, 1 - sure)).mean())


def _calibrator(scores: Floats, won: Bools, seed: int) -> Any:
    """Of a straight line, a staircase, and what lies between them: which one fits rows it was not made from."""
    if len(won) < ENOUGH_FOR_ISOTONIC:
        return _platt(scores, won)
    said = np.zeros((3, len(won)))
    for learn, try_on in folds(won, np.arange(len(won)), FOLDS, seed + 1):
        for at, made in enumerate(_calibrators(scores[learn], won[learn])):
            said[at, try_on] = made(scores[try_on])
    return _calibrators(scores, won)[int(np.argmin([_loss(each, won) for each in said]))]


def _calibrators(scores: Floats, won: Bools) -> tuple[Any, Any, Any]:
    line = _platt(scores, won)
    stairs = _Isotonic(IsotonicRegression(out_of_bounds="clip").fit(scores, won))
    return line, stairs, _Between(line, stairs)


def _platt(scores: Floats, won: Bools) -> _Platt:
    """With the targets that Platt proposed, which keep it from certainty."""
    hits = int(won.sum())
    high, low = (hits + 1) / (hits + 2), 1 / (len(won) - hits + 2)
    weights = np.concatenate([np.where(won, high, low), np.where(won, 1 - high, 1 - low)])
    doubled = np.concatenate([scores, scores])[:, None]
    truth = np.repeat([True, False], len(won))
    model = LogisticRegression(C=1e6).fit(doubled, truth, sample_weight=weights)
    slope = max(float(model.coef_[0, 0]), 0.0)
    shift = float(model.intercept_[0]) if slope else float(logit((hits + 1) / (len(won) + 2)))
    return _Platt(slope, shift)


def groups(features: Sequence[Feature]) -> Ints:
    """The same number for rows that look the same in every feature."""
    seen: dict[tuple[Any, ...], int] = {}
    columns = [each.words for each in features]
    return np.asarray([seen.setdefault(row, len(seen)) for row in zip(*columns, strict=True)], dtype=np.int64)


def folds(
    won: Bools, together: Ints, count: int, seed: int
) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
    """Rows to learn from and to try on, `count` times; both outcomes spread evenly, groups kept together.

    Groups are dealt out like cards, shuffled first and then in the order of their size and of how many of them won.
    """
    _, place = np.unique(together, return_inverse=True)
    size, hits = np.bincount(place), np.bincount(place, won)
    shuffled = np.random.default_rng(seed).permutation(len(size))
    order = shuffled[np.lexsort((hits[shuffled], size[shuffled]))[::-1]]
    turn = np.empty(len(size), dtype=np.int64)
    turn[order] = np.arange(len(size)) % count
    for fold in range(count):
        is_tried = turn[place] == fold
        yield np.flatnonzero(~is_tried), np.flatnonzero(is_tried)
