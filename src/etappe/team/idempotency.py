"""Answers already given to a POST with an `Idempotency-Key`: a retry gets the same one, and acts once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from etappe.core.errors import Refusal
from etappe.team.models import Idempotency

KEPT = timedelta(hours=48)
"""How long an answer is kept."""

KEY_LIMIT = 255


@dataclass(frozen=True)
class Given:
    """An answer that was given before."""

    status: int
    body: bytes


def claim(user: int, key: str, request: bytes, *, at: datetime) -> Given | None:
    """Claim the key inside the open transaction, or get the answer that was given for it.

    A second request with the key waits here until the first has committed. Refused if it asks for something else.
    """
    if not key.isprintable() or len(key) > KEY_LIMIT:
        raise Refusal("bad_idempotency_key", limit=KEY_LIMIT)
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a key is claimed in the transaction of its action")
    Idempotency.objects.filter(user=user, created_at__lt=at - KEPT).delete()
    digest = hashlib.sha256(request).digest()
    row = Idempotency(user_id=user, key=key, request_sha256=digest, created_at=at)
    Idempotency.objects.bulk_create([row], ignore_conflicts=True)
    found = Idempotency.objects.get(user=user, key=key)
    if bytes(found.request_sha256) != digest:
        raise Refusal("idempotency_key_reused")
    return Given(found.status, bytes(found.body or b"")) if found.status else None


def settle(user: int, key: str, status: int, body: bytes) -> None:
    """Keep the answer; it commits together with what the request did."""
    Idempotency.objects.filter(user=user, key=key).update(status=status, body=body)
