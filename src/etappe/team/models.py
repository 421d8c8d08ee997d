"""Tables of colleagues, teams and the workspace."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower, Now

from etappe.core.actor import Role
from etappe.journal.fields import uid_field


class UserManager(BaseUserManager["User"]):
    """Finds users by their e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The user with this e-mail address."""
        return self.get(email__iexact=username)


class Team(models.Model):
    """A team; a manager sees the own team and all below it."""

    uid = uid_field()
    name = models.TextField()
    parent = models.ForeignKey("team.Team", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    JOURNALED: ClassVar = ("name", "parent_id")
    DERIVED: ClassVar = ("id", "uid", "created_at")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("name"), name="team_name_once")]


class User(AbstractBaseUser):
    """A colleague. One without a password cannot sign in (owners that came with an import)."""

    uid = uid_field()
    email = models.EmailField()
    name = models.TextField()
    role = models.TextField(choices=[(role.value, role.name) for role in Role], default=Role.REP.value)
    team = models.ForeignKey("team.Team", on_delete=models.PROTECT, null=True, related_name="+")
    is_active = models.BooleanField(default=True)
    language = models.TextField(blank=True, default="")
    theme = models.TextField(blank=True, default="")
    density = models.TextField(default="comfortable", db_default="comfortable")
    created_at = models.DateTimeField(db_default=Now())

    LATER: ClassVar = {"density": "comfortable"}
    JOURNALED: ClassVar = ("email", "name", "role", "team_id", "is_active", "language", "theme", "density")
    DERIVED: ClassVar = ("id", "uid", "password", "last_login", "created_at")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = []
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    # Django's own permissions are not used; allauth and the test client ask for these two.
    is_staff = False
    is_superuser = False

    def has_perm(self, _perm: str, _obj: Any = None) -> bool:
        """Nobody holds Django permissions; `team.access` decides."""
        return False

    def get_full_name(self) -> str:
        """The name shown."""
        return self.name

    def __str__(self) -> str:
        return self.name or self.email


class Workspace(models.Model):
    """The one row of settings that belongs to the team as a whole."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    name = models.TextField(default="")
    zone = models.TextField(default="Europe/Berlin")
    currency = models.TextField(default="EUR")
    our_domains = models.JSONField(default=list)
    source_words = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    answers = models.JSONField(null=True)
    shares = models.JSONField(null=True)
    default_process = models.TextField(default="")
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    JOURNALED: ClassVar = ("name", "zone", "currency", "our_domains", "source_words", "default_process")
    DERIVED: ClassVar = ("id", "answers", "shares", "is_demo", "created_at")

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="workspace_is_one")]


class Link(models.Model):
    """A one-time link: to create the first administrator, or for an invited colleague to choose a password."""

    purpose = models.TextField()
    token_sha256 = models.BinaryField(max_length=32, unique=True)
    user = models.ForeignKey("team.User", on_delete=models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Token(models.Model):
    """An API token: prefix for people, hash for the machine; it may do what its user may, within its scopes."""

    uid = uid_field()
    user = models.ForeignKey("team.User", on_delete=models.CASCADE, related_name="+")
    label = models.TextField()
    prefix = models.TextField()
    secret_sha256 = models.BinaryField(max_length=32, unique=True)
    scopes = models.JSONField()
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class SavedView(models.Model):
    """A list as somebody wants it again: filter, columns, order, groups, what it opens as, and for whom."""

    uid = uid_field()
    subject = models.TextField()
    name = models.TextField()
    where = models.TextField(blank=True, default="")
    columns = models.TextField(blank=True, default="")
    sort = models.TextField(blank=True, default="")
    group = models.TextField(blank=True, default="")
    shown_as = models.TextField(default="table", db_default="table")
    owner = models.ForeignKey("team.User", on_delete=models.PROTECT, related_name="+")
    shared = models.TextField(default="nobody")
    team = models.ForeignKey("team.Team", on_delete=models.PROTECT, null=True, related_name="+")
    is_default = models.BooleanField(default=False)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True)

    JOURNALED: ClassVar = (
        "subject", "name", "where", "columns", "sort", "group", "shown_as", "owner_id", "shared", "team_id",
        "is_default", "archived_at",
    )  # fmt: skip
    DERIVED: ClassVar = ("id", "uid", "version", "created_at")
    LATER: ClassVar = {"shown_as": "table"}

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(shared__in=["nobody", "everybody"], team=None, is_default=False)
                | models.Q(shared="team", team__isnull=False),
                name="view_is_shared_with",
            ),
            models.CheckConstraint(
                condition=models.Q(shown_as="table") | models.Q(subject="deal", shown_as__in=["board", "calendar"]),
                name="view_is_shown_as",
            ),
            models.UniqueConstraint(
                "owner", "subject", Lower("name"), condition=models.Q(archived_at=None), name="view_name_once"
            ),
            models.UniqueConstraint(
                fields=["team", "subject", "shown_as"],
                condition=models.Q(is_default=True, archived_at=None),
                name="view_default_once",
            ),
        ]


class Idempotency(models.Model):
    """The answer given to a POST with an `Idempotency-Key`, so that a retry gets the same one."""

    user = models.ForeignKey("team.User", on_delete=models.CASCADE, related_name="+")
    key = models.TextField()
    request_sha256 = models.BinaryField(max_length=32)
    status = models.SmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_once")]
