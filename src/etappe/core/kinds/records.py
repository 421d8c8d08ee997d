"""Kinds of journal entries about what may happen to every record: deleted into the recycle bin and brought back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from etappe.core.kinds import JournalKind


@dataclass(frozen=True)
class Archived(JournalKind):
    """A record was put into the recycle bin."""

    archived_at: str

    def after(self) -> dict[str, Any]:
        return {"archived_at": self.archived_at}


@dataclass(frozen=True)
class Restored(JournalKind):
    """A record was brought back from the recycle bin, where it had lain since `archived_at`."""

    archived_at: str

    def after(self) -> dict[str, Any]:
        return {"archived_at": None}


@dataclass(frozen=True)
class AccountArchived(Archived):
    """An account was put into the recycle bin."""

    name: ClassVar[str] = "account.archived"


@dataclass(frozen=True)
class AccountRestored(Restored):
    """An account was brought back from the recycle bin."""

    name: ClassVar[str] = "account.restored"


@dataclass(frozen=True)
class PersonArchived(Archived):
    """A person was put into the recycle bin."""

    name: ClassVar[str] = "person.archived"


@dataclass(frozen=True)
class PersonRestored(Restored):
    """A person was brought back from the recycle bin."""

    name: ClassVar[str] = "person.restored"


@dataclass(frozen=True)
class DealArchived(Archived):
    """A deal was put into the recycle bin; it keeps its stage, its visits and its evidence."""

    name: ClassVar[str] = "deal.archived"


@dataclass(frozen=True)
class DealRestored(Restored):
    """A deal was brought back from the recycle bin, into the same stage."""

    name: ClassVar[str] = "deal.restored"


@dataclass(frozen=True)
class ToldApart(JournalKind):
    """Somebody looked at two records and said that they are not the same. `other` is the other one's key."""

    other: int


@dataclass(frozen=True)
class AccountToldApart(ToldApart):
    """Somebody said that another account, however alike, is not this one."""

    name: ClassVar[str] = "account.told_apart"


@dataclass(frozen=True)
class PersonToldApart(ToldApart):
    """Somebody said that another person, however alike, is not this one."""

    name: ClassVar[str] = "person.told_apart"


@dataclass(frozen=True)
class TagRenamed(JournalKind):
    """A tag is called otherwise on all records that had it, or became one with another."""

    name: ClassVar[str] = "tag.renamed"
    was: str
    called: str
    records: int


@dataclass(frozen=True)
class TagRemoved(JournalKind):
    """A tag was taken off all records that had it."""

    name: ClassVar[str] = "tag.removed"
    called: str
    records: int
