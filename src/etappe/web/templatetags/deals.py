"""Filters of the deals pages: codes of the core in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from etappe.core.evidence import Kind
from etappe.deals.shapes import CriterionView
from etappe.journal import labels
from etappe.web import deals_words
from etappe.web.loops import drawn
from etappe.web.templatetags.parts import icon

register = template.Library()


class _Criterion(NamedTuple):
    """A criterion of a stage, put into words; `held` is what was given for it."""

    key: str
    text: str
    met: bool
    optional: bool
    kinds: str
    held: SafeString


@register.simple_tag(takes_context=True)
def criteria(context: template.Context, views: Iterable[CriterionView]) -> SafeString:
    """The criteria of a stage of the context's deal. A record shows all stages, and most criteria hold nothing."""
    deal = context["deal"]
    said = {
        "met": icon("circle-check", _("met")),
        "open": icon("circle-dashed", pgettext("criterion", "open")),
        "optional": _("(optional)"),
        "plus": icon("plus"),
        "add": _("Add evidence"),
    }
    add = reverse("deal_evidence", args=[deal.uid]) if deal.may_edit else ""
    return drawn("criteria.html", criteria=[_criterion(context, view) for view in views], said=said, add=add)


def _criterion(context: template.Context, view: CriterionView) -> _Criterion:
    asked, held = view.criterion, SafeString()
    if view.evidence or view.links:
        with context.push(view=view, may=context["deal"].may_edit):
            held = context.template.engine.get_template("deals/held.html").render(context)  # type: ignore[union-attr]
    kinds_said = "" if view.met else deals_words.kinds(asked.kinds)
    return _Criterion(asked.key, labels.words(asked.text), view.met, not asked.required, kinds_said, held)


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
