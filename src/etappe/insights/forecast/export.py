"""The forecast, and how forecasts turned out, as lines for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from etappe.insights.export import Lines, lines_of
from etappe.insights.forecast.stored import Report


def forecast_lines(said: Report) -> Lines:
    """Months, quarters and the segments asked for, each a line; what is still to come is empty where nobody knows."""
    common = {"day": said.day.isoformat(), "currency": said.currency}
    common |= {"segment": said.segment.label} if said.segment else {}
    return lines_of({**common, **line} for line in _lines(said))


def _lines(said: Report) -> Iterable[dict[str, Any]]:
    for row, periods in (("month", said.whole_months), ("quarter", said.whole_quarters)):
        for each in periods:
            plain = asdict(each)
            span = {"begins": each.begins.isoformat(), "ends": each.ends.isoformat(), "deals": said.n}
            yield {"row": row, **span, **plain.pop("total"), **plain, **span}
    for segment in said.segments:
        span = {"begins": said.months[0].begins.isoformat(), "ends": said.months[-1].ends.isoformat()}
        yield {"row": "segment", **span, "name": segment.label, "deals": segment.deals, **asdict(segment.amount)}


def backtest_lines(found: Mapping[str, Any]) -> Lines:
    """Each month tried, as it was said so many months before."""
    return lines_of(found.get("rows", ()))
