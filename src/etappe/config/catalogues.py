"""Translations: compile the catalogues, and say what is not translated yet. Needs no gettext on the machine."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = Path(__file__).parent.parent
LOCALE = SOURCE / "locale"
KEYWORDS: dict[str, Any] = {
    **DEFAULT_KEYWORDS,
    "_": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def groups() -> list[Path]:
    """Folders that hold catalogues, one per group of pages."""
    return sorted(folder for folder in LOCALE.iterdir() if folder.is_dir()) if LOCALE.is_dir() else []


def catalogues(language: str) -> list[Path]:
    """The catalogue files of one language."""
    return [path for group in groups() if (path := group / language / "LC_MESSAGES" / "django.po").exists()]


def compile_all() -> int:
    """Write a .mo beside every .po that is newer; return how many were written."""
    stale = [path for path in LOCALE.glob("*/*/LC_MESSAGES/*.po") if _is_stale(path)]
    for path in stale:
        _compile(path)
    return len(stale)


def _is_stale(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime <= path.stat().st_mtime


def _compile(path: Path) -> None:
    with path.open("rb") as source:
        catalogue = read_po(source, abort_invalid=True)
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    path.with_suffix(".mo").write_bytes(buffer.getvalue())


def translated(language: str) -> set[tuple[str | None, str]]:
    """Every (context, message) that some catalogue of the language translates, fuzzy ones left out."""
    return {key for path in catalogues(language) for key in _finished(path)}


def _finished(path: Path) -> Iterator[tuple[str | None, str]]:
    with path.open("rb") as source:
        for message in read_po(source):
            if message.id and _is_finished(message):
                yield message.context, _identity(message.id)


def _is_finished(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(strings) and not message.fuzzy


def _identity(message_id: str | tuple[str, ...] | list[str]) -> str:
    return message_id if isinstance(message_id, str) else message_id[0]


def used() -> Iterator[tuple[str, int, str | None, str]]:
    """Every message in code and templates: (file, line, context, message)."""
    for path in sorted(SOURCE.rglob("*.py")):
        yield from _messages(path, path.read_text())
    for path in sorted((SOURCE / "web" / "templates").rglob("*.*")):
        yield from _messages(path, _as_code(path))


def _as_code(path: Path) -> str:
    from django.utils.translation.template import templatize

    return str(templatize(path.read_text(), origin=str(path)))


def _messages(path: Path, code: str) -> Iterator[tuple[str, int, str | None, str]]:
    name = str(path.relative_to(SOURCE))
    source = io.BytesIO(code.encode())
    found: Any = extract_python(source, KEYWORDS, [], {"encoding": "utf-8"})  # Babel types its arguments otherwise
    for line, function, arguments, _ in found:
        texts = [text for text in (arguments if isinstance(arguments, tuple) else (arguments,)) if text]
        has_context = "pgettext" in (function or "")
        if len(texts) > has_context:
            yield name, line, texts[0] if has_context else None, texts[int(has_context)]


def untranslated(language: str) -> list[str]:
    """Where a message stands that no catalogue of the language translates: `file:line: message`."""
    known = translated(language)
    return [f"{file}:{line}: {text}" for file, line, context, text in used() if (context, text) not in known]


def main() -> None:
    """Compile; with `--check` also list what is not translated (exit code 1 if anything is not)."""
    print(f"{compile_all()} catalogues compiled")  # noqa: T201 - a command of its own
    missing = untranslated("de") if "--check" in sys.argv else []
    print("\n".join(missing))  # noqa: T201
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
