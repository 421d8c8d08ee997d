"""Making and keeping forecasts. They are derived and no acts of the trade, so the journal tells of none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np
from django.db import connection

from etappe.core.actor import Actor
from etappe.core.forecast import MINIMUM, NEVER, Floats, step_between
from etappe.core.inflow import plain
from etappe.core.kinds.imports import ImportFinished, ImportUndone
from etappe.core.periods import local_day
from etappe.core.season import Clock
from etappe.insights.commitments import committed
from etappe.insights.forecast import backtest, boosted, changed, kept, said, weekly
from etappe.insights.forecast.fresh import packed
from etappe.insights.forecast.past import ANY, Past, known_on, last_seen, without_any_amount
from etappe.insights.forecast.records import NO_DAY, PROOFS, Records, day_number, day_of, read
from etappe.insights.forecast.said import Chances, Fitted
from etappe.insights.forecast.stored import MOST_CHANGED, report
from etappe.insights.forecast.why import reasons
from etappe.insights.models import Forecast, ForecastCurve, ForecastDeal
from etappe.journal.load import as_text, copy_rows
from etappe.journal.queries import happened_since, horizon, touches_since
from etappe.journal.record import action
from etappe.playbook.queries import all_specs
from etappe.team.access import require
from etappe.team.queries import workspace

CURRENT: Final = "current"
WEEKLY: Final = "weekly"
IMPORTED: Final = (ImportFinished.name, ImportUndone.name)
"""After these many deals may be there, or gone, of which the last forecast knows nothing."""
MANY: Final = MOST_CHANGED // 2
"""So many entries about deals, as a bulk edit makes them, and whoever looks waits for what they changed."""
_CLOSED: Final = "SELECT 1 FROM fact_deal WHERE outcome <> 'open' LIMIT %(count)s"


@action
def forecast(*, actor: Actor, at: datetime) -> int:
    """Forecast the open deals from what is known now, in place of the forecast of before; returns how many.

    The first of a week is kept as well, and never changed. Refuses who may not see figures of all.
    """
    require(actor, "workspace.edit")
    settings, mark = workspace(), horizon()
    day = last_seen(local_day(at, settings.zone))
    records = read(settings.zone)
    past = known_on(records, day, present=True)
    stages = _stages_of()
    curves = said.fitted(past, records.cells, stages.alike)
    tried = backtest.backtest(
        records,
        day,
        currency=settings.currency,
        stages=stages,
        committed=committed(day),
    )
    found = said.chances(past, curves, _steps(records, past, curves, stages, tried))
    row = _row(records, past, curves, _turned_out(tried, settings.currency), settings.currency, at)
    Forecast.objects.filter(kind=CURRENT).delete()
    monday = day - timedelta(days=day.weekday())
    since = Forecast.objects.filter(kind=WEEKLY, day__lt=monday).order_by("-day").first()
    current = Forecast.objects.create(kind=CURRENT, horizon=mark, since=since, **row)
    if curves.closed >= MINIMUM:
        counted = _store(current, records, curves, found)
        _store_curves(current, records, curves)
        kept.keep(current, counted)
        if since:
            changed.keep(current, _learned(records, curves, stages, tried, since.day))
    if not Forecast.objects.filter(kind=WEEKLY, day__gte=monday).exists():
        _freeze(current, Forecast.objects.create(kind=WEEKLY, said=weekly.said_of_months(report(actor)), **row))
    return len(found.open) if curves.closed >= MINIMUM else 0


def is_due(at: datetime) -> bool:
    """Whether the forecast of this day is still to be made."""
    day = last_seen(local_day(at, workspace().zone))
    newest = Forecast.objects.filter(kind=CURRENT).first()
    if newest is None or newest.day < day or at - newest.made_at > timedelta(hours=6):
        return True
    if not newest.horizon or "further" not in newest.backtest:  # made by an earlier version
        return True
    if newest.closed < MINIMUM and _have_closed(MINIMUM):
        return True
    return happened_since(newest.horizon, IMPORTED) or touches_since(newest.horizon, MANY) == MANY


def _have_closed(count: int) -> bool:
    """Whether that many deals are closed by now: an import may have brought them since the last forecast."""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSED, {"count": count})
        return bool(cursor.rowcount == count)


def _stages_of() -> backtest.Stages:
    """Stages of one key in versions of one process are one stage."""
    specs = all_specs()
    alike = {(version, stage): (spec.key, stage) for version, spec in specs.items() for stage in spec.order}
    place = {
        (version, stage): (at + 1) / len(spec.order)
        for version, spec in specs.items()
        for at, stage in enumerate(spec.order)
    }
    return backtest.Stages(alike, place)


def _steps(
    records: Records, past: Past, curves: Fitted, stages: backtest.Stages, tried: backtest.Backtest
) -> Floats | None:
    """By how much the log-odds of each deal are moved, where the boosted way was chosen."""
    if tried.model is None:
        return None
    place = np.asarray([stages.place.get(cell, np.nan) for cell in records.cells] + [np.nan])
    shot = boosted.Snapshot(past.day, past.open, said.soon(curves, past.open, boosted.SOON), place)
    return step_between(shot.by_curves, boosted.predict(tried.model, shot))


def _row(
    records: Records, past: Past, curves: Fitted, tried: dict[str, Any], currency: str, at: datetime
) -> dict[str, Any]:
    codes = np.unique(np.concatenate([past.open.currency, past.begun.currency])).tolist()
    return {
        "day": past.day,
        "made_at": at,
        "method": tried["method"],
        "currency": currency,
        "closed": curves.closed,
        "pace": [] if curves.clock.is_even else list(curves.clock.pace),
        "arrivals": {records.currencies[code]: _plain(past, code, curves.clock) for code in codes}
        | {"": _plain(past, None, curves.clock)},
        "stages": list(_stages(records, curves)),
        "quality": _quality(past),
        "backtest": tried,
    }


def _turned_out(tried: backtest.Backtest, currency: str) -> dict[str, Any]:
    """How forecasts turned out: those made now of what was known then, and those that were kept then."""
    summary = backtest.summary(tried)
    return {**summary, "kept": weekly.set_against(summary["rows"], currency)}


def _plain(past: Past, currency: int | None, clock: Clock) -> dict[str, Any]:
    """What deals still to come bring, as it is stored; empty where the past is too short to say."""
    what = said.coming(past, currency, clock)
    return plain(what) if what else {}


def _stages(records: Records, curves: Fitted) -> Iterable[dict[str, Any]]:
    for cell, (version, stage) in enumerate(records.cells):
        won, seen = float(curves.entering[cell]), float(curves.ended[cell])
        yield {"version": version, "stage": stage, "n": seen, "won": won}


def _quality(past: Past) -> dict[str, int]:
    """What is odd about the records, and what was done about it; only what there is."""
    in_no_sum = int(without_any_amount(past.open, past.typical).sum())
    counts = {
        "open_without_amount": int(np.isnan(past.open.amount).sum()) - in_no_sum,
        "open_in_no_sum": in_no_sum,
        "won_without_amount": past.state.won_without_amount,
        "ends_first": past.state.ends_first,
        "other_currencies": max(0, past.state.currencies - 1),
        "overdue": int((past.open.expected < day_number(past.day)).sum()),
        "nothing_won": int(not past.state.won),
        "no_amount_won": int(0 < past.state.won <= past.state.won_without_amount),
    }
    return {name: count for name, count in counts.items() if count}


_DEAL: Final = (
    "forecast_id", "deal_id", "version_id", "stage", "proof", "amount", "amount_known", "currency", "expected_close",
    "rests", "stayed", "chance", "unsure", "step", "seen", "months", "days", "why", "expected", "segments",
)  # fmt: skip


_PART: Final = 5_000


def _store(row: Forecast, records: Records, curves: Fitted, found: Chances) -> kept.Counted:
    """What was said of each deal, some rows at a time; returns what sums are made of."""
    words: dict[str, int] = {"": 0}
    segments = np.zeros((len(found.open), len(kept.SPLITS)), dtype=np.int32)
    for start in range(0, len(found.open), _PART):
        some = found.rows(np.arange(start, min(start + _PART, len(found.open))))
        named = _segments(some.open.key.tolist())
        segments[start : start + _PART] = [[words.setdefault(word, len(words)) for word in each] for each in named]
        copy_rows(ForecastDeal._meta.db_table, _DEAL, _rows(row, records, curves, some, named))
    return kept.Counted(
        key=found.open.key,
        months=np.round(found.months, 6),
        amount=np.round(found.amount, 4),
        unsure=found.unsure,
        proof=found.open.proof,
        currency=found.open.currency,
        segments=segments,
        currencies=records.currencies,
        words=list(words),
    )


def _rows(
    row: Forecast, records: Records, curves: Fitted, found: Chances, segments: list[list[str]]
) -> Iterable[tuple[Any, ...]]:
    deals, count = found.open, len(found.open)
    columns = (
        [row.id] * count, deals.key.tolist(), deals.version.tolist(),
        [records.stages[code] for code in deals.stage.tolist()], [PROOFS[code] for code in deals.proof.tolist()],
        np.round(found.amount, 4).tolist(), found.amount_known.tolist(),
        [records.currencies[code] for code in deals.currency.tolist()],
        [None if number == NO_DAY else day_of(number) for number in deals.expected.tolist()],
        deals.rests.tolist(), deals.stayed.tolist(), found.within.tolist(), found.unsure.tolist(), found.steps.tolist(),
        found.seen.astype(np.int64).tolist(), np.round(found.months, 6).tolist(),
        [[day for day in days if day != NEVER] for days in said.likely(curves, found).tolist()],
        list(map(as_text, reasons(found, curves))), (found.amount * found.within).tolist(), segments,
    )  # fmt: skip
    return zip(*columns, strict=True)


_SEGMENTS: Final = f"""
SELECT deal.deal_id, {kept.SEGMENTS} FROM fact_deal AS deal LEFT JOIN fact_account AS account USING (account_id)
WHERE deal.deal_id = ANY(%s)
"""  # noqa: S608 - nothing of a user's is in it


def _segments(keys: list[int]) -> list[list[str]]:
    """The segments of these deals as they are now, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(_SEGMENTS, [keys])
        found = dict(cursor.fetchall())
    return [found.get(key, [""] * len(kept.SPLITS)) for key in keys]


def _learned(
    records: Records, curves: Fitted, stages: backtest.Stages, tried: backtest.Backtest, day: date
) -> dict[int, float]:
    """The chances of the deals of an earlier day as they stood then, by what is known now."""
    past, curves = known_on(records, day, present=False), replace(curves, day=day_number(day))
    found = said.chances(past, curves, _steps(records, past, curves, stages, tried))
    return dict(zip(past.open.key.tolist(), found.within.tolist(), strict=True))


_CURVE: Final = ("forecast_id", "version_id", "stage", "ended", "ahead")


def _store_curves(row: Forecast, records: Records, curves: Fitted) -> None:
    """What a deal that moves until the next forecast is said anew from."""
    places = [ANY, *records.cells]
    ended = [0.0, *curves.ended.tolist()]
    ahead = [packed(each) for each in (curves.lives, *curves.ahead)]
    rows = ((row.id, *place, n, raw) for place, n, raw in zip(places, ended, ahead, strict=False))
    copy_rows(ForecastCurve._meta.db_table, _CURVE, rows)


_FROZEN: Final = """
INSERT INTO insights_forecastdeal ({columns}) SELECT {others} FROM insights_forecastdeal WHERE forecast_id = %s
"""


def _freeze(current: Forecast, of_week: Forecast) -> None:
    """Keep what is said now as that of its week."""
    columns = ", ".join(_DEAL)
    with connection.cursor() as cursor:
        cursor.execute(
            _FROZEN.format(columns=columns, others=columns.replace("forecast_id", "%s::bigint")),
            [of_week.id, current.id],
        )
