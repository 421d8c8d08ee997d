"""Doors into the workspace: who was not let in stays out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.account import app_settings
from allauth.account.forms import ResetPasswordForm
from allauth.utils import get_form_class
from django.test import Client

from etappe.core.actor import Role
from etappe.team.actions import NewUser, load_users
from etappe.web import notes
from tests.cast import AT, email
from tests.deals.conftest import Scene


def test_whoever_came_with_an_import_does_not_let_themselves_in_by_a_forgotten_password(scene: Scene) -> None:
    load_users([NewUser("Neu Berg", "neu@etappe.example", Role.MANAGER)], actor=scene.cast.dot, at=AT)
    form_class = get_form_class(app_settings.FORMS, "reset_password", ResetPasswordForm)
    found = {}
    for address in ("neu@etappe.example", email("ada")):
        form = form_class({"email": address})
        assert form.is_valid()
        found[address] = [user.name for user in form.users]
    assert found == {"neu@etappe.example": [], email("ada"): ["Ada Ahrens"]}


def test_a_busy_note_page_opens_again_after_its_window_and_for_others_at_once(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    monkeypatch.setattr("etappe.web.middleware.now", lambda: AT)
    theirs, other = ({"X-Forwarded-For": f"9.9.9.9, {address}"} for address in ("203.0.113.7", "203.0.113.8"))
    statuses = [Client().get("/n/guess/", headers=theirs).status_code for _ in range(notes.TRIES + 3)]
    assert statuses[-1] == 429
    assert Client().get("/n/guess/", headers=other).status_code == 404
    forged = {"X-Forwarded-For": "203.0.113.9, 203.0.113.7"}
    assert Client().get("/n/guess/", headers=forged).status_code == 429
    monkeypatch.setattr("etappe.web.middleware.now", lambda: AT + timedelta(seconds=notes.WINDOW))
    assert Client().get("/n/guess/", headers=theirs).status_code == 404
