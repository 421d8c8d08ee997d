"""The share of all deals begun that is won in the end, with open deals given their due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from etappe.core.figures import Finding, Interval
from etappe.core.survival import Eventual, share_in_the_end
from etappe.insights.catalogue.durations import CODES, REASONS, counted, on_clock, times, unusable, usable
from etappe.insights.metric import Metric, Row, by_segment, total
from etappe.insights.standing import SOURCES

if TYPE_CHECKING:
    from ibis.expr.types import Table

MINIMUM = 20
BUYERS = ("won", "lost", "declined")
"""The ends that the buyer decides: the denominator of the win rate."""


def build(deals: Table) -> Table:
    """Deals per segment, outcome and days since we are engaged."""
    return counted(deals, "engaged")


def finish(rows: list[Row]) -> Finding:
    """Of all that the buyer decides in the end, the share won; `of_all` is that of all begun, disqualified ones too.

    >>> line = {"segment": "", "in_pipeline": True, "rests": False}
    >>> ends = [("lost", 3, 30), ("won", 9, 20), ("open", 5, 40)]
    >>> found = finish([{**line, "outcome": end, "engaged_days": days, "deals": n} for end, days, n in ends])
    >>> round(found.value, 3), [round(bound, 2) for bound in found.interval], found.n, found.cases, found.extra["open"]
    (0.667, [0.53, 0.78], 90, 50, 40)
    """
    timed = on_clock(rows, "engaged")
    known = usable(timed)
    whole = _line(known)
    segments = ({"segment": segment, **_line(part)} for segment, part in by_segment(known).items())
    extra = {name: whole[name] for name in ("open", "of_all", "of_all_interval", "undecided")}
    return Finding(
        whole["value"], whole["interval"], whole["n"], whole["decided"], tuple(segments), unusable(timed), (), extra
    )


def _line(rows: list[Row]) -> dict[str, Any]:
    decided = sum(total(rows, outcome=outcome) for outcome in BUYERS)
    buyers, everyone = _share(rows, BUYERS), _share(rows, (*BUYERS, "disqualified"))
    enough = decided >= MINIMUM
    return {
        "value": buyers.value if buyers and enough else None,
        "interval": _interval(buyers) if enough else None,
        "n": total(rows),
        "decided": decided,
        "open": total(rows, outcome="open"),
        "disqualified": total(rows, outcome="disqualified"),
        "of_all": everyone.value if everyone and enough else None,
        "of_all_interval": _interval(everyone) if enough else None,
        "undecided": buyers.undecided if buyers and enough else None,
    }


def _share(rows: list[Row], among: tuple[str, ...]) -> Eventual | None:
    known = times(rows)
    codes = tuple(CODES[outcome] for outcome in among)
    return share_in_the_end(known.days, known.codes, CODES["won"], codes, known.weights) if rows else None


def _interval(share: Eventual | None) -> Interval | None:
    return (share.low, share.high) if share else None


EVENTUAL_WIN_RATE = Metric(
    key="eventual_win_rate",
    title=_("Won in the end"),
    unit="share",
    definition=_(
        "Of all deals that were begun and that the buyer decides in the end, the share that is won: the win rate as it "
        "comes to be once the open deals are decided, if they go as deals of their age went so far. Losses often come "
        "sooner than wins, so a win rate among decided deals is too low while many are open, or too high where wins "
        "come first. Open deals count as open up to the last day they were seen, and won, lost, declined and "
        "disqualified compete (Aalen-Johansen). Beside it: the share won of all that were begun, with those that we "
        "disqualified."
    ),
    denominator=_("all deals begun whose clock has a start, less those that end disqualified"),
    window=_("all deals up to the day shown; open ones up to the last day they were seen"),
    method=_(
        "95 % Wilson score interval with as many cases as the decided deals are worth; widened by deals that are open "
        "for longer than any was seen to end, as if none or all of them were won"
    ),
    minimum=MINIMUM,
    sources=SOURCES,
    build=build,
    finish=finish,
    records={"clock": "engaged", "start": "known", "in_pipeline": "true"},
    reasons=REASONS,
)
