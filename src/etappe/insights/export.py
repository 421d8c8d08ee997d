"""A figure as CSV, for spreadsheets: one line per row of the figure, intervals as two columns."""

from __future__ import annotations

import csv
import io
from typing import Any

from etappe.core.figures import Result
from etappe.core.values import formula_safe

HEAD = ("metric", "as_of", "unit")


def as_csv(result: Result) -> str:
    """The figure's rows with its key, day, unit and filter in front; the headline stands in a first line of its own.

    Texts that a spreadsheet would run as a formula get an apostrophe in front.
    """
    found = result.finding
    headline = {"row": "all", "value": found.value, **spread("interval", found.interval), "n": found.n}
    lines = [headline, *({"row": str(place), **flat(row)} for place, row in enumerate(found.rows, start=1))]
    common = dict(zip(HEAD, (result.metric, result.as_of.isoformat(), result.unit), strict=True))
    common |= {"where": result.where} if result.where else {}
    columns = list(dict.fromkeys(column for line in lines for column in line))
    text = io.StringIO()
    writer = csv.DictWriter(text, [*common, *columns], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({column: harmless(value) for column, value in {**common, **line}.items()} for line in lines)
    return text.getvalue()


def flat(row: Any) -> dict[str, Any]:
    """A row with each interval as two columns."""
    columns: dict[str, Any] = {}
    for name, value in row.items():
        columns |= spread(name, value) if name.endswith("interval") else {name: value}
    return columns


def spread(name: str, interval: Any) -> dict[str, Any]:
    """An interval as two columns, both empty where there is none."""
    low, high = interval or (None, None)
    stem = name.removesuffix("interval")
    return {f"{stem}low": low, f"{stem}high": high}


def harmless(value: Any) -> Any:
    """The value as a cell that no spreadsheet runs.

    >>> harmless(" =1+1"), harmless(-3), harmless(None)
    ("'=1+1", -3, None)
    """
    return formula_safe(value) if isinstance(value, str) else value
