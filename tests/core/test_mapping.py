"""What foreign files are proposed to be."""

from __future__ import annotations

import csv
import io

import pytest

from etappe.core.columns import Profile
from etappe.core.dates import DMY, EPOCH_MS, EXCEL, MDY, YMD, DateEvidence, NoDate, day_of
from etappe.core.headers import DATA, FileKind, field_named
from etappe.core.mapping import FilePlan, propose
from etappe.core.process import Status
from etappe.core.stages import StageSeen, in_order, outcome_of, plan_stages
from etappe.core.values import COMMA, DOT, NoNumber, NumberEvidence, fold_key, formula_safe, read_number, tidy


def profile(name: str, text: str, delimiter: str = ";") -> Profile:
    rows = list(csv.reader(io.StringIO(text.strip()), delimiter=delimiter))
    found = Profile(name, rows[0])
    found.look([tuple(cell or None for cell in row) for row in rows[1:]])
    return found


def fields(plan: FilePlan) -> dict[str, str]:
    return {column.name: column.field for column in plan.columns if column.field != DATA}


GERMAN = """
Vorgangsnr;Bezeichnung;Firma;Verkäufer;Phase;Auftragswert;Erstellt am;Abschlussdatum;Bemerkung
1001;Halle 3;Müller GmbH;Anja Holm;Angebot;1.234,56;31.12.2016;;gut
1002;Halle 4;Söder AG;Bert Kraus;Gewonnen;2.000,00;01.02.2016;03.04.2016;
1003;Halle 5;Müller GmbH;Anja Holm;Verloren;99,90;05.06.2016;07.08.2016;teuer
"""


def test_german_deals():
    (plan,) = propose([profile("Verkaufschancen.csv", GERMAN)])
    assert plan.kind is FileKind.DEALS
    assert fields(plan) == {
        "Vorgangsnr": "external_id", "Bezeichnung": "name", "Firma": "account", "Verkäufer": "owner", "Phase": "stage",
        "Auftragswert": "amount", "Erstellt am": "created", "Abschlussdatum": "closed",
    }  # fmt: skip
    styles = {column.field: column.style for column in plan.columns}
    assert (styles["amount"], styles["created"], styles["closed"]) == (COMMA, DMY, DMY)
    assert all(column.is_sure for column in plan.columns)


@pytest.mark.parametrize(
    ("header", "kind", "field"),
    [
        ("Deal - Title", FileKind.DEALS, "name"),
        ("Deal - Organization", FileKind.DEALS, "account"),
        ("StageName", FileKind.DEALS, "stage"),
        ("property_closedate", FileKind.DEALS, "closed"),
        ("Won time", FileKind.DEALS, "won_on"),
        ("Closing Date", FileKind.DEALS, "closed"),
        ("Erwarteter Abschluss", FileKind.DEALS, "expected_close"),
        ("hubspot_owner_id", FileKind.DEALS, "owner"),
        ("BillingCity", FileKind.ACCOUNTS, "city"),
        ("PLZ", FileKind.ACCOUNTS, "postcode"),
        ("Anzahl Mitarbeiter", FileKind.ACCOUNTS, "employees"),
        ("E-Mail-Adresse", FileKind.PEOPLE, "email"),
        ("Person - Name", FileKind.PEOPLE, "name"),
        ("regional_office", FileKind.OWNERS, "team"),
        ("Umsatz in EUR", FileKind.DEALS, "amount"),
        ("Wetter", FileKind.DEALS, ""),
    ],
)
def test_headers(header: str, kind: FileKind, field: str):
    assert field_named(header, kind)[0] == field


def unknown_headers() -> tuple[str, str]:
    firms = ["Nordlicht GmbH", "Ost & Co", "West AG", "Süd KG"]
    deals = ["a;b;c;d;e"]
    for at in range(40):
        stage = ("Won", "Lost", "Angebot")[at % 3]
        closed = f"2016-0{2 + at % 7}-11" if stage != "Angebot" else ""
        deals.append(f"K{at:04};{firms[at % 4]};{stage};2016-0{1 + at % 7}-10;{closed}")
    return "\n".join(deals), "\n".join(["x;y", *(f"{firm};{12 * at + 3}" for at, firm in enumerate(firms))])


def test_unknown_headers_are_read_by_their_values():
    deals, firms = unknown_headers()
    first, second = propose([profile("export1.csv", deals), profile("export2.csv", firms)])
    assert first.kind is FileKind.DEALS
    assert fields(first)["c"] == "stage"
    assert fields(first)["d"] == "created"
    assert fields(first)["e"] == "closed"
    assert fields(first)["a"] == "external_id"
    assert second.kind in (FileKind.ACCOUNTS, FileKind.PRODUCTS)
    column = next(column for column in first.columns if column.name == "b")
    assert column.field in ("account", "product")
    assert (column.reason, column.detail) == ("overlap", "export2.csv: x")


def test_a_history_is_no_table_of_deals():
    (plan,) = propose([profile("opportunity_history.csv", GERMAN)])
    assert plan.kind is None


def test_a_column_of_check_sums_is_no_address():
    text = "Contact ID;First Name;Last Name;Email\n1;Anna;Ahl;fcb67ef339\n2;Bert;Bo;6528bb7211\n"
    (plan,) = propose([profile("contacts.csv", text)])
    assert plan.kind is FileKind.PEOPLE
    assert "Email" not in fields(plan)


def test_one_column_helps_another_to_be_sure():
    text = "deal id;deal stage;amount;created\n1;Won;1.234;01/02/2017\n2;Lost;1.234,50;03/04/2017\n3;Won;5;05/06/2017\n"
    (plan,) = propose([profile("deals.csv", text)])
    amount = next(column for column in plan.columns if column.field == "amount")
    created = next(column for column in plan.columns if column.field == "created")
    assert (amount.style, amount.is_sure) == (COMMA, True)
    assert not created.is_sure, "both orders fit: somebody must be asked"


@pytest.mark.parametrize(
    ("cells", "style", "sure"),
    [
        (["31.12.2016", "01.02.2016"], DMY, True),
        (["12/25/2016", "01/02/2016"], MDY, True),
        (["25/12/2016", "01/02/2016"], DMY, True),
        (["01/02/2016", "03/04/2016"], DMY, False),
        (["2016-12-31", "2016-01-02 10:00"], YMD, True),
        (["5. März 2017", "Jan 5, 2017"], YMD, True),
        (["1483142400000", "1483228800000"], EPOCH_MS, True),
        (["42735", "42736"], EXCEL, True),
    ],
)
def test_the_order_of_dates_is_decided_by_all(cells: list[str], style: str, sure: bool):
    seen = DateEvidence()
    for cell in cells:
        seen.look(cell, 1)
    assert seen.style() == (style, sure)


@pytest.mark.parametrize(
    ("cell", "style", "day"),
    [
        ("31.12.16", DMY, "2016-12-31"), ("2016/12/31", MDY, "2016-12-31"), ("20161231", YMD, "2016-12-31"),
        ("31 Dez 2016", DMY, "2016-12-31"), ("December 31st, 2016", YMD, "2016-12-31"),
        ("42735.5", EXCEL, "2016-12-31"),
        ("2016-12-31T23:00:00.123Z", YMD, "2016-12-31"), ("12/31/2016 4:05 PM", MDY, "2016-12-31"),
    ],
)  # fmt: skip
def test_days(cell: str, style: str, day: str):
    assert day_of(cell, style).isoformat() == day


@pytest.mark.parametrize(
    "cell", ["32.12.2016", "2016-13-01", "0000-00-00", "31.12.2016 und", "soon", "9999-12-31", "1e9"]
)
def test_what_is_no_day(cell: str):
    with pytest.raises(NoDate):
        day_of(cell, DMY)


@pytest.mark.parametrize(
    ("cells", "style", "sure"),
    [
        (["1.234,56"], COMMA, True), (["1,234.56"], DOT, True), (["1234,5", "7"], COMMA, True),
        (["1.234.567"], COMMA, True),
        (["1.234"], COMMA, False), (["1,234"], DOT, False), (["0.125"], DOT, True), (["17"], DOT, True),
    ],
)  # fmt: skip
def test_the_style_of_numbers(cells: list[str], style: str, sure: bool):
    seen = NumberEvidence()
    assert all(seen.look(cell, 1) for cell in cells)
    assert seen.style() == (style, sure)


@pytest.mark.parametrize("cell", ["", "abc", "1.2.3", "12,34,5", "1e999", "--5", "٣٣x"])
def test_what_is_no_number(cell: str):
    with pytest.raises(NoNumber):
        read_number(cell, DOT)


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("Closed Won", Status.WON), ("closedwon", Status.WON), ("Abgeschlossen gewonnen", Status.WON),
        ("Auftrag", Status.WON),
        ("6 - Closed Won (100%)", Status.WON), ("Absage", Status.LOST), ("Lost to competitor", Status.LOST),
        ("nicht gewonnen", Status.LOST), ("Disqualified", Status.DISQUALIFIED), ("Abgelehnt", Status.DECLINED),
        ("Auftragsverhandlung", None), ("Wonderful", None), ("Offen", Status.OPEN),
    ],
)  # fmt: skip
def test_outcomes(value: str, status: Status | None):
    assert outcome_of(value) is status


def test_stages_stand_in_the_order_of_a_sale():
    seen = [StageSeen(name, 1) for name in ("Verhandlung", "Demo", "Qualifizierung", "Angebot", "Neu")]
    assert [stage.value for stage in in_order(seen)] == ["Neu", "Qualifizierung", "Demo", "Angebot", "Verhandlung"]
    numbered = [StageSeen(name, 1) for name in ("3 Neu", "1 Angebot", "2 Demo")]
    assert [stage.value for stage in in_order(numbered)] == ["1 Angebot", "2 Demo", "3 Neu"]
    unknown = [StageSeen("Alpha", 1, "2016-01-01"), StageSeen("Omega", 1, "2016-09-01")]
    assert [stage.value for stage in in_order(unknown)] == ["Omega", "Alpha"], "younger deals stand earlier"


def test_without_a_process_that_fits_one_is_proposed():
    plan = plan_stages([StageSeen("Alpha", 5), StageSeen("Won", 3)], [])
    assert plan.process == ""
    assert [(target.value, target.status) for target in plan.targets] == [("Alpha", Status.OPEN), ("Won", Status.WON)]


def test_spellings_and_formulas():
    assert fold_key("GTXPro") == fold_key("GTX Pro") == fold_key("gtx-pro")
    assert fold_key("Straße") == fold_key("STRASSE")
    for cell in ("=1+1", "+49 30", "-5", "@x", "|cmd", "%0A", "＝1"):
        assert formula_safe(cell).startswith("'")
        assert tidy(formula_safe(cell)) == cell
    assert formula_safe("O'Neill") == "O'Neill"
