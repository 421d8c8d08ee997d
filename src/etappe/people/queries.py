"""Reading accounts and people."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Lower

from etappe.core.actor import SYSTEM, Actor
from etappe.core.contact import canonical_email, domain_of_email
from etappe.core.errors import Missing
from etappe.core.filters import Node
from etappe.core.mail_checks import address_key
from etappe.core.page import Page
from etappe.core.search import spellings
from etappe.journal.fields import Fold
from etappe.journal.filtering import Asker, Fields, filtered, sorts_for
from etappe.journal.paging import page_of
from etappe.journal.queries import EntryView
from etappe.journal.statements import AnyOf, Statement
from etappe.people.list_fields import ACCOUNT_SORTS, PERSON_SORTS, account_registry, person_registry
from etappe.people.models import Account, Person
from etappe.people.scope import sees_everything as sees_everything
from etappe.people.scope import visible_accounts as visible_accounts
from etappe.people.scope import visible_people as visible_people
from etappe.team.queries import UserRef, as_uuid, user_names, workspace

SUGGESTIONS = 10
"""Rows that a picker shows."""

M = TypeVar("M", Account, Person)

_UNSEARCHABLE = re.compile("[\x00\ud800-\udfff]")
"""What PostgreSQL cannot hold, so that nothing is named so."""


@dataclass(frozen=True)
class AccountRef:
    """An account by name."""

    uid: uuid.UUID
    name: str


@dataclass(frozen=True)
class SuggestedAccount(AccountRef):
    """An account in a picker, with what tells it from others of the same name."""

    city: str
    domain: str


@dataclass(frozen=True)
class PersonRef:
    """A person by name and address, with the key of their account."""

    id: int
    uid: uuid.UUID
    name: str
    email: str
    account_id: int | None
    job_title: str = ""


@dataclass(frozen=True)
class AccountView:
    """An account with all its fields."""

    id: int
    uid: uuid.UUID
    version: int
    name: str
    domain: str
    website: str
    industry: str
    employees: int | None
    revenue: Decimal | None
    founded: int | None
    phone: str
    street: str
    postcode: str
    city: str
    country: str
    parent: AccountRef | None
    owner: UserRef | None
    is_private: bool
    data: Mapping[str, Any]
    tags: Sequence[str]
    custom: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True)
class AccountRow:
    """An account in a list."""

    id: int
    uid: uuid.UUID
    name: str
    domain: str
    industry: str
    city: str
    country: str
    employees: int | None
    owner: UserRef | None
    is_private: bool
    created_at: datetime
    tags: Sequence[str]
    custom: Mapping[str, Any]


@dataclass(frozen=True)
class PersonView:
    """A person with all their fields."""

    id: int
    uid: uuid.UUID
    version: int
    name: str
    given_name: str
    family_name: str
    email: str
    phone: str
    mobile: str
    job_title: str
    department: str
    profile: str
    channel: str
    language: str
    account_id: int | None
    account: AccountRef | None
    owner: UserRef | None
    is_private: bool
    data: Mapping[str, Any]
    tags: Sequence[str]
    custom: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True)
class PersonRow:
    """A person in a list."""

    id: int
    uid: uuid.UUID
    name: str
    email: str
    phone: str
    job_title: str
    account: AccountRef | None
    owner: UserRef | None
    is_private: bool
    created_at: datetime
    tags: Sequence[str]
    custom: Mapping[str, Any]


# --- Who sees what ---


def account_id(viewer: Actor, uid: uuid.UUID | str) -> int:
    """The key of an account that the viewer sees; otherwise `Missing`."""
    return _key_of(visible_accounts(viewer).filter(uid=as_uuid(uid)).values_list("id", flat=True).first())


def person_id(viewer: Actor, uid: uuid.UUID | str) -> int:
    """The key of a person whom the viewer sees; otherwise `Missing`."""
    return _key_of(visible_people(viewer).filter(uid=as_uuid(uid)).values_list("id", flat=True).first())


def survivor(viewer: Actor, subject: str, key: int) -> uuid.UUID | None:
    """The uid of the record that stands for a merged one today, if the viewer sees it."""
    model = Account if subject == "account" else Person
    into: int | None = key
    seen: set[int] = set()
    while into is not None and into not in seen:
        seen.add(into)
        key, into = into, model.objects.values_list("merged_into_id", flat=True).get(id=into)
    rows = visible_accounts(viewer) if subject == "account" else visible_people(viewer)
    return rows.filter(id=key).values_list("uid", flat=True).first()


def without_hidden(viewer: Actor, entries: Sequence[EntryView]) -> list[EntryView]:
    """The entries but those about people whom the viewer does not see. Entries of a deal follow the deal."""
    named = {entry.person_id for entry in entries if entry.person_id is not None and entry.deal_id is None}
    rows = visible_people(viewer, archived=None)
    seen = set(rows.filter(id__in=named).values_list("id", flat=True)) if named else set()
    return [entry for entry in entries if entry.person_id not in named - seen or entry.deal_id is not None]


def known_person(uid: uuid.UUID | str) -> int:
    """The key of a person whoever sees them; for records that name this person already. Otherwise `Missing`."""
    return _key_of(Person.objects.filter(uid=as_uuid(uid)).values_list("id", flat=True).first())


def _key_of(found: int | None) -> int:
    if found is None:
        raise Missing
    return found


# --- Names, for records that refer to them: what a viewer may see of a deal includes these names ---


def account_names(ids: Iterable[int | None]) -> dict[int, AccountRef]:
    """Names of accounts by key."""
    wanted = {item for item in ids if item is not None}
    rows = _ACCOUNTS(list(wanted)) if wanted else ()
    return {key: AccountRef(uid, name) for key, uid, name in rows}


_ACCOUNTS = Statement(lambda keys: Account.objects.filter(AnyOf("id", keys)).values_list("id", "uid", "name"))


def person_names(ids: Iterable[int | None]) -> dict[int, PersonRef]:
    """Names and addresses of people by key."""
    wanted = {item for item in ids if item is not None}
    return {person.id: person_ref(person) for person in _PEOPLE(list(wanted))} if wanted else {}


_PEOPLE = Statement(lambda keys: Person.objects.filter(AnyOf("id", keys)))


def people_by_uid(uids: Iterable[uuid.UUID]) -> list[PersonRef]:
    """The people with these uids, by name."""
    wanted = set(uids)
    return [person_ref(person) for person in Person.objects.filter(uid__in=wanted)] if wanted else []


def person_ref(person: Person) -> PersonRef:
    """The person by name."""
    return PersonRef(person.id, person.uid, person.name, person.email, person.account_id, person.job_title)


# --- Who belongs to the buyer's side ---


def people_of_account(account: int) -> list[PersonRef]:
    """Everybody at the account with this key, by name."""
    found = Person.objects.filter(account=account).order_by(Fold("name"), "id")
    return [person_ref(person) for person in found]


def find_people_by_email(addresses: Iterable[str], *, viewer: Actor = SYSTEM) -> dict[str, tuple[PersonRef, ...]]:
    """Who has these addresses: canonical address (`core.contact.canonical_email`) to all people with it, oldest first.

    Only people the viewer sees. Several may share an address; whoever asks picks by `account_id`. Texts that are no
    address are left out.
    """
    wanted = {address for text in addresses if (address := canonical_email(text))}
    found: dict[str, tuple[PersonRef, ...]] = {}
    people_seen = visible_people(viewer).alias(lower=Lower("email"))
    for person in people_seen.filter(lower__in=wanted).exclude(email="").order_by("id"):
        key = person.email.lower()
        found[key] = (*found.get(key, ()), person_ref(person))
    return found


def buyer_people(addresses: Iterable[str], *, account: int | None, people: Iterable[int]) -> dict[str, str]:
    """Who of the buyer's side has which address: address to uid, as text.

    The people of the account with one of these mailboxes, and all of `people` (the buying centre).
    """
    keys = {address_key(address) for address in addresses}
    centre = set(people)
    at_account = Q(account=account) if account is not None else Q(pk__in=())
    found = Person.objects.filter(at_account | Q(id__in=centre)).exclude(email="").order_by("id")
    rows = found.values_list("id", "email", "uid")
    # The oldest of several with one address wins, whatever order the rows come in.
    mapped: dict[str, str] = {}
    for key, email, uid in rows:
        if key in centre or address_key(email) in keys:
            mapped.setdefault(email, str(uid))
    return mapped


def account_domains(account: int) -> set[str]:
    """Domains of the account with this key: its own, and those of its people's addresses; never a freemail one."""
    own = Account.objects.filter(Q(id=account) | Q(merged_into=account)).values_list("domain", flat=True)
    addresses = Person.objects.filter(account=account).exclude(email="").values_list("email", flat=True)
    return {domain for domain in (*own, *(domain_of_email(address) for address in addresses)) if domain}


# --- One record ---


def get_account(viewer: Actor, uid: uuid.UUID | str) -> AccountView:
    """The account, or `Missing`."""
    found = visible_accounts(viewer).select_related("parent").filter(uid=as_uuid(uid)).first()
    if found is None:
        raise Missing
    return account_view(found, viewer)


def account_view(account: Account, viewer: Actor) -> AccountView:
    """The account with all its fields. A parent that is private to somebody else is not named."""
    plain = {name: getattr(account, name) for name in _ACCOUNT_FIELDS}
    parent = account.parent if account.parent and _sees(viewer, account.parent) else None
    return AccountView(
        **plain,
        parent=AccountRef(parent.uid, parent.name) if parent else None,
        owner=user_names([account.owner_id]).get(account.owner_id or 0),
    )


def _sees(viewer: Actor, account: Account) -> bool:
    is_own = viewer.id is not None and viewer.id == account.owner_id
    return not account.is_private or is_own or sees_everything(viewer)


_LINKS = {"parent", "owner", "account"}
_ACCOUNT_FIELDS = [name for name in AccountView.__dataclass_fields__ if name not in _LINKS]
_PERSON_FIELDS = [name for name in PersonView.__dataclass_fields__ if name not in _LINKS]


def get_person(viewer: Actor, uid: uuid.UUID | str) -> PersonView:
    """The person, or `Missing`."""
    found = visible_people(viewer).select_related("account").filter(uid=as_uuid(uid)).first()
    if found is None:
        raise Missing
    return person_view(found)


def person_view(person: Person) -> PersonView:
    """The person with all their fields."""
    plain = {name: getattr(person, name) for name in _PERSON_FIELDS}
    return PersonView(
        **plain,
        account=_account_ref(person),
        owner=user_names([person.owner_id]).get(person.owner_id or 0),
    )


def _account_ref(person: Person) -> AccountRef | None:
    return AccountRef(person.account.uid, person.account.name) if person.account else None


# --- What somebody has chosen, for work on many records ---


def selected(viewer: Actor, subject: str, uids: Sequence[uuid.UUID], limit: int) -> list[int]:
    """The keys of these accounts or people, as far as the viewer sees them; at most `limit`."""
    seen = visible_accounts(viewer) if subject == "account" else visible_people(viewer)
    return list(seen.filter(uid__in=list(uids)).order_by("id").values_list("id", flat=True)[:limit])


def selected_accounts(
    viewer: Actor, where: str, but: Collection[uuid.UUID], limit: int, *, fields: Fields, today: date
) -> list[int]:
    """The keys of all accounts that the filter leaves, but those in `but`; at most `limit`."""
    found = filtered(visible_accounts(viewer), where, fields, _asker(viewer, today)).exclude(uid__in=list(but))
    return list(found.order_by("id").values_list("id", flat=True)[:limit])


def selected_people(viewer: Actor, where: str, but: Collection[uuid.UUID], limit: int, *, today: date) -> list[int]:
    """The keys of all people that the filter leaves, but those in `but`; at most `limit`."""
    found = filtered(visible_people(viewer), where, person_registry, _asker(viewer, today))
    return list(found.exclude(uid__in=list(but)).order_by("id").values_list("id", flat=True)[:limit])


# --- Lists ---


def accounts(
    viewer: Actor,
    *,
    search: str | None = None,
    where: str | Node = "",
    fields: Fields = account_registry,
    sort: str = "name",
    after: str | None = None,
    today: date | None = None,
) -> Page[AccountRow]:
    """A page of accounts. `search` finds names, whatever case and accents, and beginnings of the domain.

    `where` is a filter; `fields` its fields, where a room above knows more of them. Relative days need `today`.
    """
    rows = filtered(visible_accounts(viewer), where, fields, _asker(viewer, today))
    sorts = sorts_for(sort, ACCOUNT_SORTS, fields, viewer)
    page = page_of(found_by_text(rows, search, "domain"), sorts, sort, after, lambda account: account)
    owners = user_names(account.owner_id for account in page.rows)
    return Page(tuple(_account_row(account, owners) for account in page.rows), page.after, page.count)


def account_rows(found: Iterable[Account]) -> list[AccountRow]:
    """These accounts as rows of a list."""
    rows = list(found)
    owners = user_names(account.owner_id for account in rows)
    return [_account_row(account, owners) for account in rows]


def person_rows(found: Iterable[Person]) -> list[PersonRow]:
    """These people as rows of a list."""
    rows = list(found)
    owners = user_names(person.owner_id for person in rows)
    return [_person_row(person, owners) for person in rows]


def _account_row(account: Account, owners: Mapping[int, UserRef]) -> AccountRow:
    return AccountRow(
        id=account.id,
        uid=account.uid,
        name=account.name,
        domain=account.domain,
        industry=account.industry,
        city=account.city,
        country=account.country,
        employees=account.employees,
        owner=owners.get(account.owner_id or 0),
        is_private=account.is_private,
        created_at=account.created_at,
        tags=account.tags,
        custom=account.custom,
    )


def people(
    viewer: Actor,
    *,
    search: str | None = None,
    where: str | Node = "",
    sort: str = "name",
    after: str | None = None,
    today: date | None = None,
) -> Page[PersonRow]:
    """A page of people. `search` finds names, whatever case and accents, and beginnings of the address."""
    found = found_people(viewer, search, where, today)
    sorts = sorts_for(sort, PERSON_SORTS, person_registry, viewer)
    page = page_of(found, sorts, sort, after, lambda person: person)
    owners = user_names(person.owner_id for person in page.rows)
    return Page(tuple(_person_row(person, owners) for person in page.rows), page.after, page.count)


def found_people(viewer: Actor, search: str | None, where: str | Node, today: date | None) -> QuerySet[Person]:
    """The people that a search and a filter find, for lists and files; with their account."""
    rows = visible_people(viewer).select_related("account")
    return found_by_text(filtered(rows, where, person_registry, _asker(viewer, today)), search, "email")


def _person_row(person: Person, owners: Mapping[int, UserRef]) -> PersonRow:
    return PersonRow(
        id=person.id,
        uid=person.uid,
        name=person.name,
        email=person.email,
        phone=person.phone or person.mobile,
        job_title=person.job_title,
        account=_account_ref(person),
        owner=owners.get(person.owner_id or 0),
        is_private=person.is_private,
        created_at=person.created_at,
        tags=person.tags,
        custom=person.custom,
    )


def _asker(viewer: Actor, today: date | None) -> Asker:
    return Asker(viewer, today or date.min, lambda: workspace().zone)


def found_by_text(found: QuerySet[M], text: str | None, beside: str) -> QuerySet[M]:
    """The rows whose name holds the text, or whose column `beside` (if any) begins with it; all where there is no text.

    Umlauts go both ways. One or two letters are looked for at the beginning of names only: in the middle they are
    everywhere.
    """
    part = _UNSEARCHABLE.sub("", text or "").strip()
    if not part:
        return found
    # Two sets of ids, each found by an index of its own; one condition with OR would have to read every row.
    rows: QuerySet[M] = found.model._default_manager.all()
    way = "contains" if len(part) > 2 else "startswith"
    written_as = [Q(**{f"folded__{way}": Fold(Value(one))}) for one in spellings(part.lower())]
    named = rows.alias(folded=Fold(F("name"))).filter(reduce(or_, written_as))
    if not beside:
        return found.filter(id__in=named.values("id"))
    written = rows.exclude(**{beside: ""}).alias(low=Lower(beside)).filter(low__startswith=part.lower())
    return found.filter(id__in=named.values("id").union(written.values("id")))


def suggest_accounts(viewer: Actor, text: str) -> list[SuggestedAccount]:
    """Accounts for a picker: those whose name holds the text, names that begin with it first."""
    found = _suggested(found_by_text(visible_accounts(viewer), text, "domain"), text)
    return [SuggestedAccount(account.uid, account.name, account.city, account.domain) for account in found]


def suggest_people(viewer: Actor, text: str, account: uuid.UUID | None = None) -> list[PersonRef]:
    """People for a picker, of one account where it is given."""
    within = Q(account__uid=account) if account else Q()
    found = _suggested(found_by_text(visible_people(viewer).filter(within), text, "email"), text)
    return [person_ref(person) for person in found]


def _suggested(found: QuerySet[M], text: str) -> list[M]:
    part = _UNSEARCHABLE.sub("", text).strip()
    named = found.alias(name_folded=Fold(F("name")))
    begins = Case(When(name_folded__startswith=Fold(Value(part)), then=0), default=1, output_field=IntegerField())
    return list(named.order_by(begins, "name_folded", "id")[:SUGGESTIONS])
