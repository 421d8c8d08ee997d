"""Bulk edits as people start them: choose, preview, carry out, stop, go on, undo; over page, API and terminal."""

from __future__ import annotations

import csv
import json
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client

from etappe.cli import main
from etappe.core.actor import Actor
from etappe.core.errors import Missing
from etappe.deals import actions as deals
from etappe.deals.models import Deal
from etappe.journal.clock import now
from etappe.journal.models import Entry
from etappe.people.models import Account
from etappe.records import bulk, jobs
from etappe.records.bulk_queries import get_bulk, refused, refused_file
from etappe.records.bulk_rooms import Chosen
from etappe.records.models import BulkRow, BulkRun, Sweep
from etappe.team.actions import create_token
from etappe.team.queries import user_by_id
from tests.cast import AT, email
from tests.deals.conftest import Scene, set_scene
from tests.make import make_deal
from tests.replay import assert_replays
from tests.scenery import kept
from tests.unchanged import refused as refused_with
from tests.unchanged import unchanged
from tests.web.signed import client_of

LATER = AT + timedelta(days=3)


scene = kept(set_scene)


def clock() -> datetime:
    return LATER


def uid_of(actor: Actor) -> str:
    return str(user_by_id(actor.id or 0).uid)


def wanted_of(scene: Scene, wanted: dict[str, Any], *, actor: Actor | None = None, subject: str = "deal") -> Any:
    who = actor or scene.cast.ada
    uid = bulk.choose(subject, Chosen(everything=True), actor=who, at=LATER)
    bulk.want(uid, wanted, actor=who, at=LATER)
    return uid


def ran(scene: Scene, wanted: dict[str, Any], *, actor: Actor | None = None) -> Any:
    uid = wanted_of(scene, wanted, actor=actor)
    bulk.start(uid, then=lambda _uid: None, actor=actor or scene.cast.ada, at=LATER)
    bulk.carry_on(str(uid), clock=clock)
    return uid


def undone(uid: Any, actor: Actor) -> None:
    bulk.undo(uid, then=lambda _uid: None, actor=actor, at=LATER)
    bulk.carry_on(str(uid), clock=clock)


def test_a_run_does_what_its_preview_said_and_is_undone(scene: Scene) -> None:
    cast = scene.cast
    others = [make_deal(cast.ada, source="Web").uid for _ in range(4)]
    make_deal(cast.ben, name="Bens")
    make_deal(cast.cem, name="Cems")
    before = dict(Deal.objects.values_list("uid", "owner_id"))
    wanted = {"set": {"owner": uid_of(cast.sam), "source": "Messe"}, "add_tags": ["Müller's", "VIP"]}
    with unchanged_deals():
        uid = wanted_of(scene, wanted)
    preview = get_bulk(cast.ada, uid).preview
    assert preview is not None
    assert (preview.counts["changed"], preview.counts["refused"]) == (5, 1), "Ben's deal is not Ada's to change"
    assert [reason.code for reason in preview.reasons] == ["forbidden"]
    assert "Cems" not in {row.name for row in preview.rows}, "what one does not see is not there"
    bulk.start(uid, then=lambda _uid: None, actor=cast.ada, at=LATER)
    bulk.carry_on(str(uid), clock=clock)
    run = get_bulk(cast.ada, uid)
    assert (run.state, run.counts, run.rows_done) == ("done", {"changed": 5, "refused": 1}, 6)
    told = Entry.objects.filter(change_id=run.change_id)
    assert {entry.kind for entry in told} == {"deal.edited"}
    assert (told.count(), told.filter(backfilled=True).count()) == (5, 0)
    deals.edit(others[0], {"product": "Später"}, actor=cast.sam, at=LATER + timedelta(minutes=1))
    with pytest.raises(Missing):
        get_bulk(cast.ben, uid)
    undone(uid, cast.dot)
    run = get_bulk(cast.ada, uid)
    assert (run.state, run.undo_counts) == ("undone", {"changed": 4, "refused": 1})
    left = [row for row in refused(cast.dot, uid) if row.in_undo]
    assert [(row.uid, row.reason and row.reason.code) for row in left] == [(others[0], "changed_since")]
    after = dict(Deal.objects.values_list("uid", "owner_id"))
    assert {key for key in after if after[key] != before[key]} == {others[0]}
    for deal in Deal.objects.all():
        assert_replays(deal)
    with refused_with("bulk_nothing_to_undo"):
        bulk.undo(uid, then=lambda _uid: None, actor=cast.dot, at=LATER)


def unchanged_deals() -> Any:
    """The block changes no deal and tells nothing."""

    class Same:
        def __enter__(self) -> None:
            self.before = standing()

        def __exit__(self, *_error: object) -> None:
            assert standing() == self.before

    return Same()


def standing() -> tuple[list[Any], int]:
    return list(Deal.objects.order_by("id").values_list("id", "version", "owner_id")), Entry.objects.count()


def test_moves_pass_the_gate_one_by_one_and_are_undone(scene: Scene) -> None:
    bare = scene.another(name="Ohne Beleg")
    scene.prove("need_confirmed")
    uid = ran(scene, {"act": "move", "to": "requirements_agreed"})
    run = get_bulk(scene.cast.ada, uid)
    assert run.counts == {"changed": 1, "refused": 1}
    assert (scene.row.stage, Deal.objects.get(uid=bare).stage) == ("requirements_agreed", "need_confirmed")
    (why,) = list(refused(scene.cast.ada, uid))
    assert (why.uid, why.reason and why.reason.code) == (bare, "criteria_missing")
    assert why.reason is not None and why.reason.missing, "it names what is missing"
    (line,) = list(csv.DictReader("".join(refused_file(scene.cast.ada, uid)).lstrip("\ufeff").splitlines()))
    assert (line["name"], line["code"]) == ("Ohne Beleg", "criteria_missing")
    undone(uid, scene.cast.ada)
    assert scene.row.stage == "need_confirmed"
    assert_replays(scene.row)


def test_it_stops_when_asked_and_goes_on_where_it_was(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 2)
    for _ in range(4):
        make_deal(scene.cast.ada)
    uid = wanted_of(scene, {"set": {"source": "Messe"}})
    bulk.start(uid, then=lambda _uid: None, actor=scene.cast.ada, at=LATER)
    bulk.carry_on(str(uid), clock=clock, report=lambda run: bulk.cancel(run.uid, actor=scene.cast.ada, at=LATER))
    run = get_bulk(scene.cast.ada, uid)
    assert (run.state, run.rows_done, Deal.objects.filter(source="Messe").count()) == ("cancelled", 2, 2)
    bulk.start(uid, then=lambda _uid: None, actor=scene.cast.ada, at=LATER)
    bulk.carry_on(str(uid), clock=clock)
    run = get_bulk(scene.cast.ada, uid)
    assert (run.state, run.counts) == ("done", {"changed": 5})
    assert Entry.objects.filter(change_id=run.change_id).count() == 5, "each deal once, all in one change"


def test_a_killed_run_goes_on_where_its_ledger_ends(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 2)
    for _ in range(4):
        make_deal(scene.cast.ada)
    uid = wanted_of(scene, {"add_tags": ["Messe"]})
    bulk.start(uid, then=lambda _uid: None, actor=scene.cast.ada, at=LATER)

    class Killed(BaseException):
        pass

    def kill(_run: BulkRun) -> None:
        raise Killed

    with pytest.raises(Killed):
        bulk.carry_on(str(uid), clock=clock, report=kill)
    assert BulkRow.objects.filter(run__uid=uid, fate="").count() == 3
    bulk.carry_on(str(uid), clock=clock)
    bulk.carry_on(str(uid), clock=clock)  # a job that comes twice does nothing twice
    run = get_bulk(scene.cast.ada, uid)
    assert (run.state, run.counts) == ("done", {"changed": 5})
    assert Entry.objects.filter(change_id=run.change_id).count() == 5


def test_the_search_for_duplicates_lets_a_run_go_first(scene: Scene) -> None:
    uid = wanted_of(scene, {"add_tags": ["Messe"]})
    bulk.start(uid, then=lambda _uid: None, actor=scene.cast.ada, at=LATER)
    jobs.sweep_for_duplicates(timestamp=0)
    assert not Sweep.objects.exists()
    bulk.carry_on(str(uid), clock=clock)
    jobs.sweep_for_duplicates(timestamp=0)
    assert Sweep.objects.exists()


def test_what_cannot_be_wanted_is_refused_as_a_whole(scene: Scene) -> None:
    ada = scene.cast.ada
    uid = bulk.choose("deal", Chosen(uids=[scene.uid]), actor=ada, at=LATER)
    for wanted, code in (
        ({}, "nothing_to_change"),
        ({"act": "move"}, "nothing_to_change"),
        ({"act": "rest", "until": "2020-01-01"}, "date_not_ahead"),
        ({"act": "rest", "until": "morgen"}, "not_a_date"),
        ({"set": {"stage": "won"}}, "unknown_field"),
        ({"set": {"status": "won"}}, "unknown_field"),
        ({"set": {"next_step": "a\x00b"}}, "control_characters"),
        ({"set": {"expected_close": "31.12."}}, "not_a_date"),
        ({"set": {"source": 7}}, "not_a_text"),
        ({"add_tags": ["x" * 61]}, "too_long"),
        ({"act": "drop table"}, "unknown_choice"),
    ):
        with refused_with(code):
            bulk.want(uid, wanted, actor=ada, at=LATER)
    with refused_with("nothing_to_change"):
        bulk.start(uid, then=lambda _uid: None, actor=ada, at=LATER)
    with refused_with("nothing_chosen"):
        bulk.choose("deal", Chosen(everything=True, where="source = Nirgends"), actor=ada, at=LATER)
    with refused_with("nothing_chosen"):
        bulk.choose("deal", Chosen(uids=[uid]), actor=ada, at=LATER)
    with unchanged(), pytest.raises(Missing):
        bulk.want(uid, {"set": {"source": "x"}}, actor=scene.cast.cem, at=LATER)


def test_undo_ends_after_ninety_days(scene: Scene) -> None:
    uid = ran(scene, {"set": {"source": "Messe"}})
    with refused_with("bulk_undo_is_over"):
        bulk.undo(uid, then=lambda _uid: None, actor=scene.cast.ada, at=LATER + timedelta(days=91))
    bulk.forget(LATER + timedelta(days=91))
    assert BulkRow.objects.get(run__uid=uid).before is None, "what is no longer needed is not kept"


def test_the_page_leads_from_the_choice_to_the_undo(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(jobs.carry_out_bulk, "defer", lambda run: asked.append(run))
    browser = client_of("ada")
    other = make_deal(scene.cast.ada, name="<b>Fett</b>").uid
    chosen = {"subject": "deal", "uid": [str(scene.uid), str(other), "no uid"]}
    address = browser.post("/bulk/start/", chosen)["Location"]
    assert "2" in browser.get(address).content.decode()
    form = {"act": "edit", "source": "Messe", "empty": ["product"], "add_tags": "A, B", "owner": uid_of(scene.cast.ben)}
    assert browser.post(f"{address}preview/", form).status_code == 303
    page = browser.get(address).content.decode()
    assert "&lt;b&gt;Fett&lt;/b&gt;" in page and "Ben Brandt" in page and "<b>Fett" not in page
    assert browser.post(f"{address}preview/", {"act": "edit"}).status_code == 422
    browser.post(f"{address}go/")
    assert browser.get(address).status_code == 200
    bulk.carry_on(asked[0], clock=now)
    assert set(Deal.objects.values_list("source", "owner__email")) == {("Messe", email("ben"))}
    assert client_of("cem").get(address).status_code == 404
    assert "Undo all of it" in browser.get(address).content.decode()
    browser.post(f"{address}undo/")
    bulk.carry_on(asked[1], clock=now)
    assert set(Deal.objects.values_list("owner__email", flat=True)) == {email("ben")}, "Ada may no longer change them"
    assert "text/csv" in browser.get(f"{address}refused.csv")["Content-Type"]
    assert "Deals" in browser.get("/bulk/").content.decode()


def test_many_leave_for_one_reason_and_come_back(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(jobs.carry_out_bulk, "defer", lambda run: asked.append(run))
    gone = scene.another()
    deals.leave(gone, "no_need", actor=scene.cast.ada, at=scene.later())
    browser = client_of("ada")
    address = browser.post("/bulk/start/", {"subject": "deal", "uid": [str(scene.uid), str(gone)]})["Location"]
    assert "No need" in browser.get(address, headers={"Accept-Language": "en"}).content.decode()
    form = {"act": "leave", "reason": "no_need", "lost_to": "<b>Wettbewerb", "note": "Messe ausgefallen"}
    assert browser.post(f"{address}preview/", form).status_code == 303
    page = browser.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert "Change 1 record" in page and "lost to &lt;b&gt;Wettbewerb" in page and "1</td>" in page
    browser.post(f"{address}go/")
    bulk.carry_on(asked[0], clock=now)
    left = Deal.objects.get(uid=scene.uid)
    assert (left.status, left.leave_reason, left.leave_note) == ("disqualified", "no_need", "Messe ausgefallen")
    assert_replays(left)
    browser.post(f"{address}undo/")
    bulk.carry_on(asked[1], clock=now)
    back = Deal.objects.get(uid=scene.uid)
    assert (back.status, back.leave_reason, back.closed_at) == ("open", "", None)
    assert_replays(back)
    assert browser.post(f"{address}preview/", {"act": "leave"}).status_code in (409, 422)


def test_the_pace_is_told_once_there_is_one(scene: Scene) -> None:
    uid = wanted_of(scene, {"add_tags": ["Messe"]})
    browser = client_of("ada")
    for seconds, told in ((1, False), (100, True)):
        since = now() - timedelta(seconds=seconds)
        BulkRun.objects.update(state="running", rows_total=9000, rows_done=1000, started_at=since, moved_at=since)
        page = browser.get(f"/bulk/{uid}/", headers={"Accept-Language": "en"}).content.decode()
        assert "1,000 of 9,000 records" in page and ("9 a second" in page) is told


def test_the_api_previews_runs_and_undoes(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(jobs.carry_out_bulk, "defer", lambda run: asked.append(run))
    _token, secret = create_token("Test", ("read", "write"), actor=scene.cast.dot, at=AT)

    def sent(path: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"Authorization": f"Bearer {secret}"}
        client = Client()
        answer = (
            client.get(f"/api/v1{path}", headers=headers)
            if body is None
            else client.post(f"/api/v1{path}", json.dumps(body), "application/json", headers=headers)
        )
        return answer.status_code, answer.json()

    status, told = sent("/bulk", {"subject": "account", "all": True, "set": {"industry": "Bau"}, "add_tags": ["Ziel"]})
    assert (status, told["state"], told["preview"]["counts"]["changed"]) == (201, "ready", Account.objects.count())
    assert told["preview"]["rows"][0]["changed"]["industry"] == ["", "Bau"]
    assert sent(f"/bulk/{told['uid']}/start", {})[0] == 202
    bulk.carry_on(asked[0], clock=now)
    assert set(Account.objects.values_list("industry", flat=True)) == {"Bau"}
    assert sent(f"/bulk/{told['uid']}")[1]["state"] == "done"
    assert sent(f"/bulk/{told['uid']}/undo", {})[0] == 202
    bulk.carry_on(asked[1], clock=now)
    assert sent(f"/bulk/{told['uid']}")[1]["undo_counts"] == {"changed": Account.objects.count()}
    assert set(Account.objects.values_list("industry", flat=True)) == {""}
    assert (
        sent("/bulk", {"subject": "deal", "all": True, "set": {"stage": "won"}})[1]["error"]["code"] == "unknown_field"
    )


def test_the_command_changes_and_undoes(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.config.start.application", lambda tell: nullcontext())

    def told(*words: str) -> Any:
        result = CliRunner().invoke(main, ["bulk", *words, "--as", email("ada"), "--json"])
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    make_deal(scene.cast.ada, source="Web")
    change = ("edit", "deals", "--where", "source is empty", "--set", f"owner={email('ben')}", "--set", "next_step_on=")
    assert told(*change, "--dry-run")["counts"]["changed"] == 1
    assert Deal.objects.get(uid=scene.uid).owner_id == scene.cast.ada.id
    done = told(*change)
    assert (done["state"], Deal.objects.get(uid=scene.uid).owner_id) == ("done", scene.cast.ben.id)
    back = told("undo", done["uid"])
    assert (back["state"], back["undo_counts"], [each["code"] for each in back["reasons"]]) == (
        "undone", {"refused": 1}, ["forbidden"],
    )  # fmt: skip


def test_ten_thousand_deals_need_few_statements(scene: Scene, django_assert_max_num_queries: Any) -> None:
    """A chunk is written in a bounded number of statements, whatever its size."""
    for _ in range(8):
        make_deal(scene.cast.ada)
    uid = wanted_of(scene, {"set": {"owner": uid_of(scene.cast.sam)}})
    bulk.start(uid, then=lambda _uid: None, actor=scene.cast.ada, at=LATER)
    with django_assert_max_num_queries(40, connection=connection):
        bulk.carry_on(str(uid), clock=clock)
    assert get_bulk(scene.cast.ada, uid).counts == {"changed": 9}
