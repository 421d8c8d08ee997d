"""Fields that a workspace defines for itself: defined, filled, found again in the index, told by the journal."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.cast import AT, Cast
from tests.make import make_account, make_person
from tests.replay import assert_replays
from tests.unchanged import refused, unchanged

from etappe.core.actor import SYSTEM
from etappe.core.errors import Forbidden
from etappe.core.own_fields import FieldKind
from etappe.journal.queries import timeline
from etappe.people import actions, queries
from etappe.people.actions_fields import archive_field, define_field, edit_field, order_fields, restore_field
from etappe.people.fields import FieldView, field_views, fields, get_field
from etappe.people.load_values import index_values
from etappe.people.models import Account, Field, FieldValue, Person


def define(cast: Cast, kind: str, name: str = "", subject: str = "account", **given: Any) -> FieldView:
    return define_field(subject, {"name": name or kind.title(), "kind": kind, **given}, actor=cast.dot, at=AT)


def write(cast: Cast, account: uuid.UUID, values: Mapping[str, Any]) -> Account:
    seen = Account.objects.get(uid=account).version
    actions.edit_account(account, {"custom": values}, seen=seen, actor=cast.ada, at=AT)
    row = Account.objects.get(uid=account)
    assert_replays(row)
    assert indexed(row.id) == indexed_anew("account", row.id)
    return row


def indexed(record: int) -> list[tuple[Any, ...]]:
    columns = ("field__key", "text", "number", "day")
    return sorted(FieldValue.objects.filter(record=record).values_list(*columns), key=repr)


def indexed_anew(subject: str, record: int) -> list[tuple[Any, ...]]:
    index_values(subject, [record])
    return indexed(record)


COLOURS = ("Rot", "Grün", "Blau")


def define_one(cast: Cast, kind: str, name: str = "") -> FieldView:
    return define(cast, kind, name, choices=COLOURS) if "choice" in kind else define(cast, kind, name)


def one_of_each(cast: Cast) -> None:
    for kind in FieldKind:
        define_one(cast, kind)


def test_every_kind_holds_its_value_and_is_indexed(cast: Cast) -> None:
    one_of_each(cast)
    eva, other = make_person(cast.ada), make_account(cast.ada)
    account = make_account(cast.ada)
    row = write(cast, account.uid, {
        "text": "  Größe ÄÖ ", "number": Decimal("12.50"), "money": {"amount": "7.50", "currency": "CHF"},
        "date": date(2026, 5, 1), "choice": "grun", "choices": ["blau", "rot"], "person": eva.uid,
        "account": str(other.uid), "link": "example.com/a",
    })  # fmt: skip
    assert row.custom == {
        "text": "Größe ÄÖ", "number": "12.5", "money": {"amount": "7.5", "currency": "CHF"}, "date": "2026-05-01",
        "choice": "grun", "choices": ["rot", "blau"], "person": str(eva.uid), "account": str(other.uid),
        "link": "https://example.com/a",
    }  # fmt: skip
    assert indexed(row.id) == sorted([
        ("text", "grosse ao", None, None), ("number", None, Decimal("12.5"), None),
        ("money", "CHF", Decimal("7.5"), None), ("date", None, None, date(2026, 5, 1)),
        ("choice", "grun", None, None), ("choices", "rot", None, None), ("choices", "blau", None, None),
        ("person", str(eva.uid), None, None), ("account", str(other.uid), None, None),
        ("link", "https://example.com/a", None, None),
    ], key=repr)  # fmt: skip
    assert queries.get_account(cast.cem, account.uid).custom == row.custom


def test_only_what_changed_is_written_down(cast: Cast) -> None:
    define(cast, "text", "Eins"), define(cast, "text", "Zwei")
    account = make_account(cast.ada, custom={"eins": "a", "zwei": "b"})
    row = write(cast, account.uid, {"zwei": "c"})
    last = timeline(account=row.id)[0]
    assert last.data["changed"] == {"custom": [{"zwei": "b"}, {"zwei": "c"}]}
    assert write(cast, account.uid, {"eins": None}).custom == {"zwei": "c"}
    assert FieldValue.objects.filter(record=row.id).count() == 1
    with unchanged():
        actions.edit_account(account.uid, {"custom": {"zwei": "c", "eins": ""}}, seen=3, actor=cast.ada, at=AT)


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("text", "a\x00b", "control_characters"),
        ("text", "x" * 2001, "too_long"),
        ("text", 7, "not_a_text"),
        ("number", "1e400", "number_unfit"),
        ("number", "0.0000001", "number_unfit"),
        ("number", True, "number_unfit"),
        ("number", "NaN", "number_unfit"),
        ("number", "12 Stück", "number_unfit"),
        ("money", "12 EUR", "money_unfit"),
        ("money", {"amount": "1", "currency": "euro"}, "not_a_currency"),
        ("date", "31.12.2026", "not_a_date"),
        ("date", "0026-01-01", "not_a_date"),
        ("choice", "gelb", "unknown_choice"),
        ("choice", ["rot"], "unknown_choice"),
        ("choices", "rot", "not_a_list"),
        ("choices", [{}], "unknown_choice"),
        ("person", "eva", "unknown_reference"),
        ("person", str(uuid.UUID(int=7)), "unknown_reference"),
        ("account", str(uuid.UUID(int=7)), "unknown_reference"),
        ("link", "javascript:alert(1)", "not_a_website"),
        ("link", "data:text/html,x", "not_a_website"),
    ],
)
def test_what_a_field_cannot_hold_is_refused_with_its_name(cast: Cast, kind: str, value: Any, code: str) -> None:
    own = define_one(cast, kind, "Mein Feld")
    account = make_account(cast.ada)
    with refused(code) as no:
        actions.edit_account(account.uid, {"custom": {own.key: value}}, seen=1, actor=cast.ada, at=AT)
    assert (no.value.params["field"], no.value.params["label"]) == ("custom_mein_feld", "Mein Feld")


def test_somebody_elses_private_record_cannot_be_named(cast: Cast) -> None:
    define(cast, "account", "Partner")
    hidden = make_account(cast.cem, is_private=True)
    account = make_account(cast.ada)
    with refused("unknown_reference"):
        actions.edit_account(account.uid, {"custom": {"partner": str(hidden.uid)}}, seen=1, actor=cast.ada, at=AT)
    make_account(cast.cem, custom={"partner": str(hidden.uid)})


@pytest.mark.parametrize("given", [{"fehlt": "x"}, "x", ["x"]])
def test_a_field_that_is_not_there_is_refused(cast: Cast, given: Any) -> None:
    account = make_account(cast.ada)
    with refused("unknown_field" if isinstance(given, dict) else "not_columns"):
        actions.edit_account(account.uid, {"custom": given}, seen=1, actor=cast.ada, at=AT)


def test_a_person_has_fields_of_their_own(cast: Cast) -> None:
    define(cast, "choice", "Rolle", "person", choices=["Einkauf"])
    assert fields("account") == []
    person = make_person(cast.ada, custom={"rolle": "einkauf"})
    row = Person.objects.get(uid=person.uid)
    assert_replays(row)
    assert indexed(row.id) == [("rolle", "einkauf", None, None)]


# --- Definitions ---


def test_only_administrators_define(cast: Cast) -> None:
    own = define(cast, "text")
    for actor in (cast.ben, cast.ada, cast.mia, cast.oda):
        with refused("forbidden", Forbidden):
            define_field("deal", {"name": "X", "kind": "text"}, actor=actor, at=AT)
        with refused("forbidden", Forbidden):
            edit_field(own.uid, {"name": "X"}, actor=actor, at=AT)
        with refused("forbidden", Forbidden):
            archive_field(own.uid, actor=actor, at=AT)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": "", "kind": "text"}, "field_required"),
        ({"name": "X", "kind": "formula"}, "unknown_choice"),
        ({"name": "X", "kind": "choice"}, "choices_needed"),
        ({"name": "X", "kind": "choice", "choices": ["A", "a "]}, "choice_twice"),
        ({"name": "X", "kind": "text", "choices": ["A"]}, "field_fixed"),
        ({"name": "X", "kind": "text", "key": "a'; DROP TABLE"}, "field_key_unfit"),
        ({"name": "X", "kind": "text", "key": "text"}, "field_key_taken"),
        ({"name": " TEXT", "kind": "text"}, "field_name_taken"),
        ({"name": "X", "kind": "text", "team": str(uuid.UUID(int=7))}, "unknown_reference"),
        ({"name": "X", "kind": "text", "required_in": ["inbound:need_confirmed"]}, "only_deals_have_stages"),
        ({"name": "X", "kind": "text", "colour": "red"}, "unknown_field"),
    ],
)
def test_a_field_that_would_not_work_is_refused(cast: Cast, given: dict[str, Any], code: str) -> None:
    define(cast, "text")
    with refused(code):
        define_field("account", given, actor=cast.dot, at=AT)


def test_a_field_is_told_by_the_journal(cast: Cast) -> None:
    first = define(cast, "choice", "Größe (m²)", choices=COLOURS, help="Wie groß?", team=str(cast.north))
    second = define(cast, "text", "Zwei")
    assert first.key == "grosse_m2"
    edit_field(first.uid, {"name": "Fläche", "team": None, "choices": [{"key": "rot", "name": "Rosa"}, "Gelb"]},
               actor=cast.dot, at=AT)  # fmt: skip
    order_fields("account", [second.uid], actor=cast.dot, at=AT)
    archive_field(first.uid, actor=cast.dot, at=AT)
    assert [own.name for own in fields("account")] == ["Zwei"]
    assert [own.name for own in field_views("account")] == ["Zwei", "Fläche"]
    restore_field(first.uid, actor=cast.dot, at=AT)
    now = get_field(first.uid)
    assert [(choice.name, choice.gone) for choice in now.choices] == [
        ("Rosa", False), ("Gelb", False), ("Grün", True), ("Blau", True),
    ]  # fmt: skip
    for row in Field.objects.all():
        assert_replays(row)
    with refused("field_fixed"):
        edit_field(first.uid, {"kind": "text"}, actor=cast.dot, at=AT)


def test_an_archived_field_keeps_its_values_and_takes_none(cast: Cast) -> None:
    own = define(cast, "choice", "Farbe", choices=COLOURS)
    account = make_account(cast.ada, custom={"farbe": "rot"})
    edit_field(own.uid, {"choices": ["Blau"]}, actor=cast.dot, at=AT)
    assert write(cast, account.uid, {"farbe": "rot"}).custom == {"farbe": "rot"}
    with refused("unknown_choice"):
        make_account(cast.ada, custom={"farbe": "rot"})
    archive_field(own.uid, actor=cast.dot, at=AT)
    with refused("unknown_field"):
        make_account(cast.ada, custom={"farbe": "blau"})
    define(cast, "choice", "Farbe", choices=["Neu"])
    with refused("field_name_taken"):
        restore_field(own.uid, actor=cast.dot, at=AT)
    assert Account.objects.get(uid=account.uid).custom == {"farbe": "rot"}


def test_a_field_of_a_team_is_for_that_team_and_those_around_it(cast: Cast) -> None:
    define(cast, "text", "Nord", team=str(cast.north))
    define(cast, "text", "Haus", team=str(cast.house))
    seen = {name: [own.name for own in fields("account", actor)] for name, actor in cast.everybody().items()}
    both = ["Nord", "Haus"]
    assert seen == {"dot": both, "oda": both, "ben": both, "ada": both, "mia": both, "sam": both, "cem": ["Haus"]}
    with refused("unknown_field"):
        make_account(cast.cem, custom={"nord": "x"})


def test_many_records_are_indexed_at_once(cast: Cast, django_assert_num_queries: Any) -> None:
    define(cast, "text", "Eins")
    rows = [Account(name=f"A{number}", custom={"eins": f"Wert {number}"}) for number in range(200)]
    Account.objects.bulk_create(rows)
    with django_assert_num_queries(2):
        index_values("account", [row.id for row in rows])
    assert FieldValue.objects.filter(text="wert 117").values_list("record", flat=True)[0] == rows[117].id
    long = make_account(SYSTEM, custom={"eins": "ß" * 1900})
    assert len(FieldValue.objects.get(record=long.id).text or "") == 500
