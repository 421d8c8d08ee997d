"""What the application's login may not do, tried as that login."""

from __future__ import annotations

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

FORBIDDEN = [
    "UPDATE journal_entry SET kind = 'x'",
    "DELETE FROM journal_entry",
    "TRUNCATE journal_entry",
    "TRUNCATE journal_entry CASCADE",
    "UPDATE journal_artefact SET media_type = 'x'",
    "DELETE FROM journal_artefact",
    "TRUNCATE journal_artefact",
    "ALTER TABLE journal_entry DISABLE TRIGGER ALL",
    "ALTER TABLE journal_entry DISABLE TRIGGER journal_entry_append_only",
    "DROP TRIGGER journal_entry_append_only ON journal_entry",
    "ALTER TABLE journal_entry ADD COLUMN x int",
    "DROP TABLE journal_entry",
    "SET ROLE etappe_owner",
    "SET SESSION AUTHORIZATION etappe_owner",
    "SET session_replication_role = replica",
    "CREATE FUNCTION public.x() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE TABLE public.x (id int)",
    "CREATE RULE x AS ON INSERT TO journal_entry DO INSTEAD NOTHING",
    "ALTER ROLE etappe_application SUPERUSER",
    "COPY journal_entry TO '/tmp/x'",
    "DELETE FROM django_migrations",
]


@pytest.mark.django_db
@pytest.mark.server
@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_application_may_not(statement: str) -> None:
    with pytest.raises(ProgrammingError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


@pytest.mark.django_db
@pytest.mark.server
def test_the_application_cannot_grant_itself_more() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)
        cursor.execute("GRANT UPDATE, DELETE ON journal_entry TO etappe_application")
        cursor.execute("SELECT has_table_privilege('journal_entry', 'UPDATE, DELETE, TRUNCATE')")
        assert cursor.fetchone() == (False,)


@pytest.mark.django_db
@pytest.mark.server
def test_the_application_writes_what_it_must() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('search_path'), current_setting('timezone')")
        assert cursor.fetchone() == ("etappe_application", "public", "UTC")
        cursor.execute("INSERT INTO team_team (uid, name) VALUES (gen_random_uuid(), 'North') RETURNING id")
        cursor.execute("UPDATE team_team SET name = 'South'")
        cursor.execute("DELETE FROM team_team")


def test_owner_is_stopped_by_the_trigger(owner_url: str) -> None:
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("INSERT INTO journal_artefact VALUES ('\\x00', 1, 'text/plain', '\\x00')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            owner.execute("DELETE FROM journal_artefact")
