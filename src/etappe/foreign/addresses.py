"""Address headers (From, To, ...) read strictly and in linear time.

A header that mail programs read in different ways is where forgeries live, so anything beyond the plain forms is
kept but marked as not clear: groups, text behind the angle brackets, two addresses without a comma, comments that
look like addresses, unclosed quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header
from typing import Final

from etappe.core.mail_facts import Address
from etappe.foreign.text import decoded, one_line

_MAX_ADDRESSES: Final = 1000
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[<>,;:()]|[^"<>,;:()]+|"', re.DOTALL)
_ADDRESS: Final = re.compile(
    r"[^\s@<>(),;:\"\\\x00-\x20\x7f]{1,64}@(?:[^\s@<>(),;:\"\\\[\]\x00-\x20\x7f.]{1,63}\.?){1,20}"
)
_QUOTED: Final = re.compile(r"\\(.)", re.DOTALL)


def header_text(raw: str) -> str:
    """A raw header value (as the parser keeps it) on one line, encoded words decoded.

    >>> header_text("=?utf-8?q?Gr=C3=BC=C3=9Fe?= aus\\r\\n Ulm")
    'Grüße aus Ulm'
    """
    text = raw_text(raw)
    if "=?" not in text:
        return one_line(text)
    try:
        parts = decode_header(text)
    except (ValueError, MessageError):
        return one_line(text)
    return one_line("".join(_word(part, charset) for part, charset in parts))


def raw_text(raw: str) -> str:
    """A header value whose bytes beyond ASCII the parser has kept as surrogates."""
    return raw if raw.isascii() else decoded(raw.encode("utf-8", "surrogateescape"))


def _word(part: bytes | str, charset: str | None) -> str:
    return part if isinstance(part, str) else decoded(part, charset or "")


def parse_addresses(raw: str) -> tuple[Address, ...]:
    """All mailboxes of a raw header value; what cannot be read has an empty address and is not clear.

    >>> [(a.name, a.address, a.is_clear) for a in parse_addresses('"Muster, Eva" <eva@example.com>, x@example.com')]
    [('Muster, Eva', 'eva@example.com', True), ('', 'x@example.com', True)]
    >>> parse_addresses("boss@example.org(<evil@example.net>)")[0].is_clear
    False
    """
    text = raw_text(raw)
    mailboxes = []
    for box in _split(text):
        if box.is_empty:
            continue
        mailboxes.append(box.address())
        if len(mailboxes) >= _MAX_ADDRESSES:
            break
    return tuple(mailboxes)


def address_in(text: str) -> list[str]:
    """Everything in `text` that reads as an address, as a reader would take it: also after "at" signs of other scripts.

    >>> address_in("Eva Muster eva@example.com")
    ['eva@example.com']
    """
    return [found.rstrip(".") for found in _ADDRESS.findall(text.replace("\uff20", "@").replace("\ufe6b", "@"))]


class _Mailbox:
    """One mailbox while it is read."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.comments: list[str] = []
        self.angle: list[str] | None = None
        self.is_clear = True
        self.is_open = False

    @property
    def is_empty(self) -> bool:
        return self.angle is None and not "".join(self.words).strip() and self.is_clear

    def address(self) -> Address:
        comment = header_text(" ".join(self.comments))
        if self.angle is None:
            name, spec = comment, "".join(self.words).strip()
        else:
            name, spec = header_text("".join(self.words)) or comment, "".join(self.angle).strip()
        if not _ADDRESS.fullmatch(spec) or not spec.isprintable():
            return Address(name or one_line(spec), "", is_clear=False)
        return Address(name, spec, self.is_clear and not address_in(comment))


def _split(text: str) -> Iterator[_Mailbox]:
    """The mailboxes of `text`, token by token."""
    box, depth = _Mailbox(), 0
    for mark in _TOKEN.findall(text):
        if depth or mark == "(":
            depth = _comment(box, mark, depth)
        elif mark in (",", ";"):
            box.is_clear = box.is_clear and mark == ","
            yield box
            box = _Mailbox()
        else:
            _take(box, mark)
    box.is_clear = box.is_clear and not depth
    yield box


def _comment(box: _Mailbox, mark: str, depth: int) -> int:
    if mark == "(":
        return depth + 1
    if mark == ")":
        return depth - 1
    box.comments.append(mark)
    return depth


def _take(box: _Mailbox, mark: str) -> None:
    if mark == "<":
        box.is_clear = box.is_clear and box.angle is None
        box.angle = []
        box.is_open = True
    elif mark == ">":
        _close(box)
    elif mark in (":", '"', ")"):
        box.is_clear = False
    elif box.angle is not None and box.is_open:
        box.angle.append(mark)
    else:
        _outside(box, mark)


def _close(box: _Mailbox) -> None:
    box.is_clear = box.is_clear and box.angle is not None
    box.is_open = False


def _outside(box: _Mailbox, mark: str) -> None:
    """A word before the angle brackets belongs to the name; one behind them belongs nowhere."""
    if box.angle is not None:
        box.is_clear = box.is_clear and not mark.strip()
    elif mark.startswith('"'):
        box.words.append(_QUOTED.sub(r"\1", mark[1:-1]))
    else:
        box.words.append(mark)
