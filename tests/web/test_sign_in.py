"""Signing in: with a password, a second factor, a passkey; and every door that stays shut."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.core.context import request_context
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.test import Client, RequestFactory
from django.utils import translation
from playwright.sync_api import Page

from etappe.config.signin import ResetForm
from etappe.core.actor import Role
from etappe.journal.clock import now
from etappe.team import actions as team
from etappe.team.models import User
from tests.cast import PASSWORD, Cast, assemble, email
from tests.web.signed import client_of

LOGIN = "/account/login/"


def sign_in(client: Client, name: str = "ada", password: str = PASSWORD, path: str = LOGIN) -> int:
    return client.post(path, {"login": email(name), "password": password}).status_code


def prove(client: Client) -> None:
    """Give the password again, as changes to the account ask for."""
    assert client.post("/account/reauthenticate/", {"password": PASSWORD}).status_code == 302


def test_the_right_password_lets_in_and_the_wrong_one_does_not(cast: Cast, client: Client) -> None:
    assert sign_in(client, password="wrong wrong wrong") == 200
    assert client.get("/").status_code == 302
    assert sign_in(client) == 302
    assert client.get("/").status_code == 200


def test_the_address_is_known_in_any_case_and_nobody_learns_which_exist(cast: Cast, client: Client) -> None:
    told = []
    for address in (email("ada"), "nobody@etappe.example"):
        page = client.post(LOGIN, {"login": address, "password": "wrong wrong wrong"}).content.decode()
        told.append(re.findall(r'role="alert">.*?</div></div>', page, re.DOTALL))
    assert told[0]
    assert told[0] == told[1]
    assert client.post(LOGIN, {"login": email("ada").upper(), "password": PASSWORD}).status_code == 302


def test_guessing_is_slowed_down(cast: Cast, client: Client) -> None:
    for _ in range(5):
        sign_in(client, password="wrong wrong wrong")
    assert sign_in(client) in (200, 429), "even the right password waits now"
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"])
def test_the_sign_in_leads_nowhere_else(cast: Cast, client: Client, to: str) -> None:
    answer = client.post(LOGIN, {"login": email("ada"), "password": PASSWORD, "next": to})
    assert answer["Location"] == "/"


def test_whoever_left_is_out(cast: Cast, client: Client) -> None:
    from etappe.team import actions, queries
    from tests.cast import AT

    ada = queries.find_user(email("ada"))
    assert ada
    actions.edit_user(ada.uid, {"is_active": False}, actor=cast.dot, at=AT)
    sign_in(client)
    assert client.get("/").status_code == 302


def test_signing_out_needs_a_post(cast: Cast) -> None:
    client = client_of("ada")
    assert client.get("/account/logout/").status_code == 200
    assert client.get("/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        "/account/signup/",
        "/account/email/",
        "/account/confirm-email/",
        "/account/confirm-email/x/",
        "/account/password/set/",
        "/account/password/reset/",
        "/account/password/reset/key/1-x/",
        "/account/3rdparty/",
        "/account/2fa/webauthn/signup/",
    ],
)
def test_doors_that_stay_shut(cast: Cast, path: str) -> None:
    for client in (Client(), client_of("ada")):
        assert client.get(path).status_code == 404
        assert client.post(path, {"email": "x@etappe.example"}).status_code == 404


def test_the_sign_in_page_offers_a_reset_only_where_mail_is_set_up(
    cast: Cast, client: Client, settings: object
) -> None:
    assert "password/reset" not in client.get(LOGIN).content.decode()
    settings.EMAIL_HOST = "mail.example"  # type: ignore[attr-defined]
    assert "password/reset" in client.get(LOGIN).content.decode()


def test_a_reset_is_for_those_who_chose_a_password_and_not_for_owners_that_came_with_an_import(cast: Cast) -> None:
    User.objects.filter(email=email("cem")).update(password=make_password(None))
    for name, is_found in (("ada", True), ("cem", False), ("niemand", False)):
        form = ResetForm({"email": email(name)})
        assert form.is_valid(), "nobody learns who exists"
        assert bool(form.users) is is_found


def test_the_mail_for_a_new_password_speaks_its_readers_language(cast: Cast, settings: Any) -> None:
    User.objects.filter(email=email("ada")).update(language="de")
    request = RequestFactory().post("/account/password/reset/")
    form = ResetForm({"email": email("ada")})
    assert form.is_valid()
    with request_context(request), translation.override("en"):
        form.save(request)
    (sent,) = mail.outbox
    assert sent.subject == "Etappe: neues Passwort wählen"
    assert sent.to == [email("ada")]
    assert "Guten Tag Ada" in sent.body
    assert "/account/password/reset/key/" in sent.body
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with request_context(request):
        form.save(request)  # the page says the same, whether anybody has the address or not


def test_a_stranger_gets_no_mail(cast: Cast) -> None:
    request = RequestFactory().post("/account/password/reset/")
    form = ResetForm({"email": "stranger@etappe.example"})
    assert form.is_valid()
    with request_context(request):
        form.save(request)
    assert not mail.outbox


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize(
    "path",
    [
        "password/change/",
        "sessions/",
        "2fa/",
        "2fa/totp/activate/",
        "2fa/webauthn/",
        "2fa/webauthn/add/",
        "2fa/recovery-codes/generate/",
        "reauthenticate/",
    ],
)
def test_every_page_of_the_account_stands_in_our_frame(cast: Cast, path: str, language: str) -> None:
    client = Client(headers={"Accept-Language": language})
    sign_in(client)
    if path != "reauthenticate/":
        prove(client)
    page = client.get(f"/account/{path}").content.decode()
    assert 'class="wordmark"' in page
    assert f'<html lang="{language}"' in page
    assert len(re.findall(r"<h1", page)) == 1
    said = re.sub(r"<[^>]+>", " ", page.partition("<main")[2])
    assert not re.findall(r"\b(?:[Dd]u|[Dd]eine?|Authentifizierung\w*|Two-Factor|Passwordless)\b", said)


def test_an_invitation_that_lets_nobody_in_says_so(cast: Cast, client: Client) -> None:
    _uid, token = team.invite("ines@etappe.example", "Ines", Role.REP, None, actor=cast.dot, at=now())
    assert client.get(f"/join/{token}/").status_code == 200
    assert client.get(f"/join/{token}/").status_code == 200, "looking uses nothing up"
    joined = client.post(f"/join/{token}/", {"password": "Drei Ziegen im Regen"})
    assert joined.status_code == 302
    _uid, late = team.invite("ole@etappe.example", "Ole", Role.REP, None, actor=cast.dot, at=now() - timedelta(days=8))
    for wrong, words in ((token, "does not work"), ("nonsense", "does not work"), (late, "expired on")):
        page = Client(headers={"Accept-Language": "en"}).get(f"/join/{wrong}/")
        told = page.content.decode()
        assert (page.status_code, words in told, "Ask whoever invited you" in told) == (410, True, True)
        assert "<input" not in told and 'href="/account/login/"' in told


def code(secret: str, at: float) -> str:
    """The six digits of RFC 6238, as an app shows them."""
    mac = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(at) // 30), hashlib.sha1)
    found = struct.unpack(">I", mac[mac[-1] & 15 :][:4])[0] & 0x7FFFFFFF
    return f"{found % 1_000_000:06d}"


def test_a_second_factor_is_asked_for_from_then_on(cast: Cast, client: Client) -> None:
    sign_in(client)
    assert client.get("/account/2fa/totp/activate/").status_code == 302, "the password is asked for again"
    prove(client)
    page = client.get("/account/2fa/totp/activate/").content.decode()
    secret = re.search(r'value="([A-Z2-7]{16,})"', page)
    assert secret
    assert 'src="data:image/svg+xml' in page
    assert client.post("/account/2fa/totp/activate/", {"code": code(secret[1], time.time())}).status_code == 302
    assert "recovery" in client.get("/account/2fa/recovery-codes/").content.decode().lower()
    other = Client()
    sign_in(other)
    assert other.get("/").status_code == 302, "the password alone is no longer enough"
    assert other.get("/account/2fa/authenticate/").status_code == 200
    assert other.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert other.get("/").status_code == 302


def test_sessions_are_listed_and_the_others_ended(cast: Cast) -> None:
    here, there = Client(), Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/145.0"})
    sign_in(here)
    sign_in(there)
    assert "Firefox, Linux" in here.get("/account/sessions/").content.decode()
    here.post("/account/sessions/")
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302


@pytest.mark.browser
def test_a_passkey_replaces_the_password(built: object, site: str, quiet: Page) -> None:
    assemble()
    devices = quiet.context.new_cdp_session(quiet)
    devices.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    simulated = {"isUserVerified": True, "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": device | simulated})
    quiet.goto(f"{site}{LOGIN}")
    quiet.fill("[name=login]", email("ada"))
    quiet.fill("[name=password]", PASSWORD)
    quiet.get_by_role("button", name="Sign in", exact=True).click()
    quiet.goto(f"{site}/account/2fa/webauthn/add/")
    quiet.fill("[name=password]", PASSWORD)
    quiet.get_by_role("button", name="Go on").click()
    quiet.fill("[name=name]", "Laptop")
    passwordless = quiet.locator("[name=passwordless]")
    if passwordless.count():
        passwordless.check()
    quiet.locator("#mfa_webauthn_add").click()
    quiet.wait_for_url(lambda url: "/add/" not in url)
    quiet.goto(f"{site}/account/logout/")
    quiet.get_by_role("button", name="Sign out", exact=True).click()
    quiet.goto(f"{site}{LOGIN}")
    quiet.locator("#passkey_login").click()
    quiet.wait_for_url(f"{site}/")
    assert quiet.locator("h1").inner_text() == "Today"
