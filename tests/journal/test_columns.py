"""A column nobody journals and nobody derives would be lost on replay: each is in exactly one of the two lists."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from django.apps import apps
from django.db.models import Model
from hypothesis import given
from hypothesis import strategies as st

from etappe.core.process import Status
from etappe.journal.values import as_json, changes, columns_of
from etappe.people.models import Account

JOURNALED = [model for model in apps.get_models() if hasattr(model, "JOURNALED")]


@pytest.mark.parametrize("model", JOURNALED, ids=lambda model: model.__name__)
def test_each_column_is_journaled_or_derived(model: type[Model]):
    columns = {field.attname for field in model._meta.concrete_fields}
    journaled, derived = set(model.JOURNALED), set(model.DERIVED)  # type: ignore[attr-defined]
    assert journaled | derived == columns, "name the column in JOURNALED or DERIVED"
    assert not journaled & derived


def test_the_records_of_the_trade_are_journaled():
    assert {"Account", "Person", "Deal", "User", "Team", "Workspace"} <= {model.__name__ for model in JOURNALED}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (1.5, 1.5),
        ("", ""),
        (Decimal("100.0000"), "100"),
        (Decimal("-0.00"), "0"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.0001"), "0.0001"),
        (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1, 1, tzinfo=timezone(timedelta(hours=2))), "2026-02-28T23:00:00+00:00"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Status.WON, "won"),
        ({"a": [Decimal("1.50"), {"b": None}]}, {"a": ["1.5", {"b": None}]}),
    ],
)
def test_values_as_the_journal_keeps_them(value, expected):
    assert as_json(value) == expected
    assert type(as_json(value)) is type(expected)


def test_what_json_cannot_hold_is_a_bug():
    with pytest.raises(TypeError):
        as_json(object())
    with pytest.raises(TypeError):
        as_json(b"bytes")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_amounts_keep_their_value_and_have_one_writing(amount: Decimal):
    assert Decimal(as_json(amount)) == amount
    assert as_json(amount) == as_json(amount.quantize(Decimal("0.00000001")))


@given(st.datetimes(timezones=st.just(UTC)))
def test_moments_keep_their_value(moment: datetime):
    assert datetime.fromisoformat(as_json(moment)) == moment


def test_differences_are_told_once():
    row = Account(name="Alt", revenue=Decimal("5.00"))
    assert changes(row, {"name": "Neu", "revenue": Decimal(5)}) == {"name": ["Alt", "Neu"]}
    assert columns_of(row, ["revenue"]) == {"revenue": "5"}
