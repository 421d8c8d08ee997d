"""What taking a deal to another process would make of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from etappe.core.actor import Actor
from etappe.core.process import Criterion, MissingProof, Process, Proof, Words
from etappe.core.remap import change_process
from etappe.deals.place import facts_of, process_of
from etappe.deals.scope import find
from etappe.playbook import queries as playbook


@dataclass(frozen=True)
class ProcessPreview:
    """A deal before and after: its stage, its proof, and which criteria stay confirmed, or do not.

    `missing` is what the stages behind it ask for afterwards and do not have.
    """

    process: str
    name: Words
    stage: str
    before: Words
    after: Words
    proof_before: Proof
    proof_after: Proof
    kept: tuple[Criterion, ...]
    lost: tuple[Criterion, ...]
    missing: tuple[MissingProof, ...]


def preview_process(viewer: Actor, uid: uuid.UUID | str, process: str, stage: str) -> ProcessPreview:
    """The deal as it would stand in this stage of another process; refuses what cannot be. Nothing is written."""
    deal = find(viewer, uid)
    new = playbook.get_version(process).spec
    outcome = change_process(facts_of(deal), new, stage)
    return ProcessPreview(
        process=new.key,
        name=new.name,
        stage=outcome.stage,
        before=process_of(deal).stage(deal.stage).name,
        after=new.stage(outcome.stage).name,
        proof_before=Proof(deal.proof),
        proof_after=outcome.proof,
        kept=outcome.kept,
        lost=outcome.lost,
        missing=outcome.missing,
    )


def other_processes(process: str) -> tuple[Process, ...]:
    """The published processes beside this one."""
    return tuple(spec for key, spec in sorted(playbook.newest_specs().items()) if key != process)
