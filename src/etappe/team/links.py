"""One-time links and other secrets that are handed out once: only their hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db.models import QuerySet

from etappe.core.errors import Refusal
from etappe.team.models import Link, User

SETUP, INVITATION = "setup", "invitation"
"""What a link is for: to create the first administrator, or for an invited colleague to choose a password."""

LIFE = {SETUP: timedelta(hours=24), INVITATION: timedelta(days=7)}
"""How long a link may be used."""


def hashed(secret: str) -> bytes:
    """What is kept of a secret. It has 256 bits of chance, so that a plain hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def make_link(purpose: str, at: datetime, user: User | None = None) -> str:
    """A new link's token; it replaces all older ones for the same purpose and colleague."""
    Link.objects.filter(purpose=purpose, user=user, used_at=None).delete()
    token = secrets.token_urlsafe(32)
    Link.objects.create(
        purpose=purpose, token_sha256=hashed(token), user=user, created_at=at, expires_at=at + LIFE[purpose]
    )
    return token


def redeem(token: str, purpose: str, at: datetime) -> Link:
    """The link behind the token, used up by this; refuses one that is unknown, used, replaced or too old."""
    link = _good(Link.objects.select_for_update(), token, purpose, at)
    link.used_at = at
    link.save(update_fields=["used_at"])
    return link


def good(token: str, purpose: str, at: datetime) -> Link:
    """The link; refuses one that `redeem` would refuse. Nothing is used up."""
    return _good(Link.objects.select_related("user__team"), token, purpose, at)


def _good(links: QuerySet[Link], token: str, purpose: str, at: datetime) -> Link:
    link = links.filter(token_sha256=hashed(token), purpose=purpose).first()
    if link is None or link.used_at is not None:
        raise Refusal("link_invalid")
    if link.expires_at <= at:
        raise Refusal("link_expired", at=link.expires_at)
    return link
