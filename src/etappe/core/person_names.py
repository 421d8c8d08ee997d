"""Names, addresses and numbers of people as lists write them: family name first, several in a cell."""

from __future__ import annotations

import re

_WORD = r"[^\W\d_][\w'’.\-]*"
_TURNED = re.compile(
    rf"(?P<family>{_WORD}(?: {_WORD}){{0,3}}),\s+(?P<given>{_WORD}(?: {_WORD}){{0,2}})(?P<rest>\s*[(<].*)?"
)
_NO_GIVEN_NAME = frozenset(
    "jr sr ii iii phd md mba msc bsc esq dr prof gmbh ag kg se sa bv nv inc ltd llc plc corp co oy ab spa srl".split()  # noqa: SIM905 # as a list it would be harder to read
)
_BETWEEN = re.compile(r"[;,|\n]|\s/\s|\s(?:oder|or|und|and)\s")
_DIGITS = 5
"""Parts with fewer digits are no telephone numbers."""


def in_order(name: str) -> str:
    """A person's name with the given name first; anything else as it is.

    >>> in_order("Lehmann, Petra"), in_order("von der Au, Eva M. (eva@au.example)"), in_order("Acme, Inc.")
    ('Petra Lehmann', 'Eva M. von der Au (eva@au.example)', 'Acme, Inc.')
    """
    found = _TURNED.fullmatch(name) if "," in name else None
    if found is None or _is_no_name(found["given"]):
        return name
    return f"{found['given']} {found['family']}{found['rest'] or ''}"


def _is_no_name(text: str) -> bool:
    return any(word.strip(".").lower() in _NO_GIVEN_NAME for word in text.split())


def addresses_in(cell: str) -> list[str]:
    """The e-mail addresses in a cell, if it holds nothing else; else the cell.

    >>> addresses_in("a@x.example; b@x.example"), addresses_in("a@x.example, or call")
    (['a@x.example', 'b@x.example'], ['a@x.example, or call'])
    """
    parts = re.split(r"[;,|\s]+", cell.strip().strip(";,| "))
    return parts if len(parts) > 1 and all("@" in part for part in parts) else [cell]


def numbers_in(cell: str) -> list[str]:
    """The telephone numbers in a cell, if it holds nothing else; else the cell.

    >>> numbers_in("030/1234 5; 0172 55678"), numbers_in("+43 1 23456 / +43 664 1234"), numbers_in("030 12345, 12")
    (['030/1234 5', '0172 55678'], ['+43 1 23456', '+43 664 1234'], ['030 12345, 12'])
    """
    parts = [part.strip() for part in _BETWEEN.split(cell) if part.strip()]
    return parts if len(parts) > 1 and all(_is_number(part) for part in parts) else [cell]


def _is_number(text: str) -> bool:
    return sum(map(str.isdigit, text)) >= _DIGITS
