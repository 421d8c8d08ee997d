"""Uploads: kinds by content and name, and names that are safe everywhere."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from pathlib import Path

import pytest

from etappe.core.errors import Refusal
from etappe.foreign.files import MAX_BYTES, FileKind, check_upload, inspect, safe_name
from tests.foreign.letters import calendar, letter

STRINGS = Path(__file__).parents[2] / "../shared/hostile/strings/blns.json"


def archive(*names: str, body: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, body)
    return out.getvalue()


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", width, height, 8, 2, 0, 0, 0) + b"rest"


def jpeg(width: int, height: int) -> bytes:
    app = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF" + bytes(10)
    return b"\xff\xd8" + app + b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, height, width, 3) + bytes(12)


GOOD = {
    "offer.pdf": (b"%PDF-1.7\n%x", FileKind.PDF),
    "Lastenheft.DOCX": (archive("[Content_Types].xml", "word/document.xml"), FileKind.DOCX),
    "table.xlsx": (archive("xl/workbook.xml"), FileKind.XLSX),
    "letter.odt": (archive("mimetype", "content.xml"), FileKind.ODT),
    "scan.png": (png(1000, 2000), FileKind.PNG),
    "scan.jpeg": (jpeg(1000, 2000), FileKind.JPEG),
    "note.txt": ("Grüße".encode("cp1252"), FileKind.TEXT),
    "note16.txt": ("Grüße".encode("utf-16"), FileKind.TEXT),
    "list.csv": (b"a;b\n1;2\n", FileKind.CSV),
    "reply.eml": (letter(), FileKind.MAIL),
    "accepted.ics": (calendar(), FileKind.CALENDAR),
    "page.txt": (b"<html><script>alert(1)</script>", FileKind.TEXT),
}


@pytest.mark.parametrize("name", GOOD)
def test_kinds_that_are_taken(name: str) -> None:
    raw, kind = GOOD[name]
    facts = check_upload(name, raw)
    assert (facts.kind, facts.safe_name, facts.size) == (kind, name, len(raw))
    assert facts.mime != "text/html"


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("page.html", b"<html>"),
        ("image.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("image.gif", b"GIF89a"),
        ("offer.pdf", b"<html><script>"),
        ("image.png", b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script>"),
        ("image.jpg", b"\xff\xd8\xff<script>"),
        ("image.jpg", b"\xff\xd8\xff\xe0" + b"\xff" * 400),
        ("table.xlsx", archive("word/document.xml")),
        ("table.xlsx", b"a;b\n1;2\n"),
        ("list.csv", bytes(range(256)) * 4),
        ("note.txt", archive("word/document.xml")),
        ("reply.eml", b"no mail at all"),
        ("meeting.ics", b"<html>"),
        ("run.exe", b"MZ"),
        ("noextension", b"hello"),
        ("offer.pdf\u202egnp.exe", b"%PDF-"),
        ("makro.docm", archive("word/document.xml")),
    ],
)
def test_kinds_that_are_not(name: str, raw: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        check_upload(name, raw)
    assert caught.value.code == "file_kind_refused"
    assert "pdf" in caught.value.params["kinds"]


@pytest.mark.parametrize(
    ("name", "raw", "reason"),
    [
        ("a.pdf", b"", "empty"),
        ("a.png", png(30_000, 30_000), "too_many_pixels"),
        ("a.jpg", jpeg(60_000, 60_000), "too_many_pixels"),
        ("a.docx", archive("word/document.xml", "../../evil"), "zip_unsafe"),
        ("a.docx", archive("word/document.xml", "/etc/x"), "zip_unsafe"),
        ("a.docx", archive("word/document.xml", "a\\..\\b"), "zip_unsafe"),
        ("a.docx", archive("word/document.xml", body=bytes(5 << 20)), "zip_unsafe"),
        ("a.docx", archive("word/document.xml", "word/vbaProject.bin"), "macros"),
        ("a.docx", archive(*[f"word/{n}" for n in range(6000)]), "too_many_parts"),
        ("a.docx", b"PK\x03\x04 and nothing more", "malformed"),
        ("a.docx", archive("word/document.xml").replace(b"\x14\x00\x00\x00", b"\x14\x00\x01\x00"), "encrypted"),
    ],
)
def test_content_that_is_broken_or_unsafe(name: str, raw: bytes, reason: str) -> None:
    with pytest.raises(Refusal) as caught:
        check_upload(name, raw)
    assert (caught.value.code, caught.value.params["reason"]) == ("file_unreadable", reason)


def test_too_large() -> None:
    with pytest.raises(Refusal) as caught:
        check_upload("a.pdf", b"%PDF-" + bytes(MAX_BYTES))
    assert caught.value.code == "file_too_large"


def assert_safe(name: str) -> None:
    assert 0 < len(name) <= 122
    assert not set(name) & set('/\\:*?"<>|\x00\n\r')
    assert name.isprintable()
    assert name not in (".", "..")
    assert name == name.strip(" .")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\Angebot März.pdf", "Angebot März.pdf"),
        ("Cafe\u0301.pdf", "Café.pdf"),
        ("a\r\nContent-Type: text/html.pdf", "html.pdf"),
        ("a\r\nContent-Type: b.pdf", "a Content-Type_ b.pdf"),
        ("", "file"),
        ("...", "file"),
        (".htaccess", "htaccess"),
        ("NUL.pdf", "_NUL.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_safe_names(name: str, safe: str) -> None:
    assert safe_name(name) == safe
    assert_safe(safe_name(name))


@pytest.mark.skipif(not STRINGS.is_file(), reason="the list of naughty strings is not here")
def test_every_naughty_string_becomes_a_safe_name() -> None:
    for text in json.loads(STRINGS.read_text()):
        assert_safe(safe_name(text))
        assert_safe(inspect(b"%PDF-", f"{text}.pdf").safe_name)
