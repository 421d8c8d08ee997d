"""One page of a long list: the rows, a mark to read on from, and a count that does not cost a whole scan."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Generic, TypeVar

from etappe.core.errors import Refusal

T = TypeVar("T")

COUNT_LIMIT = 10_000
"""Rows that are counted; what lies beyond is "more than"."""


@dataclass(frozen=True)
class Count:
    """How many rows there are; with `more`, at least so many."""

    number: int
    more: bool = False


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of a list in its order. `after` asks for the rows behind them; None on the last page."""

    rows: tuple[T, ...]
    after: str | None
    count: Count


@dataclass(frozen=True)
class Mark:
    """The place in a sorted list behind one row: the sort key's name, the row's value in it, and its id."""

    sort: str
    value: str | int | float | None
    id: int


def write_mark(mark: Mark) -> str:
    """The mark as text that survives an address."""
    packed = json.dumps([mark.sort, mark.value, mark.id], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read_mark(text: str, sort: str) -> Mark:
    """The mark that `write_mark` wrote for this sort key; refuses anything else.

    >>> read_mark(write_mark(Mark("name", "müller", 7)), "name")
    Mark(sort='name', value='müller', id=7)
    """
    try:
        found = json.loads(base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        raise Refusal("bad_mark") from None
    if not (isinstance(found, list) and len(found) == 3 and found[0] == sort and _fits(found[1], found[2])):
        raise Refusal("bad_mark")
    return Mark(*found)


def _fits(value: object, number: object) -> bool:
    is_id = isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**63
    if isinstance(value, str):
        return is_id and "\x00" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    return is_id and isinstance(value, int | float) and abs(value) < 2**63
