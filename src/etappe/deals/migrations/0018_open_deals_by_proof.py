"""Open deals by what proves them from an index."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("deals", "0017_open_deals_by_amount")]

    operations = [
        AddIndexConcurrently(
            model_name="deal",
            index=models.Index(
                fields=["proof", "id"],
                name="deal_proof",
                condition=models.Q(("archived_at", None), ("status", "open")),
            ),
        ),
    ]
