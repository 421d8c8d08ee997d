"""What an export of everything holds of accounts and people."""

from __future__ import annotations

from etappe.journal.archived import Archived, Choice
from etappe.people.models import Account, Field, FieldValue, Person, Tag, Touchpoint

SUBJECTS = {"account": "people_account", "person": "people_person", "deal": "deals_deal"}
_SUBJECT = "(SELECT field.subject FROM loading_fields field WHERE field.id = new.field_id)"

TABLES = (
    Archived("accounts", Account, "Companies.", tells="account."),
    Archived("people", Person, "People at companies, or on their own.", tells="person."),
    Archived("fields", Field, "Fields that the workspace defined for itself.", tells="field."),
    Archived(
        "field_values",
        FieldValue,
        "The values of own fields once more, as filters find them; the record's `custom` is what counts.",
        refers={"record": Choice(_SUBJECT, SUBJECTS)},
    ),
    Archived(
        "touchpoints",
        Touchpoint,
        "Contacts in either direction with accounts and people, those that were withdrawn too.",
        unsaid=("xid",),
        first=(
            "SELECT etappe_touchpoint_months(array_agg(DISTINCT (happened_at AT TIME ZONE 'UTC')::date)) "
            "FROM loading_touchpoints"
        ),
        meanings={
            "happened_at": "when it happened",
            "direction": "in: the buyer acted; out: we did",
            "channel": "on which way",
            "act": "what was done",
            "about": "subject, or title of what was downloaded",
            "source": "campaign or channel in the company's own words",
            "user_id": "who of ours",
            "key": "what another system calls it, once per moment",
            "withdrawn_at": "since when it does not count",
            "recorded_at": "when it was written down",
        },
    ),
    Archived("tags", Tag, "Tags in use, as they are spelled; a record's own `tags` are what counts."),
)
LEFT_OUT: dict[str, str] = {}
