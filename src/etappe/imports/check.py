"""Going through all rows without writing any: what each becomes, and every problem with how often it occurs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from etappe.core.headers import FileKind
from etappe.foreign.tables import batches
from etappe.imports.convert import Bad, Chunk, Converter
from etappe.imports.loaders.base import EXAMPLES, Item, Loader, Setting, Tally
from etappe.imports.look import Looked
from etappe.imports.plan import Plan
from etappe.imports.rooms import Rooms
from etappe.people.load_undo import named_accounts, named_people

FIRST = 5
"""Rows of each file that are shown as what they become."""


@dataclass
class Problem:
    """One thing that is wrong with rows, or worth knowing about them: how often, and where for instance."""

    code: str
    rejects: bool
    count: int = 0
    examples: list[dict[str, Any]] = field(default_factory=list)

    def add(self, count: int, examples: Sequence[Mapping[str, Any]]) -> None:
        """Count further rows."""
        self.count += count
        self.examples += [dict(each) for each in examples][: EXAMPLES - len(self.examples)]


@dataclass
class Checked:
    """What all rows would become. `shown` are the first rows of each file."""

    problems: dict[str, Problem] = field(default_factory=dict)
    shown: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rows: int = 0
    questions: list[dict[str, str]] = field(default_factory=list)
    """Rows that match a record here and that somebody is to decide on: kind, key, name and the record."""

    def count(self, code: str, *, rejects: bool, count: int, examples: Sequence[Mapping[str, Any]]) -> None:
        """Count rows with a problem."""
        self.problems.setdefault(code, Problem(code, rejects)).add(count, examples)


def check(files: Sequence[Looked], plan: Plan, setting: Setting) -> Checked:
    """Go through all rows of the files that the plan takes. Finds all that can be said without asking the database."""
    checked, rooms = Checked(), Rooms.for_checking(setting)
    for file in files:
        mapped = plan.file(file.given.name)
        if mapped is None or mapped.kind is None or file.guess is None:
            continue
        loader, converter = rooms.loader(mapped), Converter(mapped, setting.zone, setting.currency)
        for batch in batches(file.given.path, file.guess):
            _check_chunk(checked, file.given.name, loader, converter.convert(batch))
    return checked


def _check_chunk(checked: Checked, name: str, loader: Loader, chunk: Chunk) -> None:
    tally = Tally()
    shown = checked.shown.setdefault(name, [])
    items = [item for item in loader.rows(chunk, tally) if item.at not in chunk.bad]
    shown += [dict(item.says) for item in items[: FIRST - len(shown)]]
    checked.questions += [_question(loader, item, record) for item, record in loader.questions(items)]
    checked.rows += len(chunk.lines)
    for at, bad in chunk.bad.items():
        checked.count(bad.code, rejects=True, count=1, examples=[example(name, chunk.lines[at], bad)])
    for code, count in tally.noted.items():
        examples = [{"file": name, **params} for params in tally.notes[code]]
        checked.count(code, rejects=False, count=count, examples=examples)


def _question(loader: Loader, item: Item, record: int) -> dict[str, str]:
    kind = loader.file.kind.value if loader.file.kind else ""
    named = named_accounts([record]) if kind == FileKind.ACCOUNTS else named_people([record])
    name = str(item.says.get("name", ""))
    return {"kind": kind, "key": item.key, "name": name, "uid": named[0].uid, "here": named[0].name}


def example(name: str, line: int, bad: Bad) -> dict[str, Any]:
    """Where a problem is, with the values its sentence needs."""
    return {"file": name, "line": line, **{key: _plain(value) for key, value in bad.params.items()}}


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
