"""What the simulated buyers send: mails, calendar answers and documents, as their bytes."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime


def mail(name: str, address: str, to: str, subject: str, text: str, at: datetime) -> bytes:
    """A mail from the buyer."""
    message = EmailMessage()
    message["From"] = f"{name} <{address}>"
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{at:%Y%m%d%H%M%S}.{address}>"
    message.set_content(f"Guten Tag,\n\n{text}\n\nMit freundlichen Grüßen\n{name}\n")
    return message.as_bytes()


def acceptance(name: str, address: str, organizer: str, subject: str, at: datetime, meets: datetime) -> bytes:
    """The buyer's answer to an invitation: accepted."""
    stamp = "%Y%m%dT%H%M%SZ"
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Simuliert//DE",
        "METHOD:REPLY",
        "BEGIN:VEVENT",
        f"UID:{at:%Y%m%d%H%M%S}-{address}",
        f"DTSTAMP:{at.strftime(stamp)}",
        f"DTSTART:{meets.strftime(stamp)}",
        f"SUMMARY:{subject}",
        f"ORGANIZER:mailto:{organizer}",
        f"ATTENDEE;CN={name};PARTSTAT=ACCEPTED:mailto:{address}",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "\r\n".join((*lines, "")).encode()


def document(title: str, text: str) -> bytes:
    """A document, as plain text."""
    return f"{title}\n{'=' * len(title)}\n\n{text}\n\n(simuliert)\n".encode()
