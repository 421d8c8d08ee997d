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
from etappe.core.forecast import Floats, Range
from etappe.insights.forecast import boosted, said
from etappe.insights.forecast.boosted import SOON
from etappe.insights.forecast.past import Past, known_on
from etappe.insights.forecast.said import Chance
from etappe.insights.forecast.table import Bools

BEFORE: Final = (1, 2, 3, 6)
MONTHS: Final = 12
"""So many past months are tried."""
LEAD: Final = 6
"""So many months before them are only learned from."""
QUANTILES: Final = (("low80", 0.1), ("low50", 0.25), ("median", 0.5), ("high50", 0.75), ("high80", 0.9))

_WON = "SELECT deal_id, decided_on FROM fact_deal WHERE outcome = 'won' AND decided_on <= %s"
_SHARES = """
SELECT visit.version, visit.stage, avg((deal.outcome = 'won')::int)::float8 AS share
FROM (SELECT DISTINCT deal_id, process_version_id AS version, stage FROM fact_stage_visit
      WHERE status = 'open' AND entered_at < %s) AS visit
JOIN fact_deal AS deal USING (deal_id)
WHERE deal.decided_on <= %s
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Stages:
    """Stages of process versions: which are one stage of a process, and how far along each is, 0 to 1."""

    alike: Mapping[tuple[int, str], Any]
    place: Mapping[tuple[int, str], float]


@dataclass(frozen=True)
class Tried:
    """One month, as it was said `before` months before its end, and what came.

    `weighted`: amounts of deals expected to close in the month, times the share won of their stage; `promised`: these
    amounts in full, as the dates in the deals promise; `usual`: the average month of the year before. The
    first two are None where no deal says when it closes.
    """

    month: date
    before: int
    said: Range
    came: float
    weighted: float | None
    promised: float | None
    usual: float
    open_deals: int


@dataclass(frozen=True)
class Deals:
    """What was said about single deals being won within `SOON` days, by each way, and whether they were."""

    curves: Floats
    boosted: Floats
    shares: Floats
    won: Bools


@dataclass(frozen=True)
class Backtest:
    """All months tried by the way that was chosen, the deals, and how far what came lay off.

    `method` is `curves` or `boosted`; `model` is what the latter learned from all that is over, else None.
    """

    method: str
    tried: tuple[Tried, ...]
    deals: Deals
    misses: tuple[float, ...]
    model: Any


def backtest(day: date, *, zone: str, currency: str, stages: Stages) -> Backtest:
    """Forecasts as of the beginnings of past months, each made only of what was known then.

    Where enough deals were ever closed, both ways are tried, and the boosted one is taken only if its chances were
    closer to what came, beyond chance, and its months no worse.
    """
    begins = [said.month_of(day, -back) for back in range(MONTHS + max(BEFORE) - 1 + LEAD, 0, -1)]
    last = said.month_of(day) - timedelta(days=1)
    run = _Run(last, said.month_of(last, 2 - MONTHS - max(BEFORE)), currency, stages)
    for begin in begins:
        past = known_on(begin - timedelta(days=1), zone=zone, present=False)
        if past.state.closed >= core.MINIMUM:
            run.take(begin, past)
    return run.result()


class _Run:
    """Goes through past days in their order; what is learned from them is learned only when it could be seen."""

    def __init__(self, last: date, first: date, currency: str, stages: Stages) -> None:
        self.last, self.first, self.currency, self.stages = last, first, currency, stages
        self.tried: dict[str, list[Tried]] = {"curves": [], "boosted": []}
        self.misses: dict[str, list[tuple[date, float]]] = {"curves": [], "boosted": []}
        self.deals: list[tuple[Floats, Floats, Floats, Bools]] = []
        self.snapshots: list[boosted.Snapshot] = []
        self.won_on = _won_on(last)
        self.model: Any = None
        self.closed = 0

    def take(self, begin: date, past: Past) -> None:
        """Make the forecast as of the day before `begin`, and compare it."""
        self.closed = past.state.closed
        curves = said.fitted(past, self.stages.alike)
        shot = boosted.snapshot(past, said.soon(past, curves, SOON), self.stages.place)
        if self.closed >= boosted.ENOUGH_CLOSED and begin.month % 3 == 1:
            self.model = boosted.learn(self.snapshots, self.won_on, past.day) or self.model
        self.snapshots.append(shot)
        if begin < self.first:
            return
        shares = _shares(past.day)
        learned = boosted.predict(self.model, shot) if self.model else shot.by_curves
        self._compare_deals(past, shot, learned, shares)
        self._compare_months("curves", begin, past, said.chances(past, curves), shares)
        steps = core.step_between(shot.by_curves, learned)
        moved = dict(zip(shot.keys.tolist(), steps.tolist(), strict=True))
        self._compare_months("boosted", begin, past, said.chances(past, curves, moved), shares)

    def _compare_deals(
        self, past: Past, shot: boosted.Snapshot, learned: Floats, shares: Mapping[tuple[int, str], float]
    ) -> None:
        if past.day + timedelta(days=SOON) <= self.last:
            of_stage = [shares.get((deal.version, deal.stage), 0.0) for deal in past.open]
            came = boosted.came(shot, self.won_on)
            self.deals.append((shot.by_curves, learned, np.asarray(of_stage, dtype=np.float64), came))

    def _compare_months(
        self, way: str, begin: date, past: Past, found: Sequence[Chance], shares: Mapping[tuple[int, str], float]
    ) -> None:
        chance = np.random.default_rng(begin.toordinal())
        own = [each for each in found if each.deal.currency == self.currency]
        open_deals = said.drawn(own, [0] * len(own), 1, chance)[0]
        coming = said.arrivals(past, self.currency)
        total = open_deals[:, 1:] + said.drawn_arrivals(coming, list(coming), past.day, chance)[:, 1:]
        widen = core.widening([miss for end, miss in self.misses[way] if end <= begin])
        usual = _usual(past, self.currency)
        for before in BEFORE:
            month = said.month_of(begin, before - 1)
            if month > self.last or before >= said.known_ahead(coming):
                continue
            raw, came = core.summed_up(total[:, before - 1]), _came(month, self.currency)
            shown = core.summed_up(total[:, before - 1], widen)
            row = Tried(month, before, shown, came, *_pipeline(own, shares, month), usual, len(own))
            self.tried[way].append(row)
            self.misses[way].append((said.month_of(month, 1), core.miss(came, raw)))

    def result(self) -> Backtest:
        """What was found, by the way that was chosen."""
        columns = zip(*self.deals, strict=True) if self.deals else ((np.zeros(0),),) * 4
        deals = Deals(*(np.concatenate(column) for column in columns))
        way = "boosted" if self.model and _is_better(deals, self.tried) else "curves"
        first = said.month_of(self.last, 1 - MONTHS)
        tried = tuple(each for each in self.tried[way] if each.month >= first)
        model = boosted.learn(self.snapshots, self.won_on, self.last) if way == "boosted" else None
        return Backtest(way, tried, deals, tuple(miss for _, miss in self.misses[way]), model)


def _is_better(deals: Deals, tried: Mapping[str, Sequence[Tried]]) -> bool:
    """Whether boosted chances were closer by more than two standard errors, and the months not further off."""
    gain = (deals.curves - deals.won) ** 2 - (deals.boosted - deals.won) ** 2
    if len(gain) < core.MINIMUM or gain.mean() <= 2 * gain.std() / np.sqrt(len(gain)):
        return False
    off = {way: sum(abs(each.said.median - each.came) for each in rows) for way, rows in tried.items()}
    return off["boosted"] <= off["curves"]


def _shares(day: date) -> dict[tuple[int, str], float]:
    with connection.cursor() as cursor:
        cursor.execute(_SHARES, [day + timedelta(days=1), day])
        return {(version, stage): share for version, stage, share in cursor.fetchall()}


def _won_on(last: date) -> dict[int, date]:
    with connection.cursor() as cursor:
        cursor.execute(_WON, [last])
        return dict(cursor.fetchall())


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


def _pipeline(
    found: Sequence[Chance], shares: Mapping[tuple[int, str], float], month: date
) -> tuple[float | None, float | None]:
    if not any(each.deal.expected_close for each in found):
        return None, None
    due = [each for each in found if each.deal.expected_close and said.month_of(each.deal.expected_close) == month]
    weighted = sum(each.amount * shares.get((each.deal.version, each.deal.stage), 0.0) for each in due)
    return weighted, sum(each.amount for each in due)


def summary(found: Backtest) -> dict[str, Any]:
    """What the backtest says, as plain values: errors by way and by how long before, coverage, calibration."""
    return {
        "method": found.method,
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
    ways: dict[str, list[float | None]] = {
        "forecast": [each.said.median for each in rows],
        "weighted": [each.weighted for each in rows],
        "promised": [each.promised for each in rows],
        "usual": [each.usual for each in rows],
    }
    errors = {name: _off(values, came) for name, values in ways.items()}
    loss = np.mean([calibration.pinball([getattr(r.said, name) for r in rows], came, q) for name, q in QUANTILES])
    return {"before": before, "n": len(rows), "came": float(came.mean()), "pinball": float(loss), **errors}


def _off(said_so: Sequence[float | None], came: Floats) -> float | None:
    """The mean error; None where it was not said for every month."""
    known = [value for value in said_so if value is not None]
    return float(np.abs(np.asarray(known) - came).mean()) if len(known) == len(came) else None


def _covered(tried: Sequence[Tried], share: float) -> dict[str, Any]:
    if not tried:
        return {"wanted": share, "n": 0}
    name = f"{share * 100:.0f}"
    low, high = ([getattr(each.said, f"{side}{name}") for each in tried] for side in ("low", "high"))
    found = calibration.coverage(low, high, [each.came for each in tried], share)
    return {**asdict(found), "holds": found.holds}


def _of_deals(found: Backtest) -> dict[str, Any]:
    deals = found.deals
    if len(deals.won) < core.MINIMUM or not deals.won.any() or deals.won.all():
        return {"n": len(deals.won)}
    chosen = deals.boosted if found.method == "boosted" else deals.curves
    area, low, high = calibration.auc_interval(chosen, deals.won)
    return {
        "n": len(deals.won),
        "brier": calibration.brier(chosen, deals.won),
        "brier_curves": calibration.brier(deals.curves, deals.won),
        "brier_boosted": calibration.brier(deals.boosted, deals.won),
        "brier_stage": calibration.brier(deals.shares, deals.won),
        "ece": calibration.calibration_error(chosen, deals.won),
        "auc": area,
        "auc_low": low,
        "auc_high": high,
        "bins": [asdict(each) for each in calibration.reliability(chosen, deals.won)],
    }
