"""Kinds of journal entries about what may happen to every record: deleted into the recycle bin and brought back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from etappe.core.kinds import Edited, JournalKind


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


@dataclass(frozen=True)
class Merged(Edited):
    """Other records were merged into this one: their keys and names, what changed here, and how much came along."""

    personal: ClassVar[tuple[str, ...]] = ("names", "changed")
    merge: str
    absorbed: list[int]
    names: list[str]
    moved: dict[str, int]


@dataclass(frozen=True)
class MergedAway(JournalKind):
    """This record was merged into another one, whose key is `into`."""

    personal: ClassVar[tuple[str, ...]] = ("into_name",)
    merge: str
    into: int
    into_name: str
    archived_at: str

    def after(self) -> dict[str, Any]:
        return {"archived_at": self.archived_at, "merged_into_id": self.into}


@dataclass(frozen=True)
class Unmerged(Edited):
    """A merge into this record was undone: `kept` names the fields that were edited since and stay as they are."""

    personal: ClassVar[tuple[str, ...]] = ("names", "changed")
    merge: str
    absorbed: list[int]
    names: list[str]
    kept: list[str]


@dataclass(frozen=True)
class CameBack(JournalKind):
    """This record stands for itself again: the merge into another one was undone."""

    personal: ClassVar[tuple[str, ...]] = ("from_name",)
    merge: str
    came_from: int
    from_name: str

    def after(self) -> dict[str, Any]:
        return {"archived_at": None, "merged_into_id": None}


@dataclass(frozen=True)
class AccountMerged(Merged):
    """Other accounts were merged into this one."""

    name: ClassVar[str] = "account.merged"


@dataclass(frozen=True)
class AccountMergedAway(MergedAway):
    """This account was merged into another one."""

    name: ClassVar[str] = "account.merged_away"


@dataclass(frozen=True)
class AccountUnmerged(Unmerged):
    """A merge into this account was undone."""

    name: ClassVar[str] = "account.unmerged"


@dataclass(frozen=True)
class AccountCameBack(CameBack):
    """This account stands for itself again."""

    name: ClassVar[str] = "account.came_back"


@dataclass(frozen=True)
class PersonMerged(Merged):
    """Other people were merged into this one."""

    name: ClassVar[str] = "person.merged"


@dataclass(frozen=True)
class PersonMergedAway(MergedAway):
    """This person was merged into another one."""

    name: ClassVar[str] = "person.merged_away"


@dataclass(frozen=True)
class PersonUnmerged(Unmerged):
    """A merge into this person was undone."""

    name: ClassVar[str] = "person.unmerged"


@dataclass(frozen=True)
class PersonCameBack(CameBack):
    """This person stands for themselves again."""

    name: ClassVar[str] = "person.came_back"


@dataclass(frozen=True)
class FileAdded(JournalKind):
    """A file was put on a record; its bytes are kept under their SHA-256."""

    name: ClassVar[str] = "file.added"
    personal: ClassVar[tuple[str, ...]] = ("called",)
    file: str
    called: str
    size: int
    artefact: str


@dataclass(frozen=True)
class FileRemoved(JournalKind):
    """A file was taken off its record; it can be brought back."""

    name: ClassVar[str] = "file.removed"
    personal: ClassVar[tuple[str, ...]] = ("called",)
    file: str
    called: str


@dataclass(frozen=True)
class FileRestored(JournalKind):
    """A file that had been taken off is on its record again."""

    name: ClassVar[str] = "file.restored"
    personal: ClassVar[tuple[str, ...]] = ("called",)
    file: str
    called: str
