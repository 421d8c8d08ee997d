"""A backup holds everything and says so; what is cut off or changed is refused, and nothing in use is touched."""

from __future__ import annotations

import json
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from etappe.config.embedded import OWNER, Embedded, find_binaries, running
from etappe.config.home import Home
from tests.config.site import ETAPPE, environ, open_home

pytestmark = pytest.mark.slow


def _etappe(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*ETAPPE, *arguments], env=environ(home), capture_output=True, text=True, timeout=240)


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A migrated home with something in it."""
    with open_home(is_ready=True) as place:
        _sql(place, "INSERT INTO team_team (uid, name) VALUES (gen_random_uuid(), 'Größe ☃')")
        yield place


def _sql(home: Path, statement: str) -> list[tuple[object, ...]]:
    place = Home(home)
    with running(Embedded(place, find_binaries())) as server, _owner(server, place.database()) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def _owner(server: Embedded, database: str) -> psycopg.Connection:
    return psycopg.connect(server.url(OWNER, database), autocommit=True)


@pytest.fixture(scope="module")
def file(home: Path) -> Path:
    """A backup of that home."""
    target = home.parent / "etappe.backup"
    done = _etappe(home, "backup", str(target))
    assert done.returncode == 0, done.stderr
    return target


def test_the_drill(home: Path, file: Path) -> None:
    """Back up, lose, restore: the row is back, what was in use is still there beside it."""
    assert file.stat().st_mode & 0o077 == 0
    _sql(home, "DELETE FROM team_team")
    before = Home(home).database()
    done = _etappe(home, "restore", str(file))
    assert done.returncode == 0, done.stderr
    assert Home(home).database() != before
    assert _sql(home, "SELECT name FROM team_team") == [("Größe ☃",)]
    assert _sql(home, f"SELECT count(*) FROM pg_database WHERE datname = '{before}'") == [(1,)]
    refused = "SELECT has_table_privilege('etappe_application', 'journal_entry', 'UPDATE, DELETE, TRUNCATE')"
    assert _sql(home, refused) == [(False,)]
    assert json.loads(_etappe(home, "doctor", "--json").stdout)["findings"]


def test_a_backup_overwrites_nothing(home: Path, file: Path) -> None:
    before = file.read_bytes()
    done = _etappe(home, "backup", str(file))
    assert done.returncode == 1
    assert "overwrites nothing" in done.stderr
    assert file.read_bytes() == before


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_file_that_was_cut_off_is_refused(home: Path, file: Path, share: float) -> None:
    broken = file.with_name("cut-off")
    broken.write_bytes(file.read_bytes()[: int(file.stat().st_size * share)])
    in_use = Home(home).database()
    done = _etappe(home, "restore", str(broken))
    assert done.returncode == 1
    assert "no backup, or only a part of one" in done.stderr or "damaged" in done.stderr
    assert Home(home).database() == in_use


def test_a_file_that_was_changed_is_refused(home: Path, file: Path) -> None:
    broken = file.with_name("changed")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    broken.write_bytes(content)
    done = _etappe(home, "restore", str(broken))
    assert done.returncode == 1
    assert "damaged" in done.stderr


def test_a_dump_with_fewer_rows_than_it_says_is_refused(home: Path, file: Path, tmp_path: Path) -> None:
    with tarfile.open(file) as archive:
        for name in ("manifest.json", "database.dump"):
            (tmp_path / name).write_bytes(archive.extractfile(name).read())  # type: ignore[union-attr]
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    manifest["rows"]["team_team"] += 1
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with tarfile.open(tmp_path / "fewer", "w") as archive:
        for name in ("manifest.json", "database.dump"):
            archive.add(tmp_path / name, name)
    in_use = Home(home).database()
    done = _etappe(home, "restore", str(tmp_path / "fewer"))
    assert done.returncode == 1
    assert "in team_team" in done.stderr
    assert Home(home).database() == in_use
