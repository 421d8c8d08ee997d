"""The records behind a figure: deals, narrowed by the same columns that the figure counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etappe.insights.catalogue.data_quality import odd
from etappe.insights.catalogue.passed_and_won import passing
from etappe.insights.catalogue.stages import step, visits
from etappe.insights.standing import given

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, IntegerColumn, Table

PAGE = 50


def build(deals: Table) -> Table:
    """One page of the deals that the given values narrow to, longest first, each with the count of all of them."""
    import ibis

    timed = deals.mutate(days=ibis.cases((given("clock") == "buyer", deals.buyer_days), else_=deals.engaged_days))
    told = passing(timed)
    chosen = told.filter(_same(told), _lasted(told), _told(told), _passed(told))
    order = ibis.window(order_by=[chosen.days.desc(nulls_first=False), chosen.deal_id])
    counted = chosen.mutate(found=chosen.count().over(), place=ibis.row_number().over(order))
    page = counted.filter(counted.place >= given("skip"), counted.place < given("skip") + PAGE).order_by("place")
    columns = ("uid", "name", "stage", "process_version_id", "outcome", "proof", "amount", "currency", "owner_id")
    return page.select(*columns, "engaged_since", "decided_on", "days", "found")


def _same(deal: Table) -> BooleanValue:
    pairs = {
        "segment": deal.segment,
        "stage": deal.stage,
        "proof": deal.proof,
        "currency": deal.currency,
        "process": deal.process,
        "version": deal.version,
        "rests": deal.rests,
        "in_pipeline": deal.in_pipeline,
    }
    wanted = given("outcomes").isnull() | given("outcomes").contains(deal.outcome)
    for name, column in pairs.items():
        wanted = wanted & (given(name).isnull() | (column == given(name)))
    return wanted


def _told(deal: Table) -> BooleanValue:
    """Deals whose amount or way is known or not, and those that were ever open in a stage."""
    amount, history, stage = given("amount"), given("history"), given("entered")
    kept = amount.isnull() | ((amount == "known") == deal.amount.notnull())
    kept = kept & (history.isnull() | ((history == "known") == deal.has_history))
    stays = visits()
    asked = given("oddity")
    for key, holds in odd(deal).items():
        kept = kept & ((asked.isnull() | (asked != key)) | holds)
    return kept & (stage.isnull() | deal.deal_id.isin(stays.filter(step(stays) == stage).deal_id))


def _passed(deal: Table) -> BooleanValue:
    """Deals that passed a stage within a window, on certain days, and were won in time or not."""
    first, last, in_time = given("passed_from"), given("passed_until"), given("in_time")
    kept = first.isnull() | (deal.passed_number >= first)
    kept = kept & (last.isnull() | (deal.passed_number <= last))
    won = (deal.outcome == "won") & (deal.days_after <= given("within"))
    return given("passed").isnull() | (deal.is_in_window & kept & (in_time.isnull() | (in_time == won)))


def _lasted(deal: Table) -> BooleanValue:
    days: IntegerColumn = deal.days
    start = given("start")
    kept = start.isnull() | ((start == "known") & (days >= 0))
    kept = kept | ((start == "unknown") & days.isnull()) | ((start == "after_end") & (days < 0))
    return kept & (given("longer_than").isnull() | (days > given("longer_than")))
