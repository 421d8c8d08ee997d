"""What segments and stages are called: keys inside become keys outside, with a name beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from etappe.core.actor import SYSTEM
from etappe.core.errors import Missing
from etappe.core.process import Words
from etappe.insights.metric import Row
from etappe.playbook.queries import all_specs, get_version, spec, version_numbers
from etappe.playbook.question_texts import MODELS
from etappe.team.queries import as_uuid, team_names, teams, user_by_uid, user_names

PEOPLE: Mapping[str, Callable[[Iterable[int | None]], Mapping[int, Any]]] = {"owner": user_names, "team": team_names}


MOST_DIGITS = 9

ODDITIES: Mapping[str, tuple[str | Promise, str | Promise]] = {
    "no_start": (
        gettext_lazy("without a start date"),
        gettext_lazy("left out of everything about time; counted in win rate and sums"),
    ),
    "starts_after_end": (
        gettext_lazy("start lies after the end"),
        gettext_lazy("left out of everything about time; counted in win rate and sums"),
    ),
    "no_amount": (gettext_lazy("without amount"), gettext_lazy("counted as a deal, adds nothing to sums")),
    "other_currency": (
        gettext_lazy("in another currency than the workspace's"),
        gettext_lazy("summed for itself; currencies are never added together"),
    ),
    "reopened": (
        gettext_lazy("opened again after it was lost, declined or disqualified"),
        gettext_lazy("one deal, from its first start to its last decision; on a past day as it stood then"),
    ),
    "no_time": (
        gettext_lazy("moved twice at one moment"),
        gettext_lazy("passed through the stage in between, in no time"),
    ),
    "no_history": (
        gettext_lazy("imported without their way through the stages"),
        gettext_lazy("left out of conversion and of time in stages"),
    ),
    "one_deal": (gettext_lazy("one deal in all"), gettext_lazy("counts are shown, shares and times are not")),
    "none_won": (
        gettext_lazy("none was won"),
        gettext_lazy("the win rate is 0 %, up to where its interval ends; times until won are not shown"),
    ),
    "none_lost": (
        gettext_lazy("none was lost or declined"),
        gettext_lazy("the win rate is 100 %, down to where its interval begins"),
    ),
}
"""What is odd about records, and what figures make of it."""

INSIDE = ("segment", "process_version_id")
"""Columns with keys that do not leave the room."""


def labelled(rows: Iterable[Row], by: str | None) -> tuple[Row, ...]:
    """The rows with the outside key of their segment, its label, and the label of their stage."""
    found = tuple(rows)
    names = segment_names({row["segment"] for row in found}, by)
    return tuple(_labelled(row, names, by) for row in found)


def _labelled(row: Row, names: Mapping[str, tuple[str, str]], by: str | None) -> Row:
    key, label = names[row["segment"]]
    said = {"segment": key, "label": label} if by else {}
    if "stage" in row:
        said["stage_label"] = stage_name(row["process_version_id"], row["stage"])
        said["process_label"] = words(spec(row["process_version_id"]).name)
    if "oddity" in row:
        said |= dict(zip(("what", "rule"), map(str, ODDITIES[row["oddity"]]), strict=True))
    return {**said, **{column: value for column, value in row.items() if column not in INSIDE}}


def segment_names(segments: Iterable[str], by: str | None) -> dict[str, tuple[str, str]]:
    """Outside key and label of each segment."""
    keys = list(segments)
    if by in TEXTS:
        texts = TEXTS[by]()
        return {key: (key, texts.get(key, key) if key else _("not given")) for key in keys}
    known = PEOPLE[by](int(key) for key in keys if key) if by and by in PEOPLE else {}
    return {key: _name(key, known) for key in keys}


def _model_names() -> dict[str, str]:
    return {model.value: str(texts.name) for model, texts in MODELS.items()}


def _process_names() -> dict[str, str]:
    """Versions of processes by key and number."""
    specs = all_specs()
    numbers = version_numbers(specs)
    return {f"{each.key} {numbers[key]}": f"{words(each.name)} {numbers[key]}" for key, each in specs.items()}


def _stage_names() -> dict[str, str]:
    """Stages by their key; where processes share one, as the newest version calls it."""
    return {stage.key: words(stage.name) for each in all_specs().values() for stage in each.stages}


TEXTS: Mapping[str | None, Callable[[], Mapping[str, str]]] = {
    "model": _model_names,
    "process": _process_names,
    "entry_stage": _stage_names,
}
"""Segments whose keys stand for a text that is not recorded beside the deal."""


def _name(key: str, known: Mapping[int, Any]) -> tuple[str, str]:
    if not key:
        return "", _("not given")
    if not known:
        return key, key
    ref = known[int(key)]
    return str(ref.uid), ref.name


def segment_key(outside: str, by: str | None) -> str:
    """The inside key of a segment; `Missing` where there is no such colleague or team."""
    if not outside or by not in PEOPLE:
        return outside
    if by == "owner":
        return str(user_by_uid(outside).id)
    wanted = as_uuid(outside)
    for team in teams(SYSTEM):
        if team.uid == wanted:
            return str(team.id)
    raise Missing


def stage_name(version_id: int, stage: str) -> str:
    """The stage's name in the reader's language; its key where the process does not know it."""
    process = spec(version_id)
    return words(process.stage(stage).name) if stage in process.order else stage


def step_name(step: str) -> str:
    """The name of a stage that is given as process, number of its version and key; the text where there is none."""
    process, number, stage = (*step.split(":"), "", "")[:3]
    if not number.isdecimal() or len(number) > MOST_DIGITS:
        return step
    try:
        return stage_name(get_version(process, int(number)).id, stage)
    except Missing:
        return step


def passed_name(place: str) -> str:
    """The name of a stage that is given as process and key; the text where there is none."""
    process, stage = (*place.split(":"), "")[:2]
    try:
        return stage_name(get_version(process).id, stage)
    except Missing:
        return place


def words(text: Words) -> str:
    """The text in the reader's language, or in the one there is."""
    language = (get_language() or "en").split("-")[0]
    return text.get(language) or next(iter(text.values()), "")
