"""Storing and reading the bytes that evidence consists of."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from etappe.core.errors import Missing, Refusal
from etappe.journal.models import Artefact

LIMIT = 25 * 1024 * 1024
"""The most bytes one artefact may have."""


@dataclass(frozen=True)
class Bytes:
    """Stored bytes with their media type."""

    sha256: str
    media_type: str
    content: bytes


def store(content: bytes, media_type: str) -> str:
    """Keep the bytes, once per content; returns their SHA-256 in hex. Refuses more than `LIMIT` bytes."""
    if len(content) > LIMIT:
        raise Refusal("file_too_large", size=len(content), limit=LIMIT)
    digest = hashlib.sha256(content)
    Artefact.objects.bulk_create(
        [Artefact(sha256=digest.digest(), size=len(content), media_type=media_type, content=content)],
        ignore_conflicts=True,
    )
    return digest.hexdigest()


def fetch(sha256: str) -> Bytes:
    """The bytes with this SHA-256 (hex)."""
    found = Artefact.objects.filter(sha256=bytes.fromhex(sha256)).first()
    if found is None:
        raise Missing
    return Bytes(sha256=sha256, media_type=found.media_type, content=bytes(found.content))
