"""Tables of what spans rooms: likely duplicates, pairs that are none, and merges."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class Pair(models.Model):
    """Two accounts or people that are likely the same, found by the rules; `low` is the older one's key."""

    subject = models.TextField()
    low = models.BigIntegerField()
    high = models.BigIntegerField()
    score = models.SmallIntegerField()
    reasons = models.JSONField()
    found_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "low", "high"], name="pair_once"),
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="pair_is_ordered"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject", "-score", "-id"], name="pair_queue"),
            models.Index(fields=["subject", "high"], name="pair_high"),
        ]


class Apart(models.Model):
    """Two accounts or people that somebody looked at and said are not the same: never proposed, never merged."""

    subject = models.TextField()
    low = models.BigIntegerField()
    high = models.BigIntegerField()
    said_by = models.BigIntegerField(null=True)
    said_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "low", "high"], name="apart_once"),
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="apart_is_ordered"),
        ]


class Sweep(models.Model):
    """How far the journal was read in search of duplicates: the transaction and the entry read last."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    xid = models.BigIntegerField(default=0)
    entry = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="sweep_is_one")]
