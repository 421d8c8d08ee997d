"""What a mail or an invitation says, as plain values: what readers hand over and rules decide on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Address:
    """One mailbox as a header names it."""

    name: str
    """The display name, decoded; empty where there is none."""
    address: str
    """The address as written, or empty where no address could be made out."""
    is_clear: bool = True
    """Whether the header can be read in one way only; a mail program may show another sender where it cannot."""


@dataclass(frozen=True)
class Attachment:
    """A file within a mail."""

    name: str
    mime: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Attendee:
    """A person of an invitation and the answer they gave (`ACCEPTED`, `DECLINED`, `TENTATIVE`, `NEEDS-ACTION`, ...)."""

    name: str
    address: str
    answer: str
    role: str
    sent_by: str
    """The address that answered in their name, or empty."""


@dataclass(frozen=True)
class InviteFacts:
    """A calendar file with one appointment (or several occurrences of it)."""

    method: str
    """`REPLY`, `REQUEST`, `CANCEL`, ...; empty where the file names none."""
    uid: str
    appointments: int
    """How many different appointments the file holds; the facts are those of the first."""
    sequence: int
    summary: str
    location: str
    status: str
    starts: datetime | None
    ends: datetime | None
    is_all_day: bool
    has_zone: bool
    """False where the times name no zone that is known; they are then read as UTC."""
    repeats: bool
    organizer: Attendee | None
    attendees: tuple[Attendee, ...]
    answered_at: datetime | None
    """DTSTAMP: when this message was made."""


@dataclass(frozen=True)
class MailFacts:
    """One mail, read and made safe to show."""

    from_headers: int
    """How many From headers the mail has; one that is honest has exactly one."""
    senders: tuple[Address, ...]
    """All mailboxes of all From headers."""
    sent_by: Address | None
    """The Sender header."""
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    subject: str
    date: datetime | None
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    is_forward: bool
    is_auto: bool
    auto_sign: str
    """What says that a machine wrote it, such as `auto-submitted`; empty where nobody did."""
    text: str
    new_text: str
    """The text without quotation and signature."""
    html: str
    """The HTML body, cleaned: no remote content, image, style or script. Empty where the mail has none."""
    attachments: tuple[Attachment, ...]
    authentication: tuple[str, ...]
    """Authentication-Results headers as they stand; nobody vouches for them in an uploaded file."""
    signed_by: tuple[str, ...]
    """Domains of DKIM signatures; not verified."""
    invite: InviteFacts | None
