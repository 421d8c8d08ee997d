"""The parts of a mail, parsed within limits.

The limits come before the parser, because the parser is what they protect: header lines and depth that no mail
program writes cost it time without bound. The parser is the standard one with its oldest policy, which hands headers
over as they stand; the newer ones interpret them, and raise on what is out there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from typing import Final

from etappe.foreign.addresses import header_text, raw_text
from etappe.foreign.reasons import Reason, too_large, unreadable
from etappe.foreign.text import decoded, one_line

MAX_BYTES: Final = 25 << 20
_MAX_LINE: Final = 16 << 10
_MAX_HEADERS: Final = 256 << 10
_MAX_DEPTH: Final = 20
_MAX_PARTS: Final = 500
_LOOSE_FROM: Final = re.compile(rb"^from[ \t]+:", re.IGNORECASE | re.MULTILINE)
_HEADER_END: Final = re.compile(rb"\r?\n\r?\n|\r\r")
_LONG_LINE: Final = re.compile(rb"[^\r\n]{%d}" % (_MAX_LINE + 1))
_LONG_CONTENT_HEADER: Final = re.compile(
    rb"^content-[a-z-]{1,40}:[^\r\n]{%d}" % _MAX_LINE, re.IGNORECASE | re.MULTILINE
)
_FOLDED: Final = re.compile(r"\r?\n(?=[ \t])")

Mail = Message


def parse(raw: bytes) -> Mail:
    """The mail in `raw`, or the refusal that names the limit it breaks."""
    _check_limits(raw)
    mail = BytesParser(policy=compat32).parsebytes(raw)
    _check_parts(mail)
    return mail


def _check_limits(raw: bytes) -> None:
    if not raw.strip():
        raise unreadable(Reason.EMPTY)
    if len(raw) > MAX_BYTES:
        raise too_large(len(raw), MAX_BYTES)
    end = _HEADER_END.search(raw, 0, _MAX_HEADERS + 4)
    if end is None and len(raw) > _MAX_HEADERS:
        raise unreadable(Reason.HEADER_TOO_LONG, limit=_MAX_HEADERS)
    headers = end.start() if end else len(raw)
    if _LONG_LINE.search(raw, 0, headers) or _LONG_CONTENT_HEADER.search(raw):
        raise unreadable(Reason.HEADER_TOO_LONG, limit=_MAX_LINE)


def _check_parts(mail: Mail) -> None:
    count, waiting = 0, [(mail, 1)]
    while waiting:
        part, depth = waiting.pop()
        count += 1
        if depth > _MAX_DEPTH:
            raise unreadable(Reason.NESTED, limit=_MAX_DEPTH)
        if count > _MAX_PARTS:
            raise unreadable(Reason.TOO_MANY_PARTS, limit=_MAX_PARTS)
        waiting += [(child, depth + 1) for child in children(part)]


def children(part: Mail) -> list[Mail]:
    """The parts directly below `part`."""
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def leaves(part: Mail) -> Iterator[Mail]:
    """The parts that hold content, in order; an enclosed mail is one of them."""
    if part.get_content_type() == "message/rfc822" or not part.is_multipart():
        yield part
        return
    for child in children(part):
        yield from leaves(child)


def raw_headers(part: Mail, name: str) -> list[str]:
    """All headers called `name`, unfolded, as they stand; longer ones than any mail has are cut."""
    wanted = name.lower()
    return [_FOLDED.sub("", str(value))[: _MAX_LINE * 4] for key, value in part.raw_items() if key.lower() == wanted]


def has_loose_from(raw: bytes) -> bool:
    """Whether a line of the mail's head is `From :`, which our parser passes over and mail programs show."""
    end = _HEADER_END.search(raw, 0, _MAX_HEADERS + 4)
    return bool(_LOOSE_FROM.search(raw, 0, end.start() if end else len(raw)))


def header(part: Mail, name: str) -> str:
    """The first header called `name`, decoded, on one line; empty where there is none."""
    found = raw_headers(part, name)
    return header_text(found[0][:_MAX_LINE]) if found else ""


def content(part: Mail) -> bytes:
    """The bytes of a leaf; what its transfer encoding garbles is kept as far as it can be read."""
    if part.is_multipart():
        return b"".join(bytes(child) for child in children(part))
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        payload = str(part.get_payload()).encode("utf-8", "surrogateescape")
    return payload if isinstance(payload, bytes) else b""


def text_of(part: Mail, limit: int) -> str:
    """The text of a leaf, at most `limit` bytes of it, with line feeds only."""
    text = decoded(content(part)[:limit], _charset(part))
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def _charset(part: Mail) -> str:
    try:
        return str(part.get_param("charset", "") or "").strip("\"' ")
    except (ValueError, LookupError, TypeError):
        return ""


def file_name(part: Mail) -> str:
    """The file name a part gives itself, without any path; empty where it gives none."""
    bare = Message(policy=compat32)
    for header_name in ("Content-Disposition", "Content-Type"):
        for value in raw_headers(part, header_name)[:1]:
            bare[header_name] = raw_text(value[:_MAX_LINE])
    try:
        name = bare.get_filename("") or ""
    except (ValueError, LookupError, TypeError):
        return ""
    return one_line(re.split(r"[/\\]", header_text(str(name)))[-1], 150)


def is_attachment(part: Mail) -> bool:
    """Whether a leaf is a file rather than part of the letter."""
    disposition = header(part, "Content-Disposition").lower()
    if part.get_content_maintype() != "text":
        return True
    return disposition.startswith("attachment") or bool(file_name(part))
