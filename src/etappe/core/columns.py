"""What the values of a table's columns show, gathered in one pass with bounded memory."""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from etappe.core.dates import DateEvidence
from etappe.core.values import NumberEvidence, fold_key, is_nothing, read_flag, split_money

KEPT_VALUES = 300
"""Different values of a column that are counted one by one."""
KNOWN_VALUES = 20_000
"""Different values of a column that are looked at once and not again."""
SHAPED_VALUES = 3000
"""Different values that say what a column holds; the rest only say how its dates and numbers are written."""
SKETCH = 1024
"""Keys kept to compare columns: those with the smallest checksums."""
SKETCHED_CELLS = 60_000
"""Cells of a column that go into its sketch."""
SAMPLE_ROWS = 1000

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_ADDRESS = re.compile(r"(?i)(https?://\S+|www\.\S+|([a-z0-9-]+\.)+(com|de|at|ch|net|org|io|eu|fr|uk|co|info|biz))")
_PHONE = re.compile(r"[+(0][\d\s()/.\-]{6,20}")


class Sketch:
    """A sample of a column's keys that any two columns can be compared by: the keys with the smallest checksums."""

    def __init__(self) -> None:
        self.marks: set[int] = set()
        self.below = 1 << 32

    def add(self, key: str) -> None:
        """Take a key into account."""
        mark = crc32(key.encode("utf-8", "replace"))
        if mark < self.below:
            self.marks.add(mark)
            if len(self.marks) > 2 * SKETCH:
                self.marks = set(heapq.nsmallest(SKETCH, self.marks))
                self.below = max(self.marks) + 1

    @property
    def distinct(self) -> int:
        """About how many different keys there are."""
        return round(len(self.marks) * (1 << 32) / self.below)

    def share_in(self, other: Sketch) -> float:
        """About the share of this column's keys that the other column has too.

        >>> one, two = Sketch(), Sketch()
        >>> [one.add(key) for key in "ab"], [two.add(key) for key in "bcd"], one.share_in(two)
        ([None, None], [None, None, None], 0.5)
        """
        below = min(self.below, other.below)
        mine = {mark for mark in self.marks if mark < below}
        return len(mine & other.marks) / len(mine) if mine else 0.0


@dataclass
class Column:
    """A column as its values show it."""

    name: str
    cells: int = 0
    """Cells that are not empty."""
    emails: int = 0
    addresses: int = 0
    phones: int = 0
    flags: int = 0
    words: int = 0
    """Different values with letters and a blank between them."""
    looked: int = 0
    """Different values that were looked at."""
    longest: int = 0
    numbers: NumberEvidence = field(default_factory=NumberEvidence)
    dates: DateEvidence = field(default_factory=DateEvidence)
    numeric: int = 0
    dated: int = 0
    currencies: Counter[str] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)
    overflowed: bool = False
    sketch: Sketch = field(default_factory=Sketch)
    _known: set[str] = field(default_factory=set)

    def look(self, cells: Sequence[str | None]) -> None:
        """Take the cells of some rows into account; an empty one is None."""
        counted: Counter[Any] = Counter(cells)
        counted.pop("", None)
        counted.pop(None, None)
        sketching = self.cells < SKETCHED_CELLS
        for cell, times in counted.items():
            if is_nothing(cell):
                continue
            self.cells += times
            self._count(cell, times)
            if cell not in self._known:
                self._look_once(cell, times, sketching=sketching)

    def _count(self, cell: str, times: int) -> None:
        if cell in self.values or len(self.values) < KEPT_VALUES:
            self.values[cell] += times
        else:
            self.overflowed = True

    def _look_once(self, cell: str, times: int, *, sketching: bool) -> None:
        if len(self._known) < KNOWN_VALUES:
            self._known.add(cell)
        if sketching:
            self.sketch.add(fold_key(cell))
        if self.looked < SHAPED_VALUES:
            self.looked += 1
            self._shape(cell.strip(), times)
        elif self.is_date:
            self.dates.look(cell.strip(), times)
        elif self.is_number and not cell.isdigit():
            self.numbers.look(split_money(cell)[0], times)

    def _shape(self, cell: str, times: int) -> None:
        if len(cell) > self.longest:
            self.longest = len(cell)
        if len(cell) > 80:
            return
        if self._is_number(cell, times) or self._is_date(cell, times):
            return
        self._written(cell)

    def _is_number(self, cell: str, times: int) -> bool:
        if not any(c in cell for c in "0123456789"):
            return False
        bare, currency = split_money(cell)
        if not self.numbers.look(bare, times):
            return False
        if currency:
            self.currencies[currency] += times
        if not (self.dates.look(cell, times) or _is_dotted_date(cell)):
            self.numeric += 1
            return True
        self.dated += 1
        return True

    def _is_date(self, cell: str, times: int) -> bool:
        found = cell[-1].isdigit() | cell[0].isdigit() | (cell[0].isalpha() and any(c.isdigit() for c in cell))
        if found and self.dates.look(cell, times):
            self.dated += 1
            return True
        return False

    def _written(self, cell: str) -> None:
        if "@" in cell and _EMAIL.fullmatch(cell):
            self.emails += 1
        elif "." in cell and _ADDRESS.fullmatch(cell):
            self.addresses += 1
        elif _PHONE.fullmatch(cell):
            self.phones += 1
        elif read_flag(cell) is not None:
            self.flags += 1
        elif " " in cell:
            self.words += 1

    @property
    def distinct(self) -> int:
        """About how many different values there are."""
        return self.sketch.distinct if self.overflowed else len(self.values)

    @property
    def is_unique(self) -> bool:
        """Whether (nearly) every cell is different."""
        return self.cells > 1 and self.distinct >= 0.95 * min(self.cells, SKETCHED_CELLS)

    def share(self, count: int) -> float:
        """The share of the different values that were looked at."""
        return count / self.looked if self.looked else 0.0

    @property
    def is_date(self) -> bool:
        """Whether nearly all values are dates."""
        return self.share(self.dated) > 0.9

    @property
    def is_number(self) -> bool:
        """Whether nearly all values are numbers."""
        return self.share(self.numeric) > 0.9

    @property
    def is_flag(self) -> bool:
        """Whether all values are yes or no."""
        return bool(self.values) and not self.overflowed and all(read_flag(value) is not None for value in self.values)


def _is_dotted_date(cell: str) -> bool:
    return bool(re.fullmatch(r"\d{1,2}\.\d{1,2}\.\d{2,4}", cell))


class Profile:
    """What the rows of a file show. `sample` are rows spread evenly over the file."""

    def __init__(self, name: str, header: Sequence[str]) -> None:
        self.name = name
        self.columns = [Column(title) for title in header]
        self.rows = 0
        self.sample: list[tuple[str | None, ...]] = []
        self._step = 1

    def look(self, rows: Sequence[Sequence[str | None]]) -> None:
        """Take some rows into account, each as long as the header."""
        for column, cells in zip(self.columns, zip(*rows, strict=False), strict=False):
            column.look(cells)
        self._keep(rows)
        self.rows += len(rows)

    def _keep(self, rows: Sequence[Sequence[str | None]]) -> None:
        first = -self.rows % self._step
        self.sample.extend(tuple(row) for row in rows[first :: self._step])
        while len(self.sample) > SAMPLE_ROWS:
            self.sample = self.sample[::2]
            self._step *= 2

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)
