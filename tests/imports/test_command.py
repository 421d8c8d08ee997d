"""`etappe import`: the same import from the terminal."""

from __future__ import annotations

import json
import re
from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from etappe.cli import main
from etappe.deals.models import Deal, StageVisit
from tests.imports import twin
from tests.imports.test_activities import connector


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


def test_files_that_were_left_out_are_named_with_the_reason(db, tmp_path: Path) -> None:
    picture, notes = tmp_path / "logo.xlsx", tmp_path / "notes.csv"
    picture.write_bytes(b"PK\x03\x04" + bytes(60))
    notes.write_text("rot;grün\n1;2\n3;4\n", encoding="utf-8")
    said = imported(*twin.four(tmp_path), picture, notes)
    assert said.exit_code == 0, said.output
    after = said.output.partition("60 rows = ")[2]
    assert "logo.xlsx: left out. The file cannot be read" in after
    assert "notes.csv: left out. The map does not say what its rows are" in after
    told = json.loads(imported(*twin.four(tmp_path), picture, notes, "--json").stdout)
    assert [(each["file"], each["why"]) for each in told["left_out"]] == [
        ("logo.xlsx", "file_unreadable"), ("notes.csv", "no_kind"),
    ]  # fmt: skip


def test_files_that_are_joined_are_named_where_they_are(db, tmp_path: Path) -> None:
    said = imported(*connector(tmp_path), "--dry-run").output
    assert "engagement_id -> activity: says to what the rows of engagement_note_data.csv belong" in said
    files = "engagement_deal_data.csv, engagement_contact_data.csv"
    assert f"engagement_id -> external_id: to what each row belongs is said by {files}" in said


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


def test_an_import_says_its_id_and_is_undone_by_it(db, tmp_path: Path) -> None:
    result = imported(*twin.four(tmp_path))
    uid = re.search(r"Import ([0-9a-f-]{36}) begins", result.output)
    assert uid, result.output
    assert "There is nothing to take up" in imported("--resume", uid[1]).output
    undone = imported("--undo", uid[1])
    assert "deal: 60 put into the recycle bin" in undone.output
    assert not Deal.objects.filter(archived_at=None).exists()
    assert imported("--undo", uid[1]).exit_code == 1
    assert imported().exit_code == imported("--undo", uid[1], *twin.four(tmp_path)).exit_code == 2
    assert "not known" in imported(*twin.four(tmp_path), "--encoding", "rot13").output


def test_columns_of_pipedrive_are_known(db, tmp_path: Path) -> None:
    deals: list[list[object]] = [
        ["Deal - ID", "Deal - Title", "Deal - Stage", "Deal - Value", "Deal - Status", "Deal - Deal created",
         "Deal - Won time", "Deal - Organization", "Deal - Contact person"],
        [7, "Press", "Proposal", "100", "Open", "2025-01-01 09:00:00", "", "Nord GmbH", "Ida Kern"],
        [8, "Mill", "Proposal", "200", "Won", "2025-01-01 09:00:00", "2025-02-01 09:00:00", "Nord GmbH", ""],
    ]  # fmt: skip
    flow: list[list[object]] = [
        ["Deal ID", "Field key", "Old value", "New value", "Log time"],
        [7, "stage_id", "Qualification", "Proposal", "2025-01-09 09:00:00"],
        [7, "value", "90", "100", "2025-01-09 09:00:00"],
    ]
    paths = twin.write(tmp_path / "deals-1.csv", deals), twin.write(tmp_path / "deal_changes.csv", flow)
    told = json.loads(imported(*paths, "--json").stdout)
    assert told["source"] == "Pipedrive"
    assert told["totals"]["rejected"] == 0
    visits = StageVisit.objects.filter(deal__name="Press").order_by("id")
    assert [f"{visit.entered_at:%m-%d}" for visit in visits] == ["01-01", "01-09"]
    assert Deal.objects.get(name="Mill").status == "won"
