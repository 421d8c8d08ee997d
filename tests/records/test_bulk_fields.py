"""Own fields, tags and the recycle bin in bulk edits, as people reach them: page, API, terminal."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from etappe.cli import main
from etappe.core.errors import Forbidden, Missing
from etappe.deals import actions as deals
from etappe.deals.models import Deal
from etappe.journal.clock import now
from etappe.people.actions_fields import define_field
from etappe.people.load_values import index_values
from etappe.people.models import Account, FieldValue, Person
from etappe.records import bin as recycle
from etappe.records import bulk, jobs
from etappe.records.bulk_queries import get_bulk
from etappe.records.bulk_rooms import Chosen
from etappe.team.actions import create_token
from tests.cast import AT, email
from tests.deals.conftest import Scene, set_scene
from tests.make import make_account, make_deal, make_person
from tests.replay import assert_replays
from tests.scenery import kept
from tests.unchanged import refused
from tests.web.signed import client_of

LATER = AT + timedelta(days=3)


def set_fields() -> Scene:
    scene = set_scene()
    for subject in ("deal", "account", "person"):
        for given in (
            {"key": "size", "name": "Größe", "kind": "number"},
            {"key": "budget", "name": "Budget", "kind": "money"},
            {"key": "region", "name": "Region", "kind": "choice", "choices": ["Nord", "Süd"]},
            {"key": "helper", "name": "Helfer", "kind": "person"},
        ):
            define_field(subject, given, actor=scene.cast.dot, at=AT)
    return scene


scene = kept(set_fields)


def ran(scene: Scene, subject: str, wanted: dict[str, Any], **chosen: Any) -> Any:
    ada = scene.cast.ada
    uid = bulk.choose(subject, Chosen(**{"everything": True, **chosen}), actor=ada, at=LATER)
    bulk.want(uid, wanted, actor=ada, at=LATER)
    bulk.start(uid, then=lambda _uid: None, actor=ada, at=LATER)
    bulk.carry_on(str(uid), clock=lambda: LATER)
    return uid


def undone(scene: Scene, uid: Any) -> Any:
    bulk.undo(uid, then=lambda _uid: None, actor=scene.cast.ada, at=LATER)
    bulk.carry_on(str(uid), clock=lambda: LATER)
    return get_bulk(scene.cast.ada, uid)


def indexed(subject: str) -> list[Any]:
    rows = FieldValue.objects.filter(field__subject=subject).order_by("field__key", "record")
    return list(rows.values_list("field__key", "record", "text", "number"))


@pytest.mark.parametrize("subject", ["deal", "account", "person"])
def test_own_fields_are_set_emptied_found_and_undone(scene: Scene, subject: str) -> None:
    model: Any = {"deal": Deal, "account": Account, "person": Person}[subject]
    make_account(scene.cast.ada, custom={"size": "3", "region": "nord"})
    make_person(custom={"size": "3", "region": "nord"})
    deals.edit(scene.uid, {"custom": {"size": "3", "region": "nord"}}, actor=scene.cast.ada, at=AT)
    make_deal(scene.cast.ada)
    before, found = dict(model.objects.values_list("id", "custom")), indexed(subject)
    uid = ran(scene, subject, {"custom": {"size": None, "budget": {"amount": "9.50", "currency": "CHF"}}})
    for row in model.objects.all():
        assert row.custom == {
            **{key: value for key, value in before[row.id].items() if key == "region"},
            "budget": {"amount": "9.5", "currency": "CHF"},
        }
        assert_replays(row)
    written = indexed(subject)
    index_values(subject, list(before))
    assert indexed(subject) == written, "the index says what the records hold"
    run = undone(scene, uid)
    assert (run.state, run.undo_counts) == ("undone", {"changed": len(before)})
    assert dict(model.objects.values_list("id", "custom")) == before
    assert indexed(subject) == found
    for row in model.objects.all():
        assert_replays(row)


def test_values_that_fit_no_record_are_refused_as_a_whole(scene: Scene) -> None:
    ada = scene.cast.ada
    hidden = make_person(scene.cast.cem, name="Heimlich", is_private=True)
    uid = bulk.choose("deal", Chosen(everything=True), actor=ada, at=LATER)
    for custom, code in (
        ({"nothing": "1"}, "unknown_field"),
        ({"size": "viel"}, "number_unfit"),
        ({"size": ["1"]}, "number_unfit"),
        ({"region": "West"}, "unknown_choice"),
        ({"budget": "12"}, "money_unfit"),
        ({"helper": str(hidden.uid)}, "unknown_reference"),
        ({"helper": "x'; DROP TABLE"}, "unknown_reference"),
        ({"Size; --": 1}, "field_key_unfit"),
        (["size"], "not_columns"),
        ({"size": 10**40}, "number_unfit"),
    ):
        with refused(code):
            bulk.want(uid, {"custom": custom}, actor=ada, at=LATER)


def test_the_bin_takes_many_and_gives_them_back(scene: Scene) -> None:
    cast = scene.cast
    others = [make_deal(cast.ada).uid for _ in range(3)]
    cems = make_deal(cast.cem, name="Cems").uid
    uid = ran(scene, "deal", {"act": "archive"}, everything=False, uids=[*others, cems])
    run = get_bulk(cast.ada, uid)
    assert run.counts == {"changed": 3}, "what one does not see was not chosen"
    assert [row.by for row in recycle.binned(cast.ada, "deal", LATER).rows] == ["Ada Ahrens"] * 3
    recycle.restore("deal", others[0], actor=cast.ada, at=LATER)
    run = undone(scene, uid)
    assert run.undo_counts == {"changed": 2, "gone": 1}, "what came back meanwhile is left alone"
    assert recycle.binned(cast.ada, "deal", LATER).rows == ()
    again = ran(scene, "deal", {"act": "archive"}, everything=False, uids=others)
    back = ran(scene, "deal", {"act": "restore"}, binned=True)
    assert get_bulk(cast.ada, back).counts == {"changed": 3}
    assert undone(scene, back).undo_counts == {"changed": 3}, "and into the bin again"
    assert {row.uid for row in recycle.binned(cast.ada, "deal", LATER).rows} == set(others)
    assert undone(scene, again).undo_counts == {"refused": 3}, "they were changed since"
    for deal in Deal.objects.all():
        assert_replays(deal)
    mine = bulk.choose("account", Chosen(everything=True), actor=cast.mia, at=LATER)
    with refused("forbidden", Forbidden):
        bulk.want(mine, {"act": "archive"}, actor=cast.mia, at=LATER)
    with refused("nothing_chosen"):
        bulk.choose("deal", Chosen(uids=[cems], binned=True), actor=cast.ada, at=LATER)


def test_the_page_reads_numbers_as_they_are_written_and_says_what_would_change(scene: Scene) -> None:
    make_person(name="Zoe <i>Zorn</i>")
    browser = client_of("ada")
    german = {"Accept-Language": "de"}
    address = browser.post("/bulk/start/", {"subject": "deal", "uid": [str(scene.uid)]})["Location"]
    page = browser.get(address, headers=german).content.decode()
    assert all(word in page for word in ("Größe", "Budget", "Region", "Helfer", "Nord"))
    form = {"act": "edit", "custom_size": "1.234,5", "custom_region": "nord", "empty": ["custom_budget"]}
    unread = browser.post(f"{address}preview/", form | {"custom_size": "viel"}, headers=german)
    assert (unread.status_code, "1.234,56" in unread.content.decode()) == (422, True), "it says how numbers are written"
    sent = form | {"custom_helper": "zoe"}
    assert browser.post(f"{address}preview/", sent, headers=german).status_code == 303
    page = browser.get(address, headers=german).content.decode()
    assert "1.234,5" in page and "Zoe &lt;i&gt;Zorn" in page and "<i>Zorn" not in page
    assert "Größe: 1.234,5" in page
    assert get_bulk(scene.cast.ada, address.split("/")[2]).changes.custom["size"] == "1234.5"  # type: ignore[union-attr]


def test_records_are_deleted_from_the_list_and_ticked_in_the_bin(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(jobs.carry_out_bulk, "defer", lambda run: asked.append(run))
    browser = client_of("ada")
    address = browser.post("/bulk/start/", {"subject": "deal", "uid": [str(scene.uid)]})["Location"]
    assert "See which would be deleted" in browser.get(address).content.decode()
    assert browser.post(f"{address}preview/", {"act": "archive"}).status_code == 303
    assert "Into the recycle bin" in browser.get(address).content.decode()
    browser.post(f"{address}go/")
    bulk.carry_on(asked[-1], clock=now)
    with pytest.raises(Missing):
        scene.view()
    assert browser.get(address).status_code == 200
    assert f'value="{scene.uid}"' in browser.get("/bin/?of=deal").content.decode()
    back = browser.post("/bulk/start/", {"subject": "deal", "bin": "1", "uid": [str(scene.uid)]})["Location"]
    page = browser.get(back).content.decode()
    assert "Out of the recycle bin" in page and "See which would be deleted" not in page
    browser.post(f"{back}go/")
    bulk.carry_on(asked[-1], clock=now)
    assert scene.view().row.stage == "need_confirmed"
    marketing = client_of("mia").post("/bulk/start/", {"subject": "account", "all": "1"})["Location"]
    assert "See which would be deleted" not in client_of("mia").get(marketing).content.decode()
    assert client_of("mia").post(f"{marketing}preview/", {"act": "archive"}).status_code == 403


def test_api_and_terminal_set_own_fields_and_delete(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    _token, secret = create_token("Test", ("read", "write"), actor=scene.cast.ada, at=AT)
    account = str(make_account(scene.cast.ada).uid)

    def sent(body: dict[str, Any]) -> Any:
        headers = {"Authorization": f"Bearer {secret}"}
        answer = Client().post("/api/v1/bulk", json.dumps(body), "application/json", headers=headers)
        return answer.status_code, answer.json()

    status, told = sent({"subject": "account", "uids": [account], "custom": {"size": 5, "region": "sud"}})
    assert (status, told["preview"]["counts"]["changed"]) == (201, 1)
    assert told["preview"]["rows"][0]["changed"]["custom"][1] == {"size": "5", "region": "sud"}
    assert sent({"subject": "account", "uids": [account], "custom": {"size": "viel"}})[1]["error"]["code"] == (
        "number_unfit"
    )
    assert sent({"subject": "account", "uids": [account], "act": "archive"})[1]["preview"]["counts"]["changed"] == 1
    assert sent({"subject": "account", "all": True, "act": "restore"})[1]["error"]["code"] == "nothing_chosen"

    monkeypatch.setattr("etappe.config.start.application", lambda tell: nullcontext())

    def run(*words: str, code: int = 0) -> Any:
        result = CliRunner().invoke(main, ["bulk", "edit", "accounts", *words, "--as", email("ada"), "--json"])
        assert result.exit_code == code, result.output
        return json.loads(result.stdout) if not code else result.stderr

    run("--uid", account, "--set", "custom.region=süd", "--set", "custom.size=1.5", "--set", "custom.budget=12 CHF")
    row = Account.objects.get(uid=account)
    assert row.custom == {"region": "sud", "size": "1.5", "budget": {"amount": "12", "currency": "CHF"}}
    run("--uid", account, "--set", "custom.size=")
    assert "size" not in Account.objects.get(uid=account).custom
    assert "custom.nope" in run("--uid", account, "--set", "custom.nope=1", code=1)
    assert "one at a time" in run("--uid", account, "--set", "industry=x", "--delete", code=2)
    assert "recycle bin" in run("--where", "name = x", "--restore", code=2)
    assert run("--uid", account, "--delete")["counts"] == {"changed": 1}
    assert Account.objects.get(uid=account).archived_at is not None
    assert run("--where", "", "--restore")["counts"] == {"changed": 1}
    assert Account.objects.get(uid=account).archived_at is None
