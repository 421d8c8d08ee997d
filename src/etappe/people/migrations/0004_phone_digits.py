"""Indexes that find a phone number however it was written, built while people go on working."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from etappe.journal.fields import Digits


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("people", "0003_workbench_indexes")]

    operations = [
        AddIndexConcurrently(
            model_name="account",
            index=GinIndex(
                OpClass(Digits("phone"), name="gin_trgm_ops"),
                name="account_digits",
                condition=models.Q(("phone", ""), _negated=True),
            ),
        ),
        AddIndexConcurrently(
            model_name="person",
            index=GinIndex(
                OpClass(Digits("phone", "mobile"), name="gin_trgm_ops"),
                name="person_digits",
                condition=models.Q(("mobile", ""), ("phone", ""), _negated=True),
            ),
        ),
    ]
