"""`etappe report forecast` and `etappe report forecast_backtest`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from etappe.core.actor import Actor

FORECASTS: Mapping[str, str] = {
    "forecast": "What open deals will likely bring",
    "forecast_backtest": "What forecasts would have said, and what came",
}

_PARTS = ("from_open", "still_to_come", "proven", "unproven", "overridden")
_RANGE = ("median", "low50", "high50", "low80", "high80")


def refuse(**given: object) -> None:
    """Refuse options that a forecast does not take."""
    for name, value in given.items():
        if value:
            raise click.UsageError(f"This takes no --{name.replace('_', '-')}.")


def told(key: str, by: str | None, of: str | None, shape: str, viewer: Actor, at: datetime) -> str:
    """The forecast, of a segment alone if asked, or its backtest; made first if that of the day is missing."""
    from etappe.core.actor import SYSTEM
    from etappe.insights import actions
    from etappe.insights.forecast import stored

    if actions.is_due(at):
        actions.forecast(actor=SYSTEM, at=at)
    if of is not None and by is None:
        raise click.UsageError("--of needs --by: it names one segment of that split.")
    if key == "forecast":
        found = stored.report(viewer, by=by, of=of)
        plain = stored.as_json(found) if found else {}
        return _shaped(plain, _months(plain), shape, _forecast_text)
    refuse(by=by, of=of)
    newest = stored.turned_out(viewer)
    plain = {"day": str(newest.day), "currency": newest.currency, **newest.found} if newest else {}
    return _shaped(plain, plain.get("rows", []), shape, _backtest_text)


def _shaped(plain: dict[str, Any], rows: Sequence[Mapping[str, Any]], shape: str, text: Any) -> str:
    if shape == "json":
        return json.dumps(plain, ensure_ascii=False, indent=2)
    if shape == "csv":
        return _csv(rows)
    return str(text(plain, rows))


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    out = io.StringIO()
    if rows:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return out.getvalue()


def _months(plain: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The months as the page shows them: those of which deals still to come are known, all where none is."""
    months = plain.get("months", [])
    return [_month(each) for each in [m for m in months if m["still_to_come"] is not None] or months]


def _month(month: Mapping[str, Any]) -> dict[str, Any]:
    return {"begins": month["begins"], **month["total"], **{name: month[name] for name in _PARTS}}


def _forecast_text(plain: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    if not plain.get("is_enough") and plain.get("closed", 0) >= plain.get("minimum", 0):
        return "no won deal with an amount to forecast from"
    if not plain.get("is_enough"):
        return f"too few closed deals: {plain.get('closed', 0)} of {plain.get('minimum', 0)}, as of {plain.get('day')}"
    alone = f"{plain['segment']['label']}: " if plain["segment"] else ""
    head = f"{alone}{plain['n']} open deals, {plain['closed']} closed, as of {plain['day']}, in {plain['currency']}"
    columns = ("begins", *_RANGE, *_PARTS)
    return "\n".join([head, *_table(columns, rows), "", *_pace(plain["pace"]), *_trust(plain["backtest"])])


def _pace(pace: Sequence[float]) -> list[str]:
    months = " ".join(f"{each:.2f}" for each in pace)
    return [f"deals move at the pace of months, January first: {months}"] if pace else []


def _backtest_text(plain: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return "nothing to look back on yet"
    columns = (
        "month",
        "before",
        "median",
        "low50",
        "high50",
        "low80",
        "high80",
        "came",
        "weighted",
        "promised",
        "usual",
        "committed",
        "committed_came",
        "committed_by",
    )
    compared = ("before", "n", "came", "forecast", "weighted", "promised", "usual", "committed", "pinball")
    ways = [row for row in plain["by_before"] if row["n"]]
    head = f"as of {plain['day']}, in {plain['currency']}"
    said = plain.get("kept", ())
    kept = ["", "said at the time", *_table(("month", "kept_on", *_RANGE, "came"), said)] if said else []
    errors = ["", "mean error", *_table(compared, ways)]
    return "\n".join([head, *_table(columns, rows), *kept, *errors, "", *_trust(plain)])


def _trust(plain: Mapping[str, Any]) -> list[str]:
    lines = [_covered(each) for each in plain.get("coverage", []) if each["n"]]
    deals = plain.get("deals", {})
    if "brier" in deals:
        names = ("brier", "brier_curves", "brier_boosted", "brier_stage", "ece", "auc")
        said = ", ".join(f"{name} {deals[name]:.4f}" for name in names)
        sure = f"(95% interval {deals['auc_low']:.4f} to {deals['auc_high']:.4f})"
        of = deals.get("deals", deals["n"])
        lines.append(f"chances of deals within 90 days: {said} {sure}, n {deals['n']} of {of} deals")
    lines += [_further(way, each) for way, each in plain.get("further", {}).items()]
    lines.append(f"method chosen: {plain.get('method', 'curves')}")
    return [*lines, f"intervals are stretched by {plain.get('widen', 1.0):.2f}"]


def _further(way: str, each: Mapping[str, Any]) -> str:
    return (
        f"{way} was off by {each['by']:+,.0f} more than the forecast in the mean of {each['months']} months"
        f" (95% interval {each['low']:+,.0f} to {each['high']:+,.0f})"
    )


def _covered(each: Mapping[str, Any]) -> str:
    verdict = "" if each["holds"] else " FAILED"
    return (
        f"{each['wanted']:.0%} intervals held {each['share']:.1%} of {each['n']} forecasts of {each['months']} months"
        f" (95% interval {each['low']:.1%} to {each['high']:.1%}){verdict}"
    )


def _table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = [list(columns), *([_cell(row.get(name)) for name in columns] for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(columns))]
    return ["  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]


def _cell(value: Any) -> str:
    return f"{value:,.0f}" if isinstance(value, float) else "" if value is None else str(value)
