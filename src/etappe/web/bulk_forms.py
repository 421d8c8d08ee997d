"""The form that says what is to be changed on many records; what is left empty is left alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from etappe.core.bulk import DAYS, FIELDS, Act, Changes, Subject
from etappe.core.deal_fields import NAME_LIMIT, TEXT_LIMIT
from etappe.core.own_fields import form_name
from etappe.core.process import Process
from etappe.core.tags import split_tags
from etappe.journal.labels import FIELDS as LABELS
from etappe.journal.labels import label, words
from etappe.journal.values import as_json
from etappe.people.fields import FieldView, fields
from etappe.team import queries as team
from etappe.web.deals_forms import offer
from etappe.web.form_fields import day_field
from etappe.web.own_fields import WithOwnFields
from etappe.web.shell import Request

LONG = {"next_step": TEXT_LIMIT}
NEVER_EMPTY = ("owner",)
"""Fields of a deal that cannot be emptied."""

OWN = form_name("")
"""Begins the names of own fields in forms."""

CHOSEN = ("owner", "account")
"""Fields that are chosen from a list or looked up, not typed."""


class FieldsForm(forms.Form):
    """Fields and tags. Built for its kind of records by `fields_form`."""

    add_tags = forms.CharField(
        label=_("Put on tags"), required=False, max_length=TEXT_LIMIT, help_text=_("Separated by commas.")
    )
    remove_tags = forms.CharField(
        label=_("Take off tags"), required=False, max_length=TEXT_LIMIT, help_text=_("Separated by commas.")
    )
    empty = forms.MultipleChoiceField(
        label=_("Empty these fields"), required=False, widget=forms.CheckboxSelectMultiple()
    )

    def single(self) -> list[forms.BoundField]:
        """All fields but the choice of those to empty."""
        return [self[name] for name in self.fields if name != "empty"]


class OwnForm(WithOwnFields):
    """The workspace's own fields, read in the reader's language. Built for its kind of records by `own_form`."""

    def given(self) -> dict[str, Any]:
        """What is filled in, by key, as JSON holds it."""
        return {key: as_json(value) for key, value in self.own_values().items() if value not in (None, "", [])}


class MoveForm(forms.Form):
    """A stage to move to."""

    to = forms.ChoiceField(label=_("Move to"))


class LeaveForm(forms.Form):
    """Why deals leave their process early."""

    reason = forms.ChoiceField(label=_("Reason"))
    lost_to = forms.CharField(label=_("Lost to (who was chosen)"), required=False, max_length=NAME_LIMIT)
    note = forms.CharField(label=_("Note"), required=False, max_length=TEXT_LIMIT)


class RestForm(forms.Form):
    """A day to rest until."""

    until = day_field(_("Resting until"), help_text=_("Without a day the deals are taken up again."))


def fields_form(
    request: Request, subject: Subject, changes: Changes | None, asked: Iterable[FieldView] = ()
) -> FieldsForm:
    """The form for fields of such records, with what is wanted so far. Own fields that are `asked` can be emptied."""
    form = FieldsForm(initial=_initial(changes), auto_id="bulk_%s")
    shown = [name for name in FIELDS[subject] if name != "account"]
    fields: dict[str, forms.Field] = {name: _field(name) for name in shown}
    form.fields = {**fields, **form.fields}
    colleagues = [(str(user.uid), user.name) for user in team.users(request.actor) if user.is_active]
    offer(form, "owner", colleagues, _("as it is"))
    can_be_empty = [name for name in shown if subject is not Subject.DEAL or name not in NEVER_EMPTY]
    own = [(form_name(each.key), each.name) for each in asked]
    offer(form, "empty", [(name, label(LABELS, name)) for name in can_be_empty] + own)
    return form


def own_form(
    request: Request, subject: Subject, changes: Changes | None, post: Mapping[str, Any] | None = None
) -> OwnForm:
    """The form for the own fields of such records, with what is wanted so far or what was sent."""
    form = OwnForm(post, auto_id="bulk_%s")
    wanted = changes.custom if changes else {}
    held = {key: value for key, value in wanted.items() if value is not None}
    form.ask_own(fields(subject.value, request.actor), held, request.actor)
    return form


def _field(name: str) -> forms.Field:
    if name == "owner":
        return forms.ChoiceField(label=label(LABELS, name), required=False)
    if name in DAYS:
        return day_field(label(LABELS, name))
    return forms.CharField(label=label(LABELS, name), required=False, max_length=LONG.get(name, NAME_LIMIT))


def _initial(changes: Changes | None) -> dict[str, Any]:
    if changes is None:
        return {}
    emptied = [name for name, value in changes.fields.items() if not value]
    emptied += [form_name(key) for key, value in changes.custom.items() if value is None]
    tags = {"add_tags": ", ".join(changes.add_tags), "remove_tags": ", ".join(changes.remove_tags)}
    return {**changes.fields, **tags, "empty": emptied}


def move_form(processes: Iterable[Process], changes: Changes | None) -> MoveForm:
    """The form for a move: the stages of these processes, and winning."""
    form = MoveForm(initial={"to": changes.to} if changes else {}, auto_id="bulk_%s")
    stages = {stage.key: words(stage.name) for process in processes for stage in process.stages}
    offer(form, "to", [*stages.items(), ("won", _("won"))], _("Choose a stage"))
    return form


def leave_form(processes: Iterable[Process], changes: Changes | None) -> LeaveForm:
    """The form for leaving early: the reasons of these processes."""
    told = {"reason": changes.reason, "lost_to": changes.lost_to, "note": changes.note} if changes else {}
    form = LeaveForm(initial=told, auto_id="bulk_%s")
    reasons = {
        reason.key: words(reason.name)
        for process in processes
        for reason in process.leave
        if reason.outcome != "resting"
    }
    offer(form, "reason", list(reasons.items()), _("Choose a reason"))
    return form


def rest_form(changes: Changes | None) -> RestForm:
    """The form for resting."""
    return RestForm(initial={"until": changes.until} if changes else {}, auto_id="bulk_%s")


def given_changes(
    subject: Subject, post: Mapping[str, Any], emptied: list[str], own: Mapping[str, Any]
) -> dict[str, Any]:
    """What the form says, as the action takes it: only what is filled in, and what is to be emptied.

    `own` are the values of own fields that are filled in.
    """
    act = post.get("act", Act.EDIT.value)
    if act != Act.EDIT:
        return {"act": act} | {name: post.get(name, "") for name in ("to", "reason", "lost_to", "note", "until")}
    filled = {name: value for name in FIELDS[subject] if (value := str(post.get(name, "")).strip())}
    nothing = {name: None if name in DAYS or name in CHOSEN else "" for name in emptied if name in FIELDS[subject]}
    bare = {name.removeprefix(OWN): None for name in emptied if name.startswith(OWN)}
    return {
        "act": act,
        "set": nothing | filled,
        "custom": bare | dict(own),
        "add_tags": split_tags(post.get("add_tags", "")),
        "remove_tags": split_tags(post.get("remove_tags", "")),
    }
