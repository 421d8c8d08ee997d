"""Pages of exports: everything in one archive, for administrators."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from etappe.core.errors import Refusal
from etappe.exports import actions, jobs, queries
from etappe.exports.queries import ExportView
from etappe.journal.labels import Label
from etappe.journal.refusals import Said, text
from etappe.web.shell import Request, go, say, show, wants_part

STATES: Mapping[str, Label] = {
    "queued": gettext_lazy("about to begin"),
    "running": gettext_lazy("being written"),
    "done": gettext_lazy("ready"),
    "cancelled": gettext_lazy("cancelled"),
    "failed": gettext_lazy("failed"),
    "gone": gettext_lazy("deleted"),
}


@dataclass(frozen=True)
class ExportLine:
    """An export in the list."""

    export: ExportView
    state: str
    is_silent: bool


@dataclass(frozen=True)
class ExportsPage:
    """Those there were, and the one at work."""

    lines: tuple[ExportLine, ...]
    work: ExportLine | None
    error: Said | None


@require_http_methods(["GET", "HEAD", "POST"])
def home(request: Request) -> HttpResponse:
    """What was exported; a POST asks for a new archive. While one is written, htmx asks for the progress only."""
    error = None
    if request.method == "POST":
        try:
            actions.ask(then=lambda uid: jobs.write_export.defer(export=uid), actor=request.actor, at=request.at)
            return go(request, "exports")
        except Refusal as refusal:
            if refusal.status != Refusal.status:
                raise
            error = text(refusal)
    lines = tuple(_line(export, request) for export in queries.exports(request.actor))
    work = next((line for line in lines if line.export.is_at_work), None)
    if work is None and wants_part(request):
        return go(request, "exports")
    page = ExportsPage(tuple(line for line in lines if line is not work), work, error)
    return show(request, "exports/home.html", page, part="progress", status=422 if error else 200)


def _line(export: ExportView, request: Request) -> ExportLine:
    return ExportLine(export, str(STATES[export.state]), export.is_silent(request.at))


@require_POST
def cancel(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Stop it, or delete its archive."""
    actions.cancel(uid, actor=request.actor, at=request.at)
    say(request, _("Nothing of it is kept."))
    return go(request, "exports")


@require_GET
def download(request: Request, uid: uuid.UUID) -> StreamingHttpResponse:
    """The archive."""
    found = queries.fetch(request.actor, uid, request.at)
    answer = StreamingHttpResponse(found.blocks, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{found.name}"'
    answer["Content-Length"] = str(found.size)
    answer["Cache-Control"] = "no-store"
    return answer
