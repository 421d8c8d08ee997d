"""What the API gives and takes of accounts and people."""

from __future__ import annotations

import uuid
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from ninja import Schema
from pydantic import BaseModel

from etappe.api.shapes import ListOut, RefOut
from etappe.people.queries import AccountView, PersonView
from etappe.records.duplicates import Likely


class AccountOut(Schema):
    """An account."""

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
    parent: RefOut | None
    owner: RefOut | None
    is_private: bool
    data: dict[str, Any]
    tags: list[str]
    custom: dict[str, Any]
    created_at: datetime


class LikelyOut(Schema):
    """A record that another one is likely the same as: its score of 100, and the codes of the rules that say so."""

    uid: uuid.UUID
    name: str
    score: int
    reasons: list[str]


class AccountMadeOut(AccountOut):
    """An account that was just made."""

    possible_duplicates: list[LikelyOut]


class AccountRowOut(Schema):
    """An account in a list."""

    uid: uuid.UUID
    name: str
    domain: str
    industry: str
    city: str
    country: str
    employees: int | None
    owner: RefOut | None
    is_private: bool
    tags: list[str]
    custom: dict[str, Any]
    created_at: datetime


class AccountsOut(ListOut):
    """A page of accounts."""

    rows: list[AccountRowOut]


class PersonOut(Schema):
    """A person."""

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
    account: RefOut | None
    owner: RefOut | None
    is_private: bool
    data: dict[str, Any]
    tags: list[str]
    custom: dict[str, Any]
    created_at: datetime


class PersonMadeOut(PersonOut):
    """A person who was just made."""

    possible_duplicates: list[LikelyOut]


def made(record: AccountView | PersonView, likely: list[Likely]) -> dict[str, Any]:
    """A new record together with those that it is likely the same as."""
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    return values | {"possible_duplicates": likely}


class PersonRowOut(Schema):
    """A person in a list."""

    uid: uuid.UUID
    name: str
    email: str
    phone: str
    job_title: str
    account: RefOut | None
    owner: RefOut | None
    is_private: bool
    tags: list[str]
    custom: dict[str, Any]
    created_at: datetime


class PeopleOut(ListOut):
    """A page of people."""

    rows: list[PersonRowOut]


class AccountFields(BaseModel, extra="allow"):
    """Fields of an account; only those that are sent are set. One that does not exist is refused by name."""

    name: str | None = None
    domain: str | None = None
    website: str | None = None
    industry: str | None = None
    employees: int | None = None
    revenue: Decimal | None = None
    founded: int | None = None
    phone: str | None = None
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    country: str | None = None
    parent: uuid.UUID | None = None
    owner: uuid.UUID | None = None
    is_private: bool | None = None
    tags: list[str] | None = None
    custom: dict[str, Any] | None = None


class AccountChanges(AccountFields):
    """Changes of an account as it was in version `seen`."""

    seen: int


class PersonFields(BaseModel, extra="allow"):
    """Fields of a person; only those that are sent are set. One that does not exist is refused by name."""

    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    email: str | None = None
    phone: str | None = None
    mobile: str | None = None
    job_title: str | None = None
    department: str | None = None
    profile: str | None = None
    channel: str | None = None
    language: str | None = None
    account: uuid.UUID | None = None
    owner: uuid.UUID | None = None
    is_private: bool | None = None
    tags: list[str] | None = None
    custom: dict[str, Any] | None = None


class PersonChanges(PersonFields):
    """Changes of a person as they were in version `seen`."""

    seen: int
