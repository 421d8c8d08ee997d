"""Tables of accounts and people."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F
from django.db.models.functions import Lower, Now

from etappe.journal.fields import Fold, uid_field


class Account(models.Model):
    """A company. `data` keeps columns of an import that have no field of their own."""

    uid = uid_field()
    name = models.TextField()
    domain = models.TextField(blank=True, default="")
    website = models.TextField(blank=True, default="")
    industry = models.TextField(blank=True, default="")
    employees = models.IntegerField(null=True)
    revenue = models.DecimalField(max_digits=19, decimal_places=2, null=True)
    founded = models.SmallIntegerField(null=True)
    phone = models.TextField(blank=True, default="")
    street = models.TextField(blank=True, default="")
    postcode = models.TextField(blank=True, default="")
    city = models.TextField(blank=True, default="")
    country = models.TextField(blank=True, default="")
    parent = models.ForeignKey("people.Account", on_delete=models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey("team.User", on_delete=models.PROTECT, null=True, related_name="+")
    is_private = models.BooleanField(default=False)
    data = models.JSONField(default=dict)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    JOURNALED: ClassVar = (
        "name", "domain", "website", "industry", "employees", "revenue", "founded", "phone", "street", "postcode",
        "city", "country", "parent_id", "owner_id", "is_private", "data",
    )  # fmt: skip
    DERIVED: ClassVar = ("id", "uid", "version", "created_at")

    class Meta:
        indexes: ClassVar = [
            models.Index(Fold(F("name")), "id", name="account_name"),
            GinIndex(OpClass(Fold(F("name")), name="gin_trgm_ops"), name="account_name_trgm"),
            models.Index(Lower("domain"), name="account_domain", condition=~models.Q(domain="")),
            models.Index(fields=["-created_at", "-id"], name="account_newest"),
        ]


class Person(models.Model):
    """Somebody at a company, or on their own."""

    uid = uid_field()
    name = models.TextField()
    given_name = models.TextField(blank=True, default="")
    family_name = models.TextField(blank=True, default="")
    email = models.TextField(blank=True, default="")
    phone = models.TextField(blank=True, default="")
    mobile = models.TextField(blank=True, default="")
    job_title = models.TextField(blank=True, default="")
    department = models.TextField(blank=True, default="")
    profile = models.TextField(blank=True, default="")
    channel = models.TextField(blank=True, default="")
    language = models.TextField(blank=True, default="")
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey("team.User", on_delete=models.PROTECT, null=True, related_name="+")
    is_private = models.BooleanField(default=False)
    data = models.JSONField(default=dict)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    JOURNALED: ClassVar = (
        "name", "given_name", "family_name", "email", "phone", "mobile", "job_title", "department", "profile",
        "channel", "language", "account_id", "owner_id", "is_private", "data",
    )  # fmt: skip
    DERIVED: ClassVar = ("id", "uid", "version", "created_at")

    class Meta:
        indexes: ClassVar = [
            models.Index(Fold(F("name")), "id", name="person_name"),
            GinIndex(OpClass(Fold(F("name")), name="gin_trgm_ops"), name="person_name_trgm"),
            models.Index(fields=["-created_at", "-id"], name="person_newest"),
            models.Index(Lower("email"), name="person_email", condition=~models.Q(email="")),
        ]
