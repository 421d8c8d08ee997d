"""Event logs in XES, the exchange format of process mining (IEEE 1849), compressed or not.

The parser streams and holds limits: no document type and so no entities, bounded depth, bytes and events. A case
without any usable event is left out and counted; so is an event without activity or time.
"""

from __future__ import annotations

import gzip
import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final
from xml.parsers import expat

from etappe.core.prefixes import Case, Event, Fact

MAX_BYTES: Final = 4 << 30
MAX_EVENTS: Final = 20_000_000
MAX_DEPTH: Final = 64
_CHUNK: Final = 1 << 20
_NAME, _TIME, _RESOURCE, _LIFECYCLE = "concept:name", "time:timestamp", "org:resource", "lifecycle:transition"
_TYPES: Final = ("string", "date", "int", "float", "boolean", "id")


class UnreadableLog(ValueError):
    """The file is no event log that can be read; the text says where and why."""


@dataclass
class EventLog:
    """Cases in the order of the file, each with its events in the order of time."""

    cases: list[Case] = field(default_factory=list)
    dropped_events: int = 0
    dropped_cases: int = 0


def read_log(path: Path) -> EventLog:
    """The event log at `path`; raises `UnreadableLog` naming the line where it stops being one."""
    reader = _Reader()
    try:
        with _opened(path) as file:
            reader.feed(file)
    except expat.ExpatError as error:
        raise UnreadableLog(f"{path}: line {error.lineno}: {expat.ErrorString(error.code)}") from None
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableLog(f"{path}: {error}") from None
    except _Limit as error:
        raise UnreadableLog(f"{path}: {error}") from None
    if not reader.log.cases:
        raise UnreadableLog(f"{path}: no case with an event that has a name ({_NAME}) and a time ({_TIME})")
    return reader.log


class _Limit(ValueError):
    """A limit of the parser was reached."""


def _opened(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[return-value]


class _Reader:
    """Keeps the case and event that are being read; only attributes directly below them count."""

    def __init__(self) -> None:
        self.log = EventLog()
        self._path: list[str] = []
        self._case: dict[str, Fact] = {}
        self._event: dict[str, Fact] = {}
        self._events: list[Event] = []
        self._count = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse
        self._parser.EntityDeclHandler = _refuse
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def feed(self, file: BinaryIO) -> None:
        """Read to the end."""
        size = 0
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            if size > MAX_BYTES:
                raise _Limit(f"larger than {MAX_BYTES >> 30} GB unpacked")
            self._parser.Parse(chunk, False)
        self._parser.Parse(b"", True)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        tag = name.rpartition(":")[2]
        self._path.append(tag)
        if len(self._path) > MAX_DEPTH:
            raise _Limit(f"nested deeper than {MAX_DEPTH}")
        if tag in _TYPES and len(self._path) >= 2:
            self._keep(tag, attributes.get("key", ""), attributes.get("value", ""))

    def _keep(self, kind: str, key: str, value: str) -> None:
        holder = {"event": self._event, "trace": self._case}.get(self._path[-2])
        if holder is not None and key:
            holder[key] = _value(kind, value)

    def _end(self, name: str) -> None:
        del name
        tag = self._path.pop()
        if tag == "event":
            self._close_event()
        elif tag == "trace":
            self._close_case()

    def _close_event(self) -> None:
        facts, self._event = self._event, {}
        at, name = facts.pop(_TIME, None), facts.pop(_NAME, None)
        resource, step = facts.pop(_RESOURCE, ""), facts.pop(_LIFECYCLE, "")
        if not isinstance(at, datetime) or name in (None, ""):
            self.log.dropped_events += 1
            return
        self._count += 1
        if self._count > MAX_EVENTS:
            raise _Limit(f"more than {MAX_EVENTS:,} events")
        self._events.append(Event(at.timestamp(), f"{name}|{step}".lower(), str(resource), facts))

    def _close_case(self) -> None:
        facts, events = self._case, self._events
        self._case, self._events = {}, []
        if events:
            self.log.cases.append(Case(facts, tuple(sorted(events, key=lambda event: event.at))))
        else:
            self.log.dropped_cases += 1


def _refuse(*declared: object) -> None:
    del declared
    raise _Limit("it declares a document type or entities, which event logs do not need and this reader does not take")


def _value(kind: str, text: str) -> Fact:
    """The value in its type; as text where it is none of it; None for a number that is not finite."""
    try:
        if kind == "date":
            at = datetime.fromisoformat(text)
            return at if at.tzinfo else at.replace(tzinfo=UTC)
        if kind in ("int", "float"):
            number = float(text)
            return number if math.isfinite(number) else None
    except (ValueError, OverflowError):
        return text
    return text
