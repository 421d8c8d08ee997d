"""Processes over the API."""

from __future__ import annotations

import uuid
from typing import Any

from ninja import Query, Router, Status

from etappe.api import shapes_playbook as shapes
from etappe.api.signin import Caller
from etappe.core.lint import Finding, lint
from etappe.core.process import Process
from etappe.core.process_diff import compare
from etappe.core.process_file import read
from etappe.core.remap import check_map
from etappe.deals import actions as deal_actions
from etappe.deals import jobs, remaps
from etappe.insights.process import backtest, records, texts
from etappe.playbook import actions, actions_drafts, actions_reviews, queries
from etappe.playbook.diff_texts import tell as in_words
from etappe.playbook.drafts import drafts
from etappe.playbook.drafts import get_draft as one_draft
from etappe.playbook.lint_texts import figure, tell
from etappe.playbook.reviews import review_of
from etappe.team.access import require
from etappe.team.queries import user_names

router = Router(tags=["playbook"])


@router.get("/processes", response=list[shapes.ProcessOut])
def list_processes(request: Caller) -> list[dict[str, Any]]:
    """The processes with their newest version."""
    require(request.actor, "playbook.see")
    return [
        vars(process) | {"name": dict(process.name), "number": process.newest.number}
        for process in queries.processes(request.actor)
    ]


@router.get("/processes/{key}", response=shapes.ProcessVersionOut)
def get_process(request: Caller, key: str, number: int | None = None) -> dict[str, Any]:
    """A version of a process as it was written; the newest where no number is given."""
    require(request.actor, "playbook.see")
    return _version(queries.get_version(key, number))


@router.post("/processes", response={201: shapes.ProcessVersionOut})
def publish_process(request: Caller, body: shapes.NewVersion) -> Status[Any]:
    """Publish a version of a process; the same source again changes nothing."""
    version = actions.publish(body.source, reason=body.reason, actor=request.actor, at=request.at)
    return Status(201, _version(version))


@router.post("/lint", response=list[shapes.FindingOut])
def lint_process(request: Caller, body: shapes.LintAsked) -> list[dict[str, Any]]:
    """What the linter finds in a process file, in the order of the file; with `data` also what a year of deals says."""
    require(request.actor, "playbook.publish")
    found = lint(body.source)
    if body.data:
        draft = read(body.source)
        said = records.of_draft(request.actor, draft, request.at)
        found += said.findings(draft) if said else []
    return [_finding(finding) for finding in found]


@router.get("/processes/{key}/records", response=shapes.RecordsOut)
def process_records(request: Caller, key: str) -> dict[str, Any]:
    """The newest version of a process against the deals of a year: every check, and whose turn it was in each stage."""
    require(request.actor, "playbook.drafts")
    said = records.run(request.actor, queries.get_version(key).spec, request.at)
    checks = [
        {"id": each.check.rule, "stage": each.check.stage, "criterion": each.check.criterion or None}
        | records.figure(each)
        for each in said.judged
    ]
    shown = {"since": said.since, "as_of": said.as_of, "found": said.found, "n": said.looked_at}
    return shown | {"checks": checks, "turns": [vars(each) for each in said.turns]}


def _finding(finding: Finding) -> dict[str, Any]:
    told = tell(finding)
    place = {"id": finding.rule, "line": finding.line, "column": finding.column, "path": finding.path}
    said = {"reason": told.reason, "mend": told.mend, "proposal": finding.params.get("proposal")}
    return place | said | {"figure": figure(finding)}


@router.post("/backtest", response=shapes.BacktestOut)
def backtest_source(request: Caller, body: shapes.BacktestAsked) -> dict[str, Any]:
    """Try a process file on deals that are over; nothing is kept."""
    require(request.actor, "playbook.publish")
    return _backtest(request, actions.compiled(body.source), body)


@router.get("/drafts/{uid}/backtest", response=shapes.BacktestOut)
def backtest_draft(request: Caller, uid: uuid.UUID, asked: Query[shapes.BacktestWindow]) -> dict[str, Any]:
    """Try a draft on deals that are over."""
    return _backtest(request, actions.compiled(one_draft(request.actor, uid).source), asked)


@router.get("/processes/{key}/backtest", response=shapes.BacktestOut)
def backtest_process(request: Caller, key: str, asked: Query[shapes.BacktestWindow]) -> dict[str, Any]:
    """Try the newest version of a process on deals that are over, also on those that ran on older ones."""
    require(request.actor, "playbook.drafts")
    return _backtest(request, queries.get_version(key).spec, asked)


def _backtest(request: Caller, draft: Process, asked: shapes.BacktestWindow) -> dict[str, Any]:
    found = backtest.run(request.actor, draft, request.at, process=asked.of, days=asked.days)
    said: dict[str, Any] = {"said": texts.verdict(found), "caveats": list(texts.caveats(found)), "deals": None}
    if asked.show is not None:
        chosen = backtest.Chosen(asked.show, asked.stage, asked.criterion, asked.end)
        rows, _total = backtest.listed(request.actor, found, chosen, max(0, asked.skip))
        said["deals"] = [vars(row.tried) | {"uid": row.uid, "name": row.name} for row in rows]
    return backtest.as_json(found) | said


@router.get("/processes/{key}/versions", response=list[shapes.VersionOut])
def list_versions(request: Caller, key: str) -> list[dict[str, Any]]:
    """The versions of a process, newest first: when, by whom and why."""
    require(request.actor, "playbook.see")
    refs = queries.versions(key)
    names = user_names(ref.published_by for ref in refs)
    return [vars(ref) | {"published_by": names.get(ref.published_by or 0)} for ref in refs]


@router.get("/processes/{key}/compare", response=list[shapes.ChangeOut])
def compare_versions(request: Caller, key: str, old: int, new: int | None = None) -> list[dict[str, Any]]:
    """What changed from one version to another (the newest where none is named), in the caller's language."""
    require(request.actor, "playbook.see")
    changes = compare(queries.get_version(key, old).spec, queries.get_version(key, new).spec)
    return [
        {"code": change.code, "stage": change.stage or None, "text": text}
        for change, text in zip(changes, in_words(changes), strict=True)
    ]


@router.get("/drafts", response=list[shapes.DraftOut])
def list_drafts(request: Caller) -> list[dict[str, Any]]:
    """The processes that are being written."""
    return [vars(draft) for draft in drafts(request.actor)]


@router.post("/drafts", response={201: shapes.DraftTextOut})
def start_draft(request: Caller, body: shapes.NewDraft) -> Status[Any]:
    """Begin a process or the next version of one; one that is being written already is joined."""
    draft = actions_drafts.start_draft(body.process, source=body.source, actor=request.actor, at=request.at)
    return Status(201, vars(draft))


@router.get("/drafts/{uid}", response=shapes.DraftTextOut)
def get_draft(request: Caller, uid: uuid.UUID) -> dict[str, Any]:
    """A draft with its text."""
    return vars(one_draft(request.actor, uid))


@router.patch("/drafts/{uid}", response=shapes.DraftTextOut)
def save_draft(request: Caller, uid: uuid.UUID, body: shapes.DraftChanges) -> dict[str, Any]:
    """Save the text of a draft as it was in version `seen`; any text is kept."""
    return vars(actions_drafts.save_draft(uid, body.source, seen=body.seen, actor=request.actor, at=request.at))


@router.post("/drafts/{uid}/publish", response=shapes.ProcessVersionOut)
def publish_draft(request: Caller, uid: uuid.UUID, body: shapes.PublishDraft) -> dict[str, Any]:
    """Publish a draft as the next version of its process."""
    version = actions_drafts.publish_draft(uid, reason=body.reason, seen=body.seen, actor=request.actor, at=request.at)
    return _version(version)


@router.post("/drafts/{uid}/discard", response={204: None})
def discard_draft(request: Caller, uid: uuid.UUID) -> Status[Any]:
    """Put a draft aside."""
    actions_drafts.discard_draft(uid, actor=request.actor, at=request.at)
    return Status(204, None)


def _version(version: queries.VersionView) -> dict[str, Any]:
    return {
        "key": version.process,
        "number": version.number,
        "published_at": version.published_at,
        "source": version.source,
    }


@router.post("/processes/{key}/remaps/preview", response=shapes.RemapPreviewOut)
def preview_remap(request: Caller, key: str, body: shapes.RemapPreview) -> dict[str, Any]:
    """What a map (old stage to new stage of the newest version) would make of open deals, fifty at a time.

    `proposed` is the map for the stages in which there are such deals, with their number.
    """
    to = queries.get_version(key)
    lines = remaps.old_stages(request.actor, key, to.spec, to.id)
    check_map({old: new for old, new in body.stages.items() if new}, to.spec)
    page = remaps.preview(request.actor, key, to.spec, to.id, body.stages, after=body.after)
    rows = [
        vars(row) | {"kept": [each.key for each in row.kept], "lost": [each.key for each in row.lost]}
        for row in page.rows
    ]
    return {"proposed": [vars(line) for line in lines], "rows": rows, "after": page.after}


@router.post("/processes/{key}/remaps", response={202: shapes.RemapOut})
def start_remap(request: Caller, key: str, body: shapes.StageMap) -> Status[Any]:
    """Move the caller's open deals on older versions to the newest one, by a map; it goes on by itself."""
    uid = deal_actions.begin_remap(key, body.stages, then=_defer, actor=request.actor, at=request.at)
    return Status(202, vars(remaps.get_remap(request.actor, uid)))


def _defer(uid: str) -> Any:
    return jobs.carry_out_remap.defer(run=uid)


@router.get("/remaps/{uid}", response=shapes.RemapOut)
def get_remap(request: Caller, uid: uuid.UUID) -> dict[str, Any]:
    """How far a move of deals is."""
    return vars(remaps.get_remap(request.actor, uid))


@router.post("/remaps/{uid}/stop", response=shapes.RemapOut)
def stop_remap(request: Caller, uid: uuid.UUID) -> dict[str, Any]:
    """End a move of deals on the way; what is moved stays so until it is taken back."""
    deal_actions.stop_remap(uid, actor=request.actor, at=request.at)
    return vars(remaps.get_remap(request.actor, uid))


@router.post("/remaps/{uid}/undo", response={202: shapes.RemapOut})
def undo_remap(request: Caller, uid: uuid.UUID) -> Status[Any]:
    """Take a whole move of deals back, within 90 days; deals that have moved since stay."""
    deal_actions.undo_remap(uid, then=_defer, actor=request.actor, at=request.at)
    return Status(202, vars(remaps.get_remap(request.actor, uid)))


@router.get("/processes/{key}/review", response=shapes.ReviewOut)
def get_review(request: Caller, key: str) -> dict[str, Any]:
    """When a process is looked at again, and what came of earlier reviews."""
    return _review(request, key)


def _review(request: Caller, key: str) -> dict[str, Any]:
    seen = review_of(request.actor, key)
    owner = {"uid": seen.owner, "name": seen.owner_name} if seen.owner else None
    return {"on": seen.on, "owner": owner, "held": [vars(each) for each in seen.held]}


@router.patch("/processes/{key}/review", response=shapes.ReviewOut)
def plan_review(request: Caller, key: str, body: shapes.ReviewPlan) -> dict[str, Any]:
    """Set the day of the next review and who does it; without a day none is planned."""
    actions_reviews.plan_review(key, body.on, body.owner, actor=request.actor, at=request.at)
    return _review(request, key)


@router.post("/processes/{key}/reviews", response={201: shapes.ReviewOut})
def hold_review(request: Caller, key: str, body: shapes.ReviewResult) -> Status[Any]:
    """Keep what came of a review, and set the next one."""
    actions_reviews.hold_review(key, body.result, body.next_on, actor=request.actor, at=request.at)
    return Status(201, _review(request, key))
