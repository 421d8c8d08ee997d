"""The buyer confirms a call or visit note by a link: a page without sign-in, one POST, expiring, revocable."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from etappe.core.actor import Actor
from etappe.core.deal_fields import clean_text
from etappe.core.errors import Missing, Refusal
from etappe.core.evidence import Kind, Provenance, strength
from etappe.core.kinds.deals import NoteAnswered, NoteLinkMade, NoteLinkRevoked
from etappe.deals.actions.acts import refresh_buyer_act
from etappe.deals.actions.evidence import criterion_of, lock_evidence, record_confirmed, require_not_ours
from etappe.deals.models import Deal, Evidence, NoteLink
from etappe.deals.place import refresh_proof
from etappe.deals.scope import holder, user_key, visible
from etappe.journal.record import action, record
from etappe.people import queries as people
from etappe.team.access import require

LIFETIME = timedelta(days=14)
"""How long a link may be answered."""

ANSWER_MARKS = frozenset({"answered_by_colleague", "answered_from_our_network"})
"""What an answer may be marked with: a colleague was signed in there, or works from the same address of the net."""


@dataclass(frozen=True)
class NoteLinkRef:
    """A link to hand to the buyer; `token` is its secret part."""

    uid: uuid.UUID
    token: str


def token_of(uid: uuid.UUID) -> str:
    """The secret part of a link: derived, so that it can be shown again and is stored nowhere."""
    digest = salted_hmac("etappe.deals.note_link", str(uid), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def hashed(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


@action
def make_note_link(evidence: uuid.UUID | str, *, actor: Actor, at: datetime) -> NoteLinkRef:
    """Ask the buyer to confirm a note: a link for the person it names. An open one is handed out again."""
    deal, note = lock_evidence(actor, evidence)
    require(actor, "deals.prove", holder(deal))
    if note.kind != Kind.CALL_NOTE.value or note.person_id is None or note.withdrawn_at:
        raise Refusal("no_note_to_confirm")
    require_not_ours(deal, people.person_names([note.person_id])[note.person_id])
    if Kind.NOTE_CONFIRMED not in criterion_of(deal, note.criterion)[1].kinds:
        raise Refusal("kind_not_accepted", kind=Kind.NOTE_CONFIRMED, kinds=criterion_of(deal, note.criterion)[1].kinds)
    waiting = NoteLink.objects.filter(evidence=note, revoked_at=None, answered_at=None, expires_at__gt=at).first()
    if waiting:
        return NoteLinkRef(waiting.uid, token_of(waiting.uid))
    uid = uuid.uuid4()
    link = NoteLink.objects.create(
        uid=uid,
        deal=deal,
        criterion=note.criterion,
        evidence=note,
        person_id=note.person_id,
        token_sha256=hashed(token_of(uid)),
        made_by_id=user_key(actor),
        made_at=at,
        expires_at=at + LIFETIME,
    )
    made = NoteLinkMade(
        link=str(uid), criterion=note.criterion, person=str(note.person_id), expires_at=link.expires_at.isoformat()
    )
    record(made, actor=actor, at=at, deal=deal.id, account=deal.account_id, person=note.person_id)
    return NoteLinkRef(uid, token_of(uid))


@action
def revoke_note_link(uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> None:
    """Take a link back; who opens it is told that it no longer works."""
    try:
        link = NoteLink.objects.filter(uid=uid, deal__in=visible(actor.scope)).select_related("deal").first()
    except ValueError:
        raise Missing from None
    if link is None:
        raise Missing
    require(actor, "deals.prove", holder(link.deal))
    link = NoteLink.objects.select_for_update(of=("self",)).select_related("deal").get(pk=link.pk)
    if link.answered_at or link.revoked_at:
        raise Refusal("link_closed")
    link.revoked_at = at
    link.save(update_fields=["revoked_at"])
    revoked = NoteLinkRevoked(link=str(link.uid), criterion=link.criterion)
    record(revoked, actor=actor, at=at, deal=link.deal_id, account=link.deal.account_id)


@action
def answer_note(
    token: str, confirmed: bool, comment: str = "", *, marks: Iterable[str] = (), actor: Actor, at: datetime
) -> None:
    """The buyer's answer: yes makes the note evidence, no keeps it a claim and says what was different.

    One answer per link: `Missing` for a token nobody issued, a refusal for one that is used, revoked or expired.
    `marks` say what speaks against it being the buyer's own (see `ANSWER_MARKS`); inspection shows them.
    """
    known = NoteLink.objects.filter(token_sha256=hashed(token)).values_list("id", "deal_id").first()
    if known is None:
        raise Missing
    # The deal first, like every act on evidence: the note cannot be withdrawn while it is being confirmed.
    deal = Deal.objects.select_for_update().get(pk=known[1])
    link = NoteLink.objects.select_for_update(of=("self",)).select_related("evidence").get(pk=known[0])
    require_open(link, at)
    link.answered_at, link.confirmed, link.comment = at, confirmed, clean_text("comment", comment, 5000)
    link.save(update_fields=["answered_at", "confirmed", "comment"])
    answered = NoteAnswered(
        link=str(link.uid),
        criterion=link.criterion,
        confirmed=confirmed,
        person=str(link.person_id),
        comment=link.comment,
    )
    record(answered, actor=actor, at=at, deal=deal.id, account=deal.account_id, person=link.person_id)
    if confirmed:
        _confirm(deal, link, marks, actor, at)
    refresh_buyer_act(deal)


def require_open(link: NoteLink, at: datetime) -> None:
    """Refuse a link that was answered, revoked, or has expired, and one whose note was withdrawn."""
    if link.answered_at:
        raise Refusal("link_answered", at=link.answered_at)
    if link.revoked_at or link.evidence.withdrawn_at:
        raise Refusal("link_revoked")
    if link.expires_at <= at:
        raise Refusal("link_expired", at=link.expires_at)


def _confirm(deal: Deal, link: NoteLink, marks: Iterable[str], actor: Actor, at: datetime) -> None:
    note = link.evidence
    evidence = Evidence.objects.create(
        deal=deal,
        criterion=link.criterion,
        kind=Kind.NOTE_CONFIRMED.value,
        provenance=Provenance.RECEIVED.value,
        strength=int(strength(Kind.NOTE_CONFIRMED, Provenance.RECEIVED)),
        person_id=link.person_id,
        happened_at=note.happened_at,
        title=note.title,
        excerpt=note.excerpt,
        facts={"link": str(link.uid), "answered_at": at.isoformat()},
        flags=sorted(set(marks) & ANSWER_MARKS),
        confirmed_at=at,
    )
    refresh_proof(deal)
    record_confirmed(deal, evidence, str(link.person_id), actor=actor, at=at)
