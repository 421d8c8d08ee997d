"""How far an import is: what is shown as done must be what is spent.

Rows cost by their kind and by what becomes of them: a newer copy of an export changes a few and leaves the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from etappe.core.headers import FileKind


class Cost(NamedTuple):
    """What a row costs that makes or changes a record, and one that changes nothing."""

    written: float
    same: float


_COSTS: Mapping[FileKind, Cost] = {
    FileKind.DEALS: Cost(20, 4), FileKind.ACCOUNTS: Cost(12, 4), FileKind.PEOPLE: Cost(9, 4),
    FileKind.ACTIVITIES: Cost(6, 2), FileKind.LINKS: Cost(6, 2), FileKind.OWNERS: Cost(12, 4),
    FileKind.PRODUCTS: Cost(6, 2), FileKind.STAGES: Cost(6, 2), FileKind.HISTORY: Cost(1, 1),
}  # fmt: skip
"""Beside a row of a history, which is only kept (measured by `bench/bench_import_size.py`)."""
_STAY = 4.0
"""What a row of a history costs once more when its deal is made: its stay there, and the span of time."""
_RENEWED = 40.0
"""What it costs to write the past of a deal anew that was here before."""


_END = 40_000.0
"""What is left when rows were written that are new: counting tables anew."""


@dataclass(frozen=True)
class Part:
    """A file: about how many rows it has, which shares of them are likely new and changed, and what became of some."""

    kind: FileKind
    rows: int
    new: float = 1.0
    altered: float = 0.0
    created: int = 0
    changed: int = 0
    same: int = 0


def share(parts: Sequence[Part], renewed: int = 0, waiting: int = 0) -> float:
    """The share of the work that is done, from 0 to 1; `renewed` deals got their past anew, `waiting` ones will.

    More rows than were expected are taken as they come: the share never exceeds 1.

    >>> deals = Part(FileKind.DEALS, 10_000, created=5_000)
    >>> round(share([Part(FileKind.HISTORY, 40_000, created=40_000), deals]), 2)
    0.5
    >>> round(share([Part(FileKind.DEALS, 10_000, new=0, same=5_000)], waiting=1_000), 2)
    0.25
    """
    stays = _stays(parts)
    done = sum(_cost(part, stays, part.created, part.changed, part.same) for part in parts) + _RENEWED * renewed
    ahead = sum(_ahead(part, stays) for part in parts) + _RENEWED * waiting
    ahead += _END * max((part.new + part.altered for part in parts), default=0.0)
    return done / (done + ahead) if done else 0.0


def _stays(parts: Sequence[Part]) -> float:
    """What the stays of a deal cost that is made: histories count again with the deals that they tell of."""
    past, deals = (sum(part.rows for part in parts if part.kind is kind) for kind in (FileKind.HISTORY, FileKind.DEALS))
    return _STAY * past / deals if deals else 0.0


def _cost(part: Part, stays: float, created: float, changed: float, same: float) -> float:
    cost, own = _COSTS[part.kind], stays if part.kind is FileKind.DEALS else 0.0
    return created * (cost.written + own) + changed * cost.written + same * cost.same


def _ahead(part: Part, stays: float) -> float:
    left = max(part.rows - part.created - part.changed - part.same, 0)
    created = min(max(part.new * part.rows - part.created, 0), left)
    changed = min(max(part.altered * part.rows - part.changed, 0), left - created)
    return _cost(part, stays, created, changed, left - created - changed)
