"""Planning the review of a process, and keeping what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from etappe.core.process import Words
from etappe.playbook import actions_reviews as actions
from etappe.playbook import queries
from etappe.playbook.reviews import ReviewView, review_of
from etappe.team.queries import users
from etappe.web.forms import is_written
from etappe.web.shell import Request, go, say, show


def _day() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class PlanForm(forms.Form):
    """When a process is looked at again, and by whom."""

    review_on = forms.DateField(label=gettext_lazy("Next review on"), required=False, widget=_day())
    owner = forms.ChoiceField(label=gettext_lazy("Done by"), required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"].choices = [("", _("whoever may publish")), *people]  # type: ignore[attr-defined]  # a choice field


class ResultForm(forms.Form):
    """What came of a review."""

    result = forms.CharField(
        label=gettext_lazy("Result of the review"), max_length=10_000, widget=forms.Textarea({"rows": 4})
    )
    next_on = forms.DateField(label=gettext_lazy("Next review on"), required=False, widget=_day())


@dataclass(frozen=True)
class ReviewPage:
    """The reviews of a process."""

    key: str
    name: Words
    review: ReviewView
    plan: PlanForm
    result: ResultForm


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: Request, key: str) -> HttpResponse:
    """The reviews of a process. A POST plans the next one, or keeps what came of one."""
    seen = review_of(request.actor, key)
    held = "hold" in request.POST
    people = [(str(user.uid), user.name) for user in users(request.actor) if user.is_active]
    start = {"review_on": seen.on, "owner": str(seen.owner or "")}
    plan = PlanForm(request.POST if request.POST and not held else None, people=people, initial=start)
    result = ResultForm(request.POST if held else None)
    if held and is_written(request, result, lambda given: _hold(request, key, given)):
        say(request, _("Review kept."))
        return go(request, "process_review", key)
    if not held and is_written(request, plan, lambda given: _plan(request, key, given)):
        say(request, _("Saved."))
        return go(request, "process_review", key)
    page = ReviewPage(key, queries.get_version(key).spec.name, seen, plan, result)
    return show(request, "playbook/review.html", page, status=422 if plan.errors or result.errors else 200)


def _hold(request: Request, key: str, given: dict[str, Any]) -> None:
    actions.hold_review(key, given["result"], given["next_on"], actor=request.actor, at=request.at)


def _plan(request: Request, key: str, given: dict[str, Any]) -> None:
    actions.plan_review(key, given["review_on"], given["owner"] or None, actor=request.actor, at=request.at)
