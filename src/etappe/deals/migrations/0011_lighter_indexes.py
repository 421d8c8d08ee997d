"""Indexes that lists and the inspection lacked at a million deals, and an end to those that stood there twice."""

import datetime

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("deals", "0010_remap"),
        ("people", "0009_lighter_indexes"),
        ("playbook", "0004_reviews"),
        ("team", "0003_views_as_boards_and_density"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="deal",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce(
                    "next_step_on", models.Value(datetime.date(9999, 12, 31), output_field=models.DateField())
                ),
                models.F("id"),
                condition=models.Q(("archived_at", None), ("status", "open")),
                name="deal_step",
            ),
        ),
        AddIndexConcurrently(
            model_name="stagevisit",
            index=models.Index(
                condition=models.Q(("basis__in", ("evidence", "override")), ("voided_at", None)),
                fields=["-entered_at", "-id"],
                name="visit_judged",
            ),
        ),
        migrations.AlterField(
            model_name="deal",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.account",
            ),
        ),
        migrations.AlterField(
            model_name="deal",
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
            model_name="deal",
            name="process_version",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="playbook.processversion",
            ),
        ),
        migrations.AlterField(
            model_name="deal",
            name="team",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="team.team"
            ),
        ),
        migrations.AlterField(
            model_name="dealspan",
            name="deal",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="deals.deal"
            ),
        ),
        migrations.AlterField(
            model_name="stagevisit",
            name="deal",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="deals.deal"
            ),
        ),
    ]
