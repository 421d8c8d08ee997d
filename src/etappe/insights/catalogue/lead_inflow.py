"""How many leads come in, by month and source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from etappe.core.counts import expected
from etappe.core.figures import Finding
from etappe.insights.catalogue.leads import LEAD_SOURCES, OF_LEADS, YEAR, day_of, months, received_lately
from etappe.insights.metric import Charted, Metric, Row, by_segment, total
from etappe.insights.standing import given

if TYPE_CHECKING:
    from ibis.expr.types import Table

MONTH = YEAR / 12
"""Days of a month on average."""


def build(deals: Table) -> Table:
    """Leads of the last year per segment and day they were received on."""
    lead = received_lately(deals)
    counted = lead.group_by("segment", "received_number").aggregate(
        deals=lead.count(), observed_on=lead.observed_on.max(), observed_first=lead.observed_on.min()
    )
    return counted.mutate(number=given("number"))


def finish(rows: list[Row]) -> Finding:
    """Leads per month over the year up to the day, or since the first one came; each month as a count.

    >>> line = {"segment": "", "number": 20515, "deals": 9}
    >>> found = finish([{**line, "received_number": day} for day in (20423, 20440, 20460, 20515)])
    >>> round(found.value, 2), [round(bound, 1) for bound in found.interval], found.n
    (11.77, [8.2, 16.3], 36)
    >>> [(row["month"], row["value"], row["is_so_far"]) for row in found.rows]
    [('2025-12', 18, False), ('2026-01', 9, False), ('2026-02', 0, False), ('2026-03', 9, True)]
    """
    if not rows:
        return Finding(None, None, 0, 0, ())
    first, last = min(row["received_number"] for row in rows), int(rows[0]["number"])
    n, spans = total(rows), (last - first + 1) / MONTH
    groups = by_segment(rows)
    is_split = set(groups) != {""}
    lines = [line for segment, part in groups.items() for line in _lines(segment, part, first, last, is_split)]
    return Finding(*_rate(n, spans), n, n, tuple(lines), extra={"since": day_of(first).isoformat()})


def _rate(n: int, spans: float) -> tuple[float, tuple[float, float]]:
    low, high = expected(n)
    return n / spans, (low / spans, high / spans)


def _lines(segment: str, rows: list[Row], first: int, last: int, is_split: bool) -> Iterator[dict[str, Any]]:
    """The whole time of a segment, where there are several, and each of the months below it."""
    n = total(rows)
    if is_split:
        value, interval = _rate(n, (last - first + 1) / MONTH)
        yield {"segment": segment, "span": "whole", "month": "", "value": value, "interval": interval, "n": n}
    for begins, ends in months(first, last):
        low, high = (day.toordinal() - day_of(0).toordinal() for day in (begins, ends))
        count = total([row for row in rows if low <= row["received_number"] <= high])
        yield {
            "segment": segment,
            "span": "month" if is_split else "whole",
            "month": f"{begins:%Y-%m}",
            "received_from": max(begins, day_of(first)).isoformat(),
            "received_until": ends.isoformat(),
            "value": count,
            "interval": expected(count),
            "n": count,
            "is_so_far": high > last,
        }


LEAD_INFLOW = Metric(
    key="lead_inflow",
    title=_("New leads"),
    unit="leads_per_month",
    definition=_(
        "Leads that came in per month, by source if split so. A lead is a deal that began in, or came through, a stage "
        "of the phase find; it counts on the day it first came to one. The month of the day shown is counted so far."
    ),
    denominator=_("none: a count per month"),
    window=_("a year up to the day shown, or since the first lead came"),
    method=_("95 % interval of what is to be expected per month (Poisson, Byar): months differ by chance"),
    minimum=1,
    sources=LEAD_SOURCES,
    build=build,
    finish=finish,
    records=OF_LEADS,
    narrow={"segment": "segment", "received_from": "received_from", "received_until": "received_until"},
    drawn=Charted(only={"span": "whole"}),
)
