"""Taking open deals over to another version of their process: which stage becomes which, and what stays proved.

A map says for each old stage where its deals stand in the new version. Evidence goes along where the new version asks
for the very same fact: the same key with the same words. It is never taken for something it was not given for, so a
deal that stands further than its evidence reaches is unproven afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from etappe.core.errors import Refusal
from etappe.core.process import (
    Basis,
    Criterion,
    DealFacts,
    MissingProof,
    Phase,
    Process,
    Proof,
    Stage,
    Status,
    Words,
    is_met,
    missing_proof,
    proof,
    stages_behind,
)

CLOSE = 0.6
"""From this likeness on a stage under another key is proposed."""

StageMap = Mapping[str, str]
"""Old stage key to new stage key; deals of a stage that is not named stay where they are."""


@dataclass(frozen=True)
class Remapped:
    """Where a deal stands after the map was applied, and what became of its proof.

    `kept` and `lost` are the criteria that were met before and are, or are not, met afterwards. `lapsed` are keys whose
    evidence does not count any more.
    """

    stage: str
    entry_stage: str
    basis: Basis
    proof: Proof
    kept: tuple[Criterion, ...]
    lost: tuple[Criterion, ...]
    lapsed: frozenset[str]
    exceptions_lapse: frozenset[str]
    missing: tuple[MissingProof, ...] = ()
    """What the stages behind it ask for afterwards and do not have."""


def propose(old: Process, new: Process, stages: Iterable[str]) -> dict[str, str]:
    """A map for these old stages: the same key, else the closest stage, else the nearest one behind it.

    Only stages before the order are proposed: an open deal is not won by a map.
    """
    open_to = [stage for stage in new.stages if stage.phase is not Phase.KEEP]
    return {key: _proposed(old, key, open_to) for key in stages if key in old.order and open_to}


def _proposed(old: Process, key: str, there: list[Stage]) -> str:
    keys = {stage.key for stage in there}
    if key in keys:
        return key
    stage = old.stage(key)
    likeness, closest = max(((_likeness(stage, each), each.key) for each in there), key=lambda pair: pair[0])
    if likeness >= CLOSE:
        return closest
    behind = [each.key for each in old.stages[: old.order[key]] if each.key in keys]
    return behind[-1] if behind else there[0].key


def _likeness(one: Stage, other: Stage) -> float:
    """How alike two stages are, by their names and by the facts they share."""
    names = max(_alike(one.name, other.name), _alike(one.alias, other.alias))
    facts = {criterion.key for criterion in one.criteria}
    shared = facts & {criterion.key for criterion in other.criteria}
    return max(names, len(shared) / len(facts) if facts else 0.0)


def _alike(one: Words, other: Words) -> float:
    pairs = [(one[language].casefold(), other[language].casefold()) for language in one if language in other]
    return max((SequenceMatcher(None, *pair).ratio() for pair in pairs), default=0.0)


def check_map(stages: StageMap, new: Process) -> None:
    """Refuse a map that names a stage that is not there, or one after the order."""
    for target in stages.values():
        if new.stage(target).phase is Phase.KEEP:
            raise Refusal("remap_after_winning", stage=new.stage(target))


def remap(facts: DealFacts, new: Process, stages: StageMap) -> Remapped:
    """What the map makes of an open deal. It never advances a deal on proof that is not there."""
    old, to = facts.process, stages[facts.stage]
    changed = changed_criteria(old, new)
    held = tuple(item for item in facts.held if item.criterion not in changed)
    lapse = frozenset(key for key in facts.excepted if not _asks_the_same(old, new, key))
    entered = _entered(facts, new, stages)
    basis = Basis.IMPORTED if facts.basis is Basis.IMPORTED else Basis.REMAP  # a map is no move of an imported deal
    after = DealFacts(new, to, Status.OPEN, entered, held, facts.excepted - lapse, basis)
    met = [(stage, item) for stage, item in old.criteria.values() if is_met(stage, item, facts.held)]
    kept = {item.key for _stage, item in met if item.key in new.criteria and is_met(*new.criteria[item.key], held)}
    return Remapped(
        stage=to,
        entry_stage=entered,
        basis=Basis.REMAP,
        proof=proof(after),
        kept=tuple(item for _stage, item in met if item.key in kept),
        lost=tuple(item for _stage, item in met if item.key not in kept),
        lapsed=frozenset(item.criterion for item in facts.held if item.criterion in changed and not item.withdrawn),
        exceptions_lapse=lapse,
        missing=missing_proof(after, stages_behind(after)),
    )


def change_process(facts: DealFacts, new: Process, to: str) -> Remapped:
    """What taking an open deal to a stage of another process makes of it.

    No stage of the one process stands for one of the other: the deal counts as entered at the beginning, so that
    whatever the stages before `to` ask for has to be shown before it is won. Exceptions come along only from stages
    that ask for the same in both.
    """
    if facts.status is not Status.OPEN:
        raise Refusal("deal_is_closed", status=facts.status)
    if new.key == facts.process.key:
        raise Refusal("same_process", field="process")
    check_map({facts.stage: to}, new)
    outcome = remap(facts, new, {facts.stage: to})
    other = frozenset(key for key in facts.process.order if not _asks_the_same(facts.process, new, key))
    return replace(outcome, entry_stage=new.first.key, exceptions_lapse=other)


def changed_criteria(old: Process, new: Process) -> frozenset[str]:
    """Criteria of the old version that the new one does not have, or words in another way."""
    return frozenset(
        key
        for key, (_stage, criterion) in old.criteria.items()
        if key not in new.criteria or _said(new.criteria[key][1].text) != _said(criterion.text)
    )


def _said(text: Words) -> dict[str, str]:
    return {language: " ".join(words.split()) for language, words in text.items()}


def _asks_the_same(old: Process, new: Process, key: str) -> bool:
    """Whether a stage asks for the same facts in both versions, so that an exception from them means the same."""
    if key not in old.order or key not in new.order:
        return False
    before, after = ({item.key: _said(item.text) for item in each.stage(key).required} for each in (old, new))
    return before == after


def _entered(facts: DealFacts, new: Process, stages: StageMap) -> str:
    """The stage of entry in the new version: mapped, else the same, else that of the nearest stage before it.

    Where none of them is there, the first: what is not known to have been done before us has to be shown.
    """
    old, entry = facts.process, facts.entry_stage or facts.stage
    for stage in reversed(old.stages[: old.order.get(entry, -1) + 1]):
        target = stages.get(stage.key, stage.key)
        if target in new.order:
            return target
    return new.first.key
