"""What is too much for a cell of a list: long words may break, long texts are cut, of many values a few are shown."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

WORD, TEXT, FEW = 24, 120, 5
"""Signs of a word that stays whole, signs of a text that is shown, values that are shown of many."""
SHOWN = 3
"""Values that are shown where there are more than a few."""


def has_long_word(text: str) -> bool:
    """Whether a word would widen the column beyond measure."""
    return len(text) > WORD and any(len(word) > WORD for word in text.split())


def cut(text: str) -> str:
    """The beginning of a text that is too long for a cell, at the end of a word where there is one; else all of it."""
    if len(text) <= TEXT:
        return text
    begun = text[:TEXT]
    return f"{begun[: max(begun.rfind(' '), TEXT // 2)].rstrip(' ,;')}…"


def few(value: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]] | None:
    """The values that are shown, and the rest, where there are many; None where all can be."""
    return (value[:SHOWN], value[SHOWN:]) if isinstance(value, tuple) and len(value) > FEW else None


def more(names: str, count: int) -> SafeString:
    """The rest of the values, behind their number."""
    said = ngettext("{n} more", "{n} more", count).format(n=count)
    drawn = ' <details class="rest"><summary title="{}" aria-label="{}">+{}</summary>{}</details>'
    return format_html(drawn, names, said, count, names)
