"""Of the leads received within a year: how many are accepted in the end, and how many won."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from etappe.core.figures import Finding
from etappe.core.survival import Eventual, share_in_the_end
from etappe.insights.catalogue.leads import LEAD_SOURCES, OF_LEADS, YEAR, day_of, received_lately
from etappe.insights.metric import Metric, Row, by_segment, total
from etappe.insights.standing import given

if TYPE_CHECKING:
    from ibis.expr.types import Table

MINIMUM = 20
GOOD, GONE = 1, 2
CODES = {"open": 0, "accepted": GOOD, "won": GOOD}
"""What came of a lead as the maths takes it; whatever is not here is the end of it."""
READINGS = ("accepted", "won")


def build(deals: Table) -> Table:
    """Leads per segment, what came of them and days until then, read in two ways: accepted, and won."""
    lead = received_lately(deals)
    accepted = _counted(lead.mutate(end=lead.fate, days=lead.fate_days), "accepted")
    won = _counted(lead.mutate(end=lead.outcome, days=lead.won_days), "won")
    return accepted.union(won).mutate(number=given("number"))


def _counted(lead: Table, reading: str) -> Table:
    import ibis

    counted = lead.group_by("segment", "end", "days").aggregate(
        deals=lead.count(), observed_on=lead.observed_on.max(), observed_first=lead.observed_on.min()
    )
    return counted.mutate(reading=ibis.literal(reading))


def finish(rows: list[Row]) -> Finding:
    """The share accepted in the end, over all and per segment, and the share won beside it.

    >>> line = {"segment": "", "number": 20515, "days": 9}
    >>> ends = {"accepted": ("accepted", "refused", "open"), "won": ("won", "lost", "open")}
    >>> told = [(reading, end, deals) for reading in ends for end, deals in zip(ends[reading], (20, 60, 20))]
    >>> found = finish([{**line, "reading": reading, "end": end, "deals": deals} for reading, end, deals in told])
    >>> found.value, [round(bound, 2) for bound in found.interval], found.n, found.rows[0]["won_share"]
    (0.25, [0.13, 0.48], 100, 0.25)
    """
    whole = _line(rows)
    lines = tuple({"segment": segment, **_line(part)} for segment, part in by_segment(rows).items())
    ended = whole["n"] - whole["open"]
    since = {"received_from": day_of(int(rows[0]["number"]) - YEAR + 1).isoformat()} if rows else {}
    told = ("open", "won", "won_share", "won_share_interval", "refused")
    return Finding(
        whole["value"], whole["interval"], whole["n"], ended, tuple({**line, **since} for line in lines),
        extra={**{name: whole[name] for name in told}, **since},
    )  # fmt: skip


def _line(rows: list[Row]) -> dict[str, Any]:
    accepted, won = ([row for row in rows if row["reading"] == reading] for reading in READINGS)
    found = _share(accepted)
    sold = _share(won)
    counts = {fate: total(accepted, end=fate) for fate in ("accepted", "refused", "open")}
    return {
        "value": found.value if found else None,
        "interval": (found.low, found.high) if found else None,
        "n": total(accepted),
        **counts,
        "won": total(won, end="won"),
        "won_open": total(won, end="open"),
        "won_share": sold.value if sold else None,
        "won_share_interval": (sold.low, sold.high) if sold else None,
    }


def _share(rows: list[Row]) -> Eventual | None:
    """The share that comes to a good end, once all have come to one; None where too few have."""
    if sum(row["deals"] for row in rows if row["end"] != "open") < MINIMUM:
        return None
    days = np.array([row["days"] for row in rows], dtype=np.float64)
    codes = np.array([CODES.get(row["end"], GONE) for row in rows], dtype=np.int64)
    weights = np.array([row["deals"] for row in rows], dtype=np.float64)
    return share_in_the_end(days, codes, GOOD, (GOOD, GONE), weights)


LEAD_CONVERSION = Metric(
    key="lead_conversion",
    title=_("Leads accepted and won"),
    unit="share",
    definition=_(
        "Of the leads received within a year, the share that is accepted in the end: it goes on from the phase find to "
        "a later one. Beside it the share that is won in the end. Leads that wait count as open for as long as they "
        "were seen, and are taken to end as those of their age did (Aalen-Johansen); what lasts longer than any was "
        "seen to end widens the interval."
    ),
    denominator=_("leads received in the window"),
    window=_("leads received in the year up to the day shown"),
    method=_(
        "95 % Wilson score interval with as many cases as the ends are worth, widened by what nobody can know yet"
    ),
    minimum=MINIMUM,
    sources=LEAD_SOURCES,
    build=build,
    finish=finish,
    records=OF_LEADS,
    narrow={"segment": "segment", "received_from": "received_from"},
)
