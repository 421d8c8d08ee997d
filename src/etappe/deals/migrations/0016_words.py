"""The words of evidence, indexed while people go on working."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

from etappe.journal.fields import Words


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("deals", "0015_remap_stopped")]

    operations = [
        AddIndexConcurrently(model_name="evidence", index=GinIndex(Words("title", "excerpt"), name="evidence_words"))
    ]
