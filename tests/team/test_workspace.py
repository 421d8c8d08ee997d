"""The workspace's settings, the four questions, and tokens for the API."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from tests.cast import AT, Cast
from tests.replay import assert_replays, journal
from tests.unchanged import refused, unchanged

from etappe.core.actor import SYSTEM
from etappe.core.errors import Forbidden, Missing
from etappe.team import actions, queries
from etappe.team.models import Token, Workspace


def test_settings_before_anybody_has_made_any(db):
    view = queries.workspace()
    assert (view.zone, view.currency, view.is_demo, view.answers, view.default_process) == (
        "Europe/Berlin",
        "EUR",
        False,
        None,
        "",
    )


def test_settings_are_changed_and_told(cast: Cast):
    changes = {
        "name": "Muster & Söhne",
        "zone": "Europe/Zurich",
        "currency": "CHF",
        "our_domains": ["https://www.Muster.ch/", "muster.ch", "xn--mller-kva.de", ""],
    }
    view = actions.edit_workspace(changes, actor=cast.dot, at=AT)
    assert (view.name, view.zone, view.currency) == ("Muster & Söhne", "Europe/Zurich", "CHF")
    assert view.our_domains == ("muster.ch", "müller.de")
    assert_replays(Workspace.objects.get())
    with unchanged():
        actions.edit_workspace(changes, actor=cast.dot, at=AT)


def test_settings_that_do_not_hold(cast: Cast):
    for changes, code in (
        ({"zone": "Mars/Olympus"}, "unknown_zone"),
        ({"zone": "../../etc/passwd"}, "unknown_zone"),
        ({"zone": None}, "unknown_zone"),
        ({"currency": "eur"}, "not_a_currency"),
        ({"our_domains": "muster.ch"}, "not_a_list"),
        ({"our_domains": ["gmx.de"]}, "domain_is_freemail"),
        ({"our_domains": ["muster"]}, "not_a_domain"),
        ({"our_domains": ["a.example"] * 101}, "not_a_list"),
        ({"is_demo": True}, "unknown_field"),
        ({"default_process": "x"}, "unknown_field"),
    ):
        with refused(code):
            actions.edit_workspace(changes, actor=cast.dot, at=AT)


def test_only_the_system_marks_a_demo(cast: Cast):
    with refused("forbidden", Forbidden):
        actions.mark_as_demo(actor=cast.dot, at=AT)
    actions.mark_as_demo(actor=SYSTEM, at=AT)
    assert queries.workspace().is_demo


ANSWERS = {"contacts": "inbound", "existing": "most", "together": "one", "people": "one_or_two"}


def test_the_four_questions(cast: Cast):
    outcome = actions.answer_questions(ANSWERS, actor=cast.dot, at=AT)
    view = queries.workspace()
    assert view.answers == ANSWERS
    assert view.shares is not None
    assert sum(view.shares.values()) == pytest.approx(1)
    assert max((share, model) for model, share in view.shares.items())[1] == outcome.dominant == "inbound"
    kind, data = journal()[-1]
    assert kind == "workspace.questions_answered"
    assert data["answers"] == ANSWERS
    wrong: list[dict[str, Any]] = [{}, {**ANSWERS, "people": "nobody"}, {**ANSWERS, "contacts": None}]
    for answers in wrong:
        with refused("unknown_answer"):
            actions.answer_questions(answers, actor=cast.dot, at=AT)
    with refused("forbidden", Forbidden):
        actions.answer_questions(ANSWERS, actor=cast.ben, at=AT)


# --- Tokens ---


def test_a_token_acts_as_its_owner_within_its_scopes(cast: Cast):
    uid, secret = actions.create_token("Laptop", ["read"], actor=cast.ada, at=AT)
    actor = actions.actor_by_token(secret, AT)
    assert actor is not None
    assert (actor.id, actor.role, actor.teams, actor.scopes) == (
        cast.ada.id,
        cast.ada.role,
        cast.ada.teams,
        frozenset({"read"}),
    )
    [view] = queries.tokens(cast.ada)
    assert (view.uid, view.label, view.scopes, view.user.name) == (uid, "Laptop", ("read",), "Ada Ahrens")
    assert secret.startswith(f"etappe_{view.prefix}_")


def test_the_secret_is_nowhere(cast: Cast):
    _, secret = actions.create_token("Laptop", ["read", "write"], actor=cast.ada, at=AT)
    row = Token.objects.get()
    tail = secret.rpartition("_")[2]
    assert tail not in f"{row.label} {row.prefix} {bytes(row.secret_sha256)!r} {journal()!r}"


def test_a_wrong_secret_is_nobody(cast: Cast):
    _, secret = actions.create_token("Laptop", ["read"], actor=cast.ada, at=AT)
    for wrong in ("", "x", secret[:-1], secret + "x", secret.upper(), "\x00", "\ud800", "ä" * 100_000):
        assert actions.actor_by_token(wrong, AT) is None


def test_last_use_is_written_now_and_then(cast: Cast, django_assert_num_queries):
    _, secret = actions.create_token("Laptop", ["read"], actor=cast.ada, at=AT)
    with django_assert_num_queries(2):
        actions.actor_by_token(secret, AT)
    with django_assert_num_queries(1):
        actions.actor_by_token(secret, AT + timedelta(minutes=4))
    actions.actor_by_token(secret, AT + timedelta(minutes=5))
    assert Token.objects.get().last_used_at == AT + timedelta(minutes=5)


def test_a_revoked_token_is_worth_nothing(cast: Cast):
    uid, secret = actions.create_token("Laptop", ["write"], actor=cast.ada, at=AT)
    for other in (cast.ben, cast.cem, cast.oda):
        with pytest.raises(Missing), unchanged():
            actions.revoke_token(uid, actor=other, at=AT)
    actions.revoke_token(uid, actor=cast.ada, at=AT)
    assert actions.actor_by_token(secret, AT) is None
    with unchanged():
        actions.revoke_token(uid, actor=cast.ada, at=AT)
    with pytest.raises(Missing):
        actions.revoke_token(uuid.uuid4(), actor=cast.ada, at=AT)


def test_an_administrator_sees_and_revokes_all_tokens(cast: Cast):
    uid, _ = actions.create_token("Laptop", ["write"], actor=cast.ada, at=AT)
    assert [token.uid for token in queries.tokens(cast.dot)] == [uid]
    assert queries.tokens(cast.ben) == []
    actions.revoke_token(uid, actor=cast.dot, at=AT)
    assert [kind for kind, _ in journal()][-2:] == ["token.created", "token.revoked"]


def test_a_token_makes_none_that_may_do_more(cast: Cast):
    _, secret = actions.create_token("reader", ["read"], actor=cast.ada, at=AT)
    reader = actions.actor_by_token(secret, AT)
    assert reader is not None
    with refused("forbidden", Forbidden):
        actions.create_token("more", ["read"], actor=reader, at=AT)
    _, secret = actions.create_token("writer", ["write"], actor=cast.ada, at=AT)
    writer = actions.actor_by_token(secret, AT)
    assert writer is not None
    with refused("scope_beyond_own"):
        actions.create_token("more", ["read", "write"], actor=writer, at=AT)
    actions.create_token("as much", ["write"], actor=writer, at=AT)


def test_tokens_that_do_not_hold(cast: Cast):
    wrong: list[tuple[str, Any, str]] = [
        ("", ["read"], "field_required"),
        ("x" * 201, ["read"], "too_long"),
        ("x", [], "unknown_choice"),
        ("x", ["admin"], "unknown_choice"),
        ("x", "read", "unknown_choice"),
        ("x", [None], "unknown_choice"),
    ]
    for label, scopes, code in wrong:
        with refused(code):
            actions.create_token(label, scopes, actor=cast.ada, at=AT)
    with refused("forbidden", Forbidden):
        actions.create_token("x", ["read"], actor=SYSTEM, at=AT)
