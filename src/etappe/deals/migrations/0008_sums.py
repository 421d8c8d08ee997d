"""Sums of the board from an index alone, and sources and products found as filters compare them."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

import etappe.journal.fields


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("deals", "0007_won_index")]

    operations = [
        AddIndexConcurrently(
            model_name="deal",
            index=models.Index(
                condition=models.Q(("archived_at", None)),
                fields=["process_version", "status", "stage", "currency"],
                include=("amount", "owner", "team", "id"),
                name="deal_sums",
            ),
        ),
        AddIndexConcurrently(
            model_name="deal",
            index=models.Index(etappe.journal.fields.Fold(models.F("source")), models.F("id"), name="deal_source"),
        ),
        AddIndexConcurrently(
            model_name="deal",
            index=models.Index(etappe.journal.fields.Fold(models.F("product")), models.F("id"), name="deal_product"),
        ),
        RemoveIndexConcurrently(model_name="deal", name="deal_totals"),
    ]
