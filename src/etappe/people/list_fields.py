"""The fields by which accounts and people are filtered, sorted and shown."""

from __future__ import annotations

from functools import cache

from django.db.models import OuterRef
from django.utils.translation import gettext_lazy as _

from etappe.core.actor import Actor
from etappe.journal import filter_fields as make
from etappe.journal.filtering import Field, Kind, Reached, Registry, registry, related
from etappe.journal.walking import by_reference
from etappe.people.countries import code_of
from etappe.people.list_own import OwnFields, own_fields
from etappe.people.scope import visible_accounts, visible_people
from etappe.team import queries as team


def account_fields(own: OwnFields) -> list[Field]:
    """Fields of an account: its columns and the workspace's own fields."""
    return [*_account_columns(), *own["account"]]


def person_fields(own: OwnFields) -> list[Field]:
    """Fields of a person alone."""
    return [*person_columns(), *own["person"]]


def account_registry(viewer: Actor, own_too: bool = True) -> Registry:
    """Every field of accounts that this room knows."""
    return registry("accounts", account_fields(own_fields(viewer, own_too)))


def person_registry(viewer: Actor, own_too: bool = True) -> Registry:
    """Every field of people."""
    own = own_fields(viewer, own_too)
    return registry("people", person_fields(own), fields_of_account(own, "account_id"))


def fields_of_account(own: OwnFields, column: str) -> list[Field]:
    """Fields of the account that a column of the row names."""
    return [*_columns_of_account(column), *related("account", _("Account"), own["account"], account_reached(column))]


# What never changes is made once: a registry has a hundred fields, and every list asks for one.
@cache
def _columns_of_account(column: str) -> tuple[Field, ...]:
    return tuple(related("account", _("Account"), _account_columns(), account_reached(column)))


@cache
def _account_columns() -> tuple[Field, ...]:
    return (
        make.text("name"),
        make.text("domain"),
        make.text("website"),
        make.text("industry"),
        make.number("employees", edit="employees"),
        make.number("revenue", edit="revenue"),
        make.number("founded", edit="founded"),
        make.text("phone"),
        make.text("street"),
        make.text("postcode"),
        make.text("city"),
        make.text("country", read=code_of),
        make.record("parent", Kind.ACCOUNT, account_reached("parent_id")),
        owner(),
        make.tags("tags", _("Tags")),
        make.yes_no("is_private"),
        make.moment("created", _("Created on"), path="created_at", is_known=True),
    )


@cache
def person_columns() -> tuple[Field, ...]:
    """Fields of a person that every workspace has."""
    return (
        make.text("name"),
        make.text("given_name"),
        make.text("family_name"),
        make.text("email"),
        make.text("phone"),
        make.text("mobile"),
        make.text("job_title"),
        make.text("department"),
        make.text("profile"),
        make.text("channel"),
        make.text("language"),
        make.record("account", Kind.ACCOUNT, account_reached("account_id")),
        owner(),
        make.tags("tags", _("Tags")),
        make.yes_no("is_private"),
        make.moment("created", _("Created on"), path="created_at", is_known=True),
    )


def owner() -> Field:
    """Whose record it is."""
    by_name = by_reference("owner_id", team.keys_by_name)
    return make.user("owner", team.user_keys, team.users_of_teams, "owner", order=by_name)


def account_reached(column: str) -> Reached:
    """The account that a column of the row names, if the asker sees it."""
    return lambda asker: visible_accounts(asker.viewer).filter(id=OuterRef(column))


def person_reached(column: str) -> Reached:
    """The person whom a column of the row names, if the asker sees them."""
    return lambda asker: visible_people(asker.viewer).filter(id=OuterRef(column))


ACCOUNT_SORTS = registry("accounts", _account_columns()).sorts()
PERSON_SORTS = registry("people", person_columns()).sorts()
"""The orders of lists: by every column that has one."""
