"""Exports that contradict each other: a stated rule, nothing lost, and nothing that flips back and forth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from etappe.core.actor import SYSTEM
from etappe.core.headers import FileKind
from etappe.imports.export import rejected_file
from etappe.imports.plan import Duplicates
from etappe.imports.queries import RunView
from etappe.people.models import Account
from tests.imports import twin
from tests.imports.test_again import folded

HEAD: list[object] = ["Account ID", "Account Name", "Phone", "City", "Parent Account ID"]


def test_two_files_that_say_two_things_of_one_key(db, tmp_path):
    one = twin.write(tmp_path / "accounts.csv", [HEAD, ["A1", "Nord GmbH", "1", "Kiel", ""]])
    other = twin.write(
        tmp_path / "accounts-2.csv", [HEAD, ["A1", "Nord GmbH", "2", "Ulm", ""], ["A2", "Süd AG", "", "", ""]]
    )
    view = twin.run(one, other)
    assert dict(view.totals) == {"created": 2, "changed": 0, "unchanged": 0, "rejected": 1, "rows": 3}
    assert [note.code for note in view.notes if note.rejects] == ["row_twice"]
    nord = Account.objects.get(name="Nord GmbH")
    assert (nord.phone, nord.city) == ("1", "Kiel"), "the row that came first counts"
    again = tmp_path / "again.csv"
    again.write_text("".join(rejected_file(SYSTEM, view.uid, "accounts-2.csv")), encoding="utf-8")
    assert "came already in this import: A1" in again.read_text(encoding="utf-8")
    view = twin.run(again, plan=replace(twin.looked(again).plan, source=view.source))
    assert view.totals["changed"] == 1, "by itself it is a newer word"
    nord.refresh_from_db()
    assert (nord.phone, nord.city) == ("2", "Ulm")
    folded()


def named(path: Path, source: str, policy: str = "fill") -> RunView:
    rules = {FileKind.ACCOUNTS: Duplicates(policy, ("name",))}
    return twin.run(path, plan=replace(twin.looked(path).plan, source=source, duplicates=rules))


@pytest.mark.parametrize(("policy", "phone"), [("fill", "1"), ("update", "2"), ("skip", "1")])
def test_two_programs_that_say_two_things_do_not_take_turns(db, tmp_path, policy, phone):
    one = twin.write(tmp_path / "one_accounts.csv", [HEAD, ["7", "Nord GmbH", "1", "", ""]])
    other = twin.write(tmp_path / "other_accounts.csv", [HEAD, ["A1", "NORD GmbH", "2", "Ulm", ""]])
    named(one, "One")
    named(other, "Other", policy)
    assert list(Account.objects.values_list("phone", "city")) == [(phone, "" if policy == "skip" else "Ulm")]
    for path, source in ((one, "One"), (other, "Other"), (one, "One")):
        assert named(path, source, policy).totals["unchanged"] == 1
    twin.write(one, [HEAD, ["7", "Nord GmbH", "3", "", ""]])
    assert named(one, "One", policy).totals["changed"] == 1
    assert Account.objects.get().phone == "3", "who says something new is heard"
    folded()


def test_companies_that_stand_below_each_other_in_two_exports(db, tmp_path):
    rows: list[list[object]] = [
        ["A1", "Nord", "1", "", ""],
        ["A2", "Süd", "1", "", "A1"],
        ["A3", "West", "1", "", "A2"],
    ]
    path = twin.write(tmp_path / "accounts.csv", [HEAD, *rows])
    twin.run(path)
    view = twin.run(twin.write(path, [HEAD, ["A1", "Nord", "1", "", "A3"], *rows[1:]]))
    told = {note.code: note for note in view.notes}["parent_circular"]
    assert (told.count, told.rejects, told.examples[0]["name"]) == (1, False, "Nord")
    assert dict(Account.objects.values_list("name", "parent__name")) == {"Nord": None, "Süd": "Nord", "West": "Süd"}
    again = twin.run(path)
    assert again.totals["unchanged"] == 3
    folded()
