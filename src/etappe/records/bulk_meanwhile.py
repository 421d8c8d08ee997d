"""What somebody else changed between the preview of a bulk edit and its run: it is not overwritten."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from etappe.core.actor import Actor
from etappe.core.bulk import Changes, Decided, Fate, Subject, overwrites
from etappe.core.errors import Refusal
from etappe.journal.queries import changed_after
from etappe.records.bulk_rooms import decide, versions_of
from etappe.team.queries import user_names


@dataclass(frozen=True)
class Seen:
    """What the preview saw: everything up to its moment, as the database keeps it. `own` is the run's own change."""

    moment: str
    own: uuid.UUID


def overtaken(
    subject: Subject, chosen: Mapping[int, int | None], changes: Changes, seen: Seen, *, actor: Actor, at: datetime
) -> list[Decided]:
    """The records of which somebody changed since the preview what the changes would overwrite; they stay as they are.

    `chosen` are the versions that the records had when they were chosen, by key. The records are held until the
    transaction ends: what a colleague writes from now on comes after the run, in sight of what it wrote.
    """
    if not seen.moment:  # previewed before previews kept it
        return []
    now = versions_of(subject, list(chosen), held=True)
    moved = [key for key, version in now.items() if version != chosen[key]]
    by = _changed_by(subject, moved, changes, seen)
    decisions = decide(subject, sorted(by), changes, actor=actor, at=at) if by else []
    return [_refused(decision, by[decision.key]) for decision in decisions if decision.fate is Fate.CHANGED]


def _changed_by(subject: Subject, keys: Sequence[int], changes: Changes, seen: Seen) -> dict[int, str]:
    """Who changed last what would be overwritten: names by the record's key."""
    if not keys:
        return {}
    found = {
        act.record: act.actor
        for act in changed_after(subject.value, keys, seen.moment)
        if act.change != seen.own and overwrites(changes, act.changed)
    }
    names = user_names(found.values())
    return {key: names[actor].name if actor in names else "Etappe" for key, actor in found.items()}


def _refused(decision: Decided, by: str) -> Decided:
    return replace(decision, fate=Fate.REFUSED, changed={}, refusal=Refusal("changed_meanwhile", name=by))
