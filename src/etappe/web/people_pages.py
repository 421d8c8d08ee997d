"""Accounts and people: lists, records, forms, notes."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from etappe.core.actor import Actor
from etappe.core.errors import Forbidden, Missing, Refusal, Stale
from etappe.core.filters import EVERYTHING, Condition, Node, Op, Value
from etappe.deals import queries as deals
from etappe.deals.shapes import DealRow
from etappe.journal.refusals import Said
from etappe.people import actions, queries
from etappe.people.fields import fields
from etappe.people.merging import merged_keys
from etappe.people.queries import AccountView, PersonRow, PersonView
from etappe.records.duplicates import Likely
from etappe.records.lists import SUBJECTS
from etappe.team import queries as team
from etappe.team.access import may, require
from etappe.web.contacts import ContactsPart, Whom, part_of
from etappe.web.deals_answers import complain, seen_of
from etappe.web.deals_forms import Conflict, as_uid, conflicts, offer
from etappe.web.lists import ListPart, list_part, read_state
from etappe.web.lists_opened import Opened, open_view
from etappe.web.own_fields import WithOwnFields
from etappe.web.people_forms import AccountForm, NoteForm, PersonForm, initial_of
from etappe.web.people_timeline import Story, story
from etappe.web.record_parts import RecordParts, parts_of
from etappe.web.records_acts import Acts, acts_on
from etappe.web.records_bin import or_gone
from etappe.web.records_duplicates import likely_to
from etappe.web.references import named, refer, with_account
from etappe.web.shell import Request, go, say, show, today

NAMED = 12
"""People that stand on the page of their account; what else is known of it should not lie far below them."""


@dataclass(frozen=True)
class ListPage:
    """A page of accounts or of people."""

    list: ListPart
    views: Opened
    search: str
    may_edit: bool
    may_import: bool

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all, rather than nothing that fits."""
        return not (self.list.rows or self.search or self.list.is_narrowed or self.list.problem)


@dataclass(frozen=True)
class AccountPage:
    """An account with its people, deals and record."""

    account: AccountView
    people: tuple[PersonRow, ...]
    more_people: bool
    deals: tuple[DealRow, ...]
    more_deals: bool
    contacts: ContactsPart
    story: Story
    note: NoteForm
    parts: RecordParts
    may_edit: bool
    may_note: bool
    may_deal: bool
    acts: Acts


@dataclass(frozen=True)
class PersonPage:
    """A person with their record."""

    person: PersonView
    contacts: ContactsPart
    story: Story
    note: NoteForm
    parts: RecordParts
    may_edit: bool
    may_note: bool
    acts: Acts


@dataclass(frozen=True)
class FormPage:
    """A form for an account or a person; where a colleague was quicker, with both states."""

    form: WithOwnFields
    title: str
    back: str
    seen: int | None = None
    conflicts: tuple[Conflict, ...] = ()
    said: Said | None = None
    likely: tuple[Likely, ...] = ()


@require_GET
def accounts(request: Request) -> HttpResponse:
    """All accounts the viewer may see, by name, as far as the address does not say otherwise."""
    page = _list_page(request, "accounts")
    return show(request, "people/accounts.html", page, part="rows", status=422 if page.list.problem else 200)


@require_GET
def people(request: Request) -> HttpResponse:
    """All people the viewer may see, by name; of one account, if the address names it."""
    account = as_uid(request.GET.get("account", ""))
    quick = Condition("account", Op.IS, (Value(str(account)),)) if account else EVERYTHING
    page = _list_page(request, "people", quick)
    return show(request, "people/people.html", page, part="rows", status=422 if page.list.problem else 200)


def _list_page(request: Request, subject: str, quick: Node = EVERYTHING) -> ListPage:
    search = request.GET.get("q", "").strip()
    views = open_view(request, subject)
    part = list_part(request, read_state(request, SUBJECTS[subject], quick, search))
    return ListPage(part, views, search, may(request.actor, "people.edit"), may(request.actor, "imports.run"))


@require_GET
@or_gone("account")
def account(request: Request, uid: uuid.UUID) -> HttpResponse:
    """An account's record."""
    found = queries.get_account(request.actor, uid)
    return show(request, "people/account.html", _account_page(request, found, NoteForm()), part="story")


def _account_page(request: Request, found: AccountView, note: NoteForm) -> AccountPage:
    viewer = request.actor
    persons = queries.people(viewer, where=f"account = {found.uid}")
    owned = deals.deals(viewer, deals.DealFilter(account=found.uid), sort="-created", today=today(request))
    return AccountPage(
        account=found,
        people=persons.rows[:NAMED],
        more_people=len(persons.rows) > NAMED or persons.after is not None,
        deals=owned.rows,
        more_deals=owned.after is not None,
        contacts=part_of(request, found, Whom(found.uid, persons.rows, persons.after is not None)),
        story=story(viewer, request.at, account=merged_keys("account", found.id), before=_before(request)),
        note=note,
        parts=parts_of(request, "account", found, may_edit=may(viewer, "people.edit")),
        may_edit=may(viewer, "people.edit"),
        may_note=may(viewer, "notes.write"),
        may_deal=may(viewer, "deals.create"),
        acts=acts_on(viewer, "account", found),
    )


def _before(request: Request) -> int | None:
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@require_GET
@or_gone("person")
def person(request: Request, uid: uuid.UUID) -> HttpResponse:
    """A person's record."""
    found = queries.get_person(request.actor, uid)
    return show(request, "people/person.html", _person_page(request, found, NoteForm()), part="story")


def _person_page(request: Request, found: PersonView, note: NoteForm) -> PersonPage:
    viewer = request.actor
    return PersonPage(
        person=found,
        contacts=part_of(request, found, None),
        story=story(viewer, request.at, person=merged_keys("person", found.id), before=_before(request)),
        note=note,
        parts=parts_of(request, "person", found, may_edit=may(viewer, "people.edit")),
        may_edit=may(viewer, "people.edit"),
        may_note=may(viewer, "notes.write"),
        acts=acts_on(viewer, "person", found),
    )


@require_POST
def account_note(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Write a note on an account."""
    found = queries.get_account(request.actor, uid)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return show(request, "people/account.html", _account_page(request, found, form), status=422)
    actions.write_note(form.cleaned_data["text"], account=uid, actor=request.actor, at=request.at)
    say(request, _("Saved."))
    return go(request, "account", uid)


@require_POST
def person_note(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Write a note on a person."""
    found = queries.get_person(request.actor, uid)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return show(request, "people/person.html", _person_page(request, found, form), status=422)
    actions.write_note(form.cleaned_data["text"], person=uid, actor=request.actor, at=request.at)
    say(request, _("Saved."))
    return go(request, "person", uid)


@require_http_methods(["GET", "POST"])
def new_account(request: Request) -> HttpResponse:
    """A new account."""
    require(request.actor, "people.edit")
    form = AccountForm(request.POST or None, initial={"owner": _own_uid(request.actor)})
    _complete(request, form, "account")
    page = FormPage(form, _("New account"), reverse("accounts"), likely=likely_to(request, "account", form))

    def write() -> uuid.UUID:
        return actions.create_account(form.values(), actor=request.actor, at=request.at).uid

    return _written(request, page, write, "account")


@require_http_methods(["GET", "POST"])
def new_person(request: Request) -> HttpResponse:
    """A new person, of the account that the address names."""
    require(request.actor, "people.edit")
    account_uid = as_uid(request.GET.get("account", ""))
    account = queries.get_account(request.actor, account_uid) if account_uid else None
    form = PersonForm(request.POST or None, initial={"owner": _own_uid(request.actor), "account": named(account)})
    _complete(request, form, "person")
    back = reverse("account", args=[account_uid]) if account_uid else reverse("people")
    page = FormPage(form, _("New person"), back, likely=likely_to(request, "person", form))

    def write() -> uuid.UUID:
        with transaction.atomic():
            given = with_account(request, form.values() | {"account": form.cleaned_data["account"] or None})
            return actions.create_person(given, actor=request.actor, at=request.at).uid

    return _written(request, page, write, "person")


@require_http_methods(["GET", "POST"])
def edit_account(request: Request, uid: uuid.UUID) -> HttpResponse:
    """An account's fields. Who is second sees both states and loses nothing."""
    found = queries.get_account(request.actor, uid)
    require(request.actor, "people.edit")
    form = AccountForm(request.POST or None, initial=initial_of(found))
    _complete(request, form, "account", found.custom)
    page = FormPage(form, _("Edit the account"), reverse("account", args=[uid]), _seen(request, found.version))

    def write() -> uuid.UUID:
        seen = _seen(request, found.version)
        return actions.edit_account(uid, form.values(), seen=seen, actor=request.actor, at=request.at).uid

    return _written(request, page, write, "account", initial_of(found))


@require_http_methods(["GET", "POST"])
def edit_person(request: Request, uid: uuid.UUID) -> HttpResponse:
    """A person's fields. Who is second sees both states and loses nothing."""
    found = queries.get_person(request.actor, uid)
    require(request.actor, "people.edit")
    form = PersonForm(request.POST or None, initial=initial_of(found))
    _complete(request, form, "person", found.custom)
    page = FormPage(form, _("Edit the person"), reverse("person", args=[uid]), _seen(request, found.version))

    def write() -> uuid.UUID:
        seen = _seen(request, found.version)
        with transaction.atomic():
            given = with_account(request, form.values())
            return actions.edit_person(uid, given, seen=seen, actor=request.actor, at=request.at).uid

    return _written(request, page, write, "person", initial_of(found))


def _complete(request: Request, form: WithOwnFields, subject: str, values: Mapping[str, Any] | None = None) -> None:
    """Offer the colleagues and the accounts, and ask for the workspace's own fields."""
    offer(form, "owner", _colleagues(request), "")
    refer(form, "parent" if subject == "account" else "account", request.actor)
    form.ask_own(fields(subject, request.actor), values or {}, request.actor)


def _seen(request: Request, present: int) -> int:
    seen = seen_of(request)
    return present if seen is None else seen


def _written(
    request: Request,
    page: FormPage,
    write: Callable[[], uuid.UUID],
    record: str,
    present: dict[str, Any] | None = None,
) -> HttpResponse:
    """Write what the form holds and go on to the record; a no is shown in the form, with all that was typed."""
    if request.method != "POST" or page.likely or not page.form.is_valid():
        return show(request, "people/form.html", page, status=422 if page.form.errors else 200)
    try:
        uid = write()
    except (Forbidden, Missing):
        raise
    except Refusal as refusal:
        again = _again(page, refusal, present or {})
        return show(request, "people/form.html", again, status=refusal.status)
    say(request, _("Saved."))
    return go(request, record, uid)


def _again(page: FormPage, refusal: Refusal, present: dict[str, Any]) -> FormPage:
    """The form once more. After a colleague's change it shows both states, and saving means to keep one's own."""
    said = complain(page.form, refusal)
    if not isinstance(refusal, Stale):
        return replace(page, said=said)
    both = conflicts(page.form, present | page.form.own_initial())
    return replace(page, said=said, seen=refusal.params["now"], conflicts=both)


def _colleagues(request: Request) -> list[tuple[str, str]]:
    return [(str(user.uid), user.name) for user in team.users(request.actor) if user.is_active]


def _own_uid(actor: Actor) -> str:
    return str(team.user_by_id(actor.id).uid) if actor.id else ""
