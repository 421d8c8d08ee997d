"""Imports and merges: rows follow the record that stays, and undoing an import says what it leaves for a merge."""

from __future__ import annotations

import pytest

from etappe.core.actor import SYSTEM
from etappe.deals import actions as deal_actions
from etappe.deals.models import Deal, Stakeholder
from etappe.journal.clock import now
from etappe.journal.models import Entry
from etappe.people.models import Account, Person
from etappe.records import merge
from tests.imports import twin
from tests.imports.test_again import folded
from tests.imports.test_undo import undone

ACCOUNTS: list[list[object]] = [
    ["Account ID", "Account Name", "Phone", "City", "Industry", "Parent Account ID", "Colour"],
    ["A1", "Schroeder GmbH", "", "Ulm", "", "A3", ""],
    ["A2", "Schröder Maschinenbau", "+49 731 5", "", "Bau", "", "red"],
    ["A3", "Holding AG", "", "", "", "", ""],
]
PEOPLE: list[list[object]] = [
    ["Contact ID", "First Name", "Last Name", "Email", "Phone", "Account ID"],
    ["C1", "Ida", "Kern", "ida@one.example", "", "A2"],
    ["C2", "Ida", "Kern", "kern@two.example", "+49 1", "A2"],
]
DEALS: list[list[object]] = [
    ["Deal ID", "Deal Name", "Account ID", "Contact ID", "Stage", "Amount", "Created"],
    ["D1", "Press", "A2", "C2", "Proposal", "100", "2025-01-01"],
]


def files(folder, accounts=ACCOUNTS, people=PEOPLE, deals=DEALS):
    return [
        twin.write(folder / "accounts.csv", accounts),
        twin.write(folder / "contacts.csv", people),
        twin.write(folder / "deals.csv", deals),
    ]


def changed(rows: list[list[object]], **cells: dict[str, object]) -> list[list[object]]:
    fresh = [list(row) for row in rows]
    for row in fresh[1:]:
        for title, value in cells.get(str(row[0]), {}).items():
            row[fresh[0].index(title)] = value
    return fresh


def merged(subject: str, *rows: Account | Person) -> merge.Done:
    return merge.merge(subject, [row.uid for row in rows], actor=SYSTEM, at=now())


def accounts() -> list[str]:
    return sorted(Account.objects.filter(archived_at=None).values_list("name", flat=True))


def test_a_newer_export_changes_the_record_that_stays(db, tmp_path):
    twin.run(*files(tmp_path))
    one, two = Account.objects.get(name="Schroeder GmbH"), Account.objects.get(name="Schröder Maschinenbau")
    merged("account", one, two)
    merged("person", *Person.objects.order_by("id"))
    newer = files(
        tmp_path,
        changed(
            ACCOUNTS,
            A1={"City": "Neu-Ulm"},
            A2={"Phone": "+49 731 6", "City": "Bonn", "Industry": "", "Colour": "blue", "Parent Account ID": "A1"},
        ),
        changed(PEOPLE, C1={"Email": "new@one.example"}, C2={"Phone": "+49 2", "Email": "kern@three.example"}),
        [*changed(DEALS, D1={"Amount": "120", "Account ID": "A1"}), ["D2", "Mill", "A2", "C2", "Proposal", 5, ""]],
    )
    view = twin.run(*newer)
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.phone, one.city, one.data["Colour"]) == ("+49 731 6", "Neu-Ulm", "blue")
    assert one.industry == "Bau", "a row that was merged away empties nothing"
    assert (two.phone, two.merged_into_id) == ("+49 731 5", one.id)
    assert one.parent_id == Account.objects.get(name="Holding AG").id
    assert accounts() == ["Holding AG", "Schroeder GmbH"]
    ida = Person.objects.get(archived_at=None)
    assert (ida.email, ida.phone, ida.account_id) == ("new@one.example", "+49 2", one.id)
    assert set(Deal.objects.values_list("account_id", flat=True)) == {one.id}
    assert set(Stakeholder.objects.values_list("person_id", flat=True)) == {ida.id}
    assert view.totals["created"] == 1
    assert "parent_circular" not in {note.code for note in view.notes}
    again = twin.run(*newer)
    assert again.totals["unchanged"] == again.totals["rows"]
    folded()


def test_the_order_of_rows_and_blocks_decides_nothing(db, tmp_path):
    twin.run(*files(tmp_path))
    one, two = Account.objects.get(name="Schroeder GmbH"), Account.objects.get(name="Schröder Maschinenbau")
    merged("account", one, two)
    merged("account", Account.objects.get(name="Holding AG"), Account.objects.get(name="Schroeder GmbH"))
    rows = changed(ACCOUNTS, A1={"City": "Köln"}, A2={"City": "Bonn", "Industry": "Holz"}, A3={"City": "Aalen"})
    for part in (rows[3:], rows[1:3]):
        twin.run(twin.write(tmp_path / "accounts.csv", [rows[0], *part]), plan=_named(tmp_path / "accounts.csv"))
    stays = Account.objects.get(name="Holding AG")
    assert (stays.city, stays.industry) == ("Aalen", "Holz")
    assert accounts() == ["Holding AG"]
    folded()


def _named(path):
    from dataclasses import replace

    from etappe.imports.models import Source

    return replace(twin.looked(path).plan, source=Source.objects.get().name)


def test_a_merge_undone_gives_rows_their_own_records_again(db, tmp_path):
    twin.run(*files(tmp_path))
    one, two = Account.objects.get(name="Schroeder GmbH"), Account.objects.get(name="Schröder Maschinenbau")
    done = merged("account", one, two)
    merge.undo(done.uid, actor=SYSTEM, at=now())
    twin.run(*files(tmp_path, changed(ACCOUNTS, A2={"City": "Bonn"})))
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.city, two.city) == ("Ulm", "Bonn")
    folded()


def test_undoing_an_import_leaves_what_was_merged_with_others_and_says_so(db, tmp_path):
    ours = twin.write(tmp_path / "our_accounts.csv", [["Account Name", "City"], ["Ours AG", ""], ["Theirs AG", ""]])
    twin.run(ours)
    view = twin.run(*files(tmp_path))
    mine, theirs = Account.objects.get(name="Ours AG"), Account.objects.get(name="Theirs AG")
    away, holding = Account.objects.get(name="Schröder Maschinenbau"), Account.objects.get(name="Holding AG")
    merged("account", mine, away)
    merged("account", holding, theirs)
    merged("person", *Person.objects.order_by("id"))
    told = undone(view).undone
    assert accounts() == ["Holding AG", "Ours AG"]
    assert not Person.objects.filter(archived_at=None).exists(), "both were of its making"
    assert told["merged"]["count"] == 2
    assert {(name, *beside) for _kind, _uid, name, beside in told["merged"]["records"]} == {
        ("Schröder Maschinenbau", "Ours AG"),
        ("Holding AG", "Theirs AG"),
    }
    assert "stays" not in told
    folded()
    again = twin.run(*files(tmp_path, changed(ACCOUNTS, A2={"Phone": "+49 9"})))
    assert accounts() == ["Holding AG", "Ours AG", "Schroeder GmbH"]
    assert Account.objects.get(name="Ours AG").phone == "+49 9"
    assert again.totals["rejected"] == 0
    folded()


def test_what_an_import_changed_before_a_merge_is_told(db, tmp_path):
    twin.run(*files(tmp_path))
    second = twin.run(*files(tmp_path, changed(ACCOUNTS, A2={"Phone": "+49 9"})))
    merged("account", Account.objects.get(name="Schroeder GmbH"), Account.objects.get(name="Schröder Maschinenbau"))
    told = undone(second).undone
    assert [name for _kind, _uid, name, _beside in told["merged"]["records"]] == ["Schröder Maschinenbau"]
    assert Account.objects.get(name="Schroeder GmbH").phone == "+49 9"
    folded()


@pytest.mark.parametrize("use", ["role", "waited for", ""])
def test_people_leave_the_buying_centres_that_an_import_put_them_into(db, tmp_path, use):
    bare = [row[:3] + row[4:] for row in DEALS]
    twin.run(twin.write(tmp_path / "accounts.csv", ACCOUNTS), twin.write(tmp_path / "deals.csv", bare))
    deal = Deal.objects.get()
    links = twin.write(tmp_path / "deal_contact.csv", [["Deal ID", "Contact ID"], ["D1", "C1"], ["D1", "C2"]])
    paths = [twin.write(tmp_path / "accounts.csv", ACCOUNTS), twin.write(tmp_path / "contacts.csv", PEOPLE)]
    second = twin.run(*paths, twin.write(tmp_path / "deals.csv", bare), links)
    assert Stakeholder.objects.filter(deal=deal).count() == 2
    ida = Person.objects.get(email="ida@one.example")
    if use == "role":
        deal_actions.add_stakeholder(deal.uid, ida.uid, "champion", actor=SYSTEM, at=now())
    if use == "waited for":
        step = {"next_step": "ask her", "next_step_person": ida.uid}
        deal_actions.edit(deal.uid, step, seen=deal.version, actor=SYSTEM, at=now())
    told = undone(second).undone
    assert told["parted"] == (1 if use else 2)
    assert Stakeholder.objects.filter(deal=deal).count() == (1 if use else 0)
    here = Person.objects.filter(archived_at=None)
    assert list(here.values_list("email", flat=True)) == (["ida@one.example"] if use else [])
    joined = told.get("joined", {"records": []})["records"]
    assert [(name, beside) for _kind, _uid, name, beside in joined] == ([("Ida Kern", ["Press"])] if use else [])
    added = Entry.objects.filter(kind="deal.stakeholder_added", backfilled=True).values_list("id", flat=True)
    removed = Entry.objects.filter(kind="deal.stakeholder_removed").values_list("voids", flat=True)
    assert set(removed) <= set(added)
    assert len(removed) == told["parted"]
    folded()
