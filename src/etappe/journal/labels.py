"""What keys are called in the reader's language: fields, states, kinds of evidence, roles, acts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from etappe.core.actor import Role
from etappe.core.evidence import Kind, Provenance, Strength
from etappe.core.mail_checks import Check, Flag
from etappe.core.process import Basis, Criterion, Proof, Stage, Status

Label = str | Promise

KINDS: Mapping[str, Label] = {
    Kind.REPLY: _("Buyer's written reply"),
    Kind.BOOKING: _("Meeting booked by the buyer"),
    Kind.FORM: _("Form filled in by the buyer"),
    Kind.PLAN_TICK: _("Tick in the mutual plan"),
    Kind.DOCUMENT: _("Document from the buyer"),
    Kind.QUOTE_ANSWER: _("Answer to the quote"),
    Kind.QUOTE_ACCEPTED: _("Accepted quote"),
    Kind.ORDER: pgettext_lazy("evidence", "Order"),
    Kind.SURVEY: _("Survey answer"),
    Kind.NOTE_CONFIRMED: _("Note confirmed by the buyer"),
    Kind.INVITE_ACCEPTED: _("Accepted invitation"),
    Kind.ATTENDED: _("Attendance"),
    Kind.USAGE: _("Use of the product"),
    Kind.PARTNER_REPORT: _("Partner's report"),
    Kind.SOURCE: _("Open source with date"),
    Kind.CALL_NOTE: _("Call or visit note"),
}

STRENGTHS: Mapping[int, Label] = {
    Strength.WRITTEN: _("written by the buyer"),
    Strength.DONE: _("done by the buyer"),
    Strength.OUTSIDE: _("fact from outside"),
    Strength.CLAIMED: _("claimed by us"),
}

PROVENANCES: Mapping[str, Label] = {
    Provenance.RECEIVED: _("received by us"),
    Provenance.UPLOADED: _("uploaded file"),
    Provenance.PASTED: _("pasted or told"),
}

STATUSES: Mapping[str, Label] = {
    Status.OPEN: _("open"),
    Status.WON: _("won"),
    Status.LOST: _("lost"),
    Status.DISQUALIFIED: _("disqualified"),
    Status.DECLINED: _("declined by the buyer"),
    Status.CANCELLED: _("cancelled"),
}

PROOFS: Mapping[str, Label] = {
    Proof.PROVEN: _("proven"),
    Proof.OVERRIDDEN: _("by exception"),
    Proof.UNPROVEN: _("unproven"),
}

BASES: Mapping[str, Label] = {
    Basis.START: _("started here"),
    Basis.LATE_ENTRY: _("done before we met"),
    Basis.EVIDENCE: _("on evidence"),
    Basis.BACK: _("moved back"),
    Basis.OVERRIDE: _("by exception"),
    Basis.IMPORTED: _("imported"),
    Basis.UNDO: _("undone"),
    Basis.REOPEN: _("reopened"),
    Basis.REMAP: _("moved to another process version"),
    Basis.EXIT: _("left early"),
}

ROLES: Mapping[str, Label] = {
    Role.ADMINISTRATOR: _("Administration"),
    Role.MANAGER: _("Sales management"),
    Role.REP: _("Sales"),
    Role.MARKETING: _("Marketing"),
    Role.SUCCESS: _("Customer success"),
    Role.OBSERVER: _("Read only"),
}

CENTRE_ROLES: Mapping[str, Label] = {
    "unknown": _("role unknown"),
    "decider": _("decider"),
    "approver": _("economic approver"),
    "influencer": _("influencer"),
    "user": pgettext_lazy("buying centre", "user"),
    "champion": _("champion"),
    "purchaser": _("purchaser"),
    "gatekeeper": _("gatekeeper"),
    "opponent": _("opponent"),
}

ACTIVITIES: Mapping[str, Label] = {
    "call": _("Call"),
    "meeting": _("Meeting"),
    "email": _("E-mail"),
    "task": _("Task"),
    "note": _("Note"),
}
"""What another program tells of; a kind of its own is called as there."""

CONTACT_DIRECTIONS: Mapping[str, Label] = {"in": _("from the buyer"), "out": _("from us")}
CONTACT_CHANNELS: Mapping[str, Label] = {
    "mail": _("E-mail"),
    "call": _("Phone"),
    "meeting": pgettext_lazy("channel", "Meeting"),
    "visit": _("Visit"),
    "fair": _("Fair"),
    "post": _("Letter"),
    "web": _("Website"),
    "social": _("Social network"),
    "message": pgettext_lazy("channel", "Message"),
    "event": _("Event"),
}
CONTACT_ACTS: Mapping[str, Label] = {
    "opened": pgettext_lazy("contact", "opened"),
    "clicked": pgettext_lazy("contact", "clicked"),
    "downloaded": pgettext_lazy("contact", "downloaded"),
    "liked": pgettext_lazy("contact", "liked"),
    "commented": pgettext_lazy("contact", "commented"),
    "viewed": pgettext_lazy("contact", "viewed"),
    "submitted": pgettext_lazy("contact", "form sent"),
    "wrote": pgettext_lazy("contact", "wrote"),
    "called": pgettext_lazy("contact", "called"),
    "met": pgettext_lazy("contact", "met"),
    "attended": pgettext_lazy("contact", "attended"),
    "sent": pgettext_lazy("contact", "sent something"),
}

TEAM_ROLES: Mapping[str, Label] = {
    "sdr": _("lead qualification"),
    "am": _("account management"),
    "mk": _("marketing"),
    "an": _("analysis"),
    "im": _("implementation"),
    "cs": _("customer success"),
    "pm": _("partner management"),
    "": _("no role"),
}

CHECKS: Mapping[str, Label] = {
    Check.SENDER_MISSING: _("a sender"),
    Check.SENDER_SEVERAL: _("exactly one sender; this message names several: {senders}"),
    Check.SENDER_UNCLEAR: _("a sender that can be read in one way only; this one cannot: {sender}"),
    Check.SENDER_OURS: _("a sender on the buyer's side; this is one of our own addresses: {sender}"),
    Check.SENDER_NOT_BUYERS_SIDE: _("a sender on the buyer's side; this one belongs to nobody known: {sender}"),
    Check.DISPLAY_NAME_LIES: _("an honest sender; the name shown ({name}) is not that of {sender}"),
    Check.MAIL_FORWARDED: _("the original message; this one was forwarded"),
    Check.MAIL_AUTOMATIC: _("a message written by a person; this one was sent by a machine"),
    Check.MAIL_WORDLESS: _("words of the sender's own; this mail holds no text beside what it quotes, and no file"),
    Check.DATE_MISSING: _("a date"),
    Check.DATE_IN_FUTURE: _("a date that has come; this one is in the future: {date}"),
    Check.INVITE_NOT_A_REPLY: _("the buyer's answer to the invitation; this file is no answer"),
    Check.INVITE_SEVERAL: _("the answer of one person to one appointment"),
    Check.INVITE_NOT_ACCEPTED: _("an acceptance; the answer here is {answer}"),
    Check.INVITE_ANSWERED_BY_OTHER: _("an answer by {attendee}; it was sent by {sender}"),
}
"""What is missing where a message does not count as the buyer's."""

FLAGS: Mapping[str, Label] = {
    Flag.BEFORE_DEAL: _("from before the deal began"),
    Flag.SENDER_NEW: _("sender not known before"),
    Flag.SENT_ON_BEHALF: _("sent by somebody else on their behalf"),
    Flag.NOT_SIGNED: _("without a domain signature"),
    Flag.REPLIES_ELSEWHERE: _("replies go to another domain"),
    Flag.ORGANIZER_UNKNOWN: _("organiser of the invitation unknown"),
    "sender_added": _("sender added with this evidence"),
    "sender_from_outside": _("sender outside the buyer's known domains"),
    "answered_by_colleague": _("answered in a browser in which a colleague was signed in"),
    "answered_from_our_network": _("answered from an address of the net that a colleague uses too"),
    "other_domain": _("from another domain"),
    "used_elsewhere": _("the same file is evidence on another deal"),
}

FIELDS: Mapping[str, Label] = {
    "account": _("Account"),
    "account_id": _("Account"),
    "about": _("What it was about"),
    "act": _("What happened"),
    "amount": _("Deal value"),
    "answer": _("Answer"),
    "archived_at": _("In the recycle bin since"),
    "buyer_since": _("Buyer looking since"),
    "buyer_target_date": _("Buyer's target date"),
    "called": _("Name"),
    "channel": _("Preferred channel"),
    "choices": _("Choices"),
    "city": _("City"),
    "closed_at": _("Closed on"),
    "comment": _("Comment"),
    "country": _("Country"),
    "contact_channel": pgettext_lazy("contact", "Channel"),
    "currency": _("Currency"),
    "custom": _("Own fields"),
    "data": _("Further columns"),
    "data_as_of": _("Data as of"),
    "default_process": _("Process for new deals"),
    "department": _("Department"),
    "direction": pgettext_lazy("contact", "Direction"),
    "domain": _("Domain"),
    "columns": _("Columns"),
    "email": _("E-mail"),
    "ended_at": _("Ended"),
    "employees": _("Employees"),
    "engaged_since": _("Engaged since"),
    "entry_stage": _("Stage of entry"),
    "expected_close": _("Expected order date"),
    "family_name": _("Family name"),
    "founded": _("Founded in"),
    "given_name": _("Given name"),
    "happened_at": _("Date"),
    "help": _("What it is for"),
    "group": _("Group"),
    "industry": _("Industry"),
    "is_active": _("Active"),
    "is_default": _("Opens first"),
    "is_private": _("Private"),
    "job_title": _("Position"),
    "key": _("Key"),
    "label": _("Label"),
    "language": _("Language"),
    "leave_note": _("Note on leaving"),
    "leave_reason": _("Reason"),
    "lost_to": _("Lost to"),
    "merged_into_id": _("Merged into"),
    "mobile": _("Mobile phone"),
    "name": _("Name"),
    "next_step": _("Next step"),
    "next_step_on": _("Next step on"),
    "next_step_person": _("Next step with"),
    "next_step_person_id": _("Next step with"),
    "our_domains": _("Our own domains"),
    "source_words": _("Words of sources"),
    "owner": _("Owner"),
    "owner_id": _("Owner"),
    "parent": _("Belongs to"),
    "parent_id": _("Belongs to"),
    "password": _("Password"),
    "person": _("Person"),
    "phone": _("Phone"),
    "position": _("Order"),
    "postcode": _("Postcode"),
    "process": _("Process"),
    "process_version_id": _("Process version"),
    "product": _("Product"),
    "profile": _("Profile"),
    "reason": _("Reason"),
    "required_in": _("Needed to leave"),
    "rests_until": _("Resting until"),
    "review_on": _("Next review on"),
    "result": _("Result of the review"),
    "next_on": _("Next review on"),
    "revenue": _("Yearly revenue"),
    "role": _("Role"),
    "scopes": _("Scopes"),
    "sha256": _("Text"),
    "shared": _("Who sees it"),
    "shown_as": _("Opens as"),
    "sort": _("Sorted by"),
    "source": _("Lead source"),
    "stage": _("Stage"),
    "status": _("Status"),
    "street": _("Street"),
    "subject": _("Subject"),
    "tags": _("Tags"),
    "team": _("Team"),
    "team_id": _("Team"),
    "text": _("Text"),
    "theme": _("Appearance"),
    "density": _("Rows of tables"),
    "title": _("Title"),
    "until": _("Until"),
    "website": _("Website"),
    "where": _("Filter"),
    "zone": _("Time zone"),
}
"""Fields and columns of all records, and of what is asked when one acts."""

_DAYS = {"de": "dd.MM.yyyy", "en": "d MMM yyyy"}
_HOURS = {"de": "HH:mm 'Uhr'", "en": "HH:mm"}


def language() -> str:
    """The reader's language, `de` or `en`."""
    return "de" if (get_language() or "en").startswith("de") else "en"


def label(table: Mapping[Any, Label], key: Any) -> str:
    """What the table calls the key; the key itself where it has no word for it."""
    return str(table.get(key, key))


def words(texts: Mapping[str, str]) -> str:
    """A text of a process in the reader's language, in another one where it has no such."""
    return texts.get(language()) or next((text for text in texts.values() if text), "")


def listed(items: Iterable[str]) -> str:
    """Several things in a row."""
    return ", ".join(items)


def day(value: date) -> str:
    """A day: `24.11.2026` or `24 Nov 2026`; of a moment the day where the reader is."""
    return day_in(timezone.localtime(value).date() if isinstance(value, datetime) else value, language())


@lru_cache(maxsize=4096)
def day_in(value: date, language: str) -> str:
    """A day in this language. A table shows the same few days again and again."""
    return format_date(value, _DAYS[language], locale=language)


def moment(value: datetime) -> str:
    """A day with its time where the reader is."""
    local = timezone.localtime(value)
    return f"{day(value)}, {format_time(local, _HOURS[language()], locale=language())}"


def grouped(value: int) -> str:
    """A large number, its digits in groups as the reader's language has them."""
    return format_decimal(value, locale=language())


def shown(value: Any) -> str:
    """A plain value as a sentence names it."""
    if isinstance(value, Stage):
        return words(value.name)
    if isinstance(value, Criterion):
        return words(value.text)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, list | tuple | set | frozenset):
        return listed(shown(item) for item in value)
    return "" if value is None else str(value)
