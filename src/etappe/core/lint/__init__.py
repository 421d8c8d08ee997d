"""The linter for process files: the four standards, seller-side names, length, ways out, care after the sale.

`lint` takes the text of a file and gives findings in the order of the file. A finding carries its rule's id and plain
values; `etappe.playbook.lint_texts` says it in the reader's language.
"""

from __future__ import annotations

from etappe.core.lint import facts, structure
from etappe.core.lint.finding import Finding, Standard, finding
from etappe.core.lint.rules import RULES
from etappe.core.process_file import Draft, read
from etappe.core.process_yaml import Problem

__all__ = ["RULES", "UNUSABLE", "Finding", "Standard", "lint", "lint_draft"]

UNUSABLE = "E001"
"""The rule that a file cannot be read at all: nothing else can be said about it."""

_RULE_OF_PROBLEM = {
    "duplicate_yaml_key": "E002",
    "stage_key_twice": "E002",
    "criterion_key_twice": "E002",
    "leave_key_twice": "E002",
    "value_twice": "E002",
    "unknown_value": "E004",
    "phase_order": "E005",
    "no_win_stage": "E005",
}
_CHECKS = (
    structure.required,
    structure.too_early,
    structure.inspectable,
    structure.length,
    structure.coverage,
    structure.languages,
    structure.repetition,
    facts.names,
    facts.criteria,
)


def lint(source: str) -> list[Finding]:
    """Everything that speaks against a process file, in the order of the file. Never raises, whatever the text is."""
    return lint_draft(read(source))


def lint_draft(draft: Draft) -> list[Finding]:
    """As `lint`, for a file that was read already."""
    if not draft.readable:
        return [_of_problem(problem, UNUSABLE) for problem in draft.problems[:1]]
    found = [_of_problem(problem, _RULE_OF_PROBLEM.get(problem.code, "E003")) for problem in draft.problems]
    for check in _CHECKS:
        found.extend(check(draft))
    return sorted(found)


def _of_problem(problem: Problem, rule: str) -> Finding:
    return finding(rule, problem.place, problem=problem.code, **problem.params)
