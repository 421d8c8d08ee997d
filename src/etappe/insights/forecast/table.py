"""A table of past deals as features: what each column holds is found out; what cannot help or tells the end is out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from etappe.core.columns import Column
from etappe.core.dates import NoDate, day_of
from etappe.core.ranks import auc
from etappe.core.values import NoNumber, is_nothing, read_number
from etappe.foreign.tables import batches, sniff

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.str_]

MISSING: Final = ""
_UNANSWERED: Final = frozenset({"select", "please select", "bitte wählen", "bitte auswählen", "unknown", "?"})
_AFTERWARDS: Final = re.compile(
    r"(?i)\b(clos(e|ed|ing)|won|lost|decided|decision|end(ed)?|finished|conver(ted|sion)|outcome|churn(ed)?|reason)\b"
)
_IDENTIFIER: Final = re.compile(r"(?i)(^|[\W_])(id|uid|uuid|guid|nr|no|num|number|nummer|key|index|code|hash)([\W_]|$)")
MINIMUM, MINIMUM_EACH = 100, 20
"""Fewer rows, or fewer of one outcome, are refused: nothing could be learned and checked from them."""
TELLS_ALL: Final = 0.995
"""A single column that orders the outcomes this well says them: it was filled in afterwards."""


class Kind(Enum):
    """What a column holds."""

    NUMBER = "number"
    DAY = "day"
    CHOICE = "choice"
    TEXT = "text"


@dataclass(frozen=True)
class Feature:
    """A column: numbers (days count from 1970-01-01; NaN is missing), or words (empty is missing)."""

    name: str
    kind: Kind
    numbers: Floats
    words: Texts

    def rows(self, where: npt.NDArray[np.intp] | Bools) -> Feature:
        """Some of its rows."""
        return Feature(self.name, self.kind, self.numbers[where], self.words[where])

    @property
    def given(self) -> Bools:
        """Where there is a value."""
        return ~np.isnan(self.numbers) if self.kind in (Kind.NUMBER, Kind.DAY) else self.words != MISSING


def read_table(path: Path) -> dict[str, list[str]]:
    """The cells of a CSV or XLSX file by column; empty where nothing is said. Read in a child process with limits."""
    guess = sniff(path)
    columns: list[list[str]] = [[] for _ in guess.columns]
    for batch in batches(path, guess):
        for at, column in enumerate(columns):
            column.extend(_said(row[at]) for row in batch.rows)
    return dict(zip(_distinct(guess.columns), columns, strict=True))


def _said(cell: str | None) -> str:
    text = (cell or "").strip()
    return MISSING if is_nothing(text) or text.lower() in _UNANSWERED else text


def _distinct(names: Sequence[str]) -> list[str]:
    """The names, later ones of the same name numbered."""
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found


def feature(name: str, cells: Sequence[str]) -> Feature:
    """The column in its kind."""
    column = Column(name)
    column.look(cells)
    words = np.asarray(cells, dtype=np.str_)
    empty = np.full(len(cells), np.nan)
    if column.is_date:
        style = column.dates.style()[0]
        return Feature(name, Kind.DAY, _numbers(cells, lambda cell: _day_number(day_of(cell, style))), words)
    if column.is_number:
        mark = column.numbers.style()[0]
        return Feature(name, Kind.NUMBER, _numbers(cells, lambda cell: float(read_number(cell, mark))), words)
    is_text = column.distinct > 50 and column.share(column.words) > 0.5 and _length(words) > 25
    return Feature(name, Kind.TEXT if is_text else Kind.CHOICE, empty, words)


def _length(words: Texts) -> float:
    lengths = np.char.str_len(words)
    return float(lengths[lengths > 0].mean()) if lengths.any() else 0.0


def _day_number(day: date) -> float:
    return float(day.toordinal() - date(1970, 1, 1).toordinal())


def _numbers(cells: Sequence[str], read: Callable[[str], float]) -> Floats:
    known: dict[str, float] = {MISSING: np.nan}
    for cell in cells:
        if cell not in known:
            known[cell] = _number(cell, read)
    return np.asarray([known[cell] for cell in cells], dtype=np.float64)


def _number(cell: str, read: Callable[[str], float]) -> float:
    try:
        value = read(cell)
    except (NoDate, NoNumber, OverflowError):
        return np.nan
    return value if abs(value) < 1e15 else np.nan


def useless(given: Feature) -> str:
    """Why a column cannot help; empty if it may."""
    here = given.given
    if not here.any():
        return "empty"
    values = given.numbers[here] if given.kind in (Kind.NUMBER, Kind.DAY) else given.words[here]
    distinct = len(np.unique(values))
    if distinct == 1 and here.all():
        return "the same everywhere"
    return "numbers the rows" if _identifies(given, distinct, int(here.sum())) else ""


def _identifies(given: Feature, distinct: int, n: int) -> bool:
    if n < 20 or given.kind in (Kind.DAY, Kind.TEXT):
        return False
    named = bool(_IDENTIFIER.search(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", given.name)))
    if given.kind is Kind.CHOICE:
        return distinct > (0.5 if named else 0.9) * n
    whole = bool(np.all(given.numbers[given.given] % 1 == 0))
    return whole and distinct > 0.95 * n and (named or float(np.ptp(given.numbers[given.given])) < 2 * n)


def told_afterwards(given: Feature, won: Bools) -> str:
    """Why a column must not be used: it says the outcome, or is named after the end; empty if nothing is against it."""
    if given.kind is Kind.DAY and _AFTERWARDS.search(given.name.replace("_", " ")):
        return "a day of the end"
    return "it says the outcome" if any(_says(score, won) for score in _scores(given, won)) else ""


def _scores(given: Feature, won: Bools) -> list[Floats]:
    missing = given.given.astype(np.float64)
    if given.kind in (Kind.NUMBER, Kind.DAY):
        return [missing, np.nan_to_num(given.numbers, nan=-1e18)]
    _, codes, counts = np.unique(given.words, return_inverse=True, return_counts=True)
    if len(counts) > 0.2 * len(won):
        return [missing]
    return [missing, (np.bincount(codes, weights=won) / counts)[codes]]


def _says(score: Floats, won: Bools) -> bool:
    area = auc(won, score)
    return max(area, 1 - area) >= TELLS_ALL
