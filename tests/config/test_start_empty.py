"""Leaving the demo: the administrator comes along, stays signed in, and nothing else does.

The whole way, from a demo that is served, is gone in `tests/demo/test_company.py`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from etappe.config.embedded import APPLICATION
from etappe.config.start_empty import carry_over
from tests.database import Server

PASSWORD = "sieben blaue Bänke"
NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)


@pytest.fixture
def demo(database_server: Server, fresh_database: str) -> Iterator[str]:
    """The address of a demo database with three colleagues, the third of whom runs it and has a second factor."""
    name = f"test_{os.getpid()}_demo"
    database_server.drop(name)
    database_server.clone(name)
    url = database_server.url(APPLICATION, name)
    with psycopg.connect(url) as connection:
        for number, role in enumerate(["rep", "rep", "administrator"], 1):
            _add_user(connection, number, role)
        connection.execute(
            "INSERT INTO mfa_authenticator (type, data, user_id, created_at) VALUES ('totp', %s, 3, %s)",
            [json.dumps({"secret": "sealed"}), NOW],
        )
    yield url
    database_server.drop(name)


def _add_user(connection: psycopg.Connection, number: int, role: str) -> None:
    connection.execute(
        "INSERT INTO team_user (id, uid, email, name, role, password, is_active, language, theme)"
        " VALUES (%s, gen_random_uuid(), %s, %s, %s, %s, true, '', '')",
        [number, f"colleague{number}@etappe.example", f"Kollegin {number}", role, make_password(PASSWORD)],
    )


def _sign_in(url: str, user: int) -> str:
    """A session of this user in the demo, as Django writes it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils.crypto import salted_hmac

    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT password FROM team_user WHERE id = %s", [user]).fetchone()
        assert found
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        data = {
            SESSION_KEY: str(user),
            BACKEND_SESSION_KEY: "etappe.config.sessions.Backend",
            HASH_SESSION_KEY: salted_hmac(salt, found[0], algorithm="sha256").hexdigest(),
        }
        key = f"session{user}" + "x" * 24
        until_then = datetime.now(UTC) + timedelta(days=1)
        connection.execute(
            "INSERT INTO django_session VALUES (%s, %s, %s)", [key, SessionStore().encode(data), until_then]
        )
    return key


def test_the_administrator_stays_signed_in_and_comes_alone(demo: str, client: Client) -> None:
    from django.conf import settings
    from django.db import connection

    from etappe.core.actor import SYSTEM
    from etappe.team.queries import users

    mine, other = _sign_in(demo, 3), _sign_in(demo, 1)
    carry_over(demo, 3)
    found = users(SYSTEM)
    assert [(user.email, user.role.value) for user in found] == [("colleague3@etappe.example", "administrator")]
    client.cookies[settings.SESSION_COOKIE_NAME] = mine
    assert client.get("/account/2fa/").status_code == 200
    client.cookies[settings.SESSION_COOKIE_NAME] = other
    assert client.get("/account/2fa/").status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id, data ->> 'secret' FROM mfa_authenticator")
        assert cursor.fetchall() == [(found[0].id, "sealed")]
        cursor.execute("SELECT kind FROM journal_entry")
        assert ("user.created",) in cursor.fetchall()


def test_twice_changes_nothing(demo: str) -> None:
    from tests.unchanged import digest

    carry_over(demo, 3)
    before = digest()
    carry_over(demo, 3)
    assert digest() == before


def test_somebody_who_is_not_there_carries_nothing(demo: str) -> None:
    from etappe.team.queries import has_administrator

    with pytest.raises(LookupError):
        carry_over(demo, 99)
    assert not has_administrator()
