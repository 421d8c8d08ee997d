"""The shipped statements: what each figure asks of each engine, in its own SQL (see `compiling`, which writes them).

A statement is put together from two files: `deals.SHAPE.sql`, the relation that every figure starts from, and
`KEY.sql`, the figure over it. Its name is `KEY.SHAPE`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from etappe.insights.standing import CLOSING, OPENING

FOLDERS: Final = {name: Path(__file__).parent / "sql" / name for name in ("postgres", "duckdb", "spark")}
"""Where the files of each engine are."""
DEALS: Final = "deals"
"""The name of that relation."""
RECORDS: Final = "records"
"""What the deals behind figures are asked with."""
LEADS, ANSWERED, SCORED = "leads", "answered_leads", "scored_leads"
"""What the leads behind figures are asked with: plainly, with who answered whom, with their interest."""
LISTS: Final = (RECORDS, LEADS, ANSWERED, SCORED)
"""Everything that lists records."""
MATCHING: Final = frozenset((ANSWERED, "touchpoints", "response_time"))
"""Statements that match leads with what was found of each: many with many, which no statistics foretell."""
_PLACE = re.compile(f"'{OPENING}(\\w+){CLOSING}'")


def shape_of(*, past: bool, scoped: bool) -> str:
    """What a form of the relation is called: as of now or a past day, for all or for one viewer."""
    return f"{'past' if past else 'now'}.{'scoped' if scoped else 'all'}"


def name_of(key: str, *, past: bool, scoped: bool) -> str:
    """What a statement is called: the metric (or `RECORDS`) and its shape."""
    return f"{key}.{shape_of(past=past, scoped=scoped)}"


@cache
def statement(engine: str, name: str) -> str:
    """A statement with a marked place for each value that it is given."""
    key, shape = name.split(".", 1)
    figure = _read(engine, key)
    followed = f", {figure.removeprefix('WITH ')}" if figure.startswith("WITH ") else f"\n{figure}"
    return f"WITH {DEALS} AS (\n{_read(engine, f'{DEALS}.{shape}')}\n){followed}"


def _read(engine: str, name: str) -> str:
    return (FOLDERS[engine] / f"{name}.sql").read_text(encoding="utf-8").rstrip("\n")


@cache
def values_of(engine: str, name: str) -> frozenset[str]:
    """The names of the values that a statement is given."""
    return frozenset(_PLACE.findall(statement(engine, name)))


def filled(text: str, put: Callable[[str], str]) -> str:
    """The statement with something in each marked place."""
    return _PLACE.sub(lambda found: put(found[1]), text)
