"""How far an import is: rows of different kinds cost differently, and what is shown as done must be what is spent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from etappe.core.headers import FileKind

_ROW: Mapping[FileKind, float] = {
    FileKind.DEALS: 20, FileKind.ACCOUNTS: 12, FileKind.PEOPLE: 9, FileKind.ACTIVITIES: 6, FileKind.LINKS: 6,
    FileKind.OWNERS: 12, FileKind.PRODUCTS: 6, FileKind.STAGES: 6, FileKind.HISTORY: 1,
}  # fmt: skip
"""What a row costs, beside one of a history that is only kept (measured by `bench/bench_import_size.py`)."""
_STAY = 4.0
"""What a row of a history costs once more when its deal is made: its stay there, and the span of time."""


def weights(files: Sequence[tuple[FileKind, int]]) -> list[float]:
    """What a row of each file (its kind and its rows) counts. Histories count again with the deals that they tell of.

    >>> weights([(FileKind.HISTORY, 400), (FileKind.DEALS, 100), (FileKind.PEOPLE, 60)])
    [1, 36.0, 9]
    """
    past, deals = (sum(rows for kind, rows in files if kind is wanted) for wanted in (FileKind.HISTORY, FileKind.DEALS))
    further = _STAY * past / deals if deals else 0.0
    return [_ROW[kind] + further if kind is FileKind.DEALS else _ROW[kind] for kind, _rows in files]


def share(weighted: Sequence[tuple[float, int, int]]) -> float:
    """The share of the work that is done, from 0 to 1: what a row counts, how many there are, and how many are done.

    More rows than were expected are taken as they come: the share never exceeds 1.

    >>> share([(1, 400, 400), (36.0, 100, 50)])
    0.55
    """
    total = sum(weight * max(rows, done) for weight, rows, done in weighted)
    return sum(weight * done for weight, _rows, done in weighted) / total if total else 0.0
