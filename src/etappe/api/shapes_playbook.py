"""What the API gives and takes of processes."""

from __future__ import annotations

import uuid
from datetime import datetime

from ninja import Schema
from pydantic import Field

from etappe.api.shapes import RefOut
from etappe.core.process_yaml import LARGEST


class ProcessOut(Schema):
    """A process."""

    key: str
    name: dict[str, str]
    model: str | None
    stages: int
    is_default: bool
    number: int


class ProcessVersionOut(Schema):
    """A published version of a process, as it was written."""

    key: str
    number: int
    published_at: datetime
    source: str


class Source(Schema):
    """A process file."""

    source: str = Field(max_length=LARGEST)


class NewVersion(Source):
    """A process file, and why it is published."""

    reason: str = ""


class FindingOut(Schema):
    """What the linter finds, where, and how to mend it."""

    id: str
    line: int
    column: int
    path: str
    reason: str
    mend: str
    proposal: str | None


class VersionOut(Schema):
    """A version in the list."""

    number: int
    published_at: datetime
    published_by: RefOut | None
    reason: str


class ChangeOut(Schema):
    """One difference between two versions."""

    code: str
    stage: str | None
    text: str


class DraftOut(Schema):
    """A process that is being written."""

    uid: uuid.UUID
    process: str
    title: dict[str, str]
    saved_by: str
    saved_at: datetime


class DraftTextOut(Schema):
    """A draft with its text."""

    uid: uuid.UUID
    process: str
    base: int | None
    source: str
    version: int
    saved_at: datetime
    ended_at: datetime | None


class NewDraft(Schema):
    """A draft to begin: of a process, from its newest version; or with a text of one's own."""

    process: str = ""
    source: str | None = Field(default=None, max_length=LARGEST)


class DraftChanges(Source):
    """The text of a draft as it was in version `seen`."""

    seen: int | None = None


class PublishDraft(Schema):
    """Why the draft is published, as it was in version `seen`."""

    reason: str = ""
    seen: int | None = None
