"""What changed the expectation of the open deals since the forecast of an earlier week, deal by deal, and why.

The parts add up to the whole: what was learned since (the model, on the deal as it stood then), and one reason for the
rest of each deal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from etappe.insights.forecast.fresh import Row
from etappe.insights.forecast.kept import CENT, EVERYBODY, Seen, was_counted
from etappe.insights.models import Forecast, ForecastChange
from etappe.journal.load import copy_rows

MODEL: Final = "model"
REASONS: Final = ("won", "lost", "gone", "new", "moved", "amount", "dated", "time", MODEL)

_OLD: Final = """
SELECT said.deal_id, said.stage, said.amount, said.expected_close, said.rests, said.chance,
    coalesce(deal.team_id::text, '') AS team, coalesce(deal.outcome, 'gone') AS now_outcome
FROM insights_forecastdeal AS said
LEFT JOIN fact_deal AS deal USING (deal_id)
WHERE said.forecast_id = %(forecast)s AND said.currency = %(currency)s
    AND {where}
"""
_NEW: Final = """
SELECT deal_id, stage, amount, expected_close, rests, chance, segments FROM insights_forecastdeal AS said
WHERE forecast_id = %(forecast)s AND currency = %(currency)s AND {where}
"""
_LAST: Final = "SELECT coalesce(max(deal_id), 0) AS last FROM insights_forecastdeal WHERE forecast_id = ANY(%(both)s)"
_SOME: Final = "said.deal_id >= %(first)s AND said.deal_id < %(first)s + %(count)s"
_AT_ONCE: Final = 50_000
"""So many keys of deals are compared at a time."""
_SUMS: Final = """
SELECT reason, count(*) AS deals, sum(by) AS amount, sum(model) AS model,
    count(*) FILTER (WHERE abs(model) >= 0.005) AS learned
FROM insights_forecastchange
WHERE forecast_id = %(forecast)s AND (%(all)s OR team = ANY(%(teams)s)) AND deal_id <> ALL(%(without)s)
GROUP BY 1
"""
_NOW: Final = """
SELECT coalesce(sum(expected), 0) AS now FROM insights_forecastdeal
WHERE forecast_id = %(forecast)s AND currency = %(currency)s AND (%(all)s OR segments[1] = ANY(%(teams)s))
    AND deal_id <> ALL(%(without)s)
"""


@dataclass(frozen=True)
class Change:
    """What changed the expectation of the open deals since an earlier week: how many deals, by how much."""

    reason: str
    deals: int
    by: float


def asked(statement: str, given: Mapping[str, Any]) -> list[Row]:
    """The rows of a query, by name."""
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


_CHANGE: Final = ("forecast_id", "deal_id", "team", "reason", "by", "model")


def keep(newest: Forecast, learned: Mapping[int, float]) -> None:
    """Compare what is said of each deal with what was said then; `learned`: the chance of then by what is known now."""
    last = asked(_LAST, {"both": [newest.id, newest.since_id]})[0]["last"]
    for first in range(0, last + 1, _AT_ONCE):
        given = {"currency": newest.currency, "first": first, "count": _AT_ONCE}
        old, new = (
            {row["deal_id"]: row for row in asked(statement.format(where=_SOME), {**given, "forecast": forecast})}
            for statement, forecast in ((_OLD, newest.since_id), (_NEW, newest.id))
        )
        kept = []
        for deal in old.keys() | new.keys():
            before, now = old.get(deal), new.get(deal)
            by_model = _by_model(before, learned.get(deal)) if before and now else 0.0
            reason, by = compared(before, now, by_model)
            team = now["segments"][0] if now else before["team"] if before else ""
            kept.append((newest.id, deal, team, reason, by, by_model))
        copy_rows(ForecastChange._meta.db_table, _CHANGE, kept)


def _by_model(before: Row, learned: float | None) -> float:
    return float(before["amount"]) * (learned - float(before["chance"])) if learned is not None else 0.0


def compared(before: Row | None, now: Row | None, by_model: float) -> tuple[str, float]:
    """Why a deal changed, and by how much beyond what the model did."""
    if before is None:
        return ("new", expected(now)) if now else ("time", 0.0)
    if now is None:
        return {"won": "won", "open": "gone", "gone": "gone"}.get(before["now_outcome"], "lost"), -expected(before)
    tests = (
        ("moved", now["stage"] != before["stage"]),
        ("amount", float(now["amount"]) != float(before["amount"])),
        ("dated", now["expected_close"] != before["expected_close"] or bool(now["rests"]) != bool(before["rests"])),
    )
    reason = next((reason for reason, holds in tests if holds), "time")
    return reason, expected(now) - expected(before) - by_model


def expected(row: Row) -> float:
    """Amount times chance."""
    return float(row["amount"]) * float(row["chance"])


@dataclass(frozen=True)
class One:
    """The change of one deal; `now` is None where it is no longer open."""

    deal: int
    reason: str
    by: float
    model: float


def _anew(newest: Forecast, seen: Seen) -> list[One]:
    """The deals that do not count as they were kept, compared anew."""
    assert newest.since_id is not None
    keys = {row["deal_id"] for row in seen.apart if row["currency"] == newest.currency}
    if not keys:
        return []
    given = {"forecast": newest.since_id, "currency": newest.currency, "deals": sorted(keys)}
    old = {row["deal_id"]: row for row in asked(_OLD.format(where="said.deal_id = ANY(%(deals)s)"), given)}
    now = {row["deal_id"]: row for row in seen.into}
    known = {row.deal_id: row for row in ForecastChange.objects.filter(forecast=newest, deal_id__in=keys)}
    found = []
    for row in seen.apart:
        deal = row["deal_id"]
        if deal not in keys or not (row["is_visible"] or was_counted(row, seen.teams)):
            continue
        before = old.get(deal) if row["is_visible"] or row["now_outcome"] != "open" else None
        if before is None and deal not in now:
            continue
        by_model = known[deal].model if deal in known and deal in now and before else 0.0
        found.append(One(deal, *compared(before, now.get(deal), by_model), by_model))
    return found


def _given(newest: Forecast, seen: Seen) -> dict[str, Any]:
    return {
        "forecast": newest.id,
        "currency": newest.currency,
        "all": EVERYBODY in seen.teams,
        "teams": list(seen.teams),
        "without": [row["deal_id"] for row in seen.apart],
    }


def why_changed(newest: Forecast, seen: Seen) -> tuple[tuple[Change, ...], float]:
    """The changes by reason, those that count most first; and what is expected now."""
    given = _given(newest, seen)
    deals: dict[str, int] = defaultdict(int)
    by: dict[str, float] = defaultdict(float)
    for row in asked(_SUMS, given):
        deals[row["reason"]] += row["deals"]
        by[row["reason"]] += row["amount"]
        deals[MODEL] += row["learned"]
        by[MODEL] += row["model"]
    for one in _anew(newest, seen):
        deals[one.reason] += 1
        by[one.reason] += one.by
        deals[MODEL] += abs(one.model) >= CENT
        by[MODEL] += one.model
    now = float(asked(_NOW, given)[0]["now"])
    now += sum(expected(row) for row in seen.into if row["currency"] == newest.currency)
    found = (Change(reason, deals[reason], by[reason]) for reason in REASONS if deals[reason])
    return tuple(sorted(found, key=lambda each: -abs(each.by))), now


_LISTED: Final = """
SELECT change.deal_id, deal.uid, deal.name, CASE WHEN %(learned)s THEN change.model ELSE change.by END AS by
FROM insights_forecastchange AS change JOIN fact_deal AS deal USING (deal_id)
WHERE forecast_id = %(forecast)s AND (%(all)s OR team = ANY(%(teams)s) AND deal.team_id::text = ANY(%(teams)s))
    AND deal_id <> ALL(%(without)s)
    AND CASE WHEN %(learned)s THEN abs(model) >= 0.005 ELSE reason = %(reason)s END
ORDER BY abs(CASE WHEN %(learned)s THEN change.model ELSE change.by END) DESC, deal_id LIMIT %(limit)s OFFSET %(skip)s
"""


@dataclass(frozen=True)
class DealChanged:
    """A deal behind a change."""

    uid: str
    name: str
    by: float


def deals_changed(newest: Forecast, seen: Seen, reason: str, skip: int, limit: int) -> tuple[DealChanged, ...]:
    """The deals that changed for this reason: those that changed since the forecast first, then those that did most."""
    if newest.since_id is None:
        return ()
    named = {row["deal_id"]: row for row in seen.apart if row["is_visible"]}
    late = [
        DealChanged(named[one.deal]["uid"], named[one.deal]["name"], one.model if reason == MODEL else one.by)
        for one in _anew(newest, seen)
        if one.deal in named and (abs(one.model) >= CENT if reason == MODEL else one.reason == reason)
    ]
    first = late[skip : skip + limit]
    more = {"reason": reason, "learned": reason == MODEL, "limit": limit - len(first), "skip": max(0, skip - len(late))}
    rows = asked(_LISTED, {**_given(newest, seen), **more})
    return (*first, *(DealChanged(row["uid"], row["name"], row["by"]) for row in rows))
