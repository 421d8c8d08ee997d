"""When a mail or an accepted invitation counts as the buyer's own act.

Pure rules on plain facts. A mail counts only if it can be read in one way: one sender, on the buyer's side, not ours,
writing in person. Each thing that is wrong is a `Problem` with a code; what is merely worth knowing is a flag.

Addresses are compared by a key: lower case, the part after a plus left out, and the domain in its ASCII form, so that
letters of another script which look alike stay different.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from etappe.core.mail_facts import Address, Attendee, InviteFacts, MailFacts

CLOCKS_DIFFER: Final = timedelta(minutes=10)
"""How far ahead of ours another clock may be before its date is one in the future."""

_MAIL_PROVIDERS: Final = """
    gmail.com googlemail.com gmx.de gmx.net gmx.at gmx.ch gmx.com gmx.eu web.de t-online.de freenet.de
    arcor.de outlook.com outlook.de outlook.at hotmail.com hotmail.de hotmail.ch hotmail.fr live.com live.de
    live.at msn.com yahoo.com yahoo.de yahoo.at yahoo.fr yahoo.co.uk ymail.com aol.com aol.de icloud.com
    me.com mac.com mail.com mail.de email.de posteo.de posteo.net mailbox.org proton.me protonmail.com pm.me
    tutanota.com tutanota.de tuta.io tuta.com zoho.com yandex.com yandex.ru mail.ru bluewin.ch hispeed.ch
    sunrise.ch a1.net aon.at chello.at vodafone.de o2online.de online.de kabelmail.de unitybox.de orange.fr
    wanadoo.fr free.fr laposte.net libero.it fastmail.com fastmail.fm hey.com qq.com 163.com 126.com
    comcast.net verizon.net btinternet.com
"""
FREEMAIL: Final = frozenset(_MAIL_PROVIDERS.split())
"""Domains where anyone may have an address: sharing one says nothing."""

_ADDRESS: Final = re.compile(r"[^\s@<>()\[\],;:\"\\]+@[^\s@<>()\[\],;:\"\\]+\.[^\s@<>()\[\],;:\"\\]+")
_ROUND_AT: Final = str.maketrans({"\uff20": "@", "\ufe6b": "@"})


class Check(StrEnum):
    """What can be wrong with a mail or an invitation as evidence."""

    SENDER_MISSING = "sender_missing"
    SENDER_SEVERAL = "sender_several"
    SENDER_UNCLEAR = "sender_unclear"
    SENDER_OURS = "sender_ours"
    SENDER_NOT_BUYERS_SIDE = "sender_not_buyers_side"
    DISPLAY_NAME_LIES = "display_name_lies"
    MAIL_FORWARDED = "mail_forwarded"
    MAIL_AUTOMATIC = "mail_automatic"
    MAIL_WORDLESS = "mail_wordless"
    DATE_MISSING = "date_missing"
    DATE_IN_FUTURE = "date_in_future"
    INVITE_NOT_A_REPLY = "invite_not_a_reply"
    INVITE_SEVERAL = "invite_several"
    INVITE_NOT_ACCEPTED = "invite_not_accepted"
    INVITE_ANSWERED_BY_OTHER = "invite_answered_by_other"


class Flag(StrEnum):
    """What a reader should know although it refuses nothing."""

    BEFORE_DEAL = "before_deal"
    SENDER_NEW = "sender_new"
    SENT_ON_BEHALF = "sent_on_behalf"
    NOT_SIGNED = "not_signed"
    REPLIES_ELSEWHERE = "replies_elsewhere"
    ORGANIZER_UNKNOWN = "organizer_unknown"


@dataclass(frozen=True)
class Problem:
    """One thing that keeps the message from counting, with the values its sentence needs."""

    code: Check
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class MailVerdict:
    """Whether a message counts as the buyer's, and whose it is."""

    sender: Address | None
    """Who wrote or answered, if exactly one address can be made out."""
    known: bool
    """Whether the sender is a person already recorded on the buyer's side."""
    person: str | None
    """The uid of that person."""
    happened_at: datetime | None
    flags: tuple[Flag, ...]
    problems: tuple[Problem, ...]

    @property
    def counts(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.problems


@dataclass(frozen=True)
class Sides:
    """Who belongs to whom: our own addresses and domains, the buyer's people and the account's domains."""

    our_addresses: Collection[str]
    our_domains: Collection[str]
    buyer_people: Mapping[str, str]
    """Address -> uid of the person."""
    account_domains: Collection[str]
    our_names: Collection[str] = ()
    """Names of our own people, which no buyer's display name should carry."""

    def is_ours(self, address: str) -> bool:
        """Whether `address` is one of ours, or of a domain of ours."""
        ours = {address_key(each) for each in self.our_addresses}
        return address_key(address) in ours or _is_within(domain_of(address), self.our_domains)

    def person(self, address: str) -> str | None:
        """The uid of the buyer's person with this address."""
        people = {address_key(each): uid for each, uid in self.buyer_people.items()}
        return people.get(address_key(address))

    def is_buyers(self, address: str) -> bool:
        """Whether `address` is on the buyer's side: a known person's, or of a domain that is theirs alone."""
        if self.person(address):
            return True
        peoples = {domain_of(each) for each in self.buyer_people} - FREEMAIL
        return domain_of(address) in peoples or _is_within(domain_of(address), self.account_domains)


def ascii_domain(domain: str) -> str:
    """`domain` in lower case and ASCII; letters that merely look like ASCII stay apart.

    >>> ascii_domain("Müller.DE."), ascii_domain("exаmple.com")
    ('xn--mller-kva.de', 'xn--exmple-4nf.com')
    """
    labels = unicodedata.normalize("NFC", domain.strip().lower()).rstrip(".").split(".")
    return ".".join(_ascii_label(label) for label in labels)


def _ascii_label(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii", "replace")


def domain_of(address: str) -> str:
    """The ASCII domain of `address`; empty where it has none."""
    _local, at, domain = address.rpartition("@")
    return ascii_domain(domain) if at else ""


def address_key(address: str) -> str:
    """What two spellings of one mailbox have in common.

    >>> address_key("Eva.Muster+crm@Example.COM")
    'eva.muster@example.com'
    """
    local = address.rpartition("@")[0].strip().lower()
    return f"{local.partition('+')[0] or local}@{domain_of(address)}"


def web_domain(website: str) -> str:
    """The mail domain that a website suggests.

    >>> web_domain("https://www.example.com/en?x=1")
    'example.com'
    """
    host = re.sub(r"^[a-z][a-z0-9+.-]*://", "", website.strip(), flags=re.IGNORECASE)
    host = re.split(r"[/?#:]", host.rpartition("@")[2], maxsplit=1)[0]
    return ascii_domain(host).removeprefix("www.")


def _is_within(domain: str, domains: Collection[str]) -> bool:
    """Whether `domain` is one of `domains` or below one; domains of mail providers never count."""
    owned = {ascii_domain(each).removeprefix("www.") for each in domains if "." in each} - FREEMAIL
    labels = domain.split(".")
    return any(".".join(labels[at:]) in owned for at in range(len(labels) - 1))


def buyers_mail(facts: MailFacts, sides: Sides, *, now: datetime, deal_began: datetime | None) -> MailVerdict:
    """Whether the mail counts as written by the buyer, and by whom.

    `deal_began`: when the deal began; an earlier mail counts and is flagged. Problems come in the order in which they
    weigh; a mail without any counts.
    """
    sender = facts.senders[0] if len(facts.senders) == 1 and facts.from_headers == 1 else None
    problems = [*_sender_problems(facts, sender, sides), *_kind_problems(facts), *_date_problems(facts.date, now)]
    flags = [*_sender_flags(sender, sides), *_mail_flags(facts, sender), *_date_flags(facts.date, deal_began)]
    return _verdict(sender, sides, facts.date, flags, problems)


def _verdict(
    sender: Address | None, sides: Sides, at: datetime | None, flags: list[Flag], problems: list[Problem]
) -> MailVerdict:
    person = sides.person(sender.address) if sender and sender.address else None
    return MailVerdict(sender, person is not None, person, at, tuple(dict.fromkeys(flags)), tuple(problems))


def _sender_problems(facts: MailFacts, sender: Address | None, sides: Sides) -> list[Problem]:
    if not facts.senders:
        return [Problem(Check.SENDER_MISSING)]
    if sender is None:
        ours = any(sides.is_ours(each.address) for each in facts.senders)
        several = Problem(Check.SENDER_SEVERAL, {"senders": tuple(each.address or each.name for each in facts.senders)})
        return [several, Problem(Check.SENDER_OURS)] if ours else [several]
    if not sender.address or not sender.is_clear:
        return [Problem(Check.SENDER_UNCLEAR, {"sender": sender.address or sender.name})]
    return [*_side_problems(sender, sides), *_name_problems(sender, sides)]


def _side_problems(sender: Address, sides: Sides) -> list[Problem]:
    if sides.is_ours(sender.address):
        return [Problem(Check.SENDER_OURS, {"sender": sender.address})]
    if not sides.is_buyers(sender.address):
        return [Problem(Check.SENDER_NOT_BUYERS_SIDE, {"sender": sender.address})]
    return []


def _name_problems(sender: Address, sides: Sides) -> list[Problem]:
    """A display name lies if it shows another address than the mail's, or the name of one of our own people."""
    shown = _ADDRESS.findall(sender.name.translate(_ROUND_AT))
    lies = any(address_key(each) != address_key(sender.address) for each in shown)
    borrowed = _folded(sender.name) in {_folded(name) for name in sides.our_names} - {""}
    return (
        [Problem(Check.DISPLAY_NAME_LIES, {"name": sender.name, "sender": sender.address})] if lies or borrowed else []
    )


def _folded(name: str) -> str:
    """A name without case, accents, order and punctuation."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(letter if letter.isalnum() else " " for letter in plain if not unicodedata.combining(letter))
    return " ".join(sorted(letters.split()))


def _kind_problems(facts: MailFacts) -> list[Problem]:
    problems = []
    if facts.is_forward:
        problems.append(Problem(Check.MAIL_FORWARDED))
    if facts.is_auto:
        problems.append(Problem(Check.MAIL_AUTOMATIC, {"sign": facts.auto_sign}))
    return problems if problems or _says_something(facts) else [Problem(Check.MAIL_WORDLESS)]


def _says_something(facts: MailFacts) -> bool:
    """Whether the mail holds a word beside what it quotes, a file, or an invitation."""
    return bool(facts.new_text.strip() or any(file.size for file in facts.attachments) or facts.invite)


def _date_problems(date: datetime | None, now: datetime) -> list[Problem]:
    if date is None:
        return [Problem(Check.DATE_MISSING)]
    return [Problem(Check.DATE_IN_FUTURE, {"date": date})] if date > now + CLOCKS_DIFFER else []


def _date_flags(date: datetime | None, deal_began: datetime | None) -> list[Flag]:
    return [Flag.BEFORE_DEAL] if date and deal_began and date < deal_began else []


def _sender_flags(sender: Address | None, sides: Sides) -> list[Flag]:
    is_new = sender is not None and sender.address and sides.person(sender.address) is None
    return [Flag.SENDER_NEW] if is_new else []


def _mail_flags(facts: MailFacts, sender: Address | None) -> list[Flag]:
    flags = [] if facts.signed_by else [Flag.NOT_SIGNED]
    if sender is None:
        return flags
    key = address_key(sender.address)
    if facts.sent_by and address_key(facts.sent_by.address) != key:
        flags.append(Flag.SENT_ON_BEHALF)
    if any(domain_of(each.address) != domain_of(sender.address) for each in facts.reply_to):
        flags.append(Flag.REPLIES_ELSEWHERE)
    return flags


def buyers_acceptance(
    invite: InviteFacts, sides: Sides, *, now: datetime, deal_began: datetime | None, mail: MailFacts | None = None
) -> MailVerdict:
    """Whether a calendar file is the acceptance of an invitation by a person of the buyer's side.

    It must be a reply (METHOD:REPLY) of exactly one attendee who accepted; one that came in a `mail` must come from
    that attendee, or from somebody of the same domain who answered for them. It happened when the answer was made.
    """
    answer = invite.attendees[0] if len(invite.attendees) == 1 else None
    sender = Address(answer.name, answer.address) if answer and answer.address else None
    problems = [
        *_answer_problems(invite, answer),
        *(_sender_problems_of(sender, sides) if answer else []),
        *_deputy_problems(answer, sides),
        *_carrier_problems(answer, mail),
        *_date_problems(invite.answered_at, now),
    ]
    flags = [*_sender_flags(sender, sides), *_invite_flags(invite, answer, sides)]
    flags += _date_flags(invite.answered_at, deal_began)
    return _verdict(sender, sides, invite.answered_at, flags, problems)


def _answer_problems(invite: InviteFacts, answer: Attendee | None) -> list[Problem]:
    if invite.method != "REPLY":
        return [Problem(Check.INVITE_NOT_A_REPLY, {"method": invite.method})]
    if answer is None or invite.appointments != 1:
        return [Problem(Check.INVITE_SEVERAL, {"attendees": tuple(each.address for each in invite.attendees)})]
    if answer.answer != "ACCEPTED":
        return [Problem(Check.INVITE_NOT_ACCEPTED, {"answer": answer.answer})]
    return []


def _sender_problems_of(sender: Address | None, sides: Sides) -> list[Problem]:
    if sender is None:
        return [Problem(Check.SENDER_MISSING)]
    return [*_side_problems(sender, sides), *_name_problems(sender, sides)]


def _deputy_problems(answer: Attendee | None, sides: Sides) -> list[Problem]:
    """Nobody of us accepts on the buyer's behalf."""
    if answer is None or not answer.sent_by or not sides.is_ours(answer.sent_by):
        return []
    return [Problem(Check.SENDER_OURS, {"sender": answer.sent_by})]


def _carrier_problems(answer: Attendee | None, mail: MailFacts | None) -> list[Problem]:
    """The mail around an answer must be one honest mail of the person who answers, or of a colleague for them."""
    if mail is None or answer is None:
        return []
    if mail.from_headers != 1 or len(mail.senders) != 1:
        return [Problem(Check.SENDER_SEVERAL, {"senders": tuple(each.address for each in mail.senders)})]
    sender = mail.senders[0]
    if not sender.is_clear or mail.is_forward:
        return [Problem(Check.MAIL_FORWARDED if mail.is_forward else Check.SENDER_UNCLEAR, {"sender": sender.address})]
    own = address_key(sender.address) == address_key(answer.address)
    colleague = domain_of(sender.address) == domain_of(answer.address) not in FREEMAIL
    if own or colleague:
        return []
    return [Problem(Check.INVITE_ANSWERED_BY_OTHER, {"sender": sender.address, "attendee": answer.address})]


def _invite_flags(invite: InviteFacts, answer: Attendee | None, sides: Sides) -> list[Flag]:
    flags = []
    if answer and answer.sent_by and address_key(answer.sent_by) != address_key(answer.address):
        flags.append(Flag.SENT_ON_BEHALF)
    organizer = invite.organizer.address if invite.organizer else ""
    if not organizer or not (sides.is_ours(organizer) or sides.is_buyers(organizer)):
        flags.append(Flag.ORGANIZER_UNKNOWN)
    return flags
