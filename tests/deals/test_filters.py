"""Filters of lists: every condition is true or false, only what one may see is found, and "not" means all others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from etappe.core.actor import SYSTEM, Actor
from etappe.core.errors import Refusal
from etappe.deals import actions, queries
from etappe.deals.list_fields import account_registry, deal_registry
from etappe.deals.models import Deal
from etappe.journal.filtering import OPS, Kind
from etappe.journal.refusals import text
from etappe.people import queries as people
from etappe.people.models import Account, Field, FieldValue
from tests.cast import AT, Cast
from tests.deals.conftest import Scene
from tests.make import make_account, make_person
from tests.unchanged import refused

TODAY = date(2026, 3, 2)


@dataclass
class Lists:
    scene: Scene
    cast: Cast

    def deals(self, where: str, viewer: Actor | None = None, today: date = TODAY) -> set[str]:
        return {row.name for row in queries.deals(viewer or self.cast.ada, where=where, today=today).rows}

    def accounts(self, where: str, viewer: Actor | None = None) -> set[str]:
        found = people.accounts(viewer or self.cast.ada, where=where, fields=account_registry, today=TODAY)
        return {row.name for row in found.rows}


@pytest.fixture
def lists(scene: Scene) -> Lists:
    ada = scene.cast.ada
    wien = make_account(ada, name="Wiener Würze", country="AT", industry="Food", employees=50)
    _deal(ada, name="Groß", amount=Decimal(20000), account=wien.uid, expected_close=date(2026, 3, 31), source="Messe")
    _deal(ada, name="Klein", amount=Decimal(500), currency="CHF", next_step="Anrufen", next_step_on=date(2026, 2, 1))
    _deal(scene.cast.cem, name="Fremd", amount=Decimal(900))
    return Lists(scene, scene.cast)


def _deal(actor: Actor, **fields: Any) -> None:
    actions.create(fields, process="inbound", actor=actor, at=AT)


ALL = {"Neue Anlage", "Groß", "Klein"}


LEFT: list[tuple[str, set[str]]] = [
    ("", ALL),
    ("owner = me", ALL),
    ("owner = cem@etappe.example", set()),
    ("owner = my_team and team = my_team", ALL),
    ('owner = "Ada Ahrens" or owner ~ brandt', ALL),
    ("owner is empty", set()),
    ("amount > 1000", {"Groß"}),
    ("not amount > 1000", {"Neue Anlage", "Klein"}),
    ("amount != 500", {"Neue Anlage", "Groß"}),
    ('amount >= "500 CHF"', {"Klein"}),
    ("amount in (500, 20000)", {"Groß", "Klein"}),
    ("amount is empty", {"Neue Anlage"}),
    ("not (amount is not empty and not currency = CHF)", {"Neue Anlage", "Klein"}),
    ("not (not amount > 1000)", {"Groß"}),
    ("name ~ GROSS and name = gross", {"Groß"}),
    ("name = groß", {"Groß"}),
    ("name !~ groß", {"Neue Anlage", "Klein"}),
    ("name ~ %", set()),
    ("expected_close = this_month", {"Groß"}),
    ("expected_close > today and expected_close <= today+1m", {"Groß"}),
    ("expected_close != 2026-03-31", {"Neue Anlage", "Klein"}),
    ("next_step_on < today", {"Klein"}),
    ("created = today", ALL),
    ("created >= tomorrow", set()),
    ("stage_since <= today and closed is empty", ALL),
    ("stage = need_confirmed", ALL),
    ('stage in ("Bedarf bestätigt", in_use)', ALL),
    ("stage != need_confirmed", set()),
    ("process = inbound and status = open and proof = proven", ALL),
    ("account.country = DE", set()),
    ("account.country = Österreich and account.employees > 49", {"Groß"}),
    ("not account.country = AT", {"Neue Anlage", "Klein"}),
    ("account.industry is empty", {"Neue Anlage", "Klein"}),
    ("account.industry is not empty", {"Groß"}),
    ("account is empty", {"Klein"}),
    ('account = "wiener wurze"', {"Groß"}),
    ("account ~ kunde", {"Neue Anlage"}),
    ("person.email = eva@kunde.example", {"Neue Anlage"}),
    ("buying_centre > 0 and buying_centre in (1, 2)", {"Neue Anlage"}),
    ("buying_centre is empty", {"Groß", "Klein"}),
    ("source is empty and product is empty", {"Neue Anlage", "Klein"}),
    ("deal_team = me", set()),
    ("resting = no and exception = no", ALL),
    ("tags = key", set()),
    ("tags is empty", ALL),
    ("last_move = today", ALL),
    ("evidence = 0 and last_evidence is empty", ALL),
]


def test_what_a_filter_leaves(lists: Lists) -> None:
    assert {where: lists.deals(where) for where, _found in LEFT} == dict(LEFT)


def test_the_last_evidence_counts_and_what_was_taken_back_does_not(lists: Lists) -> None:
    lists.scene.prove("need_confirmed")
    later = TODAY + timedelta(days=20)
    assert lists.deals("last_evidence < today-14d", today=later) == {"Neue Anlage"}
    assert lists.deals("last_evidence = 2026-03-02 and evidence > 0", today=later) == {"Neue Anlage"}
    assert lists.deals("not last_evidence >= today-14d", today=later) == ALL, "those without any, too"
    assert lists.deals("last_evidence not >= today-14d", today=later) == ALL, "the same as one condition"
    assert lists.deals("not last_evidence not >= today-14d", today=later) == lists.deals(
        "last_evidence >= today-14d", today=later
    )
    assert lists.deals("last_evidence <= 2026-03-01", today=later) == set()


def test_tags(lists: Lists) -> None:
    Deal.objects.filter(name="Groß").update(tags=["Key", "a%b"])
    assert lists.deals("tags = Key") == {"Groß"}
    assert lists.deals("tags in (Key, other)") == {"Groß"}
    assert lists.deals("tags ~ ke") == {"Groß"}
    assert lists.deals("tags != Key") == {"Neue Anlage", "Klein"}


def test_own_fields(lists: Lists) -> None:
    budget = Field.objects.create(subject="deal", key="budget", name="Budget", kind="number")
    tier = Field.objects.create(
        subject="account", key="tier", name="Tier", kind="choice", choices=[{"key": "a", "name": "First"}]
    )
    deal, account = Deal.objects.get(name="Groß"), Account.objects.get(name="Wiener Würze")
    FieldValue.objects.create(field=budget, record=deal.id, number=5)
    FieldValue.objects.create(field=tier, record=account.id, text="a")
    assert lists.deals("custom.budget > 4") == {"Groß"}
    assert lists.deals("not custom.budget > 4 and custom.budget is empty") == {"Neue Anlage", "Klein"}
    assert lists.deals("account.custom.tier = first") == {"Groß"}
    assert lists.accounts("custom.tier in (a) and open_deals = 1 and open_amount > 19999") == {"Wiener Würze"}
    with refused("filter_value_unknown"):
        lists.deals("account.custom.tier = third")
    Field.objects.filter(id=budget.id).update(archived_at=AT)
    with refused("filter_field_gone") as no:
        lists.deals("custom.budget > 4")
    assert "custom.budget" in text(no.value).what


def test_nobody_learns_of_what_they_may_not_see(lists: Lists) -> None:
    cem = lists.cast.cem
    hidden = make_account(cem, name="Geheim AG", industry="Rüstung", is_private=True)
    make_person(cem, name="Gustav Geheim", account=hidden.uid)
    Deal.objects.filter(name="Groß").update(account=Account.objects.get(uid=hidden.uid))
    for where in (
        "account.industry = Rüstung",
        "account = geheim*",
        f"account = {hidden.uid}",
        'account = "Geheim AG"',
    ):
        assert lists.deals(where) == set(), where
    assert lists.deals("account.industry = Rüstung", SYSTEM) == {"Groß"}
    assert lists.deals("") == ALL and "Fremd" not in lists.deals("not owner = me")
    assert lists.accounts("open_deals > 0", cem) == set(), "of deals that one does not see nothing is counted"


REFUSED = [
    ("ammount > 1", "filter_unknown_field"),
    ("password = x", "filter_unknown_field"),
    ("owner__password ~ x", "filter_unknown_field"),
    ("amount ~ 1", "filter_op_unfit"),
    ("amount > lots", "filter_value_unfit"),
    ("amount > 1e99", "filter_value_unfit"),
    ("buying_centre > NaN", "filter_value_unfit"),
    ("expected_close < soon", "filter_not_a_day"),
    ("status = lots", "filter_value_unknown"),
    ("stage = nowhere", "filter_value_unknown"),
    ("owner = nobody@nowhere.example", "filter_value_unfit"),
    ("resting = perhaps", "filter_value_unfit"),
    ("custom.gone = 1", "filter_field_gone"),
]


def test_what_makes_no_sense_is_refused(lists: Lists) -> None:
    for where, code in REFUSED:
        with pytest.raises(Refusal, match=code) as no:
            lists.deals(where)
        said = text(no.value)
        assert said.way_out and "{" not in said.what + said.way_out
    assert lists.deals("created > 9999-12-31 or created < 0001-01-01") == set(), "at the ends of the calendar"


def test_every_field_takes_every_way_it_is_compared(lists: Lists) -> None:
    """No field fails in SQL, however it is compared."""
    given: dict[Kind, Any] = {
        Kind.NUMBER: 1, Kind.MONEY: 1, Kind.DAY: "today", Kind.MOMENT: "today", Kind.YES_NO: "yes", Kind.USER: "me",
        Kind.TEAM: "my_team",
    }  # fmt: skip
    chosen = {
        "process": "inbound",
        "stage": "in_use",
        "status": "won",
        "proof": "proven",
        "basis": "start",
        "attention": "silent",
    }
    for known, ask in (
        (deal_registry(lists.cast.ada), lists.deals),
        (account_registry(lists.cast.ada), lists.accounts),
    ):
        everything = ask("")
        for field in known:
            value = chosen.get(field.key, given.get(field.kind, "x"))
            for op in OPS[field.kind]:
                meant = (f"{field.key} {op}", f"{field.key} {op} {value}", f"{field.key} {op} ({value}, {value})")[
                    op.takes
                ]
                assert ask(f"({meant}) or not ({meant})") == everything, f"true or false, never unknown: {meant}"


def test_every_sort_pages(lists: Lists) -> None:
    for sort in queries.SORTS:
        assert len(queries.deals(lists.cast.ada, sort=sort, today=TODAY).rows) == 3, sort
