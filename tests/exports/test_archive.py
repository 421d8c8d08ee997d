"""Everything goes into one archive and comes back into an empty workspace, where all is as it was."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from etappe.config.embedded import APPLICATION
from etappe.core.actor import SYSTEM, Role
from etappe.core.kinds import REGISTRY
from etappe.deals.models import Deal
from etappe.exports import actions
from etappe.exports import load as archive
from etappe.exports.tables import LEFT_OUT, TABLES
from etappe.journal.clock import now
from etappe.journal.models import Entry
from etappe.people.models import Account, Person
from etappe.records.actions import tell_apart
from etappe.records.merge import merge
from etappe.team import actions as team_actions
from etappe.team.models import SavedView, Team, User, Workspace
from tests import conftest
from tests.cast import AT, email
from tests.database import Server
from tests.exports.more import make_more
from tests.make import make_account
from tests.replay import assert_replays
from tests.web.everything import Everything, make_everything


@pytest.fixture
def everything(fresh_database: str, settings, tmp_path: Path) -> Everything:
    settings.UPLOADS, settings.EXPORTS = tmp_path / "uploads", tmp_path / "exports"
    made = make_everything()
    make_more(made, tmp_path)
    same = [make_account(name="Doppelt GmbH").uid for _time in range(3)]
    merge("account", same[:2], actor=SYSTEM, at=AT)
    tell_apart("account", same[0], same[2], actor=made.scene.cast.dot, at=AT)
    return made


def export(path: Path) -> Path:
    actions.write_now(path, report=lambda progress: None, actor=SYSTEM, at=now())
    return path


def test_every_table_goes_along_or_stays_behind_for_a_reason() -> None:
    there = {
        model._meta.db_table
        for model in apps.get_models()
        if model.__module__.startswith("etappe.") and model._meta.managed
    }
    told = {table.table for table in TABLES}
    assert there == told | set(LEFT_OUT), (
        "name the table in its room's archive.py: in TABLES, or with a reason in LEFT_OUT"
    )
    assert not told & set(LEFT_OUT)


COUNTS = frozenset({
    "strength", "rows", "files", "entries", "created", "changed", "unchanged", "rejected", "archived", "restored",
    "stays", "number", "stages", "records", "moved", "deals", "stayed", "size", "count", "known",
})  # fmt: skip
"""Numbers in entries that count something and name no row."""


def test_every_number_in_an_entry_is_a_count_or_moves_with_its_row() -> None:
    moved = {(kind, key) for table in TABLES for kind, keys in table.told.items() for key in keys}
    numbers = {
        (name, field.name)
        for name, kind in REGISTRY.items()
        for field in dataclasses.fields(kind)
        if "int" in str(field.type) and field.name not in COUNTS
    }
    assert numbers == moved, (
        "a kind holds the key of a row: say whose in `told` of the room's archive.py, or count it here"
    )


def test_the_schema_tells_what_is_in_the_archive(everything: Everything, tmp_path: Path) -> None:
    with zipfile.ZipFile(export(tmp_path / "all.zip")) as archive:
        schema = json.loads(archive.read("schema.json"))
        assert {table["path"] for table in schema["tables"]} | {"schema.json", "README.txt"} == {
            name for name in archive.namelist() if not name.startswith("files/")
        }
        for table in schema["tables"]:
            raw = archive.read(table["path"])
            assert hashlib.sha256(raw).hexdigest() == table["sha256"]
            assert len(raw) == table["bytes"]
            names = [column["name"] for column in table["columns"]]
            if table["path"].endswith(".csv"):
                rows = list(csv.reader(io.StringIO(raw.decode())))
                assert rows[0] == names
                assert len(rows) == table["rows"] + 1
            else:
                lines = [json.loads(line) for line in raw.decode().splitlines()]
                assert {tuple(line) for line in lines} == {tuple(names)}
                assert len(lines) == table["rows"]
            assert table["rows"], "make one, so that it is seen to go along and come back"
        for name in archive.namelist():
            if name.startswith("files/"):
                assert hashlib.sha256(archive.read(name)).hexdigest() == name.removeprefix("files/")


def load(path: Path):
    return archive.load(path, actions.digest_of(path), report=lambda progress: None, actor=SYSTEM, at=now())


@contextmanager
def another_database(server: Server) -> Iterator[None]:
    """Within the block, an empty database is in use instead of the test's own."""
    name = f"test_{os.getpid()}_elsewhere"
    server.drop(name)
    server.clone(name)
    conftest._use(server.url(APPLICATION, name))
    try:
        yield
    finally:
        connection.close()
        server.drop(name)


@pytest.fixture
def elsewhere(everything: Everything, database_server: Server, tmp_path: Path) -> Iterator[Path]:
    """An archive of everything; the database in use is now another, which is empty."""
    path = export(tmp_path / "all.zip")
    with another_database(database_server):
        yield path


def tables_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name not in ("schema.json", "README.txt")}


def test_an_empty_workspace_becomes_equal(elsewhere: Path, tmp_path: Path) -> None:
    loaded = load(elsewhere)
    before, after = tables_of(elsewhere), tables_of(export(tmp_path / "again.zip"))
    assert loaded.rows > 100
    assert after.pop("journal.jsonl").startswith(before.pop("journal.jsonl"))
    assert [name for name in before if before[name] != after[name]] == []
    assert before.keys() == after.keys()
    entry = Entry.objects.get(kind="workspace.loaded")
    assert entry.data["entries"] == Entry.objects.filter(xid=entry.xid).count() - 1


def records() -> Iterator[Any]:
    for model in (Workspace, Team, User, SavedView, Account, Person, Deal):
        yield from model.objects.all()


def test_numbers_move_where_colleagues_are_there_already(elsewhere: Path, tmp_path: Path) -> None:
    team_actions.add_team("Sued", actor=SYSTEM, at=AT)
    team_actions.add_user("new@etappe.example", "Nora Neu", Role.REP, None, actor=SYSTEM, at=AT)
    team_actions.adopt_administrator(email("dot"), "Somebody", "hash of hers", actor=SYSTEM, at=AT)
    there = User.objects.get(email=email("dot"))
    with connection.cursor() as cursor:
        for number, table in enumerate(TABLES):
            if not table.keeps_numbers:
                taken = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
                cursor.execute(taken, [table.table, 1000 * number])
    load(elsewhere)
    there.refresh_from_db()
    assert (there.name, there.password) == ("Dot Dörfler", "hash of hers")
    assert User.objects.filter(email="new@etappe.example").exists()
    assert not any(user.has_usable_password() for user in User.objects.exclude(id=there.id))
    merged = Entry.objects.filter(kind="account.merged").latest("id")
    (away,) = merged.data["absorbed"]
    assert Account.objects.get(id=away).merged_into_id == merged.account_id
    apart = Entry.objects.filter(kind="account.told_apart", account_id=merged.account_id).latest("id")
    assert Account.objects.get(id=apart.data["other"]).name == "Doppelt GmbH"
    for record in records():
        if str(getattr(record, "email", "")) not in ("new@etappe.example", email("dot")) and record.pk:
            assert_replays(record)
