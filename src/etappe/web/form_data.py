"""The form view of a process: its values as fields, and fields as values again.

Names of fields are paths (`stage-2-name-de`, `stage-2-fact-0-text-en`). What the form does not show (links to content
and lessons) is taken from the text that the form began with, by the keys of the stages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from etappe.core.process import NEEDED
from etappe.core.process_write import Data

MOST_STAGES, MOST_FACTS, MOST_REASONS = 60, 30, 60
LANGUAGES = ("de", "en")
_SIGNS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True)
class Fact:
    """A criterion in the form."""

    name: str
    key: str
    text: Mapping[str, str]
    required: bool
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class StageFields:
    """A stage in the form."""

    name: str
    number: int
    key: str
    phase: str
    title: Mapping[str, str]
    alias: Mapping[str, str]
    action: Mapping[str, str]
    owner: str
    expected_days: str
    fields: tuple[str, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class ReasonFields:
    """A reason for leaving in the form."""

    name: str
    key: str
    title: Mapping[str, str]
    outcome: str


@dataclass(frozen=True)
class ProcessFields:
    """A whole process in the form."""

    title: Mapping[str, str]
    about: Mapping[str, str]
    stages: tuple[StageFields, ...] = field(default_factory=tuple)
    leave: tuple[ReasonFields, ...] = field(default_factory=tuple)


# --- From values to fields ---


def fields_of(data: Data) -> ProcessFields:
    """The fields for these values, however odd they are."""
    return ProcessFields(
        title=_words(data.get("name")),
        about=_words(data.get("about")),
        stages=tuple(_stage(at, item) for at, item in enumerate(_dicts(data.get("stages"))[:MOST_STAGES])),
        leave=tuple(_reason(at, item) for at, item in enumerate(_dicts(data.get("leave"))[:MOST_REASONS])),
    )


_PATH = re.compile(
    r"(?:stages\[(?P<stage>\d+)\](?:\.criteria\[(?P<fact>\d+)\])?|leave\[(?P<leave>\d+)\])?"
    r"(?:\.?(?P<part>name|about|alias|action|text)(?:\.(?P<language>de|en))?|\.(?P<own>phase|owner|expected_days))?"
)


def field_at(path: str) -> str:
    """The name of the field that shows what stands at a path of the file, or else the first of the part it belongs to.

    >>> field_at("stages[0].name.en"), field_at("stages[2].criteria[1].evidence[0]"), field_at("stages")
    ('stage-0-name-en', 'stage-2-fact-1-text-de', '')
    """
    found = _PATH.match(path)
    if found is None or not found[0]:
        return ""
    whole = [f"stage-{found['stage']}"] if found["stage"] else [f"leave-{found['leave']}"] if found["leave"] else []
    fact = [f"fact-{found['fact']}"] if found["fact"] else []
    if found["own"]:
        return "-".join([*whole, found["own"].removeprefix("expected_")])
    part = found["part"] or ("text" if fact else "name")
    return "-".join([*whole, *fact, part, found["language"] or "de"])


def _stage(at: int, item: Data) -> StageFields:
    name = f"stage-{at}"
    return StageFields(
        name=name,
        number=at + 1,
        key=_text(item.get("key")),
        phase=_text(item.get("phase")),
        title=_words(item.get("name")),
        alias=_words(item.get("alias")),
        action=_words(item.get("action")),
        owner=_text(item.get("owner")),
        expected_days=_text(item.get("expected_days")),
        fields=_texts(item.get("fields")),
        facts=tuple(_fact(f"{name}-fact-{n}", fact) for n, fact in enumerate(_dicts(item.get("criteria")))),
    )


def _fact(name: str, item: Data) -> Fact:
    required, kinds = item.get("required") is not False, _texts(item.get("evidence"))
    return Fact(name, _text(item.get("key")), _words(item.get("text")), required, kinds)


def _reason(at: int, item: Data) -> ReasonFields:
    return ReasonFields(f"leave-{at}", _text(item.get("key")), _words(item.get("name")), _text(item.get("outcome")))


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def _dicts(value: Any) -> list[Data]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, list | dict | bool) else str(value)


def _words(value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return {language: _text(value.get(language)) for language in LANGUAGES}
    return dict.fromkeys(LANGUAGES, _text(value))


def fits(data: Data) -> bool:
    """Whether the form can show all of it: nothing that it would lose."""
    stages, leave = data.get("stages", []), data.get("leave", [])
    if not (_all_dicts(stages, MOST_STAGES) and _all_dicts(leave, MOST_REASONS)):
        return False
    facts = [stage.get("criteria", []) for stage in stages]
    return (
        all(_all_dicts(each, MOST_FACTS) for each in facts)
        and all(_once(each) for each in (stages, leave, [fact for each in facts for fact in each]))
        and not any(_is_odd(value) for item in (data, *stages, *leave) for value in item.values())
    )


def _all_dicts(value: Any, most: int) -> bool:
    return isinstance(value, list) and len(value) <= most and all(isinstance(item, dict) for item in value)


def _once(items: list[Data]) -> bool:
    keys = [item.get("key") for item in items if item.get("key") != ""]
    return all(isinstance(key, str) for key in keys) and len(set(keys)) == len(keys)


def _is_odd(value: Any) -> bool:
    """A text per language in a language that the form does not know."""
    return isinstance(value, dict) and not set(value) <= set(LANGUAGES)


# --- From fields to values ---


def data_of(sent: QueryDict, base: Data) -> Data:
    """The values that a form sent, on top of what the text says that it began with.

    What is new gets a key from its first words, and keeps it whatever becomes of them.
    """
    is_last = "save" in sent or "publish" in sent
    was = {item.get("key"): item for item in _dicts(base.get("stages"))}
    stages = [_stage_sent(sent, f"stage-{at}", was) for at in _count(sent, "stage", MOST_STAGES)]
    _give_keys(stages, "name", "stage" if is_last else "")
    _give_keys([fact for stage in stages for fact in stage["criteria"]], "text", "fact" if is_last else "")
    leave = [
        {"key": _line(sent, f"leave-{at}-key"), "name": _said(sent, f"leave-{at}-name"),
         "outcome": _line(sent, f"leave-{at}-outcome")}
        for at in _count(sent, "leave", MOST_REASONS)
    ]  # fmt: skip
    _give_keys(leave, "name", "reason" if is_last else "")
    told = {column: _kept(base.get(column), _said(sent, column)) for column in ("name", "about")}
    return {"etappe": 1, "key": "our_process", **base, **told, "stages": stages, "leave": leave}


def _count(sent: QueryDict, what: str, most: int) -> list[int]:
    return [at for at in range(most) if f"{what}-{at}-key" in sent]


def _line(sent: QueryDict, name: str) -> str:
    return " ".join(sent.get(name, "").split())


def _said(sent: QueryDict, name: str) -> dict[str, str]:
    both = {language: _line(sent, f"{name}-{language}") for language in LANGUAGES}
    return {language: text for language, text in both.items() if text} or {"de": ""}


def _kept(was: Any, now: dict[str, str]) -> Any:
    """One text for both languages stays one text while both say the same."""
    return was if isinstance(was, str) and set(now.values()) == {" ".join(was.split())} else now


def _stage_sent(sent: QueryDict, name: str, was: Mapping[Any, Data]) -> Data:
    key = _line(sent, f"{name}-key")
    before = was.get(key, {}) if key else {}
    facts = {item.get("key"): item for item in _dicts(before.get("criteria"))}
    stage = {
        **before,
        "key": key,
        "phase": _line(sent, f"{name}-phase"),
        "name": _kept(before.get("name"), _said(sent, f"{name}-name")),
        "owner": _line(sent, f"{name}-owner"),
        "action": _kept(before.get("action"), _said(sent, f"{name}-action")),
        "criteria": [_fact_sent(sent, f"{name}-fact-{at}", facts) for at in _count(sent, f"{name}-fact", MOST_FACTS)],
    }
    _set(stage, "alias", _kept(before.get("alias"), _said(sent, f"{name}-alias")), empty={"de": ""})
    days = _line(sent, f"{name}-days")
    _set(stage, "expected_days", int(days) if days.isascii() and days.isdigit() and len(days) < 9 else days, empty="")
    _set(stage, "fields", [field for field in NEEDED if field in sent.getlist(f"{name}-fields")], empty=[])
    return stage


def _set(stage: Data, column: str, value: Any, *, empty: Any) -> None:
    if value == empty:
        stage.pop(column, None)
    else:
        stage[column] = value


def _fact_sent(sent: QueryDict, name: str, was: Mapping[Any, Data]) -> Data:
    key = _line(sent, f"{name}-key")
    before = was.get(key, {}) if key else {}
    required = f"{name}-required" in sent
    fact = {
        **before,
        "key": key,
        "text": _kept(before.get("text"), _said(sent, f"{name}-text")),
        "evidence": _in_order(before.get("evidence"), sent.getlist(f"{name}-evidence")),
    }
    if not required or "required" in before or not before:
        fact["required"] = required
    return fact


def _in_order(was: Any, chosen: list[str]) -> list[str]:
    """The kinds chosen, in the order they had."""
    known = [kind for kind in was if kind in chosen] if isinstance(was, list) else []
    return [*known, *(kind for kind in dict.fromkeys(chosen) if kind not in known)]


def _give_keys(items: Iterable[Data], named: str, otherwise: str) -> None:
    """A key for whatever has none yet, made from its words (or `otherwise`); keys that are there never change."""
    listed = list(items)
    taken = {item["key"] for item in listed if item["key"]}
    for item in listed:
        if not item["key"]:
            words = item[named] if isinstance(item[named], dict) else {"en": str(item[named])}
            slug = _slug(words.get("en") or words.get("de") or "") or otherwise
            item["key"] = _free(slug, taken) if slug else ""
            taken.add(item["key"])


def _slug(text: str) -> str:
    low = unicodedata.normalize("NFKD", text.lower().translate(_SIGNS)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", low).strip("_0123456789")[:40].strip("_")


def _free(key: str, taken: set[str]) -> str:
    number, free = 2, key
    while free in taken:
        free, number = f"{key}_{number}", number + 1
    return free


# --- Adding, removing, changing places ---


def changed(data: Data, what: str) -> Data:
    """The values after a button was pressed: `up:stages:2`, `remove:stages:2:criteria:0`, `add:leave`, ..."""
    act, *path = what.split(":")
    items, at = _list_at(data, path)
    if items is None:
        return data
    if act == "add":
        items.append(_new(path[-1]) | ({"phase": items[-1]["phase"]} if path == ["stages"] and items else {}))
    elif at is not None and act == "remove":
        del items[at]
    elif at is not None and act in ("up", "down"):
        other = at - 1 if act == "up" else at + 1
        if 0 <= other < len(items):
            items[at], items[other] = items[other], items[at]
    return data


def _list_at(data: Any, path: list[str]) -> tuple[list[Any] | None, int | None]:
    """The list that a path names, and the position in it that it ends with."""
    here: Any = data
    for depth, step in enumerate(path):
        if isinstance(here, dict) and step in ("stages", "criteria", "leave"):
            here = here.get(step)
        elif isinstance(here, list) and step.isascii() and step.isdigit() and int(step) < len(here):
            if depth == len(path) - 1:
                return here, int(step)
            here = here[int(step)]
        else:
            return None, None
    return (here, None) if isinstance(here, list) else (None, None)


def _new(what: str) -> Data:
    nothing = {"de": "", "en": ""}
    if what == "criteria":
        return {"key": "", "text": nothing, "required": True, "evidence": ["reply"]}
    if what == "leave":
        return {"key": "", "name": nothing, "outcome": "lost"}
    first = [_new("criteria")]
    return {"key": "", "phase": "win", "name": nothing, "owner": "am", "action": nothing, "criteria": first}
