"""Filters of the playbook: phases and owners in words."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext_lazy as _

from etappe.core.process import Phase
from etappe.journal.labels import label

register = template.Library()

PHASES = {Phase.FIND: _("find"), Phase.WIN: _("win"), Phase.KEEP: _("keep")}
OUTCOMES = {
    "lost": _("lost"),
    "disqualified": _("disqualified"),
    "declined": _("declined by the buyer"),
    "resting": _("rests, stays open"),
    "cancelled": _("cancelled"),
}


@register.filter
def phase(value: Phase) -> str:
    """A phase of the lifecycle."""
    return label(PHASES, value)


@register.filter
def outcome(value: str) -> str:
    """What a reason for leaving leads to."""
    return label(OUTCOMES, value)
