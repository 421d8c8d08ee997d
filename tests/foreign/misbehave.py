"""Readers that behave as hostile files make parsers behave; they run in the child."""

from __future__ import annotations

import json
import os
import resource
import socket
import tempfile
import time
from collections.abc import Iterator
from typing import BinaryIO

from etappe.core.errors import Refusal
from etappe.foreign.mail import parse_mail
from etappe.foreign.table_reader import TableGuess, read_table


def answer(raw: bytes) -> str:
    return raw.decode("latin-1")


def add(raw: bytes, more: int) -> int:
    return len(raw) + more


def first_line(file: BinaryIO) -> str:
    return file.readline().decode()


def sleep(raw: bytes) -> int:
    time.sleep(60)
    return 0


def spin(raw: bytes) -> int:
    while True:
        pass


def stubborn(raw: bytes) -> int:
    """One call into C that never looks at signals."""
    return len(str(7 ** (10**8)))


def swallow(raw: bytes) -> int:
    return len(b"x" * (len(raw) << 30))


def recurse(raw: bytes) -> int:
    return recurse(raw) + 1


def crash(raw: bytes) -> int:
    os.abort()


def leave(raw: bytes) -> int:
    os._exit(0)


def fail(raw: bytes) -> int:
    raise LookupError("what the file says")


def refuse(raw: bytes) -> int:
    raise Refusal("file_kind_refused", name="a\x00b", kinds=("pdf",))


def lie(raw: bytes) -> int:
    return "seven"  # type: ignore[return-value]


def write(raw: bytes) -> int:
    with tempfile.TemporaryFile(buffering=0) as file:
        return file.write(b"x")


def open_many(raw: bytes) -> int:
    return len([socket.socket() for _ in range(1000)])


def surroundings(raw: bytes) -> list[str]:
    return [*os.environ, os.getcwd()]


def parent(raw: bytes) -> int:
    return os.getppid()


def niceness(raw: bytes) -> int:
    return os.nice(0)


def cost_of_mail(raw: bytes) -> float:
    """Seconds of processor time that this child takes for one mail, fork included."""
    parse_mail(raw)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def cost_of_table(file: BinaryIO, guess: TableGuess) -> float:
    """Seconds of processor time that this child takes to read a table and write it to the wire."""
    for batch in read_table(file, guess):
        json.dumps(batch).encode()
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def count(file: BinaryIO, upto: int) -> Iterator[list[int]]:
    for number in range(upto):
        yield [number]


def stall(file: BinaryIO) -> Iterator[list[int]]:
    yield [1]
    time.sleep(60)


def break_off(file: BinaryIO) -> Iterator[list[int]]:
    yield [1]
    raise Refusal("file_unreadable", reason="field_too_long", line=7)
