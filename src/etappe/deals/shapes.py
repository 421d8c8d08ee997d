"""What reads and actions of this room give back: frozen values, never models."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from etappe.core.own_fields import Unfilled
from etappe.core.process import Basis, Criterion, Phase, Process, Proof, Stage, Status


@dataclass(frozen=True)
class Ref:
    """A record to name and to link to."""

    uid: uuid.UUID
    name: str


@dataclass(frozen=True)
class DealState:
    """Where a deal stands after an action, and what to call it."""

    uid: uuid.UUID
    name: str
    stage_name: Mapping[str, str]
    version: int
    stage: str
    status: Status
    basis: Basis
    proof: Proof


@dataclass(frozen=True)
class DealRow:
    """A deal in a list or on a board. `stage_name` is in both languages."""

    uid: uuid.UUID
    name: str
    account: Ref | None
    owner: Ref | None
    process: str
    process_number: int
    stage: str
    stage_name: Mapping[str, str]
    phase: Phase
    status: Status
    proof: Proof
    basis: Basis
    amount: Decimal | None
    currency: str
    source: str
    product: str
    expected_close: date | None
    next_step: str
    next_step_on: date | None
    rests_until: date | None
    stage_since: datetime
    engaged_since: date | None
    created_at: datetime
    version: int
    buyer_target_date: date | None = None
    buyer_acted_at: datetime | None = None
    tags: tuple[str, ...] = ()
    custom: Mapping[str, Any] = field(default_factory=dict)
    """Values of own fields that are meant for the viewer; read, as the tags, where a list asks for them."""


@dataclass(frozen=True)
class EvidenceView:
    """A piece of evidence as the record and the inspection show it."""

    uid: uuid.UUID
    deal: Ref
    criterion: str
    kind: str
    provenance: str
    strength: int
    person: Ref | None
    happened_at: datetime
    title: str
    excerpt: str
    address: str
    artefact: str
    file_name: str
    media_type: str
    facts: Mapping[str, Any]
    flags: tuple[str, ...]
    confirmed_by: Ref | None
    confirmed_at: datetime
    withdrawn_at: datetime | None
    withdrawn_reason: str
    verdict: str
    judged_by: Ref | None
    judged_at: datetime | None
    judged_reason: str
    lapsed_at: datetime | None = None
    """Since when it does not count: the process asks for something else in its place."""
    also_on: tuple[Ref, ...] = ()
    """Other deals with the same file or message, as far as the viewer sees them."""
    also_hidden: bool = False
    """Whether there is such a deal that the viewer does not see."""

    @property
    def holds(self) -> bool:
        """Whether it still stands: neither withdrawn nor rejected, and given for what the process asks for."""
        return self.lapsed_at is None and self.withdrawn_at is None and self.verdict != "rejected"


@dataclass(frozen=True)
class CriterionView:
    """A criterion of a stage with what was given for it."""

    criterion: Criterion
    met: bool
    evidence: tuple[EvidenceView, ...]
    links: tuple[NoteLinkView, ...]


@dataclass(frozen=True)
class StageView:
    """A stage of the deal's process as the record shows it: a goal while open, a tick when reached."""

    stage: Stage
    here: bool
    reached: bool
    excepted: bool
    proven: bool
    criteria: tuple[CriterionView, ...]


@dataclass(frozen=True)
class ExceptionView:
    """An exception asked for, granted or not."""

    uid: uuid.UUID
    deal: Ref
    stages: tuple[str, ...]
    to: str
    reason: str
    asked_by: Ref | None
    asked_at: datetime
    granted: bool | None
    answered_by: Ref | None
    answered_at: datetime | None
    answer: str
    by_oneself: bool


@dataclass(frozen=True)
class NoteLinkView:
    """A link by which the buyer was asked to confirm a note."""

    uid: uuid.UUID
    criterion: str
    evidence: uuid.UUID
    person: Ref
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    answered_at: datetime | None
    confirmed: bool | None
    comment: str


@dataclass(frozen=True)
class NotePage:
    """What the buyer sees behind the link."""

    note: str
    happened_at: datetime
    person: str
    author: str
    workspace: str
    state: str


@dataclass(frozen=True)
class NoteLetter:
    """What a mail needs that asks the buyer to confirm a note; `email` is empty where none is known."""

    token: str
    email: str
    page: NotePage


@dataclass(frozen=True)
class StakeholderView:
    """A person in the buying centre."""

    person: Ref
    email: str
    job_title: str
    role: str
    with_evidence: uuid.UUID | None
    added_at: datetime


@dataclass(frozen=True)
class MemberView:
    """A colleague in the deal team."""

    user: Ref
    role: str


@dataclass(frozen=True)
class VisitView:
    """One stay of the deal in a stage."""

    stage: str
    status: Status
    basis: Basis
    proof: Proof
    entered_at: datetime
    left_at: datetime | None
    backfilled: bool


@dataclass(frozen=True)
class DealView:
    """A deal with everything its record shows."""

    row: DealRow
    id: int
    team_id: int | None
    tags: tuple[str, ...]
    custom: Mapping[str, Any]
    unfilled: tuple[Unfilled, ...]
    process: Process
    process_title: Mapping[str, str]
    stages: tuple[StageView, ...]
    entry_stage: str
    buyer_target_date: date | None
    buyer_since: date | None
    next_step_person: Ref | None
    leave_reason: str
    lost_to: str
    leave_note: str
    closed_at: datetime | None
    data_as_of: date | None
    data: Mapping[str, Any]
    members: tuple[MemberView, ...]
    stakeholders: tuple[StakeholderView, ...]
    exceptions: tuple[ExceptionView, ...]
    visits: tuple[VisitView, ...]
    may_edit: bool
    may_move: bool
    may_grant: bool
    may_inspect: bool
    can_undo: bool

    @property
    def uid(self) -> uuid.UUID:
        """The deal's name in addresses."""
        return self.row.uid

    @property
    def version(self) -> int:
        """What a form sends back as `seen`."""
        return self.row.version


@dataclass(frozen=True)
class Column:
    """A column of the board."""

    stage: Stage
    cards: tuple[DealRow, ...]
    more: bool


@dataclass(frozen=True)
class Total:
    """Deals and amount of a column in one currency."""

    stage: str
    count: int
    currency: str
    amount: Decimal


@dataclass(frozen=True)
class Board:
    """A process with its open deals by stage. `mark` is where the change poll begins."""

    process: Process
    columns: tuple[Column, ...]
    mark: int


@dataclass(frozen=True)
class InspectionRow:
    """A stage that was left, with what it was left on."""

    deal: DealRow
    stage: Stage
    left_at: datetime
    basis: Basis
    left_by: Ref | None
    criteria: tuple[CriterionView, ...]
    exception: ExceptionView | None
