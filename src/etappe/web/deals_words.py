"""Words of the deals pages that `journal.labels` does not hold: goals, hints, ways of leaving."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from etappe.core.evidence import Kind
from etappe.core.mail_checks import Flag
from etappe.core.process import Status
from etappe.journal.labels import KINDS, label, language, words
from etappe.web.templatetags import formats

HINTS: Mapping[str, Promise] = {
    Kind.REPLY: gettext_lazy("The mail of a person of the buyer's side, saved as a file (.eml)."),
    Kind.BOOKING: gettext_lazy("The buyer's own booking as a calendar file (.ics), or the mail that brought it."),
    Kind.FORM: gettext_lazy("What the buyer filled in, as a file."),
    Kind.PLAN_TICK: gettext_lazy("The plan with the buyer's tick or entry, as a file."),
    Kind.DOCUMENT: gettext_lazy("Specification, organisation chart, acceptance record or contract, as a file."),
    Kind.QUOTE_ANSWER: gettext_lazy("Question, change request or consent on the quote, as a mail or another file."),
    Kind.QUOTE_ACCEPTED: gettext_lazy("The signed or accepted quote, as a file."),
    Kind.ORDER: gettext_lazy("Order, order number or receipt of payment, as a file."),
    Kind.SURVEY: gettext_lazy("The buyer's answer with the question, as a file."),
    Kind.NOTE_CONFIRMED: gettext_lazy("Two lines about the call or visit. The buyer confirms them by a link."),
    Kind.INVITE_ACCEPTED: gettext_lazy("The buyer's calendar answer (.ics), or the mail that brought it."),
    Kind.ATTENDED: gettext_lazy("List of participants, or attendance signed by the buyer, as a file."),
    Kind.USAGE: gettext_lazy("Report of the product about the customer's use, as a file."),
    Kind.PARTNER_REPORT: gettext_lazy("The partner's registration or report, as a file."),
    Kind.SOURCE: gettext_lazy("A public page, with its address and the day you read it."),
    Kind.CALL_NOTE: gettext_lazy("What a person of the buyer's side told us. It counts as our own claim."),
}
"""What to give as evidence of each kind."""

GRAVE = frozenset(
    {
        "answered_by_colleague",
        "answered_from_our_network",
        "sender_added",
        "sender_from_outside",
        Flag.REPLIES_ELSEWHERE.value,
        Flag.SENT_ON_BEHALF.value,
    }
)
"""Flags that a reader should look at twice."""

OUTCOMES: Mapping[str, Promise] = {
    Status.LOST: gettext_lazy("Mark as lost"),
    Status.DISQUALIFIED: gettext_lazy("Disqualify"),
    Status.DECLINED: gettext_lazy("Declined by the buyer"),
    Status.CANCELLED: gettext_lazy("Cancelled by the customer"),
}
"""What leaving early makes of a deal, as something to do."""


def goal(name: Mapping[str, str]) -> str:
    """An open stage as a goal: `Ziel: Produkt bewertet`, `Goal: product evaluated`."""
    return goal_of(words(name))


def goal_of(said: str) -> str:
    """The same from the stage's name in the reader's language."""
    if language() == "en" and said[1:2].islower():
        said = said[0].lower() + said[1:]
    return _("Goal: {stage}").format(stage=said)


def kinds(accepted: Iterable[Kind]) -> str:
    """Kinds of evidence as alternatives in one line."""
    return _(" or ").join(label(KINDS, kind) for kind in accepted)


def amount_of_deals(number: int) -> str:
    """A number of deals in words."""
    return ngettext("{count} deal", "{count} deals", number).format(count=formats.number(number))
