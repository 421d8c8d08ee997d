"""Words in texts: what somebody asks for, as the database's search for words takes it, and where a text says it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

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
    start = max(0, next((begin for begin, _end in _said(plain, words)), 0) - BEFORE)
    piece = plain[start : start + AROUND]
    return f"{'…' if start else ''}{piece}{'…' if start + AROUND < len(plain) else ''}"


@dataclass(frozen=True)
class Piece:
    """A piece of a text; `is_asked` for a word that was looked for."""

    text: str
    is_asked: bool


def pieces(text: str, words: tuple[str, ...]) -> tuple[Piece, ...]:
    """The text cut at the words that were looked for, each of them whole; together the pieces are the text.

    >>> [piece.text for piece in pieces("Herr Müller und Frau Muellers", ("muller",)) if piece.is_asked]
    ['Müller', 'Muellers']
    """
    found, at = [], 0
    for begin, end in _said(text, words):
        found += [Piece(text[at:begin], is_asked=False), Piece(text[begin:end], is_asked=True)]
        at = end
    return tuple(piece for piece in (*found, Piece(text[at:], is_asked=False)) if piece.text)


def _said(text: str, words: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Where the text says one of the words, or one that begins so."""
    wanted = tuple(folded(word) for word in words)
    return (found.span() for found in _WORD.finditer(text) if folded(found[0]).startswith(wanted))
