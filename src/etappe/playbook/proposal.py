"""A process proposed from the stages that an import brings: something to start from and to argue about.

A stage that says what a stage of the shipped processes says gets that one's buyer-side name and criteria, and keeps its
own name as alias. So does one that the linter has a usual proposal for; any other keeps its name and gets one plain
criterion. A name that is a result of the buyer's already stays as it is, and no two stages get one name. Stages that
mean won or lost are no stages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from typing import Any

import yaml

from etappe.core.evidence import Kind
from etappe.core.lint.naming import judge_name
from etappe.core.lint.proposals import propose
from etappe.core.process import Criterion, Phase, Process, Stage
from etappe.core.process_file import FORMAT, NAME_LENGTH, as_data
from etappe.playbook.queries import library_item

STAGES_LIMIT = 40
_TITLE = {"de": "Unser Vertriebsprozess", "en": "Our sales process"}

_CLOSED = re.compile(
    r"\b(won|lost|gewonnen|verloren|abgesagt|cancel\w*|storniert|abgelehnt|disqualif\w*|dead|closed|geschlossen|"
    r"archiv\w*|verworfen|kein interesse|no interest)\b"
)
_ORDER = "order_placed"
_AFTER = "in_use"
_MEANINGS = (
    ("classic_six", "fits_profile", r"prospect\w*|akquise|target\w*|identif\w*|suspect\w*|cold|neu|new( lead)?"),
    ("classic_six", "situation_understood", r"research\w*|recherche"),
    ("inbound", "need_confirmed", r"\w*qualif\w*|erstkontakt|first contact|contacted|kontaktiert|lead\w*|mql|sql|sal"),
    (
        "inbound",
        "requirements_agreed",
        r"discover\w*|bedarf\w*|needs?|requirement\w*|anforderung\w*|scoping|engag\w*|analys\w*",
    ),
    (
        "inbound",
        "product_evaluated",
        r"\w*demo\w*|evaluat\w*|trial|pilot\w*|poc|vorführ\w*|präsent\w*|present\w*|test\w*",
    ),
    (
        "inbound",
        "quote_reviewed",
        r"quot\w*|propos\w*|angebot\w*|offer\w*|offerte\w*|negotiat\w*|verhandl\w*|price\w*|preis\w*",
    ),
    (
        "inbound",
        _ORDER,
        r"clos\w*|abschlu\w*|order\w*|auftrag\w*|bestell\w*|contract\w*|vertrag\w*|commit\w*|verbal|sign\w*",
    ),
)


@dataclass(frozen=True)
class Proposal:
    """A process file that is not published yet. `stages` says which stage each name of the import became."""

    source: str
    key: str
    stages: dict[str, str]


def is_closed(name: str) -> bool:
    """Whether a stage's name says that the deal is over rather than where it is.

    >>> is_closed("Closed Won"), is_closed("Verloren (Preis)"), is_closed("Closing")
    (True, True, False)
    """
    return bool(_CLOSED.search(name.casefold()))


def propose_from_stages(stage_names: Iterable[str], taken_keys: Collection[str] = ()) -> Proposal:
    """A process with these stages in their order, ending with the order and the start at the customer.

    Its key is none of `taken_keys`: what is published already is another process.
    """
    said = {found: _plain(found) for found in list(dict.fromkeys(stage_names))[:STAGES_LIMIT]}
    open_ones = {found: name for found, name in said.items() if name and not is_closed(name)}
    spare = library_item("inbound").spec
    ends = [spare.stage(_ORDER), spare.stage(_AFTER)]
    given = {name.casefold() for name in open_ones.values()}
    taken: dict[str, Stage] = {}
    became: dict[str, str] = {}
    for found, name in open_ones.items():
        stage = _stage(name, taken)
        others = {*given, *_names(end for end in ends if end.key != stage.key)} - {name.casefold()}
        stage = _with_name_of_its_own(stage, name, _names(taken.values()), others)
        taken[stage.key], became[found] = stage, stage.key
    for end in ends:
        taken.setdefault(end.key, end)
    number = next(number for number in count(1) if _numbered("our_sales_process", number, "_") not in taken_keys)
    process = Process(
        key=_numbered("our_sales_process", number, "_"),
        name={language: _numbered(title, number) for language, title in _TITLE.items()},
        about={
            "de": "Aus den Stufen eines Imports vorgeschlagen. Bitte Namen und Ausstiegskriterien prüfen.",
            "en": "Proposed from the stages of an import. Please check names and exit criteria.",
        },
        stages=tuple(_ordered(taken)),
        leave=spare.leave,
    )
    return Proposal(_written(process), process.key, became)


def _numbered(text: str, number: int, joint: str = " ") -> str:
    return text if number == 1 else f"{text}{joint}{number}"


def _plain(text: str) -> str:
    shown = "".join(letter if unicodedata.category(letter)[0] != "C" else " " for letter in text)
    return " ".join(shown.split())[:NAME_LENGTH].strip()


def _stage(said: str, taken: dict[str, Stage]) -> Stage:
    known = _same_name().get(said.casefold()) or _known(said)
    if known is None or known.key in taken:
        return _unknown(said, taken)
    name = known.name if said.casefold() in _same_name() or not _is_result(said) else {"de": said, "en": said}
    return _without_repeats(replace(known, name=name, alias={"de": said, "en": said}), taken)


@cache
def _same_name() -> dict[str, Stage]:
    """The stages of the shipped processes by their names, the ones that meanings lead to first."""
    processes = [library_item(key).spec for key in ("inbound", "classic_six")]
    named = [(name, stage) for process in processes for stage in process.stages for name in stage.name.values()]
    return {name.casefold(): stage for name, stage in reversed(named)}


def _is_result(said: str) -> bool:
    return any(judge_name(said, language) is None for language in ("de", "en"))


def _names(stages: Iterable[Stage]) -> set[str]:
    return {name.casefold() for stage in stages for name in stage.name.values()}


def _with_name_of_its_own(stage: Stage, said: str, used: set[str], kept: set[str]) -> Stage:
    """The stage, under the export's words for it where its name is used by another, or kept for one."""
    if not (used | kept) & _names([stage]):
        return stage
    short = said[: NAME_LENGTH - 4]
    tried = (_numbered(short, number) for number in count(1))
    own = next(text for text in tried if text.casefold() not in used)
    return replace(stage, name={"de": own, "en": own})


def _known(said: str) -> Stage | None:
    for process, stage, meaning in _MEANINGS:
        if re.search(rf"\b({meaning})\b", said.casefold()):
            return library_item(process).spec.stage(stage)
    return None


def _unknown(said: str, taken: dict[str, Stage]) -> Stage:
    key = _key(said, {*taken, _ORDER, _AFTER})
    usual = None if _is_result(said) else propose(said)
    if usual and usual.name["en"].casefold() in _names(taken.values()):
        usual = None
    name = usual.name if usual else {"de": said, "en": said}
    action = {"de": f"{said}: mit dem Käufer zum Ergebnis bringen", "en": f"{said}: reach the outcome with the buyer"}
    text = usual.criterion if usual else _confirmed(said)
    kinds = (Kind.REPLY, Kind.DOCUMENT, Kind.PLAN_TICK, Kind.NOTE_CONFIRMED)
    criterion = Criterion(_key(f"{key[:40]}_confirmed", _criteria(taken)), text, True, kinds)
    return Stage(key, Phase.WIN, name, {"de": said, "en": said}, action, "am", (criterion,))


def _confirmed(said: str) -> dict[str, str]:
    return {
        "de": f"Der Käufer hat das Ergebnis von „{said}“ schriftlich bestätigt",
        "en": f"The buyer has confirmed the outcome of “{said}” in writing",
    }


def _criteria(taken: dict[str, Stage]) -> set[str]:
    return {criterion.key for stage in taken.values() for criterion in stage.criteria}


def _without_repeats(stage: Stage, taken: dict[str, Stage]) -> Stage:
    used = _criteria(taken)
    return replace(stage, criteria=tuple(criterion for criterion in stage.criteria if criterion.key not in used))


def _key(text: str, used: Iterable[str]) -> str:
    """A key made of the text that is not used yet: small letters, digits and underscores, a letter first."""
    for german, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.replace(german, plain).replace(german.upper(), plain)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:50] or "stage"
    slug = slug if slug[0].isalpha() else f"s_{slug}"
    number, key = 1, slug
    while key in used:
        number, key = number + 1, f"{slug}_{number + 1}"
    return key


def _ordered(taken: dict[str, Stage]) -> Iterator[Stage]:
    """The stages in phase order: `find` only at the beginning, the order last of `win`, then what follows it."""
    selling = [stage for stage in taken.values() if stage.key not in (_ORDER, _AFTER)]
    began = False
    for stage in selling:
        began = began or stage.phase is Phase.WIN
        yield replace(stage, phase=Phase.WIN) if began else stage
    yield taken[_ORDER]
    yield taken[_AFTER]


def _written(process: Process) -> str:
    data: dict[str, Any] = {"etappe": FORMAT, **as_data(process)}
    return yaml.safe_dump(_without_empty(data), allow_unicode=True, sort_keys=False, width=110)


def _without_empty(value: Any) -> Any:
    """The data without what a file leaves out: nothing, and empty lists other than criteria."""
    if isinstance(value, dict):
        return {
            key: _without_empty(item)
            for key, item in value.items()
            if item is not None and (item != [] or key == "criteria")
        }
    return [_without_empty(item) for item in value] if isinstance(value, list) else value
