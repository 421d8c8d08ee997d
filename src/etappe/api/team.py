"""Colleagues and teams over the API."""

from __future__ import annotations

from typing import Any

from ninja import Router

from etappe.api import shapes
from etappe.api.signin import Caller
from etappe.team import queries

router = Router(tags=["team"])


@router.get("/me", response=shapes.MeOut)
def me(request: Caller) -> dict[str, Any]:
    """Whose token this is."""
    actor = request.actor
    return {"name": actor.label, "role": actor.role, "scopes": sorted(actor.scopes or ())}


@router.get("/users", response=list[shapes.UserOut])
def list_users(request: Caller) -> Any:
    """All colleagues."""
    return queries.users(request.actor)


@router.get("/teams", response=list[shapes.TeamOut])
def list_teams(request: Caller) -> Any:
    """All teams."""
    return queries.teams(request.actor)
