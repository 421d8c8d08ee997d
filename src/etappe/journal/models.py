"""Tables of the journal. Nothing here is ever changed or deleted; grants and a trigger see to that."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from etappe.journal.fields import Told, TransactionId, Words

WRITTEN = ("note.written", "activity.imported")
"""Kinds of entries that hold what somebody wrote, to be found by its words."""


class Entry(models.Model):
    """One change of state: who, when, what, and what the record looked like before and after.

    `occurred_at` is when it happened in the world, `recorded_at` when we wrote it down. `change_id` groups the rows of
    one action. Subjects have no foreign keys: the journal depends on no room.
    """

    id = models.BigAutoField(primary_key=True)
    change_id = models.UUIDField()
    kind = models.TextField()
    version = models.SmallIntegerField(default=1)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    xid = models.BigIntegerField(db_default=TransactionId())
    actor_kind = models.TextField()
    actor_id = models.BigIntegerField(null=True)
    caused_by = models.BigIntegerField(null=True)
    voids = models.BigIntegerField(null=True)
    backfilled = models.BooleanField(db_default=False)
    account_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    deal_id = models.BigIntegerField(null=True)
    data = models.JSONField()
    redacted_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["account_id", "id"], name="entry_account", condition=Q(account_id__isnull=False)),
            models.Index(fields=["person_id", "id"], name="entry_person", condition=Q(person_id__isnull=False)),
            models.Index(fields=["deal_id", "id"], name="entry_deal", condition=Q(deal_id__isnull=False)),
            models.Index(fields=["xid"], name="entry_xid"),
            BrinIndex(fields=["recorded_at"], name="entry_recorded"),
            GinIndex(Words(Told(F("data"))), name="entry_words", condition=Q(kind__in=WRITTEN)),
        ]


class Artefact(models.Model):
    """Bytes that evidence consists of, stored once per content, so that one backup holds all."""

    sha256 = models.BinaryField(max_length=32, primary_key=True)
    size = models.IntegerField()
    media_type = models.TextField()
    content = models.BinaryField()
    stored_at = models.DateTimeField(db_default=Now())
