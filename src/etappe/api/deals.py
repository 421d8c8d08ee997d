"""Deals over the API."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import HttpResponse
from ninja import File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from etappe.api import given, shapes, shapes_deals
from etappe.api.signin import Caller
from etappe.core.actor import Actor
from etappe.core.errors import Missing
from etappe.core.page import Page
from etappe.core.periods import local_day
from etappe.core.process import Phase
from etappe.deals import actions, queries
from etappe.deals.reading import Given, read_file
from etappe.deals.shapes import CriterionView, DealView, InspectionRow, StageView
from etappe.journal import artefacts
from etappe.journal.queries import timeline, without_old_notes
from etappe.journal.texts import sentence
from etappe.people.fields import fields, readable_values
from etappe.team.queries import user_names, workspace

router = Router(tags=["deals"])


class DealsQuery(Schema):
    """Filters and order of a list of deals; every part that is set must hold, and the filter `where`, too."""

    text: str = ""
    process: str = ""
    stage: list[str] = []
    status: list[str] = []
    proof: list[str] = []
    owner: uuid.UUID | None = None
    mine: bool = False
    team: uuid.UUID | None = None
    account: uuid.UUID | None = None
    source: str = ""
    product: str = ""
    without_next_step: bool = False
    resting: bool | None = None
    where: str = ""
    sort: str = "-created"
    after: str | None = None

    def narrowed(self) -> queries.DealFilter:
        """The filter as the room takes it."""
        named = self.model_dump(exclude={"stage", "status", "proof", "where", "sort", "after"})
        return queries.DealFilter(
            **named, stages=tuple(self.stage), statuses=tuple(self.status), proofs=tuple(self.proof)
        )


def today(request: Caller) -> date:
    """The day in the workspace's zone."""
    return local_day(request.at, workspace().zone)


def listed(page: Page[Any], rows: list[Any]) -> dict[str, Any]:
    """A page as the API gives it."""
    return {"rows": rows, "after": page.after, "count": page.count.number, "more_than": page.count.more}


@router.get("/deals", response=shapes_deals.DealsOut)
def list_deals(request: Caller, wanted: Query[DealsQuery]) -> dict[str, Any]:
    """The deals the caller sees, page by page."""
    page = queries.deals(
        request.actor,
        wanted.narrowed(),
        where=wanted.where,
        sort=wanted.sort,
        after=wanted.after,
        today=today(request),
        own=True,
    )
    return listed(page, list(page.rows))


@router.post("/deals", response={201: shapes_deals.StateOut})
def create_deal(request: Caller, body: given.NewDeal) -> Status[Any]:
    """Make a deal; in a later stage only as a late entry, which stays visibly unproven."""
    fields = body.model_dump(exclude_unset=True)
    start = {key: fields.pop(key) for key in ("process", "stage", "late_entry") if key in fields}
    people = tuple(fields.pop("stakeholders", ()))
    return Status(201, actions.create(fields, **start, stakeholders=people, actor=request.actor, at=request.at))


@router.get("/deals/{uid}", response=shapes_deals.RecordOut)
def get_deal(request: Caller, uid: uuid.UUID) -> dict[str, Any]:
    """A deal with its whole record."""
    return record(queries.get_deal(request.actor, uid), request.actor)


def record(deal: DealView, viewer: Actor) -> dict[str, Any]:
    """A deal's record as the API gives it; of the own fields those that are meant for the viewer or the deal's team."""
    plain = {name: getattr(deal, name) for name in _PLAIN}
    may = {"edit": deal.may_edit, "move": deal.may_move, "grant": deal.may_grant, "inspect": deal.may_inspect}
    plain["custom"] = readable_values(fields("deal", viewer, team=deal.team_id), deal.custom) if deal.custom else {}
    return asdict(deal.row) | plain | {"stages": [_stage(stage) for stage in deal.stages], "may": may}


_PLAIN = (
    "entry_stage", "buyer_target_date", "buyer_since", "next_step_person", "leave_reason", "lost_to", "leave_note",
    "closed_at", "data_as_of", "data", "tags", "members", "stakeholders", "exceptions", "visits",
)  # fmt: skip


def _stage(view: StageView) -> dict[str, Any]:
    stage = view.stage
    flags = {name: getattr(view, name) for name in ("here", "reached", "excepted", "proven")}
    criteria = [_criterion(item) for item in view.criteria]
    return {"key": stage.key, "phase": stage.phase, "name": dict(stage.name), "criteria": criteria, **flags}


def _criterion(view: CriterionView) -> dict[str, Any]:
    criterion = view.criterion
    return {
        "key": criterion.key,
        "text": dict(criterion.text),
        "required": criterion.required,
        "accepts": list(criterion.kinds),
        "met": view.met,
        "evidence": view.evidence,
        "links": view.links,
    }


@router.patch("/deals/{uid}", response=shapes_deals.StateOut)
def edit_deal(request: Caller, uid: uuid.UUID, body: given.DealChanges) -> Any:
    """Change the fields that are sent."""
    changes = body.model_dump(exclude_unset=True, exclude={"seen"})
    return actions.edit(uid, changes, seen=body.seen, actor=request.actor, at=request.at)


@router.post("/deals/{uid}/move", response=shapes_deals.StateOut)
def move_deal(request: Caller, uid: uuid.UUID, body: given.Move) -> Any:
    """Move a deal to a stage, or `won`, if its process lets it."""
    return actions.move(uid, body.to, seen=body.seen, actor=request.actor, at=request.at)


@router.get("/deals/{uid}/process", response=shapes_deals.ProcessPreviewOut)
def preview_process(request: Caller, uid: uuid.UUID, process: str, stage: str) -> Any:
    """What taking a deal to a stage of another process would make of it; nothing is changed."""
    seen = queries.preview_process(request.actor, uid, process, stage)
    kept, lost = [each.key for each in seen.kept], [each.key for each in seen.lost]
    return vars(seen) | {"kept": kept, "lost": lost, "missing": [each.criterion.key for each in seen.missing]}


@router.post("/deals/{uid}/process", response=shapes_deals.StateOut)
def change_process(request: Caller, uid: uuid.UUID, body: given.OtherProcess) -> Any:
    """Take an open deal to a stage of another process. That proves nothing, and `undo` takes it back."""
    return actions.change_process(uid, body.process, body.stage, seen=body.seen, actor=request.actor, at=request.at)


@router.post("/deals/{uid}/leave", response=shapes_deals.StateOut)
def leave_deal(request: Caller, uid: uuid.UUID, body: given.Leave) -> Any:
    """Let a deal leave early, with one of its process's reasons."""
    why = body.model_dump(exclude={"reason"})
    return actions.leave(uid, body.reason, **why, actor=request.actor, at=request.at)


@router.post("/deals/{uid}/rest", response=shapes_deals.StateOut)
def rest_deal(request: Caller, uid: uuid.UUID, body: given.Rest) -> Any:
    """Let a deal rest until the buyer's date."""
    return actions.rest(uid, body.until, reason=body.reason, actor=request.actor, at=request.at)


@router.post("/deals/{uid}/reopen", response=shapes_deals.StateOut)
def reopen_deal(request: Caller, uid: uuid.UUID, body: given.Reopen) -> Any:
    """Open a closed deal again."""
    return actions.reopen(uid, to=body.to, seen=body.seen, actor=request.actor, at=request.at)


@router.post("/deals/{uid}/undo", response=shapes_deals.StateOut)
def undo_move(request: Caller, uid: uuid.UUID, body: given.Seen) -> Any:
    """Take back the last move."""
    return actions.undo(uid, seen=body.seen, actor=request.actor, at=request.at)


@router.post("/deals/{uid}/evidence", response={201: shapes.Added})
def give_text(request: Caller, uid: uuid.UUID, body: given.TextEvidence) -> Status[Any]:
    """Record what was told or pasted: our own claim."""
    told = body.model_dump(exclude={"criterion", "person"})
    return Status(201, _confirm(request, uid, body.criterion, Given(**told, person=_text(body.person))))


@router.post("/deals/{uid}/evidence/file", response={201: shapes.Added})
def give_file(request: Caller, uid: uuid.UUID, body: Form[given.FileEvidence], file: File[UploadedFile]) -> Status[Any]:
    """Record a file as evidence: a mail (.eml), an accepted invitation (.ics), a document."""
    queries.deal_id(request.actor, uid)
    told = body.model_dump(exclude={"criterion", "person"})
    read = read_file(file.name or "", file.read())
    return Status(201, _confirm(request, uid, body.criterion, Given(**told, person=_text(body.person), file=read)))


def _confirm(request: Caller, uid: uuid.UUID, criterion: str, evidence: Given) -> dict[str, Any]:
    return {"uid": actions.confirm(uid, criterion, evidence, actor=request.actor, at=request.at)}


def _text(uid: uuid.UUID | None) -> str | None:
    return str(uid) if uid else None


@router.get("/evidence/{uid}", response=shapes_deals.EvidenceOut)
def get_evidence(request: Caller, uid: uuid.UUID) -> Any:
    """A piece of evidence."""
    return queries.get_evidence(request.actor, uid)


@router.get("/evidence/{uid}/file", include_in_schema=True)
def get_evidence_file(request: Caller, uid: uuid.UUID) -> HttpResponse:
    """The file of a piece of evidence, as it was given."""
    evidence = queries.get_evidence(request.actor, uid)
    if not evidence.artefact:
        raise Missing
    answer = HttpResponse(artefacts.fetch(evidence.artefact).content, content_type="application/octet-stream")
    answer["Content-Disposition"] = "attachment"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@router.post("/evidence/{uid}/withdraw", response={204: None})
def withdraw_evidence(request: Caller, uid: uuid.UUID, body: shapes.Reason) -> Status[None]:
    """Take evidence back."""
    actions.withdraw(uid, body.reason, actor=request.actor, at=request.at)
    return Status(204, None)


@router.post("/evidence/{uid}/judge", response={204: None})
def judge_evidence(request: Caller, uid: uuid.UUID, body: given.Verdict) -> Status[None]:
    """Accept evidence or not."""
    actions.judge(uid, body.accepted, body.reason, actor=request.actor, at=request.at)
    return Status(204, None)


@router.post("/evidence/{uid}/note-link", response={201: shapes_deals.NoteLinkMade})
def make_note_link(request: Caller, uid: uuid.UUID) -> Status[Any]:
    """A link by which the buyer confirms a note."""
    link = actions.make_note_link(uid, actor=request.actor, at=request.at)
    return Status(201, {"uid": link.uid, "url": request.build_absolute_uri(f"/n/{link.token}/")})


@router.post("/note-links/{uid}/revoke", response={204: None})
def revoke_note_link(request: Caller, uid: uuid.UUID) -> Status[None]:
    """Take a link back."""
    actions.revoke_note_link(uid, actor=request.actor, at=request.at)
    return Status(204, None)


@router.post("/deals/{uid}/exceptions", response={201: shapes_deals.StateOut})
def ask_exception(request: Caller, uid: uuid.UUID, body: given.AskException) -> Status[Any]:
    """Ask to leave a stage without its proof."""
    return Status(
        201, actions.ask_exception(uid, body.to, body.reason, seen=body.seen, actor=request.actor, at=request.at)
    )


@router.get("/exceptions", response=list[shapes_deals.ExceptionOut])
def list_exceptions(request: Caller) -> Any:
    """Exceptions nobody has answered yet."""
    return list(queries.exceptions_to_answer(request.actor))


@router.post("/exceptions/{uid}/answer", response=shapes_deals.StateOut)
def answer_exception(request: Caller, uid: uuid.UUID, body: given.AnswerException) -> Any:
    """Grant an exception or not."""
    return actions.answer_exception(uid, body.granted, body.answer, actor=request.actor, at=request.at)


@router.post("/deals/{uid}/stakeholders", response={204: None})
def add_stakeholder(request: Caller, uid: uuid.UUID, body: given.AddStakeholder) -> Status[None]:
    """Add a person to the buying centre, or change their role."""
    actions.add_stakeholder(uid, body.person, body.role, actor=request.actor, at=request.at)
    return Status(204, None)


@router.delete("/deals/{uid}/stakeholders/{person}", response={204: None})
def remove_stakeholder(request: Caller, uid: uuid.UUID, person: uuid.UUID) -> Status[None]:
    """Take a person out of the buying centre."""
    actions.remove_stakeholder(uid, person, actor=request.actor, at=request.at)
    return Status(204, None)


@router.post("/deals/{uid}/members", response={204: None})
def add_member(request: Caller, uid: uuid.UUID, body: given.AddMember) -> Status[None]:
    """Add a colleague to the deal team, or change their role."""
    actions.add_member(uid, body.user, body.role, actor=request.actor, at=request.at)
    return Status(204, None)


@router.delete("/deals/{uid}/members/{user}", response={204: None})
def remove_member(request: Caller, uid: uuid.UUID, user: uuid.UUID) -> Status[None]:
    """Take a colleague out of the deal team."""
    actions.remove_member(uid, user, actor=request.actor, at=request.at)
    return Status(204, None)


@router.post("/deals/{uid}/notes", response={204: None})
def write_note(request: Caller, uid: uuid.UUID, body: shapes.Note) -> Status[None]:
    """Write a note on a deal."""
    actions.write_note(uid, body.text, actor=request.actor, at=request.at)
    return Status(204, None)


@router.get("/deals/{uid}/timeline", response=list[shapes_deals.EntryOut])
def deal_timeline(request: Caller, uid: uuid.UUID, before: int | None = None) -> list[dict[str, Any]]:
    """What happened to a deal, newest first; `before` is the id of the last entry of the page before."""
    key = queries.deal_id(request.actor, uid)
    return told(without_old_notes(timeline(deal=key, before=before), deal=key))


def told(entries: list[Any]) -> list[dict[str, Any]]:
    """Entries with their sentence and who acted."""
    users = user_names(entry.actor_id for entry in entries)
    return [
        vars(entry) | {"actor": users.get(entry.actor_id or 0), "sentence": sentence(entry.kind, entry.data)}
        for entry in entries
    ]


@router.get("/board/{process}", response=shapes_deals.BoardOut)
def board(request: Caller, process: str, keep: bool = False, mine: bool = False) -> dict[str, Any]:
    """A process with its deals by stage."""
    wanted, day = queries.DealFilter(mine=mine), today(request)
    phases = (Phase.KEEP,) if keep else (Phase.FIND, Phase.WIN)
    shown = queries.board(request.actor, process, wanted, phases=phases, today=day)
    columns = [
        {"stage": column.stage.key, "name": dict(column.stage.name), "cards": list(column.cards), "more": column.more}
        for column in shown.columns
    ]
    totals = queries.board_totals(request.actor, process, wanted, today=day)
    return {"process": shown.process.key, "columns": columns, "totals": totals, "mark": shown.mark}


@router.get("/changes", response=shapes_deals.ChangesOut)
def changes(request: Caller, since: int) -> Any:
    """Deals touched since a mark."""
    return queries.changed_since(request.actor, since)


class InspectionQuery(Schema):
    """Which departures to read."""

    stage: str = ""
    process: str = ""
    to_judge: bool = False
    after: str | None = None


@router.get("/inspection", response=shapes_deals.InspectionsOut)
def inspection(request: Caller, wanted: Query[InspectionQuery]) -> dict[str, Any]:
    """What left a stage, with the evidence it was left on."""
    narrowed = queries.InspectionFilter(stage=wanted.stage, process=wanted.process, to_judge=wanted.to_judge)
    page = queries.inspection(request.actor, narrowed, after=wanted.after)
    return listed(page, [_departure(row) for row in page.rows])


def _departure(row: InspectionRow) -> dict[str, Any]:
    criteria = [_criterion(item) for item in row.criteria]
    return vars(row) | {"stage": row.stage.key, "criteria": criteria}
