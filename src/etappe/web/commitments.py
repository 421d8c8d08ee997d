"""What colleagues commit to win in the months ahead, beside what the forecast says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from etappe.core.goals import after_months
from etappe.insights import commitments as queries
from etappe.insights.commitments import CommitmentView, commit
from etappe.insights.forecast import stored
from etappe.team.access import Holder, require
from etappe.team.queries import workspace
from etappe.web import shell
from etappe.web.form_fields import AmountField
from etappe.web.forms import is_written
from etappe.web.goals import period_name
from etappe.web.shell import Request, go, say, show
from etappe.web.templatetags.formats import day_short, money_whole

AHEAD = 4
"""This month and the three after it can be committed for on the page."""


class CommitForm(forms.Form):
    """What one commits to."""

    period = forms.ChoiceField(label=gettext_lazy("Month"))
    amount = AmountField(
        label=gettext_lazy("Amount that I will win"),
        required=False,
        help_text=gettext_lazy("All that is won in the month, with what is won already. Left empty, it is taken back."),
    )

    def offer(self, periods: Sequence[str], currency: str) -> None:
        """The months to choose from, and the currency that amounts are in."""
        months, amount = self.fields["period"], self.fields["amount"]
        assert isinstance(months, forms.ChoiceField)
        months.choices = [(key, period_name(key)) for key in periods]
        amount.label = _("Amount that I will win, in {currency}").format(currency=currency)


@dataclass(frozen=True)
class Said:
    """An amount, the day on which it was said, and what of it was won so far (empty before the month begins)."""

    amount: str
    said_on: str
    won: str


@dataclass(frozen=True)
class PersonLine:
    """What one colleague said for each month, None where nothing."""

    name: str
    months: tuple[Said | None, ...]


@dataclass(frozen=True)
class CommitPage:
    """Commitments of the months ahead; `sums` and `forecast` say the same of all that the viewer sees."""

    form: CommitForm | None
    months: tuple[str, ...]
    people: tuple[PersonLine, ...]
    sums: tuple[str, ...]
    forecast: tuple[tuple[str, str], ...]


@require_http_methods(["GET", "HEAD", "POST"])
def commitments(request: Request) -> HttpResponse:
    """Say what one will win, and see what others said."""
    if request.method == "POST":
        require(request.actor, "commitments.make", Holder(request.actor.id, request.actor.team))
    day, currency = shell.today(request), workspace().currency
    periods = [f"{after_months(day, ahead):%Y-%m}" for ahead in range(AHEAD)]
    form = CommitForm(request.POST if request.method == "POST" else None)
    form.offer(periods, currency)
    if is_written(request, form, lambda _given: _write(request, form)):
        return go(request, reverse("commitments"))
    found = queries.commitments(request.actor, periods, day)
    page = CommitPage(
        form=form if queries.may_commit(request.actor) else None,
        months=tuple(period_name(key) for key in periods),
        people=_people(found, periods),
        sums=tuple(_sum(found, key, currency) for key in periods),
        forecast=_forecast(request, periods),
    )
    return show(request, "forecast/commitments.html", page, status=422 if form.errors else 200)


def _write(request: Request, form: CommitForm) -> None:
    commit(form.cleaned_data, actor=request.actor, at=request.at)
    say(request, _("Saved."))


def _people(found: Sequence[CommitmentView], periods: Sequence[str]) -> tuple[PersonLine, ...]:
    names = dict.fromkeys((each.user.uid, each.user.name) for each in found)
    said = {(each.user.uid, each.period): each for each in found}
    return tuple(
        PersonLine(name, tuple(_said(said[uid, key]) if (uid, key) in said else None for key in periods))
        for uid, name in names
    )


def _said(each: CommitmentView) -> Said:
    won = "" if each.won is None else _("{amount} won").format(amount=money_whole(each.won, each.currency))
    return Said(money_whole(each.amount, each.currency), day_short(each.said_on), won)


def _sum(found: Sequence[CommitmentView], period: str, currency: str) -> str:
    amounts = [each.amount or Decimal() for each in found if each.period == period]
    return money_whole(sum(amounts), currency) if amounts else ""


def _forecast(request: Request, periods: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Median and 80 % interval of what is still won in each month; empty where there is no forecast."""
    said = stored.report(request.actor)
    if said is None or not said.is_enough:
        return ()
    months = {f"{month.begins:%Y-%m}": month.total for month in said.whole_months}
    return tuple(
        (
            money_whole(months[key].median, said.currency),
            _("{low} to {high}").format(
                low=money_whole(months[key].low80, said.currency), high=money_whole(months[key].high80, said.currency)
            ),
        )
        if key in months
        else ("", "")
        for key in periods
    )
