"""Moving open deals to another version of their process: the map, what stays proved, taking it back."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection

from etappe.core.actor import SYSTEM, Actor
from etappe.core.errors import Forbidden
from etappe.core.filters import parse
from etappe.deals import actions, remaps
from etappe.deals.actions.remap import carry_on
from etappe.deals.load import NewDeal, create_deals
from etappe.deals.models import Deal, DealSpan, Evidence, StageVisit
from etappe.journal.models import Entry
from etappe.playbook.actions import publish
from etappe.playbook.queries import VersionView, get_version, library_item
from etappe.records.lists import Wanted, every, subject_of
from tests.cast import AT
from tests.deals.conftest import Scene
from tests.make import make_deal
from tests.replay import assert_replays
from tests.unchanged import refused, unchanged

INBOUND = library_item("inbound").source
LATER = AT + timedelta(days=1)
RENAMED = INBOUND.replace("key: product_evaluated", "key: product_tried").replace(
    "de: Produkt bewertet", "de: Produkt erprobt"
)
REWORDED = INBOUND.replace("Der Käufer hat Bedarf und Anlass in eigenen", "Der Käufer hat seinen Bedarf in eigenen")


def moved(scene: Scene, source: str, stages: dict[str, str], actor: Actor | None = None) -> uuid.UUID:
    """Publish the source and move the deals there by the map, at once."""
    publish(source, actor=scene.cast.dot, at=LATER)
    uid = actions.begin_remap("inbound", stages, then=lambda uid: None, actor=actor or scene.cast.dot, at=LATER)
    carry_on(str(uid), clock=lambda: LATER)
    return uid


def taken_back(scene: Scene, uid: uuid.UUID, at: datetime = LATER + timedelta(hours=1)) -> None:
    actions.undo_remap(uid, then=lambda uid: None, actor=scene.cast.dot, at=at)
    carry_on(str(uid), clock=lambda: at)


def newest() -> VersionView:
    return get_version("inbound")


def test_deals_come_along_with_what_is_proved_and_go_back_as_they_were(scene: Scene) -> None:
    scene.bring_to("product_evaluated")
    before = {"stage": scene.row.stage, "version": scene.row.process_version_id, "since": scene.row.stage_since}
    uid = moved(scene, RENAMED, {"product_evaluated": "product_tried"})
    deal = scene.row
    assert (deal.process_version_id, deal.stage, deal.basis) == (newest().id, "product_tried", "remap")
    assert deal.proof == "proven", "the criteria behind are the same"
    visit = StageVisit.objects.get(deal=deal, left_at=None)
    assert (visit.basis, visit.stage, visit.process_version_id) == ("remap", "product_tried", newest().id)
    assert DealSpan.objects.get(deal=deal, valid__endswith=None).stage == "product_tried"
    assert (
        Entry.objects.filter(kind__in=("deal.remapped", "process.deals_taken")).values("change_id").distinct().count()
        == 1
    )
    assert_replays(deal)
    taken_back(scene, uid)
    deal = scene.row
    assert {"stage": deal.stage, "version": deal.process_version_id, "since": deal.stage_since} == before
    assert deal.proof == "proven"
    assert_replays(deal)
    assert remaps.get_remap(scene.cast.dot, uid).state == "undone"


def test_a_map_never_advances_a_deal_on_proof_that_is_not_there(scene: Scene) -> None:
    moved(scene, RENAMED, {"need_confirmed": "quote_reviewed"})
    assert (scene.row.stage, scene.row.proof) == ("quote_reviewed", "unproven")
    with refused("criteria_missing"):
        actions.win(scene.uid, actor=scene.cast.ada, at=LATER + timedelta(hours=1))
    with refused("nothing_to_undo"):
        actions.undo(scene.uid, actor=scene.cast.ada, at=LATER + timedelta(hours=1))


def test_a_map_proves_nothing_of_a_deal_that_an_import_brought(scene: Scene) -> None:
    columns = {"name": "Importiert", "owner_id": scene.cast.ada.id, "team_id": scene.cast.ada.team, "status": "open",
               "stage": "need_confirmed", "entry_stage": "need_confirmed", "process_version_id": newest().id,
               "currency": "EUR", "account_id": scene.row.account_id}  # fmt: skip
    [key] = create_deals([NewDeal(columns, AT.isoformat(), None)], actor=SYSTEM, at=AT)
    first = newest().spec.first.key

    def standing() -> tuple[str, str]:
        deal = Deal.objects.get(id=key)
        assert StageVisit.objects.get(deal=deal, left_at=None).proof == deal.proof
        assert_replays(deal)
        return deal.stage, deal.proof

    moved(scene, RENAMED, {"need_confirmed": first})
    assert standing() == (first, "unproven"), "nothing lies behind it, and nobody has moved it here"
    again = moved(scene, RENAMED.replace("Produkt erprobt", "Produkt ausprobiert"), {first: first})
    assert standing() == (first, "unproven"), "nor do two maps prove anything"
    taken_back(scene, again)
    assert standing() == (first, "unproven")
    uid = Deal.objects.get(id=key).uid
    evidence = scene.give("need_in_own_words", scene.paper("need_in_own_words", "reply"), uid=uid)
    assert standing() == (first, "unproven"), "evidence alone does not say that the stage is left"
    actions.withdraw(evidence, "doppelt", actor=scene.cast.ada, at=scene.later())
    with refused("criteria_missing"):
        actions.win(uid, actor=scene.cast.ada, at=LATER + timedelta(hours=2))


def test_what_was_kept_as_proven_before_a_map_was_no_move_is_mended(scene: Scene) -> None:
    columns = {"name": "Importiert", "owner_id": scene.cast.ada.id, "team_id": scene.cast.ada.team, "status": "open",
               "stage": "need_confirmed", "entry_stage": "need_confirmed", "process_version_id": newest().id,
               "currency": "EUR", "account_id": scene.row.account_id}  # fmt: skip
    made = [NewDeal({**columns, "name": name}, AT.isoformat(), None) for name in ("Steht", "Bewegt")]
    stands, moves = create_deals(made, actor=SYSTEM, at=AT)
    moved(scene, RENAMED, {"need_confirmed": "need_confirmed"})
    uid = Deal.objects.get(id=moves).uid
    scene.prove("need_confirmed", uid)
    actions.move(uid, "requirements_agreed", actor=scene.cast.ada, at=scene.later() + timedelta(days=2))
    Deal.objects.update(proof="proven")
    StageVisit.objects.filter(left_at=None).update(proof="proven")
    mend = import_module("etappe.deals.migrations.0019_a_map_is_no_move").UNPROVEN
    for _twice in range(2):
        with connection.cursor() as cursor:
            cursor.execute(mend)
        assert dict(Deal.objects.values_list("id", "proof")) == {
            scene.row.id: "proven", stands: "unproven", moves: "proven",
        }  # fmt: skip
        assert StageVisit.objects.get(deal=stands, left_at=None).proof == "unproven"
        assert StageVisit.objects.get(deal=moves, left_at=None).proof == "proven"
    assert_replays(Deal.objects.get(id=stands))


def test_evidence_for_other_words_does_not_count_any_more_and_counts_again_after_taking_back(scene: Scene) -> None:
    scene.bring_to("requirements_agreed")
    publish(REWORDED, actor=scene.cast.dot, at=LATER)
    page = remaps.preview(
        scene.cast.dot, "inbound", newest().spec, newest().id, {"requirements_agreed": "requirements_agreed"}
    )
    assert [row.proof_after.value for row in page.rows] == ["unproven"]
    assert [criterion.key for criterion in page.rows[0].lost] == ["need_in_own_words"]
    uid = moved(scene, REWORDED, {"requirements_agreed": "requirements_agreed"})
    assert scene.row.proof == "unproven"
    assert Evidence.objects.filter(lapsed_at__isnull=False).values_list("criterion", flat=True).distinct().get() == (
        "need_in_own_words"
    )
    scene.minutes += 2 * 24 * 60
    scene.give("need_in_own_words", scene.paper("need_in_own_words", "reply"))
    assert scene.row.proof == "proven", "given anew, for the new words"
    taken_back(scene, uid, LATER + timedelta(days=3))
    assert scene.row.proof == "proven", "what was given for the old words counts again"
    assert_replays(scene.row)


def test_a_deal_that_has_moved_since_stays(scene: Scene) -> None:
    scene.bring_to("product_evaluated")
    other = scene.another(name="Andere Anlage")
    uid = moved(scene, RENAMED, {"product_evaluated": "product_tried", "need_confirmed": "need_confirmed"})
    actions.move(scene.uid, "requirements_agreed", actor=scene.cast.ada, at=LATER + timedelta(hours=1))
    taken_back(scene, uid, LATER + timedelta(hours=2))
    assert scene.row.stage == "requirements_agreed"
    assert scene.row.process_version_id == newest().id
    assert Deal.objects.get(uid=other).process_version_id != newest().id
    run = remaps.get_remap(scene.cast.dot, uid)
    assert (run.undone, run.stayed) == (1, 1)
    rows, _ = remaps.moved_deals(scene.cast.dot, uid)
    assert {row.deal.name: row.has_moved for row in rows}["Andere Anlage"] is False
    with refused("remap_stays"):
        taken_back(scene, uid, LATER + timedelta(hours=3))


def test_what_a_map_may_say(scene: Scene) -> None:
    publish(RENAMED, actor=scene.cast.dot, at=LATER)

    def begin(stages: dict[str, str], actor: Actor = scene.cast.dot) -> uuid.UUID:
        return actions.begin_remap("inbound", stages, then=lambda uid: None, actor=actor, at=LATER)

    for stages, code in (
        ({"need_confirmed": "nowhere"}, "unknown_stage"),
        ({"need_confirmed": "in_use"}, "remap_after_winning"),
        ({"need_confirmed": ""}, "remap_nothing"),
        ({"nowhere": "need_confirmed"}, "remap_nothing"),
    ):
        with refused(code):
            begin(stages)
    with refused("forbidden", Forbidden):
        begin({"need_confirmed": "need_confirmed"}, scene.cast.ada)
    begin({"need_confirmed": "need_confirmed"})
    with refused("remap_busy"):
        begin({"need_confirmed": "need_confirmed"})


def test_managers_move_what_is_in_their_reach_and_closed_deals_stay(scene: Scene) -> None:
    lost = scene.another(name="Verloren")
    actions.leave(lost, "no_need", actor=scene.cast.ada, at=scene.later())
    theirs = make_deal(scene.cast.cem).uid
    uid = moved(scene, RENAMED, {"need_confirmed": "need_confirmed"}, scene.cast.ben)
    versions = dict(Deal.objects.values_list("uid", "process_version_id"))
    assert versions[scene.uid] == newest().id
    assert versions[lost] != newest().id
    assert versions[theirs] != newest().id
    with refused("remap_stays"):
        taken_back(scene, uid, LATER + timedelta(days=91))
    with unchanged():
        carry_on(str(uid), clock=lambda: LATER)  # a second delivery of the job


def test_the_proposed_map_is_the_same_key_or_the_closest_stage(scene: Scene) -> None:
    scene.bring_to("product_evaluated")
    publish(RENAMED, actor=scene.cast.dot, at=LATER)
    (line,) = remaps.old_stages(scene.cast.dot, "inbound", newest().spec, newest().id)
    assert (line.key, line.deals, line.proposed) == ("product_evaluated", 1, "product_tried")
    assert remaps.old_stages(scene.cast.ben, "inbound", newest().spec, None) == (line,)


def test_a_move_is_stopped_on_the_way_and_taken_back(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        scene.another(name=f"Anlage {number}")
    monkeypatch.setattr("etappe.deals.actions.remap.CHUNK", 2)
    publish(RENAMED, actor=scene.cast.dot, at=LATER)
    ben, dot = scene.cast.ben, scene.cast.dot
    stages = {"need_confirmed": "need_confirmed"}
    uid = actions.begin_remap("inbound", stages, then=lambda uid: None, actor=dot, at=LATER)

    def clock() -> datetime:
        """Stops it when the first chunk is done, and once more."""
        if remaps.get_remap(dot, uid).done and not remaps.get_remap(dot, uid).is_stopped:
            with pytest.raises(Forbidden):
                actions.stop_remap(uid, actor=ben, at=LATER)
            actions.stop_remap(uid, actor=dot, at=LATER)
            actions.stop_remap(uid, actor=dot, at=LATER)
        return LATER

    carry_on(str(uid), clock=clock)
    run = remaps.get_remap(dot, uid)
    assert (run.state, run.done, run.total, run.is_stopped, run.may_undo) == ("done", 2, 4, True, True)
    assert Deal.objects.filter(process_version=newest().id).count() == 2
    with refused("remap_over"):
        actions.stop_remap(uid, actor=dot, at=LATER)
    taken_back(scene, uid)
    assert Deal.objects.filter(process_version=newest().id).count() == 0


def test_a_filter_by_a_stage_that_is_gone_finds_the_deals_that_were_taken_on(scene: Scene) -> None:
    scene.bring_to("product_evaluated")
    uid = moved(scene, RENAMED, {"product_evaluated": "product_tried"})

    def found(stage: str) -> bool:
        wanted = Wanted(subject_of("deals"), parse(f"stage = {stage}"))
        return scene.uid in [line.uid for line in every(scene.cast.ada, wanted, today=AT.date())]

    assert found("product_evaluated") and found("product_tried") and not found("need_confirmed")
    taken_back(scene, uid)
    assert found("product_evaluated") and not found("product_tried")
