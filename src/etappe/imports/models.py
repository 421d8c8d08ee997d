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
    that are written, kept in the transaction that wrote them. Its entries in the journal have its uid as their change
    and lie between `first_entry` and `last_entry`. `undone` says what came of taking it back,
    `undone_at` when that was asked for, then when it was done.
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
    share = models.FloatField(default=0.0, db_default=0.0)
    cancel_asked = models.BooleanField(default=False)
    started_by = models.ForeignKey("team.User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    first_entry = models.BigIntegerField(null=True)
    last_entry = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone = models.JSONField(default=dict, db_default={})

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-id"], name="import_newest")]


class Link(models.Model):
    """A row of a source and the record it became. `seen` is what the row said, as JSON text.

    `key` begins with `=` for a key that the source gives, with `~` for a folded name. `nth` tells rows apart that have
    nothing of their own. An alias (`seen` empty) is another key by which rows refer to the record. `made` is the run
    that made the record, empty for one that was found; `seen_before` is what the row said before `run` changed it.
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
    seen_before = models.TextField(db_default="", default="")
    made = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "kind", "key", "nth"], name="link_once")]
        indexes: ClassVar = [
            models.Index(fields=["kind", "record_id"], name="link_record"),
            models.Index(fields=["source", "kind"], name="link_waits", condition=~models.Q(waits_for="")),
        ]


class Past(models.Model):
    """What a source says of a deal's way: it entered this stage at this time. All of it is kept, whatever came of it.

    `deal` is the key by which the source means the deal. `waits`: the deal is here already and its way is to be written
    anew.
    """

    source = models.ForeignKey(
        "imports.Source", on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    run = models.ForeignKey(
        "imports.Run", on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    deal = models.TextField()
    at = models.DateTimeField()
    stage = models.TextField()
    came_from = models.TextField(default="")
    waits = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["source", "deal"], name="past_deal"),
            models.Index(fields=["source", "id"], name="past_waits", condition=models.Q(waits=True)),
        ]


class Preset(models.Model):
    """A map that was saved by name, to be used again for files with the same columns. `map` is JSON text."""

    uid = uid_field()
    name = models.TextField(unique=True)
    map = models.TextField()
    headers = models.JSONField(default=dict)
    made_by = models.ForeignKey("team.User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())


class Rejected(models.Model):
    """A row that was not taken, with the reason and its cells as they came."""

    run = models.ForeignKey("imports.Run", on_delete=models.CASCADE, related_name="+")
    file = models.TextField()
    line = models.BigIntegerField()
    reason = models.TextField()
    params = models.JSONField(default=dict)
    cells = models.JSONField()
