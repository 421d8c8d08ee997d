"""What Django is told for a site on HTTPS and for one on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from tests.cast import assemble
from tests.config.site import environ

PRINT = """
import json
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in %r}, default=str))
"""
CHECK = """
from django.core.management import execute_from_command_line
execute_from_command_line(["etappe", "check", "--deploy", "--fail-level", "DEBUG"])
"""
HTTPS = {
    "ETAPPE_ADDRESS": "https://etappe.example",
    "ETAPPE_SECRET_KEY": "0123456789" * 6,
    "DATABASE_URL": "postgresql://u@h/x",
}


def _run(home: Path, code: str, **given: str) -> subprocess.CompletedProcess[str]:
    told = environ(home, DJANGO_SETTINGS_MODULE="etappe.config.settings", **given)
    return subprocess.run(
        [sys.executable, "-c", code], env=told, capture_output=True, text=True, check=False, timeout=120
    )


def _settings(home: Path, *names: str, **given: str) -> dict[str, object]:
    done = _run(home, PRINT % (names,), **given)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_check_deploy_is_clean_on_https(tmp_path: Path) -> None:
    done = _run(tmp_path, CHECK, **HTTPS)
    assert done.returncode == 0, done.stdout + done.stderr


def test_https_makes_cookies_secure_and_keeps_browsers_on_it(tmp_path: Path) -> None:
    names = (
        "SESSION_COOKIE_NAME",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_HSTS_SECONDS",
        "SECURE_SSL_REDIRECT",
    )
    found = _settings(tmp_path, *names, **HTTPS)
    assert found["SESSION_COOKIE_NAME"] == "__Host-etappe-session"
    assert found["SESSION_COOKIE_SECURE"] is found["CSRF_COOKIE_SECURE"] is found["SECURE_SSL_REDIRECT"] is True
    assert found["SECURE_HSTS_SECONDS"] == 31536000


def test_a_proxy_is_believed_only_when_told(tmp_path: Path) -> None:
    assert _settings(tmp_path, "SECURE_PROXY_SSL_HEADER", **HTTPS)["SECURE_PROXY_SSL_HEADER"] is None
    told = _settings(tmp_path, "SECURE_PROXY_SSL_HEADER", "ALLAUTH_TRUSTED_PROXY_COUNT", **HTTPS, ETAPPE_PROXY="1")
    assert told["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert told["ALLAUTH_TRUSTED_PROXY_COUNT"] == 1


def test_only_the_hosts_named_are_served(tmp_path: Path) -> None:
    found = _settings(tmp_path, "ALLOWED_HOSTS", **HTTPS, ETAPPE_HOSTS="crm.example")["ALLOWED_HOSTS"]
    assert found == ["localhost", "127.0.0.1", "[::1]", "etappe.example", "crm.example"]


def test_a_secret_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    given = {"DATABASE_URL": "postgresql://u@h/x"}
    first = _settings(tmp_path / "home", "SECRET_KEY", **given)["SECRET_KEY"]
    assert isinstance(first, str)
    assert len(first) >= 50
    assert _settings(tmp_path / "home", "SECRET_KEY", **given)["SECRET_KEY"] == first
    assert (tmp_path / "home" / "secret-key").stat().st_mode & 0o077 == 0


def test_junk_in_the_environment_stops_the_start_with_the_name(tmp_path: Path) -> None:
    done = _run(tmp_path, "import django; django.setup()", ETAPPE_PORT="http")
    assert done.returncode != 0
    assert "ETAPPE_PORT: 'http' cannot be used" in done.stderr


@pytest.mark.django_db
def test_the_policy_of_every_page_is_strict(client: Client) -> None:
    answer = client.get("/account/login/")
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_nobody_signs_up(client: Client) -> None:
    posted = client.post("/account/signup/", {"email": "a@b.example", "password1": "x" * 14, "password2": "x" * 14})
    assert posted.status_code == 404


@pytest.mark.django_db
def test_the_login_is_throttled(client: Client) -> None:
    assemble()
    form = {"login": "somebody@etappe.example", "password": "wrong password"}
    statuses = [client.post("/account/login/", form, REMOTE_ADDR="203.0.113.7").status_code for _ in range(12)]
    assert 429 in statuses or "too many" in client.post("/account/login/", form).content.decode().lower()


def test_passwords_are_hashed_with_argon2() -> None:
    from django.contrib.auth.hashers import make_password

    assert make_password("correct horse battery").startswith("argon2")
