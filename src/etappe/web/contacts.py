"""Contacts of an account or a person: listed, logged by hand, withdrawn, brought back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from etappe.core.actor import Actor
from etappe.core.own_fields import FieldKind
from etappe.core.page import Count
from etappe.core.touchpoint import ABOUT_LIMIT, ACTS, CHANNELS, IN, OUT, SOURCE_LIMIT
from etappe.journal.labels import CONTACT_ACTS, CONTACT_CHANNELS, CONTACT_DIRECTIONS, label
from etappe.people import actions_touchpoints as actions
from etappe.people import queries
from etappe.people.queries import AccountView, PersonView
from etappe.people.touchpoints import TouchpointView, Wanted, newest, touchpoints
from etappe.team.access import may, require
from etappe.web.forms import is_written
from etappe.web.records_bin import or_gone
from etappe.web.references import Named, ReferenceField
from etappe.web.shell import Request, go, say, show

SHOWN = 5
"""Contacts that stand on the page of a record itself."""
ICONS = {
    "mail": "mail",
    "call": "phone",
    "meeting": "users",
    "visit": "building",
    "fair": "speakerphone",
    "post": "file-text",
    "web": "link",
    "social": "users-group",
    "message": "message",
    "event": "calendar",
}


@dataclass(frozen=True)
class ContactRow:
    """A contact in words."""

    uid: uuid.UUID
    at: datetime
    icon: str
    direction: str
    is_ours: bool
    channel: str
    act: str
    about: str
    source: str
    met: tuple[str, str] | None
    by: str
    may_withdraw: bool


class MomentField(forms.DateTimeField):
    """A moment, typed as a day and a time where the reader is.

    An hour that the clocks skip or repeat is no mistake of whoever types it: the first one there is is taken.
    """

    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value: Any) -> datetime | None:
        """The moment with the reader's zone."""
        if value in self.empty_values:
            return None
        try:
            typed = datetime.fromisoformat(str(value).strip())
        except ValueError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None
        return typed if typed.tzinfo else typed.replace(tzinfo=timezone.get_current_timezone())


@dataclass(frozen=True)
class Whom:
    """Whom a contact of an account can be with: its first people to choose from, or a search where there are more."""

    account: uuid.UUID
    people: Sequence[Any]
    are_many: bool


class ContactForm(forms.Form):
    """A contact to be logged. On an account it asks for the person, too."""

    what = forms.ChoiceField(label=gettext_lazy("What happened"), initial=f"{OUT}.called")
    channel = forms.ChoiceField(label=gettext_lazy("On which channel"), initial="call")
    happened_at = MomentField(label=gettext_lazy("When"))
    person = forms.ChoiceField(label=gettext_lazy("With whom"), required=False)
    about = forms.CharField(label=gettext_lazy("What it was about"), max_length=ABOUT_LIMIT, required=False)
    source = forms.CharField(label=gettext_lazy("Campaign or occasion"), max_length=SOURCE_LIMIT, required=False)

    def offer(self, whom: Whom | None, viewer: Actor) -> None:
        """Fill in what there is to choose from; None for the page of a person."""
        self._choices("what", [*_acts(OUT), *_acts(IN)])
        self._choices("channel", [(key, label(CONTACT_CHANNELS, key)) for key in CHANNELS])
        if whom is None:
            del self.fields["person"]
        elif whom.are_many:
            named = ReferenceField(FieldKind.PERSON, label=self.fields["person"].label, within=whom.account)
            self.fields["person"] = named
            named.refer(viewer, Named())
        else:
            people = [(str(row.uid), row.name) for row in whom.people]
            self._choices("person", [("", _("nobody in particular")), *people])

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def _acts(side: str) -> list[tuple[str, str]]:
    from_whom = label(CONTACT_DIRECTIONS, side)
    return [(f"{side}.{act}", f"{from_whom}: {label(CONTACT_ACTS, act)}") for act in ACTS[side]]


@dataclass(frozen=True)
class ContactsPart:
    """The newest contacts on the page of a record, and the form for one more."""

    subject: str
    rows: tuple[ContactRow, ...]
    more: bool
    url: str
    form: ContactForm | None


@dataclass(frozen=True)
class ContactsPage:
    """All contacts of a record, page by page."""

    subject: str
    name: str
    back: str
    rows: tuple[ContactRow, ...]
    count: Count
    older: str
    form: ContactForm | None
    narrow: Narrow

    @property
    def is_narrowed(self) -> bool:
        """Whether only some contacts are asked for."""
        return bool(self.narrow.direction or self.narrow.channel)


@dataclass(frozen=True)
class Narrow:
    """Which contacts the address asks for, and what else there is to choose."""

    direction: str
    channel: str
    directions: tuple[tuple[str, str], ...]
    channels: tuple[tuple[str, str], ...]


def part_of(request: Request, found: AccountView | PersonView, whom: Whom | None) -> ContactsPart:
    """The contacts on a record's page; `whom` they can be with on an account's, None on the page of a person."""
    subject = _subject(found)
    rows, more = newest(request.actor, subject, found.id, SHOWN, at=request.at)
    url = reverse(f"{subject}_contacts", args=[found.uid])
    return ContactsPart(subject, tuple(_row(view, subject) for view in rows), more, url, _form(request, whom))


def _subject(found: AccountView | PersonView) -> Literal["account", "person"]:
    return "account" if isinstance(found, AccountView) else "person"


def _with(found: AccountView | PersonView) -> Wanted:
    return Wanted(account=found.id) if isinstance(found, AccountView) else Wanted(person=found.id)


def _form(request: Request, whom: Whom | None, sent: Any = None) -> ContactForm | None:
    """The form, for those who may log; filled with what was `sent`."""
    if not may(request.actor, "contacts.record"):
        return None
    form = ContactForm(sent, initial={"happened_at": request.at.replace(second=0, microsecond=0)})
    form.offer(whom, request.actor)
    return form


@require_http_methods(["GET", "POST"])
@or_gone("account")
def of_account(request: Request, uid: uuid.UUID) -> HttpResponse:
    """All contacts of an account, and one more logged."""
    found = queries.get_account(request.actor, uid)
    people = queries.people(request.actor, where=f"account = {found.uid}")
    return _answered(request, found, Whom(found.uid, people.rows, people.after is not None))


@require_http_methods(["GET", "POST"])
@or_gone("person")
def of_person(request: Request, uid: uuid.UUID) -> HttpResponse:
    """All contacts of a person, and one more logged."""
    return _answered(request, queries.get_person(request.actor, uid), None)


def _answered(request: Request, found: AccountView | PersonView, whom: Whom | None) -> HttpResponse:
    subject, form = _subject(found), _form(request, whom, request.POST or None)

    def write(wanted: dict[str, Any]) -> None:
        side, act = wanted["what"].split(".")
        plain = {name: wanted[name] for name in ("channel", "happened_at", "about", "source")}
        whom: dict[str, Any] = {"person": wanted.get("person") or None, subject: found.uid}
        actions.record({**plain, "direction": side, "act": act, **whom}, actor=request.actor, at=request.at)

    if form is None and request.method == "POST":
        require(request.actor, "contacts.record")
    if form is not None and is_written(request, form, write):
        say(request, _("Contact logged."))
        return go(request, subject, found.uid)
    page = _page(request, found, form)
    return show(request, "people/contacts.html", page, part="rows", status=422 if form and form.errors else 200)


def _page(request: Request, found: AccountView | PersonView, form: ContactForm | None) -> ContactsPage:
    subject, narrow = _subject(found), _narrow(request)
    wanted = replace(_with(found), channel=narrow.channel, direction=narrow.direction)
    page = touchpoints(request.actor, wanted, after=request.GET.get("after") or None)
    here = {name: value for name in ("direction", "channel") if (value := getattr(narrow, name))}
    return ContactsPage(
        subject=subject,
        name=found.name,
        back=reverse(subject, args=[found.uid]),
        rows=tuple(_row(view, subject) for view in page.rows),
        count=page.count,
        older="?" + urlencode({**here, "after": page.after}) if page.after else "",
        form=form,
        narrow=narrow,
    )


def _narrow(request: Request) -> Narrow:
    sides = tuple((key, label(CONTACT_DIRECTIONS, key)) for key in (OUT, IN))
    ways = tuple((key, label(CONTACT_CHANNELS, key)) for key in CHANNELS)
    asked = request.GET.get("direction", ""), request.GET.get("channel", "")
    return Narrow(asked[0] if asked[0] in ACTS else "", asked[1] if asked[1] in CHANNELS else "", sides, ways)


def _row(view: TouchpointView, subject: str) -> ContactRow:
    return ContactRow(
        uid=view.uid,
        at=view.happened_at,
        icon=ICONS[view.channel],
        direction=label(CONTACT_DIRECTIONS, view.direction),
        is_ours=view.direction == OUT,
        channel=label(CONTACT_CHANNELS, view.channel),
        act=label(CONTACT_ACTS, view.act),
        about=view.about,
        source=view.source,
        met=_other(view, subject),
        by=view.user.name if view.user else "",
        may_withdraw=view.may_withdraw,
    )


def _other(view: TouchpointView, subject: str) -> tuple[str, str] | None:
    """With whom it was, seen from a record: on an account's the person, on a person's the account; name and address."""
    other = view.person if subject == "account" else view.account
    return (other.name, reverse("person" if subject == "account" else "account", args=[other.uid])) if other else None


@require_POST
def withdraw(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Let a contact count no longer."""
    gone = actions.withdraw(uid, actor=request.actor, at=request.at)
    say(request, _("Contact withdrawn."), undo=reverse("contact_restore", args=[uid]))
    return go(request, _record(request, gone))


@require_POST
def restore(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Let a contact count again."""
    back = actions.bring_back(uid, actor=request.actor, at=request.at)
    say(request, _("The contact counts again."))
    return go(request, _record(request, back))


def _record(request: Request, view: TouchpointView) -> str:
    """The page of a record that the contact is shown on: the one it was withdrawn on, the account's otherwise."""
    if view.person and (request.POST.get("on") == "person" or view.account is None):
        return reverse("person", args=[view.person.uid])
    assert view.account
    return reverse("account", args=[view.account.uid])
