"""A deal's record: where it stands, on which evidence, with whom, and all that happened."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from etappe.core.process import WON, Status
from etappe.deals import actions
from etappe.deals import queries as deals
from etappe.deals.shapes import DealView, ExceptionView, StageView, VisitView
from etappe.journal.labels import FIELDS, label, words
from etappe.journal.queries import horizon
from etappe.team.access import may
from etappe.web.attention import Said, said, watch_of
from etappe.web.deals_answers import done
from etappe.web.deals_forms import NoteForm
from etappe.web.deals_gate import lacks, next_stage, stage_before, unfilled
from etappe.web.deals_table import Line, line
from etappe.web.deals_timeline import Timeline, timeline_of
from etappe.web.record_parts import RecordParts, parts_of
from etappe.web.records_bin import or_gone
from etappe.web.shell import Request, say, show, today


@dataclass(frozen=True)
class Stay:
    """One stay in a stage, with its length in days."""

    visit: VisitView
    name: str
    days: int


@dataclass(frozen=True)
class RecordPage:
    """A deal's record."""

    deal: DealView
    line: Line
    day: date
    mark: int
    timeline: Timeline
    stays: tuple[Stay, ...]
    to: str
    back: str
    lacking: int
    note: NoteForm
    may_note: bool
    reason: str
    asked: ExceptionView | None
    parts: RecordParts
    attention: tuple[Said, ...]

    @property
    def here(self) -> StageView:
        """The stage the deal is in."""
        return next(stage for stage in self.deal.stages if stage.here)

    @property
    def others(self) -> tuple[StageView, ...]:
        """The stages that fold open: all but the one whose goal stands on top; a lost deal has no goal."""
        return tuple(stage for stage in self.deal.stages if not (stage.here and self.has_goal))

    @property
    def has_goal(self) -> bool:
        """Whether the present stage is still something to reach, or to look after."""
        return self.deal.row.status in (Status.OPEN, Status.WON)

    @property
    def wins(self) -> bool:
        """Whether reaching the goal wins the deal."""
        return self.to == WON

    @property
    def is_open(self) -> bool:
        """Whether the deal is open."""
        return self.deal.row.status is Status.OPEN

    @property
    def is_closed(self) -> bool:
        """Whether the deal has ended, won or not."""
        return not self.is_open

    @property
    def moves(self) -> bool:
        """Whether the deal can go on: open ones to their goal, won ones through `keep`."""
        return self.deal.may_move and bool(self.to)

    @property
    def unfilled(self) -> tuple[str, ...]:
        """The names of the fields that stand empty between the deal and its next stage."""
        return tuple(item.name if item.own else label(FIELDS, item.key) for item in unfilled(self.deal, self.to))

    @property
    def required_met(self) -> int:
        """Required criteria of the present stage that are met."""
        return sum(1 for view in self.here.criteria if view.criterion.required and view.met)

    @property
    def required_all(self) -> int:
        """Required criteria of the present stage."""
        return len(self.here.stage.required)


@require_GET
@or_gone("deal")
def record(request: Request, uid: uuid.UUID) -> HttpResponse:
    """The record; with script it refreshes its parts, and older entries come one page at a time."""
    mark = horizon()
    deal = deals.get_deal(request.actor, uid)
    before = request.GET.get("before", "")
    older = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    page = _page(request, deal, mark, older)
    return show(request, "deals/record.html", page, part="timeline" if older else "live")


def _page(request: Request, deal: DealView, mark: int, before: int | None) -> RecordPage:
    to = next_stage(deal)
    return RecordPage(
        deal=deal,
        line=line(deal.row, today(request)),
        day=today(request),
        mark=mark,
        timeline=timeline_of(request.actor, deal, before=before),
        stays=tuple(_stay(deal, visit, request) for visit in reversed(deal.visits)),
        to=to,
        back=stage_before(deal),
        lacking=len(lacks(deal, to)) if to else 0,
        note=NoteForm(),
        may_note=may(request.actor, "notes.write"),
        reason=next((words(each.name) for each in deal.process.leave if each.key == deal.leave_reason), ""),
        asked=next((each for each in deal.exceptions if each.granted is None), None),
        parts=parts_of(
            request,
            "deal",
            deal,
            may_edit=deal.may_edit,
            team=deal.team_id,
            named=[item.key for item in unfilled(deal, to) if item.own],
        ),
        attention=said(deals.reasons_of(deal.row, watch_of(request))),
    )


def _stay(deal: DealView, visit: VisitView, request: Request) -> Stay:
    name = words(deal.process.stage(visit.stage).name) if visit.stage in deal.process.order else visit.stage
    return Stay(visit, name, ((visit.left_at or request.at) - visit.entered_at).days)


@require_POST
def write_note(request: Request, uid: uuid.UUID) -> HttpResponse:
    """A note for colleagues."""
    actions.write_note(uid, request.POST.get("text", ""), actor=request.actor, at=request.at)
    say(request, _("Saved."))
    return done(request, uid)
