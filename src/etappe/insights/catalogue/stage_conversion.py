"""Which share of the deals that reached a stage went on from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from etappe.core.figures import Finding
from etappe.core.proportion import wilson
from etappe.core.survival import Eventual, share_in_the_end
from etappe.insights.catalogue.stages import (
    CODES,
    FATES,
    GONE,
    PLACE,
    apart,
    by_stage,
    counted,
    named,
    stays,
    with_deals,
)  # fmt: skip
from etappe.insights.metric import Metric, Row, left_out, total
from etappe.insights.standing import SOURCES

if TYPE_CHECKING:
    from ibis.expr.types import Table

MINIMUM = 10


def build(deals: Table) -> Table:
    """Deals per segment, stage, fate and days there, and all deals per segment and outcome."""
    return with_deals(counted(stays(deals), "fate", "is_over", "days"), deals)


def finish(rows: list[Row]) -> Finding:
    """Per stage, those that go on in the end of all that came; the headline is won / decided over all known ways.

    >>> at = dict(zip(PLACE, ("", "plain", 1, 7, 2, "agreed", "win"))) | {"is_over": True, "days": 9}
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
    enough = counts["on"] + counts["out"] >= MINIMUM
    share = _goes_on(rows) if enough else None
    return {
        **named_place,
        "step": named(named_place),
        "value": share.value if share else None,
        "interval": (share.low, share.high) if share else None,
        "undecided": share.undecided if share else None,
        "n": total(rows),
        **counts,
    }


def _goes_on(rows: list[Row]) -> Eventual | None:
    """Of all that came to a stage the share that goes on in the end, those still there counted as such."""
    days, codes, deals = np.array([[row["days"], CODES[row["fate"]], row["deals"]] for row in rows], dtype=float).T
    return share_in_the_end(days, codes, CODES["on"], (CODES["on"], CODES["out"]), deals)


STAGE_CONVERSION = Metric(
    key="stage_conversion",
    title=_("Conversion by stage"),
    unit="share",
    definition=_(
        "Of the deals that were ever open in a stage, the share that goes on to a later stage or is won in the end. "
        "Where deals leave sooner than they go on, a share of those whose fate is known would be too low while many "
        "are still there: these count as still there for as long as they were seen there, and so do those that went "
        "back and have not come further (Aalen-Johansen). The headline is the share of decided deals that were won, "
        "from their first stage on: leads that were disqualified early count as well. Read it beside what is won in "
        "the end. Deals that an import brought without their way through the stages are left out."
    ),
    denominator=_("deals that came to the stage; headline: won + lost + declined + disqualified"),
    window=_("all deals up to the day shown"),
    method=_(
        "95 % Wilson score interval with as many cases as the decided deals are worth; widened by deals that are there "
        "for longer than any was seen to end, as if none or all of them went on"
    ),
    minimum=MINIMUM,
    sources=SOURCES,
    build=build,
    finish=finish,
    beside="eventual_win_rate",
    records={"history": "known"},
    narrow={"segment": "segment", "step": "entered"},
    reasons={"no_history": {"history": "unknown"}},
)
