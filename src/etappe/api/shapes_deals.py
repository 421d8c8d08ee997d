"""What the API gives of deals."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ninja import Schema

from etappe.api.shapes import ListOut, RefOut


class StateOut(Schema):
    """Where a deal stands; send `version` back as `seen`."""

    uid: uuid.UUID
    version: int
    stage: str
    status: str
    basis: str
    proof: str


class DealOut(Schema):
    """A deal in a list."""

    uid: uuid.UUID
    name: str
    version: int
    account: RefOut | None
    owner: RefOut | None
    process: str
    process_number: int
    stage: str
    stage_name: dict[str, str]
    phase: str
    status: str
    proof: str
    basis: str
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


class DealRowOut(DealOut):
    """A deal in a list, with its tags and those of its own values that are meant for the caller."""

    tags: list[str]
    custom: dict[str, Any]


class DealsOut(ListOut):
    """A page of deals."""

    rows: list[DealRowOut]


class ProcessPreviewOut(Schema):
    """A deal before and after it is taken to another process; `missing` is what the stages behind it lack there."""

    process: str
    stage: str
    before: dict[str, str]
    after: dict[str, str]
    proof_before: str
    proof_after: str
    kept: list[str]
    lost: list[str]
    missing: list[str]


class EvidenceOut(Schema):
    """A piece of evidence."""

    uid: uuid.UUID
    criterion: str
    kind: str
    provenance: str
    strength: int
    person: RefOut | None
    happened_at: datetime
    title: str
    excerpt: str
    address: str
    file_name: str
    media_type: str
    artefact: str
    flags: list[str]
    confirmed_by: RefOut | None
    confirmed_at: datetime
    withdrawn_at: datetime | None
    withdrawn_reason: str
    verdict: str
    judged_by: RefOut | None
    judged_at: datetime | None
    judged_reason: str
    also_on: list[RefOut]
    also_hidden: bool


class NoteLinkOut(Schema):
    """A link by which the buyer was asked to confirm a note."""

    uid: uuid.UUID
    criterion: str
    evidence: uuid.UUID
    person: RefOut
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    answered_at: datetime | None
    confirmed: bool | None
    comment: str


class CriterionOut(Schema):
    """A criterion of a stage with what was given for it."""

    key: str
    text: dict[str, str]
    required: bool
    accepts: list[str]
    met: bool
    evidence: list[EvidenceOut]
    links: list[NoteLinkOut]


class StageOut(Schema):
    """A stage of the deal's process."""

    key: str
    phase: str
    name: dict[str, str]
    here: bool
    reached: bool
    excepted: bool
    proven: bool
    criteria: list[CriterionOut]


class ExceptionOut(Schema):
    """An exception asked for."""

    uid: uuid.UUID
    deal: RefOut
    stages: list[str]
    to: str
    reason: str
    asked_by: RefOut | None
    asked_at: datetime
    granted: bool | None
    answered_by: RefOut | None
    answered_at: datetime | None
    answer: str
    by_oneself: bool


class VisitOut(Schema):
    """One stay in a stage."""

    stage: str
    status: str
    basis: str
    proof: str
    entered_at: datetime
    left_at: datetime | None
    backfilled: bool


class StakeholderOut(Schema):
    """A person in the buying centre."""

    person: RefOut
    email: str
    role: str
    with_evidence: uuid.UUID | None


class MemberOut(Schema):
    """A colleague in the deal team."""

    user: RefOut
    role: str


class RecordOut(DealRowOut):
    """A deal with its whole record."""

    entry_stage: str
    buyer_target_date: date | None
    buyer_since: date | None
    next_step_person: RefOut | None
    leave_reason: str
    lost_to: str
    leave_note: str
    closed_at: datetime | None
    data_as_of: date | None
    data: dict[str, Any]
    stages: list[StageOut]
    members: list[MemberOut]
    stakeholders: list[StakeholderOut]
    exceptions: list[ExceptionOut]
    visits: list[VisitOut]
    may: dict[str, bool]


class EntryOut(Schema):
    """An entry of the journal."""

    id: int
    change_id: uuid.UUID
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    actor_kind: str
    actor: RefOut | None
    backfilled: bool
    sentence: str
    data: dict[str, Any]


class ColumnOut(Schema):
    """A column of the board."""

    stage: str
    name: dict[str, str]
    cards: list[DealOut]
    more: bool


class TotalOut(Schema):
    """Deals and amount of a column in one currency."""

    stage: str
    count: int
    currency: str
    amount: Decimal


class BoardOut(Schema):
    """A process with its deals by stage. `mark` is where `changes` begins."""

    process: str
    columns: list[ColumnOut]
    totals: list[TotalOut]
    mark: int


class ChangesOut(Schema):
    """Deals touched since a mark."""

    mark: int
    uids: list[uuid.UUID]


class InspectionOut(Schema):
    """A stage that was left, with what it was left on."""

    deal: DealOut
    stage: str
    left_at: datetime
    basis: str
    left_by: RefOut | None
    criteria: list[CriterionOut]
    exception: ExceptionOut | None


class InspectionsOut(ListOut):
    """A page of the inspection queue."""

    rows: list[InspectionOut]


class NoteLinkMade(Schema):
    """A link to hand to the buyer."""

    uid: uuid.UUID
    url: str
