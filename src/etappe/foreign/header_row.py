"""Where the header of a table stands, and what its columns are called."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from etappe.foreign.reasons import Reason, unreadable
from etappe.foreign.text import one_line

_LOOKED_AT: Final = 30
_FILLED: Final = 0.6
_DATA: Final = re.compile(
    r"[-+]?[\d.,' \u00a0\u202f]*\d\s*(?:[%€$£]|EUR|USD|CHF)?|[€$£]\s*[\d.,]+|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}\b.*"
    r"|[^\s@]+@[^\s@]+\.\w+|https?://\S+|true|false",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Layout:
    """The header of a table and the rows of the sample below it."""

    header_row: int
    columns: tuple[str, ...]
    below: list[list[str]]


def find_layout(sample: list[tuple[int, list[str]]]) -> Layout:
    """The layout of the numbered rows in `sample` (none of them empty).

    The header is the first row that is about as wide as the rows are, behind titles and remarks; a first row that
    holds numbers, dates or addresses itself is data, and the columns are numbered.

    >>> find_layout([(1, ["Deals, as of May"]), (3, ["Name", "Amount"]), (4, ["Ulm", "12"])]).header_row
    3
    >>> find_layout([(1, ["Ulm", "12"]), (2, ["Bonn", "13"])]).columns
    ('1', '2')
    """
    if not sample:
        raise unreadable(Reason.EMPTY)
    width = _usual_width([row for _, row in sample])
    at = next((at for at, (_, row) in enumerate(sample[:_LOOKED_AT]) if _filled(row) >= _FILLED * width), 0)
    line, header = sample[at]
    if _is_data(header):
        return Layout(line - 1, tuple(str(number) for number in range(1, width + 1)), [row for _, row in sample[at:]])
    width = max(width, len(_trimmed(header)))
    return Layout(line, _names(header, width), [row for _, row in sample[at + 1 :]])


def layout_at(sample: list[tuple[int, list[str]]], header_row: int) -> Layout:
    """The layout where somebody said in which line the header stands; 0 for none at all.

    >>> layout_at([(1, ["x", "y"]), (2, ["Name", "Amount"]), (3, ["Ulm", "12"])], 2).columns
    ('Name', 'Amount')
    """
    if not sample:
        raise unreadable(Reason.EMPTY)
    width = _usual_width([row for _, row in sample])
    if not header_row:
        return Layout(0, tuple(str(number) for number in range(1, width + 1)), [row for _, row in sample])
    at = next((at for at, (line, _) in enumerate(sample) if line >= header_row), len(sample) - 1)
    line, header = sample[at]
    return Layout(line, _names(header, max(width, len(_trimmed(header)))), [row for _, row in sample[at + 1 :]])


def _trimmed(row: list[str]) -> list[str]:
    """`row` without the empty cells at its end."""
    end = len(row)
    while end and not row[end - 1].strip():
        end -= 1
    return row[:end]


def _filled(row: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _usual_width(rows: list[list[str]]) -> int:
    """The width that most rows have; of those equally frequent the larger."""
    counted = Counter(len(_trimmed(row)) for row in rows)
    return max(counted, key=lambda width: (counted[width], width))


def _is_data(header: list[str]) -> bool:
    """Whether a would-be header holds values rather than names."""
    cells = [cell.strip() for cell in header if cell.strip()]
    return any(_DATA.fullmatch(cell[:200]) for cell in cells) and len(cells) > 0


def _names(header: list[str], width: int) -> tuple[str, ...]:
    """A name for every column, each once; one without a name gets its number."""
    seen: Counter[str] = Counter()
    names = []
    for number in range(1, width + 1):
        name = one_line(header[number - 1].lstrip("\ufeff"), 200) if number <= len(header) else ""
        name = name or str(number)
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)
