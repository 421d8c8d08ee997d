"""Tables of imports: where records came from, what ran, what was rejected."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from etappe.journal.fields import uid_field


class Source(models.Model):
    """A program or set of files that records come from again and again; their keys are unique within it."""

    uid = uid_field()
    name = models.TextField(unique=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())


class Run(models.Model):
    """One import: what was given, how it was read, how far it got, what came of it.

    `plan` is JSON text, for the order of stages and columns means something. `done` is the ledger: rows of each file
    that are written, kept in the transaction that wrote them.
    """

    uid = uid_field()
    source = models.ForeignKey("imports.Source", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.TextField(default="looking")
    is_dry = models.BooleanField(default=False)
    files = models.JSONField(default=list)
    proposal = models.JSONField(default=dict)
    plan = models.TextField(default="")
    done = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    notes = models.JSONField(default=dict)
    error = models.JSONField(null=True)
    rows_total = models.BigIntegerField(default=0)
    rows_done = models.BigIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    started_by = models.ForeignKey("team.User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-id"], name="import_newest")]


class Link(models.Model):
    """A row of a source and the record it became. `seen` is what the row said, as JSON text.

    `key` begins with `=` for a key that the source gives, with `~` for a folded name. `nth` tells rows apart that have
    nothing of their own. An alias (`seen` empty) is another key by which rows refer to the record.
    """

    source = models.ForeignKey("imports.Source", on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.TextField()
    key = models.TextField()
    nth = models.IntegerField(default=0)
    record_id = models.BigIntegerField(null=True)
    run = models.ForeignKey(  # checked for each row, it would cost more than the row
        "imports.Run", on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    waits_for = models.TextField(default="")
    seen = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "kind", "key", "nth"], name="link_once")]
        indexes: ClassVar = [
            models.Index(fields=["kind", "record_id"], name="link_record"),
            models.Index(fields=["source", "kind"], name="link_waits", condition=~models.Q(waits_for="")),
        ]


class Rejected(models.Model):
    """A row that was not taken, with the reason and its cells as they came."""

    run = models.ForeignKey("imports.Run", on_delete=models.CASCADE, related_name="+")
    file = models.TextField()
    line = models.BigIntegerField()
    reason = models.TextField()
    params = models.JSONField(default=dict)
    cells = models.JSONField()
