"""Tables of accounts and people."""

from __future__ import annotations

import uuid
from functools import reduce
from operator import or_
from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex, GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now

from etappe.core.touchpoint import ACTS, CHANNELS, EARLIEST
from etappe.journal.fields import LATER, Digits, Fold, TransactionId, custom_field, tags_field, uid_field
from etappe.people.keys import NameKey, PhoneKey


class Account(models.Model):
    """A company.

    `data` keeps columns of an import that have no field of their own, `custom` the values of fields that the workspace
    defined. `archived_at` is set for what lies in the recycle bin or was merged into another.
    """

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
    owner = models.ForeignKey("team.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    is_private = models.BooleanField(default=False)
    data = models.JSONField(default=dict)
    tags = tags_field()
    custom = custom_field()
    archived_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("people.Account", on_delete=models.PROTECT, null=True, related_name="+")
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    JOURNALED: ClassVar = (
        "name", "domain", "website", "industry", "employees", "revenue", "founded", "phone", "street", "postcode",
        "city", "country", "parent_id", "owner_id", "is_private", "data", "tags", "custom",
        "archived_at", "merged_into_id",
    )  # fmt: skip
    DERIVED: ClassVar = ("id", "uid", "version", "created_at")
    LATER: ClassVar = {**LATER, "merged_into_id": None}

    class Meta:
        indexes: ClassVar = [
            models.Index(Fold(F("name")), "id", name="account_name"),
            GinIndex(OpClass(Fold(F("name")), name="gin_trgm_ops"), name="account_name_trgm"),
            models.Index(Lower("domain"), name="account_domain", condition=~models.Q(domain="")),
            models.Index(fields=["-created_at", "-id"], name="account_newest"),
            models.Index(NameKey("name"), name="account_name_key"),
            GinIndex(OpClass(NameKey("name"), name="gin_trgm_ops"), name="account_key_trgm"),
            models.Index(PhoneKey("phone"), name="account_phone", condition=~models.Q(phone="")),
            models.Index(NameKey("city"), name="account_city", condition=~models.Q(city="")),
            models.Index(Fold(F("city")), "id", name="account_place"),
            models.Index(fields=["postcode"], name="account_postcode", condition=~models.Q(postcode="")),
            models.Index(fields=["owner", "id"], name="account_owner"),
            models.Index(fields=["-archived_at", "-id"], name="account_bin", condition=Q(archived_at__isnull=False)),
            models.Index(fields=["merged_into"], name="account_merged", condition=Q(merged_into__isnull=False)),
            GinIndex(fields=["tags"], name="account_tags", condition=~Q(tags=[])),
            GinIndex(OpClass(Digits("phone"), name="gin_trgm_ops"), name="account_digits", condition=~Q(phone="")),
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
    owner = models.ForeignKey("team.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    is_private = models.BooleanField(default=False)
    data = models.JSONField(default=dict)
    tags = tags_field()
    custom = custom_field()
    archived_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="+")
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    JOURNALED: ClassVar = (
        "name", "given_name", "family_name", "email", "phone", "mobile", "job_title", "department", "profile",
        "channel", "language", "account_id", "owner_id", "is_private", "data", "tags", "custom",
        "archived_at", "merged_into_id",
    )  # fmt: skip
    DERIVED: ClassVar = ("id", "uid", "version", "created_at")
    LATER: ClassVar = {**LATER, "merged_into_id": None}

    class Meta:
        indexes: ClassVar = [
            models.Index(Fold(F("name")), "id", name="person_name"),
            GinIndex(OpClass(Fold(F("name")), name="gin_trgm_ops"), name="person_name_trgm"),
            models.Index(Fold(F("family_name")), "id", name="person_family"),
            models.Index(fields=["-created_at", "-id"], name="person_newest"),
            models.Index(Lower("email"), name="person_email", condition=~models.Q(email="")),
            models.Index(PhoneKey("phone"), name="person_phone", condition=~models.Q(phone="")),
            models.Index(PhoneKey("mobile"), name="person_mobile", condition=~models.Q(mobile="")),
            models.Index(fields=["owner", "id"], name="person_owner"),
            models.Index(fields=["-archived_at", "-id"], name="person_bin", condition=Q(archived_at__isnull=False)),
            models.Index(fields=["merged_into"], name="person_merged", condition=Q(merged_into__isnull=False)),
            GinIndex(fields=["tags"], name="person_tags", condition=~Q(tags=[])),
            GinIndex(
                OpClass(Digits("phone", "mobile"), name="gin_trgm_ops"),
                name="person_digits",
                condition=~Q(phone="", mobile=""),
            ),
        ]


class Field(models.Model):
    """A field that the workspace defined for its accounts, people or deals; for one team, if `team` is set.

    Values stand in the record's own `custom`, by `key`. `required_in` names stages (`process:stage`) that a deal leaves
    only with a value. What is archived keeps its values and is offered nowhere.
    """

    uid = uid_field()
    subject = models.TextField()
    key = models.TextField()
    name = models.TextField()
    kind = models.TextField()
    choices = models.JSONField(default=list)
    help = models.TextField(blank=True, default="")
    team = models.ForeignKey("team.Team", on_delete=models.PROTECT, null=True, related_name="+")
    required_in = models.JSONField(default=list)
    position = models.IntegerField(default=0)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    JOURNALED: ClassVar = (
        "subject", "key", "name", "kind", "choices", "help", "team_id", "required_in", "position", "archived_at",
    )  # fmt: skip
    DERIVED: ClassVar = ("id", "uid", "created_at")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["subject", "key"], name="field_key_once")]


class FieldValue(models.Model):
    """Values of custom fields once more, for filters and sorting: one row per value, found by an index.

    `record` is the key of an account, person or deal, as the field's subject says. Texts are folded.
    """

    field = models.ForeignKey("people.Field", on_delete=models.CASCADE, related_name="+")
    record = models.BigIntegerField()
    text = models.TextField(null=True)  # noqa: DJ001 - none is no value of this type; only one column is set
    number = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    day = models.DateField(null=True)

    JOURNALED: ClassVar = ()
    DERIVED: ClassVar = ("id", "field_id", "record", "text", "number", "day")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["field", "text", "record"], name="fieldvalue_text", condition=Q(text__isnull=False)),
            models.Index(
                fields=["field", "number", "record"], name="fieldvalue_number", condition=Q(number__isnull=False)
            ),
            models.Index(fields=["field", "day", "record"], name="fieldvalue_day", condition=Q(day__isnull=False)),
            models.Index(fields=["record", "field"], name="fieldvalue_record"),
        ]


class Tag(models.Model):
    """A tag that is or was on some record, as it is spelled: for suggestions, so that nobody scans all records."""

    key = models.TextField(unique=True)
    name = models.TextField()

    JOURNALED: ClassVar = ()
    DERIVED: ClassVar = ("id", "key", "name")


class Touchpoint(models.Model):
    """One contact, in either direction, with a person or an account: what was done, on which channel, when.

    There are many: the table has a partition per month (UTC) of `happened_at`, which the database makes when one is
    needed (`etappe_touchpoint_months`). Hence no foreign keys in the database: each new month would lock accounts and
    people against writing. `key` is what another system calls it, once per moment. `xid` is the transaction that wrote
    the row last. Rows are found by account, person, uid or moment; `id` alone has no index.
    """

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    happened_at = models.DateTimeField()
    account = models.ForeignKey(
        "people.Account", on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    person = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    direction = models.TextField()
    channel = models.TextField()
    act = models.TextField()
    about = models.TextField(blank=True, default="", db_default="")
    source = models.TextField(blank=True, default="", db_default="")
    user = models.ForeignKey(
        "team.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    key = models.TextField(blank=True, default="", db_default="")
    withdrawn_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())
    xid = models.BigIntegerField(db_default=TransactionId())

    JOURNALED: ClassVar = ()
    DERIVED: ClassVar = (
        "id", "uid", "happened_at", "account_id", "person_id", "direction", "channel", "act", "about", "source",
        "user_id", "key", "withdrawn_at", "recorded_at", "xid",
    )  # fmt: skip

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["account", "-happened_at", "-id"], name="touchpoint_account", condition=Q(account__isnull=False)
            ),
            models.Index(
                fields=["person", "-happened_at", "-id"], name="touchpoint_person", condition=Q(person__isnull=False)
            ),
            BrinIndex(fields=["xid"], name="touchpoint_xid"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["uid", "happened_at"], name="touchpoint_uid"),
            models.UniqueConstraint(fields=["key", "happened_at"], name="touchpoint_key", condition=~Q(key="")),
            models.CheckConstraint(
                condition=Q(account__isnull=False) | Q(person__isnull=False), name="touchpoint_with_somebody"
            ),
            models.CheckConstraint(condition=Q(happened_at__gte=EARLIEST), name="touchpoint_since_1990"),
            models.CheckConstraint(condition=Q(channel__in=CHANNELS), name="touchpoint_channel"),
            models.CheckConstraint(
                condition=reduce(or_, (Q(direction=side, act__in=acts) for side, acts in ACTS.items())),
                name="touchpoint_act",
            ),
        ]
