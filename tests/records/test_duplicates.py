"""Likely duplicates: by which rules, for whose eyes, at every way in, and never again once told apart."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from etappe.core.duplicates import (
    AccountFacts,
    PersonFacts,
    Reason,
    between_accounts,
    between_people,
    company_key,
)
from etappe.core.errors import Forbidden, Missing
from etappe.journal.models import Entry
from etappe.people import actions as people
from etappe.people.load import create_accounts
from etappe.people.models import Account
from etappe.records import actions, duplicates
from etappe.records.models import Pair, Sweep
from etappe.team.actions import create_token
from tests.cast import AT, Cast
from tests.config.site import until
from tests.hostile.naughty import naughty
from tests.make import make_account, make_person
from tests.replay import entries_of
from tests.unchanged import refused, unchanged
from tests.web.signed import client_of

NAMES = (
    "Müller Maschinenbau GmbH & Co. KG", "Mueller-Maschinenbau", "MULLER MASCHINENBAU e.K.", "AG", "Straße 7 S.A.",
    "Łódź Sp. z o.o.", "Österreichische Bäcker OG", "", "!!!", "Groß und Klein gGmbH", "Joel & Söhne",
)  # fmt: skip

SAME_ACCOUNTS = (
    (AccountFacts("Müller GmbH", city="Ulm"), AccountFacts("Mueller AG", city="Ulm"), True),
    (AccountFacts("Müller GmbH", city="Ulm"), AccountFacts("Müller GmbH", city="Kiel"), False),
    (AccountFacts("Alt", domain="x.de"), AccountFacts("Neu", domain="x.de"), True),
    (AccountFacts("Werk Nord", phone="+49 711 123456"), AccountFacts("Kantine", phone="0711 / 12 34 56"), False),
    (AccountFacts("N", phone="0711 123456", city="U"), AccountFacts("K", phone="+49711123456", city="u"), True),
    (AccountFacts("Schmidt Kranbau", postcode="1"), AccountFacts("Schmitt Kranbau", postcode="1"), True),
    (AccountFacts("Schmidt Kranbau"), AccountFacts("Schmitt Kranbau"), False),
    (AccountFacts("ABC"), AccountFacts("ABD"), False),
)
SAME_PEOPLE = (
    (PersonFacts("Eva Groß", "e@x.de"), PersonFacts("E. Gross", "e@x.de"), True),
    (PersonFacts("Eva Groß", "e@x.de"), PersonFacts("Dr. Gross, Eva", "E@X.de"), True),
    (PersonFacts("Eva Groß", account=1), PersonFacts("Eva Gross", account=1), True),
    (PersonFacts("Eva Groß", account=1), PersonFacts("Eva Gross", account=2), False),
    (PersonFacts("Udo Unger", "info@x.de", account=1), PersonFacts("Eva Ernst", "info@x.de", account=1), True),
    (PersonFacts("Udo Unger", phones=("0711 123456",)), PersonFacts("Udo Ungar", phones=("+49711123456",)), True),
    (PersonFacts("Udo Unger", phones=("0711 123456",)), PersonFacts("Eva Ernst", phones=("0711 123456",)), False),
)


def test_the_rules_tell_alike_from_same() -> None:
    for one, other, is_likely in SAME_ACCOUNTS:
        assert between_accounts(one, other).is_likely is is_likely, (one, other)
        assert between_accounts(one, other) == between_accounts(other, one)
    for a, b, is_likely in SAME_PEOPLE:
        assert between_people(a, b).is_likely is is_likely, (a, b)
        assert between_people(a, b) == between_people(b, a)


def test_the_database_folds_names_as_the_rules_do(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, etappe_name_key(name) FROM unnest(%s::text[]) AS given(name)",
            [[*NAMES, *(text for text in naughty() if "\x00" not in text and text.isascii())]],
        )
        wrong = [(name, key, company_key(name)) for name, key in cursor.fetchall() if name.strip() and key is None]
        cursor.execute("SELECT name, etappe_name_key(name) FROM unnest(%s::text[]) AS given(name)", [list(NAMES)])
        wrong += [(name, key, company_key(name)) for name, key in cursor.fetchall() if key != company_key(name)]
    assert [row for row in wrong if "Ł" not in row[0]] == []


def found(viewer: Any, subject: str, **fields: Any) -> list[str]:
    return [likely.name for likely in duplicates.possible(viewer, subject, fields)]


def test_branches_with_numbers_are_told_apart(cast: Cast) -> None:
    made = [make_account(cast.ada, name=f"Filiale Ulm {number}", city="Ulm").id for number in range(12)]
    assert duplicates.look("account", made, at=AT) == 0
    assert found(cast.ada, "account", name="Filiale Ulm 99", city="Ulm") == []
    assert found(cast.ada, "account", name="FILIALE Ulm 7", city="Ulm") == ["Filiale Ulm 7"]


def test_before_one_is_made(cast: Cast) -> None:
    make_account(cast.ada, name="Müller Maschinenbau GmbH", domain="mueller.example", city="Ulm", phone="0731 556677")
    hidden = make_account(cast.ada, name="Geheim AG", domain="geheim.example", is_private=True)
    make_person(cast.ada, name="Eva Ernst", email="eva@mueller.example")
    assert found(cast.cem, "account", name="Ganz anders", website="https://www.mueller.example/x") == [
        "Müller Maschinenbau GmbH"
    ]
    assert found(cast.cem, "account", name="Mueller Maschinenbau") == ["Müller Maschinenbau GmbH"]
    assert found(cast.cem, "account", name="Muller Maschinnenbau", city="ulm") == ["Müller Maschinenbau GmbH"]
    assert found(cast.cem, "account", name="Bäcker") == []
    assert found(cast.cem, "account", name="Geheim AG", domain="geheim.example") == []
    assert found(cast.ada, "account", name="Geheim AG") == ["Geheim AG"]
    assert found(cast.ada, "person", name="Eva Ernst", account=hidden.uid) == []
    assert found(cast.ada, "person", name="E. Ernst", email="EVA@mueller.example ") == []
    assert found(cast.ada, "person", name="Ernst, Eva", email="EVA@mueller.example ") == ["Eva Ernst"]
    for text in ["", "%", "\\", "x" * 5000, "\x00", *naughty()]:
        assert isinstance(found(cast.ada, "account", name=text, domain=text, phone=text, city=text), list)
        assert isinstance(found(cast.ada, "person", name=text, email=text, phone=text, account=text), list)


def test_a_form_asks_once_and_obeys(cast: Cast) -> None:
    make_account(cast.ada, name="Müller GmbH")
    cem = client_of("cem")
    with unchanged():
        asked = cem.post("/accounts/new/", {"name": "Mueller AG"})
    assert asked.status_code == 200
    assert "Müller GmbH" in asked.content.decode()
    assert "Create anyway" in asked.content.decode()
    made = cem.post("/accounts/new/", {"name": "Mueller AG", "anyway": "1"})
    assert made.status_code == 303
    assert Account.objects.count() == 2


def test_the_api_makes_it_and_says_so(cast: Cast) -> None:
    there = make_account(cast.ada, name="Müller GmbH")
    _token, secret = create_token("x", ("read", "write"), actor=cast.cem, at=AT)
    answer = Client().post(
        "/api/v1/accounts",
        json.dumps({"name": "Mueller AG"}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert answer.status_code == 201
    assert answer.json()["possible_duplicates"] == [
        {"uid": str(there.uid), "name": "Müller GmbH", "score": 60, "reasons": ["same_name"]}
    ]


def pairs(subject: str = "account") -> set[tuple[int, int]]:
    return set(Pair.objects.filter(subject=subject).values_list("low", "high"))


def test_an_imports_records_are_looked_at(cast: Cast) -> None:
    old = make_account(cast.ada, name="Müller GmbH").id
    new = create_accounts(
        [{"name": f"Firma {number}"} for number in range(9)] + [{"name": "Mueller"}], actor=cast.dot, at=AT
    )
    assert duplicates.look("account", new, at=AT, names_alike=False) == 1
    assert pairs() == {(old, new[-1])}
    assert duplicates.look("account", new, at=AT) == 1
    found = duplicates.likely_since(cast.cem, AT, first=1, last=None)
    assert (found.found, found.by_subject, found.is_looking) == (1, {"account": 1, "person": 0}, True)
    assert duplicates.likely_since(cast.cem, AT + timedelta(seconds=1), first=None, last=None).found == 0


def sweep_all() -> None:
    """Sweep until all that is committed was read: open transactions anywhere on the server hold the mark back."""
    newest = Entry.objects.order_by("-xid").values_list("xid", flat=True)[0]

    def is_read() -> bool:
        duplicates.sweep(at=AT)
        return bool(Sweep.objects.get(id=1).xid > newest)

    until(is_read, "the sweep to read what was committed")


def test_the_background_follows_changes(fresh_database: str) -> None:
    from tests.cast import assemble

    cast = assemble()
    one, other = make_account(cast.ada, name="Müller GmbH"), make_account(cast.cem, name="Bäcker")
    make_person(cast.ada, name="Eva", email="e@x.example"), make_person(cast.ada, name="Eva", email="e@x.example")
    sweep_all()
    assert (pairs(), len(pairs("person"))) == (set(), 1)
    people.edit_account(other.uid, {"name": "Mueller KG"}, seen=1, actor=cast.cem, at=AT)
    sweep_all()
    assert pairs() == {(one.id, other.id)}
    people.edit_account(one.uid, {"name": "Fischer"}, seen=1, actor=cast.ada, at=AT)
    sweep_all()
    assert pairs() == set()
    assert duplicates.sweep(at=AT) == 0


def test_a_shared_key_never_brings_all_pairs(cast: Cast) -> None:
    create_accounts([{"name": "Filiale", "phone": "0711 123456"} for _ in range(120)], actor=cast.dot, at=AT)
    keys = list(Account.objects.values_list("id", flat=True))
    with CaptureQueriesContext(connection) as asked:
        assert duplicates.look("account", keys, at=AT) <= 120 * 60
    assert len(asked) < 12


def test_the_queue_is_for_those_who_see_both(cast: Cast) -> None:
    names = ("Müller GmbH", "Mueller AG", "Muller Ltd")
    ids = [make_account(cast.ada, name=name).id for name in names]
    ids.append(make_account(cast.ada, name="Müller KG", is_private=True).id)
    duplicates.look("account", ids, at=AT)
    (group,) = duplicates.queue(cast.cem, "account").rows
    assert sorted(row.name for row in group.rows) == sorted(names)
    assert (len(group.matches), group.score, group.matches[0].reasons) == (3, 60, (Reason.NAME,))
    assert len(duplicates.queue(cast.ada, "account").rows[0].rows) == 4
    with pytest.raises(Missing):
        duplicates.queue(cast.ada, "deal")


def test_told_apart_is_for_good(cast: Cast) -> None:
    one, other = make_account(cast.ada, name="Müller GmbH"), make_account(cast.ada, name="Mueller AG")
    duplicates.look("account", [one.id], at=AT)
    with refused("forbidden", Forbidden):
        actions.tell_apart("account", one.uid, other.uid, actor=cast.oda, at=AT)
    with refused("same_record"):
        actions.tell_apart("account", one.uid, one.uid, actor=cast.ada, at=AT)
    for _twice in range(2):
        actions.tell_apart("account", other.uid, one.uid, actor=cast.cem, at=AT)
    assert duplicates.look("account", [one.id, other.id], at=AT) == 0
    assert pairs() == set()
    told = [entry.kind for entry in entries_of(Account.objects.get(id=one.id))]
    assert told == ["account.created", "account.told_apart"]


def test_the_page_shows_reasons_and_keeps_what_is_said(cast: Cast) -> None:
    one, other = make_account(cast.ada, name="Müller <b>GmbH"), make_account(cast.ada, name="Mueller bgmbh")
    people.edit_account(other.uid, {"name": "Müller <b> GmbH"}, seen=1, actor=cast.ada, at=AT)
    duplicates.look("account", [one.id], at=AT)
    cem = client_of("cem")
    page = cem.get("/duplicates/").content.decode()
    assert "same name" in page
    assert "<b>GmbH" not in page
    said = cem.post("/duplicates/apart/", {"of": "account", "one": one.uid, "other": other.uid}, follow=True)
    assert "No likely duplicates." in said.content.decode()
    assert client_of("oda").get("/duplicates/").status_code == 403
    assert cem.get("/duplicates/?of=person").status_code == 200
    assert cem.post("/duplicates/apart/", {"one": "x", "other": "y"}).status_code == 404
