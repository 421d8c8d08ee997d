"""What the figures about contacts share: the contacts of leads, and who answered whom when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etappe.core.working_hours import DAY, TO_MONDAY, WEEKDAYS
from etappe.insights.catalogue.leads import LEAD_SOURCES, YEAR
from etappe.insights.standing import given
from etappe.insights.tables import table

if TYPE_CHECKING:
    from ibis.expr.types import IntegerColumn, Table

CONTACT_SOURCES = (*LEAD_SOURCES, "fact_touchpoint")
"""The facts that figures about contacts are made of."""
BEFORE = 3
"""So many days before a lead was received contacts of its account are its own: it is often entered after it came.

No more than a weekend, or what belongs to an earlier deal of a busy account would start the clock.
"""
REPLIES = ("wrote", "called", "met", "attended", "submitted", "commented")
"""What the buyer does that asks for an answer, or answers us; to open or view something does not."""
NEVER = ("lost", "declined")
"""How a lead ends that we should have answered and never did; one that ends otherwise waits no longer."""
WITHIN = 30
"""Days within which the buyer's answer counts as one."""
MINUTE = 60


def contacts() -> Table:
    """The contacts with accounts up to the day."""
    touch = table("fact_touchpoint")
    return touch.filter(touch.account_id.notnull(), touch.happened_number <= given("number"))


def lately() -> Table:
    """Those that may be a lead's own which was received within a year."""
    touch = contacts()
    return touch.filter(touch.happened_number > given("number") - (YEAR + BEFORE))


def with_answers(lead: Table) -> Table:
    """The leads with when the buyer first asked us, and when we answered.

    Columns besides those of `lead`: `minutes`, working minutes from the first contact in to our first one after it, or,
    where there is none, to the end of the last day it waited; empty without a contact in. `has_answer`, whether there
    is one. A lead waits up to the last day it was seen, or the day it was disqualified or won; one that was lost or
    declined without an answer goes on waiting for it, or whoever loses leads by never answering would look quick.
    """
    came = _first(lead, _said_by_buyer(), "came")
    joined = _joined(lead, came, _after(came, _said_by_us(), "came", "answered"))
    waits = (joined.outcome == "open") | joined.outcome.isin(NEVER)
    last = waits.ifelse(joined.observed_number, joined.decided_number)
    until = joined.answered_worked.coalesce(_worked_by(last))
    return joined.mutate(
        minutes=((until - joined.came_worked) // MINUTE).clip(lower=0).cast("int32"),
        has_answer=joined.answered_worked.notnull(),
    )


def _worked_by(number: IntegerColumn) -> IntegerColumn:
    """Working seconds to the end of a day, as `core.working_hours.worked` counts them."""
    import ibis

    since_monday = number.cast("int64") + 1 + TO_MONDAY
    weekday = ibis.least(since_monday % 7, WEEKDAYS)
    return ((since_monday // 7) * WEEKDAYS + weekday - TO_MONDAY) * DAY


def with_replies(lead: Table) -> Table:
    """The leads with when we first went to them, and when they answered.

    Columns besides those of `lead`: `reply_days`, days from our first contact to the buyer's answer or to the day, at
    most `WITHIN` + 1; empty without a contact out. `has_reply`, whether there is one.
    """
    went = _first(lead, _said_by_us(), "went")
    joined = _joined(lead, went, _after(went, _said_by_buyer(), "went", "replied"))
    days = joined.replied_number.coalesce(given("number")) - joined.went_number
    return joined.mutate(
        reply_days=days.clip(upper=WITHIN + 1).cast("int32"),
        has_reply=(joined.replied_number - joined.went_number <= WITHIN).fill_null(False),
    )


def _joined(lead: Table, first: Table, after: Table) -> Table:
    joined = lead
    for found in (first.drop("account_id"), after):
        joined = joined.left_join(found, "deal_id").drop("deal_id_right")
    return joined


def _said_by_us() -> Table:
    touch = lately()
    return touch.filter(touch.direction == "out")


def _said_by_buyer() -> Table:
    """What of the buyer's acts asks for an answer or gives one."""
    touch = lately()
    return touch.filter(touch.direction == "in", touch.act.isin(REPLIES))


def _first(lead: Table, said: Table, name: str) -> Table:
    """The first of these contacts of each lead that has one."""
    mine = said.join(lead.select("deal_id", "account_id", "received_number"), "account_id")
    own = mine.filter(mine.happened_number >= mine.received_number - BEFORE)
    return own.group_by("deal_id", "account_id").aggregate(
        **{
            f"{name}_at": own.happened_at.min(),
            f"{name}_worked": own.working_seconds.min(),
            f"{name}_number": own.happened_number.min(),
        }
    )


def _after(first: Table, said: Table, since: str, name: str) -> Table:
    """The first of these contacts, the other side's, after it."""
    pairs = said.join(first.select("deal_id", "account_id", f"{since}_at"), "account_id")
    later = pairs.filter(pairs.happened_at >= pairs[f"{since}_at"])
    return later.group_by("deal_id").aggregate(
        **{f"{name}_worked": later.working_seconds.min(), f"{name}_number": later.happened_number.min()}
    )
