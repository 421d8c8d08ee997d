"""The index of what a forecast says of deals, built while people go on working."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("insights", "0004_what_pages_show_is_kept")]

    operations = [
        AddIndexConcurrently(
            model_name="forecastdeal",
            index=models.Index(fields=["forecast", "-expected", "deal_id"], name="forecast_deal_most"),
        ),
    ]
