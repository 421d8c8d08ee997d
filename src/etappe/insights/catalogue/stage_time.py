"""How long deals stay at a stage, with those that are still there counted as still there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from etappe.core.figures import Finding
from etappe.core.survival import kaplan_meier, percentile
from etappe.insights.catalogue.stages import PLACE, apart, by_stage, counted, named, stays, with_deals
from etappe.insights.metric import Charted, Metric, Row, left_out, total
from etappe.insights.standing import SOURCES

if TYPE_CHECKING:
    from ibis.expr.types import Table

MINIMUM = 20
SHARES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


def build(deals: Table) -> Table:
    """Deals per segment, stage, days there and whether they have left it, and all deals per segment and outcome."""
    import ibis

    stay = stays(deals).mutate(fate=ibis.literal(""))
    return with_deals(counted(stay, "fate", "is_over", "days"), deals)


def finish(rows: list[Row]) -> Finding:
    """Percentiles per stage; the headline is the median of the slowest stage.

    >>> at = dict(zip(PLACE, ("", "plain", 1, 7, 2, "agreed", "win"))) | {"is_over": True, "deals": 1}
    >>> found = finish([{**at, "days": day} for day in range(1, 31)])
    >>> found.value, found.rows[0]["p10"], found.rows[0]["p90"], found.cases
    (15.0, 3.0, 27.0, 30)
    """
    stages, deals = apart(rows)
    lines = tuple(_line(place, part) for place, part in by_stage(stages).items())
    slowest = max((line for line in lines if line["p50"] is not None), key=lambda line: line["p50"], default=None)
    most = max((line["left"] for line in lines), default=0)
    return Finding(
        value=slowest["p50"] if slowest else None,
        interval=slowest["p50_interval"] if slowest else None,
        n=total(deals, is_over=True),
        cases=slowest["left"] if slowest else most,
        rows=lines,
        left_out=left_out(no_history=total(deals, is_over=False)),
        extra={"slowest": lines.index(slowest) if slowest else None},
    )


def _line(place: tuple[Any, ...], rows: list[Row]) -> dict[str, Any]:
    named_place = dict(zip(PLACE, place, strict=True))
    left = total(rows, is_over=True)
    line: dict[str, Any] = {
        **named_place, "step": named(named_place), "n": total(rows), "left": left, "still": total(rows, is_over=False),
    }  # fmt: skip
    curve = kaplan_meier(*(np.array([row[column] for row in rows]) for column in ("days", "is_over", "deals")))
    for key, share in SHARES.items():
        point = percentile(curve, share)
        line[key] = point.value if left >= MINIMUM else None
        line[f"{key}_interval"] = (point.low, point.high) if left >= MINIMUM else None
    return line


STAGE_TIME = Metric(
    key="stage_time",
    title=_("Time at a stage"),
    unit="days",
    definition=_(
        "Days that a deal is open in a stage, all its stays there together, until it goes on, leaves or goes back. "
        "Deals that are still there count as still there up to the last day they were seen, so that slow ones are not "
        "forgotten (Kaplan-Meier). Time that rests until a date the buyer named is part of it: a long stay is a "
        "question, not a fault. The headline is the median of the slowest stage. Deals that an import brought without "
        "their way through the stages are left out."
    ),
    denominator=_("all deals that were ever open in the stage"),
    window=_("all deals up to the day shown; open ones up to the last day they were seen"),
    method=_("Kaplan-Meier; 95 % interval of a percentile after Brookmeyer and Crowley on the log(-log) scale"),
    minimum=MINIMUM,
    sources=SOURCES,
    build=build,
    finish=finish,
    records={"history": "known"},
    narrow={"segment": "segment", "step": "entered"},
    reasons={"no_history": {"history": "unknown"}},
    drawn=Charted("p50", "p50_interval", title=_("Days until half of the deals have left each stage")),
)
