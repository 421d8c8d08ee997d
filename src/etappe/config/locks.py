"""Locks on files: they vanish with the process that held them, however it ended."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FileLock:
    """A lock on one file, held by this object until it is closed. The file itself stays."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def share(self) -> None:
        """Wait for a shared hold."""
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def own(self) -> None:
        """Wait for the sole hold."""
        fcntl.flock(self._handle, fcntl.LOCK_EX)

    def try_own(self) -> bool:
        """Take the sole hold if nobody else holds the file; say whether it worked."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Let go."""
        os.close(self._handle)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Be the only process between here and the end of the block."""
    lock = FileLock(path)
    try:
        lock.own()
        yield
    finally:
        lock.close()
