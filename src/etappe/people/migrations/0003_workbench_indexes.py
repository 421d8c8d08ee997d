"""Indexes of the workbench, built while people go on working."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("people", "0002_workbench")]

    operations = [
        AddIndexConcurrently(
            model_name="account",
            index=models.Index(fields=["owner", "id"], name="account_owner"),
        ),
        AddIndexConcurrently(
            model_name="account",
            index=models.Index(
                condition=models.Q(("archived_at__isnull", False)), fields=["-archived_at", "-id"], name="account_bin"
            ),
        ),
        AddIndexConcurrently(
            model_name="account",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)), fields=["merged_into"], name="account_merged"
            ),
        ),
        AddIndexConcurrently(
            model_name="account",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("tags", []), _negated=True), fields=["tags"], name="account_tags"
            ),
        ),
        AddIndexConcurrently(
            model_name="person",
            index=models.Index(fields=["owner", "id"], name="person_owner"),
        ),
        AddIndexConcurrently(
            model_name="person",
            index=models.Index(
                condition=models.Q(("archived_at__isnull", False)), fields=["-archived_at", "-id"], name="person_bin"
            ),
        ),
        AddIndexConcurrently(
            model_name="person",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)), fields=["merged_into"], name="person_merged"
            ),
        ),
        AddIndexConcurrently(
            model_name="person",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("tags", []), _negated=True), fields=["tags"], name="person_tags"
            ),
        ),
    ]
