"""`etappe token`: a token is made, listed and revoked from the terminal, for a colleague by name."""

from __future__ import annotations

import json
import uuid
from contextlib import nullcontext

import pytest
from click.testing import CliRunner, Result
from tests.cast import Cast, email
from tests.unchanged import unchanged

from etappe.cli import main
from etappe.journal.clock import now
from etappe.team.actions import actor_by_token


@pytest.fixture(autouse=True)
def _on_the_tests_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.config.start.application", nullcontext)


def token(*arguments: str, by: str = "ada") -> Result:
    return CliRunner().invoke(main, ["token", *arguments, "--as", email(by)])


def test_a_token_from_making_to_revoking(cast: Cast):
    made = token("add", "Export", "--scope", "read", "--scope", "write")
    assert made.exit_code == 0
    secret = made.stdout.strip()
    actor = actor_by_token(secret, now())
    assert actor is not None
    assert (actor.id, actor.scopes) == (cast.ada.id, frozenset({"read", "write"}))
    [row] = json.loads(token("list", "--json").stdout)
    assert (row["label"], row["user"], row["scopes"]) == ("Export", "Ada Ahrens", ["read", "write"])
    assert secret not in token("list").stdout
    assert token("list", by="cem").stdout == ""
    assert token("revoke", row["uid"]).exit_code == 0
    assert actor_by_token(secret, now()) is None
    assert "(revoked)" in token("list").stdout


def test_reading_is_all_it_may_unless_more_is_asked_for(cast: Cast):
    actor = actor_by_token(token("add", "Export").stdout.strip(), now())
    assert actor is not None
    assert actor.scopes == frozenset({"read"})


@pytest.mark.parametrize(
    ("arguments", "by"),
    [
        (("add", "x"), "nobody"),
        (("add", ""), "ada"),
        (("add", "x", "--scope", "admin"), "ada"),
        (("revoke", str(uuid.UUID(int=1))), "ada"),
        (("revoke", "x"), "ada"),
    ],
)
def test_what_cannot_be_is_said_plainly(cast: Cast, arguments, by):
    with unchanged():
        result = token(*arguments, by=by)
    assert result.exit_code in (1, 2)
    assert "Error: " in result.stderr
    assert "Traceback" not in result.output
