"""Our own archives (`exports`), as whoever wrote them last left them: nothing in them is believed before it is checked.

All is read in a child process. Only names of our own making are taken, no file is ever written, and a table is handed
on in blocks until it is longer than its directory said or its digest is not the one that the schema gives.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from etappe.core.errors import Refusal
from etappe.foreign import child
from etappe.foreign.reasons import Reason, unreadable

SECONDS: Final = 60.0
MEGABYTES: Final = 600
MAX_SCHEMA: Final = 4 << 20
MAX_FILE: Final = 25 << 20
MAX_ENTRIES: Final = 500_000
_MAX_UNPACKED: Final = 256 << 30
_MAX_RATIO: Final = 250
_SMALL: Final = 1 << 20
_BLOCK: Final = 1 << 18
_ENCRYPTED: Final = 0x1
_SCHEMA: Final = "schema.json"
_NAMES: Final = re.compile(r"(?:schema\.json|README\.txt|[a-z_]{1,60}\.(?:csv|jsonl)|files/[0-9a-f]{64})\Z")


@dataclass(frozen=True)
class Contents:
    """What an archive says that it holds: its schema as it stands there, and how many files lie under `files/`."""

    schema: dict[str, Any]
    files: int


def is_archive(path: Path) -> bool:
    """Whether the file looks like one of our own archives: a ZIP file that lists a schema. Nothing is unpacked."""
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return False
    return child.run(lists_schema, path, seconds=SECONDS, megabytes=MEGABYTES)


def contents(path: Path) -> Contents:
    """What is in the archive. Refuses one that is no archive, or not safe to open."""
    return child.run(read_contents, path, seconds=SECONDS, megabytes=MEGABYTES)


def table(path: Path, name: str, sha256: str) -> Generator[bytes, None, None]:
    """The bytes of a table, block by block. Refuses at its end if they are not those that were written."""
    yield from child.stream(read_table, path, name, sha256, seconds=SECONDS, megabytes=MEGABYTES)


def files(path: Path) -> Generator[tuple[str, bytes], None, None]:
    """The files that evidence consists of: each with its SHA-256, which was checked."""
    found = child.stream(read_files, path, seconds=SECONDS, megabytes=MEGABYTES)
    for name in found:
        yield str(name), next(found)


def lists_schema(file: BinaryIO) -> bool:
    """What `is_archive` runs in the child."""
    try:
        return _SCHEMA in zipfile.ZipFile(io.BufferedReader(file)).namelist()  # type: ignore[type-var] # it is a FileIO
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, UnicodeError):
        return False


def read_contents(file: BinaryIO) -> Contents:
    """What `contents` runs in the child."""
    archive = _opened(file)
    if _SCHEMA not in archive.namelist():
        raise Refusal("archive_unknown")
    if archive.getinfo(_SCHEMA).file_size > MAX_SCHEMA:
        raise unreadable(Reason.ZIP_UNSAFE, entry=_SCHEMA)
    try:
        schema = json.loads(b"".join(_blocks(archive, _SCHEMA)))
    except ValueError:
        raise Refusal("archive_broken", file=_SCHEMA, why="unreadable") from None
    if not isinstance(schema, dict):
        raise Refusal("archive_unknown")
    return Contents(schema, sum(name.startswith("files/") for name in archive.namelist()))


def read_table(file: BinaryIO, name: str, sha256: str) -> Iterator[bytes]:
    """What `table` runs in the child."""
    archive, digest = _opened(file), hashlib.sha256()
    if name not in archive.namelist():
        raise Refusal("archive_broken", file=name, why="missing")
    for block in _blocks(archive, name):
        digest.update(block)
        yield block
    if digest.hexdigest() != sha256:
        raise Refusal("archive_broken", file=name, why="changed")


def read_files(file: BinaryIO) -> Iterator[Any]:
    """What `files` runs in the child: a name, then its bytes."""
    archive = _opened(file)
    for entry in archive.infolist():
        if entry.filename.startswith("files/"):
            if entry.file_size > MAX_FILE:
                raise unreadable(Reason.ZIP_UNSAFE, entry=entry.filename)
            content = b"".join(_blocks(archive, entry.filename))
            name = entry.filename.removeprefix("files/")
            if hashlib.sha256(content).hexdigest() != name:
                raise Refusal("archive_broken", file=entry.filename, why="changed")
            yield name
            yield content


def _opened(file: BinaryIO) -> zipfile.ZipFile:
    """The archive, its directory checked."""
    try:
        archive = zipfile.ZipFile(io.BufferedReader(file))  # type: ignore[type-var] # it is a FileIO
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, UnicodeError) as error:
        raise unreadable(Reason.MALFORMED) from error
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise unreadable(Reason.TOO_MANY_PARTS, limit=MAX_ENTRIES)
    for entry in entries:
        _check(entry)
    if len({entry.filename for entry in entries}) < len(entries) or _unpacked(entries) > _MAX_UNPACKED:
        raise unreadable(Reason.ZIP_UNSAFE, limit=_MAX_UNPACKED)
    return archive


def _check(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & _ENCRYPTED:
        raise unreadable(Reason.ENCRYPTED)
    is_bomb = entry.file_size > max(_SMALL, _MAX_RATIO * entry.compress_size)
    if is_bomb or not _NAMES.match(entry.filename):
        raise unreadable(Reason.ZIP_UNSAFE, entry=entry.filename[:100])


def _unpacked(entries: list[zipfile.ZipInfo]) -> int:
    return sum(entry.file_size for entry in entries)


def _blocks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The bytes of an entry; the library stops at the size that the directory gives and checks the sum."""
    try:
        with archive.open(name) as entry:
            while block := entry.read(_BLOCK):
                yield block
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError):
        raise Refusal("archive_broken", file=name, why="unreadable") from None
