"""Reading a page as a browser does: its words, and what it must not hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser

from babel.messages.pofile import read_po

from etappe.config import catalogues

SPOKEN = ("aria-label", "aria-description", "title", "placeholder", "alt", "data-say", "data-confirm")
"""Attributes whose words people read or hear."""
QUOTED = frozenset({"pre", "code", "textarea", "script", "style"})
"""What stands in these is quoted as it is, in whatever language."""
VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
HOLES = re.compile(r"%\(\w+\)[sd]|%[sd]|{\w*}")
ENGLISH = re.compile(r"\b(the|and|with|your|this|that|are|has|been|not|which|from)\b", re.IGNORECASE)
"""Words that no German sentence has."""


class Reading(HTMLParser):
    """A page's words, headings, and everything in it that a strict policy would refuse."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.problems: list[str] = []
        self.tags: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.language = ""
        self._open: list[str] = []
        self._spoken: list[str | None] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags[tag] += 1
        self.ids.update([given["id"]] if "id" in given else [])
        self.problems += [f"{tag} has {name}" for name in given if name == "style" or name.startswith(("on", "hx-on"))]
        self.problems += [f"{tag} leads to a script" for value in given.values() if "javascript:" in value.lower()]
        if tag == "style" or (tag == "script" and "src" not in given and "json" not in given.get("type", "")):
            self.problems.append(f"an inline {tag}")
        if tag == "html":
            self.language = given.get("lang", "")
        if tag not in VOID:
            self._open.append(tag)
            self._spoken.append(given.get("lang"))
        self.words += [given[name] for name in SPOKEN if given.get(name) and self._is_read]

    def handle_endtag(self, tag: str) -> None:
        while self._open and tag in self._open:
            closed = self._open.pop()
            self._spoken.pop()
            if closed == tag:
                break

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and self._is_read:
            self.words.append(text)

    @property
    def _is_read(self) -> bool:
        """Whether the place belongs to the page's language: not quoted, and not marked as another one."""
        return not QUOTED.intersection(self._open) and not any(self._spoken[1:])


def untranslated(reading: Reading) -> Iterator[str]:
    """Words of a German page that are English."""
    for words in reading.words:
        if words in _only_english() or ENGLISH.search(words):
            yield words
            continue
        yield from (piece for piece in _pieces() if piece in words)


@cache
def _messages() -> dict[str, str]:
    """Every message with its German."""
    found: dict[str, str] = {}
    for path in catalogues.catalogues("de"):
        with path.open("rb") as source:
            for message in read_po(source):
                ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
                strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
                found |= {id_: string for id_, string in zip(ids, strings, strict=False) if id_ and string}
    return found


@cache
def _only_english() -> frozenset[str]:
    """Messages that say something else in German."""
    german = set(_messages().values())
    return frozenset(message for message in _messages() if message not in german)


@cache
def _pieces() -> tuple[str, ...]:
    """What stands between the holes of a message, where it is long enough to be told from names."""
    german = "\n".join(_messages().values())
    found = {piece.strip() for message in _messages() if HOLES.search(message) for piece in HOLES.split(message)}
    return tuple(piece for piece in found if piece.count(" ") >= 2 and piece not in german)
