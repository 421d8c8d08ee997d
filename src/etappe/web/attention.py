"""Deals needing attention: which, and for what reason, in words with the figures behind it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from etappe.core.attention import MINIMUM, Reason, Why
from etappe.core.page import Count
from etappe.deals import queries as deals
from etappe.deals.queries import DealFilter, Needing, Watch
from etappe.deals.shapes import DealRow
from etappe.records import lists
from etappe.web import attention_words
from etappe.web.deals_filter import without
from etappe.web.shell import Request, show, today

KINDS: tuple[tuple[str, Promise], ...] = (
    ("", _("All")),
    ("silent", _("Buyer silent")),
    ("broken", _("Agreed date passed")),
    ("order", _("Order overdue")),
    ("loose", _("Nothing agreed")),
)
SORTS: tuple[tuple[str, Promise], ...] = (
    ("-amount", _("Largest first")),
    ("expected", _("Expected order date")),
    ("moved", _("Longest in its stage")),
    ("name", _("Name")),
)
TONES = {Why.SILENT: "warn", Why.TARGET: "warn"}


@dataclass(frozen=True)
class Said:
    """A reason in words."""

    short: str
    full: str
    tone: str


@dataclass(frozen=True)
class Line:
    """A deal with why it needs attention."""

    row: DealRow
    reasons: tuple[Said, ...]


@dataclass(frozen=True)
class Choice:
    """A way to narrow or to sort."""

    url: str
    label: Promise
    is_here: bool
    key: str = ""


@dataclass(frozen=True)
class AttentionPage:
    """The list."""

    lines: tuple[Line, ...]
    count: Count
    kinds: tuple[Choice, ...]
    sorts: tuple[Choice, ...]
    sort: str
    kind: str
    mine: bool
    basis: str
    next: str
    first: str


@require_GET
def attention(request: Request) -> HttpResponse:
    """The open deals that need attention, page by page."""
    kind, sort = request.GET.get("kind", ""), request.GET.get("sort") or "-amount"
    mine, after = request.GET.get("owner") == "me", request.GET.get("after") or None
    held = watch_of(request)
    found = deals.needing(request.actor, kind, DealFilter(mine=mine), sort=sort, after=after, held=held)
    page = AttentionPage(
        lines=lines_of(found.rows),
        count=found.count,
        kinds=tuple(Choice(_with(request, "kind", key), label, key == kind, key) for key, label in KINDS),
        sorts=tuple(Choice(_with(request, "sort", key), label, key == sort, key) for key, label in SORTS),
        sort=sort,
        kind=kind,
        mine=mine,
        basis=attention_words.basis(held.limits, MINIMUM),
        next=_with(request, "after", found.after) if found.after else "",
        first=_with(request, "after", "") if after else "",
    )
    return show(request, "attention/attention.html", page, part="rows")


def watch_of(request: Request) -> Watch:
    """What deals are held against today."""
    return deals.watch(today(request), request.workspace.zone)


def lines_of(found: Iterable[Needing]) -> tuple[Line, ...]:
    """Deals with their reasons in words."""
    return tuple(Line(each.deal, said(each.reasons)) for each in found)


def said(reasons: Iterable[Reason]) -> tuple[Said, ...]:
    """Reasons in words, the gravest first."""
    return tuple(
        Said(attention_words.short(each), attention_words.full(each), TONES.get(each.why, "")) for each in reasons
    )


def gravest(row: DealRow, held: Watch) -> Said | None:
    """The one reason that a card has room for. A late step and a missing one are shown on it already."""
    return _gravest(deals.reasons_of(row, held))


def gravest_among(request: Request, lines: Iterable[lists.Line]) -> dict[uuid.UUID, Said]:
    """The same for the rows of a table, which show late and missing steps, too."""
    found = deals.reasons_of_each({line.uid: line.raw for line in lines}, watch_of(request))
    return {uid: grave for uid, reasons in found.items() if (grave := _gravest(reasons))}


def _gravest(reasons: Iterable[Reason]) -> Said | None:
    shown = (each for each in reasons if each.why in (Why.SILENT, Why.TARGET, Why.ORDER))
    return next(iter(said(list(shown)[:1])), None)


def _with(request: Request, name: str, value: str) -> str:
    """The address with another value; whatever changes, the list begins anew."""
    left = without(request.GET, name, "after")
    return "?" + "&".join(part for part in (left, f"{name}={value}" if value else "") if part)
