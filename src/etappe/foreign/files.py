"""What an uploaded file is, by its content and its name together: only kinds on the list are taken."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from etappe.core.errors import Refusal
from etappe.foreign import child
from etappe.foreign.encodings import scan
from etappe.foreign.reasons import Reason, too_large, unreadable
from etappe.foreign.text import one_line
from etappe.foreign.zips import check_zip

MAX_BYTES: Final = 25 << 20
SECONDS: Final = 10.0
MEGABYTES: Final = 200
MAX_PIXELS: Final = 40_000_000
_MAX_NAME: Final = 120
_MAX_EXTENSION: Final = 20
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?$", re.IGNORECASE)
_UNSAFE: Final = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')
_MAIL_HEADER: Final = re.compile(
    rb"(?:^|\n)(?:from|to|date|subject|received|message-id|return-path|mime-version)[ \t]*:", re.IGNORECASE
)


class FileKind(StrEnum):
    """The kinds of file that are taken as evidence; the name is the extension."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    ODT = "odt"
    PNG = "png"
    JPEG = "jpg"
    TEXT = "txt"
    CSV = "csv"
    MAIL = "eml"
    CALENDAR = "ics"


MIME: Final = {
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.ODT: "application/vnd.oasis.opendocument.text",
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
    FileKind.TEXT: "text/plain",
    FileKind.CSV: "text/csv",
    FileKind.MAIL: "message/rfc822",
    FileKind.CALENDAR: "text/calendar",
}
_EXTENSIONS: Final = {kind.value: kind for kind in FileKind} | {"jpeg": FileKind.JPEG, "text": FileKind.TEXT}


@dataclass(frozen=True)
class FileFacts:
    """A file that may be kept: what it is, and a name for it that is safe everywhere."""

    kind: FileKind
    mime: str
    safe_name: str
    size: int
    sha256: str


def check_upload(name: str, raw: bytes) -> FileFacts:
    """The facts of the file `raw` that was uploaded as `name`, made out in a child process.

    Refusals: `file_too_large`; `file_kind_refused` (with the extension and the kinds that are taken) where the name
    is of no kind on the list or the content is of another; `file_unreadable` where the content is broken or unsafe.
    """
    if len(raw) > MAX_BYTES:
        raise too_large(len(raw), MAX_BYTES)
    return child.run(inspect, raw, name[:1000], seconds=SECONDS, megabytes=MEGABYTES)


def inspect(raw: bytes, name: str) -> FileFacts:
    """What `check_upload` runs in the child."""
    if not raw:
        raise unreadable(Reason.EMPTY)
    safe = safe_name(name)
    kind = _EXTENSIONS.get(safe.rpartition(".")[2].lower())
    if kind is None or not _CONTENT[kind](raw):
        raise Refusal("file_kind_refused", name=safe, kinds=tuple(each.value for each in FileKind))
    return FileFacts(kind, MIME[kind], safe, len(raw), hashlib.sha256(raw).hexdigest())


def safe_name(name: str) -> str:
    """`name` without path, control characters, marks that turn the direction of writing, and reserved words.

    >>> safe_name("../../etc/passwd"), safe_name("offer\\u202egpj.exe"), safe_name("CON.txt"), safe_name("..")
    ('passwd', 'offergpj.exe', '_CON.txt', 'file')
    """
    last = re.split(r"[/\\]", one_line(name, 4000))[-1]
    plain = "".join(letter for letter in unicodedata.normalize("NFC", last) if letter.isprintable())
    stem, dot, extension = _UNSAFE.sub("_", plain).strip(" .").rpartition(".")
    ending = f".{extension[:_MAX_EXTENSION].strip()}" if dot else ""
    result = (stem if dot else extension)[: _MAX_NAME - len(ending)].strip(" .") + ending
    return f"_{result}" if _RESERVED.match(result) else result or "file"


def _is_pdf(raw: bytes) -> bool:
    return b"%PDF-" in raw[:1024]


def _is_png(raw: bytes) -> bool:
    if not raw.startswith(b"\x89PNG\r\n\x1a\n") or raw[12:16] != b"IHDR":
        return False
    _check_pixels(int.from_bytes(raw[16:20], "big"), int.from_bytes(raw[20:24], "big"))
    return True


def _is_jpeg(raw: bytes) -> bool:
    """Whether the segments of a JPEG lead to the one that holds its size."""
    at = 2 if raw.startswith(b"\xff\xd8\xff") else len(raw)
    while at + 9 < len(raw) and raw[at] == 0xFF:
        marker = raw[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            _check_pixels(int.from_bytes(raw[at + 7 : at + 9], "big"), int.from_bytes(raw[at + 5 : at + 7], "big"))
            return True
        at += 1 if marker == 0xFF else 2 + max(int.from_bytes(raw[at + 2 : at + 4], "big"), 2)
    return False


def _check_pixels(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise unreadable(Reason.TOO_MANY_PIXELS, width=width, height=height, limit=MAX_PIXELS)


def _is_office(part: str) -> Callable[[bytes], bool]:
    """A check for an archive that has `part` and no program in it."""

    def check(raw: bytes) -> bool:
        if not raw.startswith(b"PK\x03\x04"):
            return False
        names = check_zip(io.BytesIO(raw))
        if any(name.lower().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names):
            raise unreadable(Reason.MACROS)
        return part in names

    return check


def _is_text(raw: bytes) -> bool:
    """Whether it is text in some encoding; markup in it is text too and is only ever shown as such."""
    encoding = scan(io.BytesIO(raw)).encoding
    if encoding.startswith("utf-16"):
        return True
    return b"\0" not in raw and sum(byte < 9 or 13 < byte < 32 for byte in raw[:65536]) < len(raw[:65536]) / 100 + 1


def _is_mail(raw: bytes) -> bool:
    return bool(_MAIL_HEADER.search(raw[:65536]))


def _is_calendar(raw: bytes) -> bool:
    return raw[:1024].lstrip(b"\xef\xbb\xbf \r\n\t").upper().startswith(b"BEGIN:VCALENDAR")


_CONTENT: Final[dict[FileKind, Callable[[bytes], bool]]] = {
    FileKind.PDF: _is_pdf,
    FileKind.DOCX: _is_office("word/document.xml"),
    FileKind.XLSX: _is_office("xl/workbook.xml"),
    FileKind.ODT: _is_office("content.xml"),
    FileKind.PNG: _is_png,
    FileKind.JPEG: _is_jpeg,
    FileKind.TEXT: _is_text,
    FileKind.CSV: _is_text,
    FileKind.MAIL: _is_mail,
    FileKind.CALENDAR: _is_calendar,
}
