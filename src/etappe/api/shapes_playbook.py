"""What the API gives and takes of processes."""

from __future__ import annotations

import uuid
from datetime import date, datetime

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


class LintAsked(Source):
    """A process file, and whether what the records say is asked as well."""

    data: bool = False


class FindingFigure(Schema):
    """The share (for E806 the difference) that a finding of the records rests on, with interval and deals."""

    share: float
    interval: list[float]
    n: int


class FindingOut(Schema):
    """What the linter finds, where, and how to mend it."""

    id: str
    line: int
    column: int
    path: str
    reason: str
    mend: str
    proposal: str | None
    figure: FindingFigure | None


class CheckOut(Schema):
    """A check: `hits` of `n` deals; for E806 the won ones, with the evidence and (`beside`) without it.

    `state` is `found`, `fine`, `open` (the interval holds the bound) or `too_few` (fewer than `minimum` deals).
    """

    id: str
    stage: str
    criterion: str | None
    state: str
    share: float | None
    interval: list[float] | None
    hits: int
    n: int
    beside: dict[str, int] | None
    minimum: int


class TurnsOut(Schema):
    """The share of the days in a stage that waited for us, of `n` deals; `unkept` and `unmoved` are its two parts.

    `days` is the median of a deal's time there. Below 20 deals only `n` is given.
    """

    stage: str
    n: int
    days: float | None
    share: float | None
    interval: list[float] | None
    unkept: float | None
    unmoved: float | None


class RecordsOut(Schema):
    """A process against the deals of a year; `found` were under way, `n` were looked at."""

    since: date
    as_of: date
    found: int
    n: int
    checks: list[CheckOut]
    turns: list[TurnsOut]


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


class StageMap(Schema):
    """For each old stage the new one; deals in stages that are not named stay where they are."""

    stages: dict[str, str] = Field(max_length=200)


class RemapPreview(StageMap):
    """A map to try, and the deal after which to read on."""

    after: int = 0


class OldStageOut(Schema):
    """A stage of older versions with open deals, and where they are proposed to go."""

    key: str
    name: dict[str, str]
    deals: int
    proposed: str


class RemapRowOut(Schema):
    """A deal before and after; `kept` and `lost` are keys of the criteria that were met."""

    deal: RefOut
    before: dict[str, str]
    after: dict[str, str]
    proof_before: str
    proof_after: str
    kept: list[str]
    lost: list[str]


class RemapPreviewOut(Schema):
    """What a map would do."""

    proposed: list[OldStageOut]
    rows: list[RemapRowOut]
    after: int | None


class RemapOut(Schema):
    """A move of deals to a version: `state` is queued, running, done, undoing or undone."""

    uid: uuid.UUID
    process: str
    number: int
    state: str
    total: int
    done: int
    undone: int
    stayed: int
    is_stopped: bool
    created_at: datetime


class HeldReviewOut(Schema):
    """A review that took place."""

    held_on: date
    by: str
    result: str


class ReviewOut(Schema):
    """The next review of a process, and those there were, newest first."""

    on: date | None
    owner: RefOut | None
    held: list[HeldReviewOut]


class ReviewPlan(Schema):
    """The day of the next review, and who does it."""

    on: date | None = None
    owner: uuid.UUID | None = None


class ReviewResult(Schema):
    """What came of a review, and the day of the next one."""

    result: str
    next_on: date | None = None


class BacktestWindow(Schema):
    """Which deals a process is tried on: of the process `of` (its own if empty), decided in the last `days` days.

    `show` lists fifty deals from `skip` on: all (empty), `held`, `as_it_did`, `later`, `stopped`, `unknown`, `no_move`,
    `excepted` or `voluntary`; `stage`, `criterion` and `end` (`won`, `lost`) narrow the list.
    """

    of: str = ""
    days: int = 365
    show: str | None = None
    stage: str = ""
    criterion: str = ""
    end: str = ""
    skip: int = 0


class BacktestAsked(BacktestWindow):
    """A process file, and which deals it is tried on."""

    source: str = Field(max_length=LARGEST)


class FateOut(Schema):
    """How many deals a process would have left so, and how many of them were won."""

    deals: int
    won: int


class ComparisonOut(Schema):
    """Held deals against others that left the same stages; `alone` could not be compared with anybody."""

    held: int
    held_lost: float
    others: int
    others_lost: float
    difference: float
    interval: list[float]
    alone: int


class CriterionTriedOut(Schema):
    """A criterion by which deals would have been held, or of which nothing can be known."""

    stage: str
    criterion: str
    held: int
    lost: int
    lost_interval: list[float] | None
    later: int
    days: float | None
    unknown: int


class TriedDealOut(Schema):
    """A deal under the process; `days` is how long after its move the last of what it lacked came."""

    uid: uuid.UUID
    name: str
    won: bool
    fate: str
    stage: str
    lacked: list[str]
    days: float | None
    excepted: bool
    voluntary: bool


class BacktestOut(Schema):
    """A process tried on deals that are over; `said` and `caveats` are the verdict in words."""

    process: str
    since: date
    as_of: date
    found: int
    n: int
    verdict: str
    said: str
    caveats: list[str]
    fates: dict[str, FateOut]
    excepted: int
    voluntary: int
    comparison: ComparisonOut | None
    criteria: list[CriterionTriedOut]
    deals: list[TriedDealOut] | None
