"""Reading what a colleague gives as evidence, before the action: in a child process, outside of any lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from etappe.core.mail_facts import InviteFacts, MailFacts
from etappe.foreign.files import check_upload
from etappe.foreign.invite import read_invite
from etappe.foreign.mail import read_mail


@dataclass(frozen=True)
class GivenFile:
    """A file as it was read: safe name, media type by content, and what a mail or an invitation in it says."""

    name: str
    media_type: str
    content: bytes
    mail: MailFacts | None = None
    invite: InviteFacts | None = None


@dataclass(frozen=True)
class Given:
    """What a colleague gives for a criterion: a file, or text told by a person of the buyer's side.

    `person` is a uid; `happened_at` is when the buyer did it (a mail and an invitation say it themselves); `add_sender`
    says that an unknown sender does belong to the buyer's side.
    """

    kind: str
    file: GivenFile | None = None
    person: str | None = None
    happened_at: datetime | None = None
    title: str = ""
    text: str = ""
    address: str = ""
    add_sender: bool = False


def read_file(name: str, content: bytes) -> GivenFile:
    """Check and read a file; refuses with a named reason (`file_*`) what it cannot read or does not allow."""
    facts = check_upload(name, content)
    mail = read_mail(content) if facts.kind == "eml" else None
    invite = read_invite(content) if facts.kind == "ics" else (mail.invite if mail else None)
    return GivenFile(facts.safe_name, facts.mime, content, mail, invite)
