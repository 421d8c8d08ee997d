"""Indexes by which duplicates are found, built while people go on working."""

from __future__ import annotations

from typing import ClassVar

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from etappe.people.keys import NameKey, PhoneKey


class Migration(migrations.Migration):
    """The indexes."""

    atomic = False

    dependencies: ClassVar = [("people", "0005_duplicate_keys")]

    operations: ClassVar = [
        AddIndexConcurrently("account", models.Index(NameKey("name"), name="account_name_key")),
        AddIndexConcurrently(
            "account",
            django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(NameKey("name"), name="gin_trgm_ops"), name="account_key_trgm"
            ),
        ),
        AddIndexConcurrently(
            "account", models.Index(PhoneKey("phone"), name="account_phone", condition=~models.Q(phone=""))
        ),
        AddIndexConcurrently(
            "person", models.Index(PhoneKey("phone"), name="person_phone", condition=~models.Q(phone=""))
        ),
        AddIndexConcurrently(
            "person", models.Index(PhoneKey("mobile"), name="person_mobile", condition=~models.Q(mobile=""))
        ),
    ]
