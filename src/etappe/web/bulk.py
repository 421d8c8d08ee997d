"""Pages of bulk edits: say what to change, see what would become of it, follow it, undo it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from etappe.core.bulk import Act, Changes, Fate, Subject
from etappe.core.errors import Refusal
from etappe.journal.labels import FIELDS, day, label, listed, words
from etappe.journal.refusals import Said, text
from etappe.journal.texts import Changed, Names, changed
from etappe.playbook import queries as playbook
from etappe.records import bulk as actions
from etappe.records import bulk_queries as queries
from etappe.records import jobs
from etappe.records.bulk_queries import SILENT, BulkView, Reason, Row
from etappe.records.bulk_rooms import Chosen
from etappe.team import queries as team
from etappe.web.bulk_forms import fields_form, given_changes, move_form, rest_form
from etappe.web.shell import Request, go, say, show, wants_part

NAMED = 5000
"""Records that a form may name one by one; whoever means more means all that a filter leaves."""

STATES: Mapping[str, Promise] = {
    "draft": gettext_lazy("waits for what to change"),
    "ready": gettext_lazy("waits to be carried out"),
    "queued": gettext_lazy("about to begin"),
    "running": gettext_lazy("at work"),
    "done": gettext_lazy("done"),
    "cancelled": gettext_lazy("cancelled"),
    "failed": gettext_lazy("failed"),
    "undoing": gettext_lazy("being undone"),
    "undone": gettext_lazy("undone"),
}
KINDS: Mapping[Subject, Promise] = {
    Subject.DEAL: gettext_lazy("Deals"),
    Subject.ACCOUNT: gettext_lazy("Accounts"),
    Subject.PERSON: gettext_lazy("People"),
}
ROUTES = {Subject.DEAL: "deal", Subject.ACCOUNT: "account", Subject.PERSON: "person"}
LISTS = {Subject.DEAL: "deals", Subject.ACCOUNT: "accounts", Subject.PERSON: "people"}
PLACED = ("stage", "status")
"""What a preview of a move shows of the columns that change."""


@dataclass(frozen=True)
class Line:
    """A bulk edit in the list."""

    run: BulkView
    state: str
    kind: str
    what: str


@dataclass(frozen=True)
class HomePage:
    """The bulk edits so far."""

    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Work:
    """How far a run is."""

    done: int
    total: int
    share: int
    rate: int
    left: int
    is_silent: bool


@dataclass(frozen=True)
class Shown:
    """A record of the preview."""

    name: str
    url: str
    changed: tuple[Changed, ...]
    reason: Reason | None


@dataclass(frozen=True)
class Group:
    """The records of one fate: how many, and the first of them."""

    fate: Fate
    count: int
    rows: tuple[Shown, ...]


@dataclass(frozen=True)
class Outcome:
    """What came of a run, and of taking it back."""

    counts: Mapping[str, int]
    undone: Mapping[str, int]
    left_alone: int
    refused: int


@dataclass(frozen=True)
class RunPage:
    """A bulk edit: its forms and preview, its progress, or what came of it."""

    run: BulkView
    kind: str
    state: str
    what: str
    back: str
    work: Work | None
    fields: forms.Form | None
    move: forms.Form | None
    rest: forms.Form | None
    groups: tuple[Group, ...]
    outcome: Outcome | None
    can_undo: bool
    error: Said | None


@require_GET
def home(request: Request) -> HttpResponse:
    """One's bulk edits, newest first; administrators see all."""
    names = _names()
    lines = tuple(
        Line(run, str(STATES[run.state]), str(KINDS[run.subject]), _wanted(run.changes, names))
        for run in queries.bulks(request.actor)
    )
    return show(request, "bulk/home.html", HomePage(lines))


@require_POST
def start(request: Request) -> HttpResponse:
    """Settle which records are meant: `subject` with `uid`s, or with `all=1`, a filter `where`, and `except`ions."""
    post = request.POST
    chosen = Chosen(
        uids=_uids(post.getlist("uid")[:NAMED]),
        everything=post.get("all") == "1",
        where=post.get("where", ""),
        but=_uids(post.getlist("except")[:NAMED]),
    )
    uid = actions.choose(post.get("subject", ""), chosen, actor=request.actor, at=request.at)
    return go(request, "bulk_run", uid)


def _uids(texts: list[str]) -> list[uuid.UUID]:
    found = []
    for each in texts:
        try:
            found.append(uuid.UUID(each))
        except ValueError:
            continue  # names nothing
    return found


@require_GET
def one(request: Request, uid: uuid.UUID) -> HttpResponse:
    """The bulk edit as it stands; while it works, htmx asks for the progress only."""
    page = _page(request, queries.get_bulk(request.actor, uid))
    if page.work is None and wants_part(request):
        return go(request, "bulk_run", uid)
    return show(request, "bulk/run.html", page, part="progress")


@require_POST
def preview(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Say what is wanted, and see what would become of each record."""
    run = queries.get_bulk(request.actor, uid)
    wanted = given_changes(run.subject, request.POST.dict(), request.POST.getlist("empty"))
    try:
        actions.want(uid, wanted, actor=request.actor, at=request.at)
    except Refusal as refusal:
        if refusal.status != Refusal.status:
            raise
        return show(request, "bulk/run.html", _page(request, run, text(refusal)), status=422)
    return go(request, reverse("bulk_run", args=[uid]) + "#preview")


def _defer(uid: str) -> Any:
    return jobs.carry_out_bulk.defer(run=uid)


@require_POST
def begin(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Have it carried out, or gone on with."""
    actions.start(uid, then=_defer, actor=request.actor, at=request.at)
    return go(request, "bulk_run", uid)


@require_POST
def cancel(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Ask it to stop."""
    actions.cancel(uid, actor=request.actor, at=request.at)
    say(request, _("It stops after the records in hand. What is written stays, and can be undone."))
    return go(request, "bulk_run", uid)


@require_POST
def undo(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Have it taken back."""
    actions.undo(uid, then=_defer, actor=request.actor, at=request.at)
    return go(request, "bulk_run", uid)


@require_POST
def resume(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Take up one whose process was killed."""
    if queries.get_bulk(request.actor, uid).is_at_work:
        _defer(str(uid))
        say(request, _("It goes on where it was interrupted."))
    return go(request, "bulk_run", uid)


@require_GET
def refused(request: Request, uid: uuid.UUID) -> StreamingHttpResponse:
    """The records that were refused or left alone, with the reasons."""
    queries.get_bulk(request.actor, uid)
    rows = queries.refused_file(request.actor, uid)
    answer = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="bulk-refused.csv"'
    return answer


# --- What the page shows ---


def _page(request: Request, run: BulkView, error: Said | None = None) -> RunPage:
    names = _names()
    is_open = run.state in ("draft", "ready")
    is_deal = run.subject is Subject.DEAL
    wanted = {act: run.changes if run.changes and run.changes.act is act else None for act in Act}
    return RunPage(
        run=run,
        kind=str(KINDS[run.subject]),
        state=str(STATES[run.state]),
        what=_wanted(run.changes, names),
        back=reverse(LISTS[run.subject]),
        work=_work(run, request.at) if run.is_at_work else None,
        fields=fields_form(request, run.subject, wanted[Act.EDIT]) if is_open else None,
        move=move_form(request, wanted[Act.MOVE]) if is_open and is_deal else None,
        rest=rest_form(wanted[Act.REST]) if is_open and is_deal else None,
        groups=_groups(run, names) if run.state == "ready" else (),
        outcome=None if is_open else _outcome(run),
        can_undo=run.can_be_undone(request.at),
        error=error or (text(Refusal(run.error["code"], **run.error["params"])) if run.error else None),
    )


def _work(run: BulkView, at: datetime) -> Work:
    done, total = run.work
    passed = max(((run.moved_at or at) - (run.started_at or run.created_at)).total_seconds(), 0.1)
    rate = int(max(done - run.done_before, 0) / passed)
    left = max(total - done, 0)
    silent = at - (run.moved_at or run.created_at) > SILENT
    return Work(done, total, min(99, 100 * done // total) if total else 0, rate, left // rate if rate else 0, silent)


def _groups(run: BulkView, names: Names) -> tuple[Group, ...]:
    if run.preview is None:
        return ()
    by_fate: dict[Fate, list[Shown]] = {fate: [] for fate in Fate}
    for row in run.preview.rows:
        by_fate[row.fate].append(_shown(run, row, names))
    counts = run.preview.counts
    return tuple(Group(fate, counts.get(fate, 0), tuple(by_fate[fate])) for fate in Fate if counts.get(fate))


def _shown(run: BulkView, row: Row, names: Names) -> Shown:
    is_move = run.changes is not None and run.changes.act is Act.MOVE
    pairs = {column: pair for column, pair in row.changed.items() if not is_move or column in PLACED}
    pairs.pop("team_id", None)  # follows the owner
    told = tuple(changed({"changed": pairs}, names))
    return Shown(row.name, reverse(ROUTES[run.subject], args=[row.uid]), told, row.reason)


def _outcome(run: BulkView) -> Outcome:
    counts, undone = run.counts, run.undo_counts
    left_alone = undone.get(Fate.REFUSED, 0) + undone.get(Fate.GONE, 0)
    return Outcome(counts, undone, left_alone, counts.get(Fate.REFUSED, 0) + counts.get(Fate.GONE, 0))


def _names() -> Names:
    return Names(stages={key: words(name) for key, name in _stages()}, users=team.colleague_names())


def _stages() -> list[tuple[str, Mapping[str, str]]]:
    return [(stage.key, stage.name) for process in playbook.newest_specs().values() for stage in process.stages]


def _wanted(changes: Changes | None, names: Names) -> str:
    """What is wanted, in one line."""
    if changes is None:
        return ""
    if changes.act is Act.MOVE:
        return _("Move to “{stage}”").format(stage=names.stages.get(changes.to, changes.to))
    if changes.act is Act.REST:
        return _("Rest until {day}").format(day=day(changes.until)) if changes.until else _("Take up again")
    parts = [
        f"{label(FIELDS, name)}: {_value(name, value, names) or _('empty')}" for name, value in changes.fields.items()
    ]
    parts += [_("put on “{tag}”").format(tag=tag) for tag in changes.add_tags]
    parts += [_("take off “{tag}”").format(tag=tag) for tag in changes.remove_tags]
    return listed(parts)


def _value(name: str, value: Any, names: Names) -> str:
    if name == "owner":
        return names.users.get(str(value), str(value or ""))
    return day(value) if hasattr(value, "isoformat") else str(value or "")
