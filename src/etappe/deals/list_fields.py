"""The fields by which deals are filtered, sorted and shown, and what deals say of their accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.expressions import Combinable, Exists
from django.db.models.functions import Coalesce, JSONObject
from django.utils.translation import gettext_lazy as _

from etappe.core.actor import Actor
from etappe.core.attention import Why
from etappe.core.filters import Op, Value
from etappe.core.process import Basis, Process, Proof, Status
from etappe.core.values import fold_key
from etappe.deals import attention
from etappe.deals.list_order import BY_ACCOUNT, BY_OWNER, BY_STAGE, by_deals
from etappe.deals.models import Deal, DealException, Evidence, Member, Remap, Stakeholder
from etappe.deals.scope import visible
from etappe.journal import filter_fields as make
from etappe.journal.filtering import Asker, Field, Kind, Registry, Test, registry, related
from etappe.journal.labels import BASES, PROOFS, STATUSES, Label, words
from etappe.journal.paging import Order, Sort
from etappe.people.list_fields import (
    account_fields,
    account_reached,
    fields_of_account,
    owner,
    person_columns,
    person_reached,
)
from etappe.people.list_own import own_fields
from etappe.people.queries import visible_people
from etappe.playbook import queries as playbook
from etappe.team import queries as team


def deal_registry(viewer: Actor, own_too: bool = True) -> Registry:
    """Every field of deals, for this viewer."""
    own = own_fields(viewer, own_too)
    account, centre = fields_of_account(own, "account_id"), [*_columns_of_centre(), *_of_centre(own["person"])]
    return registry("deals", _columns(), _derived(), own["deal"], account, centre)


def deal_sorts() -> Mapping[str, Order]:
    """The orders of lists of deals: by every column of their own that has one."""
    return registry("deals", _columns(), _derived()).sorts()


def account_registry(viewer: Actor, own_too: bool = True) -> Registry:
    """Every field of accounts, for this viewer: with what their deals come to."""
    return registry("accounts", account_fields(own_fields(viewer, own_too)), _of_deals(viewer))


# What never changes is made once: a registry has a hundred fields, and every list asks for one.
@cache
def _columns_of_centre() -> tuple[Field, ...]:
    return tuple(_of_centre(person_columns()))


def _of_centre(fields: Sequence[Field]) -> list[Field]:
    return related("person", _("Buying centre"), fields, _centre, shown=False)


@cache
def _columns() -> tuple[Field, ...]:
    return (
        make.text("name", _("Deal")),
        _process(),
        _stage(),
        _keyed("status", STATUSES, Status),
        _keyed("proof", PROOFS, Proof, _("Proof")),
        _keyed("basis", BASES, Basis, _("Came here")),
        make.money("amount", "currency", edit="amount"),
        make.text("currency"),
        replace(owner(), order=BY_OWNER),
        make.team("team", team.team_keys, "team"),
        replace(make.record("account", Kind.ACCOUNT, account_reached("account_id")), order=BY_ACCOUNT),
        make.text("source"),
        make.text("product"),
        make.day("expected_close", edit="expected_close"),
        make.day("buyer_target_date", edit="buyer_target_date"),
        make.day("buyer_since", edit="buyer_since"),
        make.day("engaged_since", edit="engaged_since"),
        make.text("next_step"),
        make.day("next_step_on", edit="next_step_on"),
        make.record("next_step_person", Kind.PERSON, person_reached("next_step_person_id")),
        make.day("rests_until"),
        make.text("leave_reason", _("Reason for leaving")),
        make.text("lost_to"),
        make.text("leave_note"),
        make.day("data_as_of"),
        make.tags("tags", _("Tags")),
        make.moment("stage_since", _("In this stage since"), is_known=True),
        make.moment("buyer_acted", _("Last act by the buyer"), path="buyer_acted_at"),
        make.moment("closed", _("Closed on"), path="closed_at"),
        make.moment("created", _("Created on"), path="created_at", is_known=True),
    )


def _keyed(key: str, labels: Mapping[str, Label], keys: type, name: Label | None = None) -> Field:
    def choices(_asker: Asker) -> Sequence[tuple[str, str]]:
        return [(item.value, str(labels[item])) for item in keys]  # type: ignore[attr-defined]

    return replace(make.choice(key, choices, name), is_settled=True)


# --- Where a deal stands ---


def _process() -> Field:
    def choices(_asker: Asker) -> Sequence[tuple[str, str]]:
        return [(key, words(process.name)) for key, process in playbook.newest_specs().items()]

    def test(_op: Op, values: tuple[Value, ...], asker: Asker) -> Q:
        offered = choices(asker)
        keys = {key for value in values for key in make.keys_of(value, offered)}
        found = [version for version, process in playbook.all_specs().items() if process.key in keys]
        return Q(process_version__in=found)

    shown = F("process_version_id")
    return Field("process", make.named("process", None), Kind.STAGE, test, shown, choices=choices)


def _stage() -> Field:
    def choices(_asker: Asker) -> Sequence[tuple[str, str]]:
        found = {stage.key: words(stage.name) for spec in playbook.newest_specs().values() for stage in spec.stages}
        return list(found.items())

    shown = JSONObject(version="process_version_id", stage="stage")
    return Field("stage", make.named("stage", None), Kind.STAGE, _stage_test, shown, BY_STAGE, choices)


def _stage_test(_op: Op, values: tuple[Value, ...], _asker: Asker) -> Q:
    """By key or by name, in any language and any version: deals stay on the version they began with.

    Where a stage has gone from its process, those count that were taken from it into another one.
    """
    known = {key: name for process in playbook.all_specs().values() for key, name in _stage_names(process)}
    found = [key for value in values for key in _stage_keys(value, known)]
    return Q(stage__in=_led_on(found))


def _led_on(keys: list[str]) -> list[str]:
    """The stages, and where moves to newer versions led the deals of those that are gone; one query if any are."""
    newest = playbook.newest_specs().values()
    gone = set(keys) - {stage.key for process in newest for stage in process.stages}
    if not gone:
        return keys
    found = dict.fromkeys(keys)
    moves = Remap.objects.exclude(state__in=("undoing", "undone")).order_by("id").values_list("stages", flat=True)
    for stages in moves:
        led = {stages[key] for key in gone if stages.get(key)} - set(keys)
        gone |= led
        found |= dict.fromkeys(sorted(led))
    return [*found]


def _stage_names(process: Process) -> list[tuple[str, frozenset[str]]]:
    return [
        (stage.key, frozenset(fold_key(text) for text in (stage.key, *stage.name.values()))) for stage in process.stages
    ]


def _stage_keys(value: Value, known: Mapping[str, frozenset[str]]) -> list[str]:
    wanted = fold_key(value.text)
    found = [key for key, names in known.items() if wanted in names]
    if not found:
        raise make.unknown(value, known)
    return found


# --- What follows from evidence, people and moves ---


@cache
def _derived() -> tuple[Field, ...]:
    held = Evidence.objects.filter(deal=OuterRef("id"), withdrawn_at=None).exclude(verdict="rejected")
    newest = held.order_by("-happened_at").values("happened_at")
    return (
        Field("last_evidence", _("Last evidence"), Kind.MOMENT, _last(held, "happened_at"), Subquery(newest[:1])),
        Field("last_move", _("Last move"), Kind.MOMENT, _last_move, Coalesce("closed_at", "stage_since")),
        _counted("evidence", _("Pieces of evidence"), held),
        _counted("buying_centre", _("People in the buying centre"), Stakeholder.objects.filter(deal=OuterRef("id"))),
        Field("deal_team", _("Deal team"), Kind.USER, _deal_team),
        _attention(),
        Field("resting", _("Resting"), Kind.YES_NO, make.flag_test(_resting), _rests),
        Field(
            "exception", _("Exception asked for"), Kind.YES_NO, make.flag_test(Q(Exists(_asked()))), Exists(_asked())
        ),
    )


def _attention() -> Field:
    def choices(_asker: Asker) -> Sequence[tuple[str, str]]:
        return [(key, str(name)) for key, name in ATTENTION.items()]

    def test(op: Op, values: tuple[Value, ...], asker: Asker) -> Q:
        held = attention.watch(asker.today, asker.zone())
        if op is Op.EMPTY:
            return ~attention.condition(tuple(Why), held)
        offered = choices(asker)
        asked = {key for value in values for key in make.keys_of(value, offered)}
        return attention.condition(tuple(why for key in asked for why in attention.KINDS[key]), held)

    return Field("attention", _("Needs attention"), Kind.CHOICE, test, choices=choices)


ATTENTION: Mapping[str, Label] = {
    "silent": _("Buyer silent"),
    "broken": _("Agreed date passed"),
    "order": _("Order overdue"),
    "loose": _("Nothing agreed"),
}
"""Kinds of reasons for attention."""


def _resting(asker: Asker) -> Q:
    return Q(rests_until__gt=asker.today)


def _rests(asker: Asker) -> Combinable:
    return Case(When(_resting(asker), then=True), default=False, output_field=BooleanField())


def _asked() -> QuerySet[DealException]:
    return DealException.objects.filter(deal=OuterRef("id"), granted=None)


def _last(rows: QuerySet[Evidence], column: str) -> Test:
    """Compares the last moment: there is one from the bound on, or (below it) there is one and none from it on."""
    later = make.moment_test(column)

    def test(op: Op, values: tuple[Value, ...], asker: Asker) -> Q:
        if op is Op.EMPTY:
            return ~Q(Exists(rows))
        if op in (Op.FROM, Op.ABOVE):
            return Q(Exists(rows.filter(later(op, values, asker))))
        behind = {Op.BELOW: Op.FROM, Op.UP_TO: Op.ABOVE}.get(op)
        if behind:
            return Q(Exists(rows)) & ~Q(Exists(rows.filter(later(behind, values, asker))))
        return make.any_of([
            Q(Exists(rows.filter(later(Op.IS, (value,), asker))))
            & ~Q(Exists(rows.filter(later(Op.ABOVE, (value,), asker))))
            for value in values
        ])  # fmt: skip

    return test


def _last_move(op: Op, values: tuple[Value, ...], asker: Asker) -> Q:
    if op is Op.EMPTY:
        return Q(pk__in=())
    closed, moved = make.moment_test("closed_at"), make.moment_test("stage_since")
    return closed(op, values, asker) | (Q(closed_at=None) & moved(op, values, asker))


def _deal_team(op: Op, values: tuple[Value, ...], asker: Asker) -> Q:
    members = Member.objects.filter(deal=OuterRef("id"))
    if op is Op.EMPTY:
        return ~Q(Exists(members))
    return Q(Exists(members.filter(_colleague.test(op, values, asker))))


_colleague = make.user("user", team.user_keys, team.users_of_teams, "user", name=_("Colleague"))


def _counted(key: str, name: Label, rows: QuerySet[Evidence] | QuerySet[Stakeholder]) -> Field:
    """How many rows belong to the deal."""
    number = rows.order_by().values("deal").annotate(number=Count("id")).values("number")
    return _computed(key, name, Coalesce(Subquery(number), 0, output_field=IntegerField()))


def _computed(key: str, name: Label, value: Combinable) -> Field:
    """A number that is worked out per row and never empty."""
    return Field(key, name, Kind.NUMBER, make.computed_test(value), value, Sort(value))


def _centre(asker: Asker) -> QuerySet[Any]:
    """The people of the buying centre whom the asker sees."""
    centre = Stakeholder.objects.filter(deal=OuterRef(OuterRef("id")))
    return visible_people(asker.viewer).filter(id__in=centre.values("person"))


# --- What deals say of their account ---


def _of_deals(viewer: Actor) -> list[Field]:
    """Of an account: how many deals of it the viewer sees, and what the open ones are worth, per currency."""
    every = visible(viewer.scope)
    every_open = every.filter(status=Status.OPEN.value)
    seen, still_open = (rows.filter(account=OuterRef("id")) for rows in (every, every_open))
    sums = still_open.order_by().values("currency").annotate(total=Sum("amount")).filter(total__isnull=False)
    worth = ArraySubquery(sums.values(sum=make.money_value(F("total"), F("currency"))))
    return [
        replace(_computed("open_deals", _("Open deals"), _count(still_open)), order=by_deals(every_open)),
        replace(_computed("deals", _("Deals"), _count(seen)), order=by_deals(every)),
        Field("open_amount", _("Open deal value"), Kind.MONEY, _worth_test(sums), worth),
    ]


def _count(rows: QuerySet[Deal]) -> Coalesce:
    number = rows.order_by().values("account").annotate(number=Count("id")).values("number")
    return Coalesce(Subquery(number), 0, output_field=IntegerField())


def _worth_test(sums: QuerySet[Deal, Any]) -> Test:
    """Compares the sum of each currency for itself: one that fits is enough."""
    compare = make.money_test("total", "currency")

    def test(op: Op, values: tuple[Value, ...], asker: Asker) -> Q:
        if op is Op.EMPTY:
            return ~Q(Exists(sums))
        return Q(Exists(sums.filter(compare(op, values, asker))))

    return test
