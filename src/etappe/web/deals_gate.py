"""Where a deal can go and what is missing for it, read off its record. For show: the action decides."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from etappe.core.own_fields import Unfilled
from etappe.core.process import WON, LeaveReason, Phase, Status
from etappe.deals.shapes import CriterionView, DealView, StageView
from etappe.journal.labels import label, words
from etappe.web.deals_words import OUTCOMES


@dataclass(frozen=True)
class Way:
    """A stage the deal can go to, or winning it; `lacks` counts required criteria without proof, and empty fields."""

    to: str
    name: str
    is_back: bool
    lacks: int


@dataclass(frozen=True)
class Exit:
    """The reasons that lead out of the process to one outcome."""

    outcome: str
    title: str
    reasons: tuple[LeaveReason, ...]


@dataclass(frozen=True)
class Lack:
    """A required criterion without proof, and its stage."""

    stage: StageView
    view: CriterionView


def ways(deal: DealView) -> tuple[Way, ...]:
    """The stages an open or won deal can go to, and winning it."""
    if deal.row.status not in (Status.OPEN, Status.WON):
        return ()
    here = deal.process.order[deal.row.stage]
    within = (position for position in range(len(deal.stages)) if _is_within(deal, position, here))
    found = tuple(_way(deal, position, here) for position in within)
    wins = (Way(WON, _("Mark as won"), False, _gaps(deal, WON)),) if deal.row.status is Status.OPEN else ()
    return found + wins


def _is_within(deal: DealView, position: int, here: int) -> bool:
    in_keep = deal.stages[position].stage.phase is Phase.KEEP
    return position != here and in_keep == (deal.row.status is Status.WON)


def _way(deal: DealView, position: int, here: int) -> Way:
    stage = deal.stages[position].stage
    return Way(stage.key, words(stage.name), position < here, _gaps(deal, stage.key))


def _gaps(deal: DealView, to: str) -> int:
    return len(lacks(deal, to)) + len(unfilled(deal, to))


def lacks(deal: DealView, to: str) -> tuple[Lack, ...]:
    """The required criteria without proof that stand between the deal and stage `to` (or `won`)."""
    start, end = _passed(deal, to)
    return tuple(
        Lack(stage, view)
        for stage in deal.stages[start:end]
        if not stage.excepted
        for view in stage.criteria
        if view.criterion.required and not view.met
    )


def unfilled(deal: DealView, to: str) -> tuple[Unfilled, ...]:
    """The fields that stand empty between the deal and stage `to` (or `won`), each once."""
    start, end = _passed(deal, to)
    passed = {stage.stage.key for stage in deal.stages[start:end]}
    return tuple({(item.own, item.key): item for item in deal.unfilled if item.stage in passed}.values())


def _passed(deal: DealView, to: str) -> tuple[int, int]:
    here, order = deal.process.order[deal.row.stage], deal.process.order
    is_keep = to in order and deal.process.stage(to).phase is Phase.KEEP
    if deal.row.status is Status.OPEN and (to == WON or is_keep):
        return min(order[deal.entry_stage], here), order[to] if is_keep else _end_of_win(deal)
    return here, order.get(to, here)


def _end_of_win(deal: DealView) -> int:
    return len(deal.process.of_phase(Phase.FIND, Phase.WIN))


def next_stage(deal: DealView) -> str:
    """Where the deal goes when its goal is reached: the next stage, or won after the last one of `win`."""
    here = deal.process.order[deal.row.stage]
    after = deal.process.stages[here + 1] if here + 1 < len(deal.process.stages) else None
    if deal.row.status is Status.OPEN and (after is None or after.phase is Phase.KEEP):
        return WON
    return after.key if after and deal.row.status in (Status.OPEN, Status.WON) else ""


def stage_before(deal: DealView) -> str:
    """The stage one step back; nothing where there is none to go back to."""
    back = [way.to for way in ways(deal) if way.is_back]
    return back[-1] if back else ""


def exits(deal: DealView) -> tuple[Exit, ...]:
    """The reasons to leave early that fit the deal's status, by what they make of it."""
    fitting = {Status.OPEN: tuple(OUTCOMES)[:-1], Status.WON: (Status.CANCELLED,)}.get(deal.row.status, ())
    wanted = [str(outcome) for outcome in fitting]
    reasons = sorted(
        (reason for reason in deal.process.leave if reason.outcome in wanted),
        key=lambda reason: wanted.index(reason.outcome),
    )
    return tuple(
        Exit(outcome, label(OUTCOMES, outcome), tuple(group))
        for outcome, group in groupby(reasons, key=lambda reason: reason.outcome)
    )
