"""Giving, withdrawing and judging evidence."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from etappe.core.actor import Actor
from etappe.core.deal_fields import clean_text
from etappe.core.errors import Missing, Refusal
from etappe.core.evidence import Kind, Provenance, counts_as, strength
from etappe.core.kinds.deals import EvidenceConfirmed, EvidenceJudged, EvidenceWithdrawn
from etappe.core.mail_checks import Check, Flag, MailVerdict, buyers_acceptance, buyers_mail
from etappe.core.process import Criterion, Stage
from etappe.deals.actions.acts import refresh_buyer_act
from etappe.deals.centre import in_centre, join_centre
from etappe.deals.models import Deal, Evidence, NoteLink
from etappe.deals.place import process_of, refresh_proof
from etappe.deals.reading import Given, GivenFile
from etappe.deals.scope import holder, lock, visible
from etappe.deals.sides import sides_of
from etappe.journal import artefacts
from etappe.journal.record import action, record
from etappe.people import actions as people_actions
from etappe.people import queries as people
from etappe.team import queries as team
from etappe.team.access import require

EXCERPT = 2000
"""Characters of a mail or note that are kept to be read at once."""

FORESIGHT = timedelta(minutes=10)
"""How far ahead another machine's clock may be."""

BY_MAIL = (Kind.REPLY, Kind.NOTE_CONFIRMED)
BY_INVITE = (Kind.INVITE_ACCEPTED, Kind.BOOKING)


@dataclass(frozen=True)
class _Checked:
    """Evidence after the checks, ready to be written."""

    provenance: Provenance
    happened_at: datetime
    person: tuple[int, str] | None = None
    title: str = ""
    excerpt: str = ""
    message_id: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    uid: uuid.UUID = field(default_factory=uuid.uuid4)


@action
def confirm(uid: uuid.UUID | str, criterion: str, given: Given, *, actor: Actor, at: datetime) -> uuid.UUID:
    """Record evidence for a criterion of the deal's process; returns the evidence's uid.

    A mail or invitation must come from the buyer's side; a sender not yet known is added to account and buying centre
    when the actor says they belong there. Text that is pasted or told is kept as our own claim, never as more.
    """
    deal = lock(actor, uid)
    require(actor, "deals.prove", holder(deal))
    kind = _accepted_kind(criterion_of(deal, criterion)[1], given)
    file = given.file
    checked = _check_file(deal, kind, given, file, actor, at) if file else _check_text(deal, kind, given, actor, at)
    if checked.person is None and checked.facts.get("from"):
        sender = _sender(deal, checked, actor=actor, at=at)
        known = tuple(flag for flag in checked.flags if flag != Flag.SENDER_NEW)
        checked = replace(checked, person=sender, flags=(*known, "sender_added"))
    evidence = _write(deal, criterion, kind, given, checked, actor=actor, at=at)
    if checked.person:
        key, person = checked.person
        join_centre(deal, key, person, "unknown", actor=actor, at=at, evidence=checked.uid)
    refresh_proof(deal)
    refresh_buyer_act(deal)
    record_confirmed(deal, evidence, checked.person[1] if checked.person else "", actor=actor, at=at)
    return checked.uid


def criterion_of(deal: Deal, key: str) -> tuple[Stage, Criterion]:
    """The criterion with its stage, in the version the deal runs on."""
    known = process_of(deal).criteria
    if key not in known:
        raise Refusal("unknown_criterion", criterion=key, criteria=tuple(known))
    return known[key]


def record_confirmed(deal: Deal, evidence: Evidence, person: str, *, actor: Actor, at: datetime) -> None:
    """The journal's word about new evidence."""
    confirmed = EvidenceConfirmed(
        evidence=str(evidence.uid),
        criterion=evidence.criterion,
        kind=evidence.kind,
        provenance=evidence.provenance,
        strength=evidence.strength,
        person=person,
        happened_at=evidence.happened_at.isoformat(),
        excerpt=evidence.excerpt[:200],
        flags=list(evidence.flags),
    )
    record(confirmed, actor=actor, at=at, deal=deal.id, account=deal.account_id, person=evidence.person_id)


def began(deal: Deal) -> datetime:
    """When the deal began: when we were first engaged, or where that is not known, when it was recorded."""
    if deal.engaged_since is None:
        return deal.created_at
    zone = ZoneInfo(team.workspace().zone)
    return min(deal.created_at, datetime.combine(deal.engaged_since, time.min, zone))


def _accepted_kind(criterion: Criterion, given: Given) -> Kind:
    try:
        kind = Kind(given.kind)
    except ValueError:
        raise Refusal("unknown_kind", kind=given.kind, kinds=criterion.kinds) from None
    provenance = Provenance.UPLOADED if given.file else Provenance.PASTED
    asked = kind in criterion.kinds or (kind is Kind.CALL_NOTE and Kind.NOTE_CONFIRMED in criterion.kinds)
    if not asked:
        raise Refusal("kind_not_accepted", kind=kind, kinds=criterion.kinds)
    if kind is Kind.NOTE_CONFIRMED and not (given.file and given.file.mail):
        raise Refusal("note_needs_link", kind=kind)
    return kind if given.file else (kind if counts_as(kind, provenance) is kind else Kind.CALL_NOTE)


def _check_file(deal: Deal, kind: Kind, given: Given, file: GivenFile, actor: Actor, at: datetime) -> _Checked:
    if kind is Kind.CALL_NOTE:
        raise Refusal("note_is_text", kind=kind)
    if kind in BY_INVITE:
        return _check_invite(deal, given, file, at)
    if file.mail or kind in BY_MAIL:
        return _check_mail(deal, kind, given, file, at)
    happened_at = _happened(given, at)
    flags = ("before_deal",) if happened_at < began(deal) else ()
    person = _buyers_person(deal, given.person, actor) if given.person else None
    return _Checked(Provenance.UPLOADED, happened_at, person, given.title, given.text[:EXCERPT], flags=flags)


def _check_mail(deal: Deal, kind: Kind, given: Given, file: GivenFile, at: datetime) -> _Checked:
    if file.mail is None:
        raise Refusal("not_a_mail", kind=kind, name=file.name)
    mail = file.mail
    sides = sides_of(deal, [sender.address for sender in mail.senders])
    found = buyers_mail(mail, sides, now=at, deal_began=began(deal))
    outside = _require_buyers(found, given, "not_buyers_mail", file.name)
    facts = _sender_facts(found, mail.subject) | {
        "to": [address.address for address in mail.to],
        "html": mail.html,
        "text": mail.text,
        "attachments": [asdict(attachment) for attachment in mail.attachments],
    }
    excerpt = (mail.new_text or mail.text)[:EXCERPT]
    return _from_buyer(found, at, facts, outside, title=mail.subject, excerpt=excerpt, message_id=mail.message_id)


def _check_invite(deal: Deal, given: Given, file: GivenFile, at: datetime) -> _Checked:
    if file.invite is None:
        raise Refusal("not_an_invite", name=file.name)
    invite = file.invite
    sides = sides_of(deal, [attendee.address for attendee in invite.attendees])
    found = buyers_acceptance(invite, sides, now=at, deal_began=began(deal), mail=file.mail)
    outside = _require_buyers(found, given, "not_buyers_acceptance", file.name)
    facts = _sender_facts(found, invite.summary) | {
        "starts": invite.starts.isoformat() if invite.starts else None,
        "organizer": invite.organizer.address if invite.organizer else "",
    }
    return _from_buyer(found, at, facts, outside, title=invite.summary, message_id=invite.uid)


def _require_buyers(found: MailVerdict, given: Given, code: str, name: str) -> bool:
    """Refuse what is not the buyer's; whether the sender is from outside of what we know of the buyer.

    An address nobody knows may still be the buyer's: the actor has to say so, and it stays marked.
    """
    outside = [problem for problem in found.problems if problem.code is Check.SENDER_NOT_BUYERS_SIDE]
    others = tuple(problem for problem in found.problems if problem.code is not Check.SENDER_NOT_BUYERS_SIDE)
    if others or found.sender is None:
        raise Refusal(code, problems=found.problems, name=name)
    if outside and not given.add_sender:
        raise Refusal("sender_unknown", address=found.sender.address, name=found.sender.name)
    return bool(outside)


def _sender_facts(found: MailVerdict, subject: str) -> dict[str, Any]:
    sender = found.sender
    return {"subject": subject, "from": sender.address if sender else "", "from_name": sender.name if sender else ""}


def _from_buyer(
    found: MailVerdict,
    at: datetime,
    facts: dict[str, Any],
    outside: bool,
    *,
    title: str,
    excerpt: str = "",
    message_id: str = "",
) -> _Checked:
    person = (people.known_person(found.person), found.person) if found.person else None
    flags = [flag.value for flag in found.flags] + (["sender_from_outside"] if outside else [])
    return _Checked(
        Provenance.UPLOADED, found.happened_at or at, person, title, excerpt, message_id, facts, tuple(flags)
    )


def _check_text(deal: Deal, kind: Kind, given: Given, actor: Actor, at: datetime) -> _Checked:
    text = clean_text("text", given.text, 20_000)
    if not text:
        raise Refusal("field_required", field="text")
    happened_at = _happened(given, at)
    if kind is Kind.SOURCE:
        if not given.address.strip().lower().startswith(("https://", "http://")):
            raise Refusal("source_needs_address", field="address")
        return _Checked(Provenance.PASTED, happened_at, None, given.title, text[:EXCERPT])
    if not given.person:
        raise Refusal("field_required", field="person")
    person = _buyers_person(deal, given.person, actor)
    return _Checked(Provenance.PASTED, happened_at, person, given.title, text[:EXCERPT])


def _buyers_person(deal: Deal, uid: str, actor: Actor) -> tuple[int, str]:
    """A person who is named must be the buyer's: of the account, of the buying centre, or of no company we know."""
    key = people.person_id(actor, uid)
    person = people.person_names([key])[key]
    require_not_ours(deal, person)
    elsewhere = deal.account_id is not None and person.account_id not in (None, deal.account_id)
    if elsewhere and not in_centre(deal, key):
        raise Refusal("person_not_buyers_side", field="person", name=person.name)
    return key, str(uid)


def require_not_ours(deal: Deal, person: people.PersonRef) -> None:
    """Refuse a person whose address is one of our own: nobody of us speaks for the buyer."""
    if person.email and sides_of(deal, []).is_ours(person.email):
        raise Refusal("person_is_ours", field="person", name=person.name)


def _happened(given: Given, at: datetime) -> datetime:
    if given.happened_at is None:
        raise Refusal("field_required", field="happened_at")
    if given.happened_at > at + FORESIGHT:
        raise Refusal("future_date", field="happened_at", date=given.happened_at)
    return given.happened_at


def _sender(deal: Deal, checked: _Checked, *, actor: Actor, at: datetime) -> tuple[int, str]:
    """The sender of a mail whom this deal does not know yet: found among the people the actor sees, or added."""
    address = checked.facts["from"]
    for known in people.find_people_by_email([address], viewer=actor).values():
        return known[0].id, str(known[0].uid)
    fields = {"name": checked.facts["from_name"] or address, "email": address}
    added = people_actions.create_person(fields, account_id=deal.account_id, actor=actor, at=at)
    return added.id, str(added.uid)


def _write(
    deal: Deal, criterion: str, kind: Kind, given: Given, checked: _Checked, *, actor: Actor, at: datetime
) -> Evidence:
    file = given.file
    sha256 = artefacts.store(file.content, file.media_type) if file else ""
    if file and _given_before(deal, criterion, sha256, checked.message_id):
        raise Refusal("given_already", name=file.name)
    return Evidence.objects.create(
        uid=checked.uid,
        deal=deal,
        criterion=criterion,
        kind=kind.value,
        provenance=checked.provenance.value,
        strength=int(strength(kind, checked.provenance)),
        person_id=checked.person[0] if checked.person else None,
        happened_at=checked.happened_at,
        title=clean_text("title", checked.title[:300].replace("\x00", "")),
        excerpt=checked.excerpt,
        address=given.address.strip()[:2000],
        artefact=sha256,
        file_name=file.name if file else "",
        media_type=file.media_type if file else "",
        message_id=checked.message_id[:500],
        facts=checked.facts,
        flags=list(checked.flags),
        confirmed_by_id=actor.id,
        confirmed_at=at,
    )


def _given_before(deal: Deal, criterion: str, sha256: str, message_id: str) -> bool:
    """Whether this file is there already, or this file or message was not accepted: a no is not sent in once more."""
    given = Evidence.objects.filter(deal=deal, criterion=criterion)
    same = Q(artefact=sha256, withdrawn_at=None, lapsed_at=None)
    turned_down = Q(artefact=sha256) | Q(message_id=message_id[:500]) if message_id else Q(artefact=sha256)
    return given.filter(same | (turned_down & Q(verdict="rejected"))).exists()


def lock_evidence(actor: Actor, uid: uuid.UUID | str) -> tuple[Deal, Evidence]:
    """The evidence and its deal, locked; `Missing` if the actor may not see the deal."""
    try:
        found = Evidence.objects.filter(uid=uid, deal__in=visible(actor.scope)).select_related("deal").first()
    except ValueError:
        raise Missing from None
    if found is None:
        raise Missing
    return lock(actor, found.deal.uid), Evidence.objects.select_for_update().get(pk=found.pk)


@action
def withdraw(uid: uuid.UUID | str, reason: str, *, actor: Actor, at: datetime) -> None:
    """Take evidence back. The deal keeps its stage; what rested on this evidence counts as unproven."""
    deal, evidence = lock_evidence(actor, uid)
    require(actor, "deals.prove", holder(deal))
    if evidence.withdrawn_at:
        raise Refusal("withdrawn_already")
    evidence.withdrawn_at, evidence.withdrawn_reason = at, give_reason(reason)
    evidence.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    refresh_proof(deal)
    refresh_buyer_act(deal)
    gone = EvidenceWithdrawn(evidence=str(evidence.uid), criterion=evidence.criterion, reason=evidence.withdrawn_reason)
    record(gone, actor=actor, at=at, deal=deal.id, account=deal.account_id)


@action
def judge(uid: uuid.UUID | str, accepted: bool, reason: str = "", *, actor: Actor, at: datetime) -> None:
    """Accept or reject evidence after reading it; a rejection needs a word to the rep.

    Rejected evidence leaves the stage but counts as unproven. Nobody judges what they gave themselves, unless there is
    nobody else who could.
    """
    deal, evidence = lock_evidence(actor, uid)
    require(actor, "deals.judge", holder(deal))
    if evidence.withdrawn_at:
        raise Refusal("withdrawn_already")
    if actor.id in _givers(evidence) and team.other_granters(actor, deal.team_id):
        raise Refusal("own_evidence")
    evidence.verdict = "accepted" if accepted else "rejected"
    evidence.judged_by_id, evidence.judged_at = actor.id, at
    evidence.judged_reason = clean_text("reason", reason) if accepted else give_reason(reason)
    evidence.save(update_fields=["verdict", "judged_by", "judged_at", "judged_reason"])
    refresh_proof(deal)
    refresh_buyer_act(deal)
    judged = EvidenceJudged(
        evidence=str(evidence.uid), criterion=evidence.criterion, accepted=accepted, reason=evidence.judged_reason
    )
    record(judged, actor=actor, at=at, deal=deal.id, account=deal.account_id)


def _givers(evidence: Evidence) -> set[int | None]:
    """Who gave the evidence; of a note that the buyer confirmed, who asked for it."""
    asked = NoteLink.objects.filter(uid=evidence.facts["link"]) if "link" in evidence.facts else NoteLink.objects.none()
    return {evidence.confirmed_by_id, *asked.values_list("made_by_id", flat=True)}


def give_reason(reason: str) -> str:
    """The reason, cleaned; refused if there is none."""
    text = clean_text("reason", reason)
    if len(text) < 3:
        raise Refusal("reason_required", field="reason")
    return text
