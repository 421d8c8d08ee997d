"""The documents name only what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
PAGES = [*sorted(REPOSITORY.glob("*.md")), *sorted((REPOSITORY / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
NAMED = re.compile(r"`((?:tests|src|docs|bench)/[\w./-]+)`")


def _name(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    lost = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert not lost


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_files_that_are_named_exist(page: Path) -> None:
    lost = [name for name in NAMED.findall(page.read_text()) if not (REPOSITORY / name).exists()]
    assert not lost


def test_make_targets_that_are_named_exist() -> None:
    known = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
    named = {name for page in PAGES for name in re.findall(r"`make ([a-z-]+)`", page.read_text())}
    assert named <= known


def test_the_commands_page_is_what_the_commands_say() -> None:
    from etappe.cli.reference import reference

    page = REPOSITORY / "docs" / "reference" / "commands.md"
    assert page.read_text() == reference(), "run `python -m etappe.cli.reference > docs/reference/commands.md`"


def test_every_command_has_its_line() -> None:
    from click.testing import CliRunner

    from etappe.cli import COMMANDS, main

    said = CliRunner().invoke(main, ["--help"]).output
    assert [name for name in COMMANDS if name not in said] == []
