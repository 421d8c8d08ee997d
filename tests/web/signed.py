"""People of the cast at their browsers."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from tests.cast import email


class Signed(Client):
    """A client of somebody who signed in."""

    user: Any


def client_of(name: str) -> Signed:
    """Somebody of the cast, signed in."""
    client = Signed()
    client.user = get_user_model().objects.get(email=email(name))
    client.force_login(client.user)
    return client
