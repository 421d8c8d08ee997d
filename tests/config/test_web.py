"""The web's process as it is served: what only the real server refuses or lets through."""

from __future__ import annotations

import http.client
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import quote

import pytest

from etappe.core.filters import LENGTH
from tests.cast import assemble
from tests.config.site import environ, free_port, until
from tests.config.test_worker import url_of_test
from tests.web.signed import client_of


@pytest.fixture
def port(fresh_database: str, tmp_path: Any) -> Iterator[int]:
    """gunicorn with its settings, on the test's database."""
    assemble()
    port = free_port()
    told = environ(tmp_path, DATABASE_URL=url_of_test(), ETAPPE_SECRET_KEY="tests " * 9)
    told["DJANGO_SETTINGS_MODULE"] = "etappe.config.settings"
    settings = ["--config", "python:etappe.config.gunicorn_settings", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *settings, "etappe.config.wsgi:application"], env=told
    )
    until(lambda: _answers(port), "the web to answer")
    yield port
    process.terminate()
    process.wait()


def _answers(port: int) -> bool:
    try:
        return _get(port, "/account/login/")[0] == 200
    except OSError:
        return False


def _get(port: int, path: str, cookie: str = "") -> tuple[int, str]:
    with closing(http.client.HTTPConnection("localhost", port, timeout=60)) as connection:
        connection.request("GET", path, headers={"Cookie": cookie, "Accept-Language": "en"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def _filter(length: int) -> str:
    """A filter of so many characters, each of which takes twelve in an address."""
    return f'name ~ "{"🌍" * (length - 9)}"'


def test_the_longest_filter_fits_into_an_address(port: int) -> None:
    cookie = "; ".join(f"{name}={each.value}" for name, each in client_of("ada").cookies.items())
    longest = _filter(LENGTH)
    assert len(longest) == LENGTH
    status, said = _get(port, f"/deals/?where={quote(longest)}", cookie)
    assert (status, quote(longest) in said) == (200, True)
    status, said = _get(port, f"/deals/?where={quote(_filter(LENGTH + 1))}", cookie)
    assert (status, "The filter is too long: 8001 of at most 8000 characters." in said) == (422, True)
    assert _get(port, f"/deals/?where={'x' * 13 * LENGTH}", cookie)[0] == 414
    assert _get(port, "/deals/", cookie)[0] == 200
