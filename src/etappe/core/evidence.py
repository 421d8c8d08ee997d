"""Kinds of evidence, where it came from, and how strong that makes it.

Strength is kind times provenance: the best a kind can be, lowered to what its provenance can carry. A pasted text is
never more than a claim, whatever it says it is.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Kind(StrEnum):
    """The sixteen kinds of evidence a criterion may accept."""

    REPLY = "reply"
    BOOKING = "booking"
    FORM = "form"
    PLAN_TICK = "plan_tick"
    DOCUMENT = "document"
    QUOTE_ANSWER = "quote_answer"
    QUOTE_ACCEPTED = "quote_accepted"
    ORDER = "order"
    SURVEY = "survey"
    NOTE_CONFIRMED = "note_confirmed"
    INVITE_ACCEPTED = "invite_accepted"
    ATTENDED = "attended"
    USAGE = "usage"
    PARTNER_REPORT = "partner_report"
    SOURCE = "source"
    CALL_NOTE = "call_note"


class Strength(IntEnum):
    """How much a piece of evidence says; higher is stronger."""

    CLAIMED = 1
    """Our own claim (D)."""
    OUTSIDE = 2
    """A fact about the buyer from outside (C)."""
    DONE = 3
    """Done by the buyer, recorded by a machine or a third party (B)."""
    WRITTEN = 4
    """Written or done by the buyer as an act of will (A)."""


class Provenance(StrEnum):
    """How the evidence reached us."""

    RECEIVED = "received"
    """By our own mailbox, or made on our own pages by the buyer."""
    UPLOADED = "uploaded"
    """A file a colleague uploaded."""
    PASTED = "pasted"
    """Text a colleague pasted or was told."""


_BEST = {
    Kind.REPLY: Strength.WRITTEN,
    Kind.BOOKING: Strength.WRITTEN,
    Kind.FORM: Strength.WRITTEN,
    Kind.PLAN_TICK: Strength.WRITTEN,
    Kind.DOCUMENT: Strength.WRITTEN,
    Kind.QUOTE_ANSWER: Strength.WRITTEN,
    Kind.QUOTE_ACCEPTED: Strength.WRITTEN,
    Kind.ORDER: Strength.WRITTEN,
    Kind.SURVEY: Strength.WRITTEN,
    Kind.NOTE_CONFIRMED: Strength.WRITTEN,
    Kind.INVITE_ACCEPTED: Strength.DONE,
    Kind.ATTENDED: Strength.DONE,
    Kind.USAGE: Strength.DONE,
    Kind.PARTNER_REPORT: Strength.DONE,
    Kind.SOURCE: Strength.OUTSIDE,
    Kind.CALL_NOTE: Strength.CLAIMED,
}


def strength(kind: Kind, provenance: Provenance) -> Strength:
    """How strong evidence of this kind and provenance is.

    >>> strength(Kind.REPLY, Provenance.UPLOADED).name, strength(Kind.REPLY, Provenance.PASTED).name
    ('WRITTEN', 'CLAIMED')
    """
    return Strength.CLAIMED if provenance is Provenance.PASTED else _BEST[kind]


def counts_as(kind: Kind, provenance: Provenance) -> Kind:
    """The kind that evidence counts as at the gate: a mail pasted by hand is a call note, not a reply.

    >>> counts_as(Kind.REPLY, Provenance.PASTED)
    <Kind.CALL_NOTE: 'call_note'>
    """
    return Kind.CALL_NOTE if provenance is Provenance.PASTED and kind is not Kind.SOURCE else kind
