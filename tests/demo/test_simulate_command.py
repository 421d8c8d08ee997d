"""`etappe simulate` without a database: what would be true, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from etappe.cli import main

WORDS = ("simulate", "--dry-run", "--until", "2026-01-01", "--deals", "900")


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.setenv("ETAPPE_HOME", str(tmp_path / "home"))
    yield
    assert not (tmp_path / "home").exists(), "a dry run leaves nothing behind"


def test_a_dry_run_says_the_truth_for_programs() -> None:
    told = json.loads(CliRunner().invoke(main, [*WORDS, "--format", "json", "--seed", "4"]).output)
    assert sum(told["today"].values()) == told["deals"] == 900
    assert told["truth"]["win_rate"]["owner"]["Mürbe"] < told["truth"]["win_rate"]["owner"]["Nord"]
    assert told["truth"]["days"]["won"]["version"]["2"]["p50"] < told["truth"]["days"]["won"]["version"]["1"]["p50"]
    again = json.loads(CliRunner().invoke(main, [*WORDS, "--format", "json", "--seed", "4"]).output)
    assert again == told
    other = json.loads(CliRunner().invoke(main, [*WORDS, "--format", "json", "--seed", "5"]).output)
    assert other["truth"] == told["truth"]
    assert other["today"] != told["today"]


def test_a_dry_run_says_the_truth_for_people() -> None:
    said = CliRunner().invoke(main, WORDS).output
    assert "true win rate:" in said
    assert "quote_reviewed" in said


def test_the_example_is_a_file_that_works(tmp_path: Path) -> None:
    file = tmp_path / "company.yaml"
    file.write_text(CliRunner().invoke(main, ["simulate", "--example"]).output, encoding="utf-8")
    assert CliRunner().invoke(main, [*WORDS, "--params", str(file)]).exit_code == 0


@pytest.mark.parametrize(
    ("words", "content", "said"),
    [
        ((), b"simulate: 1\nprocess: inbound\nstages: []", ":3:9:"),
        ((), b"\xff\xfe\x00", "no text in UTF-8"),
        ((), b"a" * 300_000, "too big"),
        (("--until", "2999-01-01"), b"", "lies ahead"),
        (("--name", "../../etc"), b"", "cannot be a name"),
        (("--deals", "0"), b"", "0 is not in the range"),
        (("--params", "/nowhere.yaml"), b"", "No such file"),
    ],
)
def test_what_cannot_be_simulated_is_said(words: tuple[str, ...], content: bytes, said: str, tmp_path: Path) -> None:
    file = tmp_path / "company.yaml"
    file.write_bytes(content)
    chosen = ["--params", str(file)] if content else []
    done = CliRunner().invoke(main, [*WORDS, *chosen, *words])
    assert done.exit_code != 0
    assert said in done.output
    assert "Traceback" not in done.output
