"""Deals by account, owner and stage, accounts by their deals: page after page, each row once and in its place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from etappe.core.page import Mark, write_mark
from etappe.deals import actions as deals
from etappe.deals.list_fields import account_registry, deal_sorts
from etappe.deals.models import Deal
from etappe.deals.scope import visible
from etappe.journal.paging import stretch
from etappe.people.queries import visible_accounts
from etappe.playbook.queries import newest_specs
from tests.cast import AT, Cast
from tests.make import make_account, make_deal, make_process
from tests.unchanged import refused

NAMES = ("Öhler Pumpen", "adler", "Zander", "Adler", "Ohm", "Ohne Vorhaben")


@pytest.fixture
def sold(cast: Cast) -> Cast:
    """Accounts with three, two, two, one, one and no deals, the last deal of another team, and a deal of none."""
    make_process()
    accounts = [make_account(name=name) for name in NAMES]
    for account, number in zip(accounts, (3, 2, 2, 1, 0, 0), strict=True):
        for _ in range(number):
            make_deal(cast.ada, account=account.uid)
    make_deal(cast.ben, account=accounts[4].uid)
    return cast


def walked(rows: Any, sorts: Any, sort: str) -> list[Any]:
    """All rows, two at a time."""
    found, after = stretch(rows, sorts, sort, None, 2)
    while after:
        more, after = stretch(rows, sorts, sort, after, 2)
        found += more
    return found


@pytest.mark.parametrize("direction", ["", "-"])
def test_deals_come_by_the_name_of_their_account(sold: Cast, direction: str) -> None:
    rows = visible(sold.dot.scope)
    found = walked(rows, deal_sorts(), f"{direction}account")
    assert sorted(deal.id for deal in found) == sorted(rows.values_list("id", flat=True))
    names = [deal.account.name for deal in found if deal.account]
    groups = [{"adler", "Adler"}, {"Öhler Pumpen"}, {"Ohm"}, {"Zander"}]
    known = [next(place for place, group in enumerate(groups) if name in group) for name in names]
    assert known == sorted(known, reverse=bool(direction))
    assert all(deal.account is None for deal in found[len(names) :])


@pytest.mark.parametrize("direction", ["", "-"])
@pytest.mark.parametrize("who", ["dot", "ada", "ben"])
def test_accounts_come_by_the_deals_that_one_sees(sold: Cast, who: str, direction: str) -> None:
    viewer = getattr(sold, who)
    rows = visible_accounts(viewer)
    found = walked(rows, account_registry(viewer).sorts(), f"{direction}deals")
    assert sorted(row.id for row in found) == sorted(rows.values_list("id", flat=True))
    seen = [visible(viewer.scope).filter(account=row.id).count() for row in found]
    assert seen == sorted(seen, reverse=bool(direction))


@pytest.mark.parametrize("at_once", [1, 3, 500])
def test_only_open_deals_count_where_open_ones_are_asked_for(
    sold: Cast, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etappe.deals.list_order.LOOKED_AT", at_once)
    rows = visible_accounts(sold.dot).filter(name__in=("Zander", "Adler"))
    sorts = account_registry(sold.dot).sorts()
    assert [row.name for row in walked(rows, sorts, "-open_deals")] == ["Zander", "Adler"]
    Deal.objects.filter(account__name="Zander").update(archived_at="2026-01-01T00:00Z")
    assert [row.name for row in walked(rows, sorts, "-open_deals")] == ["Adler", "Zander"]


@pytest.fixture
def spread(sold: Cast) -> Cast:
    """Deals of four colleagues and of nobody, in several stages of two processes, some left, two at one moment."""
    make_process("transactional")
    for process, spec in newest_specs().items():
        for at, actor in enumerate((sold.ada, sold.ben, sold.cem, sold.dot) * 2):
            stage, since = spec.stages[at % 2].key, AT + timedelta(hours=at // 2)
            made = deals.create(
                {"name": f"{process} {at}"}, process=process, stage=stage, late_entry=at % 2 > 0, actor=actor, at=since
            )
            if at > 5:
                deals.leave(made.uid, spec.leave[0].key, actor=actor, at=since)
    Deal.objects.filter(name__endswith="2").update(owner=None)
    return sold


@pytest.mark.parametrize("direction", ["", "-"])
@pytest.mark.parametrize("at_once", [1, 9])
def test_deals_come_by_the_name_of_their_owner(
    spread: Cast, direction: str, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etappe.journal.walking.AT_ONCE", at_once)
    rows = visible(spread.dot.scope)
    found = walked(rows, deal_sorts(), f"{direction}owner")
    assert sorted(deal.id for deal in found) == sorted(rows.values_list("id", flat=True))
    names = [deal.owner.name for deal in found if deal.owner]
    assert names == sorted(names, reverse=bool(direction)) and len(set(names)) == 4
    assert 0 < len(names) < len(found) and all(deal.owner is None for deal in found[len(names) :])


@pytest.mark.parametrize("direction", ["", "-"])
@pytest.mark.parametrize("where", [{}, {"status": "open"}])
def test_deals_come_by_stage_as_their_process_has_it(spread: Cast, direction: str, where: dict[str, str]) -> None:
    rows = visible(spread.dot.scope).filter(**where)
    found = walked(rows, deal_sorts(), f"{direction}stage")
    assert sorted(deal.id for deal in found) == sorted(rows.values_list("id", flat=True))
    stages = [stage.key for spec in newest_specs().values() for stage in spec.stages]
    places = [(stages.index(deal.stage), -deal.stage_since.timestamp(), -deal.id) for deal in found]
    assert places == sorted(places, reverse=bool(direction)) and len({place for place, _, _ in places}) > 3


@pytest.mark.parametrize("sort", ["owner", "stage"])
@pytest.mark.parametrize("value", ["", "many", "99999", "=", "nowhere=2026-01-01", "need_confirmed=x", 3, None])
def test_a_mark_that_is_no_place_of_a_value_is_refused(spread: Cast, sort: str, value: Any) -> None:
    if (sort, value) == ("owner", ""):
        return  # behind those of nobody
    with refused("bad_mark"):
        stretch(visible(spread.dot.scope), deal_sorts(), sort, write_mark(Mark(sort, value, 1)))


@pytest.mark.parametrize("value", ["", "many", 3, None])
def test_a_mark_that_is_none_is_refused(sold: Cast, value: Any) -> None:
    with refused("bad_mark"):
        behind(sold, value)


def test_a_number_that_no_account_has_is_a_place_all_the_same(sold: Cast) -> None:
    assert {row.name for row in behind(sold, "9" * 40)} == set(NAMES)
    assert {row.name for row in behind(sold, "-1")} == {"Ohne Vorhaben"}


def behind(cast: Cast, value: Any) -> list[Any]:
    """The accounts behind a place."""
    mark = write_mark(Mark("-deals", value, 1))
    return stretch(visible_accounts(cast.dot), account_registry(cast.dot).sorts(), "-deals", mark)[0]
