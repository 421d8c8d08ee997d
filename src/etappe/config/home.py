"""ETAPPE_HOME: the private directory that holds the embedded database, secrets, locks and requests."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from etappe.config import env


@dataclass(frozen=True)
class Home:
    """A home directory and the names of what lies in it."""

    path: Path

    @property
    def requests(self) -> Path:
        """What the web asks of the supervisor."""
        return self.path / "requests"

    @property
    def active(self) -> Path:
        """The file that names the database in use."""
        return self.path / "active-database"

    @property
    def port(self) -> str:
        """The port that `etappe serve` listened on last; empty before it ever ran."""
        path = self.path / "port"
        return path.read_text().strip() if path.exists() else ""

    def listen(self, port: int) -> None:
        """Keep the port, so that links printed by other commands lead there."""
        replace(self.path / "port", f"{port}\n")

    def made(self) -> Home:
        """Make the directory if it is missing; nobody else may look inside."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.requests.mkdir(mode=0o700, exist_ok=True)
        return self

    def database(self) -> str:
        """The name of the database in use."""
        return self.active.read_text().strip() if self.active.exists() else "etappe"

    def use(self, database: str) -> None:
        """Make `database` the one in use, for every process started from now on."""
        replace(self.active, database + "\n")

    def secret(self, name: str) -> str:
        """A random secret that is made on first use and kept in a file of mode 0600."""
        path = self.path / name
        if not path.exists():
            _create_once(path, secrets.token_urlsafe(48))
        return path.read_text().strip()


def find(given: Path | None = None) -> Home:
    """The home in force: the one given, ETAPPE_HOME, or the usual place."""
    return Home((given or env.HOME.value() or usual()).expanduser().absolute())


def usual() -> Path:
    """Where the home is when nobody says otherwise."""
    if os.geteuid() == 0:
        return Path("/var/lib/etappe")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "etappe"


def replace(path: Path, content: str) -> None:
    """Write a file of mode 0600 so that a reader finds the old content or the new, never a part."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    _write(draft, content)
    draft.replace(path)


def _create_once(path: Path, content: str) -> None:
    """As `replace`, but the first of several processes wins."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    _write(draft, content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _write(path: Path, content: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
