"""Exports as other programs and pages write them: other titles, references and currencies than we know best."""

from __future__ import annotations

from datetime import date

import pytest

from etappe.core.headers import FileKind, field_named
from etappe.deals.models import Deal, Stakeholder
from etappe.imports.look import Given, look
from etappe.imports.texts import WHY
from etappe.people.models import Person
from etappe.team.models import User
from tests.cast import AT
from tests.imports import twin

IN_ENGLISH = (
    ["Record ID", "Deal Name", "Deal Stage", "Close Date", "Deal owner", "Amount", "Create Date",
     "Associated Contact", "Associated Contact IDs", "Associated Company", "Associated Company IDs"],
    ["Record ID", "First Name", "Last Name", "Email", "Associated Company"],
    ("Contract Sent", "Closed won", "(No value)"),
)  # fmt: skip
IN_GERMAN = (
    ["Datensatz-ID", "Deal-Name", "Deal-Phase", "Abschlussdatum", "Zuständiger Mitarbeiter für Deal", "Betrag",
     "Erstellungsdatum", "Zugehöriger Kontakt", "Zugehörige Kontakt-IDs", "Zugehöriges Unternehmen",
     "Zugehörige Unternehmens-IDs"],
    ["Datensatz-ID", "Vorname", "Nachname", "E-Mail", "Zugehöriges Unternehmen"],
    ("Vertrag gesendet", "Abgeschlossen und gewonnen", "(Kein Wert)"),
)  # fmt: skip


@pytest.mark.parametrize(("of_deals", "of_people", "words"), [IN_ENGLISH, IN_GERMAN])
def test_the_page_of_hubspot_writes_other_columns_than_its_programs(db, tmp_path, of_deals, of_people, words):
    sent, won, nobody = words
    deals: list[list[object]] = [
        of_deals,
        ["101", "Pump", sent, "2025-12-01 10:00", "Anna Öz", "1200", "2025-01-02 09:11",
         "Eva Kühn (eva@mueller.example);Tom Ulm (tom@mueller.example);Neu (neu@mueller.example)", "11;12", "Müller",
         "501"],
        ["102", "Valve", won, "2025-03-01 10:00", nobody, "3000", "2025-01-05 09:11", "", "", "Meier",
         "502"],
    ]  # fmt: skip
    contacts: list[list[object]] = [
        of_people,
        ["11", "Eva", "Kühn", "eva@mueller.example", "Müller"],
        ["12", "Tom", "Ulm", "tom@mueller.example", "Müller"],
    ]
    view = twin.run(
        twin.write(tmp_path / "hubspot-crm-exports-all-deals-2025-11-01.csv", deals),
        twin.write(tmp_path / "hubspot-crm-exports-all-contacts.csv", contacts),
    )
    assert (view.source, view.totals["rejected"]) == ("HubSpot", 0)
    centre = Stakeholder.objects.filter(deal__name="Pump").values_list("person__name", "person__email")
    assert set(centre) == {
        ("Eva Kühn", "eva@mueller.example"), ("Tom Ulm", "tom@mueller.example"), ("Neu", "neu@mueller.example"),
    }  # fmt: skip
    assert Person.objects.count() == 3, "nobody is called by a list of names"
    pump, valve = Deal.objects.get(name="Pump"), Deal.objects.get(name="Valve")
    assert (pump.owner and pump.owner.name, pump.amount, pump.account and pump.account.name) == (
        "Anna Öz",
        1200,
        "Müller",
    )
    assert (valve.owner, valve.status) == (None, "won")
    assert not User.objects.filter(name__in=("No value", "Kein Wert", nobody)).exists()


def test_several_pipelines_in_one_file_are_told_before_their_stages_are_mixed(db, tmp_path):
    for pipelines, told in ((["Sales", "Renewals"], True), (["Sales", "Sales"], False)):
        rows: list[list[object]] = [
            ["Record ID", "Deal Name", "Pipeline", "Deal Stage", "Amount"],
            ["1", "D1", pipelines[0], "Qualified", "100"],
            ["2", "D2", pipelines[1], "Qualified", "100"],
        ]
        found = look([Given("deals.csv", twin.write(tmp_path / "deals.csv", rows))], at=AT).files[0].found
        assert found is not None
        said = [(column.reason, column.detail) for column in found.columns if column.name == "Pipeline"]
        assert (said == [("several_pipelines", "Renewals, Sales")]) is told
        assert told is False or "Renewals, Sales" in str(WHY["several_pipelines"]).format(detail=said[0][1])


GERMAN_TWINS = {
    "Deal - Title": "Deal - Titel", "Deal - Owner": "Deal - Eigentümer", "Deal - Organization": "Deal - Organisation",
    "Deal - Contact person": "Deal - Kontaktperson", "Deal - Value": "Deal - Wert", "Deal - Currency": "Deal - Währung",
    "Deal - Stage": "Deal - Phase", "Deal - Expected close date": "Deal - Voraussichtliches Abschlussdatum",
    "Deal - Deal created": "Deal - Deal erstellt", "Deal - Won time": "Deal - Gewonnen am",
    "Deal - Lost time": "Deal - Verloren am", "Deal - Lost reason": "Deal - Verlustgrund",
    "Opportunity Name": "Opportunity-Name", "Opportunity Owner": "Opportunity-Inhaber", "Account Name": "Accountname",
    "Close Date": "Schlusstermin", "Created Date": "Erstelldatum", "Lead Source": "Leadquelle",
    "Next Step": "Nächster Schritt", "Stage": "Phase", "Amount": "Betrag",
}  # fmt: skip


@pytest.mark.parametrize(("english", "german"), GERMAN_TWINS.items())
def test_a_german_title_means_what_its_english_twin_means(english: str, german: str) -> None:
    assert field_named(german, FileKind.DEALS)[0] == field_named(english, FileKind.DEALS)[0] != ""


@pytest.mark.parametrize(
    ("name", "header"),
    [
        (
            "crm.lead.csv",
            "id,name,partner_id/name,contact_name,stage_id/name,expected_revenue,user_id/name,create_date,date_deadline",
        ),
        (
            "Lead-Opportunity (crm.lead).csv",
            "External ID,Opportunity,Customer,Contact Name,Stage,Expected Revenue,Salesperson,Created on,"
            "Expected Closing",
        ),
    ],
)
def test_odoo_for_programs_and_for_people(db, tmp_path, name, header):
    rows: list[list[object]] = [
        [*header.split(",")],
        ["a1", "Chairs", "Azure", "Bo Lee", "Qualified", "5000.00", "Mitchell", "2025-01-03 09:00:00", "2025-12-31"],
        ["a2", "Desks", "Deco", "", "Won", "1500.00", "Marc", "2025-01-04 09:00:00", ""],
    ]
    view = twin.run(twin.write(tmp_path / name, rows))
    assert dict(view.totals) == {"created": 2, "changed": 0, "unchanged": 0, "rejected": 0, "rows": 2}
    deal = Deal.objects.get(name="Chairs")
    assert deal.account is not None
    assert deal.owner is not None
    assert (deal.account.name, deal.owner.name, deal.amount, deal.expected_close) == (
        "Azure", "Mitchell", 5000, date(2025, 12, 31),
    )  # fmt: skip
    assert Stakeholder.objects.get(deal=deal).person.name == "Bo Lee"
    assert Deal.objects.get(name="Desks").status == "won"


def test_dynamics_says_what_must_not_be_changed(db, tmp_path):
    rows: list[list[object]] = [
        ["(Nicht ändern) Verkaufschance", "(Nicht ändern) Geändert am", "Thema", "Potenzieller Kunde", "Gesch. Umsatz",
         "Gesch. Abschlussdatum", "Status", "Besitzer"],
        ["0b1e", "01.02.2025 10:11", "Pumpe", "Müller", "12.500,00 €", "31.12.2025", "Offen", "Anna"],
    ]  # fmt: skip
    twin.run(twin.write(tmp_path / "Alle Verkaufschancen.csv", rows, delimiter=";", encoding="cp1252"))
    deal = Deal.objects.get()
    assert (deal.name, deal.amount, deal.expected_close) == ("Pumpe", 12500, date(2025, 12, 31))
    assert "(Nicht ändern) Verkaufschance" not in deal.data, "it is the key"


@pytest.mark.parametrize(
    ("title", "cells", "currencies"),
    [
        ("Amount", ["$1,250.00", "€ 99", "1250"], ["USD", "EUR", "EUR"]),
        ("Betrag CHF", ["12'500.50", "CHF 1'000.-", "$5.00"], ["CHF", "CHF", "USD"]),
        ("Value ($)", ["1,250.00", "9.50", "–"], ["USD", "USD", "EUR"]),
        ("Amount", ["kr 1,250.00", "1,000.50 kr.", "C$"], None),
    ],
)
def test_amounts_are_of_the_currency_that_they_say(db, tmp_path, title, cells, currencies):
    rows: list[list[object]] = [
        ["Deal", "Stage", title],
        *([f"D{at}", "Angebot", cell] for at, cell in enumerate(cells)),
    ]
    view = twin.run(twin.write(tmp_path / "deals.csv", rows, delimiter=";"))
    if currencies is None:
        assert view.totals["rejected"] == 1, "what is no amount is rejected and not guessed"
        currencies = ["SEK", "SEK"]
    assert list(Deal.objects.order_by("name").values_list("currency", flat=True)) == currencies
