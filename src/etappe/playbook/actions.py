"""Publishing processes. A version never changes once it is there; an edit is the next version."""

from __future__ import annotations

import hashlib
from datetime import datetime

from etappe.core.actor import Actor
from etappe.core.deal_fields import clean_text
from etappe.core.errors import Missing, Refusal
from etappe.core.kinds.playbook import ProcessMadeDefault, ProcessPublished
from etappe.core.lint import lint_draft
from etappe.core.process import Process as Spec
from etappe.core.process_file import as_data, compile_process, read
from etappe.journal.record import action, record
from etappe.playbook.lint_texts import tell
from etappe.playbook.models import Process, ProcessVersion
from etappe.playbook.queries import VersionView, library_item, version_view
from etappe.team.access import require
from etappe.team.actions import set_default_process
from etappe.team.queries import workspace


@action
def publish(source: str, *, reason: str = "", actor: Actor, at: datetime) -> VersionView:
    """Publish a process file as the next version of its process; `reason` says why.

    The same text as the newest version changes nothing and gives that one. A file that cannot be used is refused as
    `process_unusable` with its problems; what the linter merely finds does not block. The first process that is
    published becomes the one new deals start on.
    """
    require(actor, "playbook.publish")
    spec, reason = compiled(source), clean_text("reason", reason)
    process = _locked(spec.key)
    newest = ProcessVersion.objects.filter(process=process).order_by("-number").first()
    sha256 = hashlib.sha256(source.encode()).hexdigest()
    if newest is not None and newest.sha256 == sha256:
        return version_view(newest)
    version = ProcessVersion.objects.create(
        process=process,
        number=newest.number + 1 if newest else 1,
        source=source,
        sha256=sha256,
        compiled=as_data(spec),
        published_at=at,
        published_by=actor.id,
        reason=reason,
    )
    told = ProcessPublished(spec.key, version.number, sha256, len(spec.stages), reason)
    record(told, actor=actor, at=at)
    if not workspace().default_process:
        _make_default(spec.key, actor=actor, at=at)
    return version_view(version)


def compiled(source: str) -> Spec:
    """The process of a file, or the refusal that says in words what keeps it from being one."""
    draft = read(source)
    if draft.problems:
        found = [finding for finding in lint_draft(draft) if "problem" in finding.params]
        said = tuple((finding.line, finding.column, tell(finding).reason) for finding in found)
        raise Refusal("process_unusable", problems=draft.problems, said=said)
    return compile_process(draft)


def _locked(key: str) -> Process:
    Process.objects.bulk_create([Process(key=key)], ignore_conflicts=True)
    return Process.objects.select_for_update().get(key=key)


@action
def take_library(key: str, *, actor: Actor, at: datetime) -> VersionView:
    """Publish the process that ships with Etappe under this key, and start new deals on it."""
    version = publish(library_item(key).source, actor=actor, at=at)
    _make_default(key, actor=actor, at=at)
    return version


@action
def make_default(key: str, *, actor: Actor, at: datetime) -> None:
    """Start new deals on the newest version of this process; those under way keep theirs."""
    require(actor, "playbook.publish")
    if not Process.objects.filter(key=key).exists():
        raise Missing
    _make_default(key, actor=actor, at=at)


def _make_default(key: str, *, actor: Actor, at: datetime) -> None:
    if set_default_process(key, actor=actor, at=at):
        record(ProcessMadeDefault(process=key), actor=actor, at=at)
