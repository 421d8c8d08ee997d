"""Inspection: managers read what a stage was left on, and say whether they accept it."""

from __future__ import annotations

from datetime import timedelta

from etappe.core.errors import Forbidden
from etappe.core.process import Basis, Proof
from etappe.deals import actions, queries
from etappe.deals.queries import InspectionFilter
from tests.cast import AT
from tests.deals.conftest import Scene
from tests.unchanged import refused


def test_the_queue_shows_what_left_a_stage_with_its_evidence(scene: Scene) -> None:
    scene.bring_to("product_evaluated")
    rows = queries.inspection(scene.cast.ben).rows
    assert [row.stage.key for row in rows] == ["requirements_agreed", "need_confirmed"]
    read = rows[1].criteria[0].evidence[0]
    assert (read.kind, read.facts["from"], read.title) == ("reply", "eva@kunde.example", "Re: need_in_own_words")
    only = queries.inspection(scene.cast.ben, InspectionFilter(stage="need_confirmed", since=AT)).rows
    assert [row.stage.key for row in only] == ["need_confirmed"]
    assert queries.inspection(scene.cast.ben, InspectionFilter(until=AT)).rows == ()


def test_a_move_that_was_undone_left_nothing(scene: Scene) -> None:
    scene.prove("need_confirmed")
    scene.move("requirements_agreed")
    actions.undo(scene.uid, actor=scene.cast.ada, at=scene.later())
    assert queries.inspection(scene.cast.ben).rows == ()
    scene.move("requirements_agreed")
    assert [row.stage.key for row in queries.inspection(scene.cast.ben).rows] == ["need_confirmed"]


def test_reps_do_not_inspect(scene: Scene) -> None:
    with refused("forbidden", Forbidden):
        queries.inspection(scene.cast.ada)


def test_another_teams_manager_would_see_nothing_of_it(scene: Scene) -> None:
    scene.bring_to("requirements_agreed")
    from etappe.team.actions import edit_user
    from etappe.team.queries import actor_by_id, user_by_id

    cem = user_by_id(scene.cast.cem.id or 0)
    edit_user(cem.uid, {"role": "manager"}, actor=scene.cast.dot, at=scene.later())
    assert queries.inspection(actor_by_id(cem.id)).rows == ()


def test_rejected_evidence_counts_as_unproven_and_the_stage_stays(scene: Scene) -> None:
    given = scene.prove("need_confirmed")
    scene.move("requirements_agreed")
    with refused("reason_required"):
        actions.judge(given[0], False, "", actor=scene.cast.ben, at=scene.later())
    actions.judge(given[0], False, "Das war der Praktikant", actor=scene.cast.ben, at=scene.later())
    assert (scene.row.stage, scene.row.proof) == ("requirements_agreed", "unproven")
    assert [row.uid for row in queries.rejected(scene.cast.ada)] == [scene.uid]
    assert queries.get_evidence(scene.cast.ada, given[0]).judged_reason == "Das war der Praktikant"
    actions.judge(given[0], True, actor=scene.cast.ben, at=scene.later())
    assert scene.row.proof == "proven"


def test_rejected_evidence_blocks_winning(scene: Scene) -> None:
    given = scene.prove("need_confirmed")
    scene.move("requirements_agreed")
    scene.bring_to("order_placed")
    scene.prove("order_placed")
    actions.judge(given[0], False, "nicht belegt", actor=scene.cast.ben, at=scene.later())
    with refused("criteria_missing") as no:
        scene.move("won")
    assert [item.criterion.key for item in no.value.params["missing"]] == ["need_in_own_words"]


def test_nobody_judges_their_own_evidence(scene: Scene) -> None:
    given = scene.give("need_in_own_words", scene.paper("need_in_own_words", "reply"), actor=scene.cast.ben)
    with refused("own_evidence"):
        actions.judge(given, True, actor=scene.cast.ben, at=scene.later())
    actions.judge(given, True, actor=scene.cast.dot, at=scene.later())


def test_an_exception_is_asked_by_one_and_granted_by_another(scene: Scene) -> None:
    with refused("reason_required"):
        actions.ask_exception(scene.uid, "requirements_agreed", "", actor=scene.cast.ada, at=scene.later())
    asked = actions.ask_exception(
        scene.uid, "requirements_agreed", "Messe, Vertrag mündlich", actor=scene.cast.ada, at=scene.later()
    )
    assert asked.stage == "need_confirmed"
    with refused("exception_asked_already"):
        actions.ask_exception(scene.uid, "requirements_agreed", "noch mal", actor=scene.cast.ada, at=scene.later())
    waiting = queries.exceptions_to_answer(scene.cast.ben)[0]
    with refused("forbidden", Forbidden):
        actions.answer_exception(waiting.uid, True, actor=scene.cast.ada, at=scene.later())
    state = actions.answer_exception(waiting.uid, True, actor=scene.cast.ben, at=scene.later())
    assert (state.stage, state.basis, state.proof) == ("requirements_agreed", Basis.OVERRIDE, Proof.OVERRIDDEN)
    with refused("exception_answered_already"):
        actions.answer_exception(waiting.uid, True, actor=scene.cast.ben, at=scene.later())
    view = scene.view().exceptions[0]
    assert (view.reason, view.by_oneself, view.granted) == ("Messe, Vertrag mündlich", False, True)
    found = queries.unproven(scene.cast.ben, Proof.OVERRIDDEN, today=AT.date())
    assert [row.uid for row in found.rows] == [scene.uid]


def test_a_manager_does_not_grant_what_they_asked_for_themselves(scene: Scene) -> None:
    actions.ask_exception(scene.uid, "requirements_agreed", "eilt sehr", actor=scene.cast.ben, at=scene.later())
    waiting = queries.exceptions_to_answer(scene.cast.ben)[0]
    with refused("exception_needs_another", Forbidden):
        actions.answer_exception(waiting.uid, True, actor=scene.cast.ben, at=scene.later())
    assert (
        actions.answer_exception(waiting.uid, True, actor=scene.cast.dot, at=scene.later()).stage
        == "requirements_agreed"
    )


def test_where_nobody_else_could_grant_one_grants_oneself_and_it_is_marked(scene: Scene) -> None:
    from etappe.team.actions import edit_user
    from etappe.team.queries import user_by_id

    for actor in (scene.cast.ben, scene.cast.oda):
        edit_user(user_by_id(actor.id or 0).uid, {"is_active": False}, actor=scene.cast.dot, at=scene.later())
    state = actions.ask_exception(
        scene.uid, "requirements_agreed", "Wir sind zu zweit", actor=scene.cast.dot, at=scene.later()
    )
    assert state.basis is Basis.OVERRIDE
    assert scene.view(scene.cast.dot).exceptions[0].by_oneself


def test_a_refused_exception_needs_a_reason_and_moves_nothing(scene: Scene) -> None:
    actions.ask_exception(scene.uid, "requirements_agreed", "bitte", actor=scene.cast.ada, at=scene.later())
    waiting = queries.exceptions_to_answer(scene.cast.ben)[0]
    with refused("reason_required"):
        actions.answer_exception(waiting.uid, False, "", actor=scene.cast.ben, at=scene.later())
    state = actions.answer_exception(waiting.uid, False, "Ruf bitte an", actor=scene.cast.ben, at=scene.later())
    assert state.stage == "need_confirmed"
    assert queries.exceptions_to_answer(scene.cast.ben) == ()


def test_no_exception_where_nothing_is_missing(scene: Scene) -> None:
    scene.prove("need_confirmed")
    with refused("nothing_missing"):
        actions.ask_exception(scene.uid, "requirements_agreed", "trotzdem", actor=scene.cast.ada, at=scene.later())


def test_an_exception_granted_after_the_deal_has_gone_elsewhere_moves_nothing(scene: Scene) -> None:
    actions.ask_exception(scene.uid, "requirements_agreed", "eilt", actor=scene.cast.ada, at=scene.later())
    actions.leave(scene.uid, "no_need", actor=scene.cast.ada, at=scene.later())
    waiting = queries.exceptions_to_answer(scene.cast.ben)[0]
    state = actions.answer_exception(waiting.uid, True, actor=scene.cast.ben, at=scene.later() + timedelta(minutes=1))
    assert state.status == "disqualified"
