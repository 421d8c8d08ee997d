"""Open deals by their amount from an index of their own: lists show these first, and most deals are not open."""

from decimal import Decimal

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("deals", "0016_words")]

    operations = [
        AddIndexConcurrently(
            model_name="deal",
            index=models.Index(
                Coalesce(
                    "amount",
                    models.Value(Decimal(-1), output_field=models.DecimalField(decimal_places=4, max_digits=19)),
                ),
                models.F("id"),
                condition=models.Q(("archived_at", None), ("status", "open")),
                name="deal_worth",
            ),
        ),
    ]
