"""A sales process as a value, and the gate: what a deal has to show before it may leave a stage.

A process is an ordered tuple of stages in the phases find, win, keep. A deal *in* a stage is on its way to that stage's
result; it leaves the stage when every required criterion of it is met by evidence of an accepted kind, or when an
exception was granted for that stage.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from etappe.core.errors import Refusal
from etappe.core.evidence import Kind, Provenance, counts_as
from etappe.core.own_fields import Unfilled

Words = Mapping[str, str]
"""A text per language: {"de": ..., "en": ...}."""


class Phase(StrEnum):
    """The part of the lifecycle a stage belongs to."""

    FIND = "find"
    WIN = "win"
    KEEP = "keep"


class Status(StrEnum):
    """How a deal stands. A resting deal is open."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"
    DISQUALIFIED = "disqualified"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class Basis(StrEnum):
    """Why a deal entered a stage, status or process version."""

    START = "start"
    LATE_ENTRY = "late_entry"
    EVIDENCE = "evidence"
    BACK = "back"
    OVERRIDE = "override"
    IMPORTED = "imported"
    UNDO = "undo"
    REOPEN = "reopen"
    REMAP = "remap"
    EXIT = "exit"


class Proof(StrEnum):
    """What the stages behind a deal rest on."""

    PROVEN = "proven"
    OVERRIDDEN = "overridden"
    UNPROVEN = "unproven"


NEEDED = ("amount", "expected_close", "buyer_target_date", "next_step", "source", "product")
"""Fields of every deal that a stage may need; `next_step` stands for what was agreed and its day."""

WON = "won"
"""The target of a move that wins a deal."""


@dataclass(frozen=True)
class Criterion:
    """One fact that a stage is left on. `kinds` are alternatives: one piece of evidence is enough."""

    key: str
    text: Words
    required: bool
    kinds: tuple[Kind, ...]


@dataclass(frozen=True)
class Stage:
    """A result on the buyer's side. `owner` is the role that is accountable (sdr, am, mk, an, im, cs, pm)."""

    key: str
    phase: Phase
    name: Words
    alias: Words
    action: Words
    owner: str
    criteria: tuple[Criterion, ...]
    expected_days: int | None = None
    desired_rate: float | None = None
    content: tuple[str, ...] = ()
    lessons: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    """Fields of every deal (of `NEEDED`) that have to be filled in before it is left."""

    @cached_property
    def required(self) -> tuple[Criterion, ...]:
        """The criteria that block."""
        return tuple(criterion for criterion in self.criteria if criterion.required)


@dataclass(frozen=True)
class LeaveReason:
    """A reason to leave early. `outcome` is the status it leads to, or `resting`."""

    key: str
    name: Words
    outcome: str


@dataclass(frozen=True)
class Process:
    """A published process: stages in order, and the reasons for leaving early."""

    key: str
    name: Words
    about: Words
    stages: tuple[Stage, ...]
    leave: tuple[LeaveReason, ...] = ()
    model: str | None = None

    @cached_property
    def order(self) -> Mapping[str, int]:
        """Position of each stage key."""
        return {stage.key: position for position, stage in enumerate(self.stages)}

    @cached_property
    def criteria(self) -> Mapping[str, tuple[Stage, Criterion]]:
        """Every criterion with its stage, by criterion key."""
        return {criterion.key: (stage, criterion) for stage in self.stages for criterion in stage.criteria}

    def stage(self, key: str) -> Stage:
        """The stage with this key; a refusal names the keys there are."""
        if key not in self.order:
            raise Refusal("unknown_stage", stage=key, stages=tuple(self.order))
        return self.stages[self.order[key]]

    def of_phase(self, *phases: Phase) -> tuple[Stage, ...]:
        """The stages of these phases, in order."""
        return tuple(stage for stage in self.stages if stage.phase in phases)

    @property
    def first(self) -> Stage:
        """Where a new deal starts."""
        return self.stages[0]

    @cached_property
    def after_winning(self) -> Stage:
        """Where a won deal stands: the first stage of `keep`, or the last one where there is none."""
        keep = self.of_phase(Phase.KEEP)
        return keep[0] if keep else self.stages[-1]


@dataclass(frozen=True)
class Held:
    """A piece of evidence as the gate sees it."""

    criterion: str
    kind: Kind
    provenance: Provenance
    rejected: bool = False
    withdrawn: bool = False


@dataclass(frozen=True)
class DealFacts:
    """What the gate needs to know of a deal.

    `excepted` are the stages that an exception was granted for; `unfilled` the fields of the workspace's own that
    stages ask for and that hold nothing yet. A value proves nothing, and no exception stands for one.
    """

    process: Process
    stage: str
    status: Status = Status.OPEN
    entry_stage: str | None = None
    held: tuple[Held, ...] = ()
    excepted: frozenset[str] = frozenset()
    basis: Basis = Basis.START
    unfilled: tuple[Unfilled, ...] = ()


@dataclass(frozen=True)
class MissingProof:
    """A required criterion that nothing accepted proves yet."""

    stage: Stage
    criterion: Criterion


@dataclass(frozen=True)
class Verdict:
    """The gate's answer to a move: where the deal would be, as what, on which basis; or what is missing."""

    to: str
    status: Status
    basis: Basis
    missing: tuple[MissingProof, ...] = field(default=())
    unfilled: tuple[Unfilled, ...] = ()

    def raise_if_refused(self) -> None:
        """Raise the refusal that names what is missing."""
        if self.missing:
            stage = self.missing[0].stage
            raise Refusal("criteria_missing", stage=stage, to=self.to, missing=self.missing, unfilled=self.unfilled)
        if self.unfilled:
            raise Refusal("values_missing", to=self.to, unfilled=self.unfilled)


def is_met(stage: Stage, criterion: Criterion, held: Iterable[Held]) -> bool:
    """Whether one piece of evidence is enough for the criterion; in `win` our own claim never is."""
    return any(_proves(stage, criterion, item) for item in held)


def _proves(stage: Stage, criterion: Criterion, item: Held) -> bool:
    kind = counts_as(item.kind, item.provenance)
    if item.criterion != criterion.key or item.withdrawn or item.rejected or kind not in criterion.kinds:
        return False
    return not (kind is Kind.CALL_NOTE and stage.phase is Phase.WIN)


def missing_proof(facts: DealFacts, stages: Iterable[Stage]) -> tuple[MissingProof, ...]:
    """The required criteria of these stages that are neither met nor excepted."""
    return tuple(
        MissingProof(stage, criterion)
        for stage in stages
        if stage.key not in facts.excepted
        for criterion in stage.required
        if not is_met(stage, criterion, facts.held)
    )


def unfilled_in(facts: DealFacts, stages: Iterable[Stage]) -> tuple[Unfilled, ...]:
    """The values that these stages ask for and that are not there, each field once."""
    order = [stage.key for stage in stages]
    wanted = sorted((item for item in facts.unfilled if item.stage in order), key=lambda item: order.index(item.stage))
    first: dict[tuple[bool, str], Unfilled] = {}
    for item in wanted:
        first.setdefault((item.own, item.key), item)
    return tuple(first.values())


def needed_fields(process: Process, empty: Collection[str]) -> tuple[Unfilled, ...]:
    """Of the fields that stages of the process need those that hold nothing."""
    return tuple(
        Unfilled(stage.key, name, own=False) for stage in process.stages for name in stage.fields if name in empty
    )


def verdict(facts: DealFacts, to: str) -> Verdict:
    """May the deal move to stage `to` (or be `won`)? Refuses what is never a move; otherwise says what is missing.

    Going back is free within find and win. Going forward passes every stage from the present one up to the target.
    Entering `keep` is winning, and needs every stage of `win` passed since the deal was entered; the last one always,
    also of an imported deal that stands open in `keep`.
    """
    _require_movable(facts)
    process = facts.process
    here = process.order[facts.stage]
    wins = facts.status is Status.OPEN and (to == WON or process.stage(to).phase is Phase.KEEP)
    if wins:
        return _winning(facts, to)
    there = process.order[process.stage(to).key] if to != WON else here
    if there == here:
        raise Refusal("already_there", stage=process.stages[here])
    if there > here:
        passed = process.stages[here:there]
        missing = missing_proof(facts, passed)
        return Verdict(to, facts.status, _basis(facts, passed), missing, unfilled_in(facts, passed))
    if facts.status is Status.WON and process.stages[there].phase is not Phase.KEEP:
        raise Refusal("won_stays_won", stage=process.stages[there])
    return Verdict(to, facts.status, Basis.BACK)


def _require_movable(facts: DealFacts) -> None:
    if facts.status not in (Status.OPEN, Status.WON):
        raise Refusal("deal_is_closed", status=facts.status)


def _winning(facts: DealFacts, to: str) -> Verdict:
    process = facts.process
    target = process.after_winning if to == WON else process.stage(to)
    end = process.order[target.key] if target.phase is Phase.KEEP else len(process.stages)
    last = max((process.order[stage.key] for stage in process.of_phase(Phase.FIND, Phase.WIN)), default=0)
    start = min(process.order[facts.entry_stage or facts.stage], process.order[facts.stage], last)
    passed = process.stages[start:end]
    missing = missing_proof(facts, passed)
    return Verdict(target.key, Status.WON, _basis(facts, passed), missing, unfilled_in(facts, passed))


def _basis(facts: DealFacts, passed: tuple[Stage, ...]) -> Basis:
    return Basis.OVERRIDE if rests_on_exception(facts, passed) else Basis.EVIDENCE


def entry(
    process: Process,
    stage: str | None,
    *,
    late: bool,
    held: tuple[Held, ...] = (),
    unfilled: tuple[Unfilled, ...] = (),
) -> Verdict:
    """May a new deal start in `stage`? The first one is free; a later one needs proof, or to be called a late entry.

    A late entry (the buyer did the steps before we met) is no exception; what it skips stays visibly unproven.
    """
    start = process.stage(stage) if stage else process.first
    if start.phase is Phase.KEEP:
        raise Refusal("starts_after_winning", stage=start)
    skipped = process.stages[: process.order[start.key]]
    if not skipped:
        return Verdict(start.key, Status.OPEN, Basis.START)
    if late:
        return Verdict(start.key, Status.OPEN, Basis.LATE_ENTRY)
    facts = DealFacts(process, process.first.key, held=held, unfilled=unfilled)
    missing = missing_proof(facts, skipped)
    return Verdict(start.key, Status.OPEN, Basis.LATE_ENTRY, missing, unfilled_in(facts, skipped))


def proof(facts: DealFacts) -> Proof:
    """What the stages behind the deal rest on; unproven wins over overridden.

    An imported deal is unproven until it has moved here.
    """
    if facts.basis is Basis.IMPORTED:
        return Proof.UNPROVEN
    behind = stages_behind(facts)
    if missing_proof(facts, behind):
        return Proof.UNPROVEN
    return Proof.OVERRIDDEN if rests_on_exception(facts, behind) else Proof.PROVEN


def rests_on_exception(facts: DealFacts, stages: tuple[Stage, ...]) -> bool:
    """Whether one of these stages has no proof but an exception."""
    bare = DealFacts(facts.process, facts.stage, held=facts.held)
    return any(item.stage.key in facts.excepted for item in missing_proof(bare, stages))


def stages_behind(facts: DealFacts) -> tuple[Stage, ...]:
    """The stages a deal has left behind it: those before its present one, and all of `win` once it is won."""
    stages, here = facts.process.stages, facts.process.order[facts.stage]
    ends_here = facts.status is Status.WON and stages[here].phase is not Phase.KEEP
    return stages if ends_here else stages[:here]
