"""Rules of the house that no linter knows. Each failure says where, and what to do instead."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
SOURCE = REPOSITORY / "src" / "etappe"
FILES = sorted(SOURCE.rglob("*.py"))
OWN = [path for path in FILES if "migrations" not in path.parts]
TESTS = sorted((REPOSITORY / "tests").rglob("*.py"))
ROOMS = ("journal", "team", "people", "playbook", "deals", "imports", "records", "exports", "insights")
EDGES = ("web", "api", "cli", "demo")
LONGEST = 600

WRITES = {
    *("save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"),
    *("raw", "execute"),
}
MAY_WRITE = {
    "journal/record.py": "the only way an entry is written",
    "journal/artefacts.py": "stores bytes under their digest, for actions",
    "journal/dump.py": "reads whole tables with SQL of its own",
    "journal/queries.py": "reads with SQL of its own",
    "journal/asking.py": "reads with SQL that a queryset or the search wrote",
    "journal/finding.py": "tells the database how similar is similar, which writes nothing",
    "team/links.py": "one-time links, for the actions beside it",
    "team/idempotency.py": "keeps the answers given to POSTs, which are no records of the trade",
    "deals/attention.py": "measures won deals with SQL of its own, which only reads",
    "deals/place.py": "the one place where a deal's stage, span and visit are written, for the actions",
    "deals/centre.py": "the buying centre's rows, for the actions",
    "exports/background.py": "how far an export has come, which is no record of the trade",
    "people/tags.py": "counts by an index with SQL of its own, which only reads",
    "imports/background.py": "how far a run has come, which is no record of the trade",
    "records/bulk.py": "bulk edits: its writing functions are actions, but for how a run ended",
    "imports/run.py": "a run, batch after batch: its writing functions are actions",
    "imports/undo.py": "an import taken back, step by step: its writing functions are actions",
    "imports/undo_edits.py": "an import taken back, step by step: its writing functions are actions",
    "imports/undo_history.py": "an import taken back, step by step: its writing functions are actions",
    "imports/book.py": "which row of a source became which record: the import's own book, for its actions",
    "people/alike.py": "finds candidates with SQL of its own, which only reads",
    "records/merge.py": "merges and undoes: its writing functions are actions",
    "records/duplicates.py": "keeps the likely duplicates, which are derived and no records of the trade",
    "insights/forecast/past.py": "reads the facts with SQL of its own",
    "insights/forecast/records.py": "reads the facts with SQL of its own",
    "insights/forecast/stored.py": "reads forecasts and facts with SQL of its own",
    "insights/commitments.py": "sums with SQL of its own; its writing function is an action",
    "insights/forecast/changed.py": "compares forecasts with SQL of its own, which only reads",
    "insights/goals.py": "counts what goals ask for with SQL of its own, which only reads",
    "insights/duck.py": "asks DuckDB, which may only read the facts",
    "insights/sync.py": "reads the database and writes files of facts",
    "insights/engine.py": "runs the compiled expressions of the metrics, which only read",
}
"""Modules besides actions (`actions*.py`, `actions/`) and their set-based siblings (`load*.py`), with the reason."""
NOT_ROWS = {
    "self",
    "actions",
    "digest",
    "hasher",
    "headers",
    "context",
    "params",
    "result",
    "found",
    "data",
    "values",
    "kept",
}
"""Names on which `create` or `update` is an action or Python's own."""


def _name(path: Path) -> str:
    return str(path.relative_to(REPOSITORY)).removeprefix("src/etappe/")


def _within(*rooms: str) -> list[Path]:
    return [path for path in OWN if path.relative_to(SOURCE).parts[0] in rooms]


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def _offences(paths: Iterable[Path], find: Callable[[Path], Iterable[object]]) -> list[str]:
    return [f"{_name(path)}: {what}" for path in paths for what in find(path)]


def _matches(pattern: re.Pattern[str]) -> Callable[[Path], Iterator[str]]:
    def find(path: Path) -> Iterator[str]:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if pattern.search(line):
                yield f"line {number}: {line.strip()}"

    return find


def writes_in(tree: ast.AST) -> Iterator[str]:
    """Calls that write to the database, or look like it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            owner = node.func.value
            last = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
            if last not in NOT_ROWS:
                yield f"line {node.lineno}: {last}.{node.func.attr}(...)"


def _may_write(path: Path) -> bool:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return _name(path) in MAY_WRITE or any(part.startswith(("actions", "load")) for part in parts)


def test_only_actions_write() -> None:
    found = _offences(_within(*ROOMS), lambda path: [] if _may_write(path) else writes_in(_tree(path)))
    assert not found, "call an action of the room instead, or give the reason in MAY_WRITE"


def _names_models(path: Path) -> bool:
    modules = [node.module or "" for node in ast.walk(_tree(path)) if isinstance(node, ast.ImportFrom)]
    return any(module.endswith(".models") for module in modules)


def test_edges_do_not_write() -> None:
    found = _offences(_within(*EDGES), lambda path: writes_in(_tree(path)) if _names_models(path) else [])
    assert not found, "edges call actions"


def test_every_exception_is_needed() -> None:
    unneeded = [name for name in MAY_WRITE if not (SOURCE / name).exists() or not list(writes_in(_tree(SOURCE / name)))]
    assert not unneeded, "these modules do not write: strike them from MAY_WRITE"


def _actions() -> Iterator[tuple[Path, ast.FunctionDef]]:
    for path in _within(*ROOMS):
        for node in _tree(path).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and _is_action(node):
                yield path, node


def _is_action(function: ast.FunctionDef) -> bool:
    return any(isinstance(decorator, ast.Name) and decorator.id == "action" for decorator in function.decorator_list)


def _required(function: ast.FunctionDef) -> set[str]:
    pairs = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    return {argument.arg for argument, default in pairs if default is None}


def test_actions_take_who_and_when() -> None:
    found = [
        f"{_name(path)}: {function.name}" for path, function in _actions() if not {"actor", "at"} <= _required(function)
    ]
    assert not found, "an action takes `*, actor, at` without defaults"


def test_actions_say_what_they_do() -> None:
    found = [f"{_name(path)}: {function.name}" for path, function in _actions() if not ast.get_docstring(function)]
    assert not found, "an action says what it does and what it refuses"


def test_there_are_actions() -> None:
    assert len(list(_actions())) > 20


def test_files_are_short() -> None:
    long = [_name(path) for path in [*FILES, *TESTS] if len(path.read_text().splitlines()) > LONGEST]
    assert not long, f"longer than {LONGEST} lines: split by idea"


SIGNALS = re.compile(r"django\.(db\.models\.signals|dispatch|core\.signals)|@receiver\b")


def test_no_signals() -> None:
    assert not _offences(OWN, _matches(SIGNALS)), "call the action, do not hang it on a signal"


CLOCKS = re.compile(r"datetime\.(now|utcnow|today)\(|timezone\.now\(|date\.today\(|\btime\.time\(")


def test_one_clock() -> None:
    others = [path for path in OWN if _name(path) != "journal/clock.py"]
    assert not _offences(others, _matches(CLOCKS)), "take the time as an argument; journal/clock.py is the one clock"


def test_below_the_edges_nobody_asks_the_clock() -> None:
    below = [path for path in _within("core", "foreign", *ROOMS) if path.name not in ("clock.py", "jobs.py")]
    assert not _offences(below, _matches(re.compile(r"journal\.clock"))), "take the time as an argument `at`"


UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def test_nothing_is_left_for_later() -> None:
    assert not _offences(OWN, _matches(UNFINISHED)), "finish it, or leave it out"


ADDRESSES = re.compile(r"/[w]ork/|/[r]oot/\.|[p]ypi\.org|pythonhoste[d]|npmj[s]\.")


def test_no_addresses_of_this_machine() -> None:
    locks = [
        REPOSITORY / name
        for name in ("requirements.lock", "requirements-dev.lock", "assets/package-lock.json", "Makefile")
    ]
    assert not _offences([*OWN, *locks], _matches(ADDRESSES)), "no path of a machine, no registry's address"


def test_the_rules_can_fail() -> None:
    code = "Deal.objects.filter(id=1).update(stage='won')\nDeal(id=1).save()\nheaders.update(x=1)\nactions.create({})\n"
    assert list(writes_in(ast.parse(code))) == ["line 1: .update(...)", "line 2: .save(...)"]
    assert CLOCKS.search("datetime.now(UTC)")
    assert not CLOCKS.search("clock.now()")
    assert SIGNALS.search("from django.db.models.signals import post_save")
    assert UNFINISHED.search("# TO" + "DO: later")
