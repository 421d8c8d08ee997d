"""Rules that need records: what a year of deals says against a stage or a criterion, and how sure that is.

Each check is a share of deals (for E806 a difference of two shares). It speaks against the process only where the
whole interval lies beyond the rule's bound; the intervals hold for all checks of a process together (Bonferroni), so
that many checks do not find something by chance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from etappe.core.lint.finding import Example, Finding, Rule, Standard, finding
from etappe.core.process import WON, Basis, Criterion, Phase, Process, Stage, Status, is_met
from etappe.core.process_file import Draft, DraftCriterion, DraftStage
from etappe.core.process_past import GATED, Course, Move, moves
from etappe.core.proportion import difference, wilson
from etappe.core.remap import changed_criteria

MINIMUM: Final = 20
"""Deals below which a check says nothing."""
PATIENCE: Final = timedelta(days=90)
"""How long ago a deal must have come to a stage, to count as one that could have left it."""
BACKDATED: Final = timedelta(days=14)
"""Evidence that is kept longer than this after it happened was written down afterwards."""
TOGETHER: Final = 0.05


def _rule(identity: str, slot: str, bad: str, good: str) -> Rule:
    return Rule(identity, Standard.RECORDS, Example(slot, bad), Example(slot, good))


RECORD_RULES: Final[Mapping[str, Rule]] = {
    rule.id: rule
    for rule in (
        _rule("E801", "share", "198 of 200", "150 of 200"),
        _rule("E802", "share", "1 of 80", "40 of 80"),
        _rule("E803", "share", "70 of 100", "40 of 100"),
        _rule("E804", "share", "40 of 100", "10 of 100"),
        _rule("E805", "share", "60 of 100", "15 of 100"),
        _rule("E806", "shares", "240 of 600, 235 of 600", "300 of 600, 200 of 600"),
        _rule("E807", "share", "95 of 100", "50 of 100"),
    )
}
BOUNDS: Final[Mapping[str, float]] = {
    "E801": 0.9, "E802": 0.1, "E803": 0.5, "E804": 0.2, "E805": 0.25, "E806": 0.1, "E807": 0.8,
}  # fmt: skip
"""The share from which on (for E802 and E806: up to which) a check speaks against the process."""
_UP_TO: Final = ("E802", "E806")


@dataclass(frozen=True)
class Group:
    """Deals by key: those of which something is true, and the rest."""

    hits: tuple[int, ...]
    rest: tuple[int, ...]

    @property
    def n(self) -> int:
        """All of them."""
        return len(self.hits) + len(self.rest)


@dataclass(frozen=True)
class Check:
    """A rule at a stage, or at a criterion of it. `beside` is the second group of a difference."""

    rule: str
    stage: str
    criterion: str
    group: Group
    beside: Group | None = None

    @property
    def n(self) -> int:
        """The deals it rests on: of two groups the smaller one."""
        return min(self.group.n, self.beside.n) if self.beside else self.group.n


@dataclass(frozen=True)
class Judged:
    """A check with its figure. `state` is `found`, `fine`, `open` (the interval holds the bound) or `too_few`."""

    check: Check
    state: str
    share: float | None = None
    interval: tuple[float, float] | None = None


def judge(checks: Sequence[Check]) -> tuple[Judged, ...]:
    """Every check with its figure; those with too few deals have none."""
    enough = sum(check.n >= MINIMUM for check in checks)
    confidence = 1 - TOGETHER / max(1, enough)
    judged = [_judge(check, confidence) for check in checks]
    passed = {each.check.stage for each in judged if each.check.rule == "E801" and each.state == "found"}
    return tuple(each for each in judged if each.check.rule != "E807" or each.check.stage not in passed)


def _judge(check: Check, confidence: float) -> Judged:
    if check.n < MINIMUM:
        return Judged(check, "too_few")
    hits, n, beside = len(check.group.hits), check.group.n, check.beside
    if beside:
        share, (low, high) = difference((hits, len(beside.hits)), (n, beside.n), confidence=confidence)
    else:
        share, (low, high) = hits / n, wilson(hits, n, confidence=confidence)
    return Judged(check, _state(check.rule, low, high), share, (low, high))


def _state(rule: str, low: float, high: float) -> str:
    bound = BOUNDS[rule]
    if rule in _UP_TO:
        return "found" if high < bound else "fine" if low > (0 if rule == "E806" else bound) else "open"
    return "found" if low > bound else "fine" if high < bound else "open"


def findings(draft: Draft, judged: Iterable[Judged]) -> list[Finding]:
    """What speaks against a file, at the places of its stages and criteria, in the order of the file."""
    stages = {stage.key.value: stage for stage in draft.stages if stage.key}
    found = (
        _finding(each, stages[each.check.stage])
        for each in judged
        if each.state == "found" and each.check.stage in stages
    )
    return sorted(each for each in found if each)


def _finding(judged: Judged, stage: DraftStage) -> Finding | None:
    check = judged.check
    at: DraftStage | DraftCriterion | None = stage
    if check.criterion:
        at = next((each for each in stage.criteria if each.key and each.key.value == check.criterion), None)
    if at is None or judged.interval is None:
        return None
    said = stage.name if isinstance(at, DraftStage) else at.text
    texts = {language: text.value for language, text in said.items()}
    return finding(
        check.rule,
        at.place,
        stage=check.stage,
        criterion=check.criterion,
        texts=texts,
        n=check.group.n,
        others=check.beside.n if check.beside else 0,
        share=judged.share,
        low=judged.interval[0],
        high=judged.interval[1],
    )


def checks(process: Process, courses: Iterable[Course], until: datetime) -> list[Check]:
    """Every check of a process over these courses, which may have run on other versions; in the order of the file.

    Stages are the same by their key, criteria by key and words. Deals whose way was imported without its steps are left
    out; what came by import proves nothing about evidence.
    """
    seen = _Seen(process, until)
    for course in courses:
        if len(course.steps) > 1 or course.steps[0].basis is not Basis.IMPORTED:
            seen.take(course)
    return list(seen.checks())


Key = tuple[str, str, str]
"""Rule, stage, criterion (empty: the stage itself)."""


class _Seen:
    """What was seen of each check: for every deal whether it is one of the hits."""

    def __init__(self, process: Process, until: datetime) -> None:
        self.process, self.until = process, until
        self.before = tuple(stage for stage in process.stages if stage.phase is not Phase.KEEP)
        self._hits: dict[Key, dict[int, bool]] = defaultdict(dict)
        self._beside: dict[Key, dict[int, bool]] = defaultdict(dict)
        self._changed: dict[int, frozenset[str]] = {}

    def checks(self) -> Iterator[Check]:
        """The checks in the order of the process. Nobody is told to take out the stage that winning leaves."""
        for stage in self.before:
            for rule in ("E801", "E802", "E803") if stage is not self.before[-1] else ("E802", "E803"):
                yield self._check((rule, stage.key, ""))
            for criterion in stage.criteria:
                for rule in ("E804", "E805", "E806", "E807") if criterion.required else ("E805", "E806"):
                    yield self._check((rule, stage.key, criterion.key))

    def _check(self, key: Key) -> Check:
        beside = _group(self._beside[key]) if key[0] == "E806" else None
        return Check(*key, _group(self._hits[key]), beside)

    def _see(self, rule: str, stage: str, criterion: str, course: Course, *, is_hit: bool) -> None:
        """The first time counts: a deal that goes back and on again is one deal."""
        self._hits[rule, stage, criterion].setdefault(course.deal, is_hit)

    def take(self, course: Course) -> None:
        """Look at one deal."""
        made = list(moves(course))
        self._stages(course, made)
        if course.steps[0].basis is not Basis.IMPORTED:
            self._skipped(course, made)
        for move in made:
            if move.basis in GATED:
                self._left(course, move)
        self._backdated(course)
        self._ended(course)

    def _stages(self, course: Course, made: Sequence[Move]) -> None:
        """E801, E802."""
        went_on = {move.stage for move in made}
        stays = [step for step in course.steps if step.status is Status.OPEN]
        for step in stays:
            if step.stage in went_on or (course.won is False and step is stays[-1]):
                self._see("E801", step.stage, "", course, is_hit=step.stage in went_on)
            if step.at <= self.until - PATIENCE:
                has_left = step is not course.steps[-1]
                self._see("E802", step.stage, "", course, is_hit=has_left)

    def _skipped(self, course: Course, made: Sequence[Move]) -> None:
        """E803: stages that lie behind the deal without its ever having been there."""
        order = self.process.order
        been = {step.stage for step in course.steps if step.status is Status.OPEN}
        farthest = max((order[stage] for stage in been if stage in order), default=-1)
        if any(move.to == WON for move in made):
            farthest = len(self.before)
        for stage in self.before[: max(0, farthest)]:
            self._see("E803", stage.key, "", course, is_hit=stage.key not in been)

    def _left(self, course: Course, move: Move) -> None:
        """E804, E806: what the deal could show when it left a stage at the gate."""
        held = course.held_at(move.at)
        for stage in _passed(move):
            for criterion in self._same(move.process, stage):
                has_it = is_met(stage, criterion, held)
                if criterion.required:
                    self._see("E804", stage.key, criterion.key, course, is_hit=not has_it)
                if course.won is not None:
                    seen = self._hits if has_it else self._beside
                    other = self._beside if has_it else self._hits
                    key = "E806", stage.key, criterion.key
                    if course.deal not in other[key]:
                        seen[key].setdefault(course.deal, course.won)

    def _same(self, old: Process, stage: Stage) -> Iterator[Criterion]:
        """The criteria that the stage of that time and the process of today have in common."""
        if id(old) not in self._changed:
            self._changed[id(old)] = changed_criteria(old, self.process)
        if stage.key in self.process.order:
            mine = {criterion.key for criterion in self.process.stage(stage.key).criteria}
            yield from (each for each in stage.criteria if each.key in mine - self._changed[id(old)])

    def _backdated(self, course: Course) -> None:
        """E805: kept long after it happened; the first evidence for each criterion counts."""
        for shown in sorted(course.shown, key=lambda each: each.since):
            there = self.process.criteria.get(shown.held.criterion)
            if there and shown.happened is not None:
                late = shown.since - shown.happened > BACKDATED
                self._see("E805", there[0].key, shown.held.criterion, course, is_hit=late)

    def _ended(self, course: Course) -> None:
        """E807: what those that ended in a stage without an order had shown there."""
        if course.won is not False or course.ended is None:
            return
        last = next((step for step in reversed(course.steps) if step.status is Status.OPEN), None)
        if last is None or last.basis is Basis.IMPORTED or last.stage not in last.process.order:
            return
        stage = last.process.stage(last.stage)
        for criterion in self._same(last.process, stage):
            if criterion.required:
                has_it = is_met(stage, criterion, course.held_at(course.ended))
                self._see("E807", stage.key, criterion.key, course, is_hit=has_it)


def _passed(move: Move) -> tuple[Stage, ...]:
    """The stages that a move left, as they were at that time."""
    old = move.process
    if move.stage not in old.order or (move.to != WON and move.to not in old.order):
        return ()
    here = old.order[move.stage]
    if move.to == WON:
        return tuple(stage for stage in old.stages[here:] if stage.phase is not Phase.KEEP)
    return old.stages[here : old.order[move.to]]


def _group(seen: Mapping[int, bool]) -> Group:
    return Group(
        tuple(deal for deal, is_hit in seen.items() if is_hit),
        tuple(deal for deal, is_hit in seen.items() if not is_hit),
    )
