"""The leads behind a figure, narrowed by the same columns that the figure counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etappe.insights.catalogue.contacts import with_answers, with_replies
from etappe.insights.catalogue.interest import scored
from etappe.insights.catalogue.leads import leads, received_lately
from etappe.insights.catalogue.records import PAGE
from etappe.insights.standing import given

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, Table


def build(deals: Table) -> Table:
    """One page of the leads that the given values narrow to, those received last first, with the count of all."""
    return _page(_narrowed(leads(deals), "segment", "fate"), "received_number")


def build_scored(deals: Table) -> Table:
    """The same with their interest, the highest first."""
    return _page(_narrowed(scored(deals), "segment", "fate", "band"), "score", "score")


def build_answered(deals: Table) -> Table:
    """The leads of the last year with the working minutes until our first answer, the longest first."""
    lead = with_replies(with_answers(_narrowed(received_lately(deals), "segment", "fate")))
    told = lead.mutate(came=lead.minutes.notnull(), went=lead.reply_days.notnull())
    return _page(_same(told, "came", "has_answer", "went", "has_reply"), "minutes", "minutes")


def _narrowed(lead: Table, *columns: str) -> Table:
    first, last = given("received_from"), given("received_until")
    kept: BooleanValue = given("outcomes").isnull() | given("outcomes").contains(lead.outcome)
    kept = kept & (first.isnull() | (lead.received_number >= first))
    kept = kept & (last.isnull() | (lead.received_number <= last))
    return _same(lead.filter(kept), *columns)


def _same(lead: Table, *columns: str) -> Table:
    """The leads whose columns have the values asked for; null does not narrow."""
    return lead.filter(*(given(name).isnull() | (lead[name] == given(name)) for name in columns))


def _page(lead: Table, order: str, *further: str) -> Table:
    """One page of the leads, the highest of a column first, each with the count of all of them."""
    import ibis

    window = ibis.window(order_by=[lead[order].desc(nulls_first=False), lead.deal_id])
    counted = lead.mutate(found=lead.count().over(), place=ibis.row_number().over(window))
    page = counted.filter(counted.place >= given("skip"), counted.place < given("skip") + PAGE).order_by("place")
    columns = ("uid", "name", "stage", "process_version_id", "outcome", "proof", "amount", "currency", "owner_id")
    return page.select(
        *columns, "engaged_since", "decided_on", "received_number", "found", *further, days=page.fate_days
    )
