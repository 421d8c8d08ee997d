"""Tables of processes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from etappe.journal.fields import uid_field


class Process(models.Model):
    """A process over its versions, and when it is looked at again by whom."""

    key = models.TextField(unique=True)
    review_on = models.DateField(null=True)
    review_by = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())


class ProcessVersion(models.Model):
    """One published version: its source as written, and compiled. Immutable; a trigger refuses a change."""

    process = models.ForeignKey("playbook.Process", on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    source = models.TextField()
    sha256 = models.TextField()
    compiled = models.JSONField()
    published_at = models.DateTimeField()
    published_by = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True, db_default="", default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["process", "number"], name="version_number_once")]


class Draft(models.Model):
    """A process that is being written, readable or not. Its text is kept as bytes under `sha256`, every saved state.

    `process` is the key of the process it is the next version of, empty for a new one. `title` is its name as far as it
    can be read. An ended draft was published or discarded.
    """

    uid = uid_field()
    process = models.TextField(blank=True, default="")
    sha256 = models.TextField()
    base = models.IntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    title = models.JSONField(default=dict)
    version = models.IntegerField(default=1)
    saved_by = models.BigIntegerField(null=True)
    saved_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())

    JOURNALED: ClassVar = ("process", "sha256", "base", "ended_at")
    DERIVED: ClassVar = ("id", "uid", "title", "version", "saved_by", "saved_at", "created_at")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["process"], condition=Q(ended_at=None) & ~Q(process=""), name="draft_open_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["-saved_at", "-id"], name="draft_open", condition=Q(ended_at=None))]


class Review(models.Model):
    """A review of a process that took place, and what came of it."""

    process = models.ForeignKey("playbook.Process", on_delete=models.CASCADE, related_name="+")
    held_on = models.DateField()
    held_by = models.BigIntegerField(null=True)
    result = models.TextField()
