"""`etappe import`: the same import from the terminal."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from etappe.cli import main
from etappe.deals.models import Deal
from tests.imports import twin


@pytest.fixture(autouse=True)
def _on_the_tests_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.config.start.application", lambda tell: nullcontext())


def imported(*words: object) -> Result:
    return CliRunner().invoke(main, ["import", *map(str, words)])


def test_it_says_its_proposal_and_accounts_for_every_row(db, tmp_path: Path) -> None:
    result = imported(*twin.four(tmp_path))
    assert result.exit_code == 0, result.output
    assert "Map: proposed from headers and values." in result.output
    assert "data as of 2016-10-27" in result.output
    assert "close_date -> closed (Y-m-d)" in result.output
    assert "60 rows = 60 created + 0 changed + 0 unchanged + 0 rejected" in result.output
    assert Deal.objects.count() == 60


def test_json_dry_run_and_a_saved_map(db, tmp_path: Path) -> None:
    kept = tmp_path / "map.yaml"
    tried = imported(*twin.four(tmp_path), "--dry-run", "--json", "--save-map", kept, "--source", "Altes CRM")
    told = json.loads(tried.stdout)
    assert (told["dry_run"], told["totals"]["created"], told["source"]) == (True, 71, "Altes CRM")
    assert not Deal.objects.exists()
    done = json.loads(imported(*twin.four(tmp_path), "--json", "--map", kept).stdout)
    assert (done["source"], done["state"], done["totals"]) == ("Altes CRM", "done", told["totals"])
    assert done["map"]["stages"]["Won"] == "won"


def test_rejected_rows_go_to_a_file(db, tmp_path: Path) -> None:
    rows = twin.pipeline()
    rows[1][6] = "2016-13-45"
    path, rejected = twin.write(tmp_path / "sales_pipeline.csv", rows), tmp_path / "again.csv"
    result = imported(path, "--rejected", rejected)
    assert "1 rejected" in result.output
    text = rejected.read_text(encoding="utf-8-sig")
    assert "2016-13-45" in text
    assert "OP00000" in text
    assert len(text.splitlines()) == 2


def test_what_cannot_be_taken_is_said_plainly(db, tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    result = imported(tmp_path / "x.xlsx")
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert not Deal.objects.exists()
