"""Pages of imports: upload, look, try, run, result."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from etappe.core.errors import Refusal
from etappe.core.headers import FileKind
from etappe.imports import actions, background, queries
from etappe.imports import actions_presets as saved
from etappe.imports.background import Wanted
from etappe.imports.export import rejected_file
from etappe.imports.jobs import WAYS
from etappe.imports.plan import as_yaml
from etappe.imports.queries import FileCount, Note, RunView
from etappe.imports.texts import KINDS, RECORDS, STATES, label_of, left_out
from etappe.imports.undo import KEPT, begin_undo
from etappe.journal.refusals import Said, text
from etappe.records import duplicates
from etappe.web.imports_form import MapForm, ProblemLine, changed, differs, form_of, problems_of
from etappe.web.shell import Request, go, say, show, wants_part
from etappe.web.templatetags.formats import number

SILENT = timedelta(minutes=2)
"""After this long without progress an import counts as interrupted, and can be taken up again."""

CHANGED = "import_map_changed"
"""In the session: the import that was to begin with another map than the one shown, and is looked at first."""

EARLY = 0.03
"""Before this share of an import is done, how long it will take cannot be told."""

AT_WORK = ("looking", "queued", "running", "undoing")


@dataclass(frozen=True)
class RunLine:
    """An import in the list."""

    run: RunView
    state: str
    files: str


@dataclass(frozen=True)
class HomePage:
    """Where imports begin, and those there were."""

    lines: tuple[RunLine, ...]
    error: Said | None


@require_http_methods(["GET", "HEAD", "POST"])
def home(request: Request) -> HttpResponse:
    """The form for files, and the imports so far. A POST keeps the files and has them looked at."""
    error = None
    if request.method == "POST":
        files = [(each.name or "?", iter(each.chunks())) for each in request.FILES.getlist("files")]
        try:
            uid = background.upload(files, then=WAYS.look, actor=request.actor, at=request.at)
            return go(request, "import_run", uid)
        except Refusal as refusal:
            if refusal.status != Refusal.status:
                raise
            error = text(refusal)
    lines = tuple(
        RunLine(run, str(STATES.get(run.state, run.state)), ", ".join(run.names)) for run in queries.runs(request.actor)
    )
    return show(request, "imports/home.html", HomePage(lines, error), status=422 if error else 200)


@dataclass(frozen=True)
class Work:
    """How far an import is."""

    run: RunView
    state: str
    share: int
    left: int
    left_is_minutes: bool
    is_silent: bool


@dataclass(frozen=True)
class Outcome:
    """What came of an import, or of trying it."""

    files: tuple[FileCount, ...]
    totals: dict[str, int]
    problems: tuple[ProblemLine, ...]
    rejected: tuple[tuple[int, str, int], ...]


@dataclass(frozen=True)
class Staying:
    """Records that an undone import left as they are, or that were edited before they went."""

    title: str
    count: int
    records: tuple[tuple[str, str, str, str], ...]


PLURALS = {"deal": FileKind.DEALS, "person": FileKind.PEOPLE, "account": FileKind.ACCOUNTS}


@dataclass(frozen=True)
class Undone:
    """What came of undoing an import."""

    archived: tuple[tuple[str, int], ...]
    restored: int
    parted: int
    staying: tuple[Staying, ...]


@dataclass(frozen=True)
class Likely:
    """Likely duplicates found since an import began: kind and count in words, and where to look at them."""

    found: tuple[tuple[str, str], ...]
    is_looking: bool


@dataclass(frozen=True)
class Untaken:
    """Files that were left out for the same reason."""

    names: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class RunPage:
    """An import: at work, ready with its map, or over."""

    run: RunView
    state: str
    work: Work | None
    form: MapForm | None
    outcome: Outcome | None
    error: Said | None
    kinds: dict[str, str]
    undone: Undone | None
    may_undo: bool
    likely: Likely | None
    left_out: tuple[Untaken, ...]
    """Files that were given and not taken, by the reason."""


@require_GET
def one(request: Request, uid: uuid.UUID) -> HttpResponse:
    """The import as it stands; while it works, htmx asks for the progress only."""
    page = _page(request, uid)
    if page.work is None and wants_part(request):
        return go(request, "import_run", uid)
    if page.work is None and request.session.pop(CHANGED, "") == str(uid):
        say(request, _("The map was changed. This is what it gives; import if it is right."))
    return show(request, "imports/run.html", page, part="progress")


def _page(request: Request, uid: uuid.UUID, error: Said | None = None) -> RunPage:
    run = queries.get_run(request.actor, uid)
    looking = queries.looking(request.actor, uid)
    has_form = run.plan is not None and run.state in ("ready", "failed", "cancelled") and looking.files
    return RunPage(
        run=run,
        state=str(STATES.get(run.state, run.state)),
        work=_work(run, request.at) if run.state in AT_WORK else None,
        form=form_of(request.actor, run.plan, looking) if has_form and run.plan else None,
        outcome=_outcome(run, looking.dry),
        error=error or (text(Refusal(run.error["code"], **run.error["params"])) if run.error else None),
        kinds={kind.value: str(label) for kind, label in KINDS.items()},
        undone=_undone(run) if run.state == "undone" else None,
        may_undo=_may_undo(run, request.at),
        likely=_likely(request, run) if run.has_written else None,
        left_out=_untaken(run),
    )


def _untaken(run: RunView) -> tuple[Untaken, ...]:
    by_reason: dict[str, list[str]] = {}
    for each in run.left_out:
        by_reason.setdefault(left_out(each.code, each.params), []).append(each.name)
    return tuple(Untaken(tuple(names), why) for why, names in by_reason.items())


def _likely(request: Request, run: RunView) -> Likely:
    """What the search in the background has found since the import began; with its kinds of which there are none."""
    began = run.started_at or run.created_at
    since = duplicates.likely_since(request.actor, began, first=run.first_entry, last=run.last_entry)
    found = tuple((subject, _pairs(subject, count)) for subject, count in since.by_subject.items() if count)
    return Likely(found, since.is_looking)


def _pairs(subject: str, count: int) -> str:
    if count == duplicates.COUNTED:
        words = {"account": _("%(shown)s pairs of accounts or more"), "person": _("%(shown)s pairs of people or more")}
        return words[subject] % {"shown": number(count)}
    text = (
        ngettext("%(shown)s pair of accounts", "%(shown)s pairs of accounts", count)
        if subject == "account"
        else ngettext("%(shown)s pair of people", "%(shown)s pairs of people", count)
    )
    return text % {"shown": number(count)}


def _may_undo(run: RunView, at: datetime) -> bool:
    return run.has_written and at - (run.finished_at or at) <= KEPT


def _undone(run: RunView) -> Undone:
    archived = tuple((str(KINDS[PLURALS[kind]]), count) for kind, count in run.undone.get("archived", {}).items())
    titles = {
        "kept": _("Changed since: this stays"),
        "stays": _("Needed by other records or imports: these stay"),
        "merged": _("Merged with others since: these stay"),
        "joined": _("Used in a buying centre since: these stay in it"),
        "edited": _("Edited since, and now in the recycle bin with their edits"),
    }
    staying = tuple(
        Staying(title, told["count"], tuple(_record(what, *each) for each in told["records"]))
        for what, title in titles.items()
        if (told := run.undone.get(what))
    )
    return Undone(archived, int(run.undone.get("restored", 0)), int(run.undone.get("parted", 0)), staying)


def _record(what: str, kind: str, uid: str, name: str, beside: Sequence[str] = ()) -> tuple[str, str, str, str]:
    """The address of a record, its name, its kind, and beside it its edited fields or the record it stays for."""
    is_fields = what in ("kept", "edited")
    words = [label_of(field) for field in beside] if is_fields else [f"→ {other}" for other in beside]
    return reverse(kind, args=[uid]), name, str(RECORDS[kind]), ", ".join(words)


def _work(run: RunView, at: datetime) -> Work:
    began = (run.undone_at if run.state == "undoing" else run.started_at) or at
    passed = ((run.moved_at or at) - began).total_seconds()
    is_known = run.share > EARLY and passed > 0
    left = ceil(passed * (1 - run.share) / run.share) if is_known else 0
    is_long = left > 2 * 60
    silent = at - (run.moved_at or run.created_at) > SILENT
    return Work(
        run,
        str(STATES[run.state]),
        min(99, int(100 * run.share)),
        ceil(left / 60) if is_long else left,
        is_long,
        silent,
    )


def _outcome(run: RunView, dry: Any) -> Outcome | None:
    if run.state == "ready" and dry:
        files = tuple(FileCount(**each) for each in dry["files"])
        return Outcome(files, dry["totals"], problems_of(dry["notes"]), ())
    if not run.files:
        return None
    rejected = tuple((number, file.name, file.rejected) for number, file in enumerate(run.files) if file.rejected)
    return Outcome(run.files, dict(run.totals), problems_of([_told(note) for note in run.notes]), rejected)


def _told(note: Note) -> dict[str, Any]:
    return {"code": note.code, "rejects": note.rejects, "count": note.count, "examples": note.examples}


@require_POST
def change_map(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Take over the map from the form; all rows are gone through again."""
    run = queries.get_run(request.actor, uid)
    if run.plan is None:
        raise Http404
    try:
        _change(request, uid, changed(run.plan, request.POST.dict()))
    except Refusal as refusal:
        if refusal.status != Refusal.status:
            raise
        return show(request, "imports/run.html", _page(request, uid, text(refusal)), status=422)
    return go(request, "import_run", uid)


def _change(request: Request, uid: uuid.UUID, wanted: Wanted) -> None:
    background.change(uid, wanted, then=WAYS.look, actor=request.actor, at=request.at)


@require_POST
def preset(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Keep the map by name, use a saved one, or forget one."""
    try:
        _preset(request, uid)
    except Refusal as refusal:
        if refusal.status != Refusal.status:
            raise
        return show(request, "imports/run.html", _page(request, uid, text(refusal)), status=422)
    return go(request, "import_run", uid)


def _preset(request: Request, uid: uuid.UUID) -> None:
    run = queries.get_run(request.actor, uid)
    chosen = request.POST.get("preset", "")
    if run.plan is None:
        raise Http404
    if not chosen:
        saved.save_preset(request.POST.get("name", ""), run.plan, actor=request.actor, at=request.at)
        say(request, _("The map is saved. It is offered for files with the same columns."))
    elif "forget" in request.POST:
        saved.delete_preset(_uuid(chosen), actor=request.actor, at=request.at)
    else:
        background.use_preset(uid, _uuid(chosen), then=WAYS.look, actor=request.actor, at=request.at)


def _uuid(posted: str) -> uuid.UUID:
    try:
        return uuid.UUID(posted)
    except ValueError:
        raise Http404 from None


@require_POST
def start(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Have it carried out, or tried. A form that says another map than the one shown is taken over and shown first."""
    dry = request.POST.get("dry") == "1"
    try:
        wanted = _wanted_anew(request, uid)
        if wanted:
            _change(request, uid, wanted)
            request.session[CHANGED] = str(uid)
        else:
            background.begin(uid, dry=dry, then=WAYS.carry, actor=request.actor, at=request.at)
    except Refusal as refusal:
        if refusal.status != Refusal.status:
            raise
        return show(request, "imports/run.html", _page(request, uid, text(refusal)), status=422)
    return go(request, "import_run", uid)


def _wanted_anew(request: Request, uid: uuid.UUID) -> Wanted | None:
    """What the posted form says, where that is not what the page showed; None where no form came along."""
    run = queries.get_run(request.actor, uid)
    if run.plan is None or "source" not in request.POST:
        return None
    wanted = changed(run.plan, request.POST.dict())
    return wanted if differs(run.plan, queries.looking(request.actor, uid), wanted) else None


@require_POST
def resume(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Take up one that was interrupted."""
    run = queries.get_run(request.actor, uid)
    if run.state in AT_WORK:
        background.take_up(uid, WAYS, actor=request.actor, at=request.at)
        say(request, _("It goes on where it was interrupted."))
    return go(request, "import_run", uid)


@require_POST
def cancel(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Ask it to stop."""
    actions.cancel(uid, actor=request.actor, at=request.at)
    say(request, _("The import stops after the rows in hand. What is written stays."))
    return go(request, "import_run", uid)


@require_POST
def undo(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Take the whole import back."""
    WAYS.undo(begin_undo(uid, actor=request.actor, at=request.at))
    return go(request, "import_run", uid)


@require_POST
def discard(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Give it up, and delete its files."""
    background.discard(uid, actor=request.actor, at=request.at)
    say(request, _("The files are deleted; nothing was imported."))
    return go(request, "import")


@require_GET
def map_file(request: Request, uid: uuid.UUID) -> HttpResponse:
    """The map as a file to keep."""
    run = queries.get_run(request.actor, uid)
    if run.plan is None:
        raise Http404
    answer = HttpResponse(as_yaml(run.plan), content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="import-map.yaml"'
    return answer


@require_GET
def rejected(request: Request, uid: uuid.UUID, number: int) -> StreamingHttpResponse:
    """The rejected rows of one file, with reasons, to correct and import again."""
    run = queries.get_run(request.actor, uid)
    if number >= len(run.files) or not run.files[number].rejected:
        raise Http404
    rows = rejected_file(request.actor, uid, run.files[number].name)
    answer = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="rejected-{number + 1}.csv"'
    return answer
