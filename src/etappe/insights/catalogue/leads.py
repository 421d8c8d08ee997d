"""What the figures about leads share: the leads that the viewer may see, as they stood on the day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from etappe.insights.standing import SOURCES, given
from etappe.insights.statements import LEADS
from etappe.insights.tables import table

if TYPE_CHECKING:
    from ibis.expr.types import Table

YEAR = 365
"""Days that figures about leads received look back."""
LEAD_SOURCES = (*SOURCES, "fact_lead")
"""The facts that figures about leads are made of."""
OF_LEADS = {"list": LEADS}
"""The filter by which the records behind such figures are listed as leads."""
FATES = ("open", "accepted", "refused")
"""What came of a lead: it waits; it went on to a later phase; it left early without that."""
_FIRST = date(1970, 1, 1).toordinal()


def leads(deals: Table) -> Table:
    """The deals that are leads, with what `fact_lead` says of them, as they stood on the day.

    Columns besides those of `deals`: account_id, received_number, fate (one of `FATES`), fate_days (whole days from
    the day it was received to its fate, or to the day it was last seen), won_days (the same to the end of its sale).
    """
    import ibis

    lead = table("fact_lead").select("lead_id", "account_id", "received_number", "accepted_number")
    joined = deals.join(lead, deals.deal_id == lead.lead_id)
    begun = joined.filter(joined.received_number <= given("number"))
    accepted = (begun.accepted_number <= given("number")).fill_null(False)
    is_open = begun.outcome == "open"
    until = begun.decided_number.coalesce(begun.observed_number)
    end = accepted.ifelse(begun.accepted_number, until)
    return begun.mutate(
        fate=ibis.cases((accepted, "accepted"), (is_open, "open"), else_="refused"),
        fate_days=(end - begun.received_number).clip(lower=0).cast("int32"),
        won_days=(until - begun.received_number).clip(lower=0).cast("int32"),
    )


def received_lately(deals: Table) -> Table:
    """The leads received within a year up to the day."""
    found = leads(deals)
    return found.filter(found.received_number > given("number") - YEAR)


def day_of(number: int) -> date:
    """The day of a number of days from 1970-01-01.

    >>> day_of(20515)
    datetime.date(2026, 3, 3)
    """
    return date.fromordinal(_FIRST + number)


def months(first: int, last: int) -> list[tuple[date, date]]:
    """The months from the one that holds the day `first` to the one that holds `last`: the days they begin and end.

    >>> [(begins.isoformat(), ends.isoformat()) for begins, ends in months(20423, 20454)]
    [('2025-12-01', '2025-12-31'), ('2026-01-01', '2026-01-31')]
    """
    found, begins = [], day_of(first).replace(day=1)
    while begins <= day_of(last):
        following = date(begins.year + begins.month // 12, begins.month % 12 + 1, 1)
        found.append((begins, date.fromordinal(following.toordinal() - 1)))
        begins = following
    return found
