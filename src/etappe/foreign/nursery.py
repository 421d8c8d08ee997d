"""The process that reads foreign bytes: it has loaded the parsers and forks one child, with limits, for each file.

It is started by `etappe.foreign.child`, never imported by anything else that runs. It has no secrets: its environment
is almost empty, and it opens no file; what to read comes over a socket or as an open file.
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import math
import os
import resource
import signal
import socket
import sys
import typing
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Final

from etappe.core.errors import Refusal
from etappe.foreign import wire
from etappe.foreign.reasons import Reason, unreadable

_PRELOAD: Final = ("mail", "invite", "tables", "files", "archives")
_FILES: Final = 64
_NICENESS: Final = 5
_STREAM_CPU_SECONDS: Final = 3600


def main(descriptor: int) -> None:
    """Fork a child for every job that arrives on the control socket; end when the parent is gone."""
    control = socket.socket(fileno=descriptor)
    for name in _PRELOAD:
        importlib.import_module(f"etappe.foreign.{name}")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    os.nice(_NICENESS)
    gc.collect()
    gc.freeze()
    while descriptors := _next_job(control):
        if os.fork() == 0:
            control.close()
            _child(descriptors)
        for inherited in descriptors:
            os.close(inherited)


def _next_job(control: socket.socket) -> list[int]:
    message, descriptors, _flags, _address = socket.recv_fds(control, 1, 2)
    return list(descriptors) if message else []


def _child(descriptors: list[int]) -> typing.NoReturn:
    try:
        _silence()
        _serve(socket.socket(fileno=descriptors[0]), descriptors[1:])
    finally:
        os._exit(0)


def _silence() -> None:
    """Keep a parser's last words off our log: they may quote what it read."""
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, sys.stderr.fileno())


def _serve(channel: socket.socket, files: list[int]) -> None:
    job = json.loads(wire.receive(channel)[1])
    payload: BinaryIO | bytes = io.FileIO(files[0]) if files else wire.receive(channel)[1]
    _limit(job["seconds"], job["megabytes"], streams=job["streams"])
    wire.send(channel, b"S", b"")
    _arm(job["seconds"])
    kind, body = _outcome(channel, job, payload)
    _arm(0)
    wire.send(channel, kind, body)


def _outcome(channel: socket.socket, job: dict[str, Any], payload: BinaryIO | bytes) -> tuple[bytes, bytes]:
    try:
        return b"R", _work(channel, job, payload)
    except Refusal as refusal:
        return b"X", wire.dump({"code": refusal.code, "params": dict(refusal.params)})
    except MemoryError:
        return b"X", _unreadable(Reason.TOO_MUCH_MEMORY)
    except RecursionError:
        return b"X", _unreadable(Reason.NESTED)
    except ConnectionError:
        raise
    except Exception as error:
        return b"X", _unreadable(Reason.MALFORMED, error=type(error).__name__)


def _unreadable(reason: Reason, **params: str) -> bytes:
    refusal = unreadable(reason, **params)
    return wire.dump({"code": refusal.code, "params": dict(refusal.params)})


def _work(channel: socket.socket, job: dict[str, Any], payload: BinaryIO | bytes) -> bytes:
    function = getattr(importlib.import_module(job["module"]), job["name"])
    result = function(payload, *_arguments(function, job["arguments"]))
    if not job["streams"]:
        return wire.dump(result)
    _stream(channel, result, job["seconds"])
    return b"null"


def _arguments(function: Callable[..., Any], given: list[Any]) -> list[Any]:
    """The further arguments, built as the types that the function asks for."""
    hints = typing.get_type_hints(function)
    names = function.__code__.co_varnames[1 : 1 + len(given)]
    return [wire.build(hints[name], value) for name, value in zip(names, given, strict=True)]


def _stream(channel: socket.socket, batches: Iterator[Any], seconds: float) -> None:
    """Send batch after batch; the clock stands still while we wait for a reader that is slower than we are."""
    for batch in batches:
        _arm(0)
        if isinstance(batch, bytes):
            wire.send(channel, b"D", batch)
        else:
            wire.send(channel, b"B", json.dumps(batch, separators=(",", ":")).encode())
        _arm(seconds)


def _arm(seconds: float) -> None:
    """Let the kernel end this process in `seconds`, whatever it is busy with; 0 disarms."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _limit(seconds: float, megabytes: int, *, streams: bool) -> None:
    processor = _STREAM_CPU_SECONDS if streams else math.ceil(seconds) + 1
    _lower(resource.RLIMIT_CPU, processor)
    _lower(resource.RLIMIT_NOFILE, _FILES)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_CORE, 0)
    if sys.platform == "linux":
        _lower(resource.RLIMIT_AS, _address_space() + (megabytes << 20))


def _lower(limit: int, value: int) -> None:
    hard = resource.getrlimit(limit)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (value, value))


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()
