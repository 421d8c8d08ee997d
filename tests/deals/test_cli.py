"""`etappe deal`: the same gate from the terminal, said plainly."""

from __future__ import annotations

import json
import uuid
from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from etappe.cli import main
from tests.cast import email
from tests.deals.conftest import Scene
from tests.papers import acceptance, mail
from tests.unchanged import unchanged


@pytest.fixture(autouse=True)
def _on_the_tests_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.config.start.application", nullcontext)


def deal(*words: object, who: str = "ada") -> Result:
    return CliRunner().invoke(main, ["deal", *map(str, words), "--as", email(who)])


def test_the_gate_refuses_names_what_is_missing_and_changes_nothing(scene: Scene) -> None:
    with unchanged():
        result = deal("move", scene.uid, "requirements_agreed")
    assert result.exit_code == 1
    assert "The buyer has confirmed need and occasion in their own words" in result.stderr
    assert "Traceback" not in result.output


def test_proving_moving_and_undoing_from_the_terminal(scene: Scene, tmp_path: Path) -> None:
    letter, answer = tmp_path / "antwort.eml", tmp_path / "zusage.ics"
    letter.write_bytes(mail())
    answer.write_bytes(acceptance())
    assert deal("prove", scene.uid, "need_in_own_words", "reply", letter).exit_code == 0
    assert deal("prove", scene.uid, "next_meeting_accepted", "invite_accepted", answer).exit_code == 0
    moved = deal("move", scene.uid, "requirements_agreed", "--json")
    assert json.loads(moved.output)["stage"] == "requirements_agreed"
    shown = json.loads(deal("show", scene.uid, "--json").output)
    assert (shown["stage"], shown["missing"]) == (
        "requirements_agreed",
        ["requirements_summary_confirmed", "deciders_named"],
    )
    assert "need_confirmed" in deal("undo", scene.uid).output


def test_making_one_further_on_meets_the_same_refusal(scene: Scene) -> None:
    with unchanged():
        assert deal("create", "Weit", "--process", "inbound", "--stage", "order_placed").exit_code == 1
    made = deal("create", "Weit", "--process", "inbound", "--stage", "order_placed", "--late-entry", "--json")
    assert json.loads(made.output)["proof"] == "unproven"
    assert deal("create", "x", "--amount", "viel").exit_code == 2


def test_leaving_and_reopening(scene: Scene) -> None:
    assert "lost" in deal("leave", scene.uid, "competitor", "--lost-to", "Muster AG").output
    with unchanged():
        assert deal("reopen", scene.uid, "--to", "order_placed").exit_code == 1
    assert "open" in deal("reopen", scene.uid).output


def test_another_teams_deal_is_like_one_that_is_not_there(scene: Scene) -> None:
    with unchanged():
        theirs = deal("move", scene.uid, "requirements_agreed", who="cem")
        nothing = deal("move", uuid.uuid4(), "requirements_agreed", who="cem")
        junk = deal("move", "kein-deal", "requirements_agreed", who="cem")
    assert theirs.exit_code == nothing.exit_code == junk.exit_code == 1
    assert theirs.stderr == nothing.stderr == junk.stderr


def test_an_unknown_colleague_and_a_stale_version(scene: Scene) -> None:
    assert deal("show", scene.uid, who="niemand").exit_code == 1
    with unchanged():
        assert deal("move", scene.uid, "requirements_agreed", "--seen", 99).exit_code == 1
