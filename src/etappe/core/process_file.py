"""The process file: YAML that a person can read, into a draft that knows its lines, into a process.

`read` never raises: it gives a draft with everything that could be read and the problems that keep it from being a
process. `compile_process` gives the process or refuses with these problems. `as_data` and `from_data` are the compiled
form that is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeVar

from etappe.core.errors import Refusal
from etappe.core.evidence import Kind
from etappe.core.process import NEEDED, Criterion, LeaveReason, Phase, Process, Stage, Words
from etappe.core.process_reader import Reader, Text, TextPerLanguage
from etappe.core.process_yaml import Place, Problem, parse

FORMAT = 1
LANGUAGES = ("de", "en")
OWNERS = ("sdr", "am", "mk", "an", "im", "cs", "pm")
OUTCOMES = ("disqualified", "declined", "lost", "resting", "cancelled")
MODELS = ("inbound", "outbound", "account_based", "relationship", "team", "transactional", "channel")

NAME_LENGTH = 160
TEXT_LENGTH = 600
ABOUT_LENGTH = 2000

T = TypeVar("T")


@dataclass(frozen=True)
class DraftCriterion:
    """An exit criterion as it stands in the file; None or empty where it could not be read."""

    place: Place
    key: Text | None
    text: TextPerLanguage
    required: bool
    evidence: tuple[Text, ...]


@dataclass(frozen=True)
class DraftStage:
    """A stage as it stands in the file."""

    place: Place
    key: Text | None
    phase: Text | None
    name: TextPerLanguage
    alias: TextPerLanguage
    action: TextPerLanguage
    owner: Text | None
    criteria: tuple[DraftCriterion, ...]
    expected_days: int | None
    desired_rate: float | None
    content: tuple[Text, ...]
    lessons: tuple[Text, ...]
    objections: tuple[Text, ...]
    fields: tuple[Text, ...]

    @property
    def required(self) -> tuple[DraftCriterion, ...]:
        """The criteria that block."""
        return tuple(criterion for criterion in self.criteria if criterion.required)


@dataclass(frozen=True)
class DraftLeave:
    """A reason to leave early as it stands in the file."""

    place: Place
    key: Text | None
    name: TextPerLanguage
    outcome: Text | None


@dataclass(frozen=True)
class Draft:
    """What a file says, as far as it could be read, and the problems that keep it from being a process."""

    place: Place
    key: Text | None = None
    name: TextPerLanguage = field(default_factory=TextPerLanguage)
    about: TextPerLanguage = field(default_factory=TextPerLanguage)
    model: Text | None = None
    stages: tuple[DraftStage, ...] = ()
    leave: tuple[DraftLeave, ...] = ()
    leave_place: Place | None = None
    problems: tuple[Problem, ...] = ()
    readable: bool = True
    """False where the file is no YAML mapping at all, so that nothing else can be said about it."""

    def of_phase(self, phase: Phase) -> tuple[DraftStage, ...]:
        """The stages of this phase, in order."""
        return tuple(stage for stage in self.stages if stage.phase is not None and stage.phase.value == phase)


def read(source: str) -> Draft:
    """Read a process file. Whatever the text is, the answer is a draft; `problems` are in the order of the file."""
    parsed = parse(source)
    if parsed.root is None:
        return Draft(Place(1, 1), problems=parsed.problems, readable=False)
    if not isinstance(parsed.root.value, Mapping):
        return Draft(parsed.root.place, problems=(Problem("no_mapping", parsed.root.place),), readable=False)
    reader = Reader(parsed.problems)
    draft = _draft(reader, reader.mapping(parsed.root, _TOP, ("etappe", "key", "name", "about", "stages", "leave")))
    problems = (*reader.problems, *_contradictions(draft))
    ordered = sorted(problems, key=lambda problem: (problem.place, problem.code))
    return Draft(**{**vars(draft), "problems": tuple(ordered)})


_TOP = ("etappe", "key", "name", "about", "model", "stages", "leave")
_STAGE = (
    "key", "phase", "name", "alias", "owner", "action", "expected_days", "desired_rate", "content", "lessons",
    "objections", "fields", "criteria",
)  # fmt: skip
_CRITERION = ("key", "text", "required", "evidence")
_LEAVE = ("key", "name", "outcome")


def _draft(reader: Reader, part: Any) -> Draft:
    reader.exactly(part, "etappe", FORMAT)
    return Draft(
        place=part.place,
        key=reader.key(part, "key"),
        name=reader.words(part, "name", NAME_LENGTH),
        about=reader.words(part, "about", ABOUT_LENGTH),
        model=reader.one_of(part, "model", MODELS),
        stages=tuple(_stage(reader, node) for node in reader.items(part, "stages", at_least=1)),
        leave=tuple(_leave(reader, node) for node in reader.items(part, "leave")),
        leave_place=part.fields["leave"].place if "leave" in part.fields else None,
    )


def _stage(reader: Reader, node: Any) -> DraftStage:
    part = reader.mapping(node, _STAGE, ("key", "phase", "name", "owner", "action", "criteria"))
    return DraftStage(
        place=part.place,
        key=reader.key(part, "key"),
        phase=reader.one_of(part, "phase", tuple(Phase)),
        name=reader.words(part, "name", NAME_LENGTH),
        alias=reader.words(part, "alias", NAME_LENGTH),
        action=reader.words(part, "action", TEXT_LENGTH),
        owner=reader.one_of(part, "owner", OWNERS),
        criteria=tuple(_criterion(reader, item) for item in reader.items(part, "criteria")),
        expected_days=reader.whole_number(part, "expected_days", 1, 3650),
        desired_rate=reader.number(part, "desired_rate", 0, 1),
        content=reader.keys(part, "content"),
        lessons=reader.keys(part, "lessons"),
        objections=reader.keys(part, "objections"),
        fields=reader.choices(part, "fields", NEEDED),
    )


def _criterion(reader: Reader, node: Any) -> DraftCriterion:
    part = reader.mapping(node, _CRITERION, ("key", "text", "evidence"))
    return DraftCriterion(
        place=part.place,
        key=reader.key(part, "key"),
        text=reader.words(part, "text", TEXT_LENGTH),
        required=reader.flag(part, "required", default=True),
        evidence=reader.choices(part, "evidence", tuple(Kind)),
    )


def _leave(reader: Reader, node: Any) -> DraftLeave:
    part = reader.mapping(node, _LEAVE, _LEAVE)
    return DraftLeave(
        place=part.place,
        key=reader.key(part, "key"),
        name=reader.words(part, "name", NAME_LENGTH),
        outcome=reader.one_of(part, "outcome", OUTCOMES),
    )


def _contradictions(draft: Draft) -> list[Problem]:
    """What each part may say alone, but not together."""
    criteria = [criterion for stage in draft.stages for criterion in stage.criteria]
    found = _twice("stage_key_twice", [stage.key for stage in draft.stages])
    found += _twice("criterion_key_twice", [criterion.key for criterion in criteria])
    found += _twice("leave_key_twice", [reason.key for reason in draft.leave])
    return found + _phase_order(draft) + _no_win(draft)


def _twice(code: str, keys: list[Text | None]) -> list[Problem]:
    first: dict[str, Text] = {}
    return [
        Problem(code, key.place, {"key": key.value, "line": first[key.value].place.line})
        for key in keys
        if key is not None and first.setdefault(key.value, key) is not key
    ]


def _phase_order(draft: Draft) -> list[Problem]:
    phases = [stage.phase for stage in draft.stages if stage.phase is not None]
    rank = {phase.value: position for position, phase in enumerate(Phase)}
    return [
        Problem("phase_order", later.place, {"phase": later.value, "after": earlier.value})
        for earlier, later in pairwise(phases)
        if rank[later.value] < rank[earlier.value]
    ]


def _no_win(draft: Draft) -> list[Problem]:
    if not draft.stages or any(stage.phase is None for stage in draft.stages) or draft.of_phase(Phase.WIN):
        return []
    return [Problem("no_win_stage", draft.stages[0].place)]


def compile_process(draft: Draft) -> Process:
    """The process a draft describes, or the refusal `process_unusable` with `problems`, each with line and column.

    A text given in one language only stands for both.
    """
    if draft.problems:
        raise Refusal("process_unusable", problems=draft.problems)
    return Process(
        key=_said(draft.key),
        name=_words(draft.name),
        about=_words(draft.about),
        stages=tuple(_compile_stage(stage) for stage in draft.stages),
        leave=tuple(LeaveReason(_said(item.key), _words(item.name), _said(item.outcome)) for item in draft.leave),
        model=draft.model.value if draft.model else None,
    )


def _compile_stage(stage: DraftStage) -> Stage:
    return Stage(
        key=_said(stage.key),
        phase=Phase(_said(stage.phase)),
        name=_words(stage.name),
        alias=_words(stage.alias or stage.name),
        action=_words(stage.action),
        owner=_said(stage.owner),
        criteria=tuple(_compile_criterion(criterion) for criterion in stage.criteria),
        expected_days=stage.expected_days,
        desired_rate=stage.desired_rate,
        content=_values(stage.content),
        lessons=_values(stage.lessons),
        objections=_values(stage.objections),
        fields=_values(stage.fields),
    )


def _compile_criterion(draft: DraftCriterion) -> Criterion:
    kinds = tuple(Kind(kind.value) for kind in draft.evidence)
    return Criterion(_said(draft.key), _words(draft.text), draft.required, kinds)


def _values(texts: tuple[Text, ...]) -> tuple[str, ...]:
    return tuple(text.value for text in texts)


def _said(text: Text | None) -> str:
    if text is None:
        raise ValueError("a draft without problems lacks a text")
    return text.value


def _words(texts: TextPerLanguage) -> Words:
    spare = next(iter(texts.values())).value
    return {language: texts[language].value if language in texts else spare for language in LANGUAGES}


def as_data(process: Process) -> dict[str, Any]:
    """A process as plain values that JSON can hold; `from_data` gives it back."""
    return {
        "key": process.key,
        "name": dict(process.name),
        "about": dict(process.about),
        "model": process.model,
        "stages": [_stage_data(stage) for stage in process.stages],
        "leave": [{"key": item.key, "name": dict(item.name), "outcome": item.outcome} for item in process.leave],
    }


def _stage_data(stage: Stage) -> dict[str, Any]:
    return {
        "key": stage.key,
        "phase": stage.phase.value,
        "name": dict(stage.name),
        "alias": dict(stage.alias),
        "action": dict(stage.action),
        "owner": stage.owner,
        "criteria": [_criterion_data(criterion) for criterion in stage.criteria],
        "expected_days": stage.expected_days,
        "desired_rate": stage.desired_rate,
        "content": list(stage.content),
        "lessons": list(stage.lessons),
        "objections": list(stage.objections),
        "fields": list(stage.fields),
    }


def _criterion_data(criterion: Criterion) -> dict[str, Any]:
    kinds = [kind.value for kind in criterion.kinds]
    return {"key": criterion.key, "text": dict(criterion.text), "required": criterion.required, "evidence": kinds}


def from_data(data: Mapping[str, Any]) -> Process:
    """The process that `as_data` wrote."""
    return Process(
        key=data["key"],
        name=data["name"],
        about=data["about"],
        stages=_each(data["stages"], _stage_from),
        leave=_each(data["leave"], lambda item: LeaveReason(item["key"], item["name"], item["outcome"])),
        model=data["model"],
    )


def _each(items: list[Mapping[str, Any]], make: Callable[[Mapping[str, Any]], T]) -> tuple[T, ...]:
    return tuple(make(item) for item in items)


def _stage_from(data: Mapping[str, Any]) -> Stage:
    return Stage(
        key=data["key"],
        phase=Phase(data["phase"]),
        name=data["name"],
        alias=data["alias"],
        action=data["action"],
        owner=data["owner"],
        criteria=_each(data["criteria"], _criterion_from),
        expected_days=data["expected_days"],
        desired_rate=data["desired_rate"],
        content=tuple(data["content"]),
        lessons=tuple(data["lessons"]),
        objections=tuple(data["objections"]),
        fields=tuple(data.get("fields", ())),  # versions stored before there were any do not say
    )


def _criterion_from(data: Mapping[str, Any]) -> Criterion:
    return Criterion(data["key"], data["text"], data["required"], tuple(Kind(kind) for kind in data["evidence"]))
