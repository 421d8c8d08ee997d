"""The first administrator, invitations, and what becomes of links."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from tests.cast import AT, PASSWORD, Cast, email
from tests.replay import assert_replays, journal
from tests.unchanged import refused

from etappe.core.actor import SYSTEM, Role
from etappe.core.errors import Forbidden, Refusal
from etappe.team import actions, queries
from etappe.team.models import Link, User


def _create(token: str, name: str = "Eva", *, at=AT, password: str = PASSWORD) -> int:
    return actions.create_first_administrator(token, email(name), name, password, actor=SYSTEM, at=at)


def test_the_first_administrator_comes_in_by_the_link(db):
    assert not queries.has_administrator()
    key = _create(actions.make_setup_link(actor=SYSTEM, at=AT))
    eva = queries.user_by_id(key)
    assert (eva.name, eva.email, eva.role, eva.can_sign_in) == ("Eva", "eva@etappe.example", Role.ADMINISTRATOR, True)
    assert queries.has_administrator()
    assert queries.workspace().our_domains == ("etappe.example",)
    assert User.objects.get(id=key).check_password(PASSWORD)
    assert_replays(User.objects.get(id=key))


def test_an_address_that_everybody_can_have_makes_no_domain_ours(db):
    token = actions.make_setup_link(actor=SYSTEM, at=AT)
    actions.create_first_administrator(token, "eva@gmx.de", "Eva", PASSWORD, actor=SYSTEM, at=AT)
    assert queries.workspace().our_domains == ()


def test_the_token_is_not_stored(db):
    token = actions.make_setup_link(actor=SYSTEM, at=AT)
    assert token.encode() not in bytes(Link.objects.get().token_sha256)
    assert len(token) >= 43


def test_no_link_once_there_is_an_administrator(cast: Cast):
    with refused("administrator_exists"):
        actions.make_setup_link(actor=SYSTEM, at=AT)


def test_an_older_link_is_replaced(db):
    older = actions.make_setup_link(actor=SYSTEM, at=AT)
    newer = actions.make_setup_link(actor=SYSTEM, at=AT)
    with refused("link_invalid"):
        _create(older)
    _create(newer)


def test_a_link_works_until_a_day_has_passed(db):
    token = actions.make_setup_link(actor=SYSTEM, at=AT)
    with refused("link_expired"):
        _create(token, at=AT + timedelta(hours=24))
    _create(token, at=AT + timedelta(hours=24) - timedelta(seconds=1))


@pytest.mark.parametrize("token", ["", "guess", "\x00", "\ud800", "ä" * 10_000])
def test_a_guessed_token_opens_nothing(db, token):
    actions.make_setup_link(actor=SYSTEM, at=AT)
    with refused("link_invalid"):
        _create(token)


def test_an_invitation_is_no_set_up_link(cast: Cast):
    _, token = actions.invite("new@etappe.example", "Nils", "rep", cast.north, actor=cast.dot, at=AT)
    User.objects.filter(role="administrator").update(role="rep")
    with refused("link_invalid"):
        _create(token)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "password_too_short"),
        ("passwordpassword", None),
        ("qwertyuiop123", "password_too_common"),
        ("eva@etappe.example", "password_too_similar"),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(db, password, reason):
    token = actions.make_setup_link(actor=SYSTEM, at=AT)
    if reason is None:
        _create(token, password=password)
        return
    with refused("weak_password") as no:
        _create(token, password=password)
    assert reason in [code for code, _ in no.value.params["reasons"]]
    _create(token)  # the link was not used up by the attempt


def test_of_two_at_once_one_wins(fresh_database):
    token = actions.make_setup_link(actor=SYSTEM, at=AT)

    def attempt(name: str) -> str:
        try:
            return str(_create(token, name))
        except Refusal as no:
            return no.code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(attempt, [f"eva{number}" for number in range(8)]))
    assert sorted(answers)[1:] == ["administrator_exists"] * 7
    assert User.objects.count() == 1


def test_whoever_is_invited_chooses_a_password(cast: Cast):
    uid, token = actions.invite("Nils@Etappe.Example", "Nils", "rep", cast.north, actor=cast.dot, at=AT)
    assert not queries.user_by_uid(uid).can_sign_in
    key = actions.accept_invitation(token, PASSWORD, actor=SYSTEM, at=AT)
    nils = queries.user_by_id(key)
    assert (nils.uid, nils.email, nils.can_sign_in) == (uid, "nils@etappe.example", True)
    assert journal()[-1] == ("user.joined", {"user": str(uid)})
    with refused("link_invalid"):
        actions.accept_invitation(token, PASSWORD + "!", actor=SYSTEM, at=AT)


def test_an_invitation_may_be_sent_again_until_it_is_accepted(cast: Cast):
    uid, older = actions.invite("nils@etappe.example", "Nils", "rep", None, actor=cast.dot, at=AT)
    newer = actions.invite_again(uid, actor=cast.dot, at=AT)
    with refused("link_invalid"):
        actions.accept_invitation(older, PASSWORD, actor=SYSTEM, at=AT)
    actions.accept_invitation(newer, PASSWORD, actor=SYSTEM, at=AT)
    with refused("joined_already"):
        actions.invite_again(uid, actor=cast.dot, at=AT)


def test_an_invitation_of_somebody_who_left_is_worth_nothing(cast: Cast):
    uid, token = actions.invite("nils@etappe.example", "Nils", "rep", None, actor=cast.dot, at=AT)
    actions.edit_user(uid, {"is_active": False}, actor=cast.dot, at=AT)
    with refused("link_invalid"):
        actions.accept_invitation(token, PASSWORD, actor=SYSTEM, at=AT)


def test_inviting_is_for_administrators(cast: Cast):
    for name, actor in cast.everybody().items():
        if name != "dot":
            with refused("forbidden", Forbidden):
                actions.invite("nils@etappe.example", "Nils", "administrator", None, actor=actor, at=AT)


def test_the_administrator_of_the_demo_comes_along_with_their_password(db):
    from django.contrib.auth.hashers import make_password

    key = actions.adopt_administrator(email("dot"), "Dot", make_password(PASSWORD), actor=SYSTEM, at=AT)
    assert User.objects.get(id=key).check_password(PASSWORD)
    with refused("administrator_exists"):
        actions.adopt_administrator(email("eva"), "Eva", "x", actor=SYSTEM, at=AT)
