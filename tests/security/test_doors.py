"""Doors into the workspace: who was not let in stays out."""

from __future__ import annotations

from allauth.account import app_settings
from allauth.account.forms import ResetPasswordForm
from allauth.utils import get_form_class

from etappe.core.actor import Role
from etappe.team.actions import NewUser, load_users
from tests.cast import AT, email
from tests.deals.conftest import Scene


def test_whoever_came_with_an_import_does_not_let_themselves_in_by_a_forgotten_password(scene: Scene) -> None:
    load_users([NewUser("Neu Berg", "neu@etappe.example", Role.MANAGER)], actor=scene.cast.ben, at=AT)
    form_class = get_form_class(app_settings.FORMS, "reset_password", ResetPasswordForm)
    found = {}
    for address in ("neu@etappe.example", email("ada")):
        form = form_class({"email": address})
        assert form.is_valid()
        found[address] = [user.name for user in form.users]
    assert found == {"neu@etappe.example": [], email("ada"): ["Ada Ahrens"]}
