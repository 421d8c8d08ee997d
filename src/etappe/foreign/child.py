"""Run a reader of foreign bytes in a child process with limits on time, memory and open files.

`run` returns what the reader returns or raises a refusal: `file_too_slow`, `file_too_large`, `file_unreadable` (with a
`reason`), or the one that the reader itself raised. It never hangs and never raises
anything else. The children are forked from a process of our own (`nursery`) that has the parsers loaded already, so a
file costs a fork and not the start of an interpreter; it starts with the first file and ends with us.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
import typing
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeVar

from etappe.core.errors import Refusal
from etappe.foreign import wire
from etappe.foreign.reasons import Reason, unreadable

T = TypeVar("T")

_START_SECONDS: Final = 60.0
"""How long the first file may wait for the nursery on a busy machine."""
_GRACE_SECONDS: Final = 2.0
_AT_ONCE: Final = 4
_BOOT: Final = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[2]); "
    "from etappe.foreign.nursery import main; main(int(sys.argv[1]))"
)
_log = logging.getLogger(__name__)


class Nursery:
    """The process that forks children; one for each of our own processes, started when first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self.slots = threading.BoundedSemaphore(_AT_ONCE)

    def open_channel(self, file: BinaryIO | None) -> socket.socket:
        """A socket to a new child, which also gets `file`; start the nursery where it is not running."""
        ours, theirs = socket.socketpair()
        with theirs:
            descriptors = [theirs.fileno(), *([file.fileno()] if file else [])]
            with self._lock:
                self._post(descriptors)
        return ours

    def _post(self, descriptors: list[int]) -> None:
        try:
            socket.send_fds(self._running(), [b"j"], descriptors)
        except OSError:
            self._end()
            socket.send_fds(self._running(), [b"j"], descriptors)

    def _running(self) -> socket.socket:
        if self._control is None:
            self._control, theirs = socket.socketpair()
            with theirs:
                self._process = _start(theirs)
        return self._control

    def close(self) -> None:
        """End the nursery; children that are at work finish."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._control is not None and self._process is not None:
            self._control.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=_GRACE_SECONDS)
        self._control = self._process = None

    def forget(self) -> None:
        """After a fork the nursery belongs to the other process: let go of it and start our own when needed."""
        if self._control is not None and self._process is not None:
            self._control.close()
            self._process.returncode = 0
        Nursery.__init__(self)


def _start(control: socket.socket) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-B", "-c", _BOOT, str(control.fileno()), json.dumps([os.path.abspath(p) for p in sys.path])],
        pass_fds=[control.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env={"LANG": "C.UTF-8", "PATH": os.defpath, "PYTHONUTF8": "1"},
        cwd="/",
        start_new_session=True,
    )


_nursery = Nursery()
os.register_at_fork(after_in_child=_nursery.forget)
atexit.register(_nursery.close)


def run(function: Callable[..., T], payload: bytes | Path, *arguments: Any, seconds: float, megabytes: int) -> T:
    """What `function` makes of `payload` in a child that may take `seconds` and `megabytes` beyond its start.

    `function` is a function of a module, with typed arguments and result; it is given the bytes, or for a path the
    file opened for reading, and `arguments` (plain data or frozen dataclasses).
    """
    expected = typing.get_type_hints(function)["return"]
    if isinstance(payload, bytes) and len(payload) > wire.MAX_FRAME:
        raise Refusal("file_too_large", size=len(payload), limit=wire.MAX_FRAME)
    with _nursery.slots, _answers(function, payload, arguments, seconds, megabytes, streams=False) as answers:
        body = next(answers)[1]
    try:
        return typing.cast("T", wire.load(expected, body))
    except wire.Malformed:
        _log.warning("%s answered with something else than it promises", function.__qualname__)
        raise unreadable(Reason.CRASHED) from None


def stream(
    function: Callable[..., Iterator[Any]], path: Path, *arguments: Any, seconds: float, megabytes: int
) -> Generator[Any, None, None]:
    """The batches that `function` yields in a child: plain data as JSON brings it (not checked further), or bytes.

    The child may take `seconds` from one batch to the next; it waits, at no cost, while the caller is busy.
    """
    with _answers(function, path, arguments, seconds, megabytes, streams=True) as answers:
        for kind, body in answers:
            if kind == b"R":
                return
            yield body if kind == b"D" else json.loads(body)


@contextlib.contextmanager
def _answers(
    function: Callable[..., Any],
    payload: bytes | Path,
    arguments: tuple[Any, ...],
    seconds: float,
    megabytes: int,
    *,
    streams: bool,
) -> Iterator[Iterator[tuple[bytes, bytes]]]:
    """The frames a new child answers with, started on `payload`."""
    job = {
        "module": function.__module__,
        "name": function.__name__,
        "arguments": arguments,
        "seconds": seconds,
        "megabytes": megabytes,
        "streams": streams,
    }
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(payload.open("rb", buffering=0)) if isinstance(payload, Path) else None
        channel = stack.enter_context(_begin(wire.dump(job), payload, file))
        yield _frames(channel, seconds)


def _begin(job: bytes, payload: bytes | Path, file: Any) -> socket.socket:
    """A channel on which the child has said that it starts; a nursery that has died is replaced once."""
    for _attempt in range(2):
        channel = _nursery.open_channel(file)
        channel.settimeout(_START_SECONDS)
        try:
            wire.send(channel, b"J", job)
            if isinstance(payload, bytes):
                wire.send(channel, b"P", payload)
            wire.receive(channel)
        except (EOFError, OSError):
            channel.close()
        else:
            return channel
    _log.error("the reader of foreign files does not start")
    raise unreadable(Reason.CRASHED)


def _frames(channel: socket.socket, seconds: float) -> Iterator[tuple[bytes, bytes]]:
    while True:
        began = time.monotonic()
        channel.settimeout(seconds + _GRACE_SECONDS)
        try:
            kind, body = wire.receive(channel)
        except TimeoutError:
            raise Refusal("file_too_slow", seconds=seconds) from None
        except (EOFError, OSError, wire.Malformed):
            raise _ended(time.monotonic() - began, seconds) from None
        if kind == b"X":
            raise _refusal(body)
        yield kind, body
        if kind == b"R":
            return


def _ended(took: float, seconds: float) -> Refusal:
    """Why a child ended without an answer: its alarm rang, or it crashed."""
    late = took >= seconds * 0.9
    return Refusal("file_too_slow", seconds=seconds) if late else unreadable(Reason.CRASHED)


def _refusal(body: bytes) -> Refusal:
    try:
        said = wire.load(dict[str, Any], body)
        return Refusal(str(said["code"]), **said["params"])
    except (wire.Malformed, KeyError, TypeError):
        return unreadable(Reason.CRASHED)
