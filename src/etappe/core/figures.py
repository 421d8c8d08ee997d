"""A figure as a value: what it says, how sure it is, what it rests on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

Number = int | float
Interval = tuple[Number | None, Number | None]
"""Low and high; None: beyond what was watched."""


@dataclass(frozen=True)
class Series:
    """A line of a chart: `y[i]` from `x[i]` on, until the next x; `low` and `high` bound it where they are known.

    `counts[i]` is how many were still watched just before `x[i]`; `end` is the last x that anything is known of.
    """

    key: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    counts: tuple[float, ...] = ()
    end: float = 0.0

    def at(self, x: float, start: float) -> float:
        """The height at x; `start` before the first step."""
        return _step(self.x, self.y, x, start)

    def around(self, x: float, start: float) -> tuple[float, float]:
        """The bounds at x; both `start` before the first step."""
        return _step(self.x, self.low, x, start), _step(self.x, self.high, x, start)

    def as_json(self) -> dict[str, Any]:
        """Plain values that JSON can hold."""
        return {"key": self.key, "x": list(self.x), "y": list(self.y), "low": list(self.low), "high": list(self.high)}


def _step(xs: tuple[float, ...], ys: tuple[float, ...], x: float, start: float) -> float:
    position = bisect_right(xs, x)
    return ys[position - 1] if position else start


@dataclass(frozen=True)
class Finding:
    """What a metric makes of the rows that the engine gave it; `Result` adds where it comes from.

    `n` deals are in it; `cases` of them say something about the value (won ones, decided ones). Below the metric's
    minimum of cases `value` and `interval` are None, as they are where the value lies beyond what was watched.
    """

    value: Number | None
    interval: Interval | None
    n: int
    cases: int
    rows: tuple[Mapping[str, Any], ...]
    left_out: Mapping[str, int] = field(default_factory=dict)
    series: tuple[Series, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """A figure with all that belongs to it.

    `as_of` is the last day that was looked at; `seen_since` an earlier day up to which some of the records were seen
    (imported ones that nobody has acted on since), or None. `records` are the filters that list what is behind it,
    `reasons` those that list what was left out. `needs` are the data that the figure waits for, empty for most.
    `rows` of the finding carry a `label` for their segment or stage.
    """

    metric: str
    title: str
    definition: str
    unit: str
    minimum: int
    finding: Finding
    as_of: date
    seen_since: date | None
    by: str | None
    sql: str
    records: Mapping[str, str]
    reasons: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    needs: str = ""
    where: str = ""
    """The filter that its deals had to pass; empty: all of them."""
    engine: str = ""
    beside: Result | None = None
    """The figure without which this one must not be read."""
    facts_at: datetime | None = None
    """When the facts were read that `engine` looked at; None: the database itself, just now."""

    @property
    def is_enough(self) -> bool:
        """Whether there are as many cases as the metric asks for."""
        return self.finding.cases >= self.minimum

    def as_json(self) -> dict[str, Any]:
        """Plain values that JSON can hold."""
        found = self.finding
        return {
            "metric": self.metric,
            "value": found.value,
            "interval": list(found.interval) if found.interval else None,
            "n": found.n,
            "cases": found.cases,
            "minimum": self.minimum,
            "as_of": self.as_of.isoformat(),
            "seen_since": self.seen_since.isoformat() if self.seen_since else None,
            "unit": self.unit,
            "by": self.by,
            "where": self.where,
            "rows": [dict(row) for row in found.rows],
            "left_out": dict(found.left_out),
            "series": [line.as_json() for line in found.series],
            "needs": self.needs or None,
            "definition": self.definition,
            "sql": self.sql,
            "engine": self.engine or None,
            "facts_at": self.facts_at.isoformat() if self.facts_at else None,
            "records": dict(self.records),
            "beside": self.beside.in_short() if self.beside else None,
        }

    def in_short(self) -> dict[str, Any]:
        """What it says and how sure it is, as plain values."""
        said = self.as_json()
        return {name: said[name] for name in ("metric", "value", "interval", "n", "cases", "minimum", "left_out")}
