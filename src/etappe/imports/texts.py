"""What imports say: why a row was not taken, what is worth knowing, why a column was proposed as what it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from etappe.core.dates import STYLES, example
from etappe.core.errors import Refusal
from etappe.core.headers import DATA, SKIP, FileKind
from etappe.imports.own_texts import OWN_REASONS, OWN_WHY
from etappe.journal.labels import FIELDS as COLUMNS
from etappe.journal.labels import grouped, label
from etappe.journal.refusals import text

Label = str | Promise
LARGE = 1_000_000

KINDS: Mapping[FileKind, Label] = {
    FileKind.DEALS: _("Deals"),
    FileKind.ACCOUNTS: _("Accounts"),
    FileKind.PEOPLE: _("People"),
    FileKind.OWNERS: _("Owners and teams"),
    FileKind.PRODUCTS: _("Products"),
    FileKind.STAGES: _("Stages"),
    FileKind.HISTORY: _("Stage history"),
    FileKind.ACTIVITIES: _("Activities and notes"),
    FileKind.LINKS: _("What belongs to which record"),
}

POLICY_LABELS: Mapping[str, Label] = {
    "fill": _("fill its empty fields"),
    "update": _("set all fields that the row has"),
    "skip": _("leave it as it is"),
    "ask": _("ask me row by row"),
    "new": _("make another one"),
}
"""What becomes of a record that is here already and matches a row."""

RECORDS: Mapping[str, Label] = {"deal": _("Deal"), "person": _("Person"), "account": _("Account")}

REASONS: Mapping[str, Label] = {
    "row_short": _("The row has fewer cells than the header."),
    "row_header": _("The header stands here once more."),
    "row_title": _("A title above other rows, and no row itself."),
    "row_total": _("A sum of other rows, and no row itself."),
    "row_long": _("The row has more cells than the header."),
    "cell_too_long": _("A cell is longer than any field may be."),
    "row_twice": _("A row with this key came already in this import: {key}."),
    "field_required": _("A name is missing, and nothing could stand in for it."),
    "deleted_in_source": _("The source marks this row as deleted."),
    "not_a_date": _("“{value}” in {column} is no date."),
    "not_a_number": _("“{value}” in {column} is no number as the other cells write them."),
    "not_an_amount": _("“{value}” in {column} is no amount; amounts begin at zero."),
    "amount_too_large": _("“{value}” in {column} is too large: amounts have to stay below {limit}."),
    "not_a_currency": _("“{value}” in {column} is no currency."),
    "not_yes_or_no": _("“{value}” in {column} is neither yes nor no."),
    "not_an_email": _("“{value}” in {column} is no e-mail address."),
    "not_a_website": _("“{value}” in {column} is no address of a website."),
    "not_a_domain": _("“{value}” in {column} is no domain."),
    "number_out_of_range": _("The number in {column} must lie between {least} and {most}."),
    "too_long": _("The text in {column} is longer than {limit} characters."),
    "control_characters": _("{column} holds characters that are no text."),
    "future_date": _("The deal is closed on a day that is still to come: {value}."),
    "stage_unknown": _("The stage “{value}” leads nowhere yet. Say in the map what it means."),
    "activity_incomplete": _("An activity needs a time, and a subject, a text or a type."),
    "activity_of_nobody": _("The deal, account or person that this is about is not here."),
    "link_incomplete": _("The row needs two records that belong together."),
    "link_unknown": _("“{value}” is not here: import it first, or together with this file."),
    "undecided": _("“{name}” is here already, and nobody has decided what becomes of it."),
    "history_incomplete": _("A row of a history needs the deal, the stage and the time."),
    "history_ahead": _("The stage was entered at a time that is still to come: {value}."),
    "status_unknown": _("The status “{value}” means nothing yet. Say in the map what it means."),
}
"""Why a row was not taken."""

NOTES: Mapping[str, Label] = {
    "closed_without_date": _(
        "Closed without a day: counted as closed on the data's last day, and left out of durations."
    ),
    "began_after_end": _("Began after it was closed: the beginning is kept as custom data, and left out of durations."),
    "account_unknown": _("Refers to an account that is in none of the files: taken without it."),
    "person_unknown": _("Refers to a person who is in none of the files: taken without them."),
    "parent_unknown": _("Refers to a parent company that is in none of the files."),
    "activity_kept": _("An activity that is here already: it stays as it was told first."),
    "parent_circular": _("“{name}” would stand below itself: taken without its parent company."),
    "place_kept": _("The deal was moved here, or its process has no such stage: it stays where it is."),
    "history_of_another_field": _("Tells of another field than the stage: not needed."),
    "history_stage_unknown": _("A column names the stage “{value}”, which leads nowhere: kept, but not used."),
    "history_two_at_once": _("The histories say two things of one moment: the later row counts, both are kept."),
    "history_ends_elsewhere": _("The history ends in another stage than the deal: the deal's own row counts."),
    "history_after_present": _(
        "The history goes on after the deal closed or moved here: the rest is kept, but not used."
    ),
    "history_without_deal": _("The history of a deal that is in none of the files: kept until the deal comes."),
    "history_renewed": _("Deals that were here already got their history."),
    "owner_left": _("A colleague who is here already: left as they are."),
}
"""What is worth knowing about rows that were taken."""

WHY: Mapping[str, Label] = {
    "header": _("by its name"),
    "header_part": _("the name suggests it"),
    "overlap": _("its values stand in {detail}"),
    "joins": _("says to what the rows of {detail} belong"),
    "joined": _("to what each row belongs is said by {detail}"),
    "outcomes": _("its few values say won and lost"),
    "later_date": _("the date that not every row has"),
    "only_date": _("the only other date"),
    "currencies": _("its values are currencies"),
    "unique": _("every value is different"),
    "amounts": _("its values are amounts"),
    "names": _("its values are names"),
    "emails": _("its values are e-mail addresses"),
    "addresses": _("its values are addresses of websites"),
    "kept": _("no field of ours: kept as custom data"),
    "several_pipelines": _(
        "names several pipelines ({detail}): all their stages would go into one process. Import each pipeline by itself"
    ),
    "all_deleted": _("every row is marked as deleted, so the mark says nothing"),
}
"""Why a column was proposed as what it is."""

FIELDS: Mapping[str, Label] = {
    DATA: _("keep as custom data"),
    SKIP: _("leave out"),
    "external_id": _("Key in the source"),
    "name": _("Name"),
    "account": _("Account"),
    "person": _("Person"),
    "owner": _("Owner"),
    "stage": _("Stage"),
    "status": _("Status"),
    "is_won": _("Won (yes or no)"),
    "is_closed": _("Closed (yes or no)"),
    "deleted": _("Deleted (yes or no)"),
    "amount": _("Amount"),
    "currency": _("Currency"),
    "product": _("Product"),
    "source": _("Lead source"),
    "created": _("Created on"),
    "engaged": _("We engaged since"),
    "closed": _("Closed on"),
    "won_on": _("Won on"),
    "lost_on": _("Lost on"),
    "expected_close": _("Expected order date"),
    "buyer_target_date": _("Buyer's target date"),
    "stage_since": _("In this stage since"),
    "entered": _("Entered the stage that the title names"),
    "type": _("Kind of activity"),
    "at": _("Took place on"),
    "subject": _("Subject"),
    "text": _("Text"),
    "deal": _("Deal"),
    "activity": _("Activity"),
    "since": _("Entered on"),
    "came_from": _("Stage before"),
    "changed_field": _("Field that changed"),
    "next_step": _("Next step"),
    "next_step_on": _("Next step on"),
    "leave_reason": _("Reason for losing"),
    "lost_to": _("Lost to"),
    "domain": _("Domain"),
    "website": _("Website"),
    "industry": _("Industry"),
    "employees": _("Employees"),
    "revenue": _("Revenue"),
    "founded": _("Founded in"),
    "phone": _("Phone"),
    "street": _("Street"),
    "postcode": _("Postcode"),
    "city": _("City"),
    "country": _("Country"),
    "parent": _("Parent company"),
    "given_name": _("Given name"),
    "family_name": _("Family name"),
    "email": _("E-mail"),
    "mobile": _("Mobile"),
    "job_title": _("Job title"),
    "department": _("Department"),
    "profile": _("Profile"),
    "language": _("Language"),
    "manager": _("Manager"),
    "team": _("Team"),
    "price": _("Price"),
    "order": _("Order"),
}
"""What columns become."""

STATES: Mapping[str, Label] = {
    "looking": _("being read"),
    "ready": _("ready"),
    "queued": _("about to begin"),
    "running": _("running"),
    "done": _("done"),
    "failed": _("failed"),
    "cancelled": _("cancelled"),
    "undoing": _("being undone"),
    "undone": _("undone"),
}


def reason(code: str, params: Mapping[str, Any]) -> str:
    """Why a row was not taken, or what is worth knowing about it, in the reader's language."""
    said = REASONS.get(code) or NOTES.get(code) or OWN_REASONS.get(code) or code
    return str(said).format_map(defaultdict(lambda: "…", {name: _plain(value) for name, value in params.items()}))


def _plain(value: Any) -> str:
    """A value in a sentence; the zeros of large numbers are counted by nobody."""
    return grouped(value) if isinstance(value, int) and abs(value) >= LARGE else str(value)


LEFT_OUT: Mapping[str, Label] = {
    "no_kind": _("The map does not say what its rows are: it was not made out, or the file was to be left out."),
    "not_in_map": _("The map says nothing about it."),
}


def left_out(code: str, params: Mapping[str, Any]) -> str:
    """Why a file was not taken, in the reader's language."""
    if code in LEFT_OUT:
        return str(LEFT_OUT[code])
    said = text(Refusal(code, **params))
    what = f"{said.what.removesuffix('.')}: {'; '.join(said.missing)}." if said.missing else said.what
    return f"{what} {said.way_out}".strip()


def why(code: str, detail: str) -> str:
    """Why a column was proposed as what it is."""
    return str(WHY.get(code) or OWN_WHY.get(code, "")).format(detail=detail)


def style_label(style: str) -> str:
    """A way of writing dates or numbers, by an example."""
    return example(style) if style in STYLES else style


def label_of(column: str) -> str:
    """A column of a record in the reader's language."""
    return label(COLUMNS, column)
