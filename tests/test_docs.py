"""The documents: what is made from the code is current, what is public is described, what is named is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from etappe.api.v1 import api
from etappe.cli import COMMANDS, main
from etappe.cli.reference import reference as commands_page
from etappe.config import env
from etappe.config.reference import access, refusals
from etappe.config.reference.api import operations
from etappe.config.reference.pages import PAGES, page
from etappe.core.kinds import REGISTRY
from etappe.core.lint.records import RECORD_RULES
from etappe.core.lint.rules import RULES
from etappe.insights.catalogue import CATALOGUE
from etappe.journal.refusals import TEXTS
from etappe.team.access import ACTS

REPOSITORY = Path(__file__).parent.parent
SOURCE = REPOSITORY / "src" / "etappe"
DOCS = REPOSITORY / "docs"
DOCUMENTS = [*sorted(REPOSITORY.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
REFERENCE = DOCS / "reference"


def _name(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=_name)


# --- Made from the code ---


@pytest.mark.parametrize("name", PAGES)
def test_the_generated_pages_are_current(name: str) -> None:
    assert (REFERENCE / name).read_text("utf-8") == page(name), "run `python -m etappe.config.reference`"


def test_the_page_of_commands_is_current() -> None:
    written = (REFERENCE / "commands.md").read_text("utf-8")
    assert written == commands_page(), "run `python -m etappe.cli.reference > docs/reference/commands.md`"


PUBLIC: dict[str, Callable[[], list[str]]] = {
    "settings.md": lambda: [variable.name for variable in env.VARIABLES],
    "metrics.md": lambda: list(CATALOGUE),
    "journal-kinds.md": lambda: list(REGISTRY),
    "lint-rules.md": lambda: [*RULES, *RECORD_RULES],
    "permissions.md": lambda: list(ACTS),
    "refusals.md": lambda: list(TEXTS),
    "api.md": lambda: [f"{method} {path}" for method, path, _ in operations(api.get_openapi_schema()["paths"])],
    "commands.md": lambda: [f"etappe {path}" for path in _commands()],
}
"""What each page has to describe."""


@pytest.mark.parametrize("name", PUBLIC)
def test_everything_public_is_described(name: str) -> None:
    written, things = (REFERENCE / name).read_text("utf-8"), PUBLIC[name]()
    assert len(things) > 3
    assert [thing for thing in things if not _is_described(thing, written)] == []


def _is_described(thing: str, page: str) -> bool:
    """Whether it stands there as code, or as a heading."""
    name = re.escape(thing)
    return re.search(rf"`{name}`|^#+ {name}\b", page, re.MULTILINE) is not None


def test_every_option_is_described() -> None:
    written = (REFERENCE / "commands.md").read_text("utf-8")
    assert [option for option in _options() if option not in written] == []


def test_acts_that_are_described_exist() -> None:
    assert set(access.ABOUT) == set(ACTS)


def test_the_status_of_each_refusal_is_that_of_the_code() -> None:
    raised = {"Forbidden": 403, "Stale": 409, "Unavailable": 503}
    found = {
        node.args[0].value: raised[node.func.id]
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in raised
        if node.args and isinstance(node.args[0], ast.Constant)
    }
    assert found == refusals.STATUSES


# --- Public code says what it does ---

MAY_BE_SILENT = {"Meta", "after"}
"""Django's own, and what the base class has said."""


def _silent(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        for each in getattr(node, "body", []) if isinstance(node, ast.Module | ast.ClassDef) else []:
            if not isinstance(each, ast.FunctionDef | ast.ClassDef) or each.name.startswith("_"):
                continue
            if isinstance(node, ast.ClassDef) and node.name.startswith("_"):
                continue
            if not ast.get_docstring(each) and each.name not in MAY_BE_SILENT:
                yield f"{_name(path)}:{each.lineno} {each.name}"


def test_everything_public_has_a_docstring() -> None:
    paths = [path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts]
    assert [where for path in paths for where in _silent(path)] == []


# --- Documents name what is there ---

LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"`((?:tests|src|docs|bench)/[\w./-]+)`")


def _anchors(document: Path) -> set[str]:
    """The anchors of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", CODE.sub("", document.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _lost(document: Path) -> Iterator[str]:
    for link in LINK.findall(CODE.sub("", document.read_text("utf-8"))):
        target, _, anchor = link.partition("#")
        path = document.parent / target if target else document
        if not path.exists() or (anchor and anchor not in _anchors(path)):
            yield link


@every_document
def test_links_lead_somewhere(document: Path) -> None:
    assert list(_lost(document)) == []


@every_document
def test_files_that_are_named_exist(document: Path) -> None:
    named = FILE.findall(document.read_text("utf-8"))
    assert [name for name in named if not (REPOSITORY / name).exists()] == []


def test_every_page_is_in_the_index() -> None:
    index = DOCS / "README.md"
    listed = {(index.parent / link).resolve() for link in LINK.findall(index.read_text("utf-8"))}
    assert [_name(path) for path in DOCS.rglob("*.md") if path != index and path.resolve() not in listed] == []


def test_every_picture_is_shown_and_small() -> None:
    shown = {(path.parent / link).resolve() for path in DOCUMENTS for link in LINK.findall(path.read_text("utf-8"))}
    pictures = list((DOCS / "images").glob("*.png"))
    assert [path.name for path in pictures if path.resolve() not in shown or path.stat().st_size > 250_000] == []
    assert len(pictures) >= 2


def test_make_targets_that_are_named_exist() -> None:
    known = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
    pattern = re.compile(r"(?:`|^)make ([a-z][a-z-]*)", re.MULTILINE)
    named = {name for document in DOCUMENTS for name in pattern.findall(document.read_text("utf-8"))}
    assert named <= known
    assert {"run", "test"} <= named


def test_settings_that_are_named_exist() -> None:
    known = {name for variable in env.VARIABLES for name in variable.names}
    pattern = re.compile(r"\b((?:ETAPPE|DATABASE)_[A-Z_]*[A-Z])\b")
    named = {(name, _name(document)) for document in DOCUMENTS for name in pattern.findall(document.read_text("utf-8"))}
    own = {pair for pair in named if not pair[0].startswith("ETAPPE_TEST_")}
    assert {pair for pair in own if pair[0] not in known} == set()


def test_addresses_of_the_api_that_are_named_exist() -> None:
    known = [re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)) for path in api.get_openapi_schema()["paths"]]
    pattern = re.compile(r"(/api/v1/[^\s?\"'`)]*)")
    named = {path for document in DOCUMENTS for path in pattern.findall(document.read_text("utf-8"))}
    lost = [path for path in named - {"/api/v1/openapi.json"} if not any(re.fullmatch(each, path) for each in known)]
    assert lost == []


# --- Commands in documents ---

TYPED = re.compile(
    r"(?<![\w/.@:-])(?:\.venv/bin/|/opt/etappe/\.venv/bin/)?etappe (?=[a-z-])((?:-{0,2}[\w@=./\"-]+ ?)+)"
)
SPANS = re.compile(r"`([^`\n]+)`")


def _commands(group: click.Group = main, above: str = "") -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        yield f"{above}{name}"
        if isinstance(command, click.Group):
            yield from _commands(command, f"{above}{name} ")


def _options() -> Iterator[str]:
    for path in _commands():
        command: click.Command | None = main
        for name in path.split():
            assert isinstance(command, click.Group)
            command = command.get_command(click.Context(command), name)
        yield from (
            option for parameter in getattr(command, "params", []) for option in parameter.opts if "--" in option
        )


def _typed(text: str) -> Iterator[str]:
    """What follows `etappe` wherever a text shows a command: in code, and between backticks."""
    blocks = CODE.findall(text)
    inline = SPANS.findall(CODE.sub("", text))
    shown = [line for block in blocks for line in block.splitlines() if not line.lstrip().startswith("#")]
    for line in [*shown, *(span for span in inline if span.startswith(("etappe ", ".venv/bin/etappe ")))]:
        yield from (match.strip() for match in TYPED.findall(line.split("  #")[0]))


def _wrong(typed: str) -> str | None:
    """What is wrong with a command line, if anything."""
    command: click.Command = main
    words = typed.split()
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        below = command.get_command(click.Context(command), words.pop(0))
        if below is None:
            return f"etappe {typed}: no such command"
        command = below
    known = {option for parameter in command.params for option in parameter.opts} | {"--help", "--version"}
    unknown = [word for word in words if word.startswith("--") and word.partition("=")[0] not in known]
    return f"etappe {typed}: no such option {unknown}" if unknown else None


@every_document
def test_commands_that_are_shown_exist(document: Path) -> None:
    assert [wrong for typed in _typed(document.read_text("utf-8")) if (wrong := _wrong(typed))] == []


def test_every_command_has_its_line_in_the_help() -> None:
    from click.testing import CliRunner

    said = CliRunner().invoke(main, ["--help"]).output
    assert [name for name in COMMANDS if name not in said] == []


# --- Nothing of the machine it was written on ---

ELSEWHERE = re.compile(
    r"(?<![\w.])/(?:[w]ork|[r]oot|home)/|/tmp/|[p]ypi\.org|pythonhoste[d]|npmj[s]|\bTODO\b|\bFIXME\b|(?<!\w)#\d+\b"
)


@every_document
def test_nothing_of_a_machine_or_a_registry(document: Path) -> None:
    text = re.sub(r"#[\da-f]{3,8}\b", "", document.read_text("utf-8"))
    assert [match.group() for match in ELSEWHERE.finditer(text)] == []


def test_the_checks_can_fail(tmp_path: Path) -> None:
    document = tmp_path / "a.md"
    document.write_text(
        "# One head\n[x](gone.md) [y](#one-head) [z](#two)\n`etappe serv` and `etappe serve --prot 1`\n"
    )
    assert list(_lost(document)) == ["gone.md", "#two"]
    assert [bool(_wrong(typed)) for typed in _typed(document.read_text())] == [True, True]
    assert list(_typed("```\nA=1 .venv/bin/etappe user link\n```\n")) == ["user link"]
    assert _wrong("import a.csv --dry-run") is None
    assert ELSEWHERE.search("see #12")
    silent = tmp_path / "src.py"
    silent.write_text("def public():\n    return 1\n")
    assert ast.get_docstring(ast.parse(silent.read_text()).body[0]) is None  # type: ignore[arg-type]
