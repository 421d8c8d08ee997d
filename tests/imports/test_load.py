"""Set-based actions give what the single ones give."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etappe.core.actor import SYSTEM
from etappe.deals import actions as deal_actions
from etappe.deals.load import NewDeal, create_deals
from etappe.deals.models import Deal, DealSpan, StageVisit
from etappe.journal.models import Entry
from etappe.journal.values import as_json, columns_of
from etappe.people import actions, load
from etappe.people.models import Account, Person
from etappe.playbook import actions as playbook

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=40).filter(
    lambda text: text.strip()
)
accounts = st.fixed_dictionaries(
    {"name": words},
    optional={
        "website": st.sampled_from(["https://www.acme.example/x", "http://müller.de"]),
        "industry": words,
        "employees": st.integers(0, 1_000_000),
        "revenue": st.decimals(0, 10**12, places=2),
        "city": words,
        "data": st.dictionaries(st.sampled_from(["a", "ü"]), words.map(str.strip)),
    },
)
people = st.fixed_dictionaries(
    {"family_name": words}, optional={"given_name": words, "email": st.just("a.b@acme.example"), "job_title": words}
)
deals = st.fixed_dictionaries(
    {"name": words},
    optional={"amount": st.decimals(0, 10**12, places=2), "source": words, "product": words, "next_step": words},
)
several = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def entry_of(**subject: int) -> dict[str, Any]:
    entry = Entry.objects.get(**subject)
    names = ("kind", "version", "occurred_at", "actor_kind", "actor_id", "account_id", "person_id", "data")
    return {name: getattr(entry, name) for name in names if f"{name}" not in subject}


def same_entry(one: dict[str, Any], other: dict[str, Any], *apart: str) -> None:
    assert {name: value for name, value in one.items() if name not in apart} == {
        name: value for name, value in other.items() if name not in apart
    }


@several
@given(fields=accounts)
def test_an_account_is_made_alike(db, fields: dict[str, Any]):
    single = Account.objects.get(uid=actions.create_account(fields, actor=SYSTEM, at=AT).uid)
    values = columns_of(single, Account.JOURNALED)
    given_ones = {name: values[name] for name in fields}
    (key,) = load.create_accounts([given_ones], actor=SYSTEM, at=AT)
    assert columns_of(Account.objects.get(id=key), Account.JOURNALED) == values
    same_entry(entry_of(account_id=key), entry_of(account_id=single.id), "account_id")


@several
@given(fields=people)
def test_a_person_is_made_alike(db, fields: dict[str, Any]):
    single = Person.objects.get(uid=actions.create_person(fields, actor=SYSTEM, at=AT).uid)
    values = columns_of(single, Person.JOURNALED)
    (key,) = load.create_people([{name: values[name] for name in fields}], actor=SYSTEM, at=AT)
    assert columns_of(Person.objects.get(id=key), Person.JOURNALED) == values
    same_entry(entry_of(person_id=key), entry_of(person_id=single.id), "person_id")


@several
@given(before=accounts, after=accounts)
def test_an_account_is_changed_alike(db, before: dict[str, Any], after: dict[str, Any]):
    after = {name: value for name, value in after.items() if name != "data"}
    single = actions.create_account(before, actor=SYSTEM, at=AT)
    actions.edit_account(single.uid, after, seen=single.version, actor=SYSTEM, at=AT)
    row = Account.objects.get(uid=single.uid)
    other = Account.objects.get(uid=actions.create_account(before, actor=SYSTEM, at=AT).uid)
    wanted = {name: columns_of(row, Account.JOURNALED)[name] for name in after}
    changed = load.change_accounts({other.id: wanted}, actor=SYSTEM, at=AT)
    other.refresh_from_db()
    assert columns_of(other, Account.JOURNALED) == columns_of(row, Account.JOURNALED)
    assert other.version == row.version
    assert bool(changed) is (row.version > 1)
    tells = [
        list(Entry.objects.filter(account_id=key).order_by("id").values_list("kind", "data"))
        for key in (row.id, other.id)
    ]
    assert tells[0] == tells[1]


@several
@given(fields=deals)
def test_a_deal_is_made_alike(db, fields: dict[str, Any]):
    playbook.take_library("inbound", actor=SYSTEM, at=AT)
    state = deal_actions.create(fields, actor=SYSTEM, at=AT)
    single = Deal.objects.get(uid=state.uid)
    values = columns_of(single, Deal.JOURNALED)
    began = as_json(single.created_at)
    (key,) = create_deals([NewDeal(values, as_json(single.stage_since), began)], actor=SYSTEM, at=AT)
    loaded = Deal.objects.get(id=key)
    assert columns_of(loaded, Deal.JOURNALED) == values
    assert (loaded.stage_since, loaded.created_at, loaded.version) == (single.stage_since, single.created_at, 1)
    assert (loaded.basis, loaded.proof) == ("imported", "unproven")
    same_entry(entry_of(deal_id=key), entry_of(deal_id=single.id), "deal_id")
    visits = [StageVisit.objects.get(deal=deal) for deal in (single, loaded)]
    assert len({(visit.stage, visit.status, visit.entered_at, visit.left_at) for visit in visits}) == 1
    spans = [
        DealSpan.objects.filter(deal=deal).values_list("valid", "stage", "status", "amount", "currency").get()
        for deal in (single, loaded)
    ]
    assert spans[0] == spans[1]


def test_money_is_kept_as_the_journal_keeps_it(db):
    (key,) = load.create_accounts([{"name": "A", "revenue": "1000.5"}], actor=SYSTEM, at=AT)
    assert Account.objects.get(id=key).revenue == Decimal("1000.50")
