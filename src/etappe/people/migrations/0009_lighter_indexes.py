"""An index of towns, and an end to those of owners that stood there twice."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

import etappe.journal.fields


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("people", "0008_duplicates_of_one_town"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="account",
            index=models.Index(etappe.journal.fields.Fold(models.F("city")), models.F("id"), name="account_place"),
        ),
        # What an index on an expression tells the planner is known only after this.
        migrations.RunSQL("ANALYZE people_account", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="account",
            name="owner",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="person",
            name="owner",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
