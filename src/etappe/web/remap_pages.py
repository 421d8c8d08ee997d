"""Moving open deals to the newest version of their process: the map, the preview deal by deal, and taking it back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from etappe.core.errors import Missing, Refusal
from etappe.core.process import Phase, Process, Stage, Words
from etappe.deals import jobs, remaps
from etappe.deals.actions import begin_remap, stop_remap, undo_remap
from etappe.deals.remaps import MovedRow, OldStage, PreviewPage, RemapView
from etappe.journal.refusals import Said
from etappe.journal.refusals import text as said
from etappe.playbook import queries as playbook
from etappe.team.access import require
from etappe.web.shell import Request, go, say, show

MARK = "to_"
"""Before the key of an old stage, in the names of fields."""


@dataclass(frozen=True)
class MapLine:
    """An old stage with open deals, and the stage chosen for them; none where they stay."""

    old: OldStage
    field: str
    chosen: str


@dataclass(frozen=True)
class StageMapView:
    """A map on its way, with what it would make of the deals."""

    lines: tuple[MapLine, ...]
    choices: tuple[Stage, ...]
    preview: PreviewPage

    @property
    def deals(self) -> int:
        """How many deals it moves."""
        return sum(line.old.deals for line in self.lines if line.chosen)

    @property
    def wanted(self) -> dict[str, str]:
        """The map itself."""
        return {line.old.key: line.chosen for line in self.lines if line.chosen}


@dataclass(frozen=True)
class MovePage:
    """A process with its open deals on older versions."""

    key: str
    name: Words
    number: int
    map: StageMapView
    recent: tuple[RemapView, ...]
    said: Said | None


@dataclass(frozen=True)
class RunPage:
    """A move of deals: how far it is, and what became of each."""

    run: RemapView
    name: Words
    rows: tuple[MovedRow, ...]
    after: int | None

    @property
    def share(self) -> int:
        """How far it is, in percent."""
        return min(100, 100 * self.run.done // max(1, self.run.total))


def map_of(request: Request, process: str, new: Process, to: int | None) -> StageMapView:
    """The map as it was sent, or as it is proposed."""
    choices = tuple(stage for stage in new.stages if stage.phase is not Phase.KEEP)
    known = {stage.key for stage in choices}
    lines = []
    for old in remaps.old_stages(request.actor, process, new, to):
        field = MARK + old.key
        chosen = request.POST.get(field, old.proposed)
        lines.append(MapLine(old, field, chosen if chosen in known else ""))
    wanted = {line.old.key: line.chosen for line in lines}
    sent = request.POST.get("after", "")
    after = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 19 else 0
    return StageMapView(tuple(lines), choices, remaps.preview(request.actor, process, new, to, wanted, after=after))


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: Request, key: str) -> HttpResponse:
    """The map for the deals on older versions. A POST shows the preview, or moves them."""
    require(request.actor, "playbook.publish")
    newest = playbook.get_version(key)
    chosen = map_of(request, key, newest.spec, newest.id)
    refusal = None
    if request.method == "POST" and "move" in request.POST:
        try:
            return go(request, "process_moved", key, begin_move(request, key, chosen.wanted))
        except Refusal as no:
            if no.status != Refusal.status:
                raise
            refusal = no
    page = MovePage(
        key,
        newest.spec.name,
        newest.number,
        chosen,
        remaps.remaps(request.actor, key),
        said(refusal) if refusal else None,
    )
    return show(request, "playbook/move.html", page, status=refusal.status if refusal else 200)


def begin_move(request: Request, key: str, wanted: dict[str, str]) -> uuid.UUID:
    """Have the deals moved in the job process."""
    return begin_remap(key, wanted, then=_defer, actor=request.actor, at=request.at)


def _defer(uid: str) -> Any:
    return jobs.carry_out_remap.defer(run=uid)


@require_GET
def moved(request: Request, key: str, uid: uuid.UUID) -> HttpResponse:
    """How far a move is, then every deal with where it came from and went to."""
    run = remaps.get_remap(request.actor, uid)
    if run.process != key:
        raise Missing
    sent = request.GET.get("after", "")
    after = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 19 else 0
    rows, more = ((), None) if run.is_at_work else remaps.moved_deals(request.actor, uid, after=after)
    page = RunPage(run, playbook.get_version(key).spec.name, rows, more)
    return show(request, "playbook/moved.html", page, part="run")


@require_POST
def stop(request: Request, key: str, uid: uuid.UUID) -> HttpResponse:
    """End a move on the way."""
    stop_remap(uid, actor=request.actor, at=request.at)
    say(request, _("No further deals are moved."))
    return go(request, "process_moved", key, uid)


@require_POST
def take_back(request: Request, key: str, uid: uuid.UUID) -> HttpResponse:
    """Take a whole move back."""
    undo_remap(uid, then=_defer, actor=request.actor, at=request.at)
    say(request, _("The deals are being moved back."))
    return go(request, "process_moved", key, uid)
