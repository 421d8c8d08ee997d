"""Which encoding a text file is in, from its bytes."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import BinaryIO, Final

from charset_normalizer import from_bytes

_CHUNK: Final = 1 << 20
_SAMPLE: Final = 64 << 10
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CODE_PAGES: Final = ("cp1252", "cp1250", "cp850", "mac_roman")
_FEW: Final = 0.1
_MANY: Final = 0.4
_IN_A_ROW: Final = re.compile(r"(?<=[^\W\d_\x00-\x7f])[^\W\d_\x00-\x7f]")
"""Letters beyond ASCII behind others: the words of another script, read in the wrong one."""


@dataclass(frozen=True)
class Scan:
    """What one pass over all bytes of a text file shows."""

    encoding: str
    lines: int
    size: int


def scan(file: BinaryIO) -> Scan:
    """Encoding, lines and bytes of the whole file, in constant memory."""
    file.seek(0)
    start = file.read(_SAMPLE)
    encoding = _marked(start) or _unmarked_utf16(start)
    utf8 = codecs.getincrementaldecoder("utf-8")()
    is_utf8, beyond_ascii, lines, size, chunk, last = encoding is None, b"", 0, 0, start, b""
    while chunk:
        size += len(chunk)
        last = chunk[-2:]
        lines += chunk.count(b"\n") or chunk.count(b"\r")
        if encoding is None:
            is_utf8 = is_utf8 and _decodes(utf8, chunk)
            beyond_ascii = beyond_ascii or _telling(chunk)
        chunk = file.read(_CHUNK)
    lines += bool(last.strip(b"\0")) and not last.strip(b"\0").endswith((b"\n", b"\r"))
    return Scan(encoding or ("utf-8" if is_utf8 else code_page(beyond_ascii)), lines, size)


def _marked(start: bytes) -> str | None:
    return next((encoding for mark, encoding in _MARKS if start.startswith(mark)), None)


def _unmarked_utf16(start: bytes) -> str | None:
    """UTF-16 without its mark shows in NULs: at every other byte, where the text is mostly Latin."""
    pairs = max(len(start) // 2, 1)
    if start[1::2].count(0) > 0.4 * pairs and start[::2].count(0) < 0.1 * pairs:
        return "utf-16-le"
    if start[::2].count(0) > 0.4 * pairs and start[1::2].count(0) < 0.1 * pairs:
        return "utf-16-be"
    return None


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _telling(chunk: bytes) -> bytes:
    """The lines of `chunk` that have bytes beyond ASCII."""
    if chunk.isascii():
        return b""
    return b"\n".join(line for line in chunk.splitlines() if not line.isascii())[:_SAMPLE]


def code_page(sample: bytes) -> str:
    """The one-byte encoding under which `sample` reads best.

    The four of Western and Central Europe are told apart by what makes no words: signs between letters, capitals
    behind small letters. Where none of them fits, the library decides among all it knows.

    >>> code_page("Müller & Söhne, Bäckerstraße".encode("cp850"))
    'cp850'
    """
    readings = {name: sample.decode(name, "replace") for name in _CODE_PAGES}
    faults = {name: _faults(text) for name, text in readings.items()}
    best = min(faults, key=lambda name: faults[name])
    beyond = sum(byte > 127 for byte in sample)
    if faults[best] <= _FEW * beyond and len(_IN_A_ROW.findall(readings[best])) <= _MANY * beyond:
        return best
    guess = from_bytes(sample).best()
    return guess.encoding if guess else best


def _faults(text: str) -> int:
    return sum(
        _is_odd(text[at - 1 : at], letter, text[at + 1 : at + 2]) for at, letter in enumerate(text) if letter > "\x7f"
    )


def _is_odd(before: str, letter: str, after: str) -> bool:
    if letter.isalpha():
        return letter.isupper() and before.isalpha() and (before.islower() or after.islower())
    return (
        letter == "\ufffd"
        or not letter.isprintable()
        or (before.isalpha() and after.isalpha() and letter not in "’‘–—-·")
    )
