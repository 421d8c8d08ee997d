"""What buyers send, as the bytes that a colleague uploads: mails, calendar answers, documents."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

WHEN = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


def mail(
    sender: str = "Eva Ernst <eva@kunde.example>",
    *,
    subject: str = "Re: Ihr Angebot",
    text: str = "Ja, so haben wir es besprochen.\n\nEva Ernst",
    date: datetime | None = WHEN,
    message_id: str = "<1@kunde.example>",
    **headers: str,
) -> bytes:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = "ada@etappe.example"
    message["Subject"] = subject
    message["Message-ID"] = message_id
    if date:
        message["Date"] = format_datetime(date)
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def two_froms() -> bytes:
    return b"From: boss@kunde.example\r\n" + mail()


def forward() -> bytes:
    text = "FYI\n\n-------- Weitergeleitete Nachricht --------\nVon: Eva Ernst <eva@kunde.example>\n"
    return mail(
        subject="WG: Angebot", text=text + "Betreff: Angebot\nDatum: 1.3.2026\nAn: x@kunde.example\n\nJa, passt."
    )


def acceptance(
    attendee: str = "eva@kunde.example", *, answer: str = "ACCEPTED", uid: str = "termin-1", at: datetime = WHEN
) -> bytes:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Kalender//DE",
        "METHOD:REPLY",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{at:%Y%m%dT%H%M%SZ}",
        "DTSTART:20260310T090000Z",
        "DTEND:20260310T100000Z",
        "SUMMARY:Vorführung",
        "ORGANIZER:mailto:ada@etappe.example",
        f"ATTENDEE;CN=Eva Ernst;PARTSTAT={answer}:mailto:{attendee}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    return "\r\n".join(lines).encode()


def pdf(word: str = "Lastenheft") -> bytes:
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        b"% " + word.encode() + b"\nxref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \n"
        b"trailer<</Size 3/Root 1 0 R>>\nstartxref\n104\n%%EOF\n"
    )
    return body
