"""Parts of a page."""

from __future__ import annotations

from collections.abc import Iterable


def joined(parts: Iterable[str]) -> str:
    """The parts of a page, a blank line between them; empty ones are left out."""
    return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"


def table(heads: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """A table; nothing at all without rows."""
    lines = [f"| {' | '.join(_cell(value) for value in row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}", *lines]) if lines else ""


def code(words: Iterable[object]) -> str:
    """Words as code, separated by commas."""
    return ", ".join(f"`{word}`" for word in words)


def line(text: str | None) -> str:
    """The text in one line."""
    return " ".join((text or "").split())


def _cell(value: object) -> str:
    return line(str(value)).replace("|", "\\|")
