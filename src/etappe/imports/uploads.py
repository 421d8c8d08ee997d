"""Uploaded files, kept on this machine only until their import has read them."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from etappe.core.errors import Refusal

LIMIT = 512 << 20
"""Bytes that the files of one import may have together."""
FILES = 60
"""Files of one import."""
KEPT = timedelta(days=2)
"""How long files wait for somebody to go on with their import."""


def folder(run: uuid.UUID) -> Path:
    """Where the files of an import lie; nobody else may look inside."""
    return Path(settings.UPLOADS) / str(run)


def keep(run: uuid.UUID, files: Iterable[tuple[str, Iterable[bytes]]]) -> list[dict[str, str]]:
    """Keep files under names of our own; returns name and path of each. Refuses more than `LIMIT` bytes altogether.

    What follows a `#` in a name is a sheet, so that a file's own name has none.
    """
    place = folder(run)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.mkdir(mode=0o700)
    kept: list[dict[str, str]] = []
    size = 0
    try:
        for number, (name, parts) in enumerate(files):
            path = place / f"{number}.table"
            size = _write(path, parts, size)
            kept.append({"name": _apart(name.replace("#", "_"), [each["name"] for each in kept]), "path": str(path)})
    except BaseException:
        drop(run)
        raise
    return kept


def _apart(name: str, taken: Sequence[str]) -> str:
    """The name, told apart from those that are taken."""
    stem, dot, ending = name.rpartition(".")
    number = 2
    apart = name
    while apart in taken:
        apart = f"{stem or ending} ({number}){dot}{ending}"
        number += 1
    return apart


def _write(path: Path, parts: Iterable[bytes], size: int) -> int:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        for part in parts:
            size += len(part)
            if size > LIMIT:
                raise Refusal("file_too_large", size=size, limit=LIMIT)
            out.write(part)
    return size


def drop(run: uuid.UUID) -> None:
    """Delete the files of an import."""
    shutil.rmtree(folder(run), ignore_errors=True)


def drop_forgotten(at: datetime) -> int:
    """Delete files that nobody went on with; returns of how many imports."""
    place, before = Path(settings.UPLOADS), (at - KEPT).timestamp()
    old = [each for each in place.iterdir() if each.stat().st_mtime < before] if place.is_dir() else []
    for each in old:
        shutil.rmtree(each, ignore_errors=True)
    return len(old)
