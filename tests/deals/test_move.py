"""The gate: a deal leaves a stage on evidence, whoever asks and however it is asked."""

from __future__ import annotations

import pytest

from etappe.core.errors import Forbidden, Missing, Stale
from etappe.core.process import Basis, Proof, Status
from etappe.deals import actions
from etappe.deals.models import Deal, DealSpan, StageVisit
from etappe.journal.models import Entry
from tests.deals.conftest import INBOUND, Scene
from tests.replay import assert_replays
from tests.unchanged import refused, unchanged

pytestmark = pytest.mark.server


def kinds(scene: Scene) -> list[str]:
    return list(Entry.objects.filter(deal_id=scene.row.id).order_by("id").values_list("kind", flat=True))


def test_a_deal_stays_without_evidence_and_is_told_exactly_what_is_missing(scene: Scene) -> None:
    with refused("criteria_missing") as no:
        scene.move("requirements_agreed")
    assert [item.criterion.key for item in no.value.params["missing"]] == ["need_in_own_words", "next_meeting_accepted"]


def test_with_all_required_evidence_it_moves_and_says_so(scene: Scene) -> None:
    scene.prove("need_confirmed")
    state = scene.move("requirements_agreed")
    assert (state.stage, state.basis, state.proof, state.version) == (
        "requirements_agreed", Basis.EVIDENCE, Proof.PROVEN, 2,
    )  # fmt: skip
    assert kinds(scene)[-1] == "deal.stage_moved"
    assert_replays(scene.row)


def test_one_criterion_short_is_short(scene: Scene) -> None:
    needed = scene.process.stage("need_confirmed").required[0]
    scene.give(needed.key, scene.paper(needed.key, needed.kinds[0]))
    with refused("criteria_missing") as no:
        scene.move("requirements_agreed")
    assert [item.criterion.key for item in no.value.params["missing"]] == ["next_meeting_accepted"]


def test_skipping_needs_what_every_stage_passed_asks_for(scene: Scene) -> None:
    scene.prove("need_confirmed")
    with refused("criteria_missing") as no:
        scene.move("quote_reviewed")
    assert {item.stage.key for item in no.value.params["missing"]} == {"requirements_agreed", "product_evaluated"}


def test_going_back_is_free_and_forward_again_needs_no_second_proof(scene: Scene) -> None:
    scene.bring_to("product_evaluated")
    assert scene.move("need_confirmed").basis is Basis.BACK
    assert scene.move("product_evaluated").basis is Basis.EVIDENCE


def test_winning_passes_the_gate_and_goes_on_with_keeping(scene: Scene) -> None:
    scene.bring_to("order_placed")
    with refused("criteria_missing"):
        scene.move("won")
    scene.prove("order_placed")
    state = actions.win(scene.uid, actor=scene.cast.ada, at=scene.later())
    assert (state.status, state.stage) == (Status.WON, "in_use")
    assert scene.row.closed_at is not None
    assert_replays(scene.row)


def test_winning_early_needs_everything_of_win(scene: Scene) -> None:
    scene.prove("need_confirmed")
    with refused("criteria_missing") as no:
        scene.move("in_use")
    assert {item.stage.key for item in no.value.params["missing"]} == set(INBOUND[1:5])


def test_a_won_deal_goes_on_in_keep_by_evidence_and_never_back_into_win(scene: Scene) -> None:
    scene.bring_to("in_use")
    with refused("criteria_missing"):
        scene.move("promises_confirmed")
    with refused("won_stays_won"):
        scene.move("order_placed")
    scene.prove("in_use")
    assert scene.move("promises_confirmed").status is Status.WON


def test_moving_nowhere_and_to_nowhere(scene: Scene) -> None:
    with refused("already_there"):
        scene.move("need_confirmed")
    with refused("unknown_stage"):
        scene.move("demo")


def test_somebody_was_quicker_is_told_what_happened(scene: Scene) -> None:
    seen = scene.row.version
    scene.prove("need_confirmed")
    scene.move("requirements_agreed", actor=scene.cast.ben, seen=seen)
    with refused("stale", Stale) as no:
        scene.move("requirements_agreed", seen=seen)
    assert no.value.params["by"] == "Ben Brandt"
    assert no.value.params["stage"].key == "requirements_agreed"


def test_another_teams_deal_is_like_one_that_is_not_there(scene: Scene) -> None:
    for act in (
        lambda: scene.move("requirements_agreed", actor=scene.cast.cem),
        lambda: scene.view(scene.cast.cem),
        lambda: actions.undo(scene.uid, actor=scene.cast.cem, at=scene.later()),
        lambda: actions.edit(scene.uid, {"name": "Meiner"}, actor=scene.cast.cem, at=scene.later()),
    ):
        with unchanged(), pytest.raises(Missing):
            act()


@pytest.mark.parametrize("name", ["oda", "mia"])
def test_who_sees_but_may_not_is_refused(scene: Scene, name: str) -> None:
    actor = getattr(scene.cast, name)
    scene.view(actor)
    with refused("forbidden", Forbidden):
        scene.move("requirements_agreed", actor=actor)


def test_a_member_of_the_deal_team_may_move_it_and_a_colleague_of_the_team_may_not(scene: Scene) -> None:
    with refused("forbidden", Forbidden):
        scene.move("requirements_agreed", actor=scene.cast.sam)
    from etappe.team.queries import user_by_id

    sam, cem = (user_by_id(actor.id or 0).uid for actor in (scene.cast.sam, scene.cast.cem))
    for colleague in (sam, cem):
        actions.add_member(scene.uid, colleague, "cs", actor=scene.cast.ada, at=scene.later())
    scene.prove("need_confirmed")
    assert scene.move("requirements_agreed", actor=scene.cast.cem).stage == "requirements_agreed"
    actions.remove_member(scene.uid, cem, actor=scene.cast.ada, at=scene.later())
    with pytest.raises(Missing):
        scene.view(scene.cast.cem)


# --- Making a deal further on ---


def test_a_new_deal_starts_at_the_first_stage(scene: Scene) -> None:
    assert (scene.row.stage, scene.row.basis, scene.row.proof) == ("need_confirmed", "start", "proven")
    assert_replays(scene.row)


def test_making_a_deal_in_a_later_stage_meets_the_same_refusal(scene: Scene) -> None:
    with refused("criteria_missing") as no:
        actions.create(
            {"name": "Schon weit"}, process="inbound", stage="product_evaluated", actor=scene.cast.ada, at=scene.later()
        )
    assert {item.stage.key for item in no.value.params["missing"]} == {"need_confirmed", "requirements_agreed"}


def test_a_late_entry_is_marked_unproven_and_wins_on_what_it_passes_here(scene: Scene) -> None:
    made = actions.create(
        {"name": "Informierter Käufer", "account": scene.account},
        process="inbound", stage="order_placed", late_entry=True, actor=scene.cast.ada, at=scene.later(),
    )  # fmt: skip
    assert (made.basis, made.proof) == (Basis.LATE_ENTRY, Proof.UNPROVEN)
    scene.uid = made.uid
    with refused("criteria_missing"):
        scene.move("won")
    scene.prove("order_placed")
    state = scene.move("won")
    assert (state.status, state.basis, state.proof) == (Status.WON, Basis.EVIDENCE, Proof.UNPROVEN)


def test_nobody_is_made_a_customer_by_making_a_deal(scene: Scene) -> None:
    with refused("starts_after_winning"):
        actions.create(
            {"name": "x"}, process="inbound", stage="in_use", late_entry=True, actor=scene.cast.ada, at=scene.later()
        )


# --- Undo ---


def test_undo_takes_back_the_last_move_once(scene: Scene) -> None:
    with refused("nothing_to_undo"):
        actions.undo(scene.uid, actor=scene.cast.ada, at=scene.later())
    scene.bring_to("requirements_agreed")
    state = actions.undo(scene.uid, actor=scene.cast.ada, at=scene.later())
    assert (state.stage, state.basis) == ("need_confirmed", Basis.UNDO)
    with refused("nothing_to_undo"):
        actions.undo(scene.uid, actor=scene.cast.ada, at=scene.later())
    entry = Entry.objects.filter(deal_id=scene.row.id).latest("id")
    assert entry.voids is not None
    assert Entry.objects.get(id=entry.voids).kind == "deal.stage_moved"
    assert_replays(scene.row)
    assert scene.move("requirements_agreed").stage == "requirements_agreed"


def test_undoing_a_step_back_meets_the_gate_when_proof_was_withdrawn(scene: Scene) -> None:
    given = scene.prove("need_confirmed")
    scene.move("requirements_agreed")
    scene.move("need_confirmed")
    actions.withdraw(given[0], "war die falsche Mail", actor=scene.cast.ada, at=scene.later())
    with refused("criteria_missing"):
        actions.undo(scene.uid, actor=scene.cast.ada, at=scene.later())


def test_undoing_an_exit_restores_what_was_before(scene: Scene) -> None:
    actions.rest(scene.uid, scene.later().date().replace(year=2027), actor=scene.cast.ada, at=scene.later())
    actions.leave(scene.uid, "competitor", lost_to="Muster AG", actor=scene.cast.ada, at=scene.later())
    assert (scene.row.status, scene.row.lost_to, scene.row.rests_until) == ("lost", "Muster AG", None)
    actions.undo(scene.uid, actor=scene.cast.ada, at=scene.later())
    assert (scene.row.status, scene.row.lost_to, scene.row.closed_at) == ("open", "", None)
    assert scene.row.rests_until is not None
    assert_replays(scene.row)


def test_undoing_the_reopening_of_a_won_deal_meets_the_gate(scene: Scene) -> None:
    scene.bring_to("order_placed")
    given = scene.prove("order_placed")
    scene.move("won")
    actions.reopen(scene.uid, actor=scene.cast.ada, at=scene.later())
    actions.withdraw(given[0], "storniert", actor=scene.cast.ada, at=scene.later())
    with refused("criteria_missing"):
        actions.undo(scene.uid, actor=scene.cast.ada, at=scene.later())


# --- Leaving and coming back ---


def test_lost_with_a_reason_and_reopened_where_it_was(scene: Scene) -> None:
    scene.bring_to("requirements_agreed")
    actions.leave(scene.uid, "price", note="zu teuer", actor=scene.cast.ada, at=scene.later())
    with refused("deal_is_closed"):
        scene.move("need_confirmed")
    with refused("deal_is_closed"):
        actions.leave(scene.uid, "price", actor=scene.cast.ada, at=scene.later())
    state = actions.reopen(scene.uid, actor=scene.cast.ada, at=scene.later())
    assert (state.stage, state.status, state.basis) == ("requirements_agreed", Status.OPEN, Basis.REOPEN)
    assert (scene.row.leave_reason, scene.row.closed_at) == ("", None)
    assert_replays(scene.row)


def test_reopening_further_on_meets_the_same_refusal_and_stays_closed(scene: Scene) -> None:
    actions.leave(scene.uid, "no_need", actor=scene.cast.ada, at=scene.later())
    with refused("criteria_missing"):
        actions.reopen(scene.uid, to="order_placed", actor=scene.cast.ada, at=scene.later())
    assert scene.row.status == "disqualified"


def test_reasons_are_those_of_the_process(scene: Scene) -> None:
    with refused("unknown_reason"):
        actions.leave(scene.uid, "bad_mood", actor=scene.cast.ada, at=scene.later())
    with refused("rest_instead"):
        actions.leave(scene.uid, "postponed", actor=scene.cast.ada, at=scene.later())
    with refused("not_won_yet"):
        actions.leave(scene.uid, "cancelled", actor=scene.cast.ada, at=scene.later())


def test_resting_until_the_buyers_date(scene: Scene) -> None:
    day = scene.later().date()
    with refused("date_not_ahead"):
        actions.rest(scene.uid, day, actor=scene.cast.ada, at=scene.later())
    actions.rest(scene.uid, day.replace(month=9), actor=scene.cast.ada, at=scene.later())
    assert scene.row.rests_until == day.replace(month=9)
    actions.rest(scene.uid, None, actor=scene.cast.ada, at=scene.later())
    assert_replays(scene.row)


# --- What the tables say ---


def test_visits_and_spans_have_no_gap_and_no_overlap(scene: Scene) -> None:
    scene.bring_to("product_evaluated")
    scene.move("need_confirmed")
    actions.edit(scene.uid, {"amount": 1200, "expected_close": None}, actor=scene.cast.ada, at=scene.later())
    actions.leave(scene.uid, "price", actor=scene.cast.ada, at=scene.later())
    visits = list(StageVisit.objects.filter(deal=scene.row).order_by("id"))
    assert [visit.left_at for visit in visits[:-1]] == [visit.entered_at for visit in visits[1:]]
    assert visits[-1].left_at is None
    spans = list(DealSpan.objects.filter(deal=scene.row).order_by("id").values_list("valid", flat=True))
    assert [span.upper for span in spans[:-1]] == [span.lower for span in spans[1:]]
    assert spans[-1].upper is None


def test_a_clock_that_goes_backwards_keeps_the_order(scene: Scene) -> None:
    scene.prove("need_confirmed")
    scene.minutes = 60
    scene.move("requirements_agreed")
    scene.minutes = 0
    scene.move("need_confirmed")
    visits = list(StageVisit.objects.filter(deal=scene.row).order_by("id"))
    assert all(visit.left_at is None or visit.left_at >= visit.entered_at for visit in visits)


def test_editing_cannot_touch_the_place(scene: Scene) -> None:
    for field in ("stage", "status", "proof", "process_version_id", "version", "team_id", "closed_at"):
        with refused("unknown_field"):
            actions.edit(scene.uid, {field: "won"}, actor=scene.cast.ada, at=scene.later())
    assert Deal.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "  ", "field_required"),
        ("name", "x" * 201, "too_long"),
        ("name", "a\x00b", "control_characters"),
        ("amount", "12", "not_an_amount"),
        ("amount", -1, "not_an_amount"),
        ("amount", 10**13, "amount_too_large"),
        ("currency", "Euro", "not_a_currency"),
        ("expected_close", "2026-01-01", "not_a_date"),
        ("owner", None, "field_required"),
    ],
)
def test_fields_that_do_not_hold_are_named(scene: Scene, field: str, value: object, code: str) -> None:
    with refused(code) as no:
        actions.edit(scene.uid, {field: value}, actor=scene.cast.ada, at=scene.later())
    assert no.value.params["field"] == field


def test_editing_to_the_same_is_no_change(scene: Scene) -> None:
    with unchanged():
        actions.edit(scene.uid, {"name": "Neue Anlage"}, actor=scene.cast.ada, at=scene.later())
