"""The recycle bin: what may be deleted by whom, what becomes of it, and how it comes back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from etappe.core.actor import SYSTEM, Actor
from etappe.core.errors import Forbidden, Missing, Stale
from etappe.deals import actions as deal_actions
from etappe.deals import queries as deals
from etappe.deals.models import StageVisit
from etappe.people import queries as people
from etappe.people.models import Account, Person
from etappe.records import bin as recycle
from etappe.team.queries import user_by_id
from tests.cast import AT, Cast
from tests.deals.conftest import Scene, scene
from tests.make import make_account, make_person
from tests.replay import assert_replays
from tests.unchanged import refused, unchanged
from tests.web.signed import client_of

__all__ = ["scene"]

LATER = AT + timedelta(days=90)


def test_a_deleted_account_is_gone_from_everywhere_and_comes_back(cast: Cast) -> None:
    account = make_account(cast.ada, name="Weg GmbH")
    recycle.archive("account", account.uid, seen=1, actor=cast.ada, at=AT)
    assert people.accounts(cast.ada).rows == ()
    assert people.suggest_accounts(cast.ada, "Weg") == []
    with pytest.raises(Missing):
        people.get_account(cast.dot, account.uid)
    (row,) = recycle.binned(cast.ben, "account", AT).rows
    assert (row.name, row.by, row.days_left, row.may_restore) == ("Weg GmbH", "Ada Ahrens", 90, True)
    assert_replays(Account.objects.get())
    recycle.restore("account", account.uid, actor=cast.ben, at=AT + timedelta(days=89))
    assert people.get_account(cast.cem, account.uid).version == 3
    assert_replays(Account.objects.get())


def test_who_may_delete_and_restore(cast: Cast) -> None:
    account, person = make_account(cast.ada), make_person(cast.ada)
    for actor in (cast.cem, cast.mia, cast.sam, cast.oda):
        for subject, uid in (("account", account.uid), ("person", person.uid)):
            with refused("forbidden", Forbidden):
                recycle.archive(subject, uid, actor=actor, at=AT)
    nobodys = make_account(SYSTEM)
    with refused("forbidden", Forbidden):
        recycle.archive("account", nobodys.uid, actor=cast.ben, at=AT)
    recycle.archive("account", nobodys.uid, actor=cast.dot, at=AT)
    recycle.archive("person", person.uid, actor=cast.ben, at=AT)
    with refused("forbidden", Forbidden):
        recycle.restore("person", person.uid, actor=cast.cem, at=AT)
    recycle.restore("person", person.uid, actor=cast.ada, at=AT)
    with pytest.raises(Missing), unchanged():
        recycle.restore("person", person.uid, actor=cast.ada, at=AT)
    assert_replays(Person.objects.get())


def test_what_is_private_stays_so_in_the_bin(cast: Cast) -> None:
    account = make_account(cast.ada, name="Geheim", is_private=True)
    recycle.archive("account", account.uid, actor=cast.ada, at=AT)
    assert recycle.binned(cast.ben, "account", AT).rows == ()
    assert recycle.gone(cast.ben, "account", account.uid, AT) is None
    assert [row.name for row in recycle.binned(cast.dot, "account", AT).rows] == ["Geheim"]
    with pytest.raises(Missing), unchanged():
        recycle.restore("account", account.uid, actor=cast.ben, at=AT)


def test_a_stale_delete_is_refused(cast: Cast) -> None:
    account = make_account(cast.ada)
    with refused("stale", Stale):
        recycle.archive("account", account.uid, seen=7, actor=cast.ada, at=AT)


def test_after_ninety_days_nothing_comes_back(cast: Cast) -> None:
    account = make_account(cast.ada)
    recycle.archive("account", account.uid, actor=cast.ada, at=AT)
    after = LATER + timedelta(seconds=1)
    assert recycle.binned(cast.ada, "account", LATER).rows != ()
    assert recycle.binned(cast.ada, "account", after).rows == ()
    assert recycle.gone(cast.ada, "account", account.uid, after) is None
    with refused("bin_is_over"):
        recycle.restore("account", account.uid, actor=cast.ada, at=after)


def test_an_account_with_open_deals_stays(scene: Scene) -> None:
    ada = scene.cast.ada
    with refused("account_has_open_deals") as no:
        recycle.archive("account", scene.account, actor=ada, at=AT)
    assert no.value.params == {"name": "Kunde GmbH", "count": 1}
    deal_actions.leave(scene.uid, scene.process.leave[0].key, actor=ada, at=scene.later())
    recycle.archive("account", scene.account, actor=ada, at=scene.later())
    assert scene.view().row.account is not None  # a closed deal goes on naming its account


def test_a_deal_comes_back_into_its_stage_and_never_past_the_gate(scene: Scene) -> None:
    scene.bring_to("requirements_agreed")
    visits = list(StageVisit.objects.values_list("id", "stage", "left_at"))
    recycle.archive("deal", scene.uid, actor=scene.cast.ada, at=scene.later())
    with pytest.raises(Missing), unchanged():
        scene.move("product_evaluated")
    assert deals.deals(scene.cast.ada, today=AT.date()).rows == ()
    assert recycle.binned(scene.cast.cem, "deal", AT).rows == ()
    recycle.restore("deal", scene.uid, actor=scene.cast.ben, at=scene.later())
    assert list(StageVisit.objects.values_list("id", "stage", "left_at")) == visits
    assert scene.row.stage == "requirements_agreed"
    assert_replays(scene.row)
    with refused("criteria_missing"):
        scene.move("product_evaluated")


def browser(actor: Actor) -> Client:
    assert actor.id is not None
    return client_of(user_by_id(actor.id).email.partition("@")[0])


def test_the_way_through_the_pages(scene: Scene) -> None:
    ada, cem = browser(scene.cast.ada), browser(scene.cast.cem)
    account = make_account(scene.cast.ada, name="Doppelt AG")
    address = f"/accounts/{account.uid}/"
    assert b"/delete/" in ada.get(address).content
    assert b"/delete/" not in cem.get(address).content
    assert "Delete “Doppelt AG”?" in ada.get(f"{address}delete/").content.decode()
    gone = ada.post(f"{address}delete/", {"seen": "1"}, follow=True)
    assert f"{address}restore/" in gone.content.decode()
    page = ada.get(address)
    assert page.status_code == 410
    assert "lies in the recycle bin" in page.content.decode()
    assert "Bring back" not in cem.get(address).content.decode()
    assert "Doppelt AG" in ada.get("/bin/").content.decode()
    assert ada.get("/bin/?of=nonsense").status_code == 404
    back = ada.post(f"{address}restore/")
    assert (back.status_code, back["Location"]) == (303, address)
    assert ada.post(f"/accounts/{scene.account}/delete/").status_code == 422
    assert ada.get(f"/deals/{scene.uid}/delete/").status_code == 200
