"""Filters of the people pages: codes in words."""

from __future__ import annotations

from django import template

from etappe.journal.labels import label
from etappe.web.people_forms import CHANNELS

register = template.Library()


@register.filter
def channel(value: str) -> str:
    """The channel a person prefers."""
    return label(dict(CHANNELS), value)
