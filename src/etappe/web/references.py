"""Fields of forms that name a person or an account: typed by name, with names that fit offered while one types."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol, Self
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from etappe.core.actor import Actor
from etappe.core.deal_fields import NAME_LIMIT
from etappe.core.own_fields import FieldKind
from etappe.people import actions as people_actions
from etappe.people import queries as people
from etappe.people.fields import reference_names
from etappe.people.search import accounts_nearly
from etappe.records.duplicates import possible
from etappe.web.shell import Request, show

_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
CHOSEN = "-uid"
"""What the hidden field beside a name is called: which one of the names that were offered was taken."""
NEW_NAMED = "-new"
"""What the box is called that says that the name is a new one; without script there is nothing else to say it."""
NEW = "new"
"""What the hidden field holds then."""


class Referred(Protocol):
    """A record as others name it."""

    @property
    def uid(self) -> Any:
        """Its address."""

    @property
    def name(self) -> str:
        """What it is called."""


class Named(str):
    """A name, with the uid of the record that is meant by it, if that is known."""

    uid: str

    def __new__(cls, name: str = "", uid: Any = "") -> Self:
        """The name, known by its record."""
        made = super().__new__(cls, name)
        made.uid = str(uid)
        return made


class Typed(Named):
    """A name as a form sent it, with what was chosen for it, and whether it was said to be a new one."""

    is_new = False


class NewName(str):
    """The name of a record that is to be made: what a field holds then instead of a uid."""


def named(record: Referred | None) -> Named:
    """The record's name as a field begins with it; an empty one for nothing."""
    return Named(record.name, record.uid) if record else Named()


class ReferenceInput(forms.TextInput):
    """A name as text; with script the names that fit are offered below it."""

    template_name = "records/reference.html"
    kind = FieldKind.ACCOUNT
    may_be_new = False
    within: uuid.UUID | None = None

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """The text with what was chosen for it."""
        del files
        if name not in data:
            return None
        typed = Typed(str(data[name]), data.get(name + CHOSEN, ""))
        typed.is_new = bool(data.get(name + NEW_NAMED))
        return typed

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """What the template draws."""
        context = super().get_context(name, value, attrs)
        # Of what stood there before the uid stays here: it may be of a record that the reader does not see.
        chosen = {"chosen_name": name + CHOSEN, "chosen": value.uid if isinstance(value, Typed) else ""}
        is_new = isinstance(value, Typed) and value.is_new
        is_asked = is_new or "aria-invalid" in context["widget"]["attrs"]
        new = {"may_be_new": self.may_be_new, "new_name": name + NEW_NAMED, "is_new": is_new, "is_asked": is_asked}
        asked = {"new": "1" if self.may_be_new else "", "account": self.within or ""}
        query = urlencode({key: given for key, given in asked.items() if given})
        names = reverse("own_suggest", args=[self.kind.value]) + (f"?{query}" if query else "")
        context["widget"] |= chosen | new | {"names": names}
        return context

    def format_value(self, value: Any) -> str:
        """The name alone."""
        return str(value or "")


class ReferenceField(forms.CharField):
    """A person or an account, typed by name.

    Who is meant has to be clear: one that was chosen among those offered, one name, or the address of the record.
    Where the record `may_be_new`, whoever types says so, and a part of a name means nobody. `within` is the account
    whose people alone are meant.
    """

    def __init__(
        self, kind: FieldKind, *, may_be_new: bool = False, within: uuid.UUID | None = None, **options: Any
    ) -> None:
        self.kind, self.may_be_new, self.within = kind, may_be_new, within
        self.viewer: Actor | None = None
        self.present = Named()
        super().__init__(**{"max_length": NAME_LIMIT, "required": False, "widget": ReferenceInput, **options})
        self.widget.kind, self.widget.may_be_new, self.widget.within = kind, may_be_new, within

    def refer(self, viewer: Actor, present: Named) -> None:
        """Ask `viewer`, beginning with what stands there."""
        self.viewer, self.present = viewer, present

    def is_kept(self, uid: str) -> bool:
        """Whether this is what stood there before: then nothing is written, be it hidden from the viewer or not."""
        return uid == self.present.uid

    def clean(self, value: Any) -> str:
        """The uid of who is meant, or nothing; a `NewName` where one is to be made."""
        text = str(super().clean(value)).strip()
        chosen = getattr(value, "uid", "")
        if not text or (text == self.present and chosen in ("", self.present.uid)):
            return self.present.uid if text else ""
        assert self.viewer is not None
        for uid in [chosen, *_UID.findall(text)[:1]]:
            name = self._seen(uid)
            if name and (uid in text or name == text):
                return str(uid)
        return self._meant(text, value)

    def _seen(self, uid: str) -> str:
        """What the record is called, if the viewer sees it."""
        assert self.viewer is not None
        return reference_names([(self.kind, uid)], self.viewer).get(uid, "") if _UID.fullmatch(uid) else ""

    def _meant(self, text: str, value: Any) -> str:
        assert self.viewer is not None
        fitting = suggested(self.kind, text, self.viewer, self.within)
        exact = [row for row in fitting if row.name.casefold() == text.casefold()]
        if self.may_be_new and not exact:
            return self._made(text, value, [row.name for row in fitting])
        rows = exact or fitting
        if len(rows) == 1:
            return str(rows[0].uid)
        if not rows:
            raise _nobody()
        raise ValidationError(
            _("Several fit: {names}. Paste the address of its page.").format(names=_names(row.name for row in rows)),
            code="many",
        )

    def _made(self, text: str, value: Any, fitting: list[str]) -> NewName:
        """The name as a new one, if that was said. One that is likely there already has to be said by the box."""
        assert self.viewer is not None
        is_taken = getattr(value, "uid", "") == NEW
        if getattr(value, "is_new", False):
            return NewName(text)
        alike = [each.name for each in possible(self.viewer, self.kind.value, {"name": text})]
        near = alike if is_taken else dict.fromkeys([*alike, *fitting])
        if near:
            names = _names(near)
            raise ValidationError(_("Nothing is called exactly so. Similar: {names}.").format(names=names), code="near")
        if is_taken:
            return NewName(text)
        raise _nobody()


def _nobody() -> ValidationError:
    return ValidationError(_("Nobody and nothing is called so."), code="nobody")


def _names(names: Iterable[str]) -> str:
    return ", ".join(islice(names, 5))


@dataclass(frozen=True)
class Suggestions:
    """What is offered below a field. `new` is the name of a record that could be made."""

    found: tuple[people.PersonRef | people.SuggestedAccount, ...]
    new: str
    are_alike: bool
    """Whether nothing is called so, and these are called nearly so."""


def refer(form: forms.Form, name: str, viewer: Actor) -> None:
    """Let a form's field ask `viewer`, beginning with what the form begins with."""
    field = form.fields[name]
    assert isinstance(field, ReferenceField)
    field.refer(viewer, form.get_initial_for_field(field, name) or Named())


def with_account(request: Request, values: dict[str, Any]) -> dict[str, Any]:
    """The values of a form; an account that is named as a new one is made now, in the transaction of whoever writes."""
    name = values.get("account")
    if not isinstance(name, NewName):
        return values
    made = people_actions.create_account({"name": str(name)}, actor=request.actor, at=request.at)
    return values | {"account": str(made.uid)}


def suggested(
    kind: FieldKind | str, text: str, viewer: Actor, within: uuid.UUID | None = None
) -> list[people.PersonRef] | list[people.SuggestedAccount]:
    """People, of one account where it is given, or accounts whose name fits what was typed."""
    if not text.strip():
        return []
    if kind == FieldKind.PERSON:
        return people.suggest_people(viewer, text, within)
    return people.suggest_accounts(viewer, text)


@require_GET
def suggest(request: Request, kind: str) -> HttpResponse:
    """Names for the list under a field that names a person or an account."""
    text = request.GET.get("q", "").strip()
    within = request.GET.get("account", "")
    found = suggested(kind, text, request.actor, uuid.UUID(within) if _UID.fullmatch(within) else None)
    is_known = any(row.name.casefold() == text.casefold() for row in found)
    new = text[:NAME_LIMIT] if request.GET.get("new") and text and not is_known else ""
    alike = accounts_nearly(request.actor, text) if kind == FieldKind.ACCOUNT and not found else []
    return show(request, "records/suggestions.html", Suggestions(tuple(found or alike), new, bool(alike)))
