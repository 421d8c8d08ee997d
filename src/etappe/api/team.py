"""Colleagues and teams over the API."""

from __future__ import annotations

from typing import Any

from ninja import Router

from etappe.api import shapes
from etappe.api.signin import Caller
from etappe.team import actions, queries

router = Router(tags=["team"])


@router.get("/me", response=shapes.MeOut)
def me(request: Caller) -> dict[str, Any]:
    """Whose token this is, and their own settings."""
    return _me(request, queries.user_by_id(request.actor.id or 0))


@router.patch("/me", response=shapes.MeOut)
def edit_me(request: Caller, body: shapes.MeIn) -> dict[str, Any]:
    """Change one's own settings."""
    changes = body.model_dump(exclude_unset=True)
    return _me(request, actions.edit_profile(changes, actor=request.actor, at=request.at))


def _me(request: Caller, user: queries.UserView) -> dict[str, Any]:
    scopes = sorted(request.actor.scopes or ())
    own = {"language": user.language, "theme": user.theme, "density": user.density}
    return {"name": user.name, "role": request.actor.role, "scopes": scopes} | own


@router.get("/users", response=list[shapes.UserOut])
def list_users(request: Caller) -> Any:
    """All colleagues."""
    return queries.users(request.actor)


@router.get("/teams", response=list[shapes.TeamOut])
def list_teams(request: Caller) -> Any:
    """All teams."""
    return queries.teams(request.actor)
