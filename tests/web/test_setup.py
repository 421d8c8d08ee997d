"""The first steps: coming in by a link, leaving the demo, the four questions, the process taken over; and settings."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from etappe.core.actor import SYSTEM, Role
from etappe.journal.clock import now
from etappe.playbook import queries as playbook
from etappe.team import actions
from etappe.team import queries as team
from tests.cast import PASSWORD, Cast, email
from tests.unchanged import unchanged
from tests.web.signed import client_of

FIRST = {"name": "Dot Dörfler", "email": "Dot@Etappe.example", "password": PASSWORD}


def setup_path() -> str:
    return reverse("setup_first", args=[actions.make_setup_link(actor=SYSTEM, at=now())])


@pytest.mark.django_db
def test_the_link_makes_the_first_administrator_who_lands_on_today(client: Client) -> None:
    path = setup_path()
    assert client.get(path).status_code == 200
    assert not team.has_administrator(), "opening the link changes nothing"
    answer = client.post(path, FIRST)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert team.actor_by_email("dot@etappe.example").role is Role.ADMINISTRATOR
    assert client.get("/").status_code == 200


@pytest.mark.django_db
def test_a_link_works_once(client: Client) -> None:
    path = setup_path()
    client.post(path, FIRST)
    again = Client()
    assert again.get(path).status_code == 410
    answer = again.post(path, FIRST | {"email": "eve@etappe.example"})
    assert answer.status_code == 410
    assert team.find_user("eve@etappe.example") is None


@pytest.mark.django_db
def test_a_link_that_is_replaced_or_too_old_leads_on(client: Client) -> None:
    replaced, path = setup_path(), setup_path()
    assert client.get(path).status_code == 200
    old = reverse("setup_first", args=[actions.make_setup_link(actor=SYSTEM, at=now() - timedelta(hours=25))])
    for gone in (replaced, path, old):
        answer = client.get(gone)
        assert answer.status_code == 410
        assert "etappe user link" in answer.content.decode()
        assert 'name="password"' not in answer.content.decode()


@pytest.mark.parametrize("token", ["x", "%00", "a" * 500, "start-empty"])
@pytest.mark.django_db
def test_a_guessed_link_makes_nobody(client: Client, token: str) -> None:
    setup_path()
    answer = client.post(f"/setup/{token}/", FIRST)
    assert answer.status_code in (302, 404, 410)
    assert not team.has_administrator()


@pytest.mark.parametrize(
    "wrong",
    [{"password": "short"}, {"password": "password1234"}, {"email": "no address"}, {"name": ""}, {"password": ""}],
)
@pytest.mark.django_db
def test_what_is_wrong_stands_at_its_field_and_the_link_still_works(client: Client, wrong: dict[str, str]) -> None:
    path = setup_path()
    answer = client.post(path, FIRST | wrong)
    assert answer.status_code == 422
    assert f'id="id_{next(iter(wrong))}_error"' in answer.content.decode()
    assert answer["Referrer-Policy"] == "same-origin"
    assert client.post(path, FIRST).status_code == 302


def test_an_invitation_lets_a_colleague_in_and_is_shown_once(cast: Cast) -> None:
    dot = client_of("dot")
    answer = dot.post(
        reverse("invite"), {"name": "Eva Ernst", "email": "eva@etappe.example", "role": "rep", "team": str(cast.north)}
    )
    link = re.search(r"<code>http://testserver(/join/[^<]+)</code>", answer.content.decode())
    assert link
    assert "/join/" not in dot.get(reverse("settings_team")).content.decode()
    guest = Client()
    welcome = guest.get(link[1])
    assert welcome.status_code == 200
    assert "Eva Ernst" in welcome.content.decode()
    assert "eva@etappe.example" in welcome.content.decode()
    assert guest.post(link[1], {"password": PASSWORD}).status_code == 302
    assert "Eva Ernst" in guest.get("/").content.decode()
    assert Client().post(link[1], {"password": "Eine ganz andere Sache 5"}).status_code == 410


def test_only_the_administration_invites(cast: Cast) -> None:
    for name in ("ben", "ada", "oda", "mia", "sam"):
        client = client_of(name)
        with unchanged():
            for route in ("settings_team", "invite", "team_add", "settings_workspace", "questions"):
                assert client.post(reverse(route), {"name": "X"}).status_code in (403, 405), (name, route)


def test_a_taken_address_is_said_at_its_field(cast: Cast) -> None:
    form = {"name": "Again", "email": email("ada").upper(), "role": "rep", "team": ""}
    answer = client_of("dot").post(reverse("invite"), form)
    assert answer.status_code == 422
    assert 'id="id_email_error"' in answer.content.decode()


def test_the_last_administrator_cannot_leave(cast: Cast) -> None:
    dot = team.find_user(email("dot"))
    assert dot
    form = {"name": "Dot", "email": email("dot"), "role": "rep", "team": "", "is_active": "on"}
    assert client_of("dot").post(reverse("colleague", args=[dot.uid]), form).status_code == 422
    assert team.actor_by_email(email("dot")).role is Role.ADMINISTRATOR


# --- The demo ---


def left(user: int) -> None:
    """Stands in for the supervisor's mailbox."""
    asked.append(user)


asked: list[int] = []


@pytest.fixture
def demo(cast: Cast, settings: Any) -> Cast:
    actions.mark_as_demo(actor=SYSTEM, at=now())
    settings.ETAPPE_START_EMPTY = f"{__name__}.left"
    asked.clear()
    return cast


def test_leaving_the_demo_asks_the_supervisor(demo: Cast) -> None:
    client = client_of("dot")
    assert reverse("start_empty") in client.get("/").content.decode()
    assert client.get(reverse("start_empty")).status_code == 200
    assert asked == []
    answer = client.post(reverse("start_empty"))
    assert reverse("setup_ready") in answer.content.decode()
    assert asked == [demo.dot.id]
    assert Client().get(reverse("setup_ready")).status_code == 204


def test_the_demo_is_said_to_everybody_and_left_by_the_administration_only(demo: Cast) -> None:
    client = client_of("ada")
    assert 'class="notice"' in client.get("/").content.decode()
    assert reverse("start_empty") not in client.get("/").content.decode()
    assert client.post(reverse("start_empty")).status_code == 403
    assert asked == []


def test_a_real_workspace_cannot_be_left(cast: Cast, settings: Any) -> None:
    settings.ETAPPE_START_EMPTY = f"{__name__}.left"
    asked.clear()
    assert client_of("dot").post(reverse("start_empty")).status_code == 404
    assert asked == []
    assert Client().get(reverse("setup_ready"))["HX-Redirect"] == reverse("questions")


# --- Four questions ---

INBOUND = {"contacts": "inbound", "existing": "most", "together": "when_it_matters", "people": "one_or_two"}


def test_four_answers_show_the_model_its_shares_and_why(cast: Cast) -> None:
    client = client_of("dot")
    assert client.get(reverse("sales_model")).status_code == 303, "nothing answered yet"
    assert client.post(reverse("questions"), INBOUND).status_code == 303
    page = client.get(reverse("sales_model")).context["page"]
    assert str(page.name) == "Inbound"
    assert [(str(share.label), share.is_lead) for share in page.shares] == [
        ("Inbound", True),
        ("Relationship", False),
        ("Team selling", False),
    ]
    assert sum(round(share.value * 100) for share in page.shares) == 100
    assert [str(why.question) for why in page.why] == ["Where do most contacts come from?"]
    assert page.repeat_heavy


def test_a_question_left_open_is_asked_again(cast: Cast) -> None:
    answer = client_of("dot").post(reverse("questions"), INBOUND | {"people": "everybody"})
    assert answer.status_code == 422
    assert team.workspace().answers is None


def test_the_process_is_taken_over_and_new_deals_start_on_it(cast: Cast) -> None:
    client = client_of("dot")
    client.post(reverse("take_process"))
    assert team.workspace().default_process == "", "there is nothing to take before the answers"
    client.post(reverse("questions"), INBOUND)
    assert client.post(reverse("take_process")).status_code == 303
    assert playbook.default_version().process == "inbound"
    assert client.get(reverse("sales_model")).context["page"].is_taken
    client.post(reverse("take_process"))
    assert playbook.default_version().number == 1, "taking it twice makes no second version"


# --- Settings ---


def test_own_settings(cast: Cast) -> None:
    client = client_of("ada")
    form = {"name": "Ada Lovis", "language": "de", "theme": "dark"}
    assert client.post(reverse("settings_profile"), form).status_code == 303
    assert "Gespeichert." in client.get("/").content.decode(), "said in the language just chosen"
    assert client.post(reverse("settings_profile"), form | {"theme": "pink"}).status_code == 422
    assert client.post(reverse("settings_profile"), form | {"name": "  "}).status_code == 422


def test_a_token_is_shown_once_works_and_is_revoked(cast: Cast) -> None:
    client = client_of("ada")
    answer = client.post(reverse("settings_tokens"), {"label": "Sheet", "scopes": ["read"]})
    secret = re.search(r"etappe_[0-9a-f]{8}_[\w-]+", answer.content.decode())
    assert secret
    assert secret[0] not in client.get(reverse("settings_tokens")).content.decode()
    assert actions.actor_by_token(secret[0], now())
    (token,) = team.tokens(cast.ada)
    assert client_of("cem").post(reverse("token_revoke", args=[token.uid])).status_code == 404
    client.post(reverse("token_revoke", args=[token.uid]))
    assert actions.actor_by_token(secret[0], now() + timedelta(hours=1)) is None


def test_the_workspace(cast: Cast) -> None:
    client = client_of("dot")
    form = {
        "name": "Stelling",
        "currency": "CHF",
        "zone": "Europe/Zurich",
        "our_domains": "stelling.example\nstelling.swiss, a.example",
    }
    assert client.post(reverse("settings_workspace"), form).status_code == 303
    assert team.workspace().our_domains == ("stelling.example", "stelling.swiss", "a.example")
    answer = client.post(reverse("settings_workspace"), form | {"our_domains": "not a domain"})
    assert answer.status_code == 422
    assert 'id="id_our_domains_error"' in answer.content.decode()
    assert client.post(reverse("settings_workspace"), form | {"zone": "Mars/Base"}).status_code == 422


def test_teams(cast: Cast) -> None:
    client = client_of("dot")
    assert client.post(reverse("team_add"), {"name": "West", "parent": str(cast.house)}).status_code == 303
    assert client.post(reverse("team_add"), {"name": "west", "parent": ""}).status_code == 422
    circle = client.post(reverse("team_edit", args=[cast.house]), {"name": "House", "parent": str(cast.north)})
    assert circle.status_code == 422
    assert 'id="id_parent_error"' in circle.content.decode()
