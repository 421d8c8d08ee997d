"""Tables of exports: who had everything written into an archive, how far it is, until when it may be fetched."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from etappe.journal.fields import uid_field


class Export(models.Model):
    """One archive, from being asked for to being forgotten. The file lies in the exports' folder under its uid."""

    uid = uid_field()
    state = models.TextField(default="queued")
    started_by = models.ForeignKey("team.User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    rows_done = models.BigIntegerField(default=0)
    rows_total = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    sha256 = models.TextField(blank=True, default="")
    cancel_asked = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-id"], name="export_newest")]
