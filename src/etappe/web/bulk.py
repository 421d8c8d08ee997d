"""Pages of bulk edits: say what to change, see what would become of it, follow it, undo it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django import forms
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from etappe.core.bin import DAYS
from etappe.core.bulk import Act, Fate, Subject
from etappe.core.errors import Refusal
from etappe.journal.labels import words
from etappe.journal.refusals import Said, text
from etappe.journal.texts import Changed, Names, changed
from etappe.people.fields import FieldView, field_views, reference_names
from etappe.playbook import queries as playbook
from etappe.records import bulk as actions
from etappe.records import bulk_queries as queries
from etappe.records import jobs
from etappe.records.bulk_queries import SHOWN, SILENT, BulkView, Reason, Row
from etappe.records.bulk_rooms import Chosen
from etappe.team import queries as team
from etappe.team.access import may
from etappe.web.bulk_forms import OwnForm, fields_form, given_changes, leave_form, move_form, own_form, rest_form
from etappe.web.bulk_words import wanted_words
from etappe.web.deals_filter import published
from etappe.web.lists_words import where_words
from etappe.web.shell import Request, go, say, show, wants_part

NAMED = 5000
"""Records that a form may name one by one; whoever means more means all that a filter leaves."""

TELLING = timedelta(seconds=2)
"""After so long a run says how fast it is; before that, one part would stand for all."""

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
TOLD: Mapping[Act, tuple[str, ...]] = {
    Act.MOVE: ("stage", "status"),
    Act.LEAVE: ("stage", "status"),
    Act.ARCHIVE: (),
    Act.RESTORE: (),
}
"""What a preview shows of the columns that change; of other acts all."""


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
    first: tuple[Shown, ...]
    """The first of those that were refused or left alone, to be looked at."""


@dataclass(frozen=True)
class Forms:
    """What can be wanted of the records."""

    fields: forms.Form
    own: OwnForm
    move: forms.Form | None
    leave: forms.Form | None
    rest: forms.Form | None
    may_delete: bool
    days: int


@dataclass(frozen=True)
class RunPage:
    """A bulk edit: its forms and preview, its progress, or what came of it."""

    run: BulkView
    kind: str
    state: str
    what: str
    where: str
    """The filter that they were chosen by, as one would say it."""
    back: str
    work: Work | None
    forms: Forms | None
    groups: tuple[Group, ...]
    outcome: Outcome | None
    can_undo: bool
    error: Said | None


@require_GET
def home(request: Request) -> HttpResponse:
    """One's bulk edits, newest first; administrators see all."""
    runs = queries.bulks(request.actor)
    names = _names(request, runs)
    lines = tuple(
        Line(run, str(STATES[run.state]), str(KINDS[run.subject]), wanted_words(run.changes, names[run.subject]))
        for run in runs
    )
    return show(request, "bulk/home.html", HomePage(lines))


@require_POST
def start(request: Request) -> HttpResponse:
    """Settle which records are meant: `subject` with `uid`s, or with `all=1`, a filter `where`, and `except`ions.

    With `bin=1` they are of the recycle bin, and what is wanted is clear: to bring them back.
    """
    post = request.POST
    in_bin = post.get("bin") == "1"
    chosen = Chosen(
        uids=_uids(post.getlist("uid")[:NAMED]),
        everything=post.get("all") == "1",
        where=post.get("where", ""),
        but=_uids(post.getlist("except")[:NAMED]),
        binned=in_bin,
    )
    uid = actions.choose(post.get("subject", ""), chosen, actor=request.actor, at=request.at)
    if in_bin:
        actions.want(uid, {"act": Act.RESTORE.value}, actor=request.actor, at=request.at)
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
    own = own_form(request, run.subject, None, request.POST)
    if not own.is_valid():
        return show(request, "bulk/run.html", _page(request, run, own=own), status=422)
    wanted = given_changes(run.subject, request.POST.dict(), request.POST.getlist("empty"), own.given())
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


def _page(request: Request, run: BulkView, error: Said | None = None, own: OwnForm | None = None) -> RunPage:
    names = _names(request, [run])[run.subject]
    is_open = run.state in ("draft", "ready")
    return RunPage(
        run=run,
        kind=str(KINDS[run.subject]),
        state=str(STATES[run.state]),
        what=wanted_words(run.changes, names),
        where=where_words(request, LISTS[run.subject], run.where) if run.where else "",
        back=reverse("bin") + f"?of={run.subject}" if _restores(run) else reverse(LISTS[run.subject]),
        work=_work(run, request.at) if run.is_at_work else None,
        forms=_forms(request, run, own) if is_open and not _restores(run) else None,
        groups=_groups(run, names) if run.state == "ready" else (),
        outcome=None if is_open else _outcome(request, run),
        can_undo=run.can_be_undone(request.at),
        error=error or (text(Refusal(run.error["code"], **run.error["params"])) if run.error else None),
    )


def _restores(run: BulkView) -> bool:
    return run.changes is not None and run.changes.act is Act.RESTORE


def _forms(request: Request, run: BulkView, sent: OwnForm | None) -> Forms:
    is_deal = run.subject is Subject.DEAL
    wanted = {act: run.changes if run.changes and run.changes.act is act else None for act in Act}
    processes = published(request) if is_deal else ()
    own = sent or own_form(request, run.subject, wanted[Act.EDIT])
    return Forms(
        fields=fields_form(request, run.subject, wanted[Act.EDIT], own.asked),
        own=own,
        move=move_form(processes, wanted[Act.MOVE]) if is_deal else None,
        leave=leave_form(processes, wanted[Act.LEAVE]) if is_deal else None,
        rest=rest_form(wanted[Act.REST]) if is_deal else None,
        may_delete=may(request.actor, "records.delete"),
        days=DAYS,
    )


def _work(run: BulkView, at: datetime) -> Work:
    done, total = run.work
    passed = at - (run.started_at or run.created_at)
    rate = int(max(done - run.done_before, 0) / passed.total_seconds()) if passed > TELLING else 0
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
    act = run.changes.act if run.changes else Act.EDIT
    shown = TOLD.get(act, row.changed)
    pairs = {column: pair for column, pair in row.changed.items() if column in shown}
    pairs.pop("team_id", None)  # follows the owner
    told = tuple(changed({"changed": pairs}, names))
    return Shown(row.name, _url(run, row.uid), told, row.reason)


def _outcome(request: Request, run: BulkView) -> Outcome:
    counts, undone = run.counts, run.undo_counts
    left_alone = undone.get(Fate.REFUSED, 0) + undone.get(Fate.GONE, 0)
    refused = counts.get(Fate.REFUSED, 0) + counts.get(Fate.GONE, 0)
    rows = islice(queries.refused(request.actor, run.uid), SHOWN) if refused or left_alone else ()
    first = tuple(Shown(row.name, _url(run, row.uid), (), row.reason) for row in rows if row.uid)
    return Outcome(counts, undone, left_alone, refused, first)


def _url(run: BulkView, uid: uuid.UUID) -> str:
    return reverse(ROUTES[run.subject], args=[uid])


def _names(request: Request, runs: Iterable[BulkView]) -> Mapping[Subject, Names]:
    """What keys are called on a page about these runs, for each kind of records."""
    shown = list(runs)
    processes = playbook.newest_specs().values()
    names = Names(
        stages={stage.key: words(stage.name) for process in processes for stage in process.stages},
        reasons={reason.key: words(reason.name) for process in processes for reason in process.leave},
        users=team.colleague_names(),
    )
    values = [(run.subject, key, value) for run in shown for key, value in _own_values(run)]
    if not values:
        return dict.fromkeys(Subject, names)
    own: dict[str, dict[str, FieldView]] = {subject: {} for subject in Subject}
    for each in field_views():
        own[each.subject][each.key] = each
    told = ((own[subject][key].kind, value) for subject, key, value in values if value and key in own[subject])
    named = reference_names(told, request.actor)
    return {subject: replace(names, own=own[subject], people=named) for subject in Subject}


def _own_values(run: BulkView) -> Iterator[tuple[str, Any]]:
    """Values of own fields that the run wants, or that its preview shows."""
    yield from (run.changes.custom if run.changes else {}).items()
    for row in run.preview.rows if run.preview else ():
        for side in row.changed.get("custom", ()):
            yield from (side or {}).items()
