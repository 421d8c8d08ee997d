"""Maps saved by name in the workspace, to be used again for files with the same columns."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from etappe.core.actor import Actor, ActorKind
from etappe.core.deal_fields import clean_name
from etappe.core.errors import Missing
from etappe.imports.models import Preset
from etappe.imports.plan import Plan, as_stored, fits, fitted, from_stored
from etappe.journal.record import action
from etappe.team.access import require


@dataclass(frozen=True)
class PresetView:
    """A saved map; `fits` says whether it was made for files with columns like those at hand."""

    uid: uuid.UUID
    name: str
    fits: bool


@action
def save_preset(name: str, plan: Plan, *, actor: Actor, at: datetime) -> uuid.UUID:
    """Keep a map by name; one of the same name is replaced. Decisions on single rows are not kept."""
    require(actor, "imports.run")
    rules = {kind: replace(rule, decisions={}) for kind, rule in plan.duplicates.items()}
    kept = replace(plan, as_of=None, duplicates=rules)
    by = actor.id if actor.kind is ActorKind.USER else None
    preset, _made = Preset.objects.update_or_create(
        name=clean_name("name", name), defaults={"map": as_stored(kept), "made_by_id": by, "created_at": at}
    )
    return uuid.UUID(str(preset.uid))


@action
def delete_preset(uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> None:
    """Forget a saved map."""
    require(actor, "imports.run")
    del at
    if not Preset.objects.filter(uid=uid).delete()[0]:
        raise Missing


def presets(viewer: Actor, headers: Mapping[str, Sequence[str]]) -> list[PresetView]:
    """The saved maps, those that fit the files with these headers first."""
    require(viewer, "imports.run")
    found = [
        PresetView(preset.uid, preset.name, fits(from_stored(preset.map), headers))
        for preset in Preset.objects.order_by("name")
    ]
    return sorted(found, key=lambda preset: not preset.fits)


def with_preset(viewer: Actor, preset: uuid.UUID | str, proposed: Plan, headers: Mapping[str, Sequence[str]]) -> Plan:
    """A saved map (by uid or name) on files that were looked at; refuses one that no longer fits.

    Stages that it does not know lead where they are proposed to, if that is on the same process.
    """
    require(viewer, "imports.run")
    wanted = {"uid": preset} if isinstance(preset, uuid.UUID) else {"name": preset}
    found = Preset.objects.filter(**wanted).first()
    if found is None:
        raise Missing
    plan = fitted(from_stored(found.map), headers)
    known = proposed.stages if proposed.process == plan.process else {}
    return replace(plan, as_of=proposed.as_of, stages={**known, **plan.stages})
