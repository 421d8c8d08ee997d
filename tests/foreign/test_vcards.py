"""vCards of every make become rows; hostile ones become a row that says what it lacks, or a refusal."""

from __future__ import annotations

from pathlib import Path

import pytest

from etappe.core.vcard import card
from etappe.foreign.tables import rows, sniff

RFC_6350 = """BEGIN:VCARD
VERSION:4.0
FN:Simon Perreault
N:Perreault;Simon;;;ing. jr,M.Sc.
BDAY:--0203
GENDER:M
LANG;PREF=1:fr
LANG;PREF=2:en
ORG;TYPE=work:Viagenie
TEL;VALUE=uri;TYPE="work,voice";PREF=1:tel:+1-418-656-9254;ext=102
TEL;VALUE=uri;TYPE="work,cell,voice,video,text":tel:+1-418-262-6501
EMAIL;TYPE=work:simon.perreault@viagenie.ca
UID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1
URL;TYPE=home:http://nomis80.org
END:VCARD
"""
OUTLOOK = (
    "BEGIN:VCARD\r\nVERSION:2.1\r\nN;LANGUAGE=de;CHARSET=Windows-1252:Gr\xf6\xdf;J\xfcrgen;;Dr.\r\n"
    "FN;CHARSET=Windows-1252:Dr. J\xfcrgen Gr\xf6\xdf\r\nORG:S\xf6der & Kamm GmbH;Einkauf\r\n"
    "TEL;WORK;VOICE:+49 30 123\r\nTEL;WORK;FAX:+49 30 124\r\nTEL;CELL;VOICE:0171 5\r\n"
    "EMAIL;PREF;INTERNET:jg@soeder.example\r\n"
    "NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=utf-8:Erste Zeile=0D=0AZweite =C3=9C=\r\nbung\r\n"
    "PHOTO;TYPE=JPEG;ENCODING=BASE64:\r\n /9j/4AAQSkZJRgABAQEAYABgAAD\r\n /2wBDAAEBAQEBAQ==\r\n\r\n"
    "REV:20200101T000000Z\r\nEND:VCARD\r\n"
).encode("cp1252")
APPLE = """BEGIN:VCARD
VERSION:3.0
N:Ernst;Eva;;;
FN:Eva Ernst
item1.EMAIL;type=INTERNET;type=HOME:eva@privat.example
item2.EMAIL;type=INTERNET;type=WORK;type=pref:eva@kunde.example
item2.X-ABLabel:_$!<Work>!$_
TEL;type=IPHONE;type=CELL;type=VOICE:+49 170 7
ADR;type=WORK:;;Lange Straße 1\\, Hof;Köln;;50667;Deutschland
X-SOCIALPROFILE;type=linkedin:https://www.linkedin.com/in/eva
NOTE:Sagt\\, sie komme im
  Mai\\nwieder
END:VCARD
BEGIN:VCARD
VERSION:3.0
N:;;;;
ORG:Nur Firma AG;
END:VCARD
"""


def read(path: Path, content: bytes | str) -> list[dict[str, str]]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    guess = sniff(path)
    assert guess.kind == "vcf"
    return [
        {name: cell for name, cell in zip(guess.columns, row.cells, strict=True) if cell} for row in rows(path, guess)
    ]


def test_cards_of_every_version_become_rows(tmp_path: Path) -> None:
    (simon,) = read(tmp_path / "rfc.vcf", RFC_6350)
    assert simon == {
        "Contact ID": "4fbe8971-0bc3-424c-9c26-36c3e1eff6b1",
        "Full name": "Simon Perreault",
        "First name": "Simon",
        "Last name": "Perreault",
        "Email": "simon.perreault@viagenie.ca",
        "Phone": "+1-418-656-9254;ext=102",
        "Mobile": "+1-418-262-6501",
        "Company": "Viagenie",
        "Language": "fr",
        "Website": "http://nomis80.org",
        "Birthday": "--0203",
        "Not taken over": "gender",
    }
    (outlook,) = read(tmp_path / "outlook.vcf", OUTLOOK)
    assert (outlook["Full name"], outlook["Last name"]) == ("Dr. Jürgen Größ", "Größ")
    assert (outlook["Company"], outlook["Department"]) == ("Söder & Kamm GmbH", "Einkauf")
    assert (outlook["Phone"], outlook["Mobile"], outlook["Not taken over"]) == ("+49 30 123", "0171 5", "photo")
    assert outlook["Note"].splitlines() == ["Erste Zeile", "Zweite Übung"]
    eva, company = read(tmp_path / "apple.vcf", APPLE)
    assert (eva["Email"], eva["Further addresses"]) == ("eva@kunde.example", "eva@privat.example")
    assert (eva["Profile"], eva["Address"]) == (
        "https://www.linkedin.com/in/eva",
        "Lange Straße 1, Hof, Köln, 50667, Deutschland",
    )
    assert eva["Note"] == "Sagt, sie komme im Mai\nwieder"
    assert company == {"Full name": "Nur Firma AG", "Company": "Nur Firma AG"}


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        ("BEGIN:VCARD\nFN:Ohne Ende\n", {"Full name": "Ohne Ende"}),
        ("BEGIN:VCARD\nFN:Außen\nAGENT:\nBEGIN:VCARD\nFN:Innen\nEND:VCARD\nEND:VCARD\n", {"Full name": "Außen"}),
        ("BEGIN:VCARD\nFN:A\nEMAIL;" + "X=" + "y;" * 5000 + ":a@b.example\nEND:VCARD\n", {"Full name": "A"}),
        ("BEGIN:VCARD\nFN:B\n" + "TEL:1\n" * 20_000 + "END:VCARD\n", {"Full name": "B", "Phone": "1"}),
        ("BEGIN:VCARD\nFN:" + "ä" * 3_000_000 + "\nEND:VCARD\n", None),
        ("BEGIN:VCARD\nFN:C\nNOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=klingon:=FF=ZZ=\n", {"Full name": "C"}),
        ("BEGIN:VCARD\nFN:D\x00\x1b[31m\u202e\nkein Doppelpunkt\n:leer\nEND:VCARD\n", None),
        ("BEGIN:VCARD\nPHOTO;ENCODING=b:" + "A" * 8_000_000 + "\nFN:E\nEND:VCARD\n", {"Full name": "E"}),
    ],
)
def test_hostile_cards_do_no_harm(tmp_path: Path, card: str, expected: dict[str, str] | None) -> None:
    (found,) = read(tmp_path / "hostile.vcf", card)
    assert max(len(value) for value in found.values()) <= 32 << 10
    assert "\x1b" not in found["Full name"]
    if expected:
        assert found.items() >= expected.items()


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_what_is_written_is_read_again(tmp_path: Path, version: str) -> None:
    person = {
        "uid": "4fbe8971-0bc3-424c-9c26-36c3e1eff6b1",
        "name": "Jörg; Groß, Sohn\\von",
        "given_name": "Jörg;",
        "family_name": "Groß, Sohn\\von",
        "email": "jörg@groß.example",
        "phone": "+49 30 1",
        "mobile": "+49 170 2",
        "job_title": "Leiter " + "Ö" * 80,
        "department": "Einkauf; Nord",
        "account": "Söder, Kamm & Co",
        "profile": "https://www.linkedin.com/in/j,g;x",
    }
    text = card(person, version)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    (found,) = read(tmp_path / "own.vcf", text)
    names = (
        "Contact ID",
        "Full name",
        "First name",
        "Last name",
        "Email",
        "Phone",
        "Mobile",
        "Job title",
        "Department",
    )
    assert tuple(found[name] for name in names) == tuple(person.values())[:9]
    assert (found["Company"], found["Profile"]) == (person["account"], person["profile"])
    assert "Not taken over" not in found
