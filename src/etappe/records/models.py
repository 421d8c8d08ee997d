"""Tables of what spans rooms: likely duplicates, pairs that are none, merges, and bulk edits."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from etappe.journal.fields import uid_field


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


class Merge(models.Model):
    """Several accounts or people made one: all that is needed to take it back.

    `changed` are the columns of the record that stayed, before and after; `moved` what hung on the others, by room.
    """

    uid = uid_field()
    subject = models.TextField()
    survivor = models.BigIntegerField()
    absorbed = models.JSONField()
    changed = models.JSONField()
    moved = models.JSONField()
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    undone_by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject", "survivor", "-id"], name="merge_survivor")]


class Sweep(models.Model):
    """How far the journal was read in search of duplicates: the transaction and the entry read last."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    xid = models.BigIntegerField(default=0)
    entry = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="sweep_is_one")]


class BulkRun(models.Model):
    """One change of many records: which, what is wanted, how far it got. Each record has a `BulkRow`.

    `change_id` is the change that all its entries in the journal belong to, `undo_change_id` that of taking it back.
    `reasons` holds each reason for a refusal once, in all languages.
    """

    uid = uid_field()
    subject = models.TextField()
    state = models.TextField(default="draft")
    where = models.TextField(default="")
    is_cut = models.BooleanField(default=False)
    changes = models.JSONField(default=dict)
    preview = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    undo_counts = models.JSONField(default=dict)
    change_id = models.UUIDField()
    undo_change_id = models.UUIDField()
    error = models.JSONField(null=True)
    rows_total = models.IntegerField(default=0)
    rows_done = models.IntegerField(default=0)
    done_before = models.IntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    started_by = models.ForeignKey("team.User", on_delete=models.PROTECT, related_name="+")
    undone_by = models.ForeignKey("team.User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["started_by", "-id"], name="bulk_newest")]


class BulkRow(models.Model):
    """A record of a run, by its key: what became of it, and what it takes to undo that.

    `fate` is empty while it waits, and `version` what the record's was when it was chosen; then `before` holds the
    columns that changed as they were, `version` the record's afterwards, `reason` the place of the refusal in the
    run's `reasons`. `undone` is empty until the run is undone.
    """

    run = models.ForeignKey("records.BulkRun", on_delete=models.CASCADE, related_name="+", db_index=False)
    record = models.BigIntegerField()
    fate = models.TextField(default="")
    reason = models.IntegerField(null=True)
    before = models.JSONField(null=True)
    version = models.IntegerField(null=True)
    undone = models.TextField(default="")
    undone_reason = models.IntegerField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "record"], name="bulk_row_once")]
        indexes: ClassVar = [models.Index(fields=["run", "fate", "undone", "record"], name="bulk_row_waits")]


class File(models.Model):
    """A file on a record; its bytes are an artefact of the journal. One that is removed can come back."""

    uid = uid_field()
    subject = models.TextField()
    record = models.BigIntegerField()
    name = models.TextField()
    media_type = models.TextField()
    size = models.IntegerField()
    artefact = models.TextField()
    added_by = models.BigIntegerField(null=True)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject", "record", "-id"], name="file_record")]
