"""Open deals by the first contact and by the last act of their buyers from an index, and sums by account from one."""

import datetime

import django.db.models.functions.comparison
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("deals", "0012_one_open_visit")]

    operations = [
        AddIndexConcurrently(
            model_name="deal",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce(
                    "engaged_since", models.Value(datetime.date(9999, 12, 31), output_field=models.DateField())
                ),
                models.F("id"),
                condition=models.Q(("archived_at", None), ("status", "open")),
                name="deal_engaged",
            ),
        ),
        AddIndexConcurrently(
            model_name="deal",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce(
                    "buyer_acted_at",
                    models.Value(
                        datetime.datetime(9999, 12, 31, 0, 0, tzinfo=datetime.UTC), output_field=models.DateTimeField()
                    ),
                ),
                models.F("id"),
                condition=models.Q(("archived_at", None), ("status", "open")),
                name="deal_acted",
            ),
        ),
        AddIndexConcurrently(
            model_name="deal",
            index=models.Index(
                condition=models.Q(("archived_at", None)),
                fields=["process_version", "status", "stage", "currency"],
                include=("amount", "owner", "team", "id", "account"),
                name="deal_totals",
            ),
        ),
        RemoveIndexConcurrently(model_name="deal", name="deal_sums"),
    ]
