"""What the records say against a process: the linter's rules that need data, run for one viewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from etappe.core.actor import Actor
from etappe.core.errors import Missing
from etappe.core.lint import Finding
from etappe.core.lint.records import MINIMUM, Group, Judged, checks, findings, judge
from etappe.core.periods import local_day
from etappe.core.process import Process
from etappe.core.process_file import Draft, compile_process
from etappe.core.process_turns import Turns, turns
from etappe.deals.queries import courses_under_way, refs_of
from etappe.playbook.queries import newest_specs
from etappe.team.access import require
from etappe.team.queries import workspace

WINDOW = timedelta(days=365)
PER_PAGE = 50


@dataclass(frozen=True)
class Said:
    """What a year of deals says about a process: `found` deals were under way, `looked_at` were looked at."""

    process: Process
    since: date
    as_of: date
    found: int
    looked_at: int
    judged: tuple[Judged, ...]
    turns: tuple[Turns, ...] = ()

    @property
    def enough(self) -> int:
        """Checks that have enough deals."""
        return sum(each.state != "too_few" for each in self.judged)

    def findings(self, draft: Draft) -> list[Finding]:
        """What speaks against a file of this process."""
        return findings(draft, self.judged)


@dataclass(frozen=True)
class CheckedDeal:
    """A deal behind a check."""

    uid: UUID
    name: str
    is_hit: bool


@dataclass(frozen=True)
class WaitedDeal:
    """A deal that waited for us for so many days."""

    uid: UUID
    name: str
    days: float


def run(viewer: Actor, process: Process, at: datetime) -> Said:
    """Check a process by the deals that were under way within the last year; those that the viewer sees.

    A process that was never published has no deals, so nothing can be said of it.
    """
    require(viewer, "playbook.drafts")
    require(viewer, "figures.see")
    today, since = local_day(at, workspace().zone), at - WINDOW
    if process.key not in newest_specs():
        return Said(process, local_day(since, workspace().zone), today, 0, 0, ())
    found = courses_under_way(viewer, process.key, since, at)
    judged = judge(checks(process, found.courses, at))
    whose = turns(process, found.courses, at)
    return Said(process, local_day(since, workspace().zone), today, found.found, len(found.courses), judged, whose)


def of_draft(viewer: Actor, draft: Draft, at: datetime) -> Said | None:
    """The same for a file; None where it is no process yet."""
    return None if draft.problems else run(viewer, compile_process(draft), at)


def listed(viewer: Actor, judged: Judged, skip: int = 0) -> tuple[tuple[CheckedDeal, ...], int]:
    """Fifty of the deals behind a check from `skip` on, those that it is about first, and how many there are."""
    groups = (judged.check.group, *((judged.check.beside,) if judged.check.beside else ()))
    pairs = [(key, True) for group in groups for key in group.hits]
    pairs += [(key, False) for group in groups for key in group.rest]
    shown = pairs[skip : skip + PER_PAGE]
    names = refs_of(viewer, (key for key, _is_hit in shown))
    rows = (CheckedDeal(names[key].uid, names[key].name, is_hit) for key, is_hit in shown if key in names)
    return tuple(rows), len(pairs)


def waiting(viewer: Actor, said: Said, stage: str, skip: int = 0) -> tuple[tuple[WaitedDeal, ...], int]:
    """Fifty of the deals that waited for us in a stage, the longest first, from `skip` on; and how many there are."""
    found = next((each for each in said.turns if each.stage == stage), None)
    if found is None:
        raise Missing
    shown = found.deals[skip : skip + PER_PAGE]
    names = refs_of(viewer, (key for key, _days in shown))
    rows = (WaitedDeal(names[key].uid, names[key].name, days) for key, days in shown if key in names)
    return tuple(rows), len(found.deals)


def one(said: Said, rule: str, stage: str, criterion: str) -> Judged:
    """The check of this rule at this place, or `Missing`."""
    wanted = rule, stage, criterion
    for each in said.judged:
        if (each.check.rule, each.check.stage, each.check.criterion) == wanted:
            return each
    raise Missing


def figure(judged: Judged) -> dict[str, Any]:
    """The figure of a check as plain values."""
    return {
        "share": judged.share,
        "interval": list(judged.interval) if judged.interval else None,
        "hits": len(judged.check.group.hits),
        "n": judged.check.group.n,
        "beside": _beside(judged.check.beside),
        "minimum": MINIMUM,
        "state": judged.state,
    }


def _beside(group: Group | None) -> Mapping[str, int] | None:
    return None if group is None else {"hits": len(group.hits), "n": group.n}
