"""A process as far as a draft says it: what is still missing is left empty, so that one sees what one writes."""

from __future__ import annotations

from etappe.core.evidence import Kind
from etappe.core.process import Criterion, LeaveReason, Phase, Process, Stage, Words
from etappe.core.process_file import LANGUAGES, Draft, DraftCriterion, DraftStage
from etappe.core.process_reader import Text, TextPerLanguage


def preview(draft: Draft) -> Process:
    """The process that the draft describes so far. It is for looking at only: nothing runs on it."""
    return Process(
        key=_value(draft.key),
        name=_words(draft.name),
        about=_words(draft.about),
        stages=tuple(_stage(stage, number) for number, stage in enumerate(draft.stages, start=1)),
        leave=tuple(
            LeaveReason(_value(item.key), _words(item.name), _value(item.outcome)) for item in draft.leave if item.name
        ),
        model=draft.model.value if draft.model else None,
    )


def _stage(stage: DraftStage, number: int) -> Stage:
    return Stage(
        key=_value(stage.key) or f"stage-{number}",
        phase=Phase(stage.phase.value) if stage.phase else Phase.WIN,
        name=_words(stage.name),
        alias=_words(stage.alias or stage.name),
        action=_words(stage.action),
        owner=_value(stage.owner),
        criteria=tuple(_criterion(item) for item in stage.criteria),
        expected_days=stage.expected_days,
        desired_rate=stage.desired_rate,
        fields=tuple(_value(name) for name in stage.fields),
    )


def _criterion(item: DraftCriterion) -> Criterion:
    kinds = tuple(Kind(kind.value) for kind in item.evidence)
    return Criterion(_value(item.key), _words(item.text), item.required, kinds)


def _value(text: Text | None) -> str:
    return text.value if text else ""


def _words(texts: TextPerLanguage) -> Words:
    spare = next((text.value for text in texts.values()), "…")
    return {language: texts[language].value if language in texts else spare for language in LANGUAGES}
