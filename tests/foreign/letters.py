"""Mails and invitations made for tests: plain ones, to be bent one property at a time."""

from __future__ import annotations

from datetime import UTC, datetime

from etappe.core.mail_checks import MailVerdict, Sides, buyers_acceptance, buyers_mail
from etappe.foreign.invite import parse_invite
from etappe.foreign.mail import parse_mail

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
BEGAN = datetime(2026, 5, 1, tzinfo=UTC)
SIDES = Sides(
    our_addresses={"lena@vendor.example", "lena.private@gmx.de"},
    our_domains={"vendor.example"},
    buyer_people={"eva@kaeufer.example": "eva-uid", "karl.buyer@gmail.com": "karl-uid"},
    account_domains={"kaeufer.example", "gmail.com"},
    our_names={"Lena Vendor"},
)


def letter(
    *headers: str, sender: str = "Eva Muster <eva@kaeufer.example>", body: str = "We agree.", **changed: str
) -> bytes:
    """A mail; keyword arguments change headers (`date=""` leaves one out), positional ones are added as they are."""
    fields = {
        "from": sender,
        "to": "Lena <lena@vendor.example>",
        "subject": "Re: Offer",
        "date": "Tue, 9 Jun 2026 10:00:00 +0200",
        "message_id": "<1@kaeufer.example>",
        "content_type": "text/plain; charset=utf-8",
    } | changed
    lines = [f"{name.replace('_', '-').title()}: {value}" for name, value in fields.items() if value]
    return ("\r\n".join([*lines, *headers]) + "\r\n\r\n" + body.replace("\n", "\r\n")).encode()


def verdict(raw: bytes, sides: Sides = SIDES) -> MailVerdict:
    return buyers_mail(parse_mail(raw), sides, now=NOW, deal_began=BEGAN)


def problems(raw: bytes, sides: Sides = SIDES) -> list[str]:
    return [problem.code.value for problem in verdict(raw, sides).problems]


ATTENDEE = "ATTENDEE;CN=Eva Muster;PARTSTAT=ACCEPTED:mailto:eva@kaeufer.example"


def calendar(
    *lines: str,
    method: str = "REPLY",
    attendees: tuple[str, ...] = (ATTENDEE,),
    stamp: str = "20260609T080000Z",
    around: str = "",
) -> bytes:
    """A calendar file with one appointment."""
    event = [
        "BEGIN:VEVENT",
        "UID:meeting-1",
        f"DTSTAMP:{stamp}" if stamp else "",
        "DTSTART;TZID=Europe/Berlin:20260615T100000",
        "DTEND;TZID=Europe/Berlin:20260615T110000",
        "SUMMARY:Accepted: Evaluation",
        "ORGANIZER;CN=Lena:mailto:lena@vendor.example",
        *attendees,
        *lines,
        "END:VEVENT",
    ]
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", f"METHOD:{method}" if method else "", around]
    return ("\r\n".join(line for line in [*head, *event, "END:VCALENDAR"] if line) + "\r\n").encode()


def acceptance(raw: bytes, mail: bytes | None = None) -> MailVerdict:
    facts = parse_mail(mail) if mail else None
    return buyers_acceptance(parse_invite(raw), SIDES, now=NOW, deal_began=BEGAN, mail=facts)


def acceptance_problems(raw: bytes, mail: bytes | None = None) -> list[str]:
    return [problem.code.value for problem in acceptance(raw, mail).problems]
