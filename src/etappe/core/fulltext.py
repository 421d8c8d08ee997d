"""Words in texts: what somebody asks for, as the database's search for words takes it, and where a text says it."""

from __future__ import annotations

import re
import unicodedata

from etappe.core.duplicates import folded
from etappe.core.search import WORDS, read, spellings

_WORD = re.compile(r"[^\W_]+")
BEFORE, AROUND = 60, 200
"""Letters of a text shown before the word that was found, and in all."""


def asked_words(text: str) -> tuple[str, ...]:
    """The words that a text is looked for by; single letters are none.

    >>> asked_words("Angebot, Frau Müller?")
    ('angebot', 'frau', 'müller')
    """
    return tuple(word for word in _WORD.findall(read(text).text) if len(_bare(word)) > 1)[:WORDS]


def as_query(words: tuple[str, ...]) -> str:
    """A `tsquery` that asks for all of the words, each as the beginning of one, umlauts written either way.

    >>> as_query(("angebot", "mueller"))
    'angebot:* & (mueller:* | muller:*)'
    >>> as_query(("müller",)), as_query(("straße",))
    ('(muller:* | mueller:*)', 'strasse:*')
    """
    return " & ".join(_one(word) for word in words)


def _one(word: str) -> str:
    ways = [f"{each}:*" for each in dict.fromkeys(_bare(each) for each in spellings(word))]
    return ways[0] if len(ways) == 1 else f"({' | '.join(ways)})"


def _bare(word: str) -> str:
    """Letters and digits alone, without accents: what is left can mean nothing but itself to the database."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in plain if unicodedata.category(letter) in ("Ll", "Lo", "Nd"))


def excerpt(text: str, words: tuple[str, ...]) -> str:
    """A piece of the text around the first of the words that it says.

    >>> excerpt("Der Preis passt. " * 9 + "Herr Müller entscheidet im Mai.", ("muller",))
    '…st. Der Preis passt. Der Preis passt. Der Preis passt. Herr Müller entscheidet im Mai.'
    """
    plain = " ".join(text.split())
    wanted = tuple(folded(word) for word in words)
    said = (found.start() for found in _WORD.finditer(plain) if folded(found[0]).startswith(wanted))
    start = max(0, next(said, 0) - BEFORE)
    piece = plain[start : start + AROUND]
    return f"{'…' if start else ''}{piece}{'…' if start + AROUND < len(plain) else ''}"
