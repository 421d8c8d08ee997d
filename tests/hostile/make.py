"""Small hostile files made at test time: mails, calendars, tables, workbooks. Nothing here is larger than 3 MiB."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator

SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = (
    f'<?xml version="1.0"?><Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
PARTS = {
    "[Content_Types].xml": TYPES,
    "_rels/.rels": f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<?xml version="1.0"?><workbook {SHEET} xmlns:r="{OFFICE}"><sheets><sheet name="S" sheetId="1" '
    'r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships"><Relationship '
    f'Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def workbook(sheet: str | Callable[[zipfile.ZipFile], None], **more: str) -> bytes:
    """An XLSX file around the XML of one sheet, or with what a function writes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for name, text in (PARTS | more).items():
            file.writestr(name, text)
        if callable(sheet):
            sheet(file)
        else:
            file.writestr("xl/worksheets/sheet1.xml", sheet)
    return out.getvalue()


def sheet(rows: str, before: str = "") -> str:
    return f'<?xml version="1.0"?>{before}<worksheet {SHEET}><sheetData>{rows}</sheetData></worksheet>'


def cell(at: str, text: str) -> str:
    return f'<row r="{at.lstrip("ABCDEFX")}"><c r="{at}" t="inlineStr"><is><t>{text}</t></is></c></row>'


def _bomb(file: zipfile.ZipFile) -> None:
    """A cell of 400 MiB."""
    with file.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
        part.write(sheet("").split("</sheetData>")[0].encode() + b'<row r="1"><c r="A1" t="inlineStr"><is><t>')
        for _ in range(400):
            part.write(b"A" * (1 << 20))
        part.write(b"</t></is></c></row></sheetData></worksheet>")


def _many_cells(count: int) -> str:
    return "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="ZZ{n}"><v>1</v></c></row>' for n in range(1, count))


def _lying_size(bomb: bytes) -> bytes:
    """A bomb whose directory says that it is small."""
    raw = bytearray(bomb)
    at = raw.rfind(b"PK\x01\x02", 0, raw.rfind(b"xl/worksheets/sheet1.xml"))
    raw[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    return bytes(raw)


def workbooks() -> Iterator[tuple[str, bytes]]:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    laughs = f'<!DOCTYPE w [<!ENTITY a0 "lol">{laughs}]>'
    yield "plain", workbook(sheet(cell("A1", "Name") + cell("A2", "Ulm")))
    bomb = workbook(_bomb)
    yield "bomb", bomb
    yield "bomb that lies", _lying_size(bomb)
    yield "laughs", workbook(sheet(cell("A1", "&a8;"), laughs))
    yield (
        "entity of a file",
        workbook(sheet(cell("A1", "&x;"), '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>')),
    )
    yield "far cell", workbook(sheet(cell("A1", "near") + cell("A1048576", "far")))
    yield "far corner", workbook(sheet(cell("A1", "near") + cell("XFD1048576", "far")))
    yield "far columns in every row", workbook(sheet(_many_cells(20_000)))
    yield "leads out", workbook(sheet(cell("A1", "x")), **{"../../evil.txt": "x"})
    yield "cut off", workbook(sheet(cell("A1", "x")))[:600]
    yield "no sheet", workbook(lambda file: None)
    yield "deep", workbook("<a>" * 100_000)


def mails() -> Iterator[tuple[str, bytes]]:
    head = b"From: a@example.org\r\nMIME-Version: 1.0\r\n"
    parts = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(3000))
    yield "nested parts", head + parts
    yield "nested mails", head + b"Content-Type: message/rfc822\r\n\r\n" * 3000
    yield "many parts", head + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 20_000
    yield "commas", b"To: " + b"," * 200_000 + b"\r\n\r\nx"
    yield "commas within the limit", b"From: " + b"," * 16_000 + b"\r\n\r\nx"
    yield "backslashes", b'From: "' + b"\\" * 16_000 + b"\r\n\r\nx"
    yield "brackets", b"From: " + b"(" * 16_000 + b"\r\n\r\nx"
    yield "angles", b"From: " + b"<" * 8000 + b">" * 8000 + b"\r\n\r\nx"
    yield "folded for ever", b"From: a@example.org\r\nTo:" + b"\r\n ,,,,,,,," * 20_000 + b"\r\n\r\nx"
    yield "semicolons", head + b"Content-Type: text/plain" + b";" * 200_000 + b"\r\n\r\nx"
    yield "encoded words", b"Subject: " + b"=?utf-8?q?=C3?= " * 1000 + b"\r\n\r\nx"
    yield "html tags", head + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 3000
    yield "html angles", head + b"Content-Type: text/html\r\n\r\n" + b"<" * 100_000
    yield "html comment", head + b"Content-Type: text/html\r\n\r\n<!--" + b"-" * 100_000
    yield "header lines in the body", head + b"\r\n" + b"From: a\r\nTo: b\r\n" * 50_000
    yield "quotation marks", head + b"\r\n" + b"On 1 Jan a <a@b " * 5000 + b"\n" + b"> " * 50_000
    yield "bad charset", head + b"Content-Type: text/plain; charset=\xff\x00x\r\n\r\n\xff\xfe"
    yield "bad base64", head + b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPHNj=\r\n=A\xff"
    yield "uuencode", head + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 x\r\nM\r\n"
    yield "nothing but a NUL", b"\x00"
    yield "date beyond time", b"Date: Fri, 31 Dec 9999 23:59:59 -2359\r\nFrom: a@example.org\r\n\r\nx"
    yield "bytes", bytes(range(256)) * 100


def calendars() -> Iterator[tuple[str, bytes]]:
    def event(*lines: str) -> bytes:
        body = "\r\n".join(
            ["BEGIN:VEVENT", "UID:1", "DTSTAMP:20260101T000000Z", "DTSTART:20260101T000000Z", *lines, "END:VEVENT"]
        )
        return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{body}\r\nEND:VCALENDAR\r\n".encode()

    yield "every second", event("RRULE:FREQ=SECONDLY")
    yield "never", event("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")
    yield "many dates", event("RDATE:" + ",".join(["20260101T000000Z"] * 50_000))
    yield "long line", event("SUMMARY:" + "x" * 900_000)
    yield "long folded line", event("SUMMARY:" + "x\r\n " * 200_000)
    yield "nested", b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 3000
    yield "zones", event().replace(b"BEGIN:VEVENT", b"BEGIN:VTIMEZONE\r\n" * 400 + b"BEGIN:VEVENT", 1)
    yield "zone without end", event().replace(b"BEGIN:VEVENT", b"BEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:VEVENT", 1)
    yield "parameters", event("ATTENDEE" + ";CN=x" * 12_000 + ":mailto:a@example.org")
    yield "quotes", event('ATTENDEE;CN="' + '"' * 60_000 + ":mailto:a@example.org")
    yield "bytes", bytes(range(256)) * 100
    yield "length beyond time", event("DURATION:P999999999999D")


def csvs() -> Iterator[tuple[str, bytes]]:
    yield "open quote", b'a,b\n1,"' + b"x,y\n" * 600_000
    yield "one line", b"x" * (2 << 20)
    yield "commas only", b"," * (1 << 20)
    yield "lines only", b"\n" * (1 << 20)
    yield "quotes only", b'"' * (1 << 20)
    yield "zeros", bytes(1 << 20)
    yield "bytes", bytes(range(256)) * 4000
    yield "half utf-16", "a;b\r\n1;2\r\n".encode("utf-16") + b"\x00"
    yield "utf-8 cut off", "Name,Ort\nÄ,Zürich".encode()[:-4]
    yield "many columns", b",".join([b"c"] * 10_000) + b"\n"
    yield "wide rows", b"a,b\n" + (b"," * 100_000 + b"x\n") * 10
    yield "formulas", b"name,mail\n=1+1,a@example.org\n\"\t=cmd|' /C calc'!A0\",@x\n"
