"""Carry the administrator from the demo over to the main database, where nothing else is copied.

Run by the supervisor (`python -m etappe.config.start_empty REQUEST-FILE`, the demo's address in DEMO_DATABASE_URL) with
Django on the main database. Doing it twice changes nothing: a main database with an administrator is left as it is.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb


def carry_over(demo_url: str, user: int) -> None:
    """Account, second factors and sessions of `user` (the key in the demo), so that they stay signed in."""
    from django.db import connection, transaction

    from etappe.core.actor import SYSTEM
    from etappe.journal.clock import now
    from etappe.team.actions import adopt_administrator
    from etappe.team.queries import has_administrator

    if has_administrator():
        return
    with psycopg.connect(demo_url, row_factory=dict_row) as demo, transaction.atomic():
        known = _one(demo, "SELECT email, name, password FROM team_user WHERE id = %s AND is_active", user)
        key = adopt_administrator(known["email"], known["name"], known["password"], actor=SYSTEM, at=now())
        for table in ("account_emailaddress", "mfa_authenticator", "usersessions_usersession"):
            query = sql.SQL("SELECT * FROM {} WHERE user_id = %s").format(sql.Identifier(table))
            for row in demo.execute(query, [user]).fetchall():
                _insert(connection, table, {**row, "user_id": key})
        _carry_sessions(demo, user, key)


def _one(demo: psycopg.Connection[dict[str, Any]], query: str, *parameters: object) -> dict[str, Any]:
    found = demo.execute(query, parameters).fetchone()
    if found is None:
        raise LookupError("the request names nobody")
    return found


def _insert(connection: Any, table: str, row: dict[str, Any]) -> None:
    """A row without its key; what is there already stays."""
    values = {name: Jsonb(value) if isinstance(value, dict) else value for name, value in row.items() if name != "id"}
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT DO NOTHING").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join([sql.Placeholder()] * len(values)),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(cursor.connection), list(values.values()))


def _carry_sessions(demo: psycopg.Connection[dict[str, Any]], user: int, key: int) -> None:
    """The user's sessions under the same names, belonging to the new key."""
    from django.contrib.auth import SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    rows = demo.execute("SELECT session_key, session_data, expire_date FROM django_session WHERE expire_date > now()")
    for row in rows.fetchall():
        data = SessionStore().decode(row["session_data"])
        if data.get(SESSION_KEY) == str(user):
            kept = SessionStore().encode({**data, SESSION_KEY: str(key)})
            Session(row["session_key"], kept, row["expire_date"]).save()


def main(request: str) -> None:
    """Read the request and carry over."""
    import django

    django.setup()
    asked = json.loads(Path(request).read_text())
    carry_over(os.environ["DEMO_DATABASE_URL"], int(asked["user"]))


if __name__ == "__main__":
    main(sys.argv[1])
