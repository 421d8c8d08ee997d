"""Saving views of lists: under a name, for whom, and as the list stands now."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from etappe.core.deal_fields import NAME_LIMIT
from etappe.core.errors import Forbidden, Missing, Refusal, Stale
from etappe.journal.refusals import Said, text
from etappe.records import lists
from etappe.records.lists import SINGULAR
from etappe.team import actions_views as actions
from etappe.team import queries as team
from etappe.team.access import Holder, may, require
from etappe.team.views import SHOWN_AS, ListView, get_view
from etappe.web.deals_answers import seen_of
from etappe.web.forms import is_written
from etappe.web.lists import OF_VIEW
from etappe.web.lists_opened import parts_of
from etappe.web.lists_places import LISTS, OTHER_PAGE, PAGES, list_page, view_address
from etappe.web.shell import Request, go, say, show


class ViewForm(forms.Form):
    """A view's name, what it opens as, and who sees it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_LIMIT)
    shown_as = forms.ChoiceField(label=gettext_lazy("Opens as"), choices=[(key, PAGES[key]) for key in SHOWN_AS])
    seen_by = forms.ChoiceField(label=gettext_lazy("Who sees it"))
    is_default = forms.BooleanField(
        label=gettext_lazy("Opens first for the team"),
        required=False,
        help_text=gettext_lazy("Whoever belongs to the team sees it when they open the list."),
    )

    def __init__(
        self, *args: Any, seen_by: list[tuple[str, str]], may_open: bool, is_table: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["seen_by"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = seen_by
        if not may_open:
            del self.fields["is_default"]
        if is_table or (self.is_bound and "shown_as" not in self.data):
            del self.fields["shown_as"]

    def values(self) -> dict[str, Any]:
        """The fields as the action takes them."""
        given = self.cleaned_data
        seen_by = given["seen_by"]
        is_team = seen_by not in ("nobody", "everybody")
        values = {"name": given["name"], "shared": "team" if is_team else seen_by}
        values |= {"team": uuid.UUID(seen_by)} if is_team else {}
        values |= {"shown_as": given["shown_as"]} if "shown_as" in given else {}
        return values | ({"is_default": given["is_default"]} if "is_default" in given else {})


@dataclass(frozen=True)
class ViewPage:
    """The form of a view; `asked` goes along unseen."""

    form: ViewForm
    title: str
    action: str
    back: str
    asked: tuple[tuple[str, str], ...]
    where: str
    sub: str = ""
    delete: str = ""
    problem: Said | None = None
    """Why the view that was meant could not be saved; what was chosen is in this form."""


def _form(request: Request, subject: str, data: QueryDict | None, view: ListView | None = None) -> ViewForm:
    viewer = request.actor
    teams = [
        each
        for each in team.teams(viewer)
        if each.id in viewer.teams or may(viewer, "views.offer", Holder(team=each.id)) or _is_in(view, each.uid)
    ]
    choices = [("nobody", _("only I") if view is None or view.is_own else _("only its owner"))]
    choices += [(str(each.uid), _("the team %(name)s") % {"name": each.name}) for each in teams]
    if may(viewer, "views.offer") or (view is not None and view.shared == "everybody"):
        choices.append(("everybody", _("everybody")))
    initial: dict[str, Any] = {"shown_as": request.GET.get("shown_as", "")}
    if view is not None:
        seen_by = str(view.team.uid) if view.team else view.shared
        initial = {
            "name": view.name,
            "shown_as": view.shown_as,
            "seen_by": seen_by,
            "is_default": view.is_default,
        }
    may_open, is_table = may(viewer, "views.offer"), subject != "deal"
    return ViewForm(data, initial=initial, seen_by=choices, may_open=may_open, is_table=is_table)


def _is_in(view: ListView | None, uid: uuid.UUID) -> bool:
    return view is not None and view.team is not None and view.team.uid == uid


def _asked(query: QueryDict) -> dict[str, str]:
    return {name: str(query[name]) for name in OF_VIEW if name in query}


@require_http_methods(["GET", "POST"])
def new_view(request: Request, subject: str) -> HttpResponse:
    """Save the list as the address describes it, under a name."""
    lists.subject_of(subject)
    require(request.actor, "views.own")
    asked = _asked(request.POST if request.method == "POST" else request.GET)
    form = _form(request, SINGULAR[subject], request.POST if request.method == "POST" else None)
    made: list[ListView] = []

    def write(_given: dict[str, Any]) -> None:
        given = form.values() | asked
        made.append(actions.save_view(SINGULAR[subject], given, actor=request.actor, at=request.at))

    if is_written(request, form, write):
        say(request, _("View saved."))
        return go(request, view_address(made[0]))
    return _shown(request, _new_page(subject, form, asked, request.GET.get("shown_as", "")))


def _new_page(
    subject: str, form: ViewForm, asked: dict[str, str], shown_as: str, problem: Said | None = None
) -> ViewPage:
    return ViewPage(
        form=form,
        title=_("Save the view"),
        action=reverse("view_new", args=[subject]),
        back=list_page(lists.subject_of(subject), shown_as),
        asked=tuple(asked.items()),
        where=asked.get("where", ""),
        problem=problem,
    )


def _as_new_instead(request: Request, refusal: Refusal, *, named: bool = False) -> HttpResponse:
    """What was to be saved, kept in the form of a new view: the view that was meant is gone, or is another by now."""
    subject, shown_as = request.POST.get("list", ""), request.POST.get(OTHER_PAGE, "")
    if subject not in lists.SUBJECTS:
        raise Missing if refusal.code == "view_gone" else refusal
    form = _form(request, SINGULAR[subject], request.POST if named else None)
    form.initial["shown_as"] = shown_as
    page = _new_page(subject, form, _asked(request.POST), shown_as, text(refusal))
    return show(request, "lists/view.html", page, part="panel", into="panel", status=409)


@require_http_methods(["GET", "POST"])
def view(request: Request, uid: uuid.UUID) -> HttpResponse:
    """A view's name and who sees it."""
    try:
        found = _editable(request, uid)
    except Missing:
        if request.method == "POST":
            return _as_new_instead(request, Stale("view_gone"), named=True)
        raise
    form = _form(request, found.subject, request.POST if request.method == "POST" else None, found)

    def write(_given: dict[str, Any]) -> None:
        actions.edit_view(uid, form.values(), seen=seen_of(request), actor=request.actor, at=request.at)

    if is_written(request, form, write):
        say(request, _("View saved."))
        return go(request, view_address(found, form.cleaned_data.get("shown_as", "")))
    seen = str(seen_of(request) or found.version)
    page = ViewPage(
        form=form,
        title=_("View"),
        action=reverse("view", args=[uid]),
        back=view_address(found),
        asked=(("seen", seen), ("list", LISTS[found.subject]), *parts_of(found).items()),
        where=found.where,
        sub=found.name
        if found.is_own
        else _("%(name)s, by %(owner)s") % {"name": found.name, "owner": found.owner.name},
        delete=reverse("view_delete", args=[uid]),
    )
    return _shown(request, page)


def _shown(request: Request, page: ViewPage) -> HttpResponse:
    status = 422 if page.form.errors else 200
    return show(request, "lists/view.html", page, part="panel", into="panel", status=status)


def _editable(request: Request, uid: uuid.UUID) -> ListView:
    found = get_view(request.actor, uid)
    if not found.may_edit:
        raise Forbidden("forbidden", act="views.own")
    return found


@require_POST
def save_query(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Let the view list what the page shows now."""
    asked = _asked(request.POST)
    try:
        saved = actions.edit_view(uid, asked, seen=seen_of(request), actor=request.actor, at=request.at)
    except Missing:
        return _as_new_instead(request, Stale("view_gone"))
    except Stale as stale:
        return _as_new_instead(request, stale)
    say(request, _("View saved."))
    return go(request, view_address(saved, request.POST.get(OTHER_PAGE, "")))


@require_POST
def delete_view(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Delete the view, for everybody."""
    found = get_view(request.actor, uid)
    actions.delete_view(uid, actor=request.actor, at=request.at)
    say(request, _("View deleted."))
    return go(request, f"{list_page(lists.subject_of(LISTS[found.subject]), found.shown_as)}?view=all")
