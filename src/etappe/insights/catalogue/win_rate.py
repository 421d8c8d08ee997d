"""The share of decided deals that were won."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from etappe.core.figures import Finding
from etappe.core.proportion import wilson
from etappe.insights.metric import Metric, Row, by_segment, left_out, total
from etappe.insights.standing import SOURCES

if TYPE_CHECKING:
    from ibis.expr.types import Table

MINIMUM = 10
LOST = ("lost", "declined")


def build(deals: Table) -> Table:
    """Deals per segment and outcome, those of the pipeline apart."""
    return deals.group_by("segment", "outcome", "in_pipeline").aggregate(
        deals=deals.count(), observed_on=deals.observed_on.max(), observed_first=deals.observed_on.min()
    )


def finish(rows: list[Row]) -> Finding:
    """Won / (won + lost + declined), over all rows and per segment.

    >>> line = {"segment": "", "in_pipeline": True}
    >>> found = finish([{**line, "outcome": "won", "deals": 30}, {**line, "outcome": "lost", "deals": 10}])
    >>> found.value, [round(bound, 3) for bound in found.interval], found.n
    (0.75, [0.598, 0.858], 40)
    """
    pipeline = [row for row in rows if row["in_pipeline"]]
    whole = _line(pipeline)
    segments = ({"segment": segment, **_line(part)} for segment, part in by_segment(pipeline).items())
    missing = left_out(
        open=total(pipeline, outcome="open"),
        disqualified=total(pipeline, outcome="disqualified"),
        before_pipeline=total(rows, in_pipeline=False),
    )
    extra = {"open": missing.get("open", 0)}
    return Finding(whole["value"], whole["interval"], whole["n"], whole["n"], tuple(segments), missing, (), extra)


def _line(rows: list[Row]) -> dict[str, Any]:
    counts = {outcome: total(rows, outcome=outcome) for outcome in ("won", *LOST)}
    n = sum(counts.values())
    enough = n >= MINIMUM
    return {
        "value": counts["won"] / n if enough else None,
        "interval": wilson(counts["won"], n) if enough else None,
        "n": n,
        **counts,
        "disqualified": total(rows, outcome="disqualified"),
    }


WIN_RATE = Metric(
    key="win_rate",
    title=_("Win rate"),
    unit="share",
    definition=_(
        "Won deals as a share of all deals that the buyer decided: won, lost or declined. Deals that we disqualified "
        "are counted apart, since there was nothing to win; open deals are not decided yet. A customer who cancelled "
        "later was won. How the open deals could change it says “Won in the end”, which stands beside it."
    ),
    denominator=_("won + lost + declined by the buyer"),
    window=_("all decided deals up to the day shown"),
    method=_("95 % Wilson score interval"),
    minimum=MINIMUM,
    sources=SOURCES,
    build=build,
    finish=finish,
    records={"outcomes": "won,lost,declined", "in_pipeline": "true"},
    reasons={
        "open": {"outcomes": "open", "in_pipeline": "true"},
        "disqualified": {"outcomes": "disqualified", "in_pipeline": "true"},
        "before_pipeline": {"in_pipeline": "false"},
    },
    beside="eventual_win_rate",
)
