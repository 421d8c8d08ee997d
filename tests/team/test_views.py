"""Saved views of lists: whose they are, who sees and changes them, and what a team opens first."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cast import AT, Cast
from tests.replay import assert_replays
from tests.unchanged import refused, unchanged

from etappe.core.actor import SYSTEM, Actor
from etappe.core.errors import Forbidden, Missing, Stale
from etappe.team import actions_views as actions
from etappe.team.models import SavedView
from etappe.team.views import ListView, get_view, view_called, views


def save(actor: Actor, name: str = "Große", subject: str = "deal", **given: Any) -> ListView:
    return actions.save_view(subject, {"name": name} | given, actor=actor, at=AT)


def edit(actor: Actor, view: ListView, seen: int | None = None, **changes: Any) -> ListView:
    return actions.edit_view(view.uid, changes, seen=seen, actor=actor, at=AT)


def row(view: ListView) -> SavedView:
    return SavedView.objects.get(uid=view.uid)


def test_a_view_keeps_what_was_listed(cast: Cast) -> None:
    given: dict[str, Any] = {
        "where": "amount>10",
        "columns": ["name", " amount", ""],
        "sort": "-amount",
        "group": "owner",
    }
    view = save(cast.ada, " Große  Deals ", **given)
    assert (view.name, view.where, view.columns) == ("Große Deals", "amount > 10", ("name", "amount"))
    assert (view.sort, view.group, view.shared) == ("-amount", "owner", "nobody") and view.is_own and view.may_edit
    changed = edit(cast.ada, view, seen=1, name="Kleine", where="", columns="name")
    assert (changed.where, changed.columns, changed.version) == ("", ("name",), 2)
    with unchanged():
        edit(cast.ada, changed, name="Kleine")
    assert_replays(row(view))
    actions.delete_view(view.uid, actor=cast.ada, at=AT)
    assert_replays(row(view))
    assert views(cast.ada) == []
    with pytest.raises(Missing), unchanged():
        actions.delete_view(view.uid, actor=cast.ada, at=AT)
    save(cast.ada, "Kleine")


def test_what_is_no_view_is_refused(cast: Cast) -> None:
    save(cast.ada, "Große", subject="account")
    save(cast.ada)
    for given, code in (
        ({"name": " "}, "field_required"),
        ({"name": "große"}, "view_name_taken"),
        ({"where": "amount >"}, "filter_unreadable"),
        ({"where": "x" * 9000}, "too_long"),
        ({"columns": 3}, "not_a_list"),
        ({"shared": "world"}, "unknown_choice"),
        ({"is_default": True}, "view_default_needs_team"),
        ({"shared": "team", "team": SYSTEM_UID}, "unknown_reference"),
        ({"owner": "me"}, "unknown_field"),
    ):
        with refused(code):
            save(cast.ada, **({"name": "Neu"} | given))
    with refused("unknown_choice"):
        save(cast.ada, subject="process")
    with refused("field_required"):
        actions.save_view("deal", {}, actor=cast.ada, at=AT)
    with refused("view_needs_team"):
        save(cast.dot, shared="team")
    with pytest.raises(Forbidden):
        save(SYSTEM)


SYSTEM_UID = "00000000-0000-4000-8000-000000000000"


def test_only_whom_it_is_offered_to_sees_it(cast: Cast) -> None:
    own, ours = save(cast.ada, "Meine"), save(cast.ada, "Unsere", shared="team")
    for name, actor in cast.everybody().items():
        seen = [view.name for view in views(actor, "deal")]
        assert seen == {"ada": ["Meine", "Unsere"], "cem": []}.get(name, ["Unsere"]), name
        if name != "ada":
            with pytest.raises(Missing), unchanged():
                edit(actor, own, name="Meins")
            with pytest.raises(Missing):
                get_view(actor, own.uid)
    for actor in (cast.mia, cast.sam, cast.oda):
        with pytest.raises(Forbidden), unchanged():
            edit(actor, ours, name="Meins")
    assert edit(cast.ben, ours, name="Von Ben").owner.name == "Ada Ahrens"
    edit(cast.ada, ours, shared="nobody")
    assert views(cast.ben) == []


def test_only_who_manages_a_team_offers_further(cast: Cast) -> None:
    view = save(cast.ada)
    for changes in (
        {"shared": "everybody"},
        {"shared": "team", "is_default": True},
        {"shared": "team", "team": cast.south},
    ):
        with pytest.raises(Forbidden), unchanged():
            edit(cast.ada, view, **changes)
    with pytest.raises(Forbidden), unchanged():
        save(cast.ben, shared="team", team=cast.south, is_default=True)
    edit(cast.ada, view, shared="team")
    assert edit(cast.ben, view, is_default=True).opens
    with pytest.raises(Forbidden), unchanged():
        edit(cast.ada, view, where="amount > 1")
    with pytest.raises(Forbidden), unchanged():
        actions.delete_view(view.uid, actor=cast.ada, at=AT)
    assert [view.opens for view in views(cast.cem)] == []
    assert not edit(cast.ben, view, shared="nobody").is_default
    assert save(cast.ben, "Für alle", shared="everybody").team is None
    assert [view.may_edit for view in views(cast.cem)] == [False]


def test_a_team_opens_one_view_of_each_list(cast: Cast) -> None:
    first = save(cast.ben, "Erste", shared="team", is_default=True)
    people = save(cast.ben, "Leute", "person", shared="team", is_default=True)
    second = save(cast.dot, "Zweite", shared="team", team=cast.north, is_default=True)
    assert [view.name for view in views(cast.ada, "deal") if view.opens] == ["Zweite"]
    assert get_view(cast.ada, people.uid).opens
    for view in (first, second, people):
        assert_replays(row(view))
    actions.delete_view(second.uid, actor=cast.dot, at=AT)
    edit(cast.ben, first, is_default=True)
    assert_replays(row(second))


def test_who_comes_second_is_told(cast: Cast) -> None:
    view = save(cast.ada, shared="team")
    edit(cast.ben, view, seen=1, name="Von Ben")
    with pytest.raises(Stale), unchanged():
        edit(cast.ada, view, seen=1, name="Von Ada")


def test_views_are_found_by_name_and_uid(cast: Cast) -> None:
    ours = save(cast.ben, "Stille", shared="team")
    assert view_called(cast.ada, "deal", " stille ").uid == ours.uid
    own = save(cast.ada, "Stille")
    assert view_called(cast.ada, "deal", "STILLE").uid == own.uid
    assert view_called(cast.ada, "deal", str(ours.uid)).uid == ours.uid
    for actor, subject in ((cast.cem, "deal"), (cast.ada, "account")):
        with refused("unknown_view"):
            view_called(actor, subject, "Stille")


def test_a_view_of_a_team_is_for_the_teams_below_it_too(cast: Cast) -> None:
    above = save(cast.dot, "Haus", shared="team", team=cast.house, is_default=True)
    assert [(view.name, view.opens) for view in views(cast.ada, "deal")] == [("Haus", True)]
    assert get_view(cast.cem, above.uid).opens and not get_view(cast.cem, above.uid).may_edit
    nearer = save(cast.ben, "Nord", shared="team", team=cast.north, is_default=True)
    assert {view.name: view.opens for view in views(cast.ada, "deal")} == {"Haus": False, "Nord": True}
    assert not get_view(cast.ada, above.uid).opens and get_view(cast.cem, above.uid).opens
    with pytest.raises(Missing):
        get_view(cast.cem, nearer.uid)
