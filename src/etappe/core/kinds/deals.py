"""Kinds of journal entries about deals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from etappe.core.kinds import Created, Edited, JournalKind


@dataclass(frozen=True)
class DealCreated(Created):
    """A deal was made."""

    name: ClassVar[str] = "deal.created"


@dataclass(frozen=True)
class DealEdited(Edited):
    """Fields of a deal changed."""

    name: ClassVar[str] = "deal.edited"


@dataclass(frozen=True)
class _Placed(JournalKind):
    """A deal was placed: stage, status and process version before and after, and the basis."""

    came_from: str
    went_to: str
    status_before: str
    status: str
    basis: str

    def after(self) -> dict[str, Any]:
        return {"stage": self.went_to, "status": self.status}


@dataclass(frozen=True)
class StageMoved(_Placed):
    """A deal moved to another stage."""

    name: ClassVar[str] = "deal.stage_moved"


@dataclass(frozen=True)
class DealWon(_Placed):
    """The last stage of `win` was left."""

    name: ClassVar[str] = "deal.won"
    closed_at: str = ""

    def after(self) -> dict[str, Any]:
        return super().after() | {"closed_at": self.closed_at, "rests_until": None}


@dataclass(frozen=True)
class DealLeft(_Placed):
    """A deal left the process early: lost, disqualified, declined or cancelled."""

    name: ClassVar[str] = "deal.left"
    personal: ClassVar[tuple[str, ...]] = ("note",)
    reason: str = ""
    lost_to: str = ""
    note: str = ""
    closed_at: str = ""

    def after(self) -> dict[str, Any]:
        closing = {"leave_reason": self.reason, "lost_to": self.lost_to, "leave_note": self.note}
        return super().after() | closing | {"closed_at": self.closed_at, "rests_until": None}


@dataclass(frozen=True)
class HistoryImported(JournalKind):
    """An import brought how the deal came to where it stands: each stay's stage, status and since when, in order."""

    name: ClassVar[str] = "deal.history_imported"
    stages: list[str]
    statuses: list[str]
    since: list[str]


@dataclass(frozen=True)
class ActivityImported(JournalKind):
    """Another program tells of a call, a meeting, a mail, a task or a note, with what was written there."""

    name: ClassVar[str] = "activity.imported"
    personal: ClassVar[tuple[str, ...]] = ("subject", "excerpt")
    type: str
    subject: str
    excerpt: str


@dataclass(frozen=True)
class ActivityTakenBack(JournalKind):
    """An activity that an import brought was taken back with it, or tells something else in a newer copy."""

    name: ClassVar[str] = "activity.taken_back"
    personal: ClassVar[tuple[str, ...]] = ("subject",)
    subject: str


@dataclass(frozen=True)
class DealRested(JournalKind):
    """A deal rests until a date the buyer named, or is taken up again (`until` empty)."""

    name: ClassVar[str] = "deal.rested"
    until: str | None
    reason: str = ""

    def after(self) -> dict[str, Any]:
        return {"rests_until": self.until}


@dataclass(frozen=True)
class DealReopened(_Placed):
    """A closed deal was opened again."""

    name: ClassVar[str] = "deal.reopened"
    closed_at: str | None = None

    def after(self) -> dict[str, Any]:
        return super().after() | {"closed_at": self.closed_at, "leave_reason": "", "lost_to": "", "leave_note": ""}


@dataclass(frozen=True)
class MoveUndone(_Placed):
    """The last move, win or exit was taken back."""

    name: ClassVar[str] = "deal.move_undone"
    restored: dict[str, Any] = None  # type: ignore[assignment]  # always given; a dataclass default must follow defaults

    def after(self) -> dict[str, Any]:
        return super().after() | self.restored


@dataclass(frozen=True)
class DealRemapped(_Placed):
    """A deal came to another version of its process, by a map of stages.

    `lost` are criteria that were met before and are not any more; `lapsed` and `exceptions` name the evidence and the
    exceptions that were given for something the new version does not ask for.
    """

    name: ClassVar[str] = "deal.remapped"
    version_before: int
    version_after: int
    entry_before: str
    entry_after: str
    basis_before: str
    since_before: str
    proof_before: str
    proof_after: str
    lost: list[str]
    lapsed: list[str]
    exceptions: list[str]

    def after(self) -> dict[str, Any]:
        return super().after() | {"process_version_id": self.version_after, "entry_stage": self.entry_after}


@dataclass(frozen=True)
class RemapUndone(_Placed):
    """A deal went back to the version of its process that a map had taken it from."""

    name: ClassVar[str] = "deal.remap_undone"
    version_after: int
    entry_after: str

    def after(self) -> dict[str, Any]:
        return super().after() | {"process_version_id": self.version_after, "entry_stage": self.entry_after}


@dataclass(frozen=True)
class ProcessChanged(DealRemapped):
    """A deal was taken to a stage of another process, which was chosen for it; that proves nothing."""

    name: ClassVar[str] = "deal.process_changed"
    process_before: str = ""
    process_after: str = ""


@dataclass(frozen=True)
class ProcessChangeUndone(RemapUndone):
    """A deal went back to the process that it had been taken from."""

    name: ClassVar[str] = "deal.process_change_undone"
    process_before: str = ""
    process_after: str = ""


PLACING = (StageMoved.name, DealWon.name, DealLeft.name, DealReopened.name, MoveUndone.name)
"""Kinds that put a deal into another place."""


@dataclass(frozen=True)
class EvidenceConfirmed(JournalKind):
    """Evidence was recorded for a criterion."""

    name: ClassVar[str] = "deal.evidence_confirmed"
    personal: ClassVar[tuple[str, ...]] = ("person", "excerpt")
    evidence: str
    criterion: str
    kind: str
    provenance: str
    strength: int
    person: str
    happened_at: str
    excerpt: str
    flags: list[str]


@dataclass(frozen=True)
class EvidenceWithdrawn(JournalKind):
    """Evidence was taken back by the one who gave it or a manager."""

    name: ClassVar[str] = "deal.evidence_withdrawn"
    personal: ClassVar[tuple[str, ...]] = ("reason",)
    evidence: str
    criterion: str
    reason: str


@dataclass(frozen=True)
class EvidenceJudged(JournalKind):
    """A manager read the evidence and accepted it or not, with a word to the rep."""

    name: ClassVar[str] = "deal.evidence_judged"
    personal: ClassVar[tuple[str, ...]] = ("reason",)
    evidence: str
    criterion: str
    accepted: bool
    reason: str


@dataclass(frozen=True)
class ExceptionAsked(JournalKind):
    """A colleague asked to leave a stage without its proof."""

    name: ClassVar[str] = "deal.exception_asked"
    personal: ClassVar[tuple[str, ...]] = ("reason",)
    exception: str
    stages: list[str]
    to: str
    reason: str


@dataclass(frozen=True)
class ExceptionAnswered(JournalKind):
    """An exception was granted or not; `by_oneself` where nobody else could grant it."""

    name: ClassVar[str] = "deal.exception_answered"
    personal: ClassVar[tuple[str, ...]] = ("reason",)
    exception: str
    stages: list[str]
    granted: bool
    by_oneself: bool
    reason: str


@dataclass(frozen=True)
class NoteLinkMade(JournalKind):
    """The buyer was asked to confirm a call or visit note."""

    name: ClassVar[str] = "deal.note_link_made"
    personal: ClassVar[tuple[str, ...]] = ("person",)
    link: str
    criterion: str
    person: str
    expires_at: str


@dataclass(frozen=True)
class NoteAnswered(JournalKind):
    """The buyer confirmed the note, or would correct it."""

    name: ClassVar[str] = "deal.note_answered"
    personal: ClassVar[tuple[str, ...]] = ("person", "comment")
    link: str
    criterion: str
    confirmed: bool
    person: str
    comment: str


@dataclass(frozen=True)
class NoteLinkRevoked(JournalKind):
    """A link to confirm a note was revoked."""

    name: ClassVar[str] = "deal.note_link_revoked"
    link: str
    criterion: str


@dataclass(frozen=True)
class StakeholderAdded(JournalKind):
    """A person of the buyer's side joined the buying centre; `with_evidence` if evidence brought them."""

    name: ClassVar[str] = "deal.stakeholder_added"
    person: str
    role: str
    with_evidence: str | None


@dataclass(frozen=True)
class StakeholderRemoved(JournalKind):
    """A person left the buying centre."""

    name: ClassVar[str] = "deal.stakeholder_removed"
    person: str


@dataclass(frozen=True)
class MemberAdded(JournalKind):
    """A colleague joined the deal team."""

    name: ClassVar[str] = "deal.member_added"
    user: int
    role: str


@dataclass(frozen=True)
class MemberRemoved(JournalKind):
    """A colleague left the deal team."""

    name: ClassVar[str] = "deal.member_removed"
    user: int
