"""The facts as figures see them: every view of the rooms' `facts.sql` with its columns, their types and meaning.

Types are Ibis's. A test compares this page with the views in the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ibis.expr.types import Table

_DAY = "date"
_KEY = "int64"
_TEXT = "string"
_MOMENT = "timestamp('UTC')"
_MONEY = "decimal(19, 4)"


@dataclass(frozen=True)
class Fact:
    """A view: what one row is, and its columns as name -> (type, meaning)."""

    about: str
    columns: Mapping[str, tuple[str, str]]


FACTS: Mapping[str, Fact] = {
    "fact_workspace": Fact(
        "The workspace: one row.",
        {
            "zone": (_TEXT, "time zone that days, months and quarters are counted in"),
            "currency": (_TEXT, "currency the workspace reports in, ISO 4217"),
        },
    ),
    "fact_account": Fact(
        "One row per account.",
        {
            "account_id": (_KEY, "key inside"),
            "uid": (_TEXT, "key outside"),
            "name": (_TEXT, "name of the company"),
            "industry": (_TEXT, "industry, as recorded; empty if unknown"),
            "country": (_TEXT, "country, as recorded; empty if unknown"),
            "employees": ("int32", "number of employees"),
            "size": (_TEXT, "band of employees: 1-9, 10-49, 50-249, 250-999, 1000+; empty if unknown"),
        },
    ),
    "fact_process_stage": Fact(
        "One row per stage of each published process version.",
        {
            "process_version_id": (_KEY, "the version"),
            "process": (_TEXT, "key of the process"),
            "process_number": ("int32", "number of the version"),
            "stage": (_TEXT, "key of the stage"),
            "phase": (_TEXT, "find, win or keep"),
            "position": ("int32", "place in the process, from 1"),
            "model": (_TEXT, "sales model that the version is made for; empty if it says none"),
        },
    ),
    "fact_deal": Fact(
        "One row per deal as it stands now.",
        {
            "deal_id": (_KEY, "key inside"),
            "uid": (_TEXT, "key outside"),
            "name": (_TEXT, "name of the deal"),
            "process_version_id": (_KEY, "process version it runs on"),
            "stage": (_TEXT, "key of its stage"),
            "status": (_TEXT, "open, won, lost, declined, disqualified or cancelled"),
            "outcome": (_TEXT, "as status; a customer who cancelled later was won"),
            "proof": (_TEXT, "proven, overridden or unproven: what the stages behind it rest on"),
            "basis": (_TEXT, "why it entered its stage"),
            "entry_stage": (_TEXT, "stage it was entered in"),
            "stage_since_on": (_DAY, "day it entered its stage"),
            "amount": (_MONEY, "expected value in its currency"),
            "currency": (_TEXT, "ISO 4217"),
            "owner_id": (_KEY, "who is accountable"),
            "team_id": (_KEY, "team of the owner"),
            "account_id": (_KEY, "the company"),
            "source": (_TEXT, "where it came from; empty if unknown"),
            "product": (_TEXT, "what it is about; empty if unknown"),
            "expected_close": (_DAY, "day the order is expected"),
            "buyer_since": (_DAY, "day from which the buyer has been looking"),
            "engaged_since": (_DAY, "day from which we have been engaged"),
            "rests_until": (_DAY, "day that the buyer named to come back to it"),
            "leave_reason": (_TEXT, "why it left early; empty if it did not"),
            "decided_on": (_DAY, "day the sale was decided; empty while it is open"),
            "seen_until": (_DAY, "data-as-of day of its import if nobody has moved it since; empty: up to the present"),
            "engaged_number": ("int32", "engaged_since as a number of days from 1970-01-01"),
            "buyer_number": ("int32", "buyer_since as a number of days from 1970-01-01"),
            "decided_number": ("int32", "decided_on as a number of days from 1970-01-01"),
            "seen_number": ("int32", "seen_until as a number of days from 1970-01-01"),
            "same_day_minutes": (
                "int32",
                "minutes from its first stage to the decision, both on the day of engaged_since; empty if not known",
            ),
            "has_history": (
                "boolean",
                "whether its way through the stages is known: made here, or told by an import",
            ),
        },
    ),
    "fact_lead": Fact(
        "One row per lead: a deal that began in, or passed through, a stage of the phase find.",
        {
            "lead_id": (_KEY, "the deal"),
            "account_id": (_KEY, "the company; the touchpoints of a lead are those of its account"),
            "source": (_TEXT, "where it came from; empty if unknown"),
            "owner_id": (_KEY, "who is accountable"),
            "team_id": (_KEY, "team of the owner"),
            "received_at": (_MOMENT, "when it first came to a stage of find"),
            "received_number": ("int32", "day of that as a number of days from 1970-01-01"),
            "accepted_number": ("int32", "day it first went on to a later phase; empty if it did not"),
            "refused_number": ("int32", "day it left early without that; empty if it did not"),
            "won_number": ("int32", "day it was won; empty if it was not"),
            "lead_status": (_TEXT, "open, accepted or refused, as it stands now"),
            "seen_number": ("int32", "as in fact_deal"),
        },
    ),
    "fact_stage_visit": Fact(
        "One row per stay of a deal in a stage and status.",
        {
            "visit_id": (_KEY, "key inside; stays of a deal follow each other in its order"),
            "deal_id": (_KEY, "the deal"),
            "process_version_id": (_KEY, "process version at that time"),
            "stage": (_TEXT, "key of the stage"),
            "status": (_TEXT, "status during the stay"),
            "basis": (_TEXT, "why it entered"),
            "proof": (_TEXT, "what the stages behind it rested on"),
            "entered_at": (_MOMENT, "when it entered"),
            "left_at": (_MOMENT, "when it left; empty while it is there"),
            "backfilled": ("boolean", "filled in by an import: world time, not time of recording"),
            "entered_number": ("int32", "day it entered as a number of days from 1970-01-01"),
            "left_number": ("int32", "day it left as a number of days from 1970-01-01; empty while it is there"),
        },
    ),
    "fact_deal_span": Fact(
        "One row per span of time in which a deal stood unchanged.",
        {
            "deal_id": (_KEY, "the deal"),
            "valid_from": (_MOMENT, "from when on it stood like this"),
            "valid_to": (_MOMENT, "until when (not included); empty for the present span"),
            "valid_from_on": (_DAY, "day of valid_from"),
            "valid_from_number": ("int32", "valid_from_on as a number of days from 1970-01-01"),
            "stage": (_TEXT, "key of the stage"),
            "status": (_TEXT, "status during the span"),
            "outcome": (_TEXT, "as status; a customer who cancelled later was won"),
            "amount": (_MONEY, "expected value in its currency"),
            "currency": (_TEXT, "ISO 4217"),
            "owner_id": (_KEY, "who was accountable"),
            "team_id": (_KEY, "team of the owner"),
            "expected_close": (_DAY, "day the order was expected"),
        },
    ),
    "fact_deal_member": Fact(
        "One row per colleague in a deal team.",
        {"deal_id": (_KEY, "the deal"), "user_id": (_KEY, "the colleague")},
    ),
    "fact_touchpoint": Fact(
        "One row per contact with an account or a person that was not withdrawn.",
        {
            "touchpoint_id": (_KEY, "key inside"),
            "account_id": (_KEY, "the company; empty for somebody on their own"),
            "person_id": (_KEY, "the person; empty if only the company is known"),
            "user_id": (_KEY, "the colleague; empty if unknown"),
            "direction": (_TEXT, "in: the buyer acted; out: we did"),
            "channel": (_TEXT, "mail, call, meeting, visit, fair, post, web, social, message or event"),
            "act": (_TEXT, "what was done: opened, clicked, downloaded, wrote, called, met, and so on"),
            "source": (_TEXT, "campaign or channel in the company's own words; empty if unknown"),
            "happened_at": (_MOMENT, "when it happened"),
            "happened_number": ("int32", "day it happened as a number of days from 1970-01-01"),
            "working_seconds": (_KEY, "working seconds (Monday to Friday, 8 to 18) from 1970-01-01 until then"),
        },
    ),
}


def table(name: str) -> Table:
    """The view as an unbound Ibis table."""
    import ibis

    return ibis.table({column: kind for column, (kind, _) in FACTS[name].columns.items()}, name=name)
