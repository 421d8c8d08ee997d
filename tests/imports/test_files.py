"""Files as they come: odd headers, encodings and styles; samples of real programs; and what means harm."""

from __future__ import annotations

import csv
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from etappe.core.errors import Refusal
from etappe.deals.models import Deal, Stakeholder
from etappe.imports.models import Run
from etappe.imports.plan import as_yaml, fitted, from_yaml
from etappe.imports.queries import RunView
from etappe.journal.models import Entry
from etappe.people.models import Account, Person
from etappe.team.models import User
from tests.imports import twin

SHARED = Path(__file__).parents[2] / "../shared"
samples = pytest.mark.skipif(not (SHARED / "data/crm_exports").exists(), reason="../shared/data is missing")
hostile = pytest.mark.skipif(not (SHARED / "hostile").exists(), reason="../shared/hostile is missing")

ODD = (
    "Export vom 05.01.2017\r\n\r\n"
    "Vorgang;Firma;Vertriebsphase;Auftragswert in EUR;Erstellt am;Abschlussdatum;Farbe\r\n"
    "V-1;Müller & Söhne;Angebot;1.234,56;31.12.2016;;rot\r\n"
    "V-2;Bäckerei Öhm;Gewonnen;2.500,00;01.02.2016;13.04.2016;blau\r\n"
    "V-3;Müller & Söhne;Verloren;0,00;03.02.2016;15.05.2016;\r\n"
)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_a_german_export_with_its_header_on_line_3(db, tmp_path, encoding):
    path = tmp_path / "Verkaufschancen.csv"
    path.write_bytes(ODD.encode(encoding))
    view = twin.run(path)
    assert dict(view.totals) == {"created": 3, "changed": 0, "unchanged": 0, "rejected": 0, "rows": 3}
    deal = Deal.objects.get(status="open")
    assert (deal.amount, deal.currency, deal.engaged_since) == (Decimal("1234.56"), "EUR", date(2016, 12, 31))
    assert deal.data == {"Farbe": "rot"}
    assert set(Account.objects.values_list("name", flat=True)) == {"Müller & Söhne", "Bäckerei Öhm"}
    assert deal.data_as_of == date(2016, 12, 31)


def test_a_workbook_with_a_sheet_for_each_kind(db, tmp_path):
    path = tmp_path / "crm.xlsx"
    with xlsxwriter.Workbook(path) as book:
        days = book.add_format({"num_format": "dd.mm.yyyy"})
        accounts, deals = book.add_worksheet("Firmen"), book.add_worksheet("Deals")
        for at, row in enumerate([("Firma", "Branche", "Mitarbeiter"), ("Nord AG", "Bau", 120)]):
            accounts.write_row(at, 0, row)
        deals.write_row(0, 0, ("Deal ID", "Firma", "Phase", "Betrag", "Abschlussdatum"))
        for at, stage in enumerate(("Gewonnen", "Verloren", "Angebot"), 1):
            deals.write_row(at, 0, (f"D{at}", "Nord AG", stage, 1000.5 * at))
            if stage != "Angebot":
                deals.write_datetime(at, 4, date(2016, 12, at), days)
    view = twin.run(path)
    assert dict(view.totals)["created"] == 4
    won = Deal.objects.get(status="won", account__name="Nord AG", account__employees=120)
    assert won.amount == Decimal("1000.5")
    assert won.closed_at is not None
    assert won.closed_at.isoformat() == "2016-11-30T23:00:00+00:00", "the beginning of that day in the workspace's zone"


def test_a_map_is_kept_and_used_again(db, tmp_path):
    found = twin.looked(*twin.four(tmp_path))
    text = as_yaml(found.plan).replace("series: data", "series: skip")
    renamed = (tmp_path / "products.csv").rename(tmp_path / "artikel-2.csv")
    paths = [renamed, *(tmp_path / name for name in ("sales_pipeline.csv", "accounts.csv", "sales_teams.csv"))]
    seen = twin.looked(*paths)
    plan = fitted(from_yaml(text), {file.given.name: file.profile.header for file in seen.readable if file.profile})
    view = twin.run(*paths, plan=plan)
    assert dict(view.totals)["created"] == 71
    assert view.plan is not None
    mapped = view.plan.file("artikel-2.csv")
    assert mapped is not None
    assert [column.field for column in mapped.columns] == ["name", "skip", "price"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[1, 2", "no_yaml"), ("a: 1", "no_files"), ("files: [{}]", "no_file"), ("a: &x [1]\nfiles: *x", "no_yaml"),
        ("files: [{file: a, kind: cats}]", "unknown_kind"),
        ("files: [{file: a, kind: deals, columns: {x: wings}}]", "unknown_field"),
        ("files: [{file: a, kind: deals, columns: {x: name, y: name}}]", "field_twice"),
        ("files: [{file: a, kind: deals, columns: {x: {field: amount, style: roman}}}]", "unknown_style"),
    ],
)  # fmt: skip
def test_a_map_that_does_not_hold_is_refused(text: str, why: str):
    with pytest.raises(Refusal) as caught:
        from_yaml(text)
    assert caught.value.params["why"] == why


def test_a_map_that_fits_no_file(tmp_path):
    plan = from_yaml("files: [{file: a.csv, kind: deals, columns: {x: name}}]")
    with pytest.raises(Refusal) as caught:
        fitted(plan, {"b.csv": ("p", "q")})
    assert caught.value.params["why"] == "no_file_fits"


def test_contact_persons_join_the_buying_centre(db, tmp_path):
    people: list[list[object]] = [
        ["Contact ID", "Name", "E-Mail", "Firma"],
        [7, "Anna Ahl", "anna@nord.example", "Nord AG"],
    ]
    deals: list[list[object]] = [["Deal ID", "Firma", "Ansprechpartner", "Phase", "Abschlussdatum"]]
    deals += [
        ["D1", "Nord AG", "Anna Ahl", "Gewonnen", "2016-12-01"],
        ["D2", "Süd AG", "Bert Bo", "Verloren", "2016-12-02"],
        ["D3", "Süd AG", "Bert Bo", "Angebot", ""],
        ["D4", "Nord AG", "anna@nord.example", "Angebot", ""],
    ]
    paths = [twin.write(tmp_path / "kontakte.csv", people), twin.write(tmp_path / "deals.csv", deals)]
    view = twin.run(*paths)
    assert dict(view.totals)["created"] == 5
    centres = Stakeholder.objects.values_list("person__name", flat=True).order_by("deal_id")
    assert list(centres) == ["Anna Ahl", "Bert Bo", "Bert Bo", "Anna Ahl"]
    assert Person.objects.count() == 2
    assert Person.objects.filter(name="Bert Bo", account__name="Süd AG").count() == 1
    assert Entry.objects.filter(kind="deal.stakeholder_added").count() == 4
    assert dict(twin.run(*paths).totals)["unchanged"] == 5
    assert Stakeholder.objects.count() == 4


def test_nothing_that_we_know(db, tmp_path):
    (tmp_path / "weather.csv").write_text("place,rain\nBonn,7\nKöln,9\n", encoding="utf-8")
    with pytest.raises(Refusal) as caught:
        twin.run(tmp_path / "weather.csv")
    assert caught.value.code == "import_nothing_found"
    assert not Run.objects.exists()


@samples
def test_hubspot(db):
    view = twin.run(*sorted((SHARED / "data/crm_exports/hubspot").glob("*.csv")))
    created = {file.name: (file.created, file.rows) for file in view.files}
    assert created["deal_data.csv"] == (44, 44)
    assert created["company_data.csv"] == (24, 24)
    assert created["contact_data.csv"] == (22, 22)
    assert view.source == "HubSpot"
    assert Deal.objects.exclude(owner=None).count() == 22
    assert User.objects.count() >= 100


@samples
def test_salesforce(db):
    view = twin.run(*sorted((SHARED / "data/crm_exports/salesforce").glob("*.csv")))
    counts = {file.name: file for file in view.files}
    assert counts["sf_opportunity_data.csv"].created == 10
    assert (counts["sf_account_data.csv"].created, counts["sf_account_data.csv"].rejected) == (1, 9)
    with (SHARED / "data/crm_exports/salesforce/sf_opportunity_data.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert Deal.objects.filter(status="won").count() == sum(row["is_won"].lower() == "true" for row in rows)
    assert Deal.objects.filter(status="open").count() == sum(row["is_closed"].lower() == "false" for row in rows)
    assert Person.objects.filter(name="Janet Yellen").exists()
    again = twin.run(*sorted((SHARED / "data/crm_exports/salesforce").glob("*.csv")))
    assert again.totals["created"] == again.totals["changed"] == 0


@hostile
def test_naughty_strings_are_kept_as_they_are(db, tmp_path):
    strings = json.loads((SHARED / "hostile/strings/blns.json").read_text(encoding="utf-8"))
    rows: list[list[object]] = [["deal id", "deal name", "deal stage", "close date", "note"]]
    rows += [[f"D{at}", text, "Won", "2016-12-31", text] for at, text in enumerate(strings)]
    view = twin.run(twin.write(tmp_path / "deals.csv", rows))
    assert view.totals["rows"] == sum(view.totals[name] for name in ("created", "changed", "unchanged", "rejected"))
    assert view.totals["created"] > 450
    assert Deal.objects.filter(name="<script>alert(123)</script>").exists()


@hostile
@pytest.mark.parametrize(
    "name",
    ["10k_columns.csv", "zipbomb_512MiB.xlsx", "billion_laughs.xlsx", "traversal_member.xlsx", "nul_and_lone_cr.csv",
     "field_1MiB.csv", "far_cell.xlsx", "xxe_file.xlsx", "formulas.csv"],
)  # fmt: skip
def test_hostile_files_end_in_a_refusal_or_rows(db, name):
    view = _taken(SHARED / "hostile/generated" / name)
    if isinstance(view, Refusal):
        assert view.code.startswith(("file_", "import_"))
    else:
        assert view.totals["rows"] == sum(view.totals[each] for each in ("created", "changed", "unchanged", "rejected"))


def _taken(path: Path) -> RunView | Refusal:
    try:
        return twin.run(path)
    except Refusal as refusal:
        return refusal
