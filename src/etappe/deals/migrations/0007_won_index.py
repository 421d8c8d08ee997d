"""An index of the won deals by their end, built while people go on working."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("deals", "0006_buyer_acted")]

    operations = [
        AddIndexConcurrently(
            model_name="deal",
            index=models.Index(fields=["-closed_at"], name="deal_won", condition=models.Q(("status", "won"))),
        ),
    ]
