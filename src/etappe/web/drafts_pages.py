"""The process editor: drafts as text, checked while one writes, compared with what is in force, and published."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from etappe.core.errors import Missing, Refusal, Stale
from etappe.core.process_diff import compare
from etappe.core.process_edit import set_texts
from etappe.core.process_file import compile_process, read
from etappe.core.process_yaml import LARGEST
from etappe.journal.refusals import Said
from etappe.journal.refusals import text as said
from etappe.playbook import actions_drafts as actions
from etappe.playbook import queries
from etappe.playbook.diff_texts import tell
from etappe.playbook.drafts import DraftView, get_draft
from etappe.playbook.queries import VersionRef, VersionView
from etappe.team.access import require
from etappe.web.playbook_judged import Judged, judged
from etappe.web.remap_pages import StageMapView, begin_move, map_of
from etappe.web.shell import Request, go, say, show, warn


class TextForm(forms.Form):
    """The text of a draft, as it was seen."""

    source = forms.CharField(
        label=gettext_lazy("Process as YAML"),
        required=False,
        max_length=LARGEST,
        strip=False,
        widget=forms.Textarea({"rows": 30, "spellcheck": "false", "class": "code", "autocomplete": "off"}),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """Why a version is published."""

    reason = forms.CharField(
        label=gettext_lazy("Why this version?"),
        help_text=gettext_lazy("Whoever compares versions later reads it."),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


@dataclass(frozen=True)
class DraftPage:
    """A draft on the desk: its text, and what it is worth."""

    draft: DraftView
    form: TextForm
    judged: Judged
    said: Said | None
    is_conflict: bool
    is_unsaved: bool

    @property
    def mark(self) -> str:
        """The draft in addresses."""
        return str(self.draft.uid)


@dataclass(frozen=True)
class PublishPage:
    """A draft before it is published: what is different from the newest version."""

    draft: DraftView
    form: ReasonForm
    newest: VersionRef | None
    changes: tuple[str, ...]
    judged: Judged
    map: StageMapView | None
    said: Said | None


@dataclass(frozen=True)
class ComparePage:
    """Two versions of a process beside each other, in words."""

    key: str
    name: dict[str, str]
    versions: tuple[VersionRef, ...]
    old: VersionRef
    new: VersionRef
    changes: tuple[str, ...]


@require_POST
def begin(request: Request) -> HttpResponse:
    """Begin a process of one's own."""
    return go(request, "draft", actions.start_draft(actor=request.actor, at=request.at).uid)


@require_GET
def schema(request: Request) -> HttpResponse:
    """The JSON schema of process files, for the editor's completion and for other editors."""
    require(request.actor, "playbook.see")
    text = (files("etappe.playbook") / "process.schema.json").read_text("utf-8")
    return HttpResponse(text, content_type="application/schema+json; charset=utf-8")


@require_POST
def write(request: Request, key: str) -> HttpResponse:
    """Begin the next version of a process, or go on with it."""
    return go(request, "draft", actions.start_draft(key, actor=request.actor, at=request.at).uid)


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: Request, uid: uuid.UUID) -> HttpResponse:
    """The editor. A POST saves, checks, or takes over what the linter proposes (which is not saved yet)."""
    held = get_draft(request.actor, uid)
    if request.method != "POST":
        return _desk(request, held, held.source)
    form = TextForm(request.POST)
    if not form.is_valid():
        page = _page(held, form, form.data.get("source", ""))
        return show(request, "playbook/draft.html", page, part="judged", status=422)
    source = form.cleaned_data["source"].replace("\r\n", "\n")
    if "accept" in request.POST:
        source = accepted(source, request.POST["accept"])
        return _desk(request, held, source, seen=form.cleaned_data["seen"])
    if "check" in request.POST:
        return _desk(request, held, source, seen=form.cleaned_data["seen"])
    return _save(request, held, source, form.cleaned_data["seen"])


def _desk(request: Request, held: DraftView, source: str, *, seen: int | None = None) -> HttpResponse:
    form = TextForm(initial={"source": source, "seen": held.version if seen is None else seen})
    return show(request, "playbook/draft.html", _page(held, form, source), part="judged")


def _page(held: DraftView, form: TextForm, source: str, refusal: Refusal | None = None) -> DraftPage:
    return DraftPage(
        draft=held,
        form=form,
        judged=judged(source),
        said=said(refusal) if refusal else None,
        is_conflict=isinstance(refusal, Stale),
        is_unsaved=source != held.source,
    )


def accepted(source: str, path: str) -> str:
    """The text with the linter's proposal for this place, if there (still) is one."""
    proposed = {each.path: each.proposal for each in judged(source).found if each.proposal}
    return set_texts(source, {path: proposed[path]}) if path in proposed else source


def _save(request: Request, held: DraftView, source: str, seen: int | None) -> HttpResponse:
    try:
        actions.save_draft(held.uid, source, seen=seen, actor=request.actor, at=request.at)
    except Refusal as refusal:
        if refusal.status not in (Refusal.status, Stale.status):
            raise
        form = TextForm(initial={"source": source, "seen": held.version})
        page = _page(held, form, source, refusal)
        return show(request, "playbook/draft.html", page, status=refusal.status)
    for next_page in ("publish", "backtest", "form"):
        if next_page in request.POST:
            return go(request, f"draft_{next_page}", held.uid)
    say(request, _("Saved."))
    return go(request, "draft", held.uid)


@require_POST
def discard(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Put a draft aside; the message offers to take it up again."""
    actions.discard_draft(uid, actor=request.actor, at=request.at)
    say(request, _("Draft put aside."), undo=reverse("draft_resume", args=[uid]))
    return go(request, "playbook")


@require_POST
def resume(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Take a draft up again."""
    actions.resume_draft(uid, actor=request.actor, at=request.at)
    return go(request, "draft", uid)


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: Request, uid: uuid.UUID) -> HttpResponse:
    """What the draft changes, and why: then it is published as the next version."""
    held = get_draft(request.actor, uid)
    form = ReasonForm(request.POST or None, initial={"seen": held.version})
    looks = "preview" in request.POST or "after" in request.POST
    if request.method == "POST" and form.is_valid() and not looks:
        return _publish(request, held, form)
    page = _publish_page(request, held, form)
    return show(request, "playbook/publish.html", page, status=422 if form.errors else 200)


def _publish(request: Request, held: DraftView, form: ReasonForm) -> HttpResponse:
    wanted: dict[str, Any] = form.cleaned_data
    try:
        version = actions.publish_draft(held.uid, **wanted, actor=request.actor, at=request.at)
    except Refusal as refusal:
        if refusal.status not in (Refusal.status, Stale.status):
            raise
        page = _publish_page(request, held, ReasonForm(initial={**wanted, "seen": held.version}), refusal)
        return show(request, "playbook/publish.html", page, status=refusal.status)
    say(request, _("Version published."))
    return _move_on(request, version) if "move" in request.POST else go(request, "process", version.process)


def _move_on(request: Request, version: VersionView) -> HttpResponse:
    """Move the open deals as well, by the map that was sent; where that is refused, it is asked for anew."""
    chosen = map_of(request, version.process, version.spec, version.id)
    try:
        return go(request, "process_moved", version.process, begin_move(request, version.process, chosen.wanted))
    except Refusal as refusal:
        warn(request, said(refusal).what)
        return go(request, "process_deals", version.process)


def _publish_page(request: Request, held: DraftView, form: ReasonForm, refusal: Refusal | None = None) -> PublishPage:
    text = read(held.source)
    key = text.key.value if text.key else held.process
    newest = _newest(key)
    changes: tuple[str, ...] = ()
    stages = None
    if newest and not text.problems:
        spec = compile_process(text)
        changes = tell(compare(queries.spec(newest.id), spec))
        stages = map_of(request, key, spec, None)
    return PublishPage(held, form, newest, changes, judged(held.source), stages, said(refusal) if refusal else None)


def _newest(key: str) -> VersionRef | None:
    try:
        return queries.versions(key)[0] if key else None
    except Missing:
        return None


@require_GET
def versions(request: Request, key: str) -> HttpResponse:
    """What changed between two versions; without any named, between the newest and the one before."""
    require(request.actor, "playbook.see")
    there = queries.versions(key)
    new = _chosen(there, request.GET.get("new", ""), 0)
    old = _chosen(there, request.GET.get("old", ""), min(1, len(there) - 1))
    spec = queries.spec(new.id)
    changes = tell(compare(queries.spec(old.id), spec))
    return show(request, "playbook/compare.html", ComparePage(key, dict(spec.name), tuple(there), old, new, changes))


def _chosen(there: list[VersionRef], number: str, otherwise: int) -> VersionRef:
    if not number:
        return there[otherwise]
    found = next((ref for ref in there if str(ref.number) == number), None)
    if found is None:
        raise Missing
    return found
