"""The frame that is drawn once and kept: nobody sees what is somebody else's, and everybody's token is their own."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from django.template import Context, Engine
from django.template.backends.django import get_installed_libraries
from django.test import Client
from django.utils import translation

from etappe.team import actions
from etappe.web import frame
from tests.cast import AT, NAMES, PASSWORD, Cast, email
from tests.web.signed import client_of

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
SEES = {"dot": "Dot Dörfler", **NAMES}


def frame_as_seen(client: Client, path: str) -> str:
    """The page without what is each request's own: the tokens."""
    page = client.get(path).content.decode()
    assert "<html" in page
    return re.sub(r'(name="csrf" content=|name="csrfmiddlewaretoken" value=)"[^"]+"', r"\1", page)


@pytest.fixture
def cold() -> Callable[[], None]:
    """Forgets all frames drawn so far."""
    frame._drawn.cache_clear()
    return frame._drawn.cache_clear


def test_a_kept_frame_is_the_one_that_would_be_drawn_anew(cast: Cast, cold: Callable[[], None]) -> None:
    actions.set_language("de", actor=cast.ada, at=AT)
    clients = {name: client_of(name) for name in SEES}
    paths = ("/", "/settings/", "/accounts/")
    anew = {}
    for name, client in clients.items():
        for path in paths:
            cold()
            anew[name, path] = frame_as_seen(client, path)
    for _ in range(2):
        for path in paths:
            for name, client in clients.items():
                assert frame_as_seen(client, path) == anew[name, path], (name, path)


def test_nobody_sees_the_name_of_whoever_looked_before(cast: Cast, cold: Callable[[], None]) -> None:
    for name, own in SEES.items():
        top = client_of(name).get("/settings/").content.decode().partition("<main")[0]
        assert own in top
        assert not [other for other in SEES.values() if other != own and other in top], name


def test_a_new_name_and_a_new_role_show_at_once(cast: Cast, cold: Callable[[], None]) -> None:
    client = client_of("ada")
    assert "Ada Ahrens" in client.get("/").content.decode()
    hostile = '<b>"Ada"</b> {{ csrf_token }} {% now "Y" %}'
    actions.edit_profile({"name": hostile}, actor=cast.ada, at=AT)
    page = client.get("/").content.decode()
    assert "&lt;b&gt;&quot;Ada&quot;&lt;/b&gt; {{ csrf_token }} {% now &quot;Y&quot; %}" in page
    assert "Ada Ahrens" not in page
    assert hostile not in page
    assert frame.TOKEN not in page


def test_each_frame_holds_the_token_of_its_own_session(cast: Cast) -> None:
    clients = [Client(enforce_csrf_checks=True) for _ in range(2)]
    tokens = [signed_in(client, name) for client, name in zip(clients, ("ada", "ben"), strict=True)]
    ada = clients[0]
    crossed = ada.post("/account/logout/", {"csrfmiddlewaretoken": tokens[1]})
    assert crossed.status_code == 403, "the token of another session"
    assert "_auth_user_id" in ada.session
    for client, token in zip(clients, tokens, strict=True):
        assert client.post("/account/logout/", {"csrfmiddlewaretoken": token}).status_code == 302
        assert "_auth_user_id" not in client.session


def signed_in(client: Client, name: str) -> str:
    """Sign in through the form; the token that the frame of the next page holds."""
    form = client.get("/account/login/").content.decode()
    token = TOKEN.findall(form)[0]
    sent = {"login": email(name), "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert client.post("/account/login/", sent).status_code == 302
    top = client.get("/settings/").content.decode().partition("<main")[0]
    found = TOKEN.findall(top)
    assert len(found) == 2, "one form on the phone, one in the rail"
    return found[0]


# --- Templates, worked out once for each language ---

SOURCE = """{% load i18n static parts %}
{% translate "Deals" %} {% translate "choose" context "key" %} {% translate word %} {% translate "Deals"|upper %}
{% translate "Table" as name %}{% if shown %}{{ name }}{% icon "x" name %}{% else %}{% icon "check" %}{% endif %}
{% for each in rows %}{% url "deals" %} {% url "deal" each %} {% url "deals" as there %}{{ there }}
{% url "deal" each as page %}{{ page }}{% endfor %}
{% language "de" %}{% translate "Deals" %}{% endlanguage %}{% static "favicon.svg" %}{% static file %}
{% icon "check" label=name %}{% icon "check" as sign %}{{ sign }}{% with name="<i>" %}{{ name }}{% endwith %}{{ name }}
{% autoescape off %}{% url "search" %}{{ hostile }}{% endautoescape %}{{ hostile }}
"""


@pytest.mark.parametrize("shown", [True, False])
def test_a_folded_template_says_what_the_plain_one_says_in_each_language(shown: bool) -> None:
    files = ("django.template.loaders.locmem.Loader", {"page.html": SOURCE})
    engine = Engine(libraries=get_installed_libraries(), loaders=[("etappe.web.folding.Loader", [files])])
    plain = Engine(libraries=get_installed_libraries()).from_string(SOURCE)
    values = {
        "shown": shown,
        "word": "Board",
        "rows": [uuid.uuid4(), str(uuid.uuid4())],
        "file": "favicon.svg",
        "hostile": "<b>&",
    }
    said = []
    for language in ("de", "en", "de"):
        with translation.override(language):
            folded = engine.get_template("page.html")
            said.append(folded.render(Context(values)))
            assert said[-1] == plain.render(Context(values))
            assert len(folded.nodelist) < len(plain.nodelist)
    assert said[0] == said[2] != said[1]
