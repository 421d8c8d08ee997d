"""Doctor sees what is wrong and says the way out, in words and as JSON."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from etappe.config import doctor
from etappe.config.doctor import Finding, Level
from etappe.config.embedded import APPLICATION, OWNER
from etappe.config.home import Home
from etappe.config.start import Logins
from tests.database import Server

AT = datetime(2026, 11, 21, 18, tzinfo=UTC)


@pytest.fixture
def logins(database_server: Server, fresh_database: str) -> Logins:
    application, owner = (database_server.url(login, fresh_database) for login in (APPLICATION, OWNER))
    return Logins(application, owner)


def _worst(logins: Logins) -> dict[str, Finding]:
    """The worst finding of each topic."""
    found: dict[str, Finding] = {}
    for finding in doctor.examine_database(logins):
        if finding.topic not in found or found[finding.topic].level is Level.FINE:
            found[finding.topic] = finding
    return found


def _as_owner(logins: Logins, *statements: str) -> None:
    assert logins.owner
    with psycopg.connect(logins.owner, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def test_a_healthy_database_is_fine(logins: Logins) -> None:
    found = _worst(logins)
    ignored = {"database"}  # the tests' own server is fast and unsafe
    assert {f.topic: f.level for f in found.values() if f.topic not in ignored and f.level is not Level.FINE} == {}
    assert set(found) == {"logins", "database", "grants", "migrations", "journal", "contacts", "jobs"}


@pytest.mark.parametrize(
    ("statement", "topic", "way_out"),
    [
        (f"GRANT UPDATE ON journal_entry TO {APPLICATION}", "grants", "etappe migrate"),
        (f"GRANT TRUNCATE ON journal_artefact TO {APPLICATION}", "grants", "etappe migrate"),
        ("COMMENT ON SCHEMA public IS 'etappe of another version'", "migrations", "etappe migrate"),
        ("ALTER TABLE journal_entry DISABLE TRIGGER journal_entry_append_only", "triggers", "ENABLE TRIGGER"),
    ],
)
def test_what_is_wrong_is_red_with_the_way_out(logins: Logins, statement: str, topic: str, way_out: str) -> None:
    _as_owner(logins, statement)
    found = _worst(logins)[topic]
    assert found.level is Level.WRONG
    assert way_out in found.way_out


def test_entries_without_their_record_are_red(logins: Logins) -> None:
    _as_owner(
        logins,
        "INSERT INTO journal_entry (change_id, kind, version, occurred_at, actor_kind, deal_id, data)"
        " VALUES (gen_random_uuid(), 'deal.created', 1, now(), 'system', 4711, '{}')",
    )
    found = _worst(logins)["journal"]
    assert found.level is Level.WRONG
    assert "1 of 1" in found.said


def test_contacts_without_their_record_are_red(logins: Logins) -> None:
    _as_owner(
        logins,
        "INSERT INTO people_touchpoint (uid, happened_at, person_id, direction, channel, act)"
        " VALUES (gen_random_uuid(), now(), 4711, 'in', 'call', 'called')",
    )
    found = _worst(logins)["contacts"]
    assert found.level is Level.WRONG
    assert "1 of 1" in found.said


def test_one_login_is_red_unless_allowed(logins: Logins, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Logins(logins.application, logins.application)
    assert _worst(one)["logins"].level is Level.WRONG
    monkeypatch.setenv("ETAPPE_ALLOW_ONE_LOGIN", "1")
    assert _worst(one)["logins"].level is Level.LOOK


def test_an_unsafe_server_is_red(logins: Logins) -> None:
    with psycopg.connect(logins.application) as connection:
        shown = connection.execute("SHOW fsync").fetchone()
    expected = Level.WRONG if shown == ("off",) else Level.FINE
    assert _worst(logins)["database"].level is expected


def test_a_record_that_was_written_past_the_journal_is_red(logins: Logins) -> None:
    from etappe.config.folds import differing
    from etappe.core.actor import SYSTEM
    from etappe.people.actions import create_account

    for name in ("Anders", "Ebenso"):
        create_account({"name": name}, actor=SYSTEM, at=AT)
    assert list(differing(10)) == []
    _as_owner(logins, "UPDATE people_account SET name = 'Nebenher' WHERE name = 'Anders'")
    found = list(differing(10))
    assert len(found) == 1
    assert found[0].startswith("account ")
    assert found[0].endswith("(name)")


def test_settings_that_cannot_be_used_are_red_and_nothing_else_is_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ETAPPE_PORT", "http")

    def never() -> Logins:
        raise AssertionError("with such settings no database is opened")

    found = list(doctor.examine(Home(tmp_path), never))
    assert [finding.level for finding in found] == [Level.WRONG]
    assert "ETAPPE_PORT" in found[0].said


def test_a_misspelt_variable_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETAPPE_PROT", "1")
    assert [finding.level for finding in doctor.examine_settings()] == [Level.LOOK]


def test_a_mail_server_that_does_not_answer_is_red(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("ETAPPE_SMTP_URL", f"smtp://127.0.0.1:{closed.getsockname()[1]}")
        found = {finding.topic: finding for finding in doctor.examine_surroundings(Home(tmp_path))}
    assert found["mail"].level is Level.WRONG


def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:pa55w0rd@h/x")
    monkeypatch.setenv("ETAPPE_SECRET_KEY", "geheim" * 10)
    said = json.dumps([vars(item) for item in doctor.settings_in_force()])
    assert "pa55w0rd" not in said
    assert "geheim" not in said
    assert '"(set)"' in said
