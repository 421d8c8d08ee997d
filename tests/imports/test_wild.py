"""Lists and exports as they are found in the wild: every value is right, and nobody has to mend the map by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from etappe.core.periods import local_day
from etappe.deals.models import Deal, Stakeholder
from etappe.people.models import Person
from tests.imports import twin

Rows = list[list[Any]]


def text(path: Path, lines: str, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """A file of these lines; in the text here cells stand between bars."""
    path.write_bytes(lines.strip().replace("|", delimiter).replace("\n", "\r\n").encode(encoding))
    return path


def book(path: Path, rows: Rows) -> Path:
    """A workbook whose first two rows are titles across the sheet."""
    with xlsxwriter.Workbook(path, {"default_date_format": "dd.mm.yy"}) as made:
        sheet = made.add_worksheet("Liste")
        for at, row in enumerate(rows):
            if len(row) == 1:
                sheet.merge_range(at, 0, at, 5, row[0])
            for place, cell in enumerate(row if len(row) > 1 else ()):
                if cell != "":
                    sheet.write(at, place, cell)
    return path


def pipedrive(folder: Path) -> list[Path]:
    """The page in German, with dashes that no keyboard has."""
    deals = """
Deal – ID,Deal – Titel,Deal – Organisation,Deal – Kontaktperson,Deal – Wert,Deal – Währung,\
Deal – Phase,Deal – Status,Deal – Besitzer,Deal – Gewonnen am,Deal – Verloren am,Deal – Grund des Verlusts
41,Pumpen,Stadtwerke Höxter,"Lehmann, Petra",12500,EUR,Angebot erstellt,Offen,Jörg Krämer,,,
42,Teile,Meyer & Söhne KG,Udo Bär,980.5,EUR,Verhandlung,Gewonnen,Jörg Krämer,2024-10-15 16:20:00,,
43,Wartung,Stadtwerke Höxter,,4000,CHF,Qualifiziert,Verloren,Inge Müller,,2024-09-30 12:00:00,zu teuer"""
    people = """
Person – ID,Person – Name,Person – Organisation,Person – E-Mail – Büro,Person – Telefon – Büro,Person – Telefon – Mobil
7,Petra Lehmann,Stadtwerke Höxter,lehmann@sw.example,+49 5271 900,+49 171 55"""
    return [text(folder / "deals-8123-45.csv", deals), text(folder / "people-8123-46.csv", people)]


def close(folder: Path) -> list[Path]:
    """Close calls companies leads, and stages labels."""
    rows = """
id,lead_id,lead_name,status_id,status_label,status_type,\
value,value_period,value_currency,date_created,date_won,date_lost,user_id,user_name
oppo_1a,lead_9x,Stadtwerke Höxter,stat_1,Demo Completed,active,\
12500.00,annual,EUR,2024-07-02T10:11:12.345000+00:00,,,user_1,Jörg Krämer
oppo_2b,lead_9y,Meyer & Söhne KG,stat_2,Won,won,\
980.50,one_time,EUR,2024-07-02T10:11:12.345000+00:00,2024-10-15T14:20:00+00:00,,user_1,Jörg Krämer
oppo_3c,lead_9x,Stadtwerke Höxter,stat_3,Lost,lost,\
4000.00,monthly,CHF,2024-07-05T10:11:12.345000+00:00,,2024-09-30T10:00:00+00:00,user_2,Inge Müller"""
    return [text(folder / "close_opportunities.csv", rows)]


def windows(folder: Path) -> list[Path]:
    """Semicolons and umlauts of an old Windows, years of two digits, signs behind the amounts, a sum."""
    rows = """
Vorgangsnr;Bezeichnung;Firma;Betrag;Phase;Auftrag erhalten;Abschlussdatum;Bearbeiter
V-1;Pumpen;Stadtwerke Höxter;12.500,00 €;Angebot;nein;;Jörg Krämer
V-2;Teile;Meyer & Söhne KG;980,50 €;Abgeschlossen;ja;15.10.24;Jörg Krämer
V-3;Wartung;Stadtwerke Höxter;4.000,00 CHF;Verloren;nein;30.09.24;Inge Müller
;;Summe:;17.480,50;;;;"""
    return [text(folder / "Chancen.csv", rows, "cp1252")]


def sheet(folder: Path) -> list[Path]:
    """A list kept in a spreadsheet: titles above, groups with their own headers, sums below."""
    head = ["Projekt", "Kunde", "Auftragswert", "Währung", "Status", "Abgeschlossen", "Zuständig", "Ansprechpartner"]
    rows: Rows = [
        ["Angebotsliste Vertrieb"], ["Stand: 15.01.2025"], [], head,
        ["Pumpen", "Stadtwerke Höxter", 12500, "€", "offen", "", "Jörg Krämer", "Lehmann, Petra"],
        ["", "", 12500], [], ["Erledigt", ""], head,
        ["Teile", "Meyer & Söhne KG", 980.5, "€", "gewonnen", "15.10.2024", "Jörg Krämer", ""],
        ["Wartung", "Stadtwerke Höxter", 4000, "CHF", "verloren", "30.09.2024", "Inge Müller", ""],
        ["Gesamtsumme", "", 17480.5],
    ]  # fmt: skip
    return [book(folder / "Vertrieb 2024.xlsx", rows)]


def report(folder: Path) -> list[Path]:
    """A report of Salesforce with tabs in UTF-16, and what its foot says."""
    rows = """
Opportunity Owner|Account Name|Opportunity Name|Stage|Amount|Close Date|Created Date
Jörg Krämer|Stadtwerke Höxter|Pumpen|Negotiation/Review|EUR 12,500.00|12/31/2026|11/5/2024
Jörg Krämer|Meyer & Söhne KG|Teile|Closed Won|EUR 980.50|10/15/2024|7/31/2024
Inge Müller|Stadtwerke Höxter|Wartung|Closed Lost|CHF 4,000.00|9/30/2024|7/26/2024

Grand Totals (3 records)

Confidential Information - Do Not Distribute"""
    return [text(folder / "report.txt", rows, "utf-16", "\t")]


def sugar(folder: Path) -> list[Path]:
    """A list of Sugar as its screen names the columns: of a deal that closed, the expected day is the one it did."""
    rows = """
Opportunity Name|Account Name|Sales Stage|Opportunity Amount|Currency|Expected Close Date|Assigned to|Date Created
Pumpen|Stadtwerke Höxter|Negotiation/Review|12500.00|EUR|2026-12-31|Jörg Krämer|2024-11-05
Teile|Meyer & Söhne KG|Closed Won|980.50|EUR|2024-10-15|Jörg Krämer|2024-07-31
Wartung|Stadtwerke Höxter|Closed Lost|4000.00|CHF|2024-09-30|Inge Müller|2024-07-26"""
    return [text(folder / "Opportunities.csv", rows)]


@pytest.mark.parametrize("made", [pipedrive, close, windows, sheet, report, sugar], ids=lambda made: made.__name__)
def test_the_same_three_deals_as_others_write_them(db, tmp_path, made: Callable[[Path], list[Path]]):
    view = twin.run(*made(tmp_path))
    assert view.totals["created"] == len(Deal.objects.all()) + (made is pipedrive)
    rejected = {note.code for note in view.notes if note.rejects}
    assert rejected <= {"row_total", "row_header", "row_title", "row_short", "field_required"}
    assert list(_deals()) == [
        ("Stadtwerke Höxter", "12500 EUR", "open", "", "Jörg Krämer"),
        ("Meyer & Söhne KG", "980.5 EUR", "won", "2024-10-15", "Jörg Krämer"),
        ("Stadtwerke Höxter", "4000 CHF", "lost", "2024-09-30", "Inge Müller"),
    ]
    centre = set(Stakeholder.objects.values_list("person__name", flat=True))
    assert centre <= {"Petra Lehmann", "Udo Bär"}
    assert ("Petra Lehmann" in centre) == (made in (pipedrive, sheet))


def _deals() -> Iterator[tuple[str, ...]]:
    for deal in Deal.objects.order_by("id").select_related("account", "owner"):
        assert deal.account is not None
        assert deal.owner is not None
        assert deal.amount is not None
        closed = local_day(deal.closed_at, "Europe/Berlin").isoformat() if deal.closed_at else ""
        yield deal.account.name, f"{deal.amount.normalize():f} {deal.currency}", deal.status, closed, deal.owner.name


def test_several_numbers_and_addresses_in_a_cell(db, tmp_path):
    rows = """
Name;Firma;Telefon;E-Mail;Position;Newsletter
Schröder, Anna;Meier GmbH;030/12345; 0172 5678;A.Schroeder@Meier.example ;Einkauf;ja
Öz, Cem;Oz AG;+43 1 23456 / +43 664 1234;cem@oz.example, oz@oz.example;GF;nein
Bo Ek;Ekhus, Inc.;12345;bo@ek.example;;"""
    rows = rows.replace("030/12345; 0172", '"030/12345; 0172').replace("5678;A", '5678";A')
    view = twin.run(text(tmp_path / "Kontakte.csv", rows, "cp1252"))
    assert (view.totals["created"], view.totals["rejected"]) == (3, 0)
    found = Person.objects.order_by("id").values_list("name", "account__name", "email", "phone", "mobile")
    assert list(found) == [
        ("Anna Schröder", "Meier GmbH", "a.schroeder@meier.example", "030/12345", "0172 5678"),
        ("Cem Öz", "Oz AG", "cem@oz.example", "+43 1 23456", "+43 664 1234"),
        ("Bo Ek", "Ekhus, Inc.", "bo@ek.example", "12345", ""),
    ]
    kept = Person.objects.get(name="Cem Öz").data
    assert kept["E-Mail"] == "cem@oz.example, oz@oz.example", "what could not be taken is not lost"
    again = twin.run(tmp_path / "Kontakte.csv")
    assert (again.totals["unchanged"], again.totals["rejected"]) == (3, 0)
