"""What a process file is worth, for pages: the linter's findings in words, and the process from both sides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from etappe.core.lint import Finding, lint_draft
from etappe.core.process import Phase, Process, Stage
from etappe.core.process_file import read
from etappe.core.process_preview import preview
from etappe.playbook.lint_texts import tell
from etappe.web.form_data import field_at

SHOWN = 100
"""Findings that a page shows; who has more begins with these."""


@dataclass(frozen=True)
class Found:
    """A finding of the linter, in words; `proposal` is a text that may stand at `path` instead."""

    rule: str
    line: int
    column: int
    reason: str
    mend: str
    path: str = ""
    proposal: str = ""
    is_grave: bool = False
    """Whether it keeps the text from being a process."""

    @property
    def field(self) -> str:
        """The field of the form that shows what it is about, if one does."""
        return field_at(self.path)


@dataclass(frozen=True)
class PhaseView:
    """The stages of a phase."""

    phase: Phase
    stages: tuple[tuple[int, Stage], ...]


@dataclass(frozen=True)
class Judged:
    """A text that is to become a process: what speaks against it, and both sides as far as they can be read."""

    found: tuple[Found, ...]
    more: int
    process: Process
    phases: tuple[PhaseView, ...]
    is_readable: bool
    is_usable: bool

    @property
    def count(self) -> int:
        """How many findings there are, shown or not."""
        return len(self.found) + self.more

    @property
    def is_clean(self) -> bool:
        """Whether the linter has nothing to say."""
        return not self.found


def judged(source: str) -> Judged:
    """What the text is worth; it may be anything."""
    draft = read(source)
    findings = lint_draft(draft)
    process = preview(draft)
    return Judged(
        found=found_in(findings[:SHOWN]),
        more=max(0, len(findings) - SHOWN),
        process=process,
        phases=phases_of(process),
        is_readable=draft.readable,
        is_usable=not draft.problems,
    )


def found_in(findings: Iterable[Finding]) -> tuple[Found, ...]:
    """Findings in the reader's language."""
    return tuple(_found(finding) for finding in findings)


def _found(finding: Finding) -> Found:
    told, proposal = tell(finding), finding.params.get("proposal")
    proposal = proposal if isinstance(proposal, str) else ""
    return Found(
        finding.rule,
        finding.line,
        finding.column,
        told.reason,
        told.mend,
        finding.path,
        proposal,
        "problem" in finding.params,
    )


def phases_of(process: Process) -> tuple[PhaseView, ...]:
    """The stages by phase, numbered through."""
    numbered = list(enumerate(process.stages, start=1))
    return tuple(
        PhaseView(phase, stages)
        for phase in Phase
        if (stages := tuple(pair for pair in numbered if pair[1].phase is phase))
    )
