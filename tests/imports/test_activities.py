"""Activities, notes and associations: entries on timelines, people in buying centres."""

from __future__ import annotations

from django.utils import translation

from etappe.core.actor import SYSTEM
from etappe.deals.models import Deal, Stakeholder
from etappe.imports.background import carry_undo
from etappe.imports.undo import begin_undo
from etappe.journal.clock import now
from etappe.journal.models import Entry
from etappe.journal.texts import sentence
from etappe.people.models import Person
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


def test_what_somebody_wrote_comes_whole_with_its_lines_and_without_marks(db, tmp_path):
    long = "Erste Zeile.\n\n- " + "ein Wort " * 600
    rows: list[list[object]] = [
        NOTES[0],
        [
            "N1",
            "2025-01-05 10:00",
            "<p>They asked for <b>terms</b></p><script>x()</script><ul><li>net 30</ul>",
            "",
            "D1",
            "",
        ],
        ["N2", "2025-01-06 10:00", long, "", "D1", ""],
        ["N3", "2025-01-07 10:00", "a < b > c, 3<4", "CALL", "D1", ""],
        ["N4", "2025-01-08 10:00", "<div>" * 4_000, "", "D1", ""],
    ]
    view = twin.run(*files(tmp_path), twin.write(tmp_path / "notes.csv", rows))
    assert {note.code: note.count for note in view.notes if note.rejects} == {"activity_incomplete": 1}
    entries = list(Entry.objects.filter(kind="activity.imported").order_by("occurred_at"))
    assert [entry.data["excerpt"] for entry in entries] == [
        "They asked for terms\n\nnet 30", long.strip(), "a < b > c, 3<4",
    ]  # fmt: skip
    with translation.override("de"):
        assert [sentence(entry.kind, entry.data) for entry in entries] == ["Notiz", "Notiz", "Telefonat"]


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


def test_files_of_two_keys_join_people_with_their_accounts(db, tmp_path):
    people: list[list[object]] = [["Contact ID", "Last Name", "Email", "Company ID"], ["C1", "Kern", "k@a.example", ""],
              ["C2", "Lenz", "l@a.example", "A2"], ["C3", "Moor", "m@a.example", ""]]  # fmt: skip
    firms: list[list[object]] = [["Company ID", "Company Name"], ["A1", "Nord GmbH"], ["A2", "Süd AG"]]
    pairs: list[list[object]] = [["contact_id", "company_id", "type_id", "label"], ["C1", "A1", 279, "Primary"],
             ["C1", "A2", 280, ""], ["C2", "A1", 279, ""], ["C3", "A9", 279, ""]]  # fmt: skip
    view = twin.run(
        twin.write(tmp_path / "contacts.csv", people),
        twin.write(tmp_path / "companies.csv", firms),
        twin.write(tmp_path / "contact_company.csv", pairs),
    )

    def employed() -> dict[str, str]:
        return {each.family_name: each.account.name if each.account else "" for each in Person.objects.all()}

    assert employed() == {"Kern": "Nord GmbH", "Lenz": "Süd AG", "Moor": ""}, "the first one; what was there stays"
    assert {note.code: note.count for note in view.notes if note.rejects} == {"link_unknown": 1}
    folded()
    carry_undo(begin_undo(view.uid, actor=SYSTEM, at=now()), clock=now)
    assert not Person.objects.filter(archived_at=None).exists()


def test_a_list_of_people_with_their_companies_is_one_of_people(db, tmp_path):
    rows: list[list[object]] = [
        ["Contact", "Company", "Email"],
        ["Anna Kern", "Nord GmbH", "k@a.example"],
        ["Ben Moor", "Süd AG", "m@a.ex"],
    ]
    (found,) = [file.found for file in twin.looked(twin.write(tmp_path / "contacts_companies.csv", rows)).files]
    assert found is not None and found.kind == "people"


def test_calls_with_a_time_and_no_words_are_told_on_the_day_they_were(db, tmp_path):
    head: list[object] = [
        "engagement_id",
        "_fivetran_synced",
        "property_hs_createdate",
        "property_hs_timestamp",
        "type",
    ]
    calls: list[list[object]] = [head,
             ["97101", "2025-03-09 08:00:00", "2025-02-09 08:00:00", "2025-01-05 10:00:00", "CALL"],
             ["97102", "2025-03-09 08:00:00", "2025-02-09 08:00:00", "2025-01-06 10:00:00", "CALL"]]  # fmt: skip
    links: list[list[object]] = [["contact_id", "engagement_id"], ["C1", "97101"], ["C1", "97102"]]
    twin.run(
        *files(tmp_path),
        twin.write(tmp_path / "engagement_call_data.csv", calls),
        twin.write(tmp_path / "engagement_contact_data.csv", links),
    )
    told = Entry.objects.filter(kind="activity.imported").order_by("occurred_at")
    assert [(each.data["type"], f"{each.occurred_at:%d.%m.}") for each in told] == [
        ("call", "05.01."),
        ("call", "06.01."),
    ]


def connector(folder, *, more: bool = False):
    """The tables of a connector: notes without a word of whom they are about, and files of two keys each."""
    notes: list[list[object]] = [
        [
            "engagement_id",
            "_fivetran_deleted",
            "property_hs_createdate",
            "property_hs_note_body",
            "property_hs_timestamp",
        ],
        ["97001", "false", "2025-02-09 08:00:00.123", "both of us", "2025-01-05 10:00:00.123000"],
        ["97002", "false", "2025-02-09 08:00:00.123", "she alone", "2025-01-06 10:00:00.123000"],
        ["97003", "false", "2025-02-09 08:00:00.123", "about nobody", "2025-01-07 10:00:00.123000"],
    ]
    deals: list[list[object]] = [
        ["deal_id", "engagement_id", "type_id", "category"],
        ["D1", "97001", 216, "HUBSPOT_DEFINED"],
        ["D2", "97001", 216, "HUBSPOT_DEFINED"],
        ["D99", "97002", 216, "HUBSPOT_DEFINED"],
        ["D1", "97009", 216, "HUBSPOT_DEFINED"],
    ]
    people: list[list[object]] = [["contact_id", "engagement_id"], ["C1", "97001"], ["C1", "97002"]]
    if more:
        deals.append(["D2", "97002", 216, "HUBSPOT_DEFINED"])
    return [
        *files(folder),
        twin.write(folder / "engagement_note_data.csv", notes),
        twin.write(folder / "engagement_deal_data.csv", deals),
        twin.write(folder / "engagement_contact_data.csv", people),
    ]


def told() -> list[tuple[str, str, str]]:
    """What is told of activities: text, deal and person."""
    deals, people = dict(Deal.objects.values_list("id", "name")), dict(Person.objects.values_list("id", "name"))
    taken = set(Entry.objects.filter(kind="activity.taken_back").values_list("voids", flat=True))
    entries = Entry.objects.filter(kind="activity.imported").order_by("occurred_at", "id")
    return [
        (each.data["excerpt"], deals.get(each.deal_id or 0, ""), people.get(each.person_id or 0, ""))
        for each in entries
        if each.id not in taken
    ]


FIRST = [("both of us", "One", "Kern"), ("both of us", "Two", ""), ("she alone", "", "Kern")]


def test_files_of_links_bring_notes_to_all_whose_they_are(db, tmp_path):
    view = twin.run(*connector(tmp_path))
    assert told() == FIRST
    assert {note.code: note.count for note in view.notes if note.rejects} == {
        "activity_of_nobody": 1,
        "link_unknown": 1,
    }
    twin.run(*connector(tmp_path))
    assert told() == FIRST, "the same again says nothing new"
    newer = twin.run(*connector(tmp_path, more=True))
    assert told() == [*FIRST, ("she alone", "Two", "")], "a link that comes later brings it there"
    carry_undo(begin_undo(newer.uid, actor=SYSTEM, at=now()), clock=now)
    assert told() == FIRST
    twin.run(*connector(tmp_path))
    assert told() == FIRST, "what an import only met stays known when that is undone"
    carry_undo(begin_undo(view.uid, actor=SYSTEM, at=now()), clock=now)
    assert told() == []
    twin.run(*connector(tmp_path))
    assert told() == FIRST
    folded()


def test_files_of_links_are_known_by_their_keys_and_say_what_they_join(db, tmp_path):
    paths = connector(tmp_path)
    pairs: list[list[object]] = [["left", "right"]]
    pairs += [[f"HSD00{at}", f"97{at:03}"] for at in (1, 2, 3)]
    renamed = twin.write(tmp_path / "table_17.csv", pairs)
    deals: list[list[object]] = [["Deal ID", "Deal Name", "Stage", "Amount"]]
    deals += [[f"HSD00{at}", f"Deal {at}", "Proposal", 10] for at in range(1, 6)]
    paths = [twin.write(tmp_path / "deals.csv", deals), paths[3], renamed]
    plans = [file.found for file in twin.looked(*paths).files if file.found]
    found = {(plan.name, column.field): column for plan in plans for column in plan.columns}
    assert (found["table_17.csv", "deal"].name, found["table_17.csv", "activity"].name) == ("left", "right")
    assert found["table_17.csv", "activity"].detail == "engagement_note_data.csv"
    assert found["engagement_note_data.csv", "external_id"].detail == "table_17.csv"
    assert found["engagement_note_data.csv", "at"].name == "property_hs_timestamp"
    twin.run(*paths)
    assert told() == [("both of us", "Deal 1", ""), ("she alone", "Deal 2", ""), ("about nobody", "Deal 3", "")]
