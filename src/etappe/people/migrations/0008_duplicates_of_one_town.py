"""Indexes by which companies of one town are found, built while people go on working."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from etappe.people.keys import NameKey


class Migration(migrations.Migration):
    """The indexes."""

    atomic = False

    dependencies: ClassVar = [("people", "0007_tags_in_use")]

    operations: ClassVar = [
        AddIndexConcurrently(
            "account", models.Index(NameKey("city"), name="account_city", condition=~models.Q(city=""))
        ),
        AddIndexConcurrently(
            "account", models.Index(fields=["postcode"], name="account_postcode", condition=~models.Q(postcode=""))
        ),
    ]
