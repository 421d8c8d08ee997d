"""Tables of deals and what they move on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Now

from etappe.core.process import Basis, Proof, Status
from etappe.journal.fields import LATER, Fold, TransactionId, Words, custom_field, money_field, tags_field, uid_field

OPEN = Status.OPEN.value

NO_AMOUNT = Value(Decimal(-1), output_field=models.DecimalField(max_digits=19, decimal_places=4))
"""Stands for no amount where deals are sorted by it."""

NO_DAY = Value(date(9999, 12, 31), output_field=models.DateField())
"""Stands for no day where deals are sorted by one."""

NO_MOMENT = Value(datetime(9999, 12, 31, tzinfo=UTC), output_field=models.DateTimeField())
"""Stands for no moment where deals are sorted by one."""

FORWARD = (Basis.EVIDENCE.value, Basis.OVERRIDE.value)
"""On what a stage is left in a way that somebody may want to look at."""


class Deal(models.Model):
    """A deal. `team` is its owner's team, kept here so that reads need no join to know who may see it."""

    uid = uid_field()
    name = models.TextField()
    process_version = models.ForeignKey(
        "playbook.ProcessVersion", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    stage = models.TextField()
    status = models.TextField(default=OPEN)
    proof = models.TextField(default=Proof.PROVEN.value)
    basis = models.TextField(default=Basis.START.value)
    entry_stage = models.TextField()
    stage_since = models.DateTimeField()
    amount = money_field(null=True)
    currency = models.TextField(default="EUR")
    owner = models.ForeignKey("team.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    team = models.ForeignKey("team.Team", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    source = models.TextField(blank=True, default="")
    product = models.TextField(blank=True, default="")
    expected_close = models.DateField(null=True)
    buyer_target_date = models.DateField(null=True)
    buyer_since = models.DateField(null=True)
    engaged_since = models.DateField(null=True)
    next_step = models.TextField(blank=True, default="")
    next_step_on = models.DateField(null=True)
    next_step_person = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="+")
    rests_until = models.DateField(null=True)
    leave_reason = models.TextField(blank=True, default="")
    lost_to = models.TextField(blank=True, default="")
    leave_note = models.TextField(blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    buyer_acted_at = models.DateTimeField(null=True)
    data_as_of = models.DateField(null=True)
    data = models.JSONField(default=dict)
    tags = tags_field()
    custom = custom_field()
    archived_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    JOURNALED: ClassVar = (
        "name", "process_version_id", "stage", "status", "entry_stage", "amount", "currency", "owner_id", "team_id",
        "account_id", "source", "product", "expected_close", "buyer_target_date", "buyer_since", "engaged_since",
        "next_step", "next_step_on", "next_step_person_id", "rests_until", "leave_reason", "lost_to", "leave_note",
        "closed_at", "data_as_of", "data", "tags", "custom", "archived_at",
    )  # fmt: skip
    DERIVED: ClassVar = ("id", "uid", "proof", "basis", "stage_since", "buyer_acted_at", "version", "created_at")
    LATER: ClassVar = LATER

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["process_version", "status", "stage", "-stage_since", "-id"], name="deal_board"),
            models.Index(fields=["owner", "status", "id"], name="deal_owner"),
            models.Index(fields=["team", "status", "id"], name="deal_team"),
            models.Index(fields=["account", "id"], name="deal_account"),
            models.Index(fields=["-created_at", "-id"], name="deal_newest"),
            models.Index(Coalesce("amount", NO_AMOUNT), "id", name="deal_amount"),
            models.Index(
                Coalesce("amount", NO_AMOUNT), "id", name="deal_worth", condition=Q(status=OPEN, archived_at=None)
            ),
            models.Index(fields=["proof", "id"], name="deal_proof", condition=Q(status=OPEN, archived_at=None)),
            models.Index(Coalesce("expected_close", NO_DAY), "id", name="deal_expected"),
            models.Index(fields=["-stage_since", "-id"], name="deal_since"),
            models.Index(
                Coalesce("next_step_on", NO_DAY), "id", name="deal_step", condition=Q(status=OPEN, archived_at=None)
            ),
            models.Index(
                Coalesce("engaged_since", NO_DAY), "id", name="deal_engaged", condition=Q(status=OPEN, archived_at=None)
            ),
            models.Index(
                Coalesce("buyer_acted_at", NO_MOMENT),
                "id",
                name="deal_acted",
                condition=Q(status=OPEN, archived_at=None),
            ),
            models.Index(Coalesce("engaged_since", NO_DAY), "id", name="deal_engaged_ever"),
            models.Index(Coalesce("buyer_acted_at", NO_MOMENT), "id", name="deal_acted_ever"),
            models.Index(Fold(F("name")), "id", name="deal_name"),
            GinIndex(OpClass(Fold(F("name")), name="gin_trgm_ops"), name="deal_name_trgm"),
            GinIndex(fields=["tags"], name="deal_tags", condition=~Q(tags=[])),
            models.Index(fields=["-closed_at"], name="deal_won", condition=Q(status=Status.WON.value)),
            models.Index(fields=["-archived_at", "-id"], name="deal_bin", condition=Q(archived_at__isnull=False)),
            models.Index(
                fields=["process_version", "status", "stage", "currency"],
                include=["amount", "owner", "team", "id", "account"],
                name="deal_totals",
                condition=Q(archived_at=None),
            ),
            models.Index(Fold(F("source")), "id", name="deal_source"),
            models.Index(Fold(F("product")), "id", name="deal_product"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status=OPEN, closed_at=None) | (~Q(status=OPEN) & Q(closed_at__isnull=False)),
                name="deal_closed_has_date",
            ),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="deal_currency_is_iso"),
        ]


class Visits(models.Manager["StageVisit"]):
    """Visits that count."""

    def get_queryset(self) -> models.QuerySet[StageVisit]:
        """Without those that another history took the place of."""
        return super().get_queryset().filter(voided_at=None)


class StageVisit(models.Model):
    """One stay of a deal in a stage and status. `left_at` is empty while the deal is there.

    Visits are never deleted: where an import brings a deal's history, or takes it back, all its visits are written anew
    in their order, and the earlier ones are voided.
    """

    deal = models.ForeignKey("deals.Deal", on_delete=models.CASCADE, related_name="+", db_index=False)
    process_version = models.ForeignKey("playbook.ProcessVersion", on_delete=models.PROTECT, related_name="+")
    stage = models.TextField()
    status = models.TextField()
    basis = models.TextField()
    proof = models.TextField()
    came_from = models.TextField(blank=True, default="")
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    entered_by = models.BigIntegerField(null=True)
    backfilled = models.BooleanField(default=False)
    xid = models.BigIntegerField(db_default=TransactionId())
    voided_at = models.DateTimeField(null=True)

    objects: ClassVar[Visits] = Visits()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["left_at", "id"], name="visit_left", condition=Q(left_at__isnull=False)),
            models.Index(
                fields=["-entered_at", "-id"], name="visit_judged", condition=Q(voided_at=None, basis__in=FORWARD)
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["deal"], condition=Q(left_at=None), name="visit_open_once"),
            models.UniqueConstraint(fields=["deal", "id"], name="visit_of_deal"),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("entered_at")), name="visit_ends_after_start"
            ),
        ]


class DealSpan(models.Model):
    """How a deal stood during a span of time, so that any past day can be asked about."""

    deal = models.ForeignKey("deals.Deal", on_delete=models.CASCADE, related_name="+", db_index=False)
    valid = DateTimeRangeField()
    stage = models.TextField()
    status = models.TextField()
    amount = money_field(null=True)
    currency = models.TextField()
    owner_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    expected_close = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["deal"], condition=Q(valid__endswith=None), name="span_open_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["deal", "id"], name="span_deal")]


class Evidence(models.Model):
    """What shows that the buyer did what a criterion says."""

    uid = uid_field()
    deal = models.ForeignKey("deals.Deal", on_delete=models.CASCADE, related_name="+")
    criterion = models.TextField()
    kind = models.TextField()
    provenance = models.TextField()
    strength = models.SmallIntegerField()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="+")
    happened_at = models.DateTimeField()
    title = models.TextField(blank=True, default="")
    excerpt = models.TextField(blank=True, default="")
    address = models.TextField(blank=True, default="")
    artefact = models.TextField(blank=True, default="")
    file_name = models.TextField(blank=True, default="")
    media_type = models.TextField(blank=True, default="")
    message_id = models.TextField(blank=True, default="")
    facts = models.JSONField(default=dict)
    flags = models.JSONField(default=list)
    confirmed_by = models.ForeignKey("team.User", on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(blank=True, default="")
    verdict = models.TextField(blank=True, default="")
    judged_by = models.ForeignKey("team.User", on_delete=models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)
    judged_reason = models.TextField(blank=True, default="")
    lapsed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["deal", "criterion"], name="evidence_deal"),
            models.Index(fields=["artefact"], name="evidence_artefact", condition=~Q(artefact="")),
            models.Index(fields=["message_id"], name="evidence_message", condition=~Q(message_id="")),
            GinIndex(Words("title", "excerpt"), name="evidence_words"),
        ]


class DealException(models.Model):
    """A stage left without its proof: who asked, who granted it, and why. It stays visible and is counted."""

    uid = uid_field()
    deal = models.ForeignKey("deals.Deal", on_delete=models.CASCADE, related_name="+")
    stages = models.JSONField()
    to = models.TextField()
    reason = models.TextField()
    asked_by = models.ForeignKey("team.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    granted = models.BooleanField(null=True)
    answered_by = models.ForeignKey("team.User", on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True, default="")
    by_oneself = models.BooleanField(default=False)
    lapsed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["deal"], name="exception_deal")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["deal"], condition=Q(granted=None), name="exception_asked_once")
        ]


class NoteLink(models.Model):
    """A link by which the buyer confirms or corrects a call or visit note. Only its hash is stored."""

    uid = uid_field()
    deal = models.ForeignKey("deals.Deal", on_delete=models.CASCADE, related_name="+")
    criterion = models.TextField()
    evidence = models.ForeignKey("deals.Evidence", on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    token_sha256 = models.BinaryField(max_length=32, unique=True)
    made_by = models.ForeignKey("team.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    confirmed = models.BooleanField(null=True)
    comment = models.TextField(blank=True, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["deal"], name="notelink_deal")]


class Stakeholder(models.Model):
    """A person in the buying centre of a deal; `with_evidence` if evidence brought them."""

    deal = models.ForeignKey("deals.Deal", on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    role = models.TextField(default="unknown")
    with_evidence = models.UUIDField(null=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["deal", "person"], name="stakeholder_once")]


class Member(models.Model):
    """A colleague in the deal team."""

    deal = models.ForeignKey("deals.Deal", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("team.User", on_delete=models.CASCADE, related_name="+")
    role = models.TextField(default="")
    added_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["deal", "user"], name="member_once")]


class Remap(models.Model):
    """A move of open deals to another version of their process, by a map from old to new stages.

    All its entries in the journal carry `change_id` and lie between `first_entry` and `last_entry`; taking it back
    reads them from `cursor` on.
    """

    uid = uid_field()
    process = models.TextField()
    to_version = models.ForeignKey("playbook.ProcessVersion", on_delete=models.PROTECT, related_name="+")
    stages = models.JSONField()
    state = models.TextField(default="queued")
    total = models.IntegerField()
    done = models.IntegerField(default=0)
    undone = models.IntegerField(default=0)
    stayed = models.IntegerField(default=0)
    change_id = models.UUIDField()
    undo_change_id = models.UUIDField()
    first_entry = models.BigIntegerField()
    last_entry = models.BigIntegerField(default=0)
    cursor = models.BigIntegerField(default=0)
    started_by = models.BigIntegerField(null=True)
    undone_by = models.BigIntegerField(null=True)
    stopped_by = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["process"], condition=Q(state__in=("queued", "running", "undoing")), name="remap_at_work_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["process", "-id"], name="remap_newest")]
