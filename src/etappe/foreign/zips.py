"""The directory of a ZIP archive (XLSX, DOCX, ODT), checked before anything is unpacked."""

from __future__ import annotations

import zipfile
from typing import BinaryIO, Final

from etappe.foreign.reasons import Reason, unreadable

MAX_UNPACKED: Final = 200 << 20
_MAX_RATIO: Final = 100
_SMALL: Final = 1 << 20
"""Entries that unpack to less than this may be packed as tightly as they like."""
_MAX_ENTRIES: Final = 5000
_ENCRYPTED: Final = 0x1
_SYMLINK: Final = 0o120000


def check_zip(file: BinaryIO) -> dict[str, int]:
    """The names in the archive with their unpacked bytes.

    Raises a refusal where one leads out of it, is packed too tightly, or is there twice.
    """
    try:
        entries = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, UnicodeError) as error:
        raise unreadable(Reason.MALFORMED) from error
    if len(entries) > _MAX_ENTRIES:
        raise unreadable(Reason.TOO_MANY_PARTS, limit=_MAX_ENTRIES)
    for entry in entries:
        _check_entry(entry)
    sizes = {entry.filename: entry.file_size for entry in entries}
    if len(sizes) < len(entries) or sum(sizes.values()) > MAX_UNPACKED:
        raise unreadable(Reason.ZIP_UNSAFE, limit=MAX_UNPACKED)
    return sizes


def _check_entry(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & _ENCRYPTED:
        raise unreadable(Reason.ENCRYPTED)
    name = entry.filename
    leads_out = name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")
    is_link = (entry.external_attr >> 16) & 0o170000 == _SYMLINK
    is_bomb = entry.file_size > max(_SMALL, _MAX_RATIO * entry.compress_size)
    if leads_out or is_link or is_bomb:
        raise unreadable(Reason.ZIP_UNSAFE, entry=name[:100])
