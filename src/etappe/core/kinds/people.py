"""Kinds of journal entries about accounts and people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

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


@dataclass(frozen=True)
class FieldDefined(Created):
    """A field of the workspace's own was defined."""

    name: ClassVar[str] = "field.defined"
    personal: ClassVar[tuple[str, ...]] = ()
    field: str


@dataclass(frozen=True)
class FieldEdited(Edited):
    """A field was renamed, moved, or asked for in other stages; or its choices changed."""

    name: ClassVar[str] = "field.edited"
    personal: ClassVar[tuple[str, ...]] = ()
    field: str
    called: str


@dataclass(frozen=True)
class FieldArchived(JournalKind):
    """A field is offered no more; its values stay."""

    name: ClassVar[str] = "field.archived"
    field: str
    called: str
    archived_at: str

    def after(self) -> dict[str, Any]:
        return {"archived_at": self.archived_at}


@dataclass(frozen=True)
class FieldRestored(JournalKind):
    """An archived field is offered again."""

    name: ClassVar[str] = "field.restored"
    field: str
    called: str

    def after(self) -> dict[str, Any]:
        return {"archived_at": None}


@dataclass(frozen=True)
class NoteDeleted(JournalKind):
    """A note was deleted: by whoever wrote it, or by an administrator."""

    name: ClassVar[str] = "note.deleted"


@dataclass(frozen=True)
class ContactLogged(JournalKind):
    """Somebody logged a contact by hand: one that no other system sent."""

    name: ClassVar[str] = "contact.logged"
    personal: ClassVar[tuple[str, ...]] = ("about",)
    touchpoint: str
    happened_at: str
    direction: str
    contact_channel: str
    act: str
    about: str


@dataclass(frozen=True)
class ContactWithdrawn(ContactLogged):
    """A contact was withdrawn: it had not happened, or not like this."""

    name: ClassVar[str] = "contact.withdrawn"


@dataclass(frozen=True)
class ContactBroughtBack(ContactLogged):
    """A contact that had been withdrawn counts again."""

    name: ClassVar[str] = "contact.brought_back"


@dataclass(frozen=True)
class ContactsRecorded(JournalKind):
    """Many contacts were recorded at once; `known` of those sent were here before."""

    name: ClassVar[str] = "contacts.recorded"
    count: int
    known: int
    first: str
    last: str
