"""A process of our own that works beside the one that started it, and never outlives it.

What ties them is a pipe: the parent holds its writing end and writes nothing, so that the child reads the end of it as
soon as the parent is gone, however it went. That holds on every system, and whichever thread of the parent waits.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Final

TIED: Final = "--tied"
"""The word that tells a child that its standard input is such a pipe."""


def run(words: Sequence[str]) -> None:
    """Run `python -m` with these words as a child tied to us, until it ends; raises if it fails."""
    command = [sys.executable, "-m", *words, TIED]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as child:
        if code := child.wait():
            raise subprocess.CalledProcessError(code, command)


def end_with_parent(words: Sequence[str]) -> None:
    """In a child that was told so: end at once when the parent is gone. What the database was told is rolled back."""
    if TIED in words:
        threading.Thread(target=_watch, name="parent", daemon=True).start()


def _watch() -> None:
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)
