"""The words for what changed between two versions of a process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from etappe.core.process_diff import Change
from etappe.journal.labels import FIELDS, KINDS, TEAM_ROLES, label, listed, words

Lazy = str | Promise

TEXTS: Mapping[str, Lazy] = {
    "process_renamed": _("The process is now called “{after}” (before: “{before}”)."),
    "about_changed": _("What the process is for was reworded."),
    "model_changed": _("The sales model is now {after} (before: {before})."),
    "stage_added": _("New stage “{name}” {place}."),
    "stage_removed": _("Stage “{name}” is gone."),
    "stage_moved": _("Stage “{name}” now stands {place}."),
    "stage_renamed": _("Stage “{before}” is now called “{after}”."),
    "alias_changed": _("“{name}”: we now call it “{after}” (before: “{before}”)."),
    "action_changed": _("“{name}”: what we do is now “{after}” (before: “{before}”)."),
    "phase_changed": _("“{name}” now belongs to the phase “{after}” (before: “{before}”)."),
    "owner_changed": _("“{name}”: {after} is accountable now (before: {before})."),
    "expected_days_changed": _("“{name}”: expected to take {after} days (before: {before})."),
    "desired_rate_changed": _("“{name}”: desired conversion rate {after} (before: {before})."),
    "fields_needed": _("“{name}”: needs {fields} before it is left."),
    "fields_not_needed": _("“{name}”: no longer needs {fields}."),
    "links_changed": _("“{name}”: content, lessons or answers to objections changed."),
    "criterion_added": _("“{name}”: new criterion “{criterion}”, required; evidence: {kinds}."),
    "optional_criterion_added": _("“{name}”: new criterion “{criterion}”, optional; evidence: {kinds}."),
    "criterion_removed": _("“{name}”: criterion “{criterion}” is gone."),
    "criterion_moved": _("“{name}”: criterion “{criterion}” came here from “{came_from}”."),
    "criterion_reworded": _("“{name}”: criterion “{before}” now says “{after}”."),
    "criterion_required": _("“{name}”: criterion “{criterion}” is required now."),
    "criterion_optional": _("“{name}”: criterion “{criterion}” is optional now."),
    "kinds_added": _("“{name}”: criterion “{criterion}” also accepts: {kinds}."),
    "kinds_removed": _("“{name}”: criterion “{criterion}” no longer accepts: {kinds}."),
    "leave_added": _("New reason for leaving: “{name}” ({outcome})."),
    "leave_removed": _("Reason for leaving “{name}” is gone."),
    "leave_renamed": _("Reason for leaving “{before}” is now called “{after}”."),
    "outcome_changed": _("Reason for leaving “{name}” now leads to: {after} (before: {before})."),
}
"""A sentence per code of `etappe.core.process_diff`."""

PHASES: Mapping[str, Lazy] = {"find": _("find"), "win": _("win"), "keep": _("keep")}
OUTCOMES: Mapping[str, Lazy] = {
    "lost": _("lost"),
    "disqualified": _("disqualified"),
    "declined": _("declined by the buyer"),
    "resting": _("rests, stays open"),
    "cancelled": _("cancelled"),
}


def tell(changes: Iterable[Change]) -> tuple[str, ...]:
    """The changes as sentences in the reader's language."""
    return tuple(_sentence(change) for change in changes)


def _sentence(change: Change) -> str:
    said = {name: _value(change.code, name, value) for name, value in change.params.items()}
    if "earlier" in change.params:
        said["place"] = _place(said["earlier"])
    return str(TEXTS[change.code]).format_map(said)


def _place(earlier: str) -> str:
    return gettext("after “{earlier}”").format(earlier=earlier) if earlier else gettext("at the beginning")


def _value(code: str, name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return words(value)
    if name in ("kinds", "fields"):
        return listed(label(KINDS if name == "kinds" else FIELDS, key) for key in value)
    way = _WAYS.get((code, name)) or _WAYS.get((code, "*"), _plain)
    return way(value)


def _plain(value: Any) -> str:
    return gettext("none") if value is None or value == "" else str(value)


def _rate(value: float | None) -> str:
    return gettext("none") if value is None else f"{value:.0%}"


_WAYS: Mapping[tuple[str, str], Callable[[Any], str]] = {
    ("phase_changed", "*"): lambda value: label(PHASES, value),
    ("owner_changed", "*"): lambda value: label(TEAM_ROLES, value),
    ("desired_rate_changed", "*"): _rate,
    ("leave_added", "outcome"): lambda value: label(OUTCOMES, value),
    ("outcome_changed", "*"): lambda value: label(OUTCOMES, value),
}
