"""Leaving the demo for a workspace of one's own, and the four questions that propose its process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from etappe.core.errors import Missing
from etappe.core.sales_model import Model, Outcome, answers_from, evaluate, percentages, process_for
from etappe.playbook import actions as playbook_actions
from etappe.playbook import queries as playbook
from etappe.playbook.queries import LibraryItem
from etappe.team import actions
from etappe.team.access import may, require
from etappe.team.queries import WorkspaceView, workspace
from etappe.web.forms import is_written
from etappe.web.sales_model_words import ABOUT, ANSWERS, MODELS, QUESTIONS
from etappe.web.shell import Request, go, show


@require_http_methods(["GET", "POST"])
def start_empty(request: Request) -> HttpResponse:
    """Leave the simulated company. The supervisor makes the real workspace and carries this account over."""
    require(request.actor, "workspace.edit")
    if not request.workspace.is_demo:
        raise Missing
    if request.method == "GET":
        return show(request, "setup/start_empty.html", None)
    import_string(settings.ETAPPE_START_EMPTY)(request.actor.id)
    return show(request, "setup/preparing.html", None)


@login_not_required
@require_GET
def ready(request: Request) -> HttpResponse:
    """Whether the real workspace is there: htmx is led on as soon as it is."""
    if workspace().is_demo:
        return HttpResponse(status=204)
    led = HttpResponse(status=200)
    led["HX-Redirect"] = reverse("questions")
    return led


class QuestionsForm(forms.Form):
    """The four questions, one answer each."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, words in QUESTIONS.items():
            choices = list(ANSWERS[key].items())
            self.fields[key] = forms.ChoiceField(label=str(words), choices=choices, widget=forms.RadioSelect)


@dataclass(frozen=True)
class QuestionsPage:
    """The questions, with the answers given last time."""

    form: QuestionsForm


@dataclass(frozen=True)
class Share:
    """A model's share, from 0 to 1."""

    label: Promise
    value: float
    is_lead: bool


@dataclass(frozen=True)
class Why:
    """An answer that speaks for the model."""

    question: Promise
    answer: Promise


@dataclass(frozen=True)
class ModelPage:
    """The dominant model, the shares of all that have one, why, and the process it starts from."""

    name: Promise
    about: Promise
    shares: tuple[Share, ...]
    why: tuple[Why, ...]
    repeat_heavy: bool
    process: LibraryItem
    is_taken: bool
    may_take: bool
    may_import: bool
    may_invite: bool


@require_http_methods(["GET", "POST"])
def questions(request: Request) -> HttpResponse:
    """Ask the four questions."""
    require(request.actor, "workspace.edit")
    form = QuestionsForm(request.POST or None, initial=request.workspace.answers or {})

    def write(wanted: dict[str, Any]) -> None:
        actions.answer_questions(wanted, actor=request.actor, at=request.at)

    if is_written(request, form, write):
        return go(request, "sales_model")
    return show(request, "setup/questions.html", QuestionsPage(form), status=422 if form.errors else 200)


@require_GET
def sales_model(request: Request) -> HttpResponse:
    """What the answers say."""
    if request.workspace.answers is None:
        return go(request, "questions")
    return show(request, "setup/model.html", model_page(request, evaluate(answers_from(request.workspace.answers))))


def model_page(request: Request, outcome: Outcome) -> ModelPage:
    """The outcome in words, with its process from the library."""
    process = playbook.library_item(process_for(outcome.dominant))
    return ModelPage(
        name=MODELS[outcome.dominant],
        about=ABOUT[outcome.dominant],
        shares=shares_of(outcome),
        why=tuple(Why(QUESTIONS[reason.question], ANSWERS[reason.question][reason.answer]) for reason in outcome.why),
        repeat_heavy=outcome.repeat_heavy,
        process=process,
        is_taken=request.workspace.default_process == process.key,
        may_take=may(request.actor, "playbook.publish"),
        may_import=may(request.actor, "imports.run"),
        may_invite=may(request.actor, "team.administer"),
    )


def shares_of(outcome: Outcome) -> tuple[Share, ...]:
    """The models that have a share, the largest first, in whole per cent that sum to 100."""
    whole = percentages(outcome.shares)
    ranked = sorted((model for model in Model if whole[model]), key=lambda model: -whole[model])
    return tuple(Share(MODELS[model], whole[model] / 100, model is outcome.dominant) for model in ranked)


def stored_shares(view: WorkspaceView) -> tuple[Share, ...]:
    """The shares that the workspace's answers give; nothing where nobody has answered."""
    answers: Mapping[str, str] | None = view.answers
    return shares_of(evaluate(answers_from(answers))) if answers else ()


@require_POST
def take_process(request: Request) -> HttpResponse:
    """Publish the proposed process and start new deals on it."""
    if request.workspace.answers is None:
        return go(request, "questions")
    dominant = evaluate(answers_from(request.workspace.answers)).dominant
    playbook_actions.take_library(process_for(dominant), actor=request.actor, at=request.at)
    return go(request, "sales_model")
