"""Text of unknown make: decoding it, and making one safe line of it."""

from __future__ import annotations

import codecs
import re
from typing import Final

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_DIRECTION: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_REFUSED: Final = re.compile(
    "^(utf-?7|unicode-1-1-utf-7|unicode.?escape|raw.?unicode.?escape|idna|punycode|undefined)$", re.IGNORECASE
)
"""Codecs under which harmless bytes become markup, or that are no character sets at all."""


def one_line(text: str, limit: int = 998) -> str:
    """`text` on one line: no control characters, no marks that turn the direction of writing, at most `limit` long.

    >>> one_line("Invoice\\r\\nBcc: x\\u202egpj.exe")
    'Invoice Bcc: xgpj.exe'
    """
    return _DIRECTION.sub("", _CONTROL.sub(" ", text)).strip()[:limit]


def decoded(raw: bytes, charset: str = "") -> str:
    """`raw` in `charset` where that is a character set and fits; else as UTF-8, else as Windows-1252."""
    for candidate in (charset, "utf-8", "cp1252"):
        if candidate and is_text_codec(candidate):
            try:
                return raw.decode(candidate)
            except UnicodeError:
                continue
    return raw.decode("latin-1")


def is_text_codec(name: str) -> bool:
    """Whether `name` is a character set that mail may be written in."""
    if _REFUSED.match(name) or "\0" in name or len(name) > 40:
        return False
    try:
        return codecs.lookup(name)._is_text_encoding
    except (LookupError, ValueError):
        return False
