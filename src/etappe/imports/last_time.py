"""A newer export of a known source goes where the last one went: the same process, stages, currency and policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from etappe.core.errors import Missing
from etappe.core.headers import SKIP, FileKind
from etappe.core.process import Process
from etappe.core.stages import StageSeen, matching_stage
from etappe.imports.models import Run
from etappe.imports.plan import CLOSED, NEW, Plan, from_stored
from etappe.playbook import queries as playbook

LOOKED_AT = 20
"""Imports of a source that are looked through for the last one with deals."""


def as_last_time(plan: Plan, seen: Sequence[StageSeen], labels: Mapping[str, str]) -> Plan:
    """The plan proposed from names alone, led by what was decided for this source before.

    A stage that is new closes deals or is left out as proposed; otherwise it leads to the stage of the same process
    that its name fits, else to the first.
    """
    last = _last_plan(plan.source)
    if last is None or not plan.of_kind(FileKind.DEALS):
        return plan
    try:
        process = playbook.get_version(last.process).spec
    except Missing:
        return plan
    ways = {
        stage.value: last.stages.get(stage.value)
        or _new_way(labels.get(stage.value, stage.value), plan.stages[stage.value], process)
        for stage in seen
    }
    return replace(
        plan,
        process=last.process,
        stages=ways,
        statuses={value: last.statuses.get(value, told) for value, told in plan.statuses.items()},
        currency=last.currency or plan.currency,
        duplicates={kind: replace(each, decisions={}) for kind, each in last.duplicates.items()},
    )


def _last_plan(source: str) -> Plan | None:
    """The map of the newest import of this source that brought deals and was not undone."""
    done = Run.objects.filter(source__name=source, state="done", is_dry=False, undone_at=None).order_by("-id")
    plans = (from_stored(run.plan) for run in done.only("plan")[:LOOKED_AT])
    return next((plan for plan in plans if plan.of_kind(FileKind.DEALS) and plan.process != NEW), None)


def _new_way(name: str, proposed: str, process: Process) -> str:
    """Where a stage leads that the source did not have before."""
    if proposed in {*process.order, *(status.value for status in CLOSED), SKIP}:
        return proposed
    return matching_stage(name, process) or process.first.key
