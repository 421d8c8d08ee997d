"""A draft of a process tried on the deals of the past, as one viewer sees them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from etappe.core.actor import Actor
from etappe.core.errors import Refusal
from etappe.core.periods import local_day
from etappe.core.process import Process
from etappe.core.process_backtest import HELD, Backtest, Fate, Tried, backtest
from etappe.deals.queries import decided_courses, refs_of
from etappe.playbook.queries import newest_specs
from etappe.team.access import require
from etappe.team.queries import workspace

WINDOWS: Final = (90, 180, 365, 730)
YEAR: Final = 365
PER_PAGE: Final = 50


@dataclass(frozen=True)
class Report:
    """What a draft would have made of the deals of `process` that were decided from `since` to `as_of`.

    `found` deals were; `result` looked at all of them, or at an even sample.
    """

    draft: Process
    process: str
    days: int
    since: date
    as_of: date
    found: int
    result: Backtest


@dataclass(frozen=True)
class TriedDeal:
    """A deal under the draft, with its name."""

    uid: UUID
    name: str
    tried: Tried


@dataclass(frozen=True)
class Chosen:
    """Which of the deals to list: those of a fate (`held` for both kinds), of a stage or criterion, won or lost."""

    fate: str = ""
    stage: str = ""
    criterion: str = ""
    end: str = ""

    def takes(self, tried: Tried) -> bool:
        """Whether a deal is among them."""
        return (
            _FATES[self.fate](tried)
            and self.stage in ("", tried.stage)
            and (not self.criterion or self.criterion in tried.lacked)
            and self.end in ("", "won" if tried.won else "lost")
        )


_FATES: Final[Mapping[str, Callable[[Tried], bool]]] = {
    "": lambda tried: True,
    "held": lambda tried: tried.fate in HELD,
    "excepted": lambda tried: tried.excepted,
    "voluntary": lambda tried: tried.voluntary,
    **{fate.value: lambda tried, fate=fate: tried.fate is fate for fate in Fate},  # type: ignore[misc]  # bound at once
}


def run(viewer: Actor, draft: Process, at: datetime, *, process: str = "", days: int = YEAR) -> Report:
    """Try the draft on the deals of a process (its own where none is named) decided in the last `days` days.

    Refuses a window that is none of `WINDOWS` and a process that is not there with `bad_filter`.
    """
    require(viewer, "playbook.drafts")
    require(viewer, "figures.see")
    of = _process(draft, process)
    if days not in WINDOWS:
        raise Refusal("bad_filter", name="days", value=str(days))
    zone = ZoneInfo(workspace().zone)
    today = local_day(at, str(zone))
    since = today - timedelta(days=days)
    found = decided_courses(viewer, of, datetime.combine(since, time(), zone), at + timedelta(microseconds=1))
    return Report(draft, of, days, since, today, found.found, backtest(draft, found.courses))


def _process(draft: Process, named: str) -> str:
    """The process whose deals are tried: the one named, the draft's own, or the one that new deals start on."""
    known = newest_specs()
    if named and named not in known:
        raise Refusal("bad_filter", name="of", value=named)
    wanted = named or (draft.key if draft.key in known else workspace().default_process)
    if not wanted:
        raise Refusal("no_process")
    return wanted


def listed(viewer: Actor, report: Report, chosen: Chosen, skip: int = 0) -> tuple[tuple[TriedDeal, ...], int]:
    """Fifty of the deals behind a number from `skip` on, and how many there are. Refuses an unknown fate or end."""
    if chosen.fate not in _FATES:
        raise Refusal("bad_filter", name="show", value=chosen.fate)
    if chosen.end not in ("", "won", "lost"):
        raise Refusal("bad_filter", name="end", value=chosen.end)
    among = [each for each in report.result.tried if chosen.takes(each)]
    shown = among[skip : skip + PER_PAGE]
    names = refs_of(viewer, (each.deal for each in shown))
    rows = (TriedDeal(names[each.deal].uid, names[each.deal].name, each) for each in shown if each.deal in names)
    return tuple(rows), len(among)


def as_json(report: Report) -> dict[str, Any]:
    """Plain values that JSON can hold."""
    result, found = report.result, report.result.comparison
    return {
        "process": report.process,
        "since": report.since.isoformat(),
        "as_of": report.as_of.isoformat(),
        "found": report.found,
        "n": result.n,
        "verdict": result.verdict,
        "fates": {fate.value: {"deals": result.counts.get(fate, 0), "won": result.won.get(fate, 0)} for fate in Fate},
        "excepted": sum(each.excepted for each in result.tried),
        "voluntary": sum(each.voluntary for each in result.tried),
        "comparison": found
        and {
            "held": found.n,
            "held_lost": found.lost,
            "others": found.others,
            "others_lost": found.others_lost,
            "difference": found.difference,
            "interval": list(found.interval),
            "alone": found.alone,
        },
        "criteria": [
            {
                "stage": line.stage,
                "criterion": line.criterion,
                "held": line.lacked,
                "lost": line.lost,
                "lost_interval": list(line.lost_interval) if line.lost_interval else None,
                "later": line.later,
                "days": line.days,
                "unknown": line.unknown,
            }
            for line in result.lines
        ],
    }
