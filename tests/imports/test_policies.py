"""What becomes of rows that match a record here, by rule and by decision; and maps that no longer fit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from etappe.core.actor import SYSTEM
from etappe.core.errors import Missing, Refusal
from etappe.core.headers import FileKind
from etappe.imports import actions_presets as presets
from etappe.imports.plan import Duplicates, Plan, as_data, fitted, from_data
from etappe.journal.clock import now
from etappe.people.models import Account, Person
from tests.imports import twin
from tests.imports.test_again import folded

FIRMS: list[list[object]] = [["Account ID", "Account Name", "Industry", "City"], ["A1", "Nord GmbH", "Bau", ""]]
NEWER: list[list[object]] = [["Firma", "Branche", "Ort"], ["Nord GmbH", "Energie", "Kiel"], ["Süd AG", "IT", "Ulm"]]


def second(folder: Path, rule: Duplicates, kind: FileKind = FileKind.ACCOUNTS) -> tuple[Path, Plan]:
    path = twin.write(folder / "firmen_neu.csv", NEWER)
    plan = twin.looked(path).plan
    return path, from_data(as_data(replace(plan, duplicates={kind: rule})))


@pytest.mark.parametrize(
    ("policy", "industry", "city", "accounts"),
    [("fill", "Bau", "Kiel", 2), ("update", "Energie", "Kiel", 2), ("skip", "Bau", "", 2)],
)
def test_a_rule_for_all(db, tmp_path, policy, industry, city, accounts):
    twin.run(twin.write(tmp_path / "accounts.csv", FIRMS))
    path, plan = second(tmp_path, Duplicates(policy, ("name",)))
    twin.run(path, plan=plan)
    nord = Account.objects.get(name="Nord GmbH")
    assert (nord.industry, nord.city) == (industry, city)
    assert Account.objects.count() == accounts
    folded()


def test_asked_rows_are_held_back_until_somebody_decides(db, tmp_path):
    twin.run(twin.write(tmp_path / "accounts.csv", FIRMS))
    path, plan = second(tmp_path, Duplicates("ask", ("name",)))
    view = twin.run(path, plan=plan)
    assert dict(view.totals) == {"created": 1, "changed": 0, "unchanged": 0, "rejected": 1, "rows": 2}
    assert view.notes[0].code == "undecided"
    decided = Duplicates("ask", ("name",), {"~nordgmbh": "new"})
    view = twin.run(path, plan=from_data(as_data(replace(plan, duplicates={FileKind.ACCOUNTS: decided}))))
    assert dict(view.totals)["created"] == 1
    assert Account.objects.filter(name="Nord GmbH").count() == 2
    folded()


def test_the_keys_that_match_are_chosen(db, tmp_path):
    people: list[list[object]] = [["First Name", "Last Name", "Email"], ["Ida", "Kern", "ida@a.example"]]
    twin.run(twin.write(tmp_path / "contacts.csv", people))
    people[1][2] = "kern@b.example"
    path = twin.write(tmp_path / "kontakte.csv", people)
    plan = replace(twin.looked(path).plan, source="Other")
    twin.run(path, plan=replace(plan, duplicates={FileKind.PEOPLE: Duplicates("fill", ("name",))}))
    assert Person.objects.count() == 1
    twin.run(path, plan=replace(plan, source="Third", duplicates={FileKind.PEOPLE: Duplicates("fill", ("email",))}))
    assert Person.objects.count() == 2


def test_no_account_comes_to_stand_below_itself(db, tmp_path):
    rows: list[list[object]] = [
        ["Account Name", "Industry", "Parent Account"],
        ["A", "x", "C"],
        ["B", "x", "A"],
        ["C", "x", "B"],
        ["D", "x", "D"],
        ["E", "x", "A"],
    ]
    view = twin.run(twin.write(tmp_path / "accounts.csv", rows))
    assert {note.code: note.count for note in view.notes}["parent_circular"] == 2
    found = dict(Account.objects.values_list("name", "parent__name"))
    assert found == {"A": "C", "B": "A", "C": None, "D": None, "E": "A"}
    folded()


def test_a_map_that_no_longer_fits_names_the_columns(db, tmp_path):
    plan = second(tmp_path, Duplicates())[1]
    with pytest.raises(Refusal) as refused:
        fitted(plan, {"firmen_neu.csv": ["Firma", "Branche", "Stadtteil"]})
    assert (refused.value.code, refused.value.params["columns"]) == ("import_map_unfit", ["firmen_neu.csv: Ort"])
    for wrong in ({"policy": "guess"}, {"match": ["city"]}, {"decisions": {"x": "maybe"}}, "all"):
        with pytest.raises(Refusal, match="import_map_unusable"):
            from_data({**as_data(plan), "duplicates": {"accounts": wrong}})


def test_a_map_saved_by_name_is_used_again(db, tmp_path):
    path = twin.write(tmp_path / "firmen_neu.csv", NEWER)
    plan = replace(twin.looked(path).plan, source="Old CRM")
    presets.save_preset("Old CRM", plan, actor=SYSTEM, at=now())
    presets.save_preset("Old CRM", replace(plan, currency="CHF"), actor=SYSTEM, at=now())
    later = twin.looked(twin.write(tmp_path / "anders.csv", NEWER))
    headers = {"anders.csv": ["Firma", "Branche", "Ort"]}
    assert [(each.name, each.fits) for each in presets.presets(SYSTEM, headers)] == [("Old CRM", True)]
    used = presets.with_preset(SYSTEM, "Old CRM", later.plan, headers)
    assert (used.source, used.currency, used.files[0].file) == ("Old CRM", "CHF", "anders.csv")
    with pytest.raises(Refusal, match="import_map_unfit"):
        presets.with_preset(SYSTEM, "Old CRM", later.plan, {"anders.csv": ["Firma", "Branche"]})
    with pytest.raises(Missing):
        presets.with_preset(SYSTEM, "Another", later.plan, headers)
