"""What an export of everything holds of accounts and people."""

from __future__ import annotations

from etappe.journal.archived import Archived, Choice
from etappe.people.models import Account, Field, FieldValue, Person, Tag

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
    Archived("tags", Tag, "Tags in use, as they are spelled; a record's own `tags` are what counts."),
)
LEFT_OUT: dict[str, str] = {}
