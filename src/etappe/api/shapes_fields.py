"""What the API gives and takes of fields that the workspace defined."""

from __future__ import annotations

import uuid
from datetime import datetime

from ninja import Schema

from etappe.api.shapes import RefOut


class FieldOut(Schema):
    """A field that the workspace defined."""

    uid: uuid.UUID
    subject: str
    key: str
    name: str
    kind: str
    choices: list[ChoiceOut]
    help: str
    team: RefOut | None
    required_in: list[str]
    position: int
    archived_at: datetime | None


class ChoiceOut(Schema):
    """Something to choose; what is `gone` is offered no more."""

    key: str
    name: str
    gone: bool


class NewField(Schema):
    """A new field. `key` is made of the name where it is left out; `required_in` names stages as `process:stage`."""

    subject: str
    name: str
    kind: str
    key: str | None = None
    choices: list[str | ChoiceGiven] | None = None
    help: str | None = None
    team: uuid.UUID | None = None
    required_in: list[str] | None = None


class ChoiceGiven(Schema):
    """A choice with its key."""

    key: str
    name: str


class FieldChanges(Schema):
    """Changes of a field; a choice that is left out is offered no more."""

    name: str | None = None
    choices: list[str | ChoiceGiven] | None = None
    help: str | None = None
    team: uuid.UUID | None = None
    required_in: list[str] | None = None


class FieldOrder(Schema):
    """The fields of a subject in the order they are to have."""

    subject: str
    fields: list[uuid.UUID]
