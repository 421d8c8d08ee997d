"""What the forecasts that are kept each week said of whole months, and of those that are over, what came."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from itertools import product
from typing import Any

from etappe.insights.forecast.backtest import BEFORE
from etappe.insights.forecast.changed import asked
from etappe.insights.forecast.said import month_of
from etappe.insights.forecast.stored import Report

_KEPT = """
SELECT DISTINCT ON (date_trunc('month', day)) day, said::text AS said FROM insights_forecast
WHERE kind = 'weekly' AND currency = %(currency)s AND said <> '[]' AND day >= %(first)s
ORDER BY date_trunc('month', day), day
"""


def said_of_months(found: Report | None) -> list[dict[str, Any]]:
    """What a forecast says of each whole month after its own, as it is kept; only where deals still to come are known.

    The rest of the month that has begun is left out: nobody could tell later which of its deals came after.
    """
    months = found.months[1:] if found else ()
    return [
        {"month": each.begins.isoformat(), **asdict(each.total)} for each in months if each.still_to_come is not None
    ]


def set_against(tried: Iterable[Mapping[str, Any]], currency: str) -> list[dict[str, Any]]:
    """Of each month that the backtest tried, what the first forecasts kept 1, 2, 3 and 6 months before had said.

    `tried` are its rows, which know what came. Newest months first.
    """
    came = {date.fromisoformat(row["month"]): row["came"] for row in tried}
    if not came:
        return []
    given = {"currency": currency, "first": month_of(min(came), -max(BEFORE))}
    kept = {month_of(row["day"]): row for row in asked(_KEPT, given)}
    wanted = product(sorted(came, reverse=True), BEFORE)
    pairs = ((month, kept[then]) for month, before in wanted if (then := month_of(month, -before)) in kept)
    return [
        {**said, "kept_on": row["day"].isoformat(), "came": came[month]}
        for month, row in pairs
        for said in json.loads(row["said"])
        if said["month"] == month.isoformat()
    ]
