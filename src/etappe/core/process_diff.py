"""What changed from one version of a process to another, as codes and plain values.

Stages, criteria and reasons are compared by their keys: a new text under an old key is a renaming, a new key is
something new. `etappe.playbook.diff_texts` says it in the reader's language.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from etappe.core.process import Criterion, Process, Stage


@dataclass(frozen=True)
class Change:
    """One difference. `stage` is the key of the stage it belongs to, empty where it is about the whole process."""

    code: str
    stage: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


def compare(old: Process, new: Process) -> tuple[Change, ...]:
    """Everything that differs, the whole first, then stage by stage in the new order, then the ways out."""
    return (*_whole(old, new), *_stages(old, new), *_leaving(old, new))


def _whole(old: Process, new: Process) -> Iterator[Change]:
    yield from _texts("process_renamed", "", old.name, new.name)
    yield from _texts("about_changed", "", old.about, new.about)
    if old.model != new.model:
        yield Change("model_changed", params={"before": old.model or "", "after": new.model or ""})


def _texts(
    code: str, stage: str, before: Mapping[str, str], after: Mapping[str, str], **params: Any
) -> Iterator[Change]:
    if dict(before) != dict(after):
        yield Change(code, stage, {"before": dict(before), "after": dict(after), **params})


def _stages(old: Process, new: Process) -> Iterator[Change]:
    known = {stage.key: stage for stage in old.stages}
    moved = moved_keys([stage.key for stage in old.stages], [stage.key for stage in new.stages])
    earlier: Mapping[str, str] = {}
    for stage in new.stages:
        if stage.key not in known:
            yield Change("stage_added", stage.key, {"name": stage.name, "earlier": earlier})
        else:
            if stage.key in moved:
                yield Change("stage_moved", stage.key, {"name": stage.name, "earlier": earlier})
            yield from _stage(known[stage.key], stage)
            yield from _criteria(known[stage.key], stage, old, new)
        earlier = stage.name
    for stage in old.stages:
        if stage.key not in new.order:
            yield Change("stage_removed", stage.key, {"name": stage.name})


def moved_keys(old: Sequence[str], new: Sequence[str]) -> frozenset[str]:
    """The fewest keys that have to be moved to turn the old order into the new one; added and removed ones aside.

    >>> sorted(moved_keys("abcd", "adbc")), sorted(moved_keys("abc", "xab"))
    (['d'], [])
    """
    rank = {key: position for position, key in enumerate(old)}
    common = [key for key in new if key in rank]
    return frozenset(common) - frozenset(_longest_rising([(rank[key], key) for key in common]))


def _longest_rising(items: Sequence[tuple[int, str]]) -> list[str]:
    """The longest run of keys, gaps allowed, whose ranks rise."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for position, (rank, _key) in enumerate(items):
        at = bisect_left(tails, rank)
        before.append(ends[at - 1] if at else -1)
        tails[at:] = [rank, *tails[at + 1 :]]
        ends[at:] = [position, *ends[at + 1 :]]
    chain, position = [], ends[-1] if ends else -1
    while position >= 0:
        chain.append(items[position][1])
        position = before[position]
    return chain


_PLAIN = ("phase", "owner", "expected_days", "desired_rate")
_LISTS = ("content", "lessons", "objections")


def _stage(old: Stage, new: Stage) -> Iterator[Change]:
    yield from _texts("stage_renamed", new.key, old.name, new.name)
    named = {"name": new.name}
    yield from _texts("alias_changed", new.key, old.alias, new.alias, **named)
    yield from _texts("action_changed", new.key, old.action, new.action, **named)
    for attribute in _PLAIN:
        before, after = getattr(old, attribute), getattr(new, attribute)
        if before != after:
            yield Change(f"{attribute}_changed", new.key, named | {"before": before, "after": after})
    more, fewer = _without(new.fields, old.fields), _without(old.fields, new.fields)
    if more:
        yield Change("fields_needed", new.key, named | {"fields": more})
    if fewer:
        yield Change("fields_not_needed", new.key, named | {"fields": fewer})
    if any(getattr(old, attribute) != getattr(new, attribute) for attribute in _LISTS):
        yield Change("links_changed", new.key, named)


def _criteria(old: Stage, new: Stage, before: Process, after: Process) -> Iterator[Change]:
    known = {criterion.key: criterion for criterion in old.criteria}
    for criterion in new.criteria:
        told = {"name": new.name, "criterion": criterion.text}
        if criterion.key in known:
            yield from _criterion(known[criterion.key], criterion, new)
        elif criterion.key in before.criteria:
            came_from, was = before.criteria[criterion.key]
            yield Change("criterion_moved", new.key, told | {"came_from": came_from.name})
            yield from _criterion(was, criterion, new)
        else:
            code = "criterion_added" if criterion.required else "optional_criterion_added"
            yield Change(code, new.key, told | {"kinds": _kinds(criterion)})
    for criterion in old.criteria:
        if criterion.key not in after.criteria:
            yield Change("criterion_removed", new.key, {"name": new.name, "criterion": criterion.text})


def _kinds(criterion: Criterion) -> list[str]:
    return [kind.value for kind in criterion.kinds]


def _criterion(old: Criterion, new: Criterion, stage: Stage) -> Iterator[Change]:
    told = {"name": stage.name, "criterion": new.text}
    yield from _texts("criterion_reworded", stage.key, old.text, new.text, name=stage.name)
    if old.required != new.required:
        yield Change("criterion_required" if new.required else "criterion_optional", stage.key, told)
    more = _without(_kinds(new), _kinds(old))
    fewer = _without(_kinds(old), _kinds(new))
    if more:
        yield Change("kinds_added", stage.key, told | {"kinds": more})
    if fewer:
        yield Change("kinds_removed", stage.key, told | {"kinds": fewer})


def _without(items: Iterable[str], known: Iterable[str]) -> list[str]:
    return [item for item in items if item not in set(known)]


def _leaving(old: Process, new: Process) -> Iterator[Change]:
    known = {reason.key: reason for reason in old.leave}
    for reason in new.leave:
        was = known.get(reason.key)
        if was is None:
            yield Change("leave_added", params={"name": reason.name, "outcome": reason.outcome})
            continue
        yield from _texts("leave_renamed", "", was.name, reason.name)
        if was.outcome != reason.outcome:
            told = {"name": reason.name, "before": was.outcome, "after": reason.outcome}
            yield Change("outcome_changed", params=told)
    left = {reason.key for reason in new.leave}
    for reason in old.leave:
        if reason.key not in left:
            yield Change("leave_removed", params={"name": reason.name})
