"""Making and keeping forecasts. They are derived and no acts of the trade, so the journal tells of none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from etappe.core.actor import Actor
from etappe.core.forecast import MINIMUM, step_between
from etappe.core.periods import local_day
from etappe.insights.forecast import backtest, boosted, said
from etappe.insights.forecast.past import Past, known_on, last_seen
from etappe.insights.forecast.said import Chance, Fitted
from etappe.insights.forecast.why import reasons
from etappe.insights.models import Forecast, ForecastDeal
from etappe.journal.record import action
from etappe.playbook.queries import all_specs
from etappe.team.access import require
from etappe.team.queries import workspace

CURRENT: Final = "current"
WEEKLY: Final = "weekly"
_BATCH: Final = 2000


@action
def forecast(*, actor: Actor, at: datetime) -> int:
    """Forecast the open deals from what is known now, in place of the forecast of before; returns how many.

    The first of a week is kept as well, and never changed. Refuses who may not see figures of all.
    """
    require(actor, "workspace.edit")
    settings = workspace()
    day = last_seen(local_day(at, settings.zone))
    past = known_on(day, zone=settings.zone, present=True)
    stages = _stages_of()
    curves = said.fitted(past, stages.alike)
    tried = backtest.backtest(day, zone=settings.zone, currency=settings.currency, stages=stages)
    steps = _steps(past, curves, stages, tried)
    found = said.chances(past, curves, steps) if curves.closed >= MINIMUM else []
    row = _row(past, curves, backtest.summary(tried), settings.currency, at)
    Forecast.objects.filter(kind=CURRENT).delete()
    _store(Forecast(kind=CURRENT, **row), found, curves)
    monday = day - timedelta(days=day.weekday())
    if not Forecast.objects.filter(kind=WEEKLY, day__gte=monday).exists():
        _store(Forecast(kind=WEEKLY, **row), found, curves)
    return len(found)


def is_due(at: datetime) -> bool:
    """Whether the forecast of this day is still to be made."""
    day = last_seen(local_day(at, workspace().zone))
    newest = Forecast.objects.filter(kind=CURRENT).first()
    return newest is None or newest.day < day or at - newest.made_at > timedelta(hours=6)


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


def _steps(past: Past, curves: Fitted, stages: backtest.Stages, tried: backtest.Backtest) -> dict[int, float]:
    """By how much the log-odds of each deal are moved, where the boosted way was chosen."""
    if tried.model is None:
        return {}
    shot = boosted.snapshot(past, said.soon(past, curves, boosted.SOON), stages.place)
    steps = step_between(shot.by_curves, boosted.predict(tried.model, shot))
    return dict(zip(shot.keys.tolist(), steps.tolist(), strict=True))


def _row(past: Past, curves: Fitted, tried: dict[str, Any], currency: str, at: datetime) -> dict[str, Any]:
    currencies = sorted({deal.currency for deal in past.open} | {row.currency for row in past.brought})
    return {
        "day": past.day,
        "made_at": at,
        "method": tried["method"],
        "currency": currency,
        "closed": curves.closed,
        "arrivals": {each: said.arrivals(past, each) for each in currencies},
        "stages": list(_stages(past, curves)),
        "quality": _quality(past),
        "backtest": tried,
    }


def _stages(past: Past, curves: Fitted) -> Iterable[dict[str, Any]]:
    for (version, stage), cell in curves.at.items():
        assert curves.stages is not None
        won = float(curves.stages.won_within[cell, -1])
        yield {"version": version, "stage": stage, "n": float(curves.stages.ended[cell]), "won": won}


def _quality(past: Past) -> dict[str, int]:
    """What is odd about the records, and what was done about it; only what there is."""
    counts = {
        "open_without_amount": sum(deal.amount is None for deal in past.open),
        "won_without_amount": past.state.won_without_amount,
        "ends_first": past.state.ends_first,
        "other_currencies": max(0, past.state.currencies - 1),
        "overdue": sum(bool(deal.expected_close and deal.expected_close < past.day) for deal in past.open),
    }
    return {name: count for name, count in counts.items() if count}


def _store(row: Forecast, found: list[Chance], curves: Fitted) -> None:
    row.save()
    typical = {(deal["version"], deal["stage"]): deal["won"] for deal in row.stages}
    rows = (_deal(row, each, reasons(each, curves, typical)) for each in found)
    ForecastDeal.objects.bulk_create(rows, batch_size=_BATCH)


def _deal(row: Forecast, each: Chance, why: list[list[Any]]) -> ForecastDeal:
    deal = each.deal
    return ForecastDeal(
        forecast=row,
        deal_id=deal.deal_id,
        version_id=deal.version,
        stage=deal.stage,
        proof=deal.proof,
        amount=Decimal(str(round(each.amount, 4))),
        amount_known=each.amount_known,
        currency=deal.currency,
        expected_close=deal.expected_close,
        rests=deal.rests,
        stayed=deal.stayed,
        chance=each.within,
        unsure=each.unsure,
        seen=each.seen,
        months=[round(share, 6) for share in each.months],
        days=list(each.days),
        why=why,
    )
