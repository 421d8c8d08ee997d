"""Reading for moves of deals to another version of their process: whom they reach, the preview, how far they are."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from etappe.core.actor import Actor, Scope
from etappe.core.errors import Missing
from etappe.core.process import Criterion, Process, Proof, Status, Words
from etappe.core.remap import StageMap, propose, remap
from etappe.deals.models import Deal, Remap
from etappe.deals.place import facts_of_many
from etappe.deals.scope import visible
from etappe.deals.shapes import Ref
from etappe.journal.queries import entries_of_change
from etappe.playbook import queries as playbook
from etappe.team.access import require
from etappe.team.queries import user_names

AT_WORK = ("queued", "running", "undoing")
UNDO_DAYS = 90
PREVIEWED = 50


@dataclass(frozen=True)
class OldStage:
    """A stage of older versions in which open deals stand, and where they would go."""

    key: str
    name: Words
    deals: int
    proposed: str


@dataclass(frozen=True)
class Preview:
    """A deal before and after."""

    deal: Ref
    before: Words
    after: Words
    proof_before: Proof
    proof_after: Proof
    kept: tuple[Criterion, ...]
    lost: tuple[Criterion, ...]


@dataclass(frozen=True)
class PreviewPage:
    """Deals of a map, and the key to read on after."""

    rows: tuple[Preview, ...]
    after: int | None


@dataclass(frozen=True)
class RemapView:
    """A move of deals: how far it is, whether it was stopped on the way, and whether it can be taken back."""

    uid: uuid.UUID
    process: str
    number: int
    state: str
    total: int
    done: int
    undone: int
    stayed: int
    by: str
    created_at: datetime
    is_stopped: bool
    may_stop: bool
    may_undo: bool

    @property
    def is_at_work(self) -> bool:
        """Whether it is being carried out or taken back."""
        return self.state in AT_WORK


@dataclass(frozen=True)
class MovedRow:
    """A deal that was moved: where from and to, and whether it has gone on since."""

    deal: Ref
    before: Words
    after: Words
    proof_before: Proof
    proof_after: Proof
    has_moved: bool


def candidates(scope: Scope, process: str, to: int | None, stages: StageMap) -> QuerySet[Deal]:
    """The open deals that a map moves: within reach, on another version, in a stage that the map names."""
    versions = [version.id for version in playbook.versions(process) if version.id != to]
    return visible(scope).filter(
        process_version__in=versions, status=Status.OPEN.value, stage__in=[key for key, new in stages.items() if new]
    )


def old_stages(viewer: Actor, process: str, new: Process, to: int | None) -> tuple[OldStage, ...]:
    """Where the viewer's open deals on other versions stand, in the order of the process."""
    require(viewer, "playbook.publish")
    versions = [version.id for version in playbook.versions(process) if version.id != to]
    found = visible(viewer.scope).filter(process_version__in=versions, status=Status.OPEN.value).order_by()
    counted: dict[str, int] = {}
    latest: dict[str, int] = {}
    for row in found.values("process_version", "stage").annotate(deals=Count("id")):
        counted[row["stage"]] = counted.get(row["stage"], 0) + row["deals"]
        latest[row["stage"]] = max(latest.get(row["stage"], 0), row["process_version"])
    specs = {key: playbook.spec(version) for key, version in latest.items()}
    rows = [
        OldStage(key, spec.stage(key).name, counted[key], propose(spec, new, [key]).get(key, ""))
        for key, spec in specs.items()
    ]
    return tuple(sorted(rows, key=lambda row: specs[row.key].order[row.key]))


def preview(
    viewer: Actor, process: str, new: Process, to: int | None, stages: StageMap, *, after: int = 0
) -> PreviewPage:
    """What the map would make of the deals, one by one, fifty at a time."""
    require(viewer, "playbook.publish")
    found = candidates(viewer.scope, process, to, stages).filter(id__gt=after).order_by("id")
    deals = list(found[: PREVIEWED + 1])
    shown = deals[:PREVIEWED]
    facts = facts_of_many(shown)
    rows = []
    for deal in shown:
        outcome = remap(facts[deal.id], new, stages)
        rows.append(
            Preview(
                Ref(deal.uid, deal.name), facts[deal.id].process.stage(deal.stage).name, new.stage(outcome.stage).name,
                Proof(deal.proof), outcome.proof, outcome.kept, outcome.lost,
            )
        )  # fmt: skip
    return PreviewPage(tuple(rows), shown[-1].id if len(deals) > PREVIEWED else None)


def find_remap(uid: uuid.UUID | str) -> Remap:
    """The move with this uid, or `Missing`."""
    try:
        key = uid if isinstance(uid, uuid.UUID) else uuid.UUID(uid)
    except ValueError:
        raise Missing from None
    found = Remap.objects.filter(uid=key).first()
    if found is None:
        raise Missing
    return found


def get_remap(viewer: Actor, uid: uuid.UUID | str) -> RemapView:
    """A move of deals; for those who may publish."""
    require(viewer, "playbook.drafts")
    return _views(viewer, [find_remap(uid)])[0]


def remaps(viewer: Actor, process: str) -> tuple[RemapView, ...]:
    """The last moves of a process, newest first."""
    require(viewer, "playbook.drafts")
    return _views(viewer, list(Remap.objects.filter(process=process).order_by("-id")[:10]))


def _views(viewer: Actor, found: Sequence[Remap]) -> tuple[RemapView, ...]:
    names = user_names(run.started_by for run in found)
    numbers = playbook.version_numbers(run.to_version_id for run in found)
    return tuple(
        RemapView(
            uid=run.uid,
            process=run.process,
            number=numbers[run.to_version_id],
            state=run.state,
            total=run.total,
            done=run.done,
            undone=run.undone,
            stayed=run.stayed,
            by=names[run.started_by].name if run.started_by in names else "",
            created_at=run.created_at,
            is_stopped=run.stopped_by is not None,
            may_stop=run.state in ("queued", "running") and run.stopped_by is None and _owns(viewer, run),
            may_undo=run.state == "done" and _owns(viewer, run),
        )
        for run in found
    )


def _owns(viewer: Actor, run: Remap) -> bool:
    return run.started_by == viewer.id or viewer.scope.all


def moved_deals(viewer: Actor, uid: uuid.UUID | str, *, after: int = 0) -> tuple[tuple[MovedRow, ...], int | None]:
    """The deals of a move that the viewer sees, as it found and left them; and the key to read on after."""
    require(viewer, "playbook.drafts")
    run = find_remap(uid)
    entries = entries_of_change(
        run.change_id, "deal.remapped", after=max(after, run.first_entry), upto=run.last_entry, limit=PREVIEWED
    )
    told = {entry.deal_id: entry.data for entry in entries if entry.deal_id is not None}
    seen: Mapping[int, Deal] = {deal.id: deal for deal in visible(viewer.scope).filter(id__in=told)}
    rows = tuple(
        MovedRow(
            Ref(seen[key].uid, seen[key].name),
            playbook.spec(data["version_before"]).stage(data["came_from"]).name,
            playbook.spec(data["version_after"]).stage(data["went_to"]).name,
            Proof(data["proof_before"]),
            Proof(data["proof_after"]),
            run.state in ("done", "undone") and seen[key].basis not in _STANDING[run.state],
        )
        for key, data in told.items()
        if key in seen
    )
    return rows, entries[-1].id if len(entries) == PREVIEWED else None


_STANDING = {"done": ("remap",), "undone": ("undo", "imported")}
"""The basis of deals that nothing has happened to since."""
