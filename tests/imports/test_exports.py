"""Whole exports of other programs, with their histories: in the browser, on the terminal, and a newer copy."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile

from etappe.cli import main
from etappe.deals.models import Deal, StageVisit, Stakeholder
from etappe.imports import background
from etappe.imports.models import Past, Run
from etappe.journal.clock import now
from etappe.journal.models import Entry
from etappe.people.models import Account, Person
from etappe.team.models import User
from tests import cast
from tests.imports import exports, twin
from tests.imports.test_again import folded
from tests.imports.test_files import SHARED, samples
from tests.imports.test_undo import state, undone
from tests.web.signed import client_of


def on_the_terminal(monkeypatch, *words: object) -> Any:
    monkeypatch.setattr("etappe.config.start.application", lambda tell: nullcontext())
    result = CliRunner().invoke(main, ["import", *map(str, words), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def in_the_browser(paths: list[Path]) -> Run:
    dot = client_of("dot")
    files = [SimpleUploadedFile(path.name, path.read_bytes()) for path in paths]
    address = str(dot.post("/import/", {"files": files})["Location"])
    run = Run.objects.latest("id")
    background.examine(str(run.uid), at=now())
    assert "What stands out" in dot.get(address).content.decode()
    assert dot.post(f"{address}start/").status_code == 303
    background.carry_on(str(run.uid), clock=now)
    assert "What came of it" in dot.get(address).content.decode()
    run.refresh_from_db()
    return run


def way(name: str) -> list[str]:
    deal = Deal.objects.get(name=name)
    return [f"{visit.entered_at:%m-%d} {visit.status}" for visit in StageVisit.objects.filter(deal=deal).order_by("id")]


def test_salesforce_in_the_browser_and_on_the_terminal(db, tmp_path, monkeypatch, settings):
    settings.UPLOADS = tmp_path / "uploads"
    cast.assemble()
    before = [model.objects.count() for model in (Account, Person)]
    run = in_the_browser(exports.salesforce(tmp_path))
    assert run.state == "done"
    assert run.source is not None and run.source.name == "Salesforce"
    totals = {name: (each["created"], each["rejected"]) for name, each in run.counts.items()}
    assert totals["Account.csv"] == (4, 1), "one is deleted in the source"
    assert totals["Opportunity.csv"] == (10, 0)
    assert totals["OpportunityContactRole.csv"] == (6, 0)
    assert [model.objects.count() for model in (Account, Person)] == [before[0] + 4, before[1] + 4]
    assert set(Deal.objects.values_list("owner__name", flat=True)) == {"Bert Kraus", "Cora Lind"}
    assert User.objects.filter(email="mona@nord.example").count() == 1
    assert Account.objects.get(name="Schröder Österreich").parent == Account.objects.get(name="Schröder & Söhne")
    assert way("Line 2") == ["01-05 open", "02-05 open", "03-05 open", "04-05 open", "05-05 won"]
    assert way("Line 3") == ["01-06 open", "02-06 open", "03-06 lost"]
    assert Counter(Deal.objects.values_list("status", flat=True)) == {"open": 6, "won": 2, "lost": 2}
    assert Stakeholder.objects.count() == 6
    activities = Entry.objects.filter(kind="activity.imported")
    assert sorted(each.data["subject"] for each in activities) == ["Call: prices", "Visit", "Workshop"]
    folded()

    same = on_the_terminal(monkeypatch, *exports.salesforce(tmp_path))
    assert (same["totals"]["created"], same["totals"]["changed"]) == (0, 0)

    stood = state()
    newer = on_the_terminal(monkeypatch, *exports.salesforce(tmp_path, newer=True))
    assert {file["name"]: file["changed"] for file in newer["files"] if file["changed"]} == {
        "Account.csv": 1, "Contact.csv": 1, "Opportunity.csv": 3,
    }  # fmt: skip
    assert newer["totals"]["rejected"] == 1
    assert way("Line 1") == ["01-04 open", "02-04 open", "03-04 open", "04-04 open"]
    assert way("Line 6")[-1] == "04-09 won"
    assert Person.objects.get(family_name="Öz").job_title == "Head of Purchasing"
    assert Deal.objects.filter(name__startswith="Line").count() == 10
    folded()

    undone = on_the_terminal(monkeypatch, "--undo", newer["run"])
    assert undone["state"] == "undone"
    after = state()
    assert way("Line 6") == ["01-09 open", "02-09 open", "03-09 open"]
    after.pop("visits"), stood.pop("visits")
    assert after == stood
    folded()


@samples
def test_hubspot_with_its_history_and_a_newer_copy(db, tmp_path):
    folder = shutil.copytree(SHARED / "data/crm_exports/hubspot", tmp_path / "hubspot", copy_function=shutil.copyfile)
    folder.chmod(0o755)
    paths = sorted(folder.glob("*.csv"))
    first = twin.run(*paths)
    assert first.source == "HubSpot"
    past = {file.name: file for file in first.files if file.kind == "history"}
    assert past["deal_stage_data.csv"].rejected == 0
    strays = {note.code: note.count for note in first.notes}["history_without_deal"]
    assert strays == Past.objects.count(), "the sample has histories of other deals than its own: kept until they come"
    again = twin.run(*paths)
    assert (again.totals["created"], again.totals["changed"]) == (0, 0)

    stood = state()
    deals = _read(folder / "deal_data.csv")
    deals[0]["property_amount"], deals[1]["property_dealname"] = "4321.5", "Renamed there"
    past_of = Past.objects.order_by("id")[0].deal.lstrip("=")
    new = {**deals[0], "deal_id": past_of, "property_dealname": "New there"}
    companies = _read(folder / "company_data.csv")
    companies[0]["property_city"] = "Kiel"
    _write(folder / "deal_data.csv", [*deals, new])
    _write(folder / "company_data.csv", companies)
    newer = twin.run(*paths)
    assert {file.name: (file.created, file.changed) for file in newer.files if file.created or file.changed} == {
        "deal_data.csv": (1, 2),
        "company_data.csv": (0, 1),
    }
    assert Deal.objects.filter(amount="4321.5").count() == 2
    assert Account.objects.filter(city="Kiel").count() == 1
    assert {note.code: note.count for note in newer.notes}.get("history_without_deal", 0) == 0, "nothing new of those"
    folded()
    assert undone(newer).undone["archived"]["deal"] == 1
    assert state() == stood
    folded()


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    cells: list[list[object]] = [[*row.values()] for row in rows]
    twin.write(path, [[*rows[0]], *cells])
