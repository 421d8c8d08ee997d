"""What the records say about a process, for a terminal: a draft tried on the past."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.utils import translation

from etappe.cli.edge import actor_named
from etappe.core.actor import SYSTEM
from etappe.core.lint import Finding
from etappe.core.process_backtest import CriterionLine
from etappe.core.process_file import read
from etappe.insights.process import backtest, records, texts
from etappe.insights.process.backtest import Report
from etappe.journal.clock import now
from etappe.journal.labels import words
from etappe.playbook.actions import compiled


def tried(source: str, email: str | None, lang: str, form: str, *, of: str, days: int) -> Iterator[str]:
    """A process file tried on the past, line by line; without an address over all deals."""
    viewer = actor_named(email) if email else SYSTEM
    with translation.override(lang):
        report = backtest.run(viewer, compiled(source), now(), process=of, days=days)
        if form == "json":
            said = {"said": texts.verdict(report), "caveats": list(texts.caveats(report))}
            yield json.dumps({**backtest.as_json(report), **said}, ensure_ascii=False, indent=2)
            return
        yield from _told(report)


def recorded(source: str, email: str | None, lang: str) -> tuple[list[Finding], str]:
    """What a year of deals says against a file, and in words what that rests on."""
    draft = read(source)
    with translation.override(lang):
        said = records.of_draft(actor_named(email) if email else SYSTEM, draft, now())
        return (said.findings(draft) if said else []), texts.basis(said)


def _told(report: Report) -> Iterator[str]:
    result = report.result
    yield texts.verdict(report)
    yield from (f"- {line}" for line in texts.caveats(report))
    yield f"n {result.n}, {report.since.isoformat()} .. {report.as_of.isoformat()}"
    for fate, name in texts.FATES.items():
        if deals := result.counts.get(fate, 0):
            yield f"{deals:>6}  {name()} ({texts.sure(deals, result.n)}), {result.won.get(fate, 0)} won"
    for line in result.lines:
        yield f"{line.stage} / {line.criterion}: {_counted(line)}"
        yield f"    {words(report.draft.criteria[line.criterion][1].text)}"


def _counted(line: CriterionLine) -> str:
    said = [f"held {line.lacked}", f"lost {line.lost}", f"came later {line.later}", f"cannot be known {line.unknown}"]
    return ", ".join(said)
