"""The workspace's own fields in filters and lists: a condition on one asks the index of values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models import Value as Given
from django.db.models.expressions import Exists, Subquery
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import JSONObject
from django.db.models.lookups import Contains, In
from django.utils.translation import gettext_lazy as _

from etappe.core.actor import Actor
from etappe.core.filters import Op, Value
from etappe.journal import filter_fields as make
from etappe.journal.fields import Fold
from etappe.journal.filtering import Asker, Field, Kind, Test
from etappe.journal.statements import Statement
from etappe.people.list_order import order_of
from etappe.people.models import Field as Own
from etappe.people.models import FieldValue
from etappe.people.scope import meant_for, visible_accounts, visible_people

KINDS = {
    "text": Kind.TEXT,
    "link": Kind.TEXT,
    "number": Kind.NUMBER,
    "money": Kind.MONEY,
    "date": Kind.DAY,
    "choice": Kind.CHOICE,
    "choices": Kind.TAGS,
    "person": Kind.PERSON,
    "account": Kind.ACCOUNT,
}


OwnFields = Mapping[str, Sequence[Field]]
"""The workspace's own fields by subject: `account`, `person`, `deal`."""


def own_fields(viewer: Actor, wanted: bool = True) -> OwnFields:
    """The fields that the workspace defined and that are meant for the viewer: one query for all subjects."""
    by_subject: dict[str, list[Field]] = {"account": [], "person": [], "deal": []}
    if not wanted:
        return by_subject
    for own in meant_for(viewer, _OWN()):
        by_subject[own.subject].append(_field(own))
    return by_subject


_OWN = Statement(lambda: Own.objects.filter(archived_at=None).order_by("position", "id"))


def _field(own: Own) -> Field:
    offered = tuple((str(choice["key"]), str(choice["name"])) for choice in own.choices or ())
    return Field(
        key=f"custom.{own.key}",
        name=own.name,
        kind=KINDS[own.kind],
        test=_test(own, offered),
        value=_shown(own),
        choices=(lambda _asker: offered) if offered else None,
        order=order_of(own),
        edit=f"custom.{own.key}",
        group=_("Own fields"),
    )


def _shown(own: Own) -> Any:
    """What a row shows: its own value, or the name of the record it refers to, if the asker sees that."""
    if own.kind not in ("person", "account"):
        return KeyTransform(own.key, "custom")
    visible = visible_people if own.kind == "person" else visible_accounts

    def value(asker: Asker) -> Any:
        held = FieldValue.objects.filter(field=own.id, record=OuterRef(OuterRef("id")))
        found = visible(asker.viewer).alias(as_text=make.as_text("uid")).filter(as_text__in=held.values("text"))
        return Subquery(found.values(shown=JSONObject(uid="uid", name="name"))[:1])

    return value


def _test(own: Own, offered: Sequence[tuple[str, str]]) -> Test:
    inner = _tests(own.kind, offered)

    def test(op: Op, values: tuple[Value, ...], asker: Asker) -> Q:
        held = FieldValue.objects.filter(field=own.id, record=OuterRef("id"))
        if op is Op.EMPTY:
            return ~Q(Exists(held))
        return Q(Exists(held.filter(inner(op, values, asker))))

    return test


def _tests(kind: str, offered: Sequence[tuple[str, str]]) -> Test:
    """How values of this kind compare in the index."""
    plain = {
        "number": make.number_test("number"),
        "money": make.money_test("number", "text"),
        "date": make.day_test("day"),
        "person": _record_test(visible_people),
        "account": _record_test(visible_accounts),
    }
    if kind in plain:
        return plain[kind]
    return _choice_test(offered) if kind in ("choice", "choices") else _text_test()


def _text_test() -> Test:
    """Texts stand in the index as they are compared, so that equality is found by it."""

    def test(op: Op, values: tuple[Value, ...], _asker: Asker) -> Q:
        folded = [Fold(Given(value.text)) for value in values]
        return Q(Contains(F("text"), folded[0])) if op is Op.HAS else Q(In(F("text"), folded))

    return test


def _choice_test(offered: Sequence[tuple[str, str]]) -> Test:
    def test(op: Op, values: tuple[Value, ...], _asker: Asker) -> Q:
        if op is Op.HAS:
            wanted = values[0].text.lower()
            keys = [key for key, name in offered if wanted in name.lower()]
        else:
            keys = [key for value in values for key in make.keys_of(value, offered)]
        return Q(In(F("text"), [Fold(Given(key)) for key in keys])) if keys else Q(pk__in=())

    return test


def _record_test(visible: Any) -> Test:
    """The index holds the uid; the name is looked up among the records that the asker sees."""
    by_name = make.text_test("name")

    def test(op: Op, values: tuple[Value, ...], asker: Asker) -> Q:
        rows: QuerySet[Any] = visible(asker.viewer)
        uids = [uid for value in values if (uid := make.as_uid(value.text))]
        named = by_name(op, values, asker)
        found = rows.filter(named | Q(uid__in=uids)) if uids else rows.filter(named)
        return Q(text__in=found.values_list(make.as_text("uid")))

    return test
