"""Whole exports of other programs, with their histories: in the browser, on the terminal, and a newer copy."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile

from etappe.cli import main
from etappe.deals.models import Deal, StageVisit, Stakeholder
from etappe.imports import background
from etappe.imports.models import Run
from etappe.journal.clock import now
from etappe.journal.models import Entry
from etappe.people.models import Account, Person
from etappe.team.models import User
from tests import cast
from tests.imports import exports
from tests.imports.test_again import folded
from tests.imports.test_undo import state
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
