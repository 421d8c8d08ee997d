"""Columns of a deal from what a form or the API gives: plain fields cleaned, links to other records resolved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from etappe.core.actor import Actor
from etappe.core.deal_fields import clean_fields
from etappe.core.errors import Refusal
from etappe.core.tags import clean_tags
from etappe.people import queries as people
from etappe.people.fields import own_values
from etappe.team import queries as team


def columns_from(values: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """The columns that these values set. Besides the plain fields: `owner`, `account`, `next_step_person` as uids."""
    links = {field: value for field, value in values.items() if field in _LINKS}
    columns = clean_fields({field: value for field, value in values.items() if field not in {*_LINKS, "custom"}})
    for field, value in links.items():
        columns |= _LINKS[field](value, actor)
    return columns


def own_column(
    present: Mapping[str, Any], values: Mapping[str, Any], actor: Actor, team_id: int | None
) -> dict[str, Any]:
    """The column of own values, where some are given; a deal has the fields of its team beside those of the actor."""
    return {"custom": own_values("deal", present, values["custom"], actor, team_id)} if "custom" in values else {}


def _owner(value: Any, actor: Actor) -> dict[str, Any]:
    del actor
    if value is None:
        raise Refusal("field_required", field="owner")
    user = team.user_by_uid(value)
    return {"owner_id": user.id, "team_id": user.team_id}


def _account(value: Any, actor: Actor) -> dict[str, Any]:
    return {"account_id": people.account_id(actor, value) if value else None}


def _next_step_person(value: Any, actor: Actor) -> dict[str, Any]:
    return {"next_step_person_id": people.person_id(actor, value) if value else None}


def _tags(value: Any, actor: Actor) -> dict[str, Any]:
    del actor
    return {"tags": clean_tags("tags", value)}


_LINKS = {"owner": _owner, "account": _account, "next_step_person": _next_step_person, "tags": _tags}
