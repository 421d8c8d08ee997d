"""All deals, closed ones too, by the first contact and by the last act of their buyers from an index."""

import datetime

import django.db.models.functions.comparison
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("deals", "0013_orders_of_open_deals")]

    operations = [
        AddIndexConcurrently(
            model_name="deal",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce(
                    "engaged_since", models.Value(datetime.date(9999, 12, 31), output_field=models.DateField())
                ),
                models.F("id"),
                name="deal_engaged_ever",
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
                name="deal_acted_ever",
            ),
        ),
    ]
