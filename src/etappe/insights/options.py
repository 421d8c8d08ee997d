"""What some figures can be asked for besides split and day: a stage, days from there, the window they look back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from etappe.core.errors import Refusal
from etappe.core.process import Phase, Process
from etappe.insights.labels import words
from etappe.insights.metric import Metric
from etappe.playbook.queries import newest_specs
from etappe.team.queries import workspace

WITHIN, WINDOW = 30, 365
"""Days where none are asked for."""
MOST_DAYS = 3650


def read(metric: Metric, given: Mapping[str, str]) -> dict[str, Any]:
    """The values that a figure is asked with; texts are as in an address, empty ones as if they were not there.

    Raises `bad_filter` for an option that the figure does not take, a stage that no process has, or days out of range.
    """
    asked = {name: text for name, text in given.items() if text}
    for name, text in asked.items():
        if name not in metric.options:
            raise Refusal("bad_filter", name=name, value=text)
    if not metric.options:
        return {}
    return {
        "passed": _stage(asked.get("stage", "")),
        "within": _days("within", asked.get("within", ""), WITHIN),
        "window": _days("window", asked.get("window", ""), WINDOW),
    }


def stages() -> dict[str, str]:
    """What can be passed, as `process:stage`, with its name: every stage before the one that winning leaves."""
    found = newest_specs()
    named = {
        f"{key}:{stage.key}": f"{words(stage.name)} ({words(process.name)})" if len(found) > 1 else words(stage.name)
        for key, process in found.items()
        for stage in _before_the_last(process)
    }
    default = workspace().default_process
    return dict(sorted(named.items(), key=lambda item: not item[0].startswith(f"{default}:")))


def _before_the_last(process: Process) -> tuple[Any, ...]:
    return process.of_phase(Phase.FIND, Phase.WIN)[:-1]


def _stage(text: str) -> str:
    known = stages()
    if not text:
        default = f"{workspace().default_process}:"
        mine = [key for key in known if key.startswith(default)] or list(known)
        return mine[len(mine) // 2] if mine else ""
    fitting = [key for key in known if text in (key, key.split(":")[1])]
    if not fitting:
        raise Refusal("bad_filter", name="stage", value=text)
    return fitting[0]


def _days(name: str, text: str, otherwise: int) -> int:
    if not text:
        return otherwise
    plain = text.removesuffix("d")
    if not (plain.isascii() and plain.isdecimal()) or len(plain) > 4 or not 1 <= int(plain) <= MOST_DAYS:
        raise Refusal("bad_filter", name=name, value=text)
    return int(plain)
