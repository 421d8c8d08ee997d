"""What would have been said 1, 2, 3 and 6 months before, against what came, beside simpler ways to say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
from django.db import connection

from etappe.core import calibration
from etappe.core import forecast as core
from etappe.core.forecast import Range
from etappe.insights.forecast import said
from etappe.insights.forecast.past import Past, known_on
from etappe.insights.forecast.said import Chance

BEFORE: Final = (1, 2, 3, 6)
MONTHS: Final = 12
"""So many past months are tried."""
SOON: Final = 90
"""Chances of single deals are compared with what came within so many days."""
QUANTILES: Final = (("low80", 0.1), ("low50", 0.25), ("median", 0.5), ("high50", 0.75), ("high80", 0.9))

_WON = "SELECT deal_id, decided_on FROM fact_deal WHERE outcome = 'won' AND decided_on > %s AND decided_on <= %s"
_SHARES = """
SELECT visit.version, visit.stage, avg((deal.outcome = 'won')::int)::float8 AS share
FROM (SELECT DISTINCT deal_id, process_version_id AS version, stage FROM fact_stage_visit
      WHERE status = 'open' AND entered_at < %s) AS visit
JOIN fact_deal AS deal USING (deal_id)
WHERE deal.decided_on <= %s
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Tried:
    """One month, as it was said `before` months before its end, and what came.

    `weighted`: amounts of deals expected to close in the month, times the share won of their stage; `promised`: these
    amounts in full, as the dates in the deals promise; `usual`: the average month of the year before.
    """

    month: date
    before: int
    said: Range
    came: float
    weighted: float
    promised: float
    usual: float
    open_deals: int


@dataclass(frozen=True)
class Backtest:
    """All months tried, and for single deals what was said about being won within `SOON` days and whether they were."""

    tried: tuple[Tried, ...]
    chances: tuple[float, ...]
    shares: tuple[float, ...]
    won: tuple[bool, ...]
    misses: tuple[float, ...]


def backtest(day: date, *, zone: str, currency: str, alike: Mapping[tuple[int, str], Any]) -> Backtest:
    """Forecasts as of the beginnings of past months, each made only of what was known then."""
    begins = [said.month_of(day, -back) for back in range(MONTHS + max(BEFORE) - 1, 0, -1)]
    last = said.month_of(day) - timedelta(days=1)
    pasts = (known_on(begin - timedelta(days=1), zone=zone, present=False) for begin in begins)
    run = _Run(last, currency, alike)
    for begin, past in zip(begins, pasts, strict=True):
        if past.state.closed >= core.MINIMUM:
            run.take(begin, past)
    return run.result()


class _Run:
    """Goes through past days in their order; what is learned from misses is learned only when it could be seen."""

    def __init__(self, last: date, currency: str, alike: Mapping[tuple[int, str], Any]) -> None:
        self.last, self.currency, self.alike = last, currency, alike
        self.tried: list[Tried] = []
        self.misses: list[tuple[date, float]] = []
        self.deals: list[tuple[float, float, bool]] = []

    def take(self, begin: date, past: Past) -> None:
        """Make the forecast as of the day before `begin`, and compare it."""
        curves = said.fitted(past, self.alike)
        found = [each for each in said.chances(past, curves) if each.deal.currency == self.currency]
        shares = _shares(past.day)
        self._compare_deals(past.day, found, curves, shares)
        self._compare_months(begin, past, found, shares)

    def _compare_deals(
        self, day: date, found: Sequence[Chance], curves: said.Fitted, shares: Mapping[tuple[int, str], float]
    ) -> None:
        until = day + timedelta(days=SOON)
        if until > self.last:
            return
        won = _won(day, until)
        for each in found:
            deal = each.deal
            soon = said.within(curves, deal.version, deal.stage, deal.stayed, deal.age or 0)[SOON]
            self.deals.append((float(soon), shares.get((deal.version, deal.stage), 0.0), deal.deal_id in won))

    def _compare_months(
        self, begin: date, past: Past, found: Sequence[Chance], shares: Mapping[tuple[int, str], float]
    ) -> None:
        chance = np.random.default_rng(begin.toordinal())
        open_deals = said.drawn(found, [0] * len(found), 1, chance)[0]
        coming = said.arrivals(past, self.currency)
        total = open_deals[:, 1:] + said.drawn_arrivals(coming, list(coming), past.day, chance)[:, 1:]
        widen = core.widening([miss for end, miss in self.misses if end <= begin])
        usual = _usual(past, self.currency)
        for before in BEFORE:
            month = said.month_of(begin, before - 1)
            if month > self.last:
                continue
            raw, came = core.summed_up(total[:, before - 1]), _came(month, self.currency)
            weighted, promised = _pipeline(found, shares, month)
            shown = core.summed_up(total[:, before - 1], widen)
            self.tried.append(Tried(month, before, shown, came, weighted, promised, usual, len(found)))
            self.misses.append((said.month_of(month, 1), core.miss(came, raw)))

    def result(self) -> Backtest:
        """What was found."""
        first = said.month_of(self.last, 1 - MONTHS)
        kept = tuple(each for each in self.tried if each.month >= first)
        columns = list(zip(*self.deals, strict=True)) or [(), (), ()]
        return Backtest(kept, columns[0], columns[1], columns[2], tuple(miss for _, miss in self.misses))


def _shares(day: date) -> dict[tuple[int, str], float]:
    with connection.cursor() as cursor:
        cursor.execute(_SHARES, [day + timedelta(days=1), day])
        return {(version, stage): share for version, stage, share in cursor.fetchall()}


def _won(after: date, until: date) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(_WON, [after, until])
        return {deal for deal, _ in cursor.fetchall()}


def _came(month: date, currency: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(amount), 0)::float8 FROM fact_deal"
            " WHERE outcome = 'won' AND currency = %s AND decided_on >= %s AND decided_on < %s",
            [currency, month, said.month_of(month, 1)],
        )
        return float(cursor.fetchone()[0])


def _usual(past: Past, currency: str) -> float:
    """The average month of the year before, or of the months since the first won deal where that is less."""
    month = said.month_of(past.day)
    rows = [row for row in past.brought if row.currency == currency and row.month > said.month_of(month, -12)]
    if not rows:
        return 0.0
    first = min(row.month for row in rows)
    months = (month.year - first.year) * 12 + month.month - first.month + 1
    return sum(row.amount for row in rows) / months


def _pipeline(found: Sequence[Chance], shares: Mapping[tuple[int, str], float], month: date) -> tuple[float, float]:
    due = [each for each in found if each.deal.expected_close and said.month_of(each.deal.expected_close) == month]
    weighted = sum(each.amount * shares.get((each.deal.version, each.deal.stage), 0.0) for each in due)
    return weighted, sum(each.amount for each in due)


def summary(found: Backtest) -> dict[str, Any]:
    """What the backtest says, as plain values: errors by way and by how long before, coverage, calibration."""
    return {
        "rows": [_row(each) for each in found.tried],
        "by_before": [_by_before(found.tried, before) for before in BEFORE],
        "coverage": [_covered(found.tried, share) for share in core.INTERVALS],
        "deals": _of_deals(found),
        "widen": core.widening(found.misses),
    }


def _row(each: Tried) -> dict[str, Any]:
    plain = {**asdict(each.said), "month": each.month.isoformat(), "before": each.before, "came": each.came}
    return plain | {"weighted": each.weighted, "promised": each.promised, "usual": each.usual}


def _by_before(tried: Sequence[Tried], before: int) -> dict[str, Any]:
    rows = [each for each in tried if each.before == before]
    if not rows:
        return {"before": before, "n": 0}
    came = np.asarray([each.came for each in rows])
    ways = {
        "forecast": [each.said.median for each in rows],
        "weighted": [each.weighted for each in rows],
        "promised": [each.promised for each in rows],
        "usual": [each.usual for each in rows],
    }
    errors = {name: float(np.abs(np.asarray(values) - came).mean()) for name, values in ways.items()}
    loss = np.mean([calibration.pinball([getattr(r.said, name) for r in rows], came, q) for name, q in QUANTILES])
    return {"before": before, "n": len(rows), "came": float(came.mean()), "pinball": float(loss), **errors}


def _covered(tried: Sequence[Tried], share: float) -> dict[str, Any]:
    if not tried:
        return {"wanted": share, "n": 0}
    name = f"{share * 100:.0f}"
    low, high = ([getattr(each.said, f"{side}{name}") for each in tried] for side in ("low", "high"))
    found = calibration.coverage(low, high, [each.came for each in tried], share)
    return {**asdict(found), "holds": found.holds}


def _of_deals(found: Backtest) -> dict[str, Any]:
    if len(found.won) < core.MINIMUM or not any(found.won) or all(found.won):
        return {"n": len(found.won)}
    area, low, high = calibration.auc_interval(found.chances, found.won)
    return {
        "n": len(found.won),
        "brier": calibration.brier(found.chances, found.won),
        "brier_stage": calibration.brier(found.shares, found.won),
        "ece": calibration.calibration_error(found.chances, found.won),
        "auc": area,
        "auc_low": low,
        "auc_high": high,
        "bins": [asdict(each) for each in calibration.reliability(found.chances, found.won)],
    }
