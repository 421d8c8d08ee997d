"""Colleagues and teams: who may change them, and what may never happen to them."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from tests.cast import AT, PASSWORD, Cast, assemble, email
from tests.hostile.naughty import naughty
from tests.replay import assert_replays, entries_of
from tests.unchanged import refused, unchanged

from etappe.core.actor import SYSTEM, Actor, ActorKind, Role
from etappe.core.errors import Forbidden, Missing, Refusal
from etappe.team import actions, queries
from etappe.team.models import Team, User


def uid_of(actor: Actor) -> uuid.UUID:
    assert actor.id is not None
    return queries.user_by_id(actor.id).uid


def test_the_cast_replays(cast: Cast):
    for row in (*User.objects.all(), *Team.objects.all()):
        assert_replays(row)


def test_a_colleague_is_changed_and_each_change_is_told(cast: Cast):
    changes = {"name": "Ada Lohr", "role": "manager", "team": str(cast.south), "email": "Ada.Lohr@Etappe.Example"}
    ada = actions.edit_user(uid_of(cast.ada), changes, actor=cast.dot, at=AT)
    assert (ada.name, ada.role, ada.email) == ("Ada Lohr", Role.MANAGER, "ada.lohr@etappe.example")
    row = User.objects.get(id=ada.id)
    assert_replays(row)
    assert entries_of(row)[-1].data["changed"]["name"] == ["Ada Ahrens", "Ada Lohr"]
    with unchanged():
        actions.edit_user(uid_of(cast.ada), changes, actor=cast.dot, at=AT)


def test_only_administrators_change_colleagues_and_teams(cast: Cast):
    for actor in (cast.ada, cast.ben, cast.cem, cast.mia, cast.sam, cast.oda):
        with refused("forbidden", Forbidden):
            actions.edit_user(uid_of(actor), {"role": "administrator"}, actor=actor, at=AT)
        with refused("forbidden", Forbidden):
            actions.add_user("x@etappe.example", "X", "administrator", actor=actor, at=AT)
        with refused("forbidden", Forbidden):
            actions.add_team("West", actor=actor, at=AT)
        with refused("forbidden", Forbidden):
            actions.edit_team(cast.north, {"parent": None}, actor=actor, at=AT)
        with refused("forbidden", Forbidden):
            actions.edit_workspace({"name": "Mine"}, actor=actor, at=AT)


def test_an_administrators_token_that_only_reads_changes_nothing(cast: Cast):
    _, secret = actions.create_token("reader", ["read"], actor=cast.dot, at=AT)
    reader = actions.actor_by_token(secret, AT)
    assert reader is not None
    with refused("forbidden", Forbidden):
        actions.add_team("West", actor=reader, at=AT)
    with refused("forbidden", Forbidden):
        actions.set_theme("dark", actor=reader, at=AT)


NOT_TO_BE = (
    ({"email": ""}, "field_required"),
    ({"email": "ben@etappe.example"}, "email_taken"),
    ({"email": "BEN@Etappe.example"}, "email_taken"),
    ({"email": "a b@etappe.example"}, "not_an_email"),
    ({"email": 'x"\x07"@etappe.example'}, "control_characters"),
    ({"name": " \t "}, "field_required"),
    ({"name": "a\x00b"}, "control_characters"),
    ({"name": "x" * 201}, "too_long"),
    ({"role": "owner"}, "unknown_choice"),
    ({"role": None}, "unknown_choice"),
    ({"team": str(uuid.uuid4())}, "unknown_reference"),
    ({"team": "north"}, "unknown_reference"),
    ({"is_active": "yes"}, "not_yes_or_no"),
    ({"password": "x"}, "unknown_field"),
    ({"id": 1}, "unknown_field"),
    ({"is_superuser": True}, "unknown_field"),
)


def test_what_does_not_hold_is_refused_by_name(cast: Cast):
    for changes, code in NOT_TO_BE:
        with refused(code):
            actions.edit_user(uid_of(cast.ada), changes, actor=cast.dot, at=AT)


def test_nobody_has_this_uid(cast: Cast):
    for uid in (uuid.uuid4(), "nobody", "", "\x00", "0" * 40):
        with pytest.raises(Missing), unchanged():
            actions.edit_user(uid, {"name": "X"}, actor=cast.dot, at=AT)


def test_the_last_administrator_stays(cast: Cast):
    for changes in ({"role": "rep"}, {"is_active": False}):
        with refused("last_administrator"):
            actions.edit_user(uid_of(cast.dot), changes, actor=cast.dot, at=AT)
    # one who has never signed in does not count: nobody could let them in
    actions.invite("new@etappe.example", "New", "administrator", None, actor=cast.dot, at=AT)
    with refused("last_administrator"):
        actions.edit_user(uid_of(cast.dot), {"role": "rep"}, actor=cast.dot, at=AT)
    actions.edit_user(uid_of(cast.ben), {"role": "administrator"}, actor=cast.dot, at=AT)
    actions.edit_user(uid_of(cast.dot), {"role": "rep"}, actor=cast.dot, at=AT)


def test_two_administrators_cannot_remove_each_other_at_once(fresh_database):
    cast = assemble()
    eva = actions.add_user("eva@etappe.example", "Eva", "administrator", password=PASSWORD, actor=cast.dot, at=AT)
    pairs = [(cast.dot, eva.uid), (queries.actor_by_id(eva.id), uid_of(cast.dot))]

    def remove(pair: tuple[Actor, uuid.UUID]) -> str:
        try:
            actions.edit_user(pair[1], {"is_active": False}, actor=pair[0], at=AT)
            return "done"
        except Refusal as no:
            return no.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(remove, pairs)) == ["done", "last_administrator"]
    assert queries.has_administrator()


def test_whoever_leaves_is_signed_out_everywhere(cast: Cast):
    ada = User.objects.get(uid=uid_of(cast.ada))
    store = SessionStore()
    store["_auth_user_id"] = str(ada.id)
    store.save()
    UserSession.objects.create(user=ada, ip="127.0.0.1", session_key=store.session_key, user_agent="x")
    _, secret = actions.create_token("laptop", ["write"], actor=cast.ada, at=AT)
    actions.edit_user(ada.uid, {"is_active": False}, actor=cast.dot, at=AT)
    assert not Session.objects.filter(session_key=store.session_key).exists()
    assert not UserSession.objects.filter(user=ada).exists()
    assert actions.actor_by_token(secret, AT) is None
    actions.edit_user(ada.uid, {"is_active": True}, actor=cast.dot, at=AT)
    assert actions.actor_by_token(secret, AT) is None, "a token once revoked does not come back with its owner"
    actions.edit_user(ada.uid, {"is_active": False}, actor=cast.dot, at=AT)
    with pytest.raises(Missing):
        queries.actor_by_email(email("ada"))


def test_an_address_that_was_changed_no_longer_lets_anybody_in(cast: Cast):
    ada = User.objects.get(uid=uid_of(cast.ada))
    EmailAddress.objects.create(user=ada, email=ada.email, verified=True, primary=True)
    actions.edit_user(ada.uid, {"email": "other@etappe.example"}, actor=cast.dot, at=AT)
    assert not EmailAddress.objects.filter(user=ada).exists()


def test_ones_own_profile(cast: Cast):
    assert actions.set_language("de", actor=cast.oda, at=AT).language == "de"
    assert actions.set_theme("dark", actor=cast.oda, at=AT).theme == "dark"
    assert actions.edit_profile({"name": "Oda O."}, actor=cast.oda, at=AT).name == "Oda O."
    assert_replays(User.objects.get(uid=uid_of(cast.oda)))
    for changes, code in (
        ({"language": "fr"}, "unknown_choice"),
        ({"theme": "pink"}, "unknown_choice"),
        ({"role": "administrator"}, "unknown_field"),
        ({"email": "o@etappe.example"}, "unknown_field"),
        ({"team": str(cast.south)}, "unknown_field"),
    ):
        with refused(code):
            actions.edit_profile(changes, actor=cast.oda, at=AT)
    for nobody in (SYSTEM, Actor(ActorKind.BUYER), Actor(ActorKind.IMPORT)):
        with refused("forbidden", Forbidden):
            actions.set_theme("dark", actor=nobody, at=AT)


# --- Teams ---


def test_teams_form_a_tree(cast: Cast):
    west = actions.add_team("West", cast.north, actor=cast.dot, at=AT)
    assert west.parent == queries.TeamRef(cast.north, "North")
    for team, parent in ((cast.north, west.uid), (cast.house, west.uid), (west.uid, west.uid)):
        with refused("team_circle"):
            actions.edit_team(team, {"parent": parent}, actor=cast.dot, at=AT)
    moved = actions.edit_team(west.uid, {"parent": None, "name": "Far West"}, actor=cast.dot, at=AT)
    assert (moved.name, moved.parent) == ("Far West", None)
    assert_replays(Team.objects.get(uid=west.uid))
    with refused("unknown_reference"):
        actions.edit_team(west.uid, {"parent": uuid.uuid4()}, actor=cast.dot, at=AT)
    with pytest.raises(Missing):
        actions.edit_team(uuid.uuid4(), {"name": "x"}, actor=cast.dot, at=AT)


def test_two_circles_at_once_do_not_close(fresh_database):
    cast = assemble()

    def below(pair: tuple[uuid.UUID, uuid.UUID]) -> str:
        try:
            actions.edit_team(pair[0], {"parent": pair[1]}, actor=cast.dot, at=AT)
            return "done"
        except Refusal as no:
            return no.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(below, [(cast.north, cast.south), (cast.south, cast.north)]))
    assert sorted(answers) == ["done", "team_circle"]


def test_team_names_are_taken_whatever_their_case(cast: Cast):
    with refused("team_name_taken"):
        actions.add_team(" north ", actor=cast.dot, at=AT)
    with refused("team_name_taken"):
        actions.edit_team(cast.south, {"name": "NORTH"}, actor=cast.dot, at=AT)
    actions.edit_team(cast.north, {"name": "NORTH"}, actor=cast.dot, at=AT)


def test_a_managers_teams_are_all_below_the_own_one(cast: Cast):
    west = actions.add_team("West", cast.north, actor=cast.dot, at=AT)
    ben = queries.actor_by_email(email("ben"))
    names = {team.name for team in queries.teams(ben) if team.id in ben.teams}
    assert names == {"North", "West"}
    assert queries.actor_by_email(email("ada")).teams == frozenset({ben.team})
    assert {team.name: team.people for team in queries.teams(ben)} == {"House": 1, "North": 4, "South": 1, "West": 0}
    assert west.people == 0


# --- Who could grant ---


def test_who_else_could_grant_an_exception(cast: Cast):
    assert queries.other_granters(cast.ada)
    assert queries.other_granters(cast.ben), "Dot could"
    assert queries.other_granters(cast.dot, cast.ada.team), "Ben could"
    assert not queries.other_granters(cast.dot, cast.cem.team), "Ben is not above South"
    assert not queries.other_granters(cast.dot, None)
    actions.edit_user(uid_of(cast.ben), {"is_active": False}, actor=cast.dot, at=AT)
    assert not queries.other_granters(cast.dot, cast.ada.team)
    actions.invite("eva@etappe.example", "Eva", "administrator", None, actor=cast.dot, at=AT)
    assert not queries.other_granters(cast.dot, cast.ada.team), "Eva has not come in yet"


# --- Hostile names ---


def test_naughty_names_are_kept_or_refused_by_name(cast: Cast):
    uid, kept = uid_of(cast.ada), 0
    refusals: set[str] = set()
    for text in naughty():
        try:
            user = actions.edit_user(uid, {"name": text}, actor=cast.dot, at=AT)
        except Refusal as no:
            refusals.add(no.code)
            continue
        kept += 1
        assert user.name == " ".join(text.split())
        assert User.objects.get(id=user.id).name == user.name
    assert kept >= 9
    assert refusals == {"control_characters", "field_required", "too_long"}
    assert_replays(User.objects.get(uid=uid))


# --- Import ---


def test_owners_of_an_import_are_found_or_made(cast: Cast):
    rows = [
        actions.NewUser("Ada Ahrens"),
        actions.NewUser("Darcel Schlecht", team=cast.cem.team),
        actions.NewUser("darcel schlecht"),
        actions.NewUser("Somebody else", "BEN@etappe.example"),
        actions.NewUser("Eva", "eva@etappe.example"),
        actions.NewUser("Eva"),
        actions.NewUser("李明"),
    ]
    keys = actions.load_users(rows, actor=SYSTEM, at=AT)
    assert keys[0] == cast.ada.id
    assert keys[1] == keys[2]
    assert keys[3] == cast.ben.id
    assert keys[4] == keys[5]
    darcel = queries.user_by_id(keys[1])
    assert (darcel.email, darcel.can_sign_in, darcel.team_id) == (
        "darcel-schlecht.1@import.invalid",
        False,
        cast.cem.team,
    )
    assert queries.user_by_id(keys[6]).email == "owner.1@import.invalid"
    assert queries.user_by_id(keys[3]).name == "Ben Brandt"
    for row in User.objects.all():
        assert_replays(row)
    with unchanged():
        assert actions.load_users(rows, actor=SYSTEM, at=AT + timedelta(days=1)) == keys


def test_placeholders_never_clash(cast: Cast):
    actions.add_user("a-b.1@import.invalid", "Taken", "rep", actor=cast.dot, at=AT)
    keys = actions.load_users([actions.NewUser("A B"), actions.NewUser("a/b")], actor=SYSTEM, at=AT)
    assert [queries.user_by_id(key).email for key in keys] == ["a-b.2@import.invalid", "a-b.3@import.invalid"]


def test_an_owner_of_an_import_can_be_let_in_later(cast: Cast):
    [key] = actions.load_users([actions.NewUser("Darcel Schlecht")], actor=SYSTEM, at=AT)
    uid = queries.user_by_id(key).uid
    actions.edit_user(uid, {"email": "darcel@etappe.example"}, actor=cast.dot, at=AT)
    actions.accept_invitation(actions.invite_again(uid, actor=cast.dot, at=AT), PASSWORD, actor=SYSTEM, at=AT)
    assert queries.user_by_id(key).can_sign_in


def test_many_owners_cost_few_queries(cast: Cast, django_assert_max_num_queries):
    rows = [actions.NewUser(f"Owner {number}") for number in range(60)]
    with django_assert_max_num_queries(75):  # one entry of the journal each, the rest in sets
        actions.load_users(rows, actor=SYSTEM, at=AT)
    with django_assert_max_num_queries(6):
        actions.load_users(rows, actor=SYSTEM, at=AT)


def test_importing_owners_is_for_those_who_import(cast: Cast):
    with refused("forbidden", Forbidden):
        actions.load_users([actions.NewUser("X")], actor=cast.ada, at=AT)
    with refused("forbidden", Forbidden):
        actions.load_teams(["West"], actor=cast.ada, at=AT)
    with refused("not_an_email"):
        actions.load_users([actions.NewUser("Y"), actions.NewUser("X", "x")], actor=SYSTEM, at=AT)


def test_teams_of_an_import(cast: Cast):
    keys = actions.load_teams(["Central", "NORTH", "central"], actor=SYSTEM, at=AT)
    assert keys["NORTH"] == cast.ada.team
    assert keys["Central"] == keys["central"]
    with unchanged():
        assert actions.load_teams(["Central"], actor=SYSTEM, at=AT) == {"Central": keys["Central"]}
    for row in Team.objects.all():
        assert_replays(row)


# --- Reading ---


def test_reading_takes_a_fixed_number_of_queries(cast: Cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert [user.name for user in queries.users(cast.ada)][:2] == ["Ada Ahrens", "Ben Brandt"]
    with django_assert_num_queries(2):
        queries.teams(cast.ada)
    with django_assert_num_queries(1):
        names = queries.user_names([cast.ada.id, cast.ben.id, None, 0])
    assert cast.ada.id is not None
    assert names[cast.ada.id].name == "Ada Ahrens"
    assert len(names) == 2
    with django_assert_num_queries(0):
        assert queries.user_names([]) == {}
        assert queries.team_names([None]) == {}


def test_our_addresses(cast: Cast):
    actions.load_users([actions.NewUser("Placeholder")], actor=SYSTEM, at=AT)
    actions.edit_user(uid_of(cast.cem), {"is_active": False}, actor=cast.dot, at=AT)
    ours = queries.our_addresses()
    assert ours == {email(name) for name in cast.everybody()}, "those who left wrote for us too"
    assert queries.our_addresses(["Ada+x@etappe.example", "eva@kunde.example"]) == {"ada@etappe.example"}
    assert "Cem Çelik" not in queries.our_names()


def test_who_somebody_is(cast: Cast):
    found = queries.find_user("ADA@etappe.example")
    assert found is not None
    assert found.id == cast.ada.id
    assert queries.find_user("nobody@etappe.example") is None
    assert queries.find_user("\x00") is None
    for absent in ("nobody@etappe.example", ""):
        with pytest.raises(Missing):
            queries.actor_by_email(absent)
    with pytest.raises(Missing):
        queries.owner_ref(uuid.uuid4())
    assert queries.owner_of(SYSTEM) == queries.Owner(None, None)
    assert queries.owner_of(cast.ada) == queries.Owner(cast.ada.id, cast.ada.team)
