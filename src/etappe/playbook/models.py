"""Tables of processes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Process(models.Model):
    """A process over its versions."""

    key = models.TextField(unique=True)
    created_at = models.DateTimeField(db_default=Now())


class ProcessVersion(models.Model):
    """One published version: its source as written, and compiled. Immutable; a trigger refuses a change."""

    process = models.ForeignKey("playbook.Process", on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    source = models.TextField()
    sha256 = models.TextField()
    compiled = models.JSONField()
    published_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["process", "number"], name="version_number_once")]
