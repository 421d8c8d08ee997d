"""Publishing from the terminal with a map for the open deals: rehearsed, or done at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from etappe.core.actor import Actor
from etappe.core.errors import Missing, Refusal
from etappe.core.process import Process
from etappe.core.process_diff import compare
from etappe.core.remap import check_map
from etappe.deals import remaps
from etappe.deals.actions import begin_remap
from etappe.deals.actions.remap import carry_on
from etappe.journal.clock import now
from etappe.journal.labels import PROOFS, label, words
from etappe.playbook import actions, queries
from etappe.playbook.diff_texts import tell
from etappe.team.access import require


def rehearse(source: str, stages: Mapping[str, str], reason: str, actor: Actor) -> Iterator[str]:
    """What publishing would change, and where each deal would stand; nothing is written."""
    del reason
    require(actor, "playbook.publish")
    spec = actions.compiled(source)
    check_map(stages, spec)
    try:
        newest = queries.get_version(spec.key)
    except Missing:
        yield f"{spec.key} would be new."
        return
    yield from (f"- {sentence}" for sentence in tell(compare(newest.spec, spec)))
    for line in remaps.old_stages(actor, spec.key, spec, None):
        yield f"{line.key}: {line.deals} open -> {stages.get(line.key) or f'stay (proposed: {line.proposed})'}"
    yield from _deals(spec, stages, actor)


def _deals(spec: Process, stages: Mapping[str, str], actor: Actor) -> Iterator[str]:
    after: int | None = 0
    while after is not None:
        page = remaps.preview(actor, spec.key, spec, None, stages, after=after)
        for row in page.rows:
            proofs = f"{label(PROOFS, row.proof_before)} -> {label(PROOFS, row.proof_after)}"
            lost = "".join(f", lost: {criterion.key}" for criterion in row.lost)
            yield f"  {row.deal.name}: {words(row.before)} -> {words(row.after)}, {proofs}{lost}"
        after = page.after


def publish(source: str, stages: Mapping[str, str], reason: str, actor: Actor) -> Iterator[str]:
    """Publish, and move the deals before the command ends."""
    check_map(stages, actions.compiled(source))
    version = actions.publish(source, reason=reason, actor=actor, at=now())
    yield f"{version.process} {version.number}"
    if stages:
        yield _moved(version.process, stages, actor)


def _moved(process: str, stages: Mapping[str, str], actor: Actor) -> str:
    try:
        uid = begin_remap(process, stages, then=str, actor=actor, at=now())
    except Refusal as refusal:
        if refusal.code != "remap_nothing":
            raise
        return "deals moved: 0"
    carry_on(str(uid), clock=now)
    run = remaps.get_remap(actor, uid)
    return f"deals moved: {run.done} ({run.uid})"
