"""The sales model as measured, beside the answers given in set-up."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from etappe.core.errors import Refusal
from etappe.core.sales_measured import Measure
from etappe.insights.process import model, model_texts
from etappe.insights.process.model import PER_PAGE, SalesModel
from etappe.team.access import may
from etappe.web.sales_model_words import ANSWERS, MODELS, QUESTIONS
from etappe.web.shell import Request, show

GROUPS: dict[str, dict[str, str | Promise]] = {
    "contacts": {
        "inbound": _("came to us"),
        "outbound": _("we went to them"),
        "partners": _("through partners"),
        "self_service": _("bought by themselves"),
    },
    "existing": {"new": _("first order"), "existing": _("had bought before")},
    "together": {},
    "people": {},
}


MOST_SOURCES = 8
"""Sources that do not tell, as far as they are named beside the question."""


@dataclass(frozen=True)
class GroupLine:
    """Deals that count as one thing."""

    name: str
    deals: int
    url: str


@dataclass(frozen=True)
class QuestionView:
    """A question with what was said, what was measured, and the deals behind it."""

    key: str
    question: str | Promise
    state: str
    lines: tuple[str, ...]
    basis: tuple[str, ...]
    groups: tuple[GroupLine, ...]


@dataclass(frozen=True)
class Listed:
    """The deals behind a number."""

    title: str | Promise
    group: str
    rows: tuple[tuple[uuid.UUID, str], ...]
    shown: int
    total: int
    first: str
    next: str


@dataclass(frozen=True)
class MeasuredPage:
    """The measured sales model."""

    model: SalesModel
    headline: str
    is_sample: bool
    questions: tuple[QuestionView, ...]
    may_answer: bool
    unplaced: tuple[tuple[str, int], ...]
    sources: int
    listed: Listed | None = None


@require_GET
def measured(request: Request) -> HttpResponse:
    """What the records of a year say about how the company sells."""
    found = model.run(request.actor, request.at)
    page = MeasuredPage(
        model=found,
        headline=model_texts.headline(found, MODELS),
        is_sample=found.n < found.found,
        questions=tuple(_questions(found)),
        may_answer=may(request.actor, "workspace.edit"),
        unplaced=tuple(found.unplaced.items())[:MOST_SOURCES],
        sources=len(found.unplaced),
        listed=_listed(request, found) if "question" in request.GET else None,
    )
    return show(request, "setup/measured.html", page)


def _questions(found: SalesModel) -> Iterator[QuestionView]:
    for each in found.measured.measures:
        yield QuestionView(
            key=each.question,
            question=QUESTIONS[each.question],
            state=found.against(each),
            lines=tuple(model_texts.told(found, each, ANSWERS)),
            basis=tuple(model_texts.basis(each)),
            groups=tuple(_groups(each)),
        )


def _groups(each: Measure) -> Iterator[GroupLine]:
    for group, deals in sorted(each.groups.items()):
        yield GroupLine(_name(each.question, group), len(deals), _to(each.question, group))


def _name(question: str, group: str) -> str:
    return str(GROUPS[question].get(group, group))


def _to(question: str, group: str, skip: int = 0) -> str:
    given = {"question": question, "group": group, **({"skip": str(skip)} if skip else {})}
    return f"{reverse('sales_model_measured')}?{urlencode(given)}#deals"


def _listed(request: Request, found: SalesModel) -> Listed:
    question, group, text = (request.GET.get(name, "") for name in ("question", "group", "skip"))
    if text and (not (text.isascii() and text.isdecimal()) or len(text) > 9):
        raise Refusal("bad_filter", name="skip", value=text)
    skip = int(text or 0)
    rows, total = model.listed(request.actor, found, question, group, skip)
    return Listed(
        title=QUESTIONS[question],
        group=_name(question, group),
        rows=rows,
        shown=min(skip + len(rows), total),
        total=total,
        first=_to(question, group) if skip else "",
        next=_to(question, group, skip + PER_PAGE) if skip + PER_PAGE < total else "",
    )
