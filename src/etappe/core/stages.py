"""What the stages of another program mean: won, lost, or a stage of a process; and the order they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from etappe.core.headers import words_of
from etappe.core.process import Process, Stage, Status
from etappe.core.values import fold_key

ALIKE = 0.87
"""How alike a name and a stage's name must be (difflib ratio) to be taken for the same."""
COVERED = 0.75
"""The share of open deals whose stage a published process must have to be proposed."""

_OUTCOMES: Mapping[Status, str] = {
    Status.WON: "won win closedwon gewonnen abgeschlossengewonnen auftrag beauftragt auftragerhalten erfolgreich "
    "erfolgreichabgeschlossen gewonnenabgeschlossen dealwon ordered bestellt abschluss orderreceived sold verkauft "
    "closedwondeal unterschrieben signed contractsigned",
    Status.LOST: "lost closedlost verloren abgeschlossenverloren absage abgesagt verlorenabgeschlossen deallost dead "
    "keinauftrag nichtgewonnen notwon losttocompetitor abandoned abgebrochen storniert cancelled canceled nodecision "
    "keineentscheidung ohneentscheidung loss",
    Status.DISQUALIFIED: "disqualified disqualifiziert unqualified ausgeschieden ungeeignet nichtqualifiziert "
    "notqualified",
    Status.DECLINED: "declined abgelehnt rejected vomkaeuferabgelehnt",
    Status.OPEN: "open offen active aktiv inprogress laufend pending inbearbeitung working",
}
_BY_NAME = {name: status for status, names in _OUTCOMES.items() for name in names.split()}
_CLOSED = {"closed", "abgeschlossen", "done", "completed", "fertig", "geschlossen"}
_RANKS = (
    (10, ("lead", "neu", "new", "prospect", "interess", "identif", "subscriber", "anfrage", "inquiry", "kaltkontakt")),
    (20, ("qualif", "contact", "kontakt", "engag", "erstgespr", "discovery", "bedarf", "need", "termin", "appointment",
          "meeting", "analys", "perception")),
    (40, ("demo", "praesent", "present", "evaluat", "workshop", "test", "pilot", "poc", "vorstell", "valueprop",
          "decisionmaker")),
    (60, ("proposal", "angebot", "quote", "offer", "loesung", "solution", "pricing", "offert")),
    (80, ("negotiat", "verhandl", "review", "contract", "vertrag", "legal", "freigabe", "commit", "verbal", "muendlich",
          "procure", "einkauf")),
)  # fmt: skip
_UNKNOWN_RANK = 50


@dataclass(frozen=True)
class StageSeen:
    """A stage as a file names it: how many deals stand there, and the middle of their first days (ISO, or empty)."""

    value: str
    deals: int
    middle: str = ""
    order: float | None = None
    status: Status | None = None


@dataclass(frozen=True)
class Target:
    """What a stage of the file becomes: a stage of the process, or a way of being closed."""

    value: str
    status: Status
    stage: str = ""


@dataclass(frozen=True)
class StagePlan:
    """Which process the deals run on (`process` empty: one is proposed from the names) and where each stage leads."""

    process: str
    targets: tuple[Target, ...]
    covered: float = 1.0


def bare_name(value: str) -> str:
    """A stage's name without the number before it or the percentage after it.

    >>> bare_name("06. Closed Won (100 %)"), bare_name("3 - Angebot")
    ('Closed Won', 'Angebot')
    """
    return (
        re.sub(r"^\W*\d{1,3}\s*[.:)\-–—/]*\s+|\s*[\-–(\[]*\s*\d{1,3}\s*%[)\]]*\s*$", "", value).strip() or value.strip()
    )


def outcome_of(value: str, among: Iterable[str] = ()) -> Status | None:
    """The way of being closed that a stage or status names, or open; None for a stage.

    `among` are the other values of the column: a plain `Closed` is won where losing has a word of its own.

    >>> outcome_of("Closed Won"), outcome_of("Nicht gewonnen"), outcome_of("Angebot"), outcome_of("Closed", ["Lost"])
    (<Status.WON: 'won'>, <Status.LOST: 'lost'>, None, <Status.WON: 'won'>)
    """
    words = words_of(bare_name(value))
    key = "".join(words)
    if key in _BY_NAME:
        return _BY_NAME[key]
    if key in _CLOSED:
        return Status.WON if any(outcome_of(other) is Status.LOST for other in among if other != value) else None
    if {"lost", "verloren"} & set(words) or ({"not", "nicht", "no"} & set(words) and {"won", "gewonnen"} & set(words)):
        return Status.LOST
    return Status.WON if {"won", "gewonnen"} & set(words) else None


def plan_stages(seen: Sequence[StageSeen], processes: Sequence[Process]) -> StagePlan:
    """Where each stage leads: into the published process that has the most of them, else into one still to be proposed.

    Of two that fit alike the first is taken. Where no deals stand in any stage, the files hold histories of deals that
    run on a process already: the one that has most of the stages.
    """
    has_deals = any(stage.deals for stage in seen)
    counted = seen if has_deals else [replace(stage, deals=1) for stage in seen]
    return _planned(counted, processes, COVERED if has_deals else 0.01)


def _planned(seen: Sequence[StageSeen], processes: Sequence[Process], enough: float) -> StagePlan:
    values = [stage.value for stage in seen]
    outcomes = {stage.value: stage.status or outcome_of(stage.value, values) for stage in seen}
    open_ones = [stage for stage in seen if outcomes[stage.value] is None]
    fits = [_fit(open_ones, process) for process in processes]
    best = max(fits, key=lambda fit: fit[0], default=(0.0, "", {}))
    covered, process, stages = best if best[0] >= enough else (0.0, "", {})
    targets = [Target(stage.value, outcomes[stage.value] or Status.OPEN, stages.get(stage.value, "")) for stage in seen]
    return StagePlan(process, tuple(targets), covered)


def _fit(seen: Sequence[StageSeen], process: Process) -> tuple[float, str, dict[str, str]]:
    """The share of deals whose stage the process has, and which stage each is."""
    found = {stage.value: key for stage in seen if (key := matching_stage(stage.value, process))}
    deals = sum(stage.deals for stage in seen)
    if not deals:
        return (0.0, "", {})
    return sum(stage.deals for stage in seen if stage.value in found) / deals, process.key, found


def matching_stage(value: str, process: Process) -> str:
    """The key of the stage with this name, other name or key in any language; empty for none."""
    wanted = fold_key(bare_name(value))
    likeness = {stage.key: _likeness(wanted, stage) for stage in process.stages}
    key = max(likeness, key=lambda name: likeness[name], default="")
    return key if key and likeness[key] >= ALIKE else ""


def _likeness(wanted: str, stage: Stage) -> float:
    names = {fold_key(name) for name in (stage.key, *stage.name.values(), *stage.alias.values()) if name}
    if wanted in names:
        return 1.0
    return max((SequenceMatcher(None, wanted, name).ratio() for name in names if len(name) > 4), default=0.0)


def in_order(seen: Sequence[StageSeen]) -> list[StageSeen]:
    """Stages in the order of a sale: as the file numbers them, else by their names, else the younger deals first.

    >>> [stage.value for stage in in_order([StageSeen("Verhandlung", 1), StageSeen("Neu", 1), StageSeen("Angebot", 1)])]
    ['Neu', 'Angebot', 'Verhandlung']
    """
    if seen and all(stage.order is not None for stage in seen):
        return sorted(seen, key=lambda stage: stage.order or 0)
    numbered = {stage.value: re.match(r"\W*(\d{1,3})\b", stage.value) for stage in seen}
    if seen and all(numbered.values()):
        return sorted(seen, key=lambda stage: int(numbered[stage.value][1]))  # type: ignore[index]  # all() has looked
    youngest_first = sorted(seen, key=lambda stage: stage.middle, reverse=True)
    return sorted(youngest_first, key=lambda stage: _rank(stage.value))


def _rank(value: str) -> int:
    key = "".join(words_of(bare_name(value)))
    for rank, parts in _RANKS:
        if any(part in key for part in parts):
            return rank
    return _UNKNOWN_RANK
