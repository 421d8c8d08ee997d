"""The names of what can be wrong with a foreign file: the `reason` of a refusal `file_unreadable`."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from etappe.core.errors import Refusal


class Reason(StrEnum):
    """Why a file could not be read; each has words in every language."""

    CRASHED = "crashed"
    """The reader ended without an answer."""
    MALFORMED = "malformed"
    """The content does not follow its own format."""
    EMPTY = "empty"
    """There is nothing in it."""
    NESTED = "nested"
    """Parts within parts, too deep."""
    TOO_MANY_PARTS = "too_many_parts"
    """More parts, entries or components than anyone writes."""
    HEADER_TOO_LONG = "header_too_long"
    """A header line or all headers together are too long."""
    NO_EVENT = "no_event"
    """A calendar file without an appointment."""
    REPEATS_TOO_OFTEN = "repeats_too_often"
    """An appointment every hour, minute or second."""
    ZIP_UNSAFE = "zip_unsafe"
    """Names that lead out of the archive, or entries that unpack without bound."""
    ENCRYPTED = "encrypted"
    """Protected by a password."""
    OLD_OFFICE = "old_office"
    """A workbook or document of the formats before 2007, or one that is protected by a password."""
    MACROS = "macros"
    """Carries a program."""
    TOO_MANY_PIXELS = "too_many_pixels"
    """An image too large to show."""
    TOO_MANY_COLUMNS = "too_many_columns"
    """A table wider than any export."""
    FIELD_TOO_LONG = "field_too_long"
    """A field without end: most often a quotation mark that is never closed."""
    NO_TABLE = "no_table"
    """No header row with columns was found."""
    TOO_MUCH_MEMORY = "too_much_memory"
    """Reading it takes more memory than a child may have."""


def unreadable(reason: Reason, **params: Any) -> Refusal:
    """The refusal of a file that cannot be read for `reason`."""
    return Refusal("file_unreadable", reason=reason.value, **params)


def too_large(size: int, limit: int) -> Refusal:
    """The refusal of a file of `size` bytes where `limit` are taken."""
    return Refusal("file_too_large", size=size, limit=limit)
