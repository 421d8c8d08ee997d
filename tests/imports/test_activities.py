"""Activities, notes and associations: entries on timelines, people in buying centres."""

from __future__ import annotations

from etappe.core.actor import SYSTEM
from etappe.deals.models import Deal, Stakeholder
from etappe.imports.background import carry_undo
from etappe.imports.undo import begin_undo
from etappe.journal.clock import now
from etappe.journal.models import Entry
from tests.imports import twin
from tests.imports.test_again import folded
from tests.imports.test_history import DEALS

NOTES: list[list[object]] = [
    ["Note ID", "Create Date", "Body", "Type", "Deal ID", "Account ID"],
    ["N1", "2025-01-05 10:00", "They asked for <b>terms</b>", "NOTE", "D1", ""],
    ["N2", "2025-01-06 10:00", "Anruf: Preis", "Anruf", "D2", ""],
    ["N3", "2025-01-07 10:00", "about nobody", "", "D99", ""],
    ["N4", "", "no time", "", "D1", ""],
    ["N5", "2025-01-08 10:00", "the firm", "", "", "A1"],
]


def files(folder):
    firms: list[list[object]] = [["Account ID", "Account Name", "Industry"], ["A1", "Nord GmbH", "Bau"]]
    people: list[list[object]] = [["Contact ID", "Last Name", "Email"], ["C1", "Kern", "k@a.example"]]
    return [
        twin.write(folder / "deals.csv", DEALS),
        twin.write(folder / "accounts.csv", firms),
        twin.write(folder / "contacts.csv", people),
    ]


def test_activities_become_entries_on_timelines(db, tmp_path):
    twin.run(*files(tmp_path))
    both = [*files(tmp_path), twin.write(tmp_path / "notes.csv", NOTES)]
    view = twin.run(*both)
    counts = {file.name: file for file in view.files}["notes.csv"]
    assert (counts.kind, counts.created, counts.rejected) == ("activities", 3, 2)
    assert {note.code for note in view.notes if note.rejects} == {"activity_of_nobody", "activity_incomplete"}
    entries = Entry.objects.filter(kind="activity.imported").order_by("occurred_at")
    assert [entry.data["type"] for entry in entries] == ["note", "call", "note"]
    assert entries[0].deal_id == Deal.objects.get(name="One").id
    assert (entries[2].deal_id, entries[2].account_id is not None) == (None, True)
    again = twin.run(*both)
    assert {file.name: file for file in again.files}["notes.csv"].created == 0
    carry_undo(begin_undo(view.uid, actor=SYSTEM, at=now()), clock=now)
    taken = Entry.objects.filter(kind="activity.taken_back").values_list("voids", flat=True)
    assert set(taken) == {entry.id for entry in entries}
    assert Deal.objects.filter(archived_at=None).count() == 5, "the deals are of an earlier import"
    folded()


def test_associations_join_people_and_accounts_to_deals(db, tmp_path):
    pairs: list[list[object]] = [["deal_id", "contact_id"], ["D1", "C1"], ["D2", "C7"], ["D1", "C1"], ["", "C1"]]
    firms: list[list[object]] = [["deal_id", "company_id"], ["D1", "A1"]]
    view = twin.run(
        *files(tmp_path),
        twin.write(tmp_path / "deal_contact.csv", pairs),
        twin.write(tmp_path / "deal_company.csv", firms),
    )
    rejected = {note.code: note.count for note in view.notes if note.rejects}
    assert rejected == {"link_unknown": 1, "link_incomplete": 1, "row_twice": 1}
    assert list(Stakeholder.objects.values_list("deal__name", "person__name")) == [("One", "Kern")]
    deal = Deal.objects.get(name="One")
    assert deal.account is not None
    assert deal.account.name == "Nord GmbH"
    folded()
