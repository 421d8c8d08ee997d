"""Plain data between the child that reads foreign bytes and us: frames on a socket, JSON inside, checked on arrival.

Nothing is ever unpickled. What comes back is built anew from the type the caller expects, so that a child which was
taken over by what it read can at most return wrong text of the right shape.
"""

from __future__ import annotations

import dataclasses
import json
import re
import socket
import struct
import types
import typing
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, Final

MAX_FRAME: Final = 64 << 20
"""Largest frame taken, in bytes."""

_HEAD: Final = struct.Struct(">cI")
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


class Malformed(Exception):
    """What came over the wire is not what was expected."""


def clean(text: str) -> str:
    """`text` without what no database column takes: NUL and lone surrogates become U+FFFD.

    >>> clean("a\\x00b") == "a\\ufffdb"
    True
    """
    return _UNSTORABLE.sub("\ufffd", text)


def send(channel: socket.socket, kind: bytes, body: bytes) -> None:
    """Write one frame: a one-byte kind, four bytes of length, the body."""
    channel.sendall(_HEAD.pack(kind, len(body)))
    channel.sendall(body)


def receive(channel: socket.socket) -> tuple[bytes, bytes]:
    """Read one frame; raise `EOFError` where the other end is gone, `Malformed` where it is too large."""
    kind, size = _HEAD.unpack(_exactly(channel, _HEAD.size))
    if size > MAX_FRAME:
        raise Malformed("frame")
    return kind, bytes(_exactly(channel, size))


def _exactly(channel: socket.socket, size: int) -> bytearray:
    body = bytearray(size)
    view, done = memoryview(body), 0
    while done < size:
        got = channel.recv_into(view[done:])
        if not got:
            raise EOFError
        done += got
    return body


def dump(value: Any) -> bytes:
    """`value` (plain data, dataclasses, aware times, enums) as JSON."""
    return json.dumps(_plain(value), separators=(",", ":"), allow_nan=False).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {clean(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return value


def load(expected: Any, body: bytes) -> Any:
    """The value of type `expected` that `body` holds; `Malformed` where it holds anything else."""
    try:
        return build(expected, json.loads(body))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Malformed(str(expected)) from error


def build(expected: Any, value: Any) -> Any:
    """`value` (plain data) as `expected`: a dataclass, list, tuple, mapping, optional, time, enum or plain value."""
    if expected is Any:
        return value
    origin = typing.get_origin(expected)
    if origin in (types.UnionType, typing.Union):
        return _optional(expected, value)
    if origin is not None:
        return _collection(origin, typing.get_args(expected), value)
    if dataclasses.is_dataclass(expected):
        return _dataclass(expected, value)
    return _single(expected, value)


def _optional(expected: Any, value: Any) -> Any:
    if value is None:
        return None
    (inner,) = (kind for kind in typing.get_args(expected) if kind is not types.NoneType)
    return build(inner, value)


def _collection(origin: Any, arguments: tuple[Any, ...], value: Any) -> Any:
    if issubclass(origin, Mapping):
        return {_single(str, key): build(arguments[1], item) for key, item in _checked(dict, value).items()}
    return origin(build(arguments[0], item) for item in _checked(list, value))


def _dataclass(expected: Any, value: Any) -> Any:
    fields = _hints(expected)
    if _checked(dict, value).keys() != fields.keys():
        raise TypeError(expected)
    return expected(**{name: build(kind, value[name]) for name, kind in fields.items()})


@cache
def _hints(expected: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(expected)
    return {field.name: hints[field.name] for field in dataclasses.fields(expected)}


def _single(expected: Any, value: Any) -> Any:
    if expected is datetime:
        return _aware(datetime.fromisoformat(value))
    if issubclass(expected, Enum):
        return expected(value)
    if expected is str and _UNSTORABLE.search(value):
        raise ValueError("text")
    return _checked(expected, value)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("time without zone")
    return moment


def _checked(expected: Any, value: Any) -> Any:
    if type(value) is not expected:
        raise TypeError(expected)
    return value
