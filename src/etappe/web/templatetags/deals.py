"""Filters of the deals pages: codes of the core in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django import template
from django.utils import timezone

from etappe.core.evidence import Kind
from etappe.journal import labels
from etappe.web import deals_words

register = template.Library()


@register.filter
def goal(name: Mapping[str, str]) -> str:
    """An open stage as a goal."""
    return deals_words.goal(name)


@register.filter
def kind(value: str) -> str:
    """The name of a kind of evidence."""
    return labels.label(labels.KINDS, value)


@register.filter
def kinds(values: Iterable[Kind]) -> str:
    """Kinds of evidence as alternatives."""
    return deals_words.kinds(values)


@register.filter
def fields(names: Iterable[str]) -> str:
    """Fields of a record by name."""
    return labels.listed(labels.label(labels.FIELDS, name) for name in names)


@register.filter
def hint(value: str) -> str:
    """What to give as evidence of this kind."""
    return labels.label(deals_words.HINTS, value)


@register.filter
def provenance(value: str) -> str:
    """How the evidence reached us."""
    return labels.label(labels.PROVENANCES, value)


@register.filter
def flag(value: str) -> str:
    """What a reader of the evidence should know."""
    return labels.label(labels.FLAGS, value)


@register.filter
def is_grave(value: str) -> bool:
    """Whether a flag deserves a second look."""
    return value in deals_words.GRAVE


@register.filter
def basis(value: str) -> str:
    """Why a deal entered a stage."""
    return labels.label(labels.BASES, value)


@register.filter
def outcome(value: str) -> str:
    """What leaving early for a reason makes of the deal."""
    return labels.label(deals_words.OUTCOMES, value)


@register.filter
def centre_role(value: str) -> str:
    """A role in the buying centre."""
    return labels.label(labels.CENTRE_ROLES, value)


@register.filter
def team_role(value: str) -> str:
    """A role in the deal team."""
    return labels.label(labels.TEAM_ROLES, value)


@register.filter
def days_until(since: date | datetime | None, until: date) -> int | None:
    """Days from one day to another, in the workspace's zone; none where there is no beginning."""
    if since is None:
        return None
    begin = timezone.localtime(since).date() if isinstance(since, datetime) else since
    return (until - begin).days
