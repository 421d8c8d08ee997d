"""What the application's login may do: read and write rows, never change tables, and only add to the journal."""

from __future__ import annotations

from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

APPEND_ONLY = ("journal_entry", "journal_artefact")
"""Tables the application may read and add to."""
KEPT = (
    *("deals_deal", "deals_stagevisit", "deals_evidence", "deals_dealexception", "playbook_processversion"),
    "people_touchpoint",
)
"""Tables whose rows are closed, withdrawn or superseded, but never deleted."""
READ_ONLY = ("django_migrations",)
SOURCE = Path(__file__).parent.parent


def grant(connection: BaseDatabaseWrapper, login: str) -> None:
    """Give the application's login what it needs on every table there is, and nothing more.

    Run by the owner after each migration; a table without grants would be out of the application's reach.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_user")
        database, owner = cursor.fetchone()
        for statement in _statements(str(database), login, is_same=login == owner):
            cursor.execute(statement.as_string(cursor.connection))


def _statements(database: str, login: str, *, is_same: bool) -> list[sql.Composed]:
    names = {"login": sql.Identifier(login), "database": sql.Identifier(database)}
    if is_same:
        return []
    return [
        *(sql.SQL(text).format(**names) for text in EVERYTHING),
        *(sql.SQL(ADD_ONLY).format(table=sql.Identifier(table), **names) for table in APPEND_ONLY),
        *(sql.SQL(KEEP).format(table=sql.Identifier(table), **names) for table in KEPT),
        *(sql.SQL(LOOK_ONLY).format(table=sql.Identifier(table), **names) for table in READ_ONLY),
    ]


EVERYTHING = (
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {login}",
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {login}",
    "GRANT USAGE ON SCHEMA public TO {login}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {login}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {login}",
    "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {login}",
    "ALTER DATABASE {database} SET search_path TO public",
)
ADD_ONLY = "REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON {table} FROM {login}"
KEEP = "REVOKE DELETE ON {table} FROM {login}"
LOOK_ONLY = "REVOKE INSERT, UPDATE, DELETE ON {table} FROM {login}"


def drop_facts(connection: BaseDatabaseWrapper) -> None:
    """Drop every fact view, so that migrations are free to change the tables below them."""
    with connection.cursor() as cursor:
        for name in facts(connection):
            statement = sql.SQL("DROP VIEW IF EXISTS {} CASCADE").format(sql.Identifier(name))
            cursor.execute(statement.as_string(cursor.connection))


def facts(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of the fact views there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT viewname FROM pg_views WHERE schemaname = 'public' AND viewname LIKE 'fact\\_%'")
        return [str(row[0]) for row in cursor.fetchall()]


def create_facts(connection: BaseDatabaseWrapper) -> None:
    """Create the fact views of every room from its `facts.sql`, lower rooms first."""
    with connection.cursor() as cursor:
        for path in fact_files():
            cursor.execute(path.read_text(encoding="utf-8"))


ROOMS = ("journal", "team", "people", "playbook", "deals", "imports", "records", "exports")


def fact_files() -> list[Path]:
    """The files that define facts, in the order of the rooms."""
    return [path for room in ROOMS if (path := SOURCE / room / "facts.sql").exists()]
