"""What the API takes of deals."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from ninja import Schema
from pydantic import AwareDatetime, BaseModel, Field


class DealFields(BaseModel, extra="allow"):
    """Fields of a deal; only those that are sent are set. One that does not exist is refused by name."""

    name: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    owner: uuid.UUID | None = None
    account: uuid.UUID | None = None
    source: str | None = None
    product: str | None = None
    expected_close: date | None = None
    buyer_target_date: date | None = None
    buyer_since: date | None = None
    engaged_since: date | None = None
    next_step: str | None = None
    next_step_on: date | None = None
    next_step_person: uuid.UUID | None = None
    tags: list[str] | None = None
    custom: dict[str, Any] | None = None


class NewDeal(DealFields):
    """A new deal. In a later stage only as a late entry."""

    name: str
    process: str | None = None
    stage: str | None = None
    late_entry: bool = False
    stakeholders: list[uuid.UUID] = Field(default=[], max_length=100)


class DealChanges(DealFields):
    """Changes of a deal as it was in version `seen`."""

    seen: int | None = None


class Move(Schema):
    """A move to a stage, or `won`."""

    to: str
    seen: int | None = None


class OtherProcess(Schema):
    """A stage of another process."""

    process: str
    stage: str
    seen: int | None = None


class Seen(Schema):
    """The version the caller saw."""

    seen: int | None = None


class Leave(Seen):
    """Leaving the process early."""

    reason: str
    lost_to: str = ""
    note: str = ""


class Rest(Schema):
    """Resting until the buyer's date, or (without one) taking up again."""

    until: date | None = None
    reason: str = ""


class Reopen(Seen):
    """Opening a closed deal again."""

    to: str | None = None


class TextEvidence(Schema):
    """Evidence that was told or pasted: a claim of ours."""

    criterion: str
    kind: str
    text: str
    person: uuid.UUID | None = None
    happened_at: AwareDatetime
    title: str = ""
    address: str = ""


class FileEvidence(Schema):
    """What goes with an uploaded file."""

    criterion: str
    kind: str
    person: uuid.UUID | None = None
    happened_at: AwareDatetime | None = None
    title: str = ""
    text: str = ""
    address: str = ""
    add_sender: bool = False


class Verdict(Schema):
    """What inspection says of evidence."""

    accepted: bool
    reason: str = ""


class AskException(Seen):
    """Asking for an exception."""

    to: str
    reason: str


class AnswerException(Schema):
    """Answering an exception."""

    granted: bool
    answer: str = ""


class AddStakeholder(Schema):
    """A person for the buying centre."""

    person: uuid.UUID
    role: str = "unknown"


class AddMember(Schema):
    """A colleague for the deal team."""

    user: uuid.UUID
    role: str = ""
