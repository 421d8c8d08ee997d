"""Kinds of journal entries about accounts and people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from etappe.core.kinds import Created, Edited, JournalKind


@dataclass(frozen=True)
class AccountCreated(Created):
    """An account was made."""

    name: ClassVar[str] = "account.created"


@dataclass(frozen=True)
class AccountEdited(Edited):
    """Fields of an account changed."""

    name: ClassVar[str] = "account.edited"


@dataclass(frozen=True)
class PersonCreated(Created):
    """A person was made."""

    name: ClassVar[str] = "person.created"


@dataclass(frozen=True)
class PersonEdited(Edited):
    """Fields of a person changed."""

    name: ClassVar[str] = "person.edited"


@dataclass(frozen=True)
class NoteWritten(JournalKind):
    """A colleague wrote a note on an account, a person or a deal."""

    name: ClassVar[str] = "note.written"
    personal: ClassVar[tuple[str, ...]] = ("text",)
    text: str
