"""Who calls: a bearer token, read once per request."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja.security import HttpBearer

from etappe.core.actor import Actor
from etappe.journal.clock import now
from etappe.team.actions import actor_by_token


class Caller(HttpRequest):
    """A request whose caller and moment are known."""

    actor: Actor
    at: datetime


class Bearer(HttpBearer):
    """`Authorization: Bearer <token>`."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """The actor behind the token, also kept on the request."""
        return actor_behind(request, token)


def actor_behind(request: HttpRequest, token: str) -> Actor | None:
    """The actor behind the token; a request asks the database once."""
    if not hasattr(request, "api_actor"):
        at = now()
        request.at, request.api_actor = at, actor_by_token(token, at)  # type: ignore[attr-defined]
        request.actor = request.api_actor  # type: ignore[attr-defined]
    found: Actor | None = request.api_actor  # type: ignore[attr-defined]
    return found


def bearer_of(request: HttpRequest) -> str:
    """The token the request carries, or nothing."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""
