"""Settings of the fields that the workspace defines for its accounts, people and deals."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from etappe.core.deal_fields import NAME_LIMIT
from etappe.core.errors import Missing
from etappe.core.own_fields import CHOOSING, HELP_LIMIT, FieldKind
from etappe.journal.labels import Label, words
from etappe.people import actions_fields as actions
from etappe.people.fields import FieldView, field_views, get_field
from etappe.team import queries as team
from etappe.team.access import require
from etappe.team.queries import TeamView
from etappe.web.deals_filter import published
from etappe.web.forms import is_written
from etappe.web.shell import Request, go, say, show
from etappe.web.team_pages import TeamChoice

KINDS: dict[FieldKind, Label] = {
    FieldKind.TEXT: gettext_lazy("Text"),
    FieldKind.NUMBER: gettext_lazy("Number"),
    FieldKind.MONEY: gettext_lazy("Amount of money"),
    FieldKind.DATE: gettext_lazy("Day"),
    FieldKind.CHOICE: gettext_lazy("One of a list"),
    FieldKind.CHOICES: gettext_lazy("Several of a list"),
    FieldKind.PERSON: gettext_lazy("A person"),
    FieldKind.ACCOUNT: gettext_lazy("An account"),
    FieldKind.LINK: gettext_lazy("Web address"),
}
SUBJECTS: dict[str, Label] = {
    "account": gettext_lazy("Accounts"),
    "person": gettext_lazy("People"),
    "deal": gettext_lazy("Deals"),
}


class FieldForm(forms.Form):
    """A field as its page asks for it. Kind and object are chosen once, when it is made."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_LIMIT)
    kind = forms.ChoiceField(label=gettext_lazy("Holds"), choices=[(kind.value, name) for kind, name in KINDS.items()])
    help = forms.CharField(
        label=gettext_lazy("What it is for"),
        required=False,
        max_length=HELP_LIMIT,
        help_text=gettext_lazy("Stands below the field where it is filled in."),
    )
    choices = forms.CharField(
        label=gettext_lazy("Choices"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 5}),
        help_text=gettext_lazy("For lists: one per line."),
    )
    team = TeamChoice(
        label=gettext_lazy("Only for the team"),
        help_text=gettext_lazy("The team, those below it, and whoever manages them. Nobody else is asked for it."),
    )

    def __init__(self, *args: Any, teams: list[TeamView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = self.fields["team"]
        assert isinstance(shown, TeamChoice)
        shown.choices = [("", _("all teams")), *((str(each.uid), each.name) for each in teams)]

    def ask_stages(self, stages: list[tuple[str, list[tuple[str, str]]]]) -> None:
        """For deals: the stages that are left only with a value, by process."""
        if stages:
            self.fields["required_in"] = forms.MultipleChoiceField(
                label=_("Needed before a deal leaves"),
                required=False,
                widget=forms.CheckboxSelectMultiple,
                choices=[pair for _process, pairs in stages for pair in pairs],
                help_text=_("It is asked for like missing evidence, but proves nothing."),
            )

    def keep(self, own: FieldView) -> None:
        """For a field that is there: what cannot be changed is not asked, and each choice has a line of its own."""
        del self.fields["kind"]
        if own.kind not in CHOOSING:
            del self.fields["choices"]
            return
        more = self.fields.pop("choices")
        for choice in own.offered:
            name = f"choice_{choice.key}"
            self.fields[name] = forms.CharField(
                label=_("Choice"), required=False, max_length=NAME_LIMIT, initial=choice.name
            )
        more.label, more.help_text = _("Further choices"), _("One per line. A choice above that is emptied goes.")
        self.fields["choices"] = more

    def values(self) -> dict[str, Any]:
        """The fields as the action takes them."""
        given = self.cleaned_data
        values: dict[str, Any] = {
            name: given[name] for name in ("name", "kind", "help", "required_in") if name in given
        }
        if "choices" in given and (self._lines(given) or "kind" not in given or given["kind"] in CHOOSING):
            values["choices"] = self._lines(given)
        return values | {"team": given["team"] or None}

    def _lines(self, given: dict[str, Any]) -> list[Any]:
        kept: list[Any] = [
            {"key": name.removeprefix("choice_"), "name": text}
            for name, text in given.items()
            if name.startswith("choice_") and text.strip()
        ]
        return kept + [line.strip() for line in given["choices"].splitlines() if line.strip()]


@dataclass(frozen=True)
class FieldLine:
    """A field in the list, in words."""

    own: FieldView
    kind: Label
    stages: tuple[str, ...]
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class Group:
    """The fields of accounts, of people, or of deals."""

    subject: str
    title: Label
    lines: tuple[FieldLine, ...]
    archived: tuple[FieldLine, ...]


@dataclass(frozen=True)
class FieldsPage:
    """All fields."""

    groups: tuple[Group, ...]


@dataclass(frozen=True)
class FieldPage:
    """One field to make or to change."""

    title: str | Promise
    form: FieldForm
    subject: Label
    own: FieldView | None = None
    kind: Label = ""


@require_GET
def fields(request: Request) -> HttpResponse:
    """The fields of accounts, people and deals."""
    require(request.actor, "workspace.edit")
    names = _stage_names(request)
    found = field_views()
    groups = tuple(_group(subject, title, found, names) for subject, title in SUBJECTS.items())
    return show(request, "settings/fields.html", FieldsPage(groups))


def _group(subject: str, title: Label, found: Iterable[FieldView], names: dict[str, str]) -> Group:
    rows = [own for own in found if own.subject == subject]
    offered = [own for own in rows if own.archived_at is None]
    lines = tuple(_line(own, names, own is offered[0], own is offered[-1]) for own in offered)
    return Group(subject, title, lines, tuple(_line(own, names) for own in rows if own.archived_at))


def _line(own: FieldView, names: dict[str, str], is_first: bool = False, is_last: bool = False) -> FieldLine:
    stages = tuple(names.get(stage, stage) for stage in own.required_in)
    return FieldLine(own, KINDS[own.kind], stages, is_first, is_last)


def _stages(request: Request, subject: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The stages of all processes, as fields name them."""
    if subject != "deal":
        return []
    return [
        (words(process.name), [(f"{process.key}:{stage.key}", f"{words(process.name)}: {words(stage.name)}")
                               for stage in process.stages])
        for process in published(request)
    ]  # fmt: skip


def _stage_names(request: Request) -> dict[str, str]:
    return {key: name for _process, pairs in _stages(request, "deal") for key, name in pairs}


@require_http_methods(["GET", "POST"])
def define(request: Request, subject: str) -> HttpResponse:
    """A new field of accounts, people or deals."""
    require(request.actor, "workspace.edit")
    if subject not in SUBJECTS:
        raise Missing
    form = FieldForm(request.POST or None, teams=team.teams(request.actor))
    form.ask_stages(_stages(request, subject))

    def write(_wanted: dict[str, Any]) -> None:
        actions.define_field(subject, form.values(), actor=request.actor, at=request.at)

    if is_written(request, form, write):
        say(request, _("Saved."))
        return go(request, "settings_fields")
    return _answer(request, FieldPage(_("New field"), form, SUBJECTS[subject]))


@require_http_methods(["GET", "POST"])
def edit(request: Request, uid: uuid.UUID) -> HttpResponse:
    """A field that is there."""
    require(request.actor, "workspace.edit")
    own = get_field(uid)
    initial = {
        "name": own.name,
        "help": own.help,
        "team": str(own.team.uid) if own.team else "",
        "required_in": list(own.required_in),
    }
    form = FieldForm(request.POST or None, teams=team.teams(request.actor), initial=initial)
    form.ask_stages(_with_present(_stages(request, own.subject), own))
    form.keep(own)

    def write(_wanted: dict[str, Any]) -> None:
        actions.edit_field(uid, form.values(), actor=request.actor, at=request.at)

    if is_written(request, form, write):
        say(request, _("Saved."))
        return go(request, "settings_fields")
    return _answer(request, FieldPage(own.name, form, SUBJECTS[own.subject], own, KINDS[own.kind]))


def _with_present(
    stages: list[tuple[str, list[tuple[str, str]]]], own: FieldView
) -> list[tuple[str, list[tuple[str, str]]]]:
    """The stages with those that the field names though no process has them any more."""
    known = {key for _process, pairs in stages for key, _name in pairs}
    gone = [(key, key) for key in own.required_in if key not in known]
    return [*stages, ("", gone)] if gone else stages


def _answer(request: Request, page: FieldPage) -> HttpResponse:
    return show(request, "settings/field.html", page, status=422 if page.form.errors else 200)


@require_POST
def move(request: Request, uid: uuid.UUID) -> HttpResponse:
    """A field one place up or down."""
    own = get_field(uid)
    order = [each.uid for each in field_views(own.subject) if each.archived_at is None]
    if own.uid in order:
        at = order.index(own.uid)
        to = max(0, at - 1) if request.POST.get("to") == "up" else at + 1
        order.insert(to, order.pop(at))
    actions.order_fields(own.subject, order, actor=request.actor, at=request.at)
    return go(request, "settings_fields")


@require_POST
def archive(request: Request, uid: uuid.UUID) -> HttpResponse:
    """A field that is offered no more."""
    actions.archive_field(uid, actor=request.actor, at=request.at)
    say(request, _("Archived. Its values stay, and come back with it."))
    return go(request, "settings_fields")


@require_POST
def restore(request: Request, uid: uuid.UUID) -> HttpResponse:
    """An archived field is offered again."""
    actions.restore_field(uid, actor=request.actor, at=request.at)
    say(request, _("Offered again."))
    return go(request, "settings_fields")
