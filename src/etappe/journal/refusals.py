"""What a rule's no says: what was not done, what is missing, what to do. One text per code, in every language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from etappe.core.errors import Refusal
from etappe.journal.labels import (
    CHECKS,
    CONTACT_ACTS,
    FIELDS,
    KINDS,
    STATUSES,
    Label,
    grouped,
    label,
    listed,
    shown,
    words,
)
from etappe.journal.refusals_contacts import CONTACTS
from etappe.journal.refusals_exports import ARCHIVE_REASONS, EXPORTS
from etappe.journal.refusals_figures import FIGURES
from etappe.journal.refusals_imports import IMPORTS
from etappe.journal.refusals_processes import PROCESSES
from etappe.journal.refusals_records import RECORDS
from etappe.journal.refusals_views import VIEWS

SIZES = (("GB", 1024**3), ("MB", 1024**2), ("kB", 1024))


@dataclass(frozen=True)
class Said:
    """A refusal in words."""

    what: str
    missing: list[str]
    way_out: str


TEXTS: Mapping[str, tuple[Label, Label]] = {
    # --- Who may what ---
    "forbidden": (_("You may not do this."), _("Ask the owner, a manager, or somebody of the administration.")),
    "needs_a_person": (
        _("This needs somebody who answers for it by name."),
        _("Name the colleague who does it; on the command line with --as."),
    ),
    "stale": (
        _("{by} changed this at {at}; nothing of yours was saved."),
        _("Look at how it is now; do it again if it is still right."),
    ),
    "scope_beyond_own": (
        _("A token cannot make another one that may do more than itself."),
        _("Choose fewer scopes, or sign in to make it."),
    ),
    **EXPORTS,
    # --- Coming in ---
    "administrator_exists": (
        _("This workspace has an administrator already."),
        _("Ask for an invitation."),
    ),
    "link_invalid": (_("This link does not work any more."), _("Ask whoever sent it for a new one.")),
    "link_expired": (_("This link expired on {at}."), _("Ask whoever sent it for a new one.")),
    "link_answered": (_("This note was answered on {at}."), _("If something has changed, write to whoever sent it.")),
    "link_revoked": (_("This link was taken back."), _("Ask whoever sent it for a new one.")),
    "link_closed": (
        _("This link can no longer be taken back."),
        _("It was answered or taken back before; look at the evidence."),
    ),
    "joined_already": (
        _("{name} has accepted the invitation already."),
        _("Whoever forgot a password resets it on the sign-in page."),
    ),
    "weak_password": (_("This password is too easy to guess."), _("Choose another one; a sentence works well.")),
    "email_taken": (_("There is a colleague with the address {value} already."), _("Use another address.")),
    "last_administrator": (
        _("Nobody would be left to administer this workspace."),
        _("Make somebody else administrator first; it has to be somebody who can sign in."),
    ),
    "owner_has_left": (_("{name} is no longer active here."), _("Choose another colleague.")),
    "team_circle": (_("A team cannot be below itself."), _("Choose another team above it.")),
    "team_name_taken": (_("There is a team called “{value}” already."), _("Choose another name.")),
    # --- Fields ---
    "field_required": (_("“{field}” is missing."), _("Please fill it in.")),
    "reason_required": (
        _("Please give a reason."),
        _("It stays visible on the deal and is counted."),
    ),
    "too_long": (
        _("“{field}” is too long: {length} of at most {limit} characters."),
        _("Please shorten it."),
    ),
    "not_a_text": (_("“{field}” has to be a text."), _("Please type it again.")),
    "control_characters": (
        _("“{field}” contains characters that cannot be shown."),
        _("Please type the text, or paste it without formatting."),
    ),
    "not_an_amount": (
        _("“{field}” has to be an amount from 0 on."),
        _("Type digits only, with a decimal sign if need be."),
    ),
    "not_a_currency": (_("“{field}” has to be a currency code."), _("Use three capitals such as EUR or CHF.")),
    "not_a_date": (
        _("“{field}” has to be a day between 1900 and 2200."),
        _("Choose a day from the calendar."),
    ),
    "date_not_ahead": (_("“{field}” has to be a day that is still to come."), _("Choose a later day.")),
    "future_date": (
        _("“{field}” lies in the future: {date}."),
        _("Give the day on which it happened."),
    ),
    "number_out_of_range": (
        _("“{field}” has to be a whole number from {least} to {most}."),
        _("Please check the number."),
    ),
    "not_yes_or_no": (_("“{field}” has to be yes or no."), _("Choose one of them.")),
    "not_a_list": (_("“{field}” has to be a list of at most {limit} entries."), _("Please shorten the list.")),
    "number_unfit": (
        _("“{field}” has to be a number with at most {places} decimals, and of at most fifteen digits before them."),
        _("Please check the number."),
    ),
    "money_unfit": (_("“{field}” has to be an amount with its currency."), _("Give both, such as 12.50 and EUR.")),
    "choices_needed": (_("There is nothing to choose from."), _("Give at least one choice.")),
    "choice_twice": (_("“{value}” stands in the list twice."), _("Name each choice once.")),
    "stage_unfit": (_("“{value}” is no stage."), _("Name process and stage, as in inbound:need_confirmed.")),
    "field_key_unfit": (
        _("“{value}” cannot be a key."),
        _("Begin with a letter; use at most forty small letters, digits and underscores."),
    ),
    "field_key_taken": (_("There is a field with the key “{value}” already."), _("Choose another key.")),
    "field_name_taken": (_("There is a field called “{value}” already."), _("Choose another name.")),
    "field_fixed": (
        _("“{field}” stays as it was when the field was made."),
        _("Archive the field, and make another one."),
    ),
    "fields_full": (
        _("There are {limit} fields already; more would help nobody."),
        _("Archive fields that are not used any more."),
    ),
    "only_deals_have_stages": (
        _("Only a deal has stages that a field can be needed for."),
        _("Leave the stages out."),
    ),
    "files_full": (_("There are {limit} files here already."), _("Take off files that nobody needs any more.")),
    "not_your_note": (_("Somebody else wrote this note."), _("Write one of your own.")),
    "note_changed": (_("This note was changed or deleted meanwhile."), _("Look at the record as it is now.")),
    **FIGURES,
    **VIEWS,
    **RECORDS,
    **CONTACTS,
    "unknown_tag": (_("There is no tag “{value}”."), _("Look at the list of tags.")),
    "tag_unfit": (_("“{value}” cannot be a tag."), _("Use words without commas, up to sixty characters.")),
    "values_missing": (_("This deal stays in its stage."), _("Fill these fields in, then move it.")),
    "not_columns": (_("“{field}” has to be columns with their values."), _("Give a name and a value for each.")),
    "not_an_email": (
        _("“{value}” is not an e-mail address."),
        _("Please check it; it needs a name, an @ and a domain, without spaces."),
    ),
    "not_a_domain": (_("“{value}” is not a domain."), _("Give it as in example.com.")),
    "domain_is_freemail": (
        _("Anybody can have an address at {value}; it says nothing about a company."),
        _("Give the company's own domain, or leave the field empty."),
    ),
    "not_a_website": (_("“{value}” is not the address of a website."), _("Give it as in https://example.com.")),
    "unknown_zone": (_("“{value}” is not a time zone."), _("Choose one such as Europe/Berlin.")),
    "unknown_choice": (_("“{field}” cannot be that."), _("Choose one of: {choices}.")),
    "unknown_field": (_("There is no field “{field}” here."), _("The fields are: {fields}.")),
    "unknown_reference": (
        _("What “{field}” refers to does not exist, or not for you."),
        _("Choose another one."),
    ),
    "parent_circle": (_("A company cannot stand below itself: {circle}."), _("Choose another company above it.")),
    "private_needs_owner": (
        _("Only what is your own can be private."),
        _("Become its owner first, or leave it open to all."),
    ),
    "unknown_answer": (_("“{value}” is no answer to this question."), _("Choose one of: {choices}.")),
    "no_answers": (_("The four questions are not answered yet."), _("Answer all four of them first.")),
    # --- Recycle bin and duplicates ---
    "merge_count": (
        _("A merge takes {least} to {most} records; these are {count}."),
        _("Choose fewer, and merge the rest into the result."),
    ),
    "merge_apart": (
        _("Somebody looked at “{one}” and “{other}” and said that they are not the same."),
        _("Leave one of them out, or say on the page of the merge that they are the same after all."),
    ),
    "merge_is_over": (
        _("This merge was made too long ago, or is undone already: {days} days are the limit."),
        _("Make a new record, and move to it what belongs there."),
    ),
    "merged_on": (
        _("“{name}” was itself merged into another record or deleted since."),
        _("Undo that first, then this."),
    ),
    "same_record": (_("This is one and the same record."), _("Choose two different ones.")),
    "account_has_open_deals": (
        _("“{name}” has open deals: {count}."),
        _("Close them, delete them, or give them another account first; then delete the account."),
    ),
    "bin_is_over": (
        _("This was deleted too long ago: the recycle bin keeps it for {days} days."),
        _("Add it anew, or ask whoever runs the server for a backup."),
    ),
    "not_in_bin": (
        _("This record does not lie in the recycle bin."),
        _("Look for it in the list; somebody may have brought it back already."),
    ),
    # --- Programs ---
    "bad_idempotency_key": (
        _("This Idempotency-Key cannot be used."),
        _("Use at most {limit} printable characters, for example a UUID."),
    ),
    "idempotency_key_reused": (
        _("This Idempotency-Key was used for another request."),
        _("Use a new key for each request; repeat one only together with the same request."),
    ),
    **IMPORTS,
    # --- Lists ---
    "bad_mark": (_("This part of the list cannot be found any more."), _("Open the list from its beginning.")),
    "unknown_sort": (_("The list cannot be sorted by “{sort}”."), _("Choose one of: {sorts}.")),
    "filter_too_long": (
        _("The filter is too long: {length} of at most {limit} characters."),
        _("Shorten it; many values of one field fit into one list in brackets."),
    ),
    "filter_too_many": (
        _("The filter has more than {limit} conditions, from character {column} on."),
        _("Use fewer; many values of one field fit into one list in brackets."),
    ),
    "filter_too_many_values": (
        _("A list in the filter has more than {limit} values, from character {column} on."),
        _("Use fewer, or another field that they have in common."),
    ),
    "filter_too_deep": (
        _("The filter has more than {limit} brackets within each other, at character {column}."),
        _("Write it with fewer brackets."),
    ),
    "filter_unknown_field": (_("There is no field “{field}” to filter by."), _("Did you mean: {near}?")),
    "filter_field_gone": (
        _("The field “{field}” does not exist any more, or not for you."),
        _("Take this condition out of the filter, or name another field."),
    ),
    "filter_op_unfit": (
        _("The field “{field}” cannot be compared by “{op}”."),
        _("It can be compared by: {ops}."),
    ),
    "filter_value_unfit": (_("“{value}” cannot be compared here."), _("Here belongs {expected}.")),
    "filter_value_missing": (
        _("“{field}” has nothing to be compared with."),
        _("Say what, or take this condition out."),
    ),
    "filter_value_unknown": (
        _("There is no “{value}” to compare with here."),
        _("It can be: {choices}."),
    ),
    "filter_not_a_day": (
        _("“{value}” is no day."),
        _("Write 2026-03-31, today, today-14d, this_month, last_quarter or the like."),
    ),
    "too_many_columns": (
        _("A list shows at most {limit} columns; these are {count}."),
        _("Choose fewer; an export takes the same ones."),
    ),
    "column_not_shown": (
        _("The field “{field}” filters only; there may be several values of it in a row."),
        _("Choose another column."),
    ),
    "group_unfit": (
        _("Rows cannot be grouped by “{field}”."),
        _("Choose a field with few values, such as the owner or the stage."),
    ),
    # --- The gate ---
    "criteria_missing": (
        _("This deal stays in its stage."),
        _("Add the evidence, or ask for an exception."),
    ),
    "already_there": (_("The deal is in “{stage}” already."), _("Choose another stage.")),
    "already_open": (_("The deal is open already, in “{stage}”."), _("Move it instead.")),
    "deal_is_closed": (_("This deal is closed: {status}."), _("Reopen it first.")),
    "not_won_yet": (_("Only a won deal can be cancelled."), _("Choose a reason for losing or disqualifying it.")),
    "won_stays_won": (
        _("A won deal does not move back to “{stage}”."),
        _("Reopen it if the order does not stand."),
    ),
    "starts_after_winning": (
        _("A new deal cannot start in “{stage}”: that stage comes after winning."),
        _("Start it in an earlier stage."),
    ),
    "unknown_stage": (_("The process has no stage “{stage}”."), _("Its stages are: {stages}.")),
    "unknown_criterion": (_("The process has no criterion “{criterion}”."), _("Its criteria are: {criteria}.")),
    "unknown_reason": (_("The process has no reason “{reason}” for leaving."), _("Its reasons are: {reasons}.")),
    "rest_instead": (_("For this reason a deal rests; it does not end."), _("Let it rest until the buyer's date.")),
    "nothing_to_undo": (_("There is no move to undo."), _("Move the deal by hand if it stands wrong.")),
    "nothing_missing": (_("Nothing is missing for this move."), _("Move the deal; it needs no exception.")),
    "exception_asked_already": (
        _("An exception has been asked for already."),
        _("Wait for the answer, or ask for it."),
    ),
    "exception_answered_already": (_("This exception has been answered already."), _("Look at the deal as it stands.")),
    "exception_needs_another": (
        _("Somebody else has to grant this exception."),
        _("Ask a manager or somebody of the administration."),
    ),
    # --- Evidence ---
    "unknown_kind": (_("There is no kind of evidence “{kind}”."), _("This criterion accepts: {kinds}.")),
    "kind_not_accepted": (
        _("“{kind}” is no evidence for this criterion."),
        _("It accepts: {kinds}."),
    ),
    "note_is_text": (_("A note is told, not uploaded."), _("Write it down, or choose the kind of the file.")),
    "note_needs_link": (
        _("A note counts when the buyer has confirmed it."),
        _("Write the note down and send the buyer the link to confirm it."),
    ),
    "no_note_to_confirm": (
        _("There is no note here that a buyer could confirm."),
        _("Write a note that names the person first."),
    ),
    "not_a_mail": (_("“{name}” is not an e-mail."), _("Upload the message as .eml, or choose the kind of the file.")),
    "not_an_invite": (_("“{name}” is not an invitation."), _("Upload the answer as .ics or .eml.")),
    "not_buyers_mail": (
        _("“{name}” does not count as the buyer's message."),
        _("Upload the original message that the buyer sent, as .eml."),
    ),
    "not_buyers_acceptance": (
        _("“{name}” does not count as the buyer's acceptance."),
        _("Upload the buyer's answer to the invitation, as .ics or .eml."),
    ),
    "sender_unknown": (
        _("Nobody on the buyer's side is known by {address}."),
        _("If {sender} belongs to the buyer, add the person in the same step; it stays marked."),
    ),
    "person_not_buyers_side": (
        _("{name} works for another company."),
        _("Name a person of this account, or add {name} to the buying centre first."),
    ),
    "person_is_ours": (
        _("{name} has one of our own addresses."),
        _("Name the person of the buyer's side who said it or did it."),
    ),
    "source_needs_address": (_("An open source needs its address."), _("Give the address that begins with https://.")),
    "given_already": (_("This evidence is here already."), _("Open it in the list of evidence.")),
    "withdrawn_already": (_("This evidence has been taken back."), _("Add it anew if it holds after all.")),
    "own_evidence": (
        _("Nobody judges evidence they gave themselves."),
        _("Ask a manager or somebody of the administration."),
    ),
    # --- Files ---
    "file_too_large": (_("The file is too large: {size} of at most {limit}."), _("Upload a smaller one.")),
    "file_too_slow": (
        _("Reading the file took longer than {seconds} seconds and was ended."),
        _("Upload a simpler file, or a part of it."),
    ),
    "file_kind_refused": (
        _("“{name}” is of a kind that is not taken, or not what its name says."),
        _("Taken are: {kinds}."),
    ),
    "file_unreadable": (_("The file cannot be read."), _("Export or save it once more and upload it again.")),
    # --- Processes ---
    "no_process": (
        _("There is no process that a deal could follow yet."),
        _("Take one from the library, or publish your own."),
    ),
    **PROCESSES,
    "process_unusable": (
        _("This file is no process yet; nothing was published."),
        _("Mend these places and try again."),
    ),
}
"""What was not done and the way out, by code."""

FILE_REASONS: Mapping[str, Label] = {
    "crashed": _("its reader ended without an answer"),
    "malformed": _("it does not follow its own format"),
    "empty": _("it is empty"),
    "nested": _("it holds parts within parts without end"),
    "too_many_parts": _("it has more parts than anybody writes"),
    "header_too_long": _("its headers are too long"),
    "no_event": _("it holds no appointment"),
    "repeats_too_often": _("its appointment repeats too often"),
    "zip_unsafe": _("it would unpack without bound, or outside its folder"),
    "encrypted": _("it is protected by a password"),
    "old_office": _("it is of an Office format before 2007, or protected by a password"),
    "macros": _("it carries a program"),
    "too_many_pixels": _("the image is too large"),
    "too_many_columns": _("it has too many columns"),
    "field_too_long": _("a field does not end; a quotation mark may not be closed"),
    "no_table": _("no row with column names was found"),
    "too_much_memory": _("reading it takes too much memory"),
}

MAP_REASONS: Mapping[str, Label] = {
    "too_long": _("it is longer than anybody writes"),
    "no_yaml": _("it is no YAML"),
    "no_files": _("it names no files"),
    "no_file": _("a file in it has no name"),
    "no_file_fits": _("no file has these columns"),
    "not_a_text": _("this has to be a text"),
    "not_a_mapping": _("this has to be keys with values"),
    "not_a_date": _("this has to be a day"),
    "unknown_kind": _("this kind of record is not known"),
    "unknown_field": _("there is no such field"),
    "unknown_style": _("this way of writing is not known"),
    "field_twice": _("two columns go to one field"),
}

PASSWORD_REASONS: Mapping[str, Label] = {
    "password_too_short": _("at least {min_length} characters"),
    "password_too_similar": _("something other than your name or address"),
    "password_too_common": _("something that is not on the list of common passwords"),
    "password_entirely_numeric": _("something besides digits"),
}


def text(refusal: Refusal) -> Said:
    """The refusal in the reader's language. A code without words of its own is told as it is."""
    what, way_out = TEXTS.get(refusal.code, (refusal.code, ""))
    values = defaultdict(str, _values(refusal))
    missing = _MISSING.get(refusal.code, _nothing)(refusal.params)
    return Said(str(what).format_map(values), list(missing), str(way_out).format_map(values))


def _values(refusal: Refusal) -> dict[str, str]:
    ways = _SHOWN | _SHOWN_OTHERWISE.get(refusal.code, {})
    said = {name: ways.get(name, shown)(value) for name, value in refusal.params.items()}
    if "label" in refusal.params and "field" in said:
        said["field"] = said["label"]
    by = said.get("by") or gettext("Somebody else")
    return said | {"by": by, "sender": said.get("name") or said.get("address", "")}


FILTER_PARTS: Mapping[str, Label] = {
    "character": _("a character that can be shown"),
    "quote": _("a quotation mark that is closed again"),
    "joint": _("“and”, “or” or the end"),
    "bracket": _("a closing bracket"),
    "field": _("the name of a field, or a bracket"),
    "in": _("“in” after “not”"),
    "empty": _("“empty” or “not empty”"),
    "operator": _("a comparison such as =, !=, <, >, ~, “in” or “is empty”"),
    "values": _("a list of values in brackets"),
    "comma": _("a comma or a closing bracket"),
    "value": _("a value; several words in quotation marks"),
    "number": _("a number such as 1200 or 12.5"),
    "money": _('an amount such as 10000 or "10000 EUR"'),
    "yes_no": _("yes or no"),
    "name": _("the name, address or uid of somebody who is here"),
}
"""What belongs where the reading of a filter ended."""


def _field(name: str) -> str:
    return label(FIELDS, name)


def _part(expected: str) -> str:
    return label(FILTER_PARTS, expected)


def _found(text: str) -> str:
    return gettext("“{found}”").format(found=text) if text else gettext("the end")


def _contact_act(act: str) -> str:
    return label(CONTACT_ACTS, act)


def _kind(kind: str) -> str:
    return label(KINDS, kind)


def _kinds(kinds: Iterable[str]) -> str:
    return listed(_kind(kind) for kind in kinds)


def _status(status: str) -> str:
    return label(STATUSES, status)


def _size(value: Any) -> str:
    for unit, factor in SIZES:
        if value >= factor:
            return f"{value / factor:.0f} {unit}"
    return str(value)


_SHOWN: dict[str, Callable[[Any], str]] = {
    "field": _field,
    "kind": _kind,
    "kinds": _kinds,
    "status": _status,
}
_SHOWN_OTHERWISE: dict[str, dict[str, Callable[[Any], str]]] = {
    "archive_broken": {"why": lambda why: f"{label(ARCHIVE_REASONS, why)}."},
    "import_map_unusable": {"why": lambda why: f"{label(MAP_REASONS, why)}:"},
    "amount_too_large": {"limit": grouped},
    "file_too_large": {"size": _size, "limit": _size},
    "filter_unreadable": {"expected": _part, "found": _found},
    "filter_value_unfit": {"expected": _part},
    "filter_unknown_field": {"field": shown},
    "filter_field_gone": {"field": shown},
    "filter_op_unfit": {"field": shown},
    "filter_value_missing": {"field": shown},
    "column_not_shown": {"field": shown},
    "contact_unknown_word": {"field": shown},  # a program's; whoever logs by hand chooses
    "act_of_other_side": {"act": _contact_act, "acts": lambda acts: listed(map(_contact_act, acts))},
    "group_unfit": {"field": shown},
    "unknown_field": {"field": shown},  # keys, since only a program can have asked for them
}


def _row(params: Mapping[str, Any]) -> Iterable[str]:
    """What is wrong with a row of many."""
    said = text(Refusal(params["refused"], **params["given"]))
    yield f"{said.what} {said.way_out}"


def _nothing(_params: Mapping[str, Any]) -> Iterable[str]:
    return ()


def _criteria(params: Mapping[str, Any]) -> Iterable[str]:
    several = len({item.stage.key for item in params["missing"]}) > 1
    for item in params["missing"]:
        said = words(item.criterion.text)
        yield f"{words(item.stage.name)}: {said}" if several else said
    yield from _unfilled(params)


def _unfilled(params: Mapping[str, Any]) -> Iterable[str]:
    """Fields that hold nothing yet: the workspace's own, and those of every deal."""
    return (item.name if item.own else label(FIELDS, item.key) for item in params.get("unfilled", ()))


def _checks(params: Mapping[str, Any]) -> Iterable[str]:
    for problem in params["problems"]:
        values = {name: shown(value) for name, value in problem.params.items()}
        yield label(CHECKS, problem.code).format_map(defaultdict(str, values))


def _places(params: Mapping[str, Any]) -> Iterable[str]:
    told = [(item.place.line, item.place.column, item.code) for item in params["problems"]]
    for line, column, reason in params.get("said", told):
        yield gettext("line {line}, column {column}").format(line=line, column=column) + f": {reason}"


def _password(params: Mapping[str, Any]) -> Iterable[str]:
    for code, values in params["reasons"]:
        yield label(PASSWORD_REASONS, code).format_map(defaultdict(str, values))


def _file(params: Mapping[str, Any]) -> Iterable[str]:
    yield label(FILE_REASONS, params.get("reason"))


def _both(params: Mapping[str, Any]) -> Iterable[str]:
    for column, (mine, theirs) in params.get("changed", {}).items():
        if column == "custom":
            mine, theirs = (list(value.values()) for value in (mine, theirs))
        yield gettext("{field}: yours “{mine}”, now “{theirs}”").format(
            field=_field(column), mine=shown(mine), theirs=shown(theirs)
        )


_MISSING: Mapping[str, Callable[[Mapping[str, Any]], Iterable[str]]] = {
    "contact_row_refused": _row,
    "criteria_missing": _criteria,
    "values_missing": _unfilled,
    "not_buyers_mail": _checks,
    "not_buyers_acceptance": _checks,
    "parameters_unusable": _places,
    "process_unusable": _places,
    "weak_password": _password,
    "file_unreadable": _file,
    "stale": _both,
}
