"""The words of notes and activities, indexed while people go on working."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from etappe.journal.fields import Told, Words


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("journal", "0004_statistics")]

    operations = [
        AddIndexConcurrently(
            model_name="entry",
            index=GinIndex(
                Words(Told(models.F("data"))),
                name="entry_words",
                condition=models.Q(("kind__in", ("note.written", "activity.imported"))),
            ),
        ),
    ]
