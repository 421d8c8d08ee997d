"""People: their addresses, who shares them, and which domains they lend their company."""

from __future__ import annotations

import uuid

import pytest
from tests.cast import AT, Cast
from tests.make import make_account, make_person
from tests.replay import assert_replays, entries_of
from tests.unchanged import refused, unchanged

from etappe.core.actor import SYSTEM
from etappe.core.errors import Forbidden, Missing, Stale
from etappe.journal.queries import timeline
from etappe.people import actions, queries
from etappe.people.models import Person


def test_a_person_with_all_fields(cast: Cast):
    account = make_account(cast.ada)
    fields = {
        "given_name": "Eva",
        "family_name": "Ernst-Öztürk",
        "email": " Eva.Ernst@XN--MLLER-KVA.de ",
        "phone": "0711 1234",
        "mobile": "+49 170 1",
        "job_title": "Einkauf",
        "department": "Beschaffung",
        "profile": "linkedin.com/in/eva",
        "channel": "Telefon",
        "language": "de",
        "account": str(account.uid),
        "data": {"Anrede": "Frau"},
    }
    person = actions.create_person(fields, actor=cast.ada, at=AT)
    assert person == queries.get_person(cast.cem, person.uid)
    assert person.name == "Eva Ernst-Öztürk"
    assert person.email == "eva.ernst@müller.de"
    assert person.profile == "https://linkedin.com/in/eva"
    assert person.account == queries.AccountRef(account.uid, account.name)
    assert_replays(Person.objects.get(id=person.id))
    assert timeline(account=account.id)[0].kind == "person.created"


def test_a_name_is_found_where_none_is_given(cast: Cast):
    assert make_person(cast.ada, name="", email="eva@kunde.example").name == "eva@kunde.example"
    assert make_person(cast.ada, name="", family_name="Ernst").name == "Ernst"
    with refused("field_required"):
        make_person(cast.ada, name="", phone="1")


NO_ADDRESSES = (
    "eva",
    "@kunde.example",
    "eva@",
    "eva@kunde",
    "eva@@kunde.example",
    "eva ernst@kunde.example",
    "eva@kunde.example, ben@kunde.example",
    "Eva <eva@kunde.example>",
    '"eva"@kunde.example',
    "eva@kunde..example",
    ".eva@kunde.example",
    "eva@[127.0.0.1]",
    "eva@127.0.0.1",
    "x" * 65 + "@kunde.example",
    "eva@" + "x" * 64 + ".example",
    "eva@" + "x." * 125 + "example",
    "eva\u00a0@kunde.example",
)


def test_what_is_no_address(cast: Cast):
    for address in NO_ADDRESSES:
        with refused("not_an_email"):
            make_person(cast.ada, email=address)


def test_control_characters_in_addresses(cast: Cast):
    for address in ("e\x00va@kunde.example", "eva\x7f@kunde.example", "eva@kunde.example\x1b", "\ud800@x.example"):
        with refused("control_characters"):
            make_person(cast.ada, email=address)


def test_an_edit_moves_a_person_to_another_account(cast: Cast):
    old, new = make_account(cast.ada), make_account(cast.ada)
    person = make_person(cast.ada, account=old.uid)
    moved = actions.edit_person(person.uid, {"account": str(new.uid)}, seen=1, actor=cast.cem, at=AT)
    assert moved.account_id == new.id
    row = Person.objects.get(id=person.id)
    assert entries_of(row)[-1].data == {"changed": {"account_id": [old.id, new.id]}}
    assert_replays(row)
    gone = actions.edit_person(person.uid, {"account": None}, seen=2, actor=cast.cem, at=AT)
    assert gone.account is None
    with refused("stale", Stale) as no:
        actions.edit_person(person.uid, {"job_title": "CEO"}, seen=2, actor=cast.ada, at=AT)
    assert (no.value.params["by"], no.value.params["changed"]) == ("Cem Çelik", {"job_title": ["CEO", ""]})
    with refused("field_required"):
        actions.edit_person(person.uid, {"name": ""}, seen=3, actor=cast.ada, at=AT)
    with refused("forbidden", Forbidden):
        actions.edit_person(person.uid, {"name": "X"}, seen=3, actor=cast.oda, at=AT)
    with pytest.raises(Missing), unchanged():
        actions.edit_person(uuid.uuid4(), {"name": "X"}, seen=1, actor=cast.ada, at=AT)


# --- The buyer's side ---


def test_people_are_found_by_address_whatever_its_writing(cast: Cast, django_assert_num_queries):
    first = make_person(cast.ada, email="info@kunde.example")
    second = make_person(cast.ada, email="INFO@kunde.example")
    umlaut = make_person(cast.ada, email="eva@müller.de")
    with django_assert_num_queries(1):
        found = queries.find_people_by_email(
            ["Info@Kunde.Example", "eva@xn--mller-kva.de", "nobody@x.example", "junk", "\x00"]
        )
    assert {address: [ref.id for ref in people] for address, people in found.items()} == {
        "info@kunde.example": [first.id, second.id],
        "eva@müller.de": [umlaut.id],
    }
    assert queries.find_people_by_email([]) == {}
    make_person(cast.ada, name="Ohne Adresse")
    assert queries.find_people_by_email(["", "@"]) == {}


def test_domains_of_an_account(cast: Cast):
    account = make_account(cast.ada, website="https://www.kunde.example")
    for address in ("eva@konzern.example", "ben@gmx.de", "cem@Googlemail.com", "", "dan@kunde.example"):
        make_person(cast.ada, email=address, account=account.uid)
    make_person(cast.ada, email="x@fremd.example")
    assert queries.account_domains(account.id) == {"kunde.example", "konzern.example"}
    assert queries.account_domains(0) == set()


def test_who_of_the_buyers_side_has_an_address(cast: Cast):
    account = make_account(cast.ada)
    eva = make_person(cast.ada, email="eva@kunde.example", account=account.uid)
    make_person(cast.ada, email="other@kunde.example", account=account.uid)
    adviser = make_person(cast.ada, email="rat@berater.example")
    make_person(cast.ada, email="eva@fremd.example")
    found = queries.buyer_people(["Eva+angebot@Kunde.example"], account=account.id, people=[adviser.id])
    assert found == {"eva@kunde.example": str(eva.uid), "rat@berater.example": str(adviser.uid)}
    assert queries.buyer_people(["eva@kunde.example"], account=None, people=[]) == {}


def test_of_two_with_one_address_the_older_is_meant(cast: Cast):
    account = make_account(cast.ada)
    older = make_person(cast.ada, email="info@kunde.example", account=account.uid)
    make_person(cast.ada, email="info@kunde.example", account=account.uid)
    found = queries.buyer_people(["info@kunde.example"], account=account.id, people=[])
    assert found == {"info@kunde.example": str(older.uid)}


def test_people_of_an_account_by_name(cast: Cast):
    account = make_account(cast.ada)
    for name in ("Zoe", "Änne", "Bert"):
        make_person(cast.ada, name=name, account=account.uid)
    assert [person.name for person in queries.people_of_account(account.id)] == ["Änne", "Bert", "Zoe"]


def test_a_mails_sender_is_added_to_the_account(cast: Cast):
    account = make_account(cast.ada)
    person = actions.create_person(
        {"name": "Eva", "email": "e@k.example"}, account_id=account.id, actor=cast.ada, at=AT
    )
    assert person.account_id == account.id
    assert queries.known_person(person.uid) == person.id
    with pytest.raises(Missing):
        queries.known_person(uuid.uuid4())
    assert queries.person_names([person.id, None])[person.id].account_id == account.id
    assert queries.account_names([account.id, None, 0])[account.id].name == account.name
    assert queries.person_names([]) == {}
    assert queries.get_person(SYSTEM, person.uid).owner is not None
