"""Archives that are not what they say: each is refused by name, and not a row was written."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from etappe.core.actor import SYSTEM
from etappe.exports import actions
from etappe.exports import load as archive
from etappe.exports.write import Progress
from etappe.foreign.archives import is_archive
from etappe.journal.clock import now
from tests.database import Server
from tests.exports.test_archive import another_database
from tests.make import make_account, make_person
from tests.unchanged import refused, unchanged

Parts = dict[str, bytes]


@pytest.fixture
def parts(fresh_database: str, tmp_path: Path) -> Parts:
    """What an archive of an account and a person holds."""
    account = make_account(name="=Firma; DROP TABLE")
    make_person(account=account.uid)
    path = tmp_path / "all.zip"
    actions.write_now(path, report=lambda progress: None, actor=SYSTEM, at=now())
    with zipfile.ZipFile(path) as found:
        return {name: found.read(name) for name in found.namelist()}


@pytest.fixture
def empty(parts: Parts, database_server: Server) -> Iterator[None]:
    """The database in use is now another, which is empty."""
    with another_database(database_server):
        yield


def packed(path: Path, parts: Parts) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in parts.items():
            out.writestr(name, content)
    return path


def with_schema(parts: Parts, change: Callable[[dict[str, Any]], None]) -> Parts:
    schema = json.loads(parts["schema.json"])
    change(schema)
    return {**parts, "schema.json": json.dumps(schema).encode()}


def with_table(parts: Parts, name: str, content: bytes, rows: int | None = None) -> Parts:
    """The archive with another table, and a schema that agrees with it."""

    def agree(schema: dict[str, Any]) -> None:
        (table,) = (table for table in schema["tables"] if table["path"] == name)
        table |= {"sha256": hashlib.sha256(content).hexdigest()} | ({"rows": rows} if rows is not None else {})

    return {**with_schema(parts, agree), name: content}


def table(schema: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in schema["tables"] if each["name"] == name)


def load(path: Path) -> None:
    archive.load(path, "", report=lambda progress: None, actor=SYSTEM, at=now())


def _interrupt(progress: Progress) -> None:
    if progress.done > progress.total / 2:
        raise KeyboardInterrupt


def without(parts: Parts, name: str) -> Parts:
    return {each: content for each, content in parts.items() if each != name}


def account_cell(parts: Parts, old: bytes, new: bytes) -> Parts:
    assert old in parts["accounts.csv"]
    return with_table(parts, "accounts.csv", parts["accounts.csv"].replace(old, new))


BROKEN: dict[str, Callable[[Parts], Parts]] = {
    "a table is missing": lambda parts: without(parts, "people.csv"),
    "a cell was changed": lambda parts: {**parts, "people.csv": parts["people.csv"].replace(b"Person", b"Parson")},
    "a row is missing": lambda parts: with_table(parts, "people.csv", parts["people.csv"].split(b"\n")[0] + b"\n"),
    "a number is a word": lambda parts: with_table(parts, "people.csv", parts["people.csv"].replace(b"\n1,", b"\nx,")),
    "a number is huge": lambda parts: with_table(
        parts, "people.csv", parts["people.csv"].replace(b"\n1,", b"\n9000000000000000000,")
    ),
    "another header": lambda parts: with_table(
        parts, "people.csv", parts["people.csv"].replace(b"id,uid", b"id,key", 1)
    ),
    "an account that is not there": lambda parts: with_table(
        parts, "people.csv", parts["people.csv"].replace(b",1,,false", b",77,,false")
    ),
    "an unknown column": lambda parts: with_schema(
        parts, lambda schema: table(schema, "users")["columns"].append({"name": "password"})
    ),
    "an unknown table": lambda parts: with_schema(
        parts, lambda schema: schema["tables"].append({**table(schema, "users"), "name": "auth_group"})
    ),
    "a table twice": lambda parts: with_schema(parts, lambda schema: schema["tables"].append(table(schema, "users"))),
    "no columns": lambda parts: with_schema(parts, lambda schema: table(schema, "users").pop("columns")),
    "a file under another's name": lambda parts: {**parts, f"files/{'0' * 64}": b"x"},
    "lines that are no JSON": lambda parts: with_table(parts, "journal.jsonl", b"{]\n", 1),
    "a schema that is no JSON": lambda parts: {**parts, "schema.json": b"{"},
}


UNSAFE: dict[str, Callable[[Parts], Parts]] = {
    "leads out": lambda parts: {**parts, "../../etc/cron.d/x": b"x"},
    "a program": lambda parts: {**parts, "files/x.exe": b"MZ"},
    "a bomb": lambda parts: {**parts, "accounts.csv": b"0" * (40 << 20)},
}


def test_a_hostile_archive_is_refused_and_a_whole_one_is_not(parts: Parts, empty: None, tmp_path: Path) -> None:
    for number, (what, change) in enumerate((BROKEN | UNSAFE).items()):
        path = packed(tmp_path / f"{number}.zip", change(parts))
        with refused("archive_broken" if what in BROKEN else "file_unreadable"):
            load(path)
    later = packed(tmp_path / "later.zip", with_schema(parts, lambda schema: schema.update(format=2)))
    other = packed(tmp_path / "other.zip", {"README.txt": b"nothing"})
    whole = packed(tmp_path / "whole.zip", parts)
    (tmp_path / "cut.zip").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    for path, code in (
        (later, "archive_format"),
        (other, "archive_unknown"),
        (tmp_path / "cut.zip", "file_unreadable"),
    ):
        with refused(code):
            load(path)
    assert [is_archive(path) for path in (whole, later, other, tmp_path / "cut.zip")] == [True, True, False, False]
    with unchanged(), pytest.raises(KeyboardInterrupt):
        archive.load(whole, "", report=_interrupt, actor=SYSTEM, at=now())
    load(whole)
    with refused("archive_not_empty") as no:
        load(whole)
    assert (no.value.params["accounts"], no.value.params["people"]) == (1, 1)


def test_names_in_an_archive_are_only_ever_values(parts: Parts) -> None:
    assert b"=Firma; DROP TABLE" in parts["accounts.csv"]  # for machines: as it is stored, and the schema says so
    assert "spreadsheet" in json.loads(parts["schema.json"])["rules"]["spreadsheets"]
    assert b"argon2" not in b"".join(parts.values())
