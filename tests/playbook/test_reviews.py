"""Reviews of processes: planned, due on Today, kept with what came of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.cast import AT, Cast
from tests.make import make_process
from tests.replay import journal
from tests.unchanged import refused, unchanged

from etappe.core.errors import Forbidden, Missing
from etappe.playbook.actions_reviews import hold_review, plan_review
from etappe.playbook.reviews import review_of, reviews_due
from etappe.team.queries import user_by_id

DUE = date(2026, 4, 1)


def test_a_review_is_planned_due_and_kept(cast: Cast) -> None:
    make_process("inbound")
    assert cast.ada.id
    plan_review("inbound", DUE, user_by_id(cast.ada.id).uid, actor=cast.ben, at=AT)
    with unchanged():
        plan_review("inbound", DUE, user_by_id(cast.ada.id).uid, actor=cast.ben, at=AT)
    assert reviews_due(cast.ada, DUE - timedelta(days=1)) == ()
    assert [each.process for each in reviews_due(cast.ada, DUE)] == ["inbound"]
    assert reviews_due(cast.ben, DUE) == (), "it is Ada's to do"
    later = AT + timedelta(days=30)
    hold_review("inbound", "Stufe 3 umbenannt.", DUE + timedelta(days=180), actor=cast.ada, at=later)
    assert reviews_due(cast.ada, DUE) == ()
    seen = review_of(cast.oda, "inbound")
    assert (seen.on, seen.owner_name, seen.may_plan, seen.may_hold) == (
        DUE + timedelta(days=180), "Ada Ahrens", False, False,
    )  # fmt: skip
    assert [(each.held_on, each.by, each.result) for each in seen.held] == [
        (later.date(), "Ada Ahrens", "Stufe 3 umbenannt.")
    ]
    kinds = [kind for kind, _data in journal() if kind.startswith("process.review")]
    assert kinds == ["process.review_planned", "process.review_held", "process.review_planned"]


def test_without_a_name_it_is_for_all_who_publish(cast: Cast) -> None:
    make_process("inbound")
    plan_review("inbound", DUE, None, actor=cast.dot, at=AT)
    due = {name for name, viewer in cast.everybody().items() if reviews_due(viewer, DUE)}
    assert due == {"ben", "dot"}
    plan_review("inbound", None, None, actor=cast.dot, at=AT)
    assert reviews_due(cast.ben, DUE) == ()


def test_what_is_refused(cast: Cast) -> None:
    make_process("inbound")
    with refused("forbidden", Forbidden):
        plan_review("inbound", DUE, None, actor=cast.ada, at=AT)
    with refused("forbidden", Forbidden):
        hold_review("inbound", "Gut", None, actor=cast.ada, at=AT)
    with refused("date_not_ahead"):
        plan_review("inbound", AT.date(), None, actor=cast.ben, at=AT)
    with refused("field_required"):
        hold_review("inbound", "  ", None, actor=cast.ben, at=AT)
    with refused("date_not_ahead"):
        hold_review("inbound", "Gut", AT.date(), actor=cast.ben, at=AT)
    for key in ("nothing", "\x00"):
        with pytest.raises(Missing), unchanged():
            plan_review(key, DUE, None, actor=cast.ben, at=AT)
