"""Making one record of several: whose value wins in each field, and which parent a company keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

LEAST, MOST = 2, 20
"""Records that can be merged in one go."""

OWN = "custom."
"""Before the key of an own field, among the names of fields that can be chosen."""


def is_empty(value: Any) -> bool:
    """Whether a field says nothing; no and zero are values."""
    return value is None or value == "" or value in ([], {})


def winners(columns: Iterable[str], rows: Sequence[Mapping[str, Any]], choices: Mapping[str, int]) -> dict[str, int]:
    """By column, the place of the record whose value wins: the one chosen, else the first that has any.

    The first record is the one that stays.

    >>> winners(["city", "phone"], [{"city": "", "phone": "1"}, {"city": "Ulm", "phone": "2"}], {})
    {'city': 1, 'phone': 0}
    """
    return {column: choices.get(column, _first(row[column] for row in rows)) for column in columns}


def _first(values: Iterable[Any]) -> int:
    return next((place for place, value in enumerate(values) if not is_empty(value)), 0)


def united_words(rows: Sequence[Sequence[str]]) -> list[str]:
    """The tags of all records, each once, in order.

    >>> united_words([["b"], ["a", "b"]])
    ['a', 'b']
    """
    return sorted({word for row in rows for word in row})


def united(rows: Sequence[Mapping[str, Any]], choices: Mapping[str, int], prefix: str = "") -> dict[str, Any]:
    """The values of own fields or further columns of all records; of several for one key the chosen, else the first.

    >>> united([{"a": 1}, {"a": 2, "b": 3}], {"custom.a": 1}, "custom.")
    {'a': 2, 'b': 3}
    """
    keys = list(dict.fromkeys(key for row in rows for key in row))
    held = {key: [row.get(key) for row in rows] for key in keys}
    found = {key: values[choices.get(prefix + key, _first(values))] for key, values in held.items()}
    return {key: value for key, value in found.items() if value is not None}


def parent_after(wanted: Iterable[int | None], group: set[int], above: Callable[[int], int | None]) -> int | None:
    """The first of the wanted parents that does not lead back to the merged companies; none where all of them do.

    >>> parent_after([2, 4], {1, 3}, {2: 3, 3: 4}.get)
    4
    """
    return next((key for key in wanted if key is not None and not group & set(_line(key, above))), None)


def _line(key: int, above: Callable[[int], int | None]) -> list[int]:
    line: list[int] = []
    here: int | None = key
    while here is not None and here not in line:
        line.append(here)
        here = above(here)
    return line
