"""What would have been said 1, 2, 3 and 6 months before, against what came, beside simpler ways to say it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from etappe.core import calibration
from etappe.core import forecast as core
from etappe.core.forecast import Floats, Ints, Range
from etappe.insights.commitments import Commitments
from etappe.insights.forecast import boosted, said
from etappe.insights.forecast.boosted import SOON
from etappe.insights.forecast.past import Begun, Past, known_on, won_by
from etappe.insights.forecast.records import NO_DAY, WON, Records, day_number, months_of
from etappe.insights.forecast.said import Chances, Fitted
from etappe.insights.forecast.table import Bools

BEFORE: Final = (1, 2, 3, 6)
MONTHS: Final = 12
"""So many past months are tried."""
LEAD: Final = 6
"""So many months before them are only learned from; then, and after as many again, the boosted way is learned anew."""
SIMPLER: Final = ("weighted", "promised", "usual")
"""The ways to say it that the forecast is set beside, for the same deals."""

Committed = Callable[[date, date], Commitments | None]
"""What was committed for a month by the end of a day; None where nobody had."""


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
    first two are None where no deal says when it closes. `loss`: the mean pinball loss of the quantiles said.
    `committed`: what colleagues had said by then that they will win in the month, and what came of their own deals.
    """

    month: date
    before: int
    said: Range
    came: float
    weighted: float | None
    promised: float | None
    usual: float
    open_deals: int
    loss: float
    committed: Commitments | None = None


@dataclass(frozen=True)
class Deals:
    """What was said about single deals being won within `SOON` days, by each way, and whether they were.

    A deal that was open at the beginning of several months is there as often; `key` says which deal it is.
    """

    key: Ints
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


def backtest(
    records: Records, day: date, *, currency: str, stages: Stages, committed: Committed = lambda _month, _day: None
) -> Backtest:
    """Forecasts as of the beginnings of past months, each made only of what was known then.

    Where enough deals were ever closed, both ways are tried, and the boosted one is taken only if its chances were
    closer to what came, beyond chance, and its months no worse. `committed` says what was committed for a month by the
    end of a day.
    """
    begins = [said.month_of(day, -back) for back in range(MONTHS + max(BEFORE) - 1 + LEAD, 0, -1)]
    last = said.month_of(day) - timedelta(days=1)
    run = _Run(records, last, said.month_of(last, 2 - MONTHS - max(BEFORE)), currency, stages)
    run.committed = committed
    for begin in begins:
        past = known_on(records, begin - timedelta(days=1), present=False)
        if past.state.closed >= core.MINIMUM:
            run.take(begin, past)
    return run.result()


class _Run:
    """Goes through past days in their order; what is learned from them is learned only when it could be seen."""

    def __init__(self, records: Records, last: date, first: date, currency: str, stages: Stages) -> None:
        self.records, self.last, self.first, self.stages = records, last, first, stages
        self.currency = records.currencies.index(currency) if currency in records.currencies else -1
        self.place = np.asarray([stages.place.get(cell, np.nan) for cell in records.cells] + [np.nan])
        self.tried: dict[str, list[Tried]] = {"curves": [], "boosted": []}
        self.misses: dict[str, list[tuple[date, float]]] = {"curves": [], "boosted": []}
        self.deals: list[tuple[Ints, Floats, Floats, Floats, Bools]] = []
        self.snapshots: list[boosted.Snapshot] = []
        self.wins = boosted.Wins.of(records, last)
        self.model: Any = None
        self.closed = 0
        self.shares: Floats = np.zeros(0)
        self.committed: Committed = lambda _month, _day: None

    def take(self, begin: date, past: Past) -> None:
        """Make the forecast as of the day before `begin`, and compare it."""
        self.closed = past.state.closed
        curves = said.fitted(past, self.records.cells, self.stages.alike)
        shot = boosted.Snapshot(past.day, past.open, said.soon(curves, past.open, SOON), self.place)
        if self.closed >= boosted.ENOUGH_CLOSED and (begin.month - self.first.month) % LEAD == 0:
            self.model = boosted.learn(self.snapshots, self.wins, past.day) or self.model
        self.snapshots.append(shot.to_learn_from())
        if begin < self.first:
            return
        self.shares = shares_won(self.records, past.day)
        learned = boosted.predict(self.model, shot) if self.model else shot.by_curves
        self._compare_deals(past, shot, learned)
        self._compare_months("curves", begin, past, curves, said.chances(past, curves))
        steps = core.step_between(shot.by_curves, learned)
        self._compare_months("boosted", begin, past, curves, said.chances(past, curves, steps))

    def _compare_deals(self, past: Past, shot: boosted.Snapshot, learned: Floats) -> None:
        if past.day + timedelta(days=SOON) <= self.last:
            won = self.wins.soon_after(shot)
            self.deals.append((shot.keys, shot.by_curves, learned, self.shares[past.open.cell], won))

    def _compare_months(self, way: str, begin: date, past: Past, curves: Fitted, found: Chances) -> None:
        chance = np.random.default_rng(begin.toordinal())
        own = found.open.currency == self.currency
        coming = said.coming(past, self.currency, curves.clock)
        steps = chance.standard_normal(said.DRAWS)
        total = _drawn(found, own, chance, steps) + said.drawn_coming(coming, None, chance, steps=steps)[:, 1:]
        widen = core.widening([miss for end, miss in self.misses[way] if end <= begin])
        usual = _usual(past.begun, self.currency, past.day)
        for before in BEFORE:
            month = said.month_of(begin, before - 1)
            if month > self.last or before >= (coming.known if coming else 0):
                continue
            raw, came = core.summed_up(total[:, before - 1]), _came(self.records, month, self.currency)
            shown = core.summed_up(total[:, before - 1], widen)
            weighted, promised = _pipeline(found, own, self.shares, month)
            row = Tried(
                month=month,
                before=before,
                said=shown,
                came=came,
                weighted=weighted,
                promised=promised,
                usual=usual,
                open_deals=int(own.sum()),
                loss=core.loss(total[:, before - 1], came, widen),
                committed=self.committed(month, past.day),
            )
            self.tried[way].append(row)
            self.misses[way].append((said.month_of(month, 1), core.miss(came, raw)))

    def result(self) -> Backtest:
        """What was found, by the way that was chosen."""
        columns = zip(*self.deals, strict=True) if self.deals else ((np.zeros(0),),) * 5
        deals = Deals(*(np.concatenate(column) for column in columns))
        way = "boosted" if self.model and _is_better(deals, self.tried) else "curves"
        first = said.month_of(self.last, 1 - MONTHS)
        tried = tuple(each for each in self.tried[way] if each.month >= first)
        model = boosted.learn(self.snapshots, self.wins, self.last) if way == "boosted" else None
        return Backtest(way, tried, deals, tuple(miss for _, miss in self.misses[way]), model)


def _is_better(deals: Deals, tried: Mapping[str, Sequence[Tried]]) -> bool:
    """Whether boosted chances were closer beyond chance, and the months not further off."""
    gain = (deals.curves - deals.won) ** 2 - (deals.boosted - deals.won) ** 2
    if len(gain) < core.MINIMUM or calibration.mean_interval(gain, deals.key)[1] <= 0:
        return False
    off = {way: sum(abs(each.said.median - each.came) for each in rows) for way, rows in tried.items()}
    return off["boosted"] <= off["curves"]


def shares_won(records: Records, day: date) -> Floats:
    """Of the deals decided by a day that had ever been in a cell, the share won; the last one stands for no cell."""
    firsts, cells = records.firsts, len(records.cells)
    decided = (records.deals.decided <= day_number(day))[firsts.deal]
    seen = decided & (firsts.entered < records.moment(day + timedelta(days=1)))
    won = won_by(records, day_number(day))[firsts.deal[seen]]
    count = np.bincount(firsts.cell[seen], minlength=cells + 1)
    share = np.bincount(firsts.cell[seen], won, cells + 1) / np.maximum(count, 1)
    return np.asarray(share, dtype=np.float64)


def _drawn(found: Chances, own: Bools, chance: np.random.Generator, steps: Floats) -> Floats:
    """Possible amounts of the open deals in the months after this one."""
    everyone = np.zeros(int(own.sum()), dtype=np.int64)
    deals = core.Open(found.months[own, 1:], found.amount[own], found.unsure[own], everyone)
    return np.asarray(core.simulate(deals, 1, said.DRAWS, chance, steps=steps)[0], dtype=np.float64)


def _came(records: Records, month: date, currency: int) -> float:
    deals = records.deals
    won = (deals.standing == WON) & (deals.currency == currency)
    won &= (deals.decided >= day_number(month)) & (deals.decided < day_number(said.month_of(month, 1)))
    return float(np.nansum(deals.amount[won]))


def _usual(begun: Begun, currency: int, day: date) -> float:
    """The average month of the year before, or of the months since the first won deal where that is less."""
    now = int(months_of(np.asarray([day_number(day)]))[0])
    won = np.flatnonzero((begun.currency == currency) & (begun.won < NO_DAY))
    if not len(won):
        return 0.0
    month = months_of(begun.won[won])
    return float(begun.amount[won][month > now - 12].sum()) / min(12, now - int(month.min()) + 1)


def _pipeline(found: Chances, own: Bools, shares: Floats, month: date) -> tuple[float | None, float | None]:
    """What the open deals due in a month bring, by their stages and in full; None where most do not say when."""
    expected = found.open.expected
    if 2 * (own & (expected < NO_DAY)).sum() < max(own.sum(), 1):
        return None, None
    due = own & (expected >= day_number(month)) & (expected < day_number(said.month_of(month, 1)))
    amounts = found.amount[due]
    return float(amounts @ shares[found.open.cell[due]]), float(amounts.sum())


def summary(found: Backtest) -> dict[str, Any]:
    """What the backtest says, as plain values: errors by way and by how long before, coverage, calibration."""
    return {
        "method": found.method,
        "rows": [_row(each) for each in found.tried],
        "by_before": [_by_before(found.tried, before) for before in BEFORE],
        "further": {way: further for way in SIMPLER if (further := _further(found.tried, way))},
        "coverage": [_covered(found.tried, share) for share in core.INTERVALS],
        "deals": _of_deals(found),
        "widen": core.widening(found.misses),
    }


def _row(each: Tried) -> dict[str, Any]:
    plain = {**asdict(each.said), "month": each.month.isoformat(), "before": each.before, "came": each.came}
    said_so = each.committed
    return {
        **plain,
        **{name: getattr(each, name) for name in SIMPLER},
        "committed": said_so and said_so.amount,
        "committed_came": said_so and said_so.came,
        "committed_by": said_so and said_so.users,
    }


def _further(tried: Sequence[Tried], way: str) -> dict[str, Any] | None:
    """By how much this way was further off than the forecast on average, with the 95 % interval over the months."""
    rows = [each for each in tried if getattr(each, way) is not None]
    if not rows:
        return None
    off = [abs(getattr(each, way) - each.came) - abs(each.said.median - each.came) for each in rows]
    by, low, high = calibration.mean_interval(off, [each.month.isoformat() for each in rows])
    months = len({each.month for each in rows})
    return {"months": months, "by": by, "low": low, "high": high} if months > 1 else None


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
    said_so = [each.committed for each in rows if each.committed is not None]
    errors["committed"] = _off([each.amount for each in said_so], np.asarray([each.came for each in said_so]))
    errors["committed_n"] = len(said_so)
    loss = float(np.mean([each.loss for each in rows]))
    return {"before": before, "n": len(rows), "came": float(came.mean()), "pinball": loss, **errors}


def _off(said_so: Sequence[float | None], came: Floats) -> float | None:
    """The mean error; None where it was not said for every month."""
    known = [value for value in said_so if value is not None]
    return float(np.abs(np.asarray(known) - came).mean()) if known and len(known) == len(came) else None


def _covered(tried: Sequence[Tried], share: float) -> dict[str, Any]:
    if not tried:
        return {"wanted": share, "n": 0}
    name = f"{share * 100:.0f}"
    low, high = ([getattr(each.said, f"{side}{name}") for each in tried] for side in ("low", "high"))
    found = calibration.coverage(low, high, [each.came for each in tried], share, [each.month for each in tried])
    return {**asdict(found), "holds": found.holds}


def _of_deals(found: Backtest) -> dict[str, Any]:
    deals = found.deals
    counted = {"n": len(deals.won), "deals": len(np.unique(deals.key))}
    if counted["deals"] < core.MINIMUM or not deals.won.any() or deals.won.all():
        return counted
    chosen = deals.boosted if found.method == "boosted" else deals.curves
    area, low, high = calibration.auc_interval(chosen, deals.won, of=deals.key)
    return {
        **counted,
        "brier": calibration.brier(chosen, deals.won),
        "brier_curves": calibration.brier(deals.curves, deals.won),
        "brier_boosted": calibration.brier(deals.boosted, deals.won),
        "brier_stage": calibration.brier(deals.shares, deals.won),
        "ece": calibration.calibration_error(chosen, deals.won),
        "auc": area,
        "auc_low": low,
        "auc_high": high,
        "bins": [asdict(each) for each in calibration.reliability(chosen, deals.won, of=deals.key)],
    }
