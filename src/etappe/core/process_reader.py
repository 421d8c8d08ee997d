"""Typed reading of the parts of a process file; what does not fit becomes a problem at its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from etappe.core.process_yaml import Node, Place, Problem

_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
LANGUAGE_FREE = "*"
"""Under which a text stands that was written without a language."""
_LANGUAGES = ("de", "en")


@dataclass(frozen=True)
class Text:
    """A text of the file with its place."""

    value: str
    place: Place


class TextPerLanguage(dict[str, Text]):
    """A text per language; under `*` alone where the file gives one text without naming its language."""


@dataclass(frozen=True)
class Part:
    """A mapping of the file."""

    place: Place
    fields: Mapping[str, Node] = field(default_factory=dict)


class Reader:
    """Reads parts and collects what is wrong with them in `problems`."""

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self.problems = list(problems)

    def _problem(self, code: str, place: Place, **params: object) -> None:
        self.problems.append(Problem(code, place, params))

    def mapping(self, node: Node, known: tuple[str, ...], needed: tuple[str, ...]) -> Part:
        """A mapping with only known keys and at least the needed ones."""
        if not isinstance(node.value, Mapping):
            self._problem("wrong_type", node.place, expected="mapping")
            return Part(node.place)
        for key in node.value:
            if key not in known:
                self._problem("unknown_key", node.keys[key], key=key, known=known)
        for key in needed:
            if key not in node.value:
                self._problem("missing_key", node.place, key=key)
        return Part(node.place, node.value)

    def exactly(self, part: Part, name: str, value: int) -> None:
        """The field, where given, has this one value."""
        node = part.fields.get(name)
        if node is not None and (isinstance(node.value, bool) or node.value != value):
            self._problem("wrong_format", node.place, expected=value)

    def key(self, part: Part, name: str) -> Text | None:
        """A key: small letters, digits, underscore."""
        return self._key(part.fields.get(name))

    def _key(self, node: Node | None) -> Text | None:
        text = self._text(node, 60)
        if text is not None and not _KEY.fullmatch(text.value):
            self._problem("bad_key", text.place, key=text.value[:60])
            return None
        return text

    def keys(self, part: Part, name: str) -> tuple[Text, ...]:
        """A list of keys."""
        return tuple(text for node in self.items(part, name) if (text := self._key(node)) is not None)

    def one_of(self, part: Part, name: str, choices: tuple[str, ...]) -> Text | None:
        """One of these words."""
        return self._choice(part.fields.get(name), choices)

    def choices(self, part: Part, name: str, choices: tuple[str, ...]) -> tuple[Text, ...]:
        """A list of these words, none of them twice."""
        found = [text for node in self.items(part, name) if (text := self._choice(node, choices)) is not None]
        for position, text in enumerate(found):
            if any(text.value == earlier.value for earlier in found[:position]):
                self._problem("value_twice", text.place, value=text.value)
        return tuple(found)

    def _choice(self, node: Node | None, choices: tuple[str, ...]) -> Text | None:
        text = self._text(node, 60)
        if text is not None and text.value not in choices:
            self._problem("unknown_value", text.place, value=text.value, choices=tuple(str(item) for item in choices))
            return None
        return text

    def words(self, part: Part, name: str, longest: int) -> TextPerLanguage:
        """A text per language, or one text without a language."""
        node = part.fields.get(name)
        if node is None:
            return TextPerLanguage()
        if not isinstance(node.value, Mapping):
            text = self._text(node, longest)
            return TextPerLanguage({LANGUAGE_FREE: text} if text else {})
        return self._per_language(node, longest)

    def _per_language(self, node: Node, longest: int) -> TextPerLanguage:
        fields = self.mapping(node, _LANGUAGES, ()).fields
        if not fields:
            self._problem("empty_text", node.place)
        read = {language: self._text(fields.get(language), longest) for language in _LANGUAGES}
        return TextPerLanguage({language: text for language, text in read.items() if text is not None})

    def _text(self, node: Node | None, longest: int) -> Text | None:
        if node is None:
            return None
        if not isinstance(node.value, str):
            self._problem("wrong_type", node.place, expected="text")
            return None
        return self._bounded(node.value, node.place, longest)

    def _bounded(self, value: str, place: Place, longest: int) -> Text | None:
        if not value.strip():
            self._problem("empty_text", place)
            return None
        if len(value) > longest:
            self._problem("too_long_text", place, length=len(value), longest=longest)
            return None
        return Text(value, place)

    def items(self, part: Part, name: str, at_least: int = 0) -> tuple[Node, ...]:
        """The items of a list."""
        node = part.fields.get(name)
        if node is None:
            return ()
        if not isinstance(node.value, tuple):
            self._problem("wrong_type", node.place, expected="list")
            return ()
        if len(node.value) < at_least:
            self._problem("empty_list", node.place)
        return node.value

    def flag(self, part: Part, name: str, *, default: bool) -> bool:
        """Yes or no."""
        node = part.fields.get(name)
        if node is None:
            return default
        if not isinstance(node.value, bool):
            self._problem("wrong_type", node.place, expected="bool")
            return default
        return node.value

    def whole_number(self, part: Part, name: str, least: int, most: int) -> int | None:
        """A whole number between two bounds, both allowed."""
        node = part.fields.get(name)
        if node is None:
            return None
        if isinstance(node.value, int) and not isinstance(node.value, bool) and least <= node.value <= most:
            return node.value
        self._problem("number_out_of_range", node.place, least=least, most=most)
        return None

    def number(self, part: Part, name: str, least: float, most: float) -> float | None:
        """A number between two bounds, both allowed."""
        node = part.fields.get(name)
        if node is None:
            return None
        if isinstance(node.value, int | float) and not isinstance(node.value, bool) and least <= node.value <= most:
            return float(node.value)
        self._problem("number_out_of_range", node.place, least=least, most=most)
        return None
