"""A colleague changes teams: their deals go along, and so does who may see them."""

from __future__ import annotations

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from etappe.core.errors import Missing
from etappe.deals.jobs import follow_to_team
from etappe.team.actions import edit_user
from etappe.team.queries import actor_by_id, user_by_id
from tests.deals.conftest import Scene
from tests.replay import assert_replays
from tests.unchanged import unchanged


def test_deals_follow_their_owner_to_another_team(scene: Scene) -> None:
    ada = user_by_id(scene.cast.ada.id or 0)
    edit_user(ada.uid, {"team": scene.cast.south}, actor=scene.cast.dot, at=scene.later())
    job = ProcrastinateJob.objects.get(task_name="etappe.deals.jobs.follow_to_team")
    follow_to_team(**job.args)
    assert scene.view(scene.cast.cem).row.name == "Neue Anlage"
    with pytest.raises(Missing):
        scene.view(scene.cast.ben)
    assert scene.view(actor_by_id(ada.id)).may_move
    assert_replays(scene.row)
    with unchanged():
        follow_to_team(**job.args)


def test_another_change_of_the_colleague_moves_nothing(scene: Scene) -> None:
    ada = user_by_id(scene.cast.ada.id or 0)
    edit_user(ada.uid, {"name": "Ada Albers"}, actor=scene.cast.dot, at=scene.later())
    job = ProcrastinateJob.objects.get(task_name="etappe.deals.jobs.follow_to_team")
    with unchanged():
        follow_to_team(**job.args)
