"""What somebody looks for, in every writing it may have been stored in, and how well a record answers it.

Umlauts go both ways: `Mueller` is also looked for as `Muller`, which `Müller` is when folded, and `Müller` also as
`Mueller`. Only the text that is looked for is turned; what is stored needs no second form.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from etappe.core.contact import canonical_domain

LONGEST = 100
"""Characters that are looked at; names that long differ earlier."""
WORDS = 6
LEAST_DIGITS = 4
SIMILAR_FROM = 3
"""Letters a text needs before something similar to it says anything."""

_UNSTORABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_NUMBER = re.compile(r"\+?[\d\s()/.-]+")
_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*://)?(?:www\.)?")
_RUN = re.compile(r"[^\W_]{3}")
_NOTE = re.compile(r"(?:note|notiz)(?:\s+(?:(?:on|about|zu|über)\b\s*)?(?P<on>.*))?", re.IGNORECASE | re.DOTALL)
_LONG = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_ONE_DIGIT_CODES = frozenset("17")
_TWO_DIGIT_CODES = frozenset(map(str, (20, 27, 36, 39, 40, 41, 81, 82, 84, 86, 98, *range(30, 35), *range(43, 50),
    *range(51, 59), *range(60, 67), *range(90, 96))))  # fmt: skip
"""Calling codes of one and two digits; all others have three."""


class Subject(StrEnum):
    """What can be found."""

    ACCOUNT = "account"
    PERSON = "person"
    DEAL = "deal"


class Rank(IntEnum):
    """How well a record answers; lower is better."""

    EXACT = 0
    PREFIX = 1
    WORD_PREFIX = 2
    WITHIN = 3
    SIMILAR = 4


@dataclass(frozen=True)
class Sought:
    """A text to look for: all its spellings, its words with theirs, and what it is as a number and as an address.

    A single letter is no word: it stands in every name.
    """

    text: str
    spellings: tuple[str, ...] = ()
    words: tuple[tuple[str, ...], ...] = ()
    digits: str = ""
    address: str = ""
    domain: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not self.text

    @property
    def has_likes(self) -> bool:
        """Whether it is long enough for something to be similar to it."""
        return sum(char.isalnum() for char in self.text) > SIMILAR_FROM


@dataclass(frozen=True)
class Hit:
    """A record that was found. `details` stand beside its name; `stage` is a deal's stage in both languages."""

    subject: Subject
    uid: uuid.UUID
    name: str
    rank: Rank
    is_own: bool
    at: datetime
    details: tuple[str, ...] = ()
    stage: Mapping[str, str] = field(default_factory=dict)
    status: str = ""
    is_over: bool = False
    closeness: float = 0.0


@dataclass(frozen=True)
class Hits:
    """Records that answer by how they begin, the best first. Where not `is_whole`, more of them do."""

    best: list[Hit]
    is_whole: bool


def read(text: str) -> Sought:
    """What a typed text asks for; characters that nothing can be called by are left out."""
    plain = unicodedata.normalize("NFC", _UNSTORABLE.sub(" ", text[: LONGEST * 4]))
    asked = " ".join(plain.split())[:LONGEST].strip().lower()
    if not asked:
        return Sought("")
    address = "" if " " in asked else asked
    return Sought(
        text=asked,
        spellings=spellings(asked),
        words=tuple(spellings(word) for word in asked.split()[:WORDS] if len(word) > 1),
        digits=national(asked),
        address=address,
        domain=_domain(address),
    )


def note_on(text: str) -> str | None:
    """What a note is to be written on, where the text says so in English or German; None where it does not.

    >>> note_on("Note  Müller"), note_on("notiz zu Müller"), note_on("note"), note_on("notebook")
    ('Müller', 'Müller', '', None)
    """
    found = _NOTE.fullmatch(text.strip()[: LONGEST * 4])
    return (found["on"] or "").strip() if found else None


def spellings(text: str) -> tuple[str, ...]:
    """The text, and the same with its umlauts written the other way.

    >>> spellings("mueller"), spellings("größe"), spellings("anna")
    (('mueller', 'muller'), ('größe', 'groeße'), ('anna',))
    """
    short = re.sub(r"([aou])e", r"\1", text)
    long = text.translate(_LONG)
    return tuple(dict.fromkeys((text, short, long)))


def national(text: str) -> str:
    """The digits of a phone number without the country and the leading zero, for they are written or left out.

    >>> national("+49 (0)30 / 12-34"), national("0049 30 1234"), national("030 1234"), national("R2D2"), national("12")
    ('301234', '301234', '301234', '', '')
    """
    if not _NUMBER.fullmatch(text):
        return ""
    digits = re.sub(r"[^\d+]", "", text.replace("(0)", ""))
    abroad = digits.removeprefix("+") if digits.startswith("+") else digits[2:] if digits.startswith("00") else ""
    found = (abroad[_code_length(abroad) :] if abroad else digits).replace("+", "").lstrip("0")
    return found if len(found) >= LEAST_DIGITS and found.isascii() else ""


def _code_length(digits: str) -> int:
    if digits[:1] in _ONE_DIGIT_CODES:
        return 1
    return 2 if digits[:2] in _TWO_DIGIT_CODES else 3


def _domain(address: str) -> str:
    """What of a website or an address could be the beginning of a domain.

    >>> _domain("https://www.kunde.example/de"), _domain("eva@kunde.example"), _domain("kun")
    ('kunde.example', 'kunde.example', 'kun')
    """
    host = re.split(r"[/?#]", _SCHEME.sub("", address.rpartition("@")[2]), maxsplit=1)[0]
    return canonical_domain(host) if host else ""


def is_found_within(word: str) -> bool:
    """Whether an index can find the word in the middle of a name: it holds three letters or digits in a row."""
    return bool(_RUN.search(word))


def is_found_at_start(word: str) -> bool:
    """Whether an index can find the word where a word of a name begins."""
    return word[:1].isalnum()


def ranked(hits: Iterable[Hit], limit: int) -> tuple[Hit, ...]:
    """The best hits: by rank; among equals the closest, one's own, what is not over, the most recent."""
    return tuple(sorted(hits, key=_order)[:limit])


def _order(hit: Hit) -> tuple[int, float, bool, bool, float]:
    return (hit.rank, -hit.closeness, not hit.is_own, hit.is_over, -hit.at.timestamp())


def answers(label: str, sought: Sought) -> bool:
    """Whether a place of this name is meant: every word looked for begins one of its words.

    >>> answers("Colleagues and teams", read("team")), answers("Übersicht", read("uebers")), answers("Deals", read("x"))
    (True, True, False)
    """
    have = [_plain(word) for word in label.lower().split()]
    wanted = [tuple(_plain(spelling) for spelling in spellings(word)) for word in sought.text.split()]
    return bool(wanted) and all(any(word.startswith(each) for word in have) for each in wanted)


def _plain(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return "".join(char for char in parts if not unicodedata.combining(char))
