"""Inspection: what was left on which evidence, exceptions to answer, deals without proof; and the buyer's note page."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q

from etappe.core.actor import Actor, Scope
from etappe.core.errors import Missing, Refusal
from etappe.core.evidence import Kind, Provenance
from etappe.core.page import Page
from etappe.core.process import Basis, DealFacts, Held, Proof, Stage, Status
from etappe.deals.actions.notes import hashed, require_open, token_of
from etappe.deals.models import FORWARD, Deal, DealException, Evidence, NoteLink, StageVisit
from etappe.deals.queries.lists import DealFilter, deals
from etappe.deals.queries.record import criterion_view, evidence_views, exceptions_of
from etappe.deals.queries.rows import person_refs, rows_of, user_refs
from etappe.deals.scope import visible
from etappe.deals.shapes import DealRow, EvidenceView, ExceptionView, InspectionRow, NoteLetter, NotePage, Ref
from etappe.journal.paging import Sort, page_of
from etappe.journal.statements import Statement, for_each
from etappe.people import queries as people
from etappe.playbook import queries as playbook
from etappe.team import queries as team
from etappe.team.access import require

READ_AT_ONCE = 15
"""Departures on a page: each comes with all its evidence."""


@dataclass(frozen=True)
class InspectionFilter:
    """Which departures to read: of a stage, within a period, only those with evidence nobody has judged."""

    stage: str = ""
    process: str = ""
    since: datetime | None = None
    until: datetime | None = None
    to_judge: bool = False
    owner: uuid.UUID | None = None


def inspection(
    viewer: Actor, wanted: InspectionFilter | None = None, *, after: str | None = None
) -> Page[InspectionRow]:
    """What left a stage in a period, newest first, each with the evidence it was left on, to be read in place."""
    require(viewer, "deals.inspect")
    found = StageVisit.objects.filter(deal__in=visible(viewer.scope), basis__in=FORWARD).select_related("deal")
    found = found.filter(~_taken_back(), _departed(wanted or InspectionFilter()))
    if wanted and wanted.to_judge:
        unread = Evidence.objects.filter(deal=OuterRef("deal"), verdict="", withdrawn_at=None)
        found = found.filter(Exists(unread))
    sorts = {"left": Sort("entered_at", descending=True, read=datetime.fromisoformat)}
    page = page_of(found, sorts, "left", after, lambda visit: visit, READ_AT_ONCE)
    return Page(_rows(viewer, page.rows), page.after, page.count)


def _taken_back() -> Exists:
    """Whether the move was undone: there is nothing to inspect in a stage that was not left."""
    undone = StageVisit.objects.filter(deal=OuterRef("deal"), basis=Basis.UNDO.value, entered_at=OuterRef("left_at"))
    return Exists(undone)


def _departed(wanted: InspectionFilter) -> Q:
    given = {
        "came_from": wanted.stage or None,
        "entered_at__gte": wanted.since,
        "entered_at__lt": wanted.until,
        "deal__owner__uid": wanted.owner,
        "process_version__in": [version.id for version in playbook.versions(wanted.process)]
        if wanted.process
        else None,
    }
    return Q(**{column: value for column, value in given.items() if value is not None})


def _rows(viewer: Actor, visits: Sequence[StageVisit]) -> tuple[InspectionRow, ...]:
    found = [visit.deal for visit in visits]
    rows = dict(zip((deal.id for deal in found), rows_of(found), strict=True))
    users = user_refs(visit.entered_by for visit in visits)
    refs = {deal.id: Ref(deal.uid, deal.name) for deal in found}
    evidence = defaultdict(list)
    given = Evidence.objects.filter(deal__in=set(refs)).order_by("-happened_at", "-id")
    keys = list(given)
    for item, view in zip(keys, evidence_views(viewer, keys, refs), strict=True):
        evidence[item.deal_id].append((item, view))
    granted = defaultdict(list)
    for exception in DealException.objects.filter(deal__in=set(refs), granted=True):
        granted[exception.deal_id].append(exception)
    return tuple(_row(visit, rows, users, evidence[visit.deal_id], granted[visit.deal_id], refs) for visit in visits)


def _row(
    visit: StageVisit,
    rows: Mapping[int, DealRow],
    users: Mapping[int, Ref],
    given: Sequence[tuple[Evidence, EvidenceView]],
    granted: Sequence[DealException],
    refs: Mapping[int, Ref],
) -> InspectionRow:
    process = playbook.spec(visit.process_version_id)
    left = _stage_left(process.stages, visit.came_from)
    facts = DealFacts(process, left.key, held=tuple(_held(item) for item, _ in given))
    criteria = tuple(
        criterion_view(left, criterion, facts, [view for item, view in given if item.criterion == criterion.key])
        for criterion in left.criteria
    )
    exception = next((item for item in granted if left.key in item.stages), None)
    return InspectionRow(
        deal=rows[visit.deal_id],
        stage=left,
        left_at=visit.entered_at,
        basis=Basis(visit.basis),
        left_by=users.get(visit.entered_by or 0),
        criteria=criteria,
        exception=exceptions_of([exception], refs)[0] if exception else None,
    )


def _stage_left(stages: tuple[Stage, ...], key: str) -> Stage:
    return next((stage for stage in stages if stage.key == key), stages[0])


def _held(item: Evidence) -> Held:
    rejected, withdrawn = item.verdict == "rejected", item.withdrawn_at is not None
    return Held(item.criterion, Kind(item.kind), Provenance(item.provenance), rejected, withdrawn)


def exceptions_to_answer(viewer: Actor) -> tuple[ExceptionView, ...]:
    """Exceptions nobody has answered yet, oldest first, of deals the viewer sees."""
    waiting = _unanswered(viewer.scope)()
    return exceptions_of(waiting, {item.deal_id: Ref(item.deal.uid, item.deal.name) for item in waiting})


@for_each
def _unanswered(scope: Scope) -> Statement[DealException]:
    found = DealException.objects.filter(deal__in=visible(scope), granted=None).select_related("deal")
    return Statement(lambda: found.order_by("id")[:100])


def unproven(viewer: Actor, proof: Proof = Proof.UNPROVEN, *, after: str | None = None, today: date) -> Page[DealRow]:
    """Open and won deals whose stages behind rest on nothing, or on an exception."""
    statuses = (Status.OPEN.value, Status.WON.value)
    return deals(
        viewer, DealFilter(proofs=(proof.value,), statuses=statuses), sort="-stage_since", after=after, today=today
    )


def rejected(viewer: Actor) -> list[DealRow]:
    """The viewer's own open deals with evidence that inspection did not accept and nothing has replaced."""
    return list(rows_of(_rejected(viewer.scope)(viewer.id)))


@for_each
def _rejected(scope: Scope) -> Statement[Deal]:
    refused = Evidence.objects.filter(deal=OuterRef("pk"), verdict="rejected", withdrawn_at=None)
    found = visible(scope).filter(Exists(refused), status=Status.OPEN.value, proof=Proof.UNPROVEN.value)
    return Statement(lambda owner: found.filter(owner=owner).order_by("-stage_since")[:20])


def note_page(token: str, at: datetime) -> NotePage:
    """What the buyer sees behind a link; `state` is `open` or why it cannot be answered. `Missing` for no such link."""
    link = NoteLink.objects.filter(token_sha256=hashed(token)).select_related("evidence").first()
    if link is None:
        raise Missing
    try:
        require_open(link, at)
        state = "open"
    except Refusal as refusal:
        state = refusal.code
    author = user_refs([link.made_by_id]).get(link.made_by_id)
    return NotePage(
        note=link.evidence.excerpt,
        happened_at=link.evidence.happened_at,
        person=person_refs([link.person_id])[link.person_id].name,
        author=author.name if author else "",
        workspace=team.workspace().name,
        state=state,
    )


def note_letter(uid: uuid.UUID | str, at: datetime) -> NoteLetter:
    """What a mail to the buyer needs to ask for confirmation. For the job that sends it, not for viewers."""
    link = NoteLink.objects.filter(uid=uid).first()
    if link is None:
        raise Missing
    token = token_of(link.uid)
    return NoteLetter(token, people.person_names([link.person_id])[link.person_id].email, note_page(token, at))
