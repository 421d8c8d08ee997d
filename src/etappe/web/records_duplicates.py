"""Likely duplicates: a word before one is made, and the queue of those that were found."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from etappe.core.contact import ACCOUNT, PERSON, clean_fields
from etappe.core.errors import Refusal
from etappe.core.page import Count
from etappe.records import actions
from etappe.records import duplicates as looked
from etappe.records import merge as merging
from etappe.records.duplicates import Group, Likely
from etappe.team.access import may, require
from etappe.web.deals_answers import next_page
from etappe.web.records_bin import Tab
from etappe.web.shell import Request, go, say, show

TABS = (("account", gettext_lazy("Accounts")), ("person", gettext_lazy("People")))


@dataclass(frozen=True)
class DuplicatesPage:
    """Likely duplicates, the likeliest first."""

    subject: str
    groups: tuple[Group, ...]
    may_merge: bool
    count: Count
    tabs: tuple[Tab, ...]
    first: str
    next: str


def likely_to(request: Request, subject: str, form: forms.Form) -> tuple[Likely, ...]:
    """Records that one with the fields of this form is likely the same as; none where it is to be made anyway."""
    if request.method != "POST" or "anyway" in request.POST or not form.is_valid() or not _holds(subject, form):
        return ()
    return tuple(looked.possible(request.actor, subject, form.cleaned_data))


def _holds(subject: str, form: forms.Form) -> bool:
    """Whether every field is as its rule wants it: what is wrong is said before what is alike."""
    rules = {"account": ACCOUNT, "person": PERSON}[subject]
    try:
        clean_fields({name: value for name, value in form.cleaned_data.items() if name in rules and value}, rules)
    except Refusal:
        return False
    return True


@require_GET
def duplicates(request: Request) -> HttpResponse:
    """Likely duplicates among accounts or people."""
    require(request.actor, "people.edit")
    subject, after = request.GET.get("of", "account"), request.GET.get("after") or None
    page = looked.queue(request.actor, subject, after)
    own = address(subject)
    return show(
        request,
        "records/duplicates.html",
        DuplicatesPage(
            subject=subject,
            groups=page.rows,
            may_merge=may(request.actor, "records.merge"),
            count=page.count,
            tabs=tuple(Tab(key, label, key == subject) for key, label in TABS),
            first=own if after else "",
            next=f"{own}&after={page.after}" if page.after else "",
        ),
    )


def address(subject: str | Promise) -> str:
    """The queue of one kind of records."""
    return f"{reverse('duplicates')}?of={subject}"


@require_POST
def together(request: Request) -> HttpResponse:
    """Take back that two records are not the same, and go on comparing them."""
    subject = "person" if request.POST.get("of") == "person" else "account"
    one, other = request.POST.get("one", ""), request.POST.get("other", "")
    merging.together(subject, one, other, actor=request.actor, at=request.at)
    say(request, _("They may be merged again."))
    return go(request, next_page(request) or address(subject))


@require_POST
def apart(request: Request) -> HttpResponse:
    """Keep that two records are not the same."""
    subject = "person" if request.POST.get("of") == "person" else "account"
    one, other = request.POST.get("one", ""), request.POST.get("other", "")
    actions.tell_apart(subject, one, other, actor=request.actor, at=request.at)
    say(request, _("Kept: these are not the same."))
    return go(request, address(subject))
