"""What runs in the child to read vCards (2.1, 3.0, 4.0) as a table: a row for each card, the same columns for all.

Read here and not by a library: `icalendar`, which reads our invitations, knows no vCards, and the readers there are for
Python stumble over 2.1, with its bare types and quoted-printable lines, and hold a whole file in memory. Pictures,
sounds and keys are passed over without being decoded; a column says so.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from etappe.foreign.text import one_line

COLUMNS: Final = (
    "Contact ID", "Full name", "First name", "Last name", "Email", "Phone", "Mobile", "Job title", "Department",
    "Company", "Profile", "Language", "Website", "Address", "Birthday", "Further addresses", "Further numbers",
    "Categories", "Note", "Not taken over",
)  # fmt: skip
"""Headers that an import knows, and others that it keeps beside the record."""

_MAX_LINE: Final = 64 << 10
_MAX_VALUE: Final = 16 << 10
_MAX_PROPERTIES: Final = 500
_BINARY: Final = frozenset({"PHOTO", "LOGO", "SOUND", "KEY", "X-MS-CARDPICTURE", "X-THUMBNAIL"})
_SILENT: Final = frozenset([
    "BEGIN", "END", "VERSION", "PRODID", "REV", "KIND", "SORT-STRING", "CLASS", "MAILER", "PROFILE", "SOURCE",
    "NAME", "CLIENTPIDMAP", "LABEL",
])  # fmt: skip
_BEGIN: Final = re.compile(r"\s*(?:[\w.-]+\.)?BEGIN\s*:\s*VCARD\s*$", re.IGNORECASE)
_END: Final = re.compile(r"\s*(?:[\w.-]+\.)?END\s*:\s*VCARD\s*$", re.IGNORECASE)
_BARE: Final = frozenset([
    "HOME", "WORK", "PREF", "VOICE", "FAX", "MSG", "CELL", "PAGER", "BBS", "MODEM", "CAR", "ISDN", "VIDEO",
    "INTERNET", "X400", "DOM", "INTL", "POSTAL", "PARCEL",
])  # fmt: skip
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_QUOTED: Final = re.compile(r"\^(['n^])")


@dataclass(frozen=True)
class Property:
    """A line of a card: its name, types, preference (1 is best), and its value, still escaped."""

    name: str
    types: frozenset[str]
    preference: int
    value: str


@dataclass
class Card:
    """What a card says, by name of the property."""

    line: int
    properties: dict[str, list[Property]] = field(default_factory=dict)
    passed_over: dict[str, None] = field(default_factory=dict)
    count: int = 0

    def add(self, found: Property) -> None:
        """Take a property; beyond a number that nobody writes, only its name."""
        self.count += 1
        if self.count > _MAX_PROPERTIES or found.name in _BINARY:
            self.passed_over[found.name.lower()] = None
        elif found.value.strip(" ;"):
            self.properties.setdefault(found.name, []).append(found)

    def best(self, name: str, *types: str) -> str:
        """The value preferred among those with one of these types, else among all; as one line."""
        found = self.sorted(name, *types)
        return plain(found[0].value) if found else ""

    def sorted(self, name: str, *types: str) -> list[Property]:
        """The properties of a name, those with one of the types and those preferred first."""
        given = self.properties.get(name, [])
        return sorted(given, key=lambda each: (not each.types & set(types) if types else False, each.preference))


def is_vcard(head: str) -> bool:
    """Whether a file that begins like this holds vCards."""
    return bool(_BEGIN.match(head.lstrip("\ufeff\0 \r\n\t")[:200].split("\n", 1)[0].rstrip("\r")))


def count_cards(lines: Iterable[str]) -> int:
    """About how many cards there are: those within others count too."""
    return sum(bool(_BEGIN.match(line)) for line in lines)


def card_rows(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """A row for each card, with the line it begins on. A card within another (an assistant's) is passed over."""
    card, depth = None, 0
    for number, text in _logical(lines):
        if _BEGIN.match(text):
            depth += 1
            card = card or Card(number)
        elif _END.match(text) and depth:
            depth -= 1
            if not depth and card:
                yield card.line, row_of(card)
                card = None
        elif card and depth == 1 and (found := parsed(text)):
            card.add(found)
    if card:
        card.passed_over["the rest of the file: the card does not end"] = None
        yield card.line, row_of(card)


def _logical(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Lines as they were before they were folded, each with the number of its first one; too long ones are cut."""
    held, first, size, is_soft = [""], 0, 0, False
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r\n")
        if first and (line[:1] in (" ", "\t") or is_soft):
            part = line if is_soft else line[1:]
        else:
            if first:
                yield first, "".join(held)
            held, first, size, part = [], number, 0, line
            is_quoted = "QUOTED-PRINTABLE" in line.partition(":")[0].upper()
        is_soft = is_quoted and part.endswith("=")
        part = part[:-1] if is_soft else part
        if size < _MAX_LINE:
            held.append(part[: _MAX_LINE - size])
            size += len(part)
    if first:
        yield first, "".join(held)


def parsed(line: str) -> Property | None:
    """A line as a property; nothing for one that is none."""
    head, value = _split_head(line)
    first, *given = head
    name = first.rpartition(".")[2].strip().upper()
    if not name or value is None:
        return None
    types, charset, preference, is_quoted = _parameters(given)
    if is_quoted:
        value = _unquoted(value, charset)
    return Property(name, types, preference, value[:_MAX_VALUE])


def _split_head(line: str) -> tuple[list[str], str | None]:
    """Name and parameters, and the value behind the first colon that does not stand in quotation marks."""
    parts, start, is_quoted = [], 0, False
    for at, letter in enumerate(line):
        if letter == '"':
            is_quoted = not is_quoted
        elif letter in ";:" and not is_quoted:
            parts.append(line[start:at])
            start = at + 1
            if letter == ":":
                return parts, line[start:]
    return [*parts, line[start:]], None


def _parameters(given: list[str]) -> tuple[frozenset[str], str, int, bool]:
    """Types, character set, preference, and whether the value is quoted-printable."""
    types: set[str] = set()
    charset, preference, is_quoted = "", 100, False
    for each in given:
        name, equals, value = each.partition("=")
        name, value = (
            name.strip().upper(),
            _QUOTED.sub(lambda m: {"n": "\n", "'": '"', "^": "^"}[m[1]], value).strip('" '),
        )
        if not equals:
            is_quoted = is_quoted or name == "QUOTED-PRINTABLE"
            types |= {name} & _BARE
        elif name == "TYPE":
            types |= {part.strip(' "').upper() for part in value.split(",")}
        elif name == "CHARSET":
            charset = value
        elif name == "PREF" and value.isdigit():
            preference = int(value[:3])
        elif name == "ENCODING":
            is_quoted = is_quoted or value.upper() == "QUOTED-PRINTABLE"
    return frozenset(types), charset, min(preference, 1) if "PREF" in types else preference, is_quoted


def _unquoted(value: str, charset: str) -> str:
    raw = quopri.decodestring(value.encode("utf-8", "surrogateescape"))
    for name in (charset or "utf-8", "utf-8"):
        try:
            return raw.decode(name)
        except (LookupError, UnicodeError):
            continue
    return raw.decode("cp1252", "replace")


def parts_of(value: str, separator: str = ";") -> list[str]:
    """The parts of a value between separators that are not escaped, each as plain text.

    >>> parts_of("Groß\\\\; Klein;Jörg,Hans;;")
    ['Groß; Klein', 'Jörg,Hans', '', '']
    """
    return [plain(part) for part in re.split(rf"(?<!\\){separator}", value)]


def plain(value: str) -> str:
    """A value without its escapes, as one line."""
    return one_line(_unescaped(value), _MAX_VALUE)


def _unescaped(value: str) -> str:
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)


def row_of(card: Card) -> list[str]:
    """The card as a row under `COLUMNS`."""
    names = parts_of(next(iter(card.sorted("N")), Property("N", frozenset(), 0, "")).value) + [""] * 5
    company, *units = parts_of(next(iter(card.sorted("ORG")), Property("ORG", frozenset(), 0, "")).value)
    given = " ".join(filter(None, (names[1], names[2])))
    addresses = _distinct(_bare(each, "mailto:") for each in card.sorted("EMAIL", "WORK"))
    numbers = _numbers(card)
    links = _distinct(plain(each.value) for each in card.sorted("URL", "WORK"))
    profile = next((link for link in links if "linkedin." in link or "xing." in link), _social(card))
    return [
        _bare_uid(card), card.best("FN") or f"{given} {names[0]}".strip() or card.best("NICKNAME") or company,
        given, names[0], *addresses[:1], *[""] * (not addresses), *numbers[:2],
        card.best("TITLE") or card.best("ROLE"), ", ".join(filter(None, units)), company, profile, card.best("LANG"),
        next((link for link in links if link != profile), ""), _place(card), card.best("BDAY"),
        ", ".join(addresses[1:]), ", ".join(numbers[2:]), ", ".join(_categories(card)), _note(card), _left(card),
    ]  # fmt: skip


def _distinct(values: Iterable[str]) -> list[str]:
    return [*dict.fromkeys(value for value in values if value)]


def _bare(found: Property, scheme: str) -> str:
    value = plain(found.value)
    return value[len(scheme) :] if value.lower().startswith(scheme) else value


def _bare_uid(card: Card) -> str:
    return card.best("UID").removeprefix("urn:uuid:")


def _numbers(card: Card) -> list[str]:
    """Phone and mobile, then all other numbers; a fax is neither."""
    given = [each for each in card.sorted("TEL", "WORK") if not each.types & {"FAX", "PAGER", "MODEM"}]
    mobiles = _distinct(_bare(each, "tel:") for each in given if each.types & {"CELL", "MOBILE", "IPHONE"})
    phones = _distinct(_bare(each, "tel:") for each in given if not each.types & {"CELL", "MOBILE", "IPHONE"})
    return [*(phones[:1] or [""]), *(mobiles[:1] or [""]), *phones[1:], *mobiles[1:]]


def _social(card: Card) -> str:
    found = (plain(each.value) for each in card.properties.get("X-SOCIALPROFILE", []) if "LINKEDIN" in each.types)
    return next(found, "")


def _place(card: Card) -> str:
    found = card.sorted("ADR", "WORK")
    return ", ".join(filter(None, parts_of(found[0].value))) if found else ""


def _categories(card: Card) -> list[str]:
    return _distinct(part for each in card.properties.get("CATEGORIES", []) for part in parts_of(each.value, ","))


def _note(card: Card) -> str:
    return "\n".join(_unescaped(each.value).strip() for each in card.properties.get("NOTE", []))


_READ: Final = frozenset([
    "UID", "FN", "N", "NICKNAME", "EMAIL", "TEL", "TITLE", "ROLE", "ORG", "URL", "LANG", "ADR", "BDAY",
    "CATEGORIES", "NOTE", "X-SOCIALPROFILE", "X-ABLABEL",
])  # fmt: skip


def _left(card: Card) -> str:
    """Names of what the card says and a person here has no place for."""
    named = [name.lower() for name in card.properties if name not in _READ | _SILENT]
    return ", ".join(_distinct([*card.passed_over, *named]))[:1000]
