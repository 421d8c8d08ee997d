"""Accounts: what they may hold, who may change and who may see them."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from tests.cast import AT, Cast, assemble
from tests.hostile.naughty import naughty
from tests.make import make_account, make_person
from tests.replay import assert_replays, entries_of
from tests.unchanged import refused, unchanged

from etappe.core.actor import SYSTEM, Actor, ActorKind
from etappe.core.errors import Forbidden, Missing, Refusal, Stale
from etappe.journal.queries import timeline
from etappe.people import actions, queries
from etappe.people.models import Account
from etappe.team.actions import edit_user
from etappe.team.queries import user_by_id

FULL = {
    "name": "Müller  Maschinenbau GmbH",
    "website": "www.Müller.de/impressum",
    "industry": "Maschinenbau",
    "employees": 62,
    "revenue": Decimal("1200000.5"),
    "founded": 1952,
    "phone": " +49 (0)711 / 12-34 ",
    "street": "Weg 1",
    "postcode": "70173",
    "city": "Stuttgart",
    "country": "Deutschland",
    "data": {"Kundennummer": "4711", "VIP": True, "Rabatt": 1.5, "Leer": None},
}


def uid_of(actor: Actor) -> uuid.UUID:
    assert actor.id is not None
    return user_by_id(actor.id).uid


def test_an_account_with_all_fields(cast: Cast):
    parent = make_account(cast.ada, name="Holding")
    account = actions.create_account({**FULL, "parent": str(parent.uid)}, actor=cast.ada, at=AT)
    assert account == queries.get_account(cast.cem, account.uid)
    assert account.name == "Müller Maschinenbau GmbH"
    assert account.website == "https://www.Müller.de/impressum"
    assert account.domain == "müller.de"
    assert account.revenue == Decimal("1200000.50")
    assert account.phone == "+49 (0)711 / 12-34"
    assert account.country == "DE"
    assert account.data == FULL["data"]
    assert account.owner is not None
    assert account.owner.name == "Ada Ahrens"
    assert account.parent == queries.AccountRef(parent.uid, "Holding")
    assert account.version == 1
    assert_replays(Account.objects.get(id=account.id))


def test_only_a_name_is_needed(cast: Cast):
    account = actions.create_account({"name": "X"}, actor=cast.ada, at=AT)
    assert (account.domain, account.employees, account.parent, account.data) == ("", None, None, {})
    assert actions.create_account({"name": "Y", "owner": None}, actor=cast.ada, at=AT).owner is None
    assert actions.create_account({"name": "Z"}, actor=SYSTEM, at=AT).owner is None


NOT_TO_BE: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, "field_required"),
    ({"name": ""}, "field_required"),
    ({"name": "\u2003\u00a0"}, "field_required"),
    ({"name": None}, "not_a_text"),
    ({"name": ["x"]}, "not_a_text"),
    ({"name": "a\x00"}, "control_characters"),
    ({"name": "a\ud800"}, "control_characters"),
    ({"name": "x" * 201}, "too_long"),
    ({"name": "x", "website": "javascript:alert(1)"}, "not_a_website"),
    ({"name": "x", "website": "ftp://x.example"}, "not_a_website"),
    ({"name": "x", "website": "https://user@x.example"}, "not_a_website"),
    ({"name": "x", "website": "no dots"}, "not_a_website"),
    ({"name": "x", "domain": "gmail.com"}, "domain_is_freemail"),
    ({"name": "x", "domain": "localhost"}, "not_a_domain"),
    ({"name": "x", "domain": "-x.example"}, "not_a_domain"),
    ({"name": "x", "domain": "127.0.0.1"}, "not_a_domain"),
    ({"name": "x", "employees": -1}, "number_out_of_range"),
    ({"name": "x", "employees": "12"}, "number_out_of_range"),
    ({"name": "x", "employees": True}, "number_out_of_range"),
    ({"name": "x", "employees": 2**40}, "number_out_of_range"),
    ({"name": "x", "revenue": Decimal("NaN")}, "not_an_amount"),
    ({"name": "x", "revenue": Decimal(-1)}, "not_an_amount"),
    ({"name": "x", "revenue": Decimal("1e30")}, "amount_too_large"),
    ({"name": "x", "revenue": 1.5}, "not_an_amount"),
    ({"name": "x", "founded": 99999}, "number_out_of_range"),
    ({"name": "x", "is_private": "no"}, "not_yes_or_no"),
    ({"name": "x", "parent": str(uuid.uuid4())}, "unknown_reference"),
    ({"name": "x", "owner": str(uuid.uuid4())}, "unknown_reference"),
    ({"name": "x", "owner": "ada"}, "unknown_reference"),
    ({"name": "x", "data": []}, "not_columns"),
    ({"name": "x", "data": {"a": "\x00"}}, "control_characters"),
    ({"name": "x", "data": {"": "b"}}, "field_required"),
    ({"name": "x", "data": {"a": float("nan")}}, "not_a_text"),
    ({"name": "x", "data": {"a": {"b": "c"}}}, "not_a_text"),
    ({"name": "x", "data": {f"k{number}": "v" * 15_000 for number in range(5)}}, "too_long"),
    ({"name": "x", "id": 1}, "unknown_field"),
    ({"name": "x", "version": 9}, "unknown_field"),
    ({"name": "x", "owner_id": 1}, "unknown_field"),
)


def test_what_does_not_hold_is_refused_by_name(cast: Cast):
    for fields, code in NOT_TO_BE:
        with refused(code):
            actions.create_account(fields, actor=cast.ada, at=AT)


def test_an_edit_is_told_with_before_and_after(cast: Cast):
    account = make_account(cast.ada, name="Alt", city="Bonn")
    edited = actions.edit_account(
        account.uid, {"name": "Neu", "city": "Bonn", "revenue": Decimal(5)}, seen=1, actor=cast.cem, at=AT
    )
    assert (edited.name, edited.version) == ("Neu", 2)
    row = Account.objects.get(id=account.id)
    assert entries_of(row)[-1].data == {"changed": {"name": ["Alt", "Neu"], "revenue": [None, "5"]}}
    assert_replays(row)
    with unchanged():
        same = actions.edit_account(account.uid, {"revenue": Decimal("5.00")}, seen=2, actor=cast.cem, at=AT)
    assert same.version == 2


def test_an_edit_takes_away_too(cast: Cast):
    account = actions.create_account(FULL, actor=cast.ada, at=AT)
    empty = dict.fromkeys(("employees", "revenue", "founded", "owner", "parent"))
    empty |= {"website": "", "domain": "", "country": "", "data": {}}
    edited = actions.edit_account(account.uid, empty, seen=1, actor=cast.ada, at=AT)
    assert (edited.employees, edited.revenue, edited.owner, edited.website, edited.data) == (None, None, None, "", {})
    assert_replays(Account.objects.get(id=account.id))
    with refused("field_required"):
        actions.edit_account(account.uid, {"name": " "}, seen=2, actor=cast.ada, at=AT)


def test_the_second_of_two_edits_is_told_what_happened(cast: Cast):
    account = make_account(cast.ada, city="Bonn", industry="IT")
    actions.edit_account(account.uid, {"city": "Köln"}, seen=1, actor=cast.ben, at=AT)
    with refused("stale", Stale) as no:
        actions.edit_account(account.uid, {"city": "Aachen", "industry": "IT"}, seen=1, actor=cast.ada, at=AT)
    params = no.value.params
    assert (params["seen"], params["now"], params["by"]) == (1, 2, "Ben Brandt")
    assert params["changed"] == {"city": ["Aachen", "Köln"]}
    assert params["at"] is not None


def test_of_many_edits_at_once_one_wins_each_round(fresh_database):
    cast = assemble()
    account = make_account(cast.ada)

    def edit(number: int) -> str:
        try:
            actions.edit_account(account.uid, {"city": f"City {number}"}, seen=1, actor=cast.ada, at=AT)
            return "done"
        except Refusal as no:
            return no.code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(edit, range(8))) == ["done"] + ["stale"] * 7
    assert Account.objects.get().version == 2
    assert_replays(Account.objects.get())


def test_circles_of_companies_are_refused(cast: Cast):
    top = make_account(cast.ada)
    middle = make_account(cast.ada, parent=top.uid)
    bottom = make_account(cast.ada, parent=middle.uid)
    for child, parent in ((top, bottom), (top, middle), (top, top), (middle, bottom)):
        with refused("parent_circle"):
            actions.edit_account(child.uid, {"parent": parent.uid}, seen=1, actor=cast.ada, at=AT)
    with pytest.raises(Refusal) as told:
        actions.edit_account(middle.uid, {"parent": bottom.uid}, seen=1, actor=cast.ada, at=AT)
    names = [Account.objects.get(uid=uid).name for uid in (middle.uid, bottom.uid, middle.uid)]
    assert told.value.params["circle"] == " → ".join(names)


def test_who_may_write(cast: Cast):
    account = make_account(cast.ada)
    for actor in (cast.ada, cast.ben, cast.cem, cast.dot, cast.mia, cast.sam):
        actions.create_account({"name": "X"}, actor=actor, at=AT)
    buyer = Actor(ActorKind.BUYER, label="Eva")
    reader = replace(cast.ada, scopes=frozenset({"read"}))
    for actor in (cast.oda, buyer, reader):
        with refused("forbidden", Forbidden):
            actions.create_account({"name": "X"}, actor=actor, at=AT)
    for actor in (cast.oda, reader):
        with refused("forbidden", Forbidden):
            actions.edit_account(account.uid, {"city": "X"}, seen=1, actor=actor, at=AT)
    with pytest.raises(Missing), unchanged():
        actions.edit_account(account.uid, {"city": "X"}, seen=1, actor=buyer, at=AT)


# --- Private ones ---


def test_private_accounts_are_for_their_owner_and_administrators(cast: Cast):
    account = make_account(cast.ada, name="Geheim", is_private=True)
    person = make_person(cast.ada, name="Eva Geheim", account=account.uid)
    for viewer in (cast.ada, cast.dot, SYSTEM):
        assert queries.get_account(viewer, account.uid).name == "Geheim"
        assert queries.get_person(viewer, person.uid).name == "Eva Geheim"
        assert [row.name for row in queries.accounts(viewer).rows] == ["Geheim"]
        assert queries.suggest_people(viewer, "Eva")
    for viewer in (cast.ben, cast.cem, cast.oda, cast.sam):
        for look in (
            lambda: queries.get_account(viewer, account.uid),  # noqa: B023 - called at once
            lambda: queries.get_person(viewer, person.uid),  # noqa: B023
            lambda: queries.account_id(viewer, account.uid),  # noqa: B023
            lambda: queries.person_id(viewer, person.uid),  # noqa: B023
            lambda: actions.write_note("x", account=account.uid, actor=viewer, at=AT),  # noqa: B023
            lambda: actions.edit_account(account.uid, {"city": "x"}, seen=1, actor=viewer, at=AT),  # noqa: B023
        ):
            with pytest.raises(Missing), unchanged():
                look()
        assert queries.accounts(viewer, search="Geheim").rows == ()
        assert queries.accounts(viewer).count.number == 0
        assert queries.people(viewer).rows == ()
        assert queries.suggest_accounts(viewer, "Geheim") == []
        assert queries.suggest_people(viewer, "Eva") == []
        if viewer is not cast.oda:
            with refused("unknown_reference"):
                make_person(viewer, account=account.uid)
    child = make_account(cast.ada, name="Tochter", parent=account.uid)
    assert queries.get_account(cast.cem, child.uid).parent is None


def test_nobody_hides_what_is_not_their_own(cast: Cast):
    account = make_account(cast.ada)
    for changes in ({"is_private": True}, {"is_private": True, "owner": str(uid_of(cast.cem))}):
        with refused("forbidden", Forbidden):
            actions.edit_account(account.uid, changes, seen=1, actor=cast.cem, at=AT)
    with refused("private_needs_owner"):
        actions.create_account({"name": "X", "is_private": True, "owner": None}, actor=cast.ada, at=AT)
    with refused("private_needs_owner"):
        actions.edit_account(account.uid, {"is_private": True, "owner": None}, seen=1, actor=cast.ada, at=AT)
    hidden = actions.edit_account(account.uid, {"is_private": True}, seen=1, actor=cast.ada, at=AT)
    with refused("private_needs_owner"):
        actions.edit_account(hidden.uid, {"owner": str(uid_of(cast.cem))}, seen=2, actor=cast.ada, at=AT)
    handed = actions.edit_account(hidden.uid, {"owner": str(uid_of(cast.cem))}, seen=2, actor=cast.dot, at=AT)
    assert queries.get_account(cast.cem, handed.uid).is_private


def test_nothing_goes_to_somebody_who_has_left(cast: Cast):
    edit_user(uid_of(cast.cem), {"is_active": False}, actor=cast.dot, at=AT)
    with refused("owner_has_left"):
        make_account(cast.ada, owner=uid_of(cast.cem))


@pytest.mark.parametrize("uid", [uuid.UUID(int=7), "", "x", "\x00", None, "{0}"])
def test_what_is_not_there(cast: Cast, uid):
    with pytest.raises(Missing):
        queries.get_account(cast.ada, uid)
    with pytest.raises(Missing):
        actions.edit_account(uid, {"name": "x"}, seen=1, actor=cast.ada, at=AT)


# --- Notes ---


NO_NOTES = (
    ("", "field_required"),
    (" \n", "field_required"),
    ("x" * 20_001, "too_long"),
    ("\x00", "control_characters"),
)


def test_notes(cast: Cast):
    account = make_account(cast.ada)
    person = make_person(cast.ada, account=account.uid)
    first = actions.write_note("Zeile 1\n<b>Zeile 2</b>", account=account.uid, actor=cast.mia, at=AT)
    second = actions.write_note("Über Eva", person=person.uid, actor=cast.ada, at=AT + timedelta(hours=1))
    assert [entry.id for entry in timeline(account=account.id)][:2] == [second, first]
    assert timeline(person=person.id)[0].data == {"text": "Über Eva"}
    assert timeline(account=account.id)[1].data == {"text": "Zeile 1\n<b>Zeile 2</b>"}
    for text, code in (
        ("", "field_required"),
        (" \n", "field_required"),
        ("x" * 20_001, "too_long"),
        ("\x00", "control_characters"),
    ):
        with refused(code):
            actions.write_note(text, account=account.uid, actor=cast.ada, at=AT)
    with refused("forbidden", Forbidden):
        actions.write_note("x", account=account.uid, actor=cast.oda, at=AT)
    for subject in ({}, {"account": account.uid, "person": person.uid}):
        with refused("field_required"):
            actions.write_note("x", actor=cast.ada, at=AT, **subject)


# --- Hostile names ---


def test_naughty_names_come_back_as_they_were(cast: Cast):
    kept, refusals = 0, set()
    for text in naughty():
        try:
            account = actions.create_account({"name": text, "data": {"Spalte": text}}, actor=cast.ada, at=AT)
        except Refusal as no:
            refusals.add(no.code)
            continue
        kept += 1
        seen = queries.get_account(cast.cem, account.uid)
        assert seen.name == " ".join(text.split())
        assert seen.data == {"Spalte": text.strip()}
    assert kept >= 9
    assert refusals == {"control_characters", "field_required", "too_long"}
    for text in naughty():
        queries.suggest_accounts(cast.ada, text)
        queries.accounts(cast.ada, search=text)
