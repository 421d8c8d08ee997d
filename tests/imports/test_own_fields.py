"""Own fields filled by an import: proposed, chosen, read by kind, changed by a newer copy, taken back."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile

from etappe.cli import main
from etappe.core.actor import SYSTEM
from etappe.core.errors import Refusal
from etappe.core.filters import parse
from etappe.core.mapping import ColumnPlan
from etappe.deals.models import Deal
from etappe.imports import background
from etappe.imports.models import Run
from etappe.imports.plan import ColumnMap, as_data, from_data
from etappe.imports.texts import reason
from etappe.journal.clock import now
from etappe.journal.models import Entry
from etappe.people import actions as people
from etappe.people.actions_fields import archive_field, define_field
from etappe.people.load_values import index_values
from etappe.people.models import Account, Field, FieldValue, Person
from etappe.records.lists import Wanted, listing, subject_of
from tests import cast
from tests.imports import twin
from tests.imports.test_again import folded
from tests.imports.test_undo import undone
from tests.make import make_account, make_person
from tests.web.signed import client_of

FIELDS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("account", "Mitarbeiterzufriedenheit", "number", {}),
    ("account", "Vertragswert", "money", {}),
    ("account", "Vertragsende", "date", {}),
    ("account", "Region", "choice", {"choices": ["Nord", "Süd", "Übersee"]}),
    ("account", "Sparten", "choices", {"choices": ["Bau", "Holz", "Stahl"]}),
    ("account", "Intranet", "link", {}),
    ("account", "Wartung durch", "account", {}),
    ("account", "Kümmert sich", "person", {}),
    ("deal", "Risiko", "choice", {"choices": ["hoch", "mittel", "gering"]}),
    ("person", "Geburtstag", "date", {}),
)
HEAD: list[object] = [
    "Account ID", "Account Name", "Mitarbeiter-Zufriedenheit", "Vertragswert", "Vertragsende", "Gebiet", "Sparten",
    "Intranet", "Wartung durch", "Kümmert sich",
]  # fmt: skip
ROWS: list[list[object]] = [
    HEAD,
    ["A1", "Nord GmbH", "1.234,5", "12.000,50 CHF", "31.12.2026", "Nord", "Bau; Holz", "intra.example", "A2",
     "eva@x.example"],
    ["A2", "Süd AG", "7,25", "900", "01.02.2027", "süd", "", "", "", ""],
    ["A3", "West KG", "", "", "", "Übersee", "stahl", "", "Fremd GmbH", "Niemand"],
]  # fmt: skip


@pytest.fixture
def own(db: None) -> None:
    for subject, name, kind, more in FIELDS:
        define_field(subject, {"name": name, "kind": kind, **more}, actor=SYSTEM, at=now())


def file(folder: Path, rows: list[list[object]] | None = None, name: str = "accounts.csv") -> Path:
    return twin.write(folder / name, rows or ROWS, delimiter=";")


def columns_of(path: Path) -> tuple[ColumnPlan, ...]:
    found = twin.looked(path).files[0].found
    assert found is not None
    return found.columns


def held(name: str) -> dict[str, Any]:
    found: dict[str, Any] = Account.objects.get(name=name).custom
    return found


def whole() -> None:
    """The journal tells what the records hold, and the index says the same."""
    folded()
    for subject, model in (("account", Account), ("person", Person), ("deal", Deal)):
        rows: Any = FieldValue.objects.filter(field__subject=subject).order_by("field_id", "record", "text")
        before = list(rows.values_list("field_id", "record", "text", "number", "day"))
        index_values(subject, list(model._default_manager.values_list("id", flat=True)))
        assert list(rows.values_list("field_id", "record", "text", "number", "day")) == before


def test_columns_are_proposed_by_name_and_by_what_can_be_chosen(own, tmp_path):
    columns = columns_of(file(tmp_path))
    found = {column.name: (column.field, column.style, column.reason) for column in columns}
    assert found["Mitarbeiter-Zufriedenheit"] == ("custom.mitarbeiterzufriedenheit", "1.234,56", "header")
    assert found["Vertragswert"][:2] == ("custom.vertragswert", "1.234,56")
    assert found["Vertragsende"][:2] == ("custom.vertragsende", "d.m.Y")
    assert found["Gebiet"] == ("custom.region", "", "own_choices"), "another name, but nothing than choices"
    assert found["Kümmert sich"][0] == "custom.kummert_sich"
    assert (found["Account ID"][0], found["Account Name"][0]) == ("external_id", "name")
    rows: list[list[object]] = [
        ["Account Name", "Region", "Vertragsende"],
        ["Nord GmbH", "EMEA", "bald"],
        ["Süd AG", "APAC", "später"],
    ]
    columns = columns_of(file(tmp_path, rows, "firmen.csv"))
    assert [column.field for column in columns[1:]] == ["data", "data"], "a name alone fills no field that cannot hold"
    assert {column.reason for column in columns[1:]} == {"own_unlike"}


def test_every_kind_is_read_and_a_newer_copy_changes_only_what_changed(own, tmp_path):
    make_person(name="Eva Ernst", email="eva@x.example")
    eva = str(Person.objects.get().uid)
    view = twin.run(file(tmp_path))
    assert dict(view.totals) == {"created": 3, "changed": 0, "unchanged": 0, "rejected": 0, "rows": 3}
    sued = str(Account.objects.get(name="Süd AG").uid)
    assert held("Nord GmbH") == {
        "mitarbeiterzufriedenheit": "1234.5", "vertragswert": {"amount": "12000.5", "currency": "CHF"},
        "vertragsende": "2026-12-31", "region": "nord", "sparten": ["bau", "holz"], "intranet": "https://intra.example",
        "kummert_sich": eva, "wartung_durch": sued,
    }, "also whom a later row brings"  # fmt: skip
    assert held("Süd AG")["vertragswert"] == {"amount": "900", "currency": "EUR"}
    assert held("West KG") == {"region": "ubersee", "sparten": ["stahl"]}
    assert {note.code: note.count for note in view.notes} == {"own_account_unknown": 1, "own_person_unknown": 1}
    assert twin.run(file(tmp_path)).totals["unchanged"] == 3
    whole()
    make_account(name="Fremd GmbH")
    view = twin.run(file(tmp_path))
    assert held("West KG")["wartung_durch"] == str(Account.objects.get(name="Fremd GmbH").uid), "known by now"
    assert dict(view.totals)["changed"] == 1
    entries = Entry.objects.count()
    newer = [list(row) for row in ROWS]
    newer[2][2], newer[2][5], newer[3][6] = "", "Nord", "Stahl, Bau"
    people.edit_account(sued, {"custom": {"vertragsende": "2030-01-01"}}, seen=1, actor=SYSTEM, at=now())
    view = twin.run(file(tmp_path, newer))
    assert dict(view.totals) == {"created": 0, "changed": 2, "unchanged": 1, "rejected": 0, "rows": 3}
    assert held("Süd AG") == {
        "vertragswert": {"amount": "900", "currency": "EUR"}, "vertragsende": "2030-01-01", "region": "nord",
    }  # fmt: skip
    told = Entry.objects.filter(kind="account.edited").order_by("id").values_list("data", flat=True)
    assert [each["changed"] for each in told][-2:] == [
        {"custom": [{"mitarbeiterzufriedenheit": "7.25", "region": "sud"},
                    {"mitarbeiterzufriedenheit": None, "region": "nord"}]},
        {"custom": [{"sparten": ["stahl"]}, {"sparten": ["bau", "stahl"]}]},
    ]  # fmt: skip
    assert Entry.objects.count() == entries + 4, "one edit by hand, two by the import, and its end"
    whole()
    found = listing(SYSTEM, Wanted(subject_of("accounts"), parse("custom.region = Nord")), today=now().date())
    assert {row.values["name"] for row in found.rows} == {"Nord GmbH", "Süd AG"}


def test_whom_a_later_file_brings_is_found_in_the_same_import_and_undone_with_it(own, tmp_path):
    make_account(name="Süd AG")
    make_account(name="West KG", custom={"wartung_durch": str(Account.objects.get().uid)})
    rows: list[list[object]] = [["Account ID", "Account Name", "Kümmert sich", "Wartung durch"]]
    rows += [["A1", "Nord GmbH", "P2", "A3"], ["A2", "Süd AG", "ida@x.example", "A1"], ["A3", "West KG", "P9", "A1"]]
    rows += [["A1", "Nord GmbH", "P1", "A2"]]
    contacts: list[list[object]] = [["Contact ID", "First Name", "Last Name", "Email", "Account ID"]]
    contacts += [["P1", "Ida", "Kern", "ida@x.example", "A1"], ["P2", "Jan", "Moll", "", "A2"]]
    paths = [file(tmp_path, rows), file(tmp_path, contacts, "contacts.csv")]
    view = twin.run(*paths)
    assert (view.totals["created"], view.totals["rejected"]) == (3, 1)
    assert {note.code: note.count for note in view.notes} == {"own_person_unknown": 1, "row_twice": 1}
    uids = {str(uid): name for model in (Account, Person) for uid, name in model.objects.values_list("uid", "name")}
    named = {
        name: [uids[uid] for _key, uid in sorted(held(name).items())] for name in ("Nord GmbH", "Süd AG", "West KG")
    }
    assert named == {
        "Nord GmbH": ["Jan Moll", "West KG"],
        "Süd AG": ["Ida Kern", "Nord GmbH"],
        "West KG": ["Süd AG"],
    }, "who was here before keeps what it had"
    whole()
    assert twin.run(*paths).totals["changed"] == 0
    undone(view)
    assert held("Süd AG") == {}
    whole()


def test_what_a_field_cannot_hold_rejects_the_row_and_says_why(own, tmp_path):
    bad = {2: "viel", 3: "12 Euronen", 4: "31.02.2026", 5: "Mond", 6: "Bau; Käse", 7: "javascript:alert(1)"}
    rows = [list(row) for row in ROWS]
    for at, (column, cell) in enumerate(bad.items()):
        row: list[object] = [f"X{at}", f"Schlecht {at}", *[""] * 8]
        row[column] = cell
        rows.append(row)
    rows += [["X9", "Zu groß", "1" * 16, *[""] * 7], ["X10", "Zu genau", "0,1234567", *[""] * 7]]
    plan = twin.looked(file(tmp_path)).plan
    view = twin.run(file(tmp_path, rows), plan=plan)
    assert dict(view.totals) == {"created": 3, "changed": 0, "unchanged": 0, "rejected": 8, "rows": 11}
    said = {
        each["line"]: reason(note.code, each) for note in view.notes if note.rejects for each in note.examples
    }  # fmt: skip
    assert said[5] == "“viel” in Mitarbeiter-Zufriedenheit is no number as the other cells write them."
    assert said[8] == "“Mond” in Gebiet is none of the choices: Nord, Süd, Übersee."
    assert said[12] == "“0,1234567” in Mitarbeiter-Zufriedenheit is too large, or has more than 6 decimals."
    assert all("{" not in text and "…" not in text and " in " in text for text in said.values()), said
    assert not Account.objects.filter(name__startswith="Schlecht").exists()


def test_an_account_that_is_here_is_filled_only_where_it_is_empty(own, tmp_path):
    make_account(name="Nord GmbH", custom={"region": "sud"})
    plan = twin.looked(file(tmp_path)).plan
    view = twin.run(file(tmp_path), plan=plan)
    assert dict(view.totals)["changed"] == 1
    assert (held("Nord GmbH")["region"], held("Nord GmbH")["vertragsende"]) == ("sud", "2026-12-31")
    whole()
    back = undone(view)
    assert back.state == "undone"
    assert held("Nord GmbH") == {"region": "sud"}
    assert Account.objects.filter(archived_at=None).count() == 1
    whole()


def test_undoing_leaves_what_somebody_changed_since(own, tmp_path):
    twin.run(file(tmp_path))
    newer = [list(row) for row in ROWS]
    newer[1][2], newer[1][5] = "1", "Süd"
    before = held("Nord GmbH")
    view = twin.run(file(tmp_path, newer))
    row = Account.objects.get(name="Nord GmbH")
    people.edit_account(row.uid, {"custom": {"region": "ubersee"}}, seen=row.version, actor=SYSTEM, at=now())
    told = undone(view).undone
    assert told["kept"]["records"][0][2:] == ["Nord GmbH", ["custom"]]
    assert held("Nord GmbH") == {**before, "region": "ubersee"}, "only what nobody touched is taken back"
    whole()


def test_deals_and_people_of_a_workbook_have_own_fields_too(own, tmp_path):
    path = tmp_path / "crm.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheets: dict[str, list[list[Any]]] = {
            "Deals": [["Deal ID", "Deal Name", "Deal Stage", "Amount", "Risiko"],
                      ["D1", "Eins", "Neu", 100, "hoch"], ["D2", "Zwei", "Neu", 5, "GERING"]],
            "Contacts": [["First Name", "Last Name", "Email", "Geburtstag"],
                         ["Ida", "Kern", "ida@a.example", "1990-05-01"]],
        }  # fmt: skip
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    view = twin.run(path)
    assert view.totals["rejected"] == 0
    assert dict(Deal.objects.values_list("name", "custom")) == {
        "Eins": {"risiko": "hoch"},
        "Zwei": {"risiko": "gering"},
    }
    assert Person.objects.get().custom == {"geburtstag": "1990-05-01"}
    assert twin.run(path).totals["unchanged"] == 3
    whole()


def test_a_map_on_a_field_that_is_gone_is_refused_and_the_page_drops_it(own, tmp_path):
    path = file(tmp_path)
    plan = twin.looked(path).plan
    region = Field.objects.get(key="region")
    archive_field(region.uid, actor=SYSTEM, at=now())
    with pytest.raises(Refusal) as no:
        twin.run(path, plan=from_data(as_data(plan)))
    assert (no.value.code, no.value.params["fields"]) == ("import_field_gone", ["custom.region"])
    assert not Account.objects.exists()
    for name in ("custom.Size; --", "custom.", "stage"):
        columns = (ColumnMap("Account Name", name), *plan.files[0].columns[2:])
        with pytest.raises(Refusal) as no:
            from_data(as_data(replace(plan, files=(replace(plan.files[0], columns=columns),))))
        assert no.value.code == "import_map_unusable"


def test_the_form_offers_own_fields_and_reads_columns_as_they_are_written(own, settings, tmp_path):
    settings.UPLOADS = tmp_path / "uploads"
    cast.assemble()
    dot = client_of("dot")
    rows = [list(row) for row in ROWS]
    rows[0][2] = "Wohlfühlindex"
    given = SimpleUploadedFile("accounts.csv", file(tmp_path, rows).read_bytes())
    address = str(dot.post("/import/", {"files": [given]})["Location"])
    uid = address.split("/")[2]
    background.examine(uid, at=now())
    page = dot.get(address).content.decode()
    assert "Mitarbeiterzufriedenheit (own field)" in page and "its values are choices of “Region”" in page
    assert ("CHF" in page and "Dec 31, 2026" in page) or "31 Dec 2026" in page
    chosen = {"source": "CRM", "currency": "EUR", "field-accounts.csv-2": "custom.mitarbeiterzufriedenheit"}
    assert dot.post(f"{address}map/", chosen).status_code == 303
    background.examine(uid, at=now())
    page = dot.get(address).content.decode()
    assert '<option value="1.234,56" selected>' in page, "the cells say how they are written"
    archive_field(Field.objects.get(key="region").uid, actor=SYSTEM, at=now())
    assert dot.post(f"{address}map/", {"source": "CRM", "currency": "EUR"}).status_code == 303
    background.examine(uid, at=now())
    assert Run.objects.get(uid=uid).state == "ready", "a field that is gone meanwhile is kept as custom data"
    dot.post(f"{address}start/")
    background.carry_on(uid, clock=now)
    assert held("Nord GmbH")["mitarbeiterzufriedenheit"] == "1234.5"
    assert "region" not in held("Nord GmbH") and Account.objects.get(name="Nord GmbH").data["Gebiet"] == "Nord"
    twice = {**chosen, "field-accounts.csv-3": "custom.mitarbeiterzufriedenheit"}
    other = SimpleUploadedFile("accounts.csv", file(tmp_path, rows).read_bytes())
    address = str(dot.post("/import/", {"files": [other]})["Location"])
    background.examine(address.split("/")[2], at=now())
    assert dot.post(f"{address}map/", twice).status_code == 422


def test_the_terminal_says_what_columns_become(own, tmp_path, monkeypatch):
    monkeypatch.setattr("etappe.config.start.application", lambda tell: nullcontext())
    result = CliRunner().invoke(main, ["import", str(file(tmp_path))])
    assert result.exit_code == 0, result.output
    assert "Gebiet -> custom.region" in result.output
    told = CliRunner().invoke(main, ["import", str(file(tmp_path)), "--json"])
    assert json.loads(told.stdout)["totals"]["unchanged"] == 3
