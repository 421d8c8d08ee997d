"""Rules about the shape of a process: whole, of the right length, with ways out, and carried on after the sale."""

from __future__ import annotations

from collections.abc import Iterator

from etappe.core.evidence import Kind
from etappe.core.lint.finding import Finding, finding
from etappe.core.process import Phase
from etappe.core.process_file import LANGUAGES, Draft, DraftCriterion, DraftStage
from etappe.core.process_reader import Text, TextPerLanguage
from etappe.core.process_yaml import Place

FEWEST_TO_ORDER = 3
FEWEST_TRANSACTIONAL = 2
MOST_STAGES = 12
MOST_TO_WIN = 8
MOST_REQUIRED = 5


def required(draft: Draft) -> Iterator[Finding]:
    """E101, E503: a stage blocks on something, and not on everything."""
    for stage in draft.stages:
        count = len(stage.required)
        if not count:
            yield finding("E101", stage.place, stage=label(stage))
        if count > MOST_REQUIRED:
            yield finding("E503", stage.place, stage=label(stage), count=count, most=MOST_REQUIRED)


def too_early(draft: Draft) -> Iterator[Finding]:
    """E102: nobody has to name a deal value before there is a need that could cost something."""
    for stage in draft.of_phase(Phase.FIND):
        for name in stage.fields:
            if name.value == "amount":
                yield finding("E102", name.place, stage=label(stage))


def label(stage: DraftStage) -> str:
    """How to call a stage: its name, or its key where it has none."""
    text = next(iter(stage.name.values()), stage.key)
    return text.value if text else "?"


def inspectable(draft: Draft) -> Iterator[Finding]:
    """E301, E302, E303: every criterion can be proved, by more than our word, by what the phase allows."""
    unread = {problem.place.path.partition(".evidence")[0] for problem in draft.problems}
    for stage in draft.stages:
        for criterion in stage.criteria:
            if criterion.place.path not in unread:
                yield from _provable(stage, criterion)


def _provable(stage: DraftStage, criterion: DraftCriterion) -> Iterator[Finding]:
    kinds = {kind.value for kind in criterion.evidence}
    phase = stage.phase.value if stage.phase else None
    told = _said(criterion.text)
    if not kinds:
        yield finding("E301", criterion.place, criterion=told)
    if kinds == {Kind.CALL_NOTE} and phase == Phase.WIN:
        yield finding("E302", criterion.evidence[0].place, criterion=told)
    if phase in (Phase.WIN, Phase.KEEP):
        for kind in criterion.evidence:
            if kind.value == Kind.SOURCE:
                yield finding("E303", kind.place, criterion=told)


def _said(texts: TextPerLanguage) -> str:
    return next((text.value for text in texts.values()), "?")


def length(draft: Draft) -> Iterator[Finding]:
    """E501, E502: long enough that deals come to an end, short enough that people use it."""
    before_order = len(draft.of_phase(Phase.FIND)) + len(draft.of_phase(Phase.WIN))
    transactional = draft.model is not None and draft.model.value == "transactional"
    fewest = FEWEST_TRANSACTIONAL if transactional else FEWEST_TO_ORDER
    if len(draft.stages) > 0 and before_order < fewest:
        yield finding("E501", draft.stages[0].place, count=before_order, fewest=fewest)
    for stages, most, what in ((draft.stages, MOST_STAGES, "all"), (draft.of_phase(Phase.WIN), MOST_TO_WIN, "win")):
        if len(stages) > most:
            yield finding("E502", stages[most].place, count=len(stages), most=most, what=what)


def coverage(draft: Draft) -> Iterator[Finding]:
    """E601 to E605: ways out on the way, and care after the order."""
    outcomes = {reason.outcome.value for reason in draft.leave if reason.outcome}
    here = draft.leave_place or Place(draft.place.line, draft.place.column, "leave")
    keep = draft.of_phase(Phase.KEEP)
    if "disqualified" not in outcomes:
        yield finding("E601", here)
    for outcome in ("lost", "declined"):
        if outcome not in outcomes:
            yield finding("E602", here, outcome=outcome)
    if draft.stages and not keep:
        yield finding("E603", draft.stages[-1].place, stage=label(draft.stages[-1]))
    yield from _cancelling(draft, outcomes, bool(keep), here)


def _cancelling(draft: Draft, outcomes: set[str], keep: bool, here: Place) -> Iterator[Finding]:
    if keep and "cancelled" not in outcomes:
        yield finding("E604", here)
    if not keep:
        for reason in draft.leave:
            if reason.outcome and reason.outcome.value == "cancelled":
                yield finding("E605", reason.outcome.place)


def languages(draft: Draft) -> Iterator[Finding]:
    """E701: everything that people read is there in German and English."""
    for texts in _all_words(draft):
        missing = [language for language in LANGUAGES if language not in texts]
        if texts and missing:
            yield finding("E701", _place(texts), missing=missing, text=_said(texts))


def _place(texts: TextPerLanguage) -> Place:
    return next(iter(texts.values())).place


def _all_words(draft: Draft) -> Iterator[TextPerLanguage]:
    yield draft.name
    yield draft.about
    for stage in draft.stages:
        yield from (stage.name, stage.alias, stage.action)
        yield from (criterion.text for criterion in stage.criteria)
    yield from (reason.name for reason in draft.leave)


def repetition(draft: Draft) -> Iterator[Finding]:
    """E702, E703: no two stages, and no two criteria, with the same words."""
    for language in (*LANGUAGES, "*"):
        yield from _same("E702", [stage.name.get(language) for stage in draft.stages])
        yield from _same("E703", [item.text.get(language) for stage in draft.stages for item in stage.criteria])


def _same(rule: str, texts: list[Text | None]) -> Iterator[Finding]:
    first: dict[str, Text] = {}
    for text in texts:
        if text is None:
            continue
        folded = " ".join(text.value.casefold().split()).rstrip(".")
        if first.setdefault(folded, text) is not text:
            yield finding(rule, text.place, text=text.value, line=first[folded].place.line)
