"""Being mailed a figure: asking for it, what one is mailed, and ending it with or without a sign-in."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from etappe.core.actor import SYSTEM
from etappe.core.errors import Refusal
from etappe.core.rhythm import WEEKLY, WORKDAYS
from etappe.insights import actions_mail as actions
from etappe.insights import queries
from etappe.insights.subscriptions import (
    FAILED,
    MORNING,
    NOTHING,
    SENDING,
    SENT,
    WAITING,
    SubscriptionView,
    by_token,
    morning,
    require_mail,
    subscribed,
    subscriptions,
)
from etappe.journal.refusals import Said, text
from etappe.team.access import require
from etappe.web.figure_mail import conditions, days_to_choose, title_of, when_words
from etappe.web.figure_words import SPLITS, Asked
from etappe.web.forms import is_written
from etappe.web.shell import Request, go, say, show, today
from etappe.web.templatetags.formats import hour, moment

ASKED = ("by", "where", "stage", "within", "window")
"""What of a figure's address a mail keeps; its day does not count, for a mail tells of the day it is sent."""
MORNING_HOUR = "7"


class MailForm(forms.Form):
    """When a figure is mailed."""

    on = forms.ChoiceField(label=gettext_lazy("How often"))
    hour = forms.ChoiceField(label=pgettext_lazy("time of day", "At"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on, at = self.fields["on"], self.fields["hour"]
        assert isinstance(on, forms.ChoiceField)
        assert isinstance(at, forms.ChoiceField)
        on.choices = days_to_choose()
        at.choices = [(str(each), hour(time(each))) for each in range(24)]

    def values(self) -> dict[str, Any]:
        """The fields as the action takes them."""
        rhythm, _dash, day = self.cleaned_data["on"].partition("-")
        return {"rhythm": rhythm, "day": int(day), "hour": int(self.cleaned_data["hour"])}


class MorningForm(forms.Form):
    """At what hour of a working day."""

    hour = forms.ChoiceField(label=pgettext_lazy("time of day", "At"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        at = self.fields["hour"]
        assert isinstance(at, forms.ChoiceField)
        at.choices = [(str(each), hour(time(each))) for each in range(24)]


@dataclass(frozen=True)
class MorningPage:
    """The form of the mail of a working morning; `known` is the one that comes already."""

    form: MorningForm
    known: SubscriptionView | None
    problem: Said | None


@dataclass(frozen=True)
class MailPage:
    """The form; `known` is what one is mailed already; `problem` why nothing can be mailed."""

    title: str
    form: MailForm
    action: str
    back: str
    only: tuple[str, ...]
    split: str | Promise
    known: SubscriptionView | None
    problem: Said | None


@require_http_methods(["GET", "HEAD", "POST"])
def mail(request: Request, key: str) -> HttpResponse:
    """Be mailed a figure, as its page shows it."""
    require(request.actor, "figures.mail")
    asked = {"figure": key, **_asked(request.GET)}
    known = subscribed(request.actor, asked, request.at)
    form = MailForm(request.POST if request.method == "POST" else None, initial=_initial(known))
    made: list[SubscriptionView] = []

    def write(_given: dict[str, Any]) -> None:
        given = {**asked, **form.values(), "language": get_language() or ""}
        made.append(actions.subscribe(given, actor=request.actor, at=request.at))

    shown = _asked_so(request, asked)
    back = shown.address("figure", key)
    if is_written(request, form, write):
        say(request, _("The next mail comes on {moment}.").format(moment=moment(made[0].next_at)))
        return go(request, back)
    page = MailPage(
        title=str(queries.get_metric(key).title),
        form=form,
        action=shown.address("figure_mail", key),
        back=back,
        only=conditions(shown.where, request.actor, shown.today),
        split=SPLITS[shown.by] if shown.by else "",
        known=known,
        problem=_problem(),
    )
    status = 422 if form.errors else 200
    return show(request, "figures/mail.html", page, part="panel", into="panel", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def of_morning(request: Request) -> HttpResponse:
    """Be mailed what waits for one, every working morning."""
    require(request.actor, "figures.mail")
    known = morning(request.actor)
    initial = {"hour": str(known.hour) if known else MORNING_HOUR}
    form = MorningForm(request.POST if request.method == "POST" else None, initial=initial)
    made: list[SubscriptionView] = []

    def write(given: dict[str, Any]) -> None:
        asked = {"figure": MORNING, "rhythm": WORKDAYS, "day": 1, "hour": int(given["hour"])}
        made.append(actions.subscribe(asked | {"language": get_language() or ""}, actor=request.actor, at=request.at))

    if is_written(request, form, write):
        say(request, _("The next mail comes on {moment}.").format(moment=moment(made[0].next_at)))
        return go(request, "today")
    page = MorningPage(form, known, _problem())
    return show(request, "today/mail.html", page, part="panel", into="panel", status=422 if form.errors else 200)


def _asked(given: QueryDict) -> dict[str, str]:
    return {name: str(given[name]) for name in ASKED if given.get(name)}


def _asked_so(request: Request, asked: Mapping[str, str]) -> Asked:
    options = {name: asked[name] for name in ASKED[2:] if name in asked}
    return Asked(asked.get("by"), None, today(request), asked.get("where", ""), options)


def _initial(known: SubscriptionView | None) -> dict[str, str]:
    if known is None:
        return {"on": f"{WEEKLY}-1", "hour": MORNING_HOUR}
    return {"on": f"{known.rhythm}-{known.on_day}", "hour": str(known.hour)}


def _problem() -> Said | None:
    try:
        require_mail()
    except Refusal as refusal:
        return text(refusal)
    return None


# --- What one is mailed ---


@dataclass(frozen=True)
class Line:
    """A figure that one is mailed, and what became of the last mail."""

    subscription: SubscriptionView
    title: str | Promise
    said: tuple[str, ...]
    when: str
    url: str
    change: str
    last: str
    tone: str


@dataclass(frozen=True)
class MailsPage:
    """All of them."""

    lines: tuple[Line, ...]
    problem: Said | None


@require_GET
def mails(request: Request) -> HttpResponse:
    """What one is mailed."""
    found = subscriptions(request.actor)
    page = MailsPage(tuple(_line(request, each) for each in found), _problem() if found else None)
    return show(request, "settings/mails.html", page)


def _line(request: Request, each: SubscriptionView) -> Line:
    shown = Asked(each.split or None, None, today(request), each.where, each.options)
    split = [_("by {split}").format(split=SPLITS[each.split])] if each.split else []
    last, tone = _last(each)
    is_morning = each.figure == MORNING
    return Line(
        subscription=each,
        title=title_of(each.figure),
        said=(*split, *_conditions(request, each)),
        when=when_words(each.rhythm, each.on_day, each.hour),
        url=reverse("today") if is_morning else shown.address("figure", each.figure),
        change=reverse("morning_mail") if is_morning else shown.address("figure_mail", each.figure),
        last=last,
        tone=tone,
    )


def _conditions(request: Request, each: SubscriptionView) -> tuple[str, ...]:
    """The filter in words; as it is written where it can no longer be read."""
    try:
        return conditions(each.where, request.actor, today(request))
    except Refusal:
        return (each.where,)


def _last(each: SubscriptionView) -> tuple[str, str]:
    """What became of the last mail, and how bad that is."""
    due = moment(each.due_at)
    told: Mapping[str, tuple[str, str]] = {
        "": (_("none yet"), ""),
        WAITING: (_("due {moment}, about to be sent").format(moment=due), ""),
        SENDING: (_("{moment}: given to the mail server, without an answer").format(moment=due), "warn"),
        SENT: (_("sent {moment}").format(moment=due), "good"),
        FAILED: (_("{moment}: not sent").format(moment=due), "bad"),
        NOTHING: (_("{moment}: there was nothing you may see").format(moment=due), "warn"),
    }
    if each.state == NOTHING and each.figure == MORNING:
        return _("{moment}: nothing waited for you").format(moment=due), ""
    if each.state == WAITING and each.problem:
        return _("{moment}: not sent yet, tried again").format(moment=due), "warn"
    return told[each.state]


@require_POST
def end(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Be mailed this no longer."""
    ended = actions.unsubscribe(uid, actor=request.actor, at=request.at)
    title = title_of(ended.figure)
    say(request, _("{title} is mailed to you no longer.").format(title=title))
    return go(request, reverse("settings_mails"))


# --- Without a sign-in, from a mail ---


@dataclass(frozen=True)
class StopPage:
    """What a link in a mail would end, or has ended."""

    title: str | Promise
    when: str
    is_over: bool


@csrf_exempt  # mail programs post to it by themselves (RFC 8058); the signed address is what proves it
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: Request, token: str) -> HttpResponse:
    """Say which mail would end; a POST ends it. What only looks at links, such as a virus scanner, ends nothing."""
    found = by_token(token)
    if request.method == "POST":
        found = actions.unsubscribe_by_link(token, actor=SYSTEM, at=request.at)
    page = StopPage(
        title=title_of(found.figure),
        when=when_words(found.rhythm, found.on_day, found.hour),
        is_over=found.ended_at is not None,
    )
    answer = show(request, "figures/stop.html", page)
    answer["Referrer-Policy"] = "same-origin"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
