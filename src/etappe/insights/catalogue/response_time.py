"""How long a lead waits for our first answer, in working hours, with those that wait counted as waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from etappe.core.figures import Finding
from etappe.core.survival import kaplan_meier, percentile
from etappe.insights.catalogue.contacts import CONTACT_SOURCES, MINUTE, with_answers
from etappe.insights.catalogue.leads import received_lately
from etappe.insights.metric import Charted, Metric, Row, by_segment, left_out, total
from etappe.insights.statements import ANSWERED

if TYPE_CHECKING:
    from ibis.expr.types import Table

MINIMUM = 20
SHARES = {"p50": 0.5, "p90": 0.9}


def build(deals: Table) -> Table:
    """Leads of the last year per segment, working minutes they waited, whether we answered, and whether they ended."""
    lead = with_answers(received_lately(deals))
    told = lead.mutate(has_ended=lead.outcome != "open")
    return told.group_by("segment", "has_answer", "has_ended", "minutes").aggregate(
        deals=told.count(), observed_on=told.observed_on.max(), observed_first=told.observed_on.min()
    )


def finish(rows: list[Row]) -> Finding:
    """Percentiles of the working hours until our first answer (Kaplan-Meier), over all and per segment.

    >>> line = {"segment": "", "has_answer": True, "has_ended": False, "deals": 1}
    >>> told = [{**line, "minutes": 30 * place} for place in range(1, 31)]
    >>> found = finish([*told, {**line, "minutes": 600, "has_answer": False}, {**line, "minutes": None}])
    >>> found.value, found.interval, found.n, found.cases, found.left_out
    (8.0, (5.0, 10.5), 31, 30, {'no_contact': 1})
    """
    known = [row for row in rows if row["minutes"] is not None]
    whole = _line(known)
    lines = tuple({"segment": segment, **_line(part)} for segment, part in by_segment(known).items())
    missing = left_out(no_contact=total([row for row in rows if row["minutes"] is None]))
    extra = {name: whole[name] for name in ("waiting", "unanswered", "p90", "p90_interval")}
    return Finding(whole["p50"], whole["p50_interval"], whole["n"], whole["answered"], lines, missing, (), extra)


def _line(rows: list[Row]) -> dict[str, Any]:
    answered = total(rows, has_answer=True)
    line: dict[str, Any] = {
        "n": total(rows),
        "answered": answered,
        "waiting": total(rows, has_answer=False, has_ended=False),
        "unanswered": total(rows, has_answer=False, has_ended=True),
    }
    line |= {name: None for key in SHARES for name in (key, f"{key}_interval")}
    if answered < MINIMUM:
        return line
    hours = np.array([row["minutes"] / MINUTE for row in rows], dtype=np.float64)
    ends = np.array([row["has_answer"] for row in rows], dtype=np.bool_)
    curve = kaplan_meier(hours, ends, np.array([row["deals"] for row in rows], dtype=np.float64))
    for key, share in SHARES.items():
        point = percentile(curve, share)
        line |= {key: point.value, f"{key}_interval": (point.low, point.high) if point.low is not None else None}
    return line


RESPONSE_TIME = Metric(
    key="response_time",
    title=_("Response time"),
    unit="hours",
    definition=_(
        "Working hours, Monday to Friday from 8 to 18 in the workspace's zone, from when a lead first wrote, called, "
        "met us or filled in a form to our first contact with it after that. Half of the leads were answered within "
        "the median. Leads that wait count as waiting up to the day shown (Kaplan-Meier): without them whoever never "
        "answers would look quick. A lead that was lost or declined without an answer goes on waiting for one; one "
        "that was disqualified or won without one waits until then. A contact of up to 3 days before the lead was "
        "received is its own."
    ),
    denominator=_("leads received in the window that came to us"),
    window=_("leads received in the year up to the day shown"),
    method=_("Kaplan-Meier; 95 % interval of a percentile after Brookmeyer and Crowley on the log(-log) scale"),
    minimum=MINIMUM,
    sources=CONTACT_SOURCES,
    build=build,
    finish=finish,
    records={"list": ANSWERED, "came": "true"},
    reasons={"no_contact": {"list": ANSWERED, "came": "false"}},
    drawn=Charted("p50", "p50_interval"),
)
