"""The leads behind a figure, narrowed by the same columns that the figure counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etappe.insights.catalogue.leads import leads
from etappe.insights.catalogue.records import PAGE
from etappe.insights.standing import given

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, Table


def build(deals: Table) -> Table:
    """One page of the leads that the given values narrow to, those received last first, with the count of all."""
    return paged(narrowed(leads(deals)), "received_number")


def narrowed(lead: Table) -> Table:
    """The leads that the filters leave."""
    first, last = given("received_from"), given("received_until")
    kept: BooleanValue = given("outcomes").isnull() | given("outcomes").contains(lead.outcome)
    kept = kept & (first.isnull() | (lead.received_number >= first))
    kept = kept & (last.isnull() | (lead.received_number <= last))
    for name in ("segment", "fate"):
        kept = kept & (given(name).isnull() | (lead[name] == given(name)))
    return lead.filter(kept)


def paged(lead: Table, order: str) -> Table:
    """One page of the leads, the highest of a column first, each with the count of all of them."""
    import ibis

    window = ibis.window(order_by=[lead[order].desc(nulls_first=False), lead.deal_id])
    counted = lead.mutate(found=lead.count().over(), place=ibis.row_number().over(window))
    page = counted.filter(counted.place >= given("skip"), counted.place < given("skip") + PAGE).order_by("place")
    columns = ("uid", "name", "stage", "process_version_id", "outcome", "proof", "amount", "currency", "owner_id")
    return page.select(*columns, "engaged_since", "decided_on", "received_number", "found", days="fate_days")
