"""The playbook: processes read from both sides, checked, published, taken from the library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from etappe.core.errors import Refusal
from etappe.core.lint import lint
from etappe.core.process import Process
from etappe.core.process_yaml import LARGEST
from etappe.journal.refusals import Said
from etappe.journal.refusals import text as said
from etappe.playbook import actions, queries
from etappe.playbook.drafts import DraftRef, drafts
from etappe.playbook.queries import LibraryItem, ProcessView, VersionRef, VersionView
from etappe.playbook.reviews import ReviewView, review_of
from etappe.team.access import may, require
from etappe.team.queries import UserRef, user_names
from etappe.web.playbook_judged import Found, PhaseView, found_in, phases_of
from etappe.web.shell import Request, go, say, show


class SourceForm(forms.Form):
    """A process file, typed or as a file."""

    source = forms.CharField(
        label=gettext_lazy("Process as YAML"),
        required=False,
        max_length=LARGEST,
        strip=False,
        widget=forms.Textarea({"rows": 22, "spellcheck": "false", "class": "code"}),
    )
    file = forms.FileField(label=gettext_lazy("Or a file"), required=False, max_length=200)

    def text(self) -> str:
        """What was typed, or what the file holds."""
        file = self.cleaned_data.get("file")
        if file is None:
            return str(self.cleaned_data["source"]).replace("\r\n", "\n")
        return str(file.read(LARGEST + 1).decode("utf-8", "replace")).replace("\r\n", "\n")


@dataclass(frozen=True)
class PlaybookPage:
    """The processes in force, those being written, and those of the library that are not in force."""

    processes: tuple[ProcessView, ...]
    drafts: tuple[DraftRef, ...]
    library: tuple[LibraryItem, ...]
    may_publish: bool


@dataclass(frozen=True)
class VersionLine:
    """A version in the list: who published it, and why."""

    ref: VersionRef
    by: str


@dataclass(frozen=True)
class ProcessPage:
    """A process from both sides, the seller's and the buyer's."""

    process: Process
    phases: tuple[PhaseView, ...]
    version: VersionRef | None
    versions: tuple[VersionLine, ...]
    source: str
    is_default: bool
    is_library: bool
    may_publish: bool
    review: ReviewView | None = None


@dataclass(frozen=True)
class CheckPage:
    """A process file with what the linter finds in it."""

    form: SourceForm
    found: tuple[Found, ...]
    is_checked: bool
    said: Said | None = None

    @property
    def is_clean(self) -> bool:
        """Whether the linter has nothing to say."""
        return self.is_checked and not self.found


@require_GET
def playbook(request: Request) -> HttpResponse:
    """All processes, and what the library offers."""
    require(request.actor, "playbook.see")
    processes = tuple(queries.processes(request.actor))
    taken = {process.key for process in processes}
    offered = tuple(item for item in queries.library() if item.key not in taken)
    may_publish = _may_publish(request)
    written = drafts(request.actor) if may_publish else ()
    return show(request, "playbook/playbook.html", PlaybookPage(processes, written, offered, may_publish))


def _may_publish(request: Request) -> bool:
    return may(request.actor, "playbook.publish")


@require_GET
def process(request: Request, key: str, number: int | None = None) -> HttpResponse:
    """A version of a process, read from both sides; the newest where the address names none."""
    require(request.actor, "playbook.see")
    version = queries.get_version(key, number)
    return show(request, "playbook/process.html", _process_page(request, version))


def _process_page(request: Request, version: VersionView) -> ProcessPage:
    refs = queries.versions(version.process)
    names = user_names(ref.published_by for ref in refs)
    return ProcessPage(
        process=version.spec,
        phases=phases_of(version.spec),
        version=next(ref for ref in refs if ref.id == version.id),
        versions=tuple(VersionLine(ref, _name(names, ref.published_by)) for ref in refs),
        source=version.source,
        is_default=request.workspace.default_process == version.process,
        is_library=False,
        may_publish=_may_publish(request),
        review=review_of(request.actor, version.process),
    )


def _name(names: Mapping[int, UserRef], key: int | None) -> str:
    found = names.get(key or 0)
    return found.name if found else ""


@require_GET
def library(request: Request, key: str) -> HttpResponse:
    """A process of the library, before it is taken over."""
    require(request.actor, "playbook.see")
    item = queries.library_item(key)
    page = ProcessPage(
        process=item.spec,
        phases=phases_of(item.spec),
        version=None,
        versions=(),
        source=item.source,
        is_default=False,
        is_library=True,
        may_publish=_may_publish(request),
    )
    return show(request, "playbook/process.html", page)


@require_POST
def take(request: Request, key: str) -> HttpResponse:
    """Take a process of the library over; new deals start on it."""
    actions.take_library(key, actor=request.actor, at=request.at)
    say(request, _("New deals start on this process."))
    return go(request, "process", key)


@require_POST
def make_default(request: Request, key: str) -> HttpResponse:
    """Start new deals on this process."""
    actions.make_default(key, actor=request.actor, at=request.at)
    say(request, _("New deals start on this process."))
    return go(request, "process", key)


@require_http_methods(["GET", "POST"])
def check(request: Request) -> HttpResponse:
    """Check a process file, and publish it as the next version."""
    require(request.actor, "playbook.see")
    form = SourceForm(request.POST or None, request.FILES or None, initial=_initial(request))
    if request.method != "POST" or not form.is_valid():
        return show(request, "playbook/check.html", CheckPage(form, (), False), status=422 if form.errors else 200)
    source = form.text()
    again = SourceForm(initial={"source": source})
    page = CheckPage(again, found_in(lint(source)), True)
    if "publish" not in request.POST:
        return show(request, "playbook/check.html", page)
    try:
        version = actions.publish(source, actor=request.actor, at=request.at)
    except Refusal as refusal:
        if refusal.status != Refusal.status:
            raise
        page = CheckPage(again, page.found, True, said(refusal))
        return show(request, "playbook/check.html", page, status=refusal.status)
    say(request, _("Version published."))
    return go(request, "process", version.process)


def _initial(request: Request) -> dict[str, Any]:
    key = request.GET.get("process", "")
    return {"source": queries.get_version(key).source} if key else {}


@require_GET
def source(request: Request, key: str, number: int) -> HttpResponse:
    """The file of a version, as it was published."""
    require(request.actor, "playbook.see")
    version = queries.get_version(key, number)
    answer = HttpResponse(version.source, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{version.process}-{version.number}.yaml"'
    return answer
