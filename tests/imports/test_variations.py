"""Exports as other programs and pages write them: other titles, references and currencies than we know best."""

from __future__ import annotations

from datetime import date

import pytest

from etappe.deals.models import Deal, Stakeholder
from etappe.people.models import Person
from etappe.team.models import User
from tests.imports import twin


def test_the_page_of_hubspot_writes_other_columns_than_its_programs(db, tmp_path):
    deals: list[list[object]] = [
        ["Record ID", "Deal Name", "Deal Stage", "Close Date", "Deal owner", "Amount", "Create Date",
         "Associated Contact", "Associated Contact IDs", "Associated Company", "Associated Company IDs"],
        ["101", "Pump", "Contract Sent", "2025-12-01 10:00", "Anna Öz", "1200", "2025-01-02 09:11",
         "Eva Kühn (eva@mueller.example);Tom Ulm (tom@mueller.example);Neu (neu@mueller.example)", "11;12", "Müller",
         "501"],
        ["102", "Valve", "Closed won", "2025-03-01 10:00", "(No value)", "3000", "2025-01-05 09:11", "", "", "Meier",
         "502"],
    ]  # fmt: skip
    contacts: list[list[object]] = [
        ["Record ID", "First Name", "Last Name", "Email", "Associated Company"],
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
    assert Deal.objects.get(name="Valve").owner is None
    assert not User.objects.filter(name__contains="No value").exists()


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
