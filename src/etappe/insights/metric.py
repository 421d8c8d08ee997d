"""What a metric is: a definition in words, an expression over facts, and pure maths on what comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from etappe.core.figures import Finding

if TYPE_CHECKING:
    from ibis.expr.types import Table

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Charted:
    """The columns of a row that a chart of the rows shows: a value and its interval, which counts do not have.

    `unit` and `title` are theirs where they are not those of the figure; `only` rows with these values are shown.
    """

    value: str = "value"
    interval: str = "interval"
    unit: str = ""
    title: Promise | None = None
    only: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Metric:
    """One figure, defined once; page, API, CLI and export all run it.

    `build` turns the relation of `standing.deals` into what is asked of the database; `finish` is pure and turns the
    rows into a finding. `minimum` is the number of cases below which no value is given. `definition`, `denominator`,
    `window` and `method` are texts for the page and the reference. `records` are the filters that list what is behind
    the headline, `narrow` the columns of a row (or of `Finding.extra`) that narrow them, and `reasons` the filters that
    list what was left out. `beside` is the key of the figure without which this one must not be read. `options` are
    what else it can be asked for, by the names of addresses. `needs` are the data that the figure waits for; until they
    exist, nothing is asked or found. `drawn` is what a chart compares its rows by; None: rows of
    different kinds that are not compared.
    """

    key: str
    title: Promise
    unit: str
    definition: Promise
    denominator: Promise
    window: Promise
    method: Promise
    minimum: int
    sources: tuple[str, ...]
    build: Callable[[Table], Table]
    finish: Callable[[list[Row]], Finding]
    records: Mapping[str, str] = field(default_factory=dict)
    narrow: Mapping[str, str] = field(default_factory=lambda: {"segment": "segment"})
    reasons: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    beside: str = ""
    options: tuple[str, ...] = ()
    needs: Promise | None = None
    drawn: Charted | None = field(default_factory=Charted)


def nothing(_rows: object) -> Any:
    """What a figure that waits for data is built from, and what it finds."""
    return Finding(None, None, 0, 0, ())


def total(rows: list[Row], **wanted: Any) -> int:
    """The sum of `deals` over the rows whose columns have these values."""
    asked = wanted.items()
    return sum(int(row["deals"]) for row in rows if asked <= row.items())


def by_segment(rows: list[Row]) -> dict[str, list[Row]]:
    """The rows of each segment, segments in alphabetical order."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["segment"], []).append(row)
    return dict(sorted(groups.items()))


def left_out(**counts: int) -> dict[str, int]:
    """Reasons with a count; those of nobody are not mentioned."""
    return {reason: count for reason, count in counts.items() if count}
