"""Which share of the deals that reached a stage went on from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from etappe.core.figures import Finding
from etappe.core.proportion import wilson
from etappe.insights.catalogue.stages import FATES, GONE, PLACE, apart, by_stage, counted, named, stays, with_deals
from etappe.insights.metric import Metric, Row, left_out, total
from etappe.insights.standing import SOURCES

if TYPE_CHECKING:
    from ibis.expr.types import Table

MINIMUM = 10


def build(deals: Table) -> Table:
    """Deals per segment, stage and fate, and all deals per segment and outcome."""
    return with_deals(counted(stays(deals), "fate", "is_over"), deals)


def finish(rows: list[Row]) -> Finding:
    """Per stage, on / (on + out); the headline is won / decided over all deals whose way is known.

    >>> at = dict(zip(PLACE, ("", "plain", 1, 7, 2, "agreed", "win"))) | {"is_over": True}
    >>> stage = [{**at, "fate": fate, "deals": n} for fate, n in (("on", 30), ("out", 10), ("still", 4))]
    >>> deal = [{"segment": "", "position": -1, "fate": end, "is_over": True, "deals": 20} for end in ("won", "lost")]
    >>> found = finish([*stage, *deal])
    >>> found.value, found.n, found.rows[0]["value"], found.rows[0]["n"], found.rows[0]["still"]
    (0.5, 40, 0.75, 44, 4)
    """
    stages, deals = apart(rows)
    known = [row for row in deals if row["is_over"]]
    won, gone = total(known, fate="won"), sum(total(known, fate=fate) for fate in GONE)
    enough = won + gone >= MINIMUM
    lines = tuple(_line(place, part) for place, part in by_stage(stages).items())
    return Finding(
        value=won / (won + gone) if enough else None,
        interval=wilson(won, won + gone) if enough else None,
        n=total(known),
        cases=won + gone,
        rows=lines,
        left_out=left_out(no_history=total(deals, is_over=False)),
        extra={"won": won, "gone": gone},
    )


def _line(place: tuple[Any, ...], rows: list[Row]) -> dict[str, Any]:
    named_place = dict(zip(PLACE, place, strict=True))
    counts = {fate: total(rows, fate=fate) for fate in FATES}
    decided = counts["on"] + counts["out"]
    enough = decided >= MINIMUM
    return {
        **named_place,
        "step": named(named_place),
        "value": counts["on"] / decided if enough else None,
        "interval": wilson(counts["on"], decided) if enough else None,
        "n": total(rows),
        **counts,
    }


STAGE_CONVERSION = Metric(
    key="stage_conversion",
    title=_("Conversion by stage"),
    unit="share",
    definition=_(
        "Of the deals that were ever open in a stage and whose fate there is known, the share that went on to a later "
        "stage or was won. Deals that are still there, or went back and have not come further, are counted apart. The "
        "headline is the share of decided deals that were won, from their first stage on: leads that were disqualified "
        "early count as well. Deals that an import brought without their way through the stages are left out."
    ),
    denominator=_("deals that went on + deals that left from there; headline: won + lost + declined + disqualified"),
    window=_("all deals up to the day shown"),
    method=_("95 % Wilson score interval"),
    minimum=MINIMUM,
    sources=SOURCES,
    build=build,
    finish=finish,
    records={"history": "known"},
    narrow={"segment": "segment", "step": "entered"},
    reasons={"no_history": {"history": "unknown"}},
)
