"""Every message is translated, and translations keep the placeholders."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from etappe.config import catalogues

PLACEHOLDERS = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|\{[a-z_]+\}")


def test_every_message_is_in_german() -> None:
    missing = catalogues.untranslated("de")
    assert not missing, "translate in src/etappe/locale/<group>/de/LC_MESSAGES/django.po"


def test_messages_are_found_in_code_and_templates() -> None:
    files = {file.rsplit(".", 1)[-1] for file, _, _, _ in catalogues.used()}
    assert {"py", "html"} <= files


def _last(said: object) -> str:
    """The text, or the last of its plural forms."""
    return said if isinstance(said, str) else str(said[-1]) if isinstance(said, list | tuple) else ""


@pytest.mark.parametrize("path", catalogues.catalogues("de"), ids=lambda path: path.parts[-4])
def test_translations_keep_their_placeholders(path: Path) -> None:
    with path.open("rb") as source:
        for message in read_po(source):
            english, german = _last(message.id), _last(message.string)
            assert set(PLACEHOLDERS.findall(english)) == set(PLACEHOLDERS.findall(german)), english


def test_catalogues_do_not_contradict_each_other() -> None:
    """Several groups may translate one message; Django takes the first it finds, so they must agree."""
    seen: dict[tuple[str | None, object], tuple[object, str]] = {}
    for path in catalogues.catalogues("de"):
        with path.open("rb") as source:
            for message in read_po(source):
                key = (message.context, message.id if isinstance(message.id, str) else message.id[0])
                if message.id:
                    said = seen.setdefault(key, (message.string, path.parts[-4]))
                    assert said[0] == message.string, f"{key[1]!r} differs between {said[1]} and {path.parts[-4]}"
