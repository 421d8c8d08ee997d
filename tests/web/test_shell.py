"""The frame of every page: who gets in, what the navigation shows, how noes look, language, zone, messages."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse
from django.utils import translation

from etappe.core.errors import Forbidden, Missing, Refusal, Stale
from etappe.team import actions
from etappe.web import navigation, shell
from etappe.web.middleware import EdgeMiddleware
from etappe.web.refusals import broken
from etappe.web.templatetags.parts import ICONS
from tests.cast import AT, Cast
from tests.web.signed import client_of

WEB = Path(__file__).parents[2] / "src" / "etappe" / "web"
TEMPLATES = sorted([*(WEB / "templates").rglob("*.html"), *(WEB / "loops").glob("*.html")])
PAGES = [path for path in TEMPLATES if path.parent.name != "mails"]
"""Mail programs know no style sheets, and a mail has no policy that it could break."""
HTMX = {"HX-Request": "true"}


def places(client: Client) -> list[str]:
    return re.findall(r'<a class="plain" href="([^"]+)"', client.get("/design/").content.decode())


def test_the_rail_shows_what_exists_and_what_the_viewer_may(cast: Cast) -> None:
    seen = {name: places(client_of(name)) for name in ("dot", "ben", "ada", "oda")}
    for name, found in seen.items():
        assert "/" in found, name
    imports, inspection = (navigation.address(route) for route in ("import", "inspection"))
    for route, may in ((imports, {"dot"}), (inspection, {"dot", "ben"})):
        if route:
            assert {name for name, found in seen.items() if route in found} == may
    assert all(navigation.address(route) == "" for route in ("leads", "customers", "marketing")), "not built yet"


def test_only_the_deepest_place_is_marked(cast: Cast) -> None:
    page = client_of("dot").get(reverse("settings_team")).content.decode()
    local = page[page.index('<nav class="local"') :]
    assert re.findall(r'href="([^"]+)" aria-current="page"', local[: local.index("</nav>")]) == [
        reverse("settings_team")
    ]


def routes(patterns: Any = None, prefix: str = "") -> list[str]:
    found: list[str] = []
    for each in get_resolver("etappe.web.urls").url_patterns if patterns is None else patterns:
        route = prefix + str(each.pattern)
        found += routes(each.url_patterns, route) if hasattr(each, "url_patterns") else [route]
    return found


def filled(route: str) -> str:
    spelled = re.sub(r"<uuid:\w+>", str(uuid.UUID(int=7)), route)
    return "/" + re.sub(r"<int:\w+>", "1", re.sub(r"<(?:str:|slug:|path:)?\w+>", "some", spelled))


OPEN = ("mails/stop/", "setup/ready/", "setup/<str:token>/", "join/<str:token>/", "n/", "confirm/", "notes/", "health")
"""Beginnings of the addresses that need no sign-in."""


@pytest.mark.parametrize("route", [route for route in routes() if not route.startswith(OPEN)])
@pytest.mark.django_db
def test_every_page_asks_for_a_sign_in(client: Client, route: str) -> None:
    for send in (client.get, client.post):
        answer = send(filled(route))
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/account/login/")


@pytest.mark.django_db
def test_a_session_that_ended_sends_htmx_to_the_sign_in_page(client: Client) -> None:
    answer = client.get("/design/", headers=HTMX)
    assert answer["HX-Redirect"].startswith("/account/login/?next=")
    assert answer.content == b""


def test_pages_behind_the_sign_in_are_not_kept(cast: Cast) -> None:
    assert client_of("ada").get("/").headers["Cache-Control"] == "no-store"


# --- Noes ---


def answer_to(problem: Exception, *, htmx: bool = False) -> HttpResponse | None:
    request = RequestFactory().post("/deals/", headers=HTMX if htmx else {})
    request.htmx = shell_htmx(request)  # type: ignore[attr-defined]
    return EdgeMiddleware(lambda _request: HttpResponse()).process_exception(request, problem)


def shell_htmx(request: HttpRequest) -> Any:
    from django_htmx.middleware import HtmxDetails

    return HtmxDetails(request)


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (Missing(), 404),
        (Forbidden("forbidden", act="deals.move"), 403),
        (Stale("stale", by="Ben Brandt", at=AT, seen=1, now=2, changed={}), 409),
        (Refusal("link_invalid"), 422),
    ],
)
@pytest.mark.django_db
def test_noes_have_their_status_as_page_and_as_panel(problem: Exception, status: int) -> None:
    page, part = answer_to(problem), answer_to(problem, htmx=True)
    assert page is not None
    assert part is not None
    assert page.status_code == part.status_code == status
    assert b"<html" in page.content
    assert b"<html" not in part.content
    assert b'class="panel-head"' in part.content
    assert (part["HX-Retarget"], part["HX-Reswap"]) == ("#panel", "innerHTML")
    assert "HX-Retarget" not in page


def test_a_bug_is_not_dressed_up_as_a_no() -> None:
    assert answer_to(ValueError("a bug")) is None


def test_the_way_back_never_leaves_the_site(cast: Cast) -> None:
    client = client_of("ada")
    answer = client.post(
        reverse("token_revoke", args=[uuid.UUID(int=7)]), headers={"Referer": "https://evil.example/x"}
    )
    assert answer.status_code == 404
    assert b"evil.example" not in answer.content


def test_a_record_that_is_not_there_looks_like_an_address_that_is_not(cast: Cast) -> None:
    record = reverse("colleague", args=[uuid.UUID(int=7)])
    pages = [client_of("dot").get(path).content.decode() for path in (record, "/no/such/page")]
    plain = [re.sub(r"[A-Za-z0-9]{64}", "", page) for page in pages]
    assert plain[0].replace(' aria-current="page"', "") == plain[1].replace(' aria-current="page"', "")


def test_a_form_without_its_token_changes_nothing_and_says_so(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(client_of("ada").user)
    answer = client.post(reverse("settings_profile"), {"name": "Mallory"})
    assert answer.status_code == 403
    assert b"send it again" in answer.content


# --- Language, zone, appearance ---


@pytest.mark.parametrize(
    ("own", "browser", "heading"),
    [("", "de-DE,de;q=0.9", "Heute"), ("", "en-GB", "Today"), ("de", "en-GB", "Heute"), ("en", "de-DE", "Today")],
)
def test_the_page_speaks_the_readers_language(cast: Cast, own: str, browser: str, heading: str) -> None:
    actions.set_language(own, actor=cast.ada, at=AT)
    page = client_of("ada").get("/", headers={"Accept-Language": browser}).content.decode()
    assert f"<h1>{heading}</h1>" in page
    assert f'<html lang="{"de" if heading == "Heute" else "en"}"' in page


def test_a_language_of_one_does_not_stay_for_the_next(cast: Cast) -> None:
    actions.set_language("de", actor=cast.ada, at=AT)
    client_of("ada").get("/")
    assert b"<h1>Today</h1>" in client_of("ben").get("/", headers={"Accept-Language": "en"}).content


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_chosen_appearance_is_in_the_first_byte_of_the_page(cast: Cast, theme: str) -> None:
    actions.set_theme(theme, actor=cast.ada, at=AT)
    page = client_of("ada").get("/").content.decode()
    assert f'data-theme="{theme}"' in page.split(">")[1]
    assert f'<meta name="color-scheme" content="{theme}">' in page


def test_times_stand_in_the_workspaces_zone(cast: Cast) -> None:
    client = client_of("dot")
    told = {}
    for zone in ("Asia/Tokyo", "America/New_York"):
        actions.edit_workspace({"zone": zone}, actor=cast.dot, at=AT)
        found = re.search(
            r'<time datetime="[^"]+" title="[^"]+">([^<]+)</time>', client.get("/design/").content.decode()
        )
        assert found
        told[zone] = client.get("/design/").context["today"]
    assert (told["Asia/Tokyo"] - told["America/New_York"]).days in (0, 1)


# --- Messages and parts of pages ---


def test_a_message_reaches_the_next_page_once(cast: Cast) -> None:
    client = client_of("ada")
    assert client.post(reverse("settings_profile"), {"name": "Ada B. Ahrens"}).status_code == 303
    assert client.get("/").content.decode().count('class="toast ') == 1
    assert 'class="toast ' not in client.get("/").content.decode()


def test_htmx_gets_the_message_with_its_answer_once(cast: Cast) -> None:
    answer = client_of("ada").post("/design/", headers=HTMX).content.decode()
    assert answer.count("hx-swap-oob") == 1
    assert answer.count('class="toast ') == 1
    assert 'hx-post="?undone"' in answer
    assert "<html" not in answer


def test_a_part_is_sent_only_to_htmx_and_told_apart_by_caches(cast: Cast) -> None:
    client = client_of("ada")
    whole, part = client.get("/design/?sheet=1"), client.get("/design/?sheet=1", headers=HTMX)
    boosted = client.get("/design/?sheet=1", headers=HTMX | {"HX-Boosted": "true"})
    assert b"<html" in whole.content
    assert b"<html" in boosted.content
    assert b"<html" not in part.content
    assert part["HX-Retarget"] == "#panel"
    assert "HX-Request" in part["Vary"]


def test_going_on_is_a_redirection_for_a_form_and_a_header_for_htmx() -> None:
    request = RequestFactory().post("/")
    request.htmx = shell_htmx(request)  # type: ignore[attr-defined]
    assert (shell.go(request, "design").status_code, shell.go(request, "design")["Location"]) == (303, "/design/")
    request = RequestFactory().post("/", headers=HTMX)
    request.htmx = shell_htmx(request)  # type: ignore[attr-defined]
    assert shell.go(request, "design")["HX-Redirect"] == "/design/"


# --- What templates may hold ---


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(WEB)))
def test_no_template_has_inline_script_or_style(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son(?!e=)[a-z]+=|\shx-on|javascript:|hx-vals=['\"]js:", text)
    for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL):
        assert "src=" in attributes or "application/json" in attributes, body
    assert "|safe" not in text or path.name == "field.html", "help texts are ours; nothing else is trusted"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB)))
def test_every_icon_a_template_names_is_in_the_sprite(path: Path) -> None:
    assert set(re.findall(r'{% icon "([^"]+)"', path.read_text())) <= ICONS
    assert set(re.findall(r'\bicon="([^"]+)"', path.read_text())) <= ICONS


def test_the_sprite_carries_no_icon_that_nothing_uses() -> None:
    sources = [*TEMPLATES, *(path for path in WEB.rglob("*.py"))]
    everything = "\n".join(path.read_text() for path in sources)
    assert {name for name in ICONS if f'"{name}"' not in everything} == set()


def test_loops_escape_what_users_wrote_and_hold_no_words() -> None:
    for path in (WEB / "loops").glob("*.html"):
        text = path.read_text()
        assert not re.search(r"\|\s*safe|autoescape|Markup", text)
        said = re.sub(r"<[^>]*>", "", re.sub(r"{%.*?%}|{{.*?}}", "", text))
        assert not re.search("[a-z]", said), said


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_fault_of_ours_is_said_without_the_database(language: str) -> None:
    with translation.override(language):
        answer = broken(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert f'<html lang="{language}"' in answer.content.decode()


def test_a_fault_without_a_database_is_said_as_a_page() -> None:
    client = Client(raise_request_exception=False, headers={"Accept-Language": "de"})
    answer = client.get("/setup/some-token/")  # asks the database, which tests without the mark have none of
    assert answer.status_code == 500
    assert "Etwas ist schiefgegangen" in answer.content.decode()
    told = client.get("/api/v1/deals", headers={"Authorization": "Bearer etp_x"})
    assert told.status_code == 500
    assert told.json()["error"]["code"] == "broken"


def test_an_address_for_forms_says_so_when_it_is_opened(cast: Cast) -> None:
    answer = client_of("dot").get(reverse("take_process"))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Nothing to open here" in answer.content.decode()


def test_a_form_that_is_too_old_leads_back_to_its_page(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    came_from = "http://testserver/accounts/?search=x"
    answer = client.post(reverse("account_login"), {}, headers={"Referer": came_from})
    assert answer.status_code == 403
    assert f'href="{came_from}"' in answer.content.decode()
    part = client.post(reverse("account_login"), {}, headers={**HTMX, "Referer": came_from}).content.decode()
    assert "<html" not in part


def test_django_asks_our_pages_for_its_own_noes() -> None:
    found = [get_resolver().resolve_error_handler(code) for code in (400, 403, 404, 500)]
    assert [each.__module__ for each in found] == ["etappe.web.refusals"] * 4
