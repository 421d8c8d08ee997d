"""The unprivileged system user that PostgreSQL runs under when Etappe is started as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "etappe-postgres"


class NoAccount(Exception):
    """There is no such user and none could be made; the message says how to make one."""


@dataclass(frozen=True)
class Account:
    """Who the server runs as. `id` is None for a normal user, who runs it directly."""

    uid: int | None = None
    gid: int | None = None

    def process(self) -> dict[str, Any]:
        """Arguments for `subprocess` to become this user."""
        return {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, *paths: Path) -> None:
        """Make these paths the user's own."""
        if self.uid is not None and self.gid is not None:
            for path in paths:
                os.chown(path, self.uid, self.gid)

    def can_enter(self, path: Path) -> bool:
        """Whether the user may walk down to this directory."""
        if self.uid is None:
            return os.access(path, os.X_OK)
        return (
            subprocess.run(["/usr/bin/env", "test", "-x", str(path)], cwd="/", check=False, **self.process()).returncode
            == 0
        )


def server_account() -> Account:
    """The account for the server: ourselves, or as root the system user, made if it is missing."""
    if os.geteuid() != 0:
        return Account()
    entry = _lookup() or _make()
    return Account(entry.pw_uid, entry.pw_gid)


def _lookup() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        return None


def _make() -> pwd.struct_passwd:
    if shutil.which("useradd"):
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", NAME]
        subprocess.run([*command, "--shell", "/usr/sbin/nologin"], check=False, capture_output=True)
    elif shutil.which("adduser"):
        subprocess.run(["adduser", "-S", "-D", "-H", NAME], check=False, capture_output=True)
    made = _lookup()
    if made is None:
        raise NoAccount(
            f"PostgreSQL does not run as root, and the system user {NAME} could not be made. "
            f"Make it (useradd --system {NAME}), or run Etappe as a normal user."
        )
    return made
