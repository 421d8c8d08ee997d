"""How much interest open leads show, by what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from etappe.core.figures import Finding
from etappe.core.interest import BANDS, HALF_LIFE, PLACES, POINTS
from etappe.insights.catalogue.contacts import CONTACT_SOURCES, contacts
from etappe.insights.catalogue.leads import leads
from etappe.insights.metric import Charted, Metric, Row, by_segment, total
from etappe.insights.standing import given
from etappe.insights.statements import SCORED

if TYPE_CHECKING:
    from ibis.expr.types import Table

SHOWN = ("high", "raised")
"""The bands of leads that show interest worth acting on."""


def build(deals: Table) -> Table:
    """Leads that wait, per segment and band of interest."""
    lead = scored(deals)
    waiting = lead.filter(lead.fate == "open")
    return waiting.group_by("segment", "band").aggregate(
        deals=waiting.count(), observed_on=waiting.observed_on.max(), observed_first=waiting.observed_on.min()
    )


def scored(deals: Table) -> Table:
    """The leads with the `score` of their account's interest on the day, and its `band`."""
    import ibis

    lead, touch = leads(deals), contacts()
    acts = touch.filter(touch.direction == "in")
    points = ibis.cases(*((acts.act == act, float(worth)) for act, worth in POINTS.items()), else_=0.0)
    age = (given("number") - acts.happened_number).cast("float64")
    fading = acts.mutate(worth=points * ibis.literal(0.5) ** (age / float(HALF_LIFE)))
    each = fading.group_by("account_id").aggregate(found=fading.worth.sum())
    joined = lead.left_join(each, "account_id").drop("account_id_right")
    told = joined.mutate(score=joined.found.fill_null(0.0).round(PLACES)).drop("found")
    *limits, (last, _least) = BANDS.items()
    return told.mutate(band=ibis.cases(*((told.score >= least, name) for name, least in limits), else_=last))


def finish(rows: list[Row]) -> Finding:
    """Leads that wait by band, the highest first; the headline counts those that show interest.

    >>> counts = {"low": 5, "high": 2, "none": 9}
    >>> found = finish([{"segment": "", "band": band, "deals": n} for band, n in counts.items()])
    >>> found.value, found.n, [(row["band"], row["n"], row["share"]) for row in found.rows][:2]
    (2, 16, [('high', 2, 0.125), ('raised', 0, 0.0)])
    """
    n = total(rows)
    lines = tuple(line for segment, part in by_segment(rows).items() for line in _lines(segment, part))
    return Finding(sum(total(rows, band=band) for band in SHOWN), None, n, n, lines)


def _lines(segment: str, rows: list[Row]) -> list[dict[str, Any]]:
    whole = total(rows)
    counts = ((band, total(rows, band=band)) for band in BANDS)
    return [{"segment": segment, "band": band, "n": n, "share": n / whole} for band, n in counts]


INTEREST = Metric(
    key="interest",
    title=_("Interest of open leads"),
    unit="leads",
    definition=_(
        "Leads that wait, by how much interest their account shows. Each act of the buyer has points, more for writing "
        "than for opening a mail, and half of them are gone after 30 days; the score is their sum. From 15 on interest "
        "is raised, from 40 on it is high. The headline counts both. A score says where to look first; it is no chance "
        "of winning."
    ),
    denominator=_("leads that wait on the day shown"),
    window=_("all that their accounts did up to the day shown"),
    method=_("counted, not estimated: no interval"),
    minimum=1,
    sources=CONTACT_SOURCES,
    build=build,
    finish=finish,
    records={"list": SCORED, "fate": "open"},
    narrow={"segment": "segment", "band": "band"},
    drawn=Charted("n", ""),
)
