"""One deal to another process: previewed, proving nothing, told, undone; over page and API."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from etappe.core.actor import SYSTEM
from etappe.core.errors import Forbidden, Missing, Stale
from etappe.deals import actions, queries
from etappe.deals.load import NewDeal, create_deals
from etappe.deals.models import Deal, DealException, DealSpan, Evidence, StageVisit
from etappe.playbook.actions import publish
from etappe.playbook.queries import get_version, library_item
from tests.api.conftest import caller
from tests.cast import AT
from tests.deals.conftest import Scene
from tests.make import make_process
from tests.replay import assert_replays
from tests.unchanged import refused
from tests.web.signed import client_of

ALIKE = (
    library_item("inbound")
    .source.replace("key: inbound", "key: other", 1)
    .replace("Der Käufer hat Bedarf und Anlass in eigenen", "Der Käufer hat seinen Bedarf in eigenen")
)
"""A process that asks for what the inbound one asks for, but for one criterion in other words."""


@pytest.fixture
def other(scene: Scene) -> str:
    publish(ALIKE, actor=SYSTEM, at=AT)
    return "other"


def change(scene: Scene, stage: str, process: str = "other", **given: Any) -> Any:
    return actions.change_process(scene.uid, process, stage, actor=scene.cast.ada, at=scene.later(), **given)


def test_what_is_asked_for_in_the_same_words_stays_confirmed_and_all_comes_back(scene: Scene, other: str) -> None:
    scene.bring_to("product_evaluated")
    before = {name: getattr(scene.row, name) for name in ("stage", "process_version_id", "entry_stage", "stage_since")}
    seen = queries.preview_process(scene.cast.ada, scene.uid, other, "quote_reviewed")
    assert (seen.proof_before, seen.proof_after) == ("proven", "unproven")
    assert [each.key for each in seen.lost] == ["need_in_own_words"]
    assert "next_meeting_accepted" in {each.key for each in seen.kept}
    assert {each.criterion.key for each in seen.missing} > {"need_in_own_words"}
    state = change(scene, "quote_reviewed")
    deal, spec = scene.row, get_version(other).spec
    assert (state.proof, deal.proof, deal.basis, deal.entry_stage) == ("unproven", "unproven", "remap", spec.first.key)
    assert DealSpan.objects.get(deal=deal, valid__endswith=None).stage == "quote_reviewed"
    assert Evidence.objects.filter(deal=deal, lapsed_at__isnull=False).count() == 1
    assert_replays(deal)
    with refused("criteria_missing") as no:
        actions.win(scene.uid, actor=scene.cast.ada, at=scene.later())
    missing = {item.criterion.key for item in no.value.params["missing"]}
    assert "need_in_own_words" in missing, "the gate is not walked around"
    assert scene.view().can_undo
    actions.undo(scene.uid, actor=scene.cast.ada, at=scene.later())
    assert {name: getattr(scene.row, name) for name in before} == before
    assert (scene.row.proof, Evidence.objects.filter(deal=deal, lapsed_at__isnull=False).count()) == ("proven", 0)
    assert_replays(scene.row)
    with refused("nothing_to_undo"):
        actions.undo(scene.uid, actor=scene.cast.ada, at=scene.later())


def test_the_first_stage_of_the_other_process_stands_for_none_of_the_old_ones(scene: Scene) -> None:
    """A deal in the first stage that is put into the last one has to show all there is between them."""
    make_process("outbound")
    spec = get_version("outbound").spec
    last = [stage.key for stage in spec.stages if stage.phase != "keep"][-1]
    change(scene, last, "outbound")
    scene_stage = spec.stage(last)
    assert scene.row.proof == "unproven"
    with refused("criteria_missing") as no:
        actions.win(scene.uid, actor=scene.cast.ada, at=scene.later())
    assert len({item.stage.key for item in no.value.params["missing"]}) == spec.order[scene_stage.key] + 1


def test_exceptions_come_along_only_where_the_same_is_asked_for(scene: Scene, other: str) -> None:
    actions.ask_exception(scene.uid, "requirements_agreed", "Verreist.", actor=scene.cast.ada, at=scene.later())
    asked = scene.view().exceptions[0].uid
    actions.answer_exception(asked, True, actor=scene.cast.ben, at=scene.later())
    assert scene.row.proof == "overridden"
    change(scene, "requirements_agreed")
    assert (scene.row.proof, DealException.objects.get().lapsed_at is None) == ("unproven", False)
    actions.undo(scene.uid, actor=scene.cast.ada, at=scene.later())
    assert (scene.row.proof, DealException.objects.get().lapsed_at) == ("overridden", None)


def test_an_imported_deal_is_as_unproven_as_before(scene: Scene, other: str) -> None:
    columns = {"name": "Importiert", "owner_id": scene.cast.ada.id, "team_id": scene.cast.ada.team, "status": "open",
               "stage": "need_confirmed", "entry_stage": "need_confirmed", "currency": "EUR",
               "process_version_id": get_version("inbound").id, "account_id": scene.row.account_id}  # fmt: skip
    [key] = create_deals([NewDeal(columns, AT.isoformat(), None)], actor=SYSTEM, at=AT)
    uid = Deal.objects.get(id=key).uid
    first = get_version(other).spec.first.key
    assert actions.change_process(uid, other, first, actor=scene.cast.ada, at=scene.later()).proof == "unproven"
    assert actions.undo(uid, actor=scene.cast.ada, at=scene.later()).proof == "unproven"


def test_who_has_moved_on_is_not_taken_back(scene: Scene, other: str) -> None:
    change(scene, "requirements_agreed")
    actions.move(scene.uid, "need_confirmed", actor=scene.cast.ada, at=scene.later())
    with refused("criteria_missing"):  # what would be undone is the step back, and forward the gate decides
        actions.undo(scene.uid, actor=scene.cast.ada, at=scene.later())
    assert scene.row.process_version_id == get_version(other).id


def test_what_cannot_be_is_refused(scene: Scene, other: str) -> None:
    for stage, process, code in (
        ("requirements_agreed", "inbound", "same_process"),
        ("in_use", other, "remap_after_winning"),
        ("nowhere", other, "unknown_stage"),
    ):
        with refused(code):
            change(scene, stage, process)
    with refused("stale", Stale):
        change(scene, "requirements_agreed", seen=99)
    with pytest.raises(Missing):
        change(scene, "requirements_agreed", "nowhere")
    with pytest.raises(Missing):
        actions.change_process(scene.uid, other, "requirements_agreed", actor=scene.cast.cem, at=scene.later())
    with pytest.raises(Forbidden):
        actions.change_process(scene.uid, other, "requirements_agreed", actor=scene.cast.oda, at=scene.later())
    actions.leave(scene.uid, scene.process.leave[0].key, actor=scene.cast.ada, at=scene.later())
    with refused("deal_is_closed"):
        change(scene, "requirements_agreed")


def test_page_and_api_preview_take_and_tell(scene: Scene, other: str) -> None:
    ada, page = client_of("ada"), reverse("deal_process", args=[scene.uid])
    asked = ada.get(page, headers={"Accept-Language": "de"}).content.decode()
    assert 'value="other:requirements_agreed"' in asked and "other:in_use" not in asked and "inbound:" not in asked
    shown = ada.get(page, {"to": "other:requirements_agreed"}, headers={"Accept-Language": "de"}).content.decode()
    assert "Wird offen" in shown and "Dorthin bringen" in shown
    assert ada.get(page, {"to": "other:in_use"}).status_code == 422
    assert ada.post(page, {"to": "other:requirements_agreed", "seen": 99}).status_code == 409
    assert ada.post(page, {"to": "other:requirements_agreed", "seen": scene.row.version}).status_code == 303
    record = ada.get(reverse("deal", args=[scene.uid]), headers={"Accept-Language": "en"}).content.decode()
    assert "From the process “" in record and "“inbound”" not in record and "deal.process" not in record
    hers = caller(scene.cast.ada)
    seen = hers.get(f"/deals/{scene.uid}/process?process=inbound&stage=need_confirmed").json()
    assert (seen["stage"], seen["missing"]) == ("need_confirmed", [])
    body = {"process": "inbound", "stage": "need_confirmed", "seen": scene.row.version}
    assert hers.post(f"/deals/{scene.uid}/process", body).json()["stage"] == "need_confirmed"
    assert hers.post(f"/deals/{scene.uid}/process", body | {"seen": None}).json()["error"]["code"] == "same_process"
    assert hers.post(f"/deals/{scene.uid}/undo").json()["stage"] == "requirements_agreed"
    assert StageVisit.objects.filter(deal__uid=scene.uid, left_at=None).count() == 1
    assert_replays(scene.row)


def test_on_a_page_of_its_own_it_leads_to_the_deal_with_the_message(scene: Scene, other: str) -> None:
    """A sheet closes; a page that was opened by its address, in a new tab perhaps, has nothing to go back to."""
    ada, page = client_of("ada"), reverse("deal_process", args=[scene.uid])
    form = {"to": "other:need_confirmed"}
    alone = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}?to=other", "Accept-Language": "en"}
    answer = ada.post(page, form, headers=alone)
    assert answer.headers["HX-Redirect"] == reverse("deal", args=[scene.uid])
    shown = ada.get(answer.headers["HX-Redirect"], headers={"Accept-Language": "en"}).content.decode()
    assert "is on another process now" in shown and reverse("deal_undo", args=[scene.uid]) in shown
    actions.undo(scene.uid, actor=scene.cast.ada, at=scene.later())
    on_deal = alone | {"HX-Current-URL": f"http://testserver{reverse('deal', args=[scene.uid])}"}
    assert "panel-done" in ada.post(page, form, headers=on_deal).headers["HX-Trigger"]
