"""Every page, found by walking the addresses: whole, in both languages, under a strict policy, by so many queries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast
from tests.web import doors
from tests.web.counting import counted
from tests.web.doors import Door
from tests.web.everything import Everything
from tests.web.pages import Reading, untranslated
from tests.web.signed import client_of
from tests.web.test_permissions import WANTED

pytestmark = pytest.mark.slow

PARTS = frozenset(
    {
        "/deals/board/totals/",
        "/tags/",
        "/lists/{subject}/count/",
        "/setup/ready/",
        "/figures/quality/counts/",
        "/fields/suggest/{kind}/",
    }
)
"""Addresses that answer with a part of a page."""
FILES = frozenset({
    "/lists/{subject}/export.{shape}",
    "/bulk/{uid}/refused.csv",
    "/evidence/{uid}/file/", "/files/{uid}/",
    "/figures/{key}.{shape}", "/figures/forecast.{shape}", "/figures/forecast_backtest.{shape}",
    "/playbook/{key}/{number}/source/", "/import/{uid}/map.yaml",
    "/import/{uid}/rejected/{number}.csv", "/settings/export/{uid}/archive.zip", "/accounts/{uid}/people.vcf",
    "/people/cards.vcf", "/people/{uid}/card.vcf", "/deals/changes/",
    "/drafts/schema.json",
})  # fmt: skip
"""Addresses that answer with something to save, or with data."""
DATA = frozenset({"/deals/changes/", "/drafts/schema.json"})
"""Those that pages read themselves."""
FOREIGN = frozenset({"/evidence/{uid}/layout/"})
"""Documents of somebody else, which have a policy of their own."""
HEADINGS = {"/design/": 2}
"""The living page shows a heading, too."""
OPEN = {door.route: cells for door, cells in WANTED.items() if door.method == "GET" and not door.is_api}
PAGES = [route for route, cells in OPEN.items() if cells["dot"] in ("200", "410") and route not in PARTS | FILES]
BEFORE_SIGN_IN = [route for route, cells in OPEN.items() if cells["nobody"] == "200" and route not in PARTS | FILES]
STRICT = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "object-src": "'none'",
    "base-uri": "'none'", "form-action": "'self'", "frame-ancestors": "'none'",
}  # fmt: skip
SHUT = {"default-src": "'none'", "form-action": "'none'", "base-uri": "'none'", "sandbox": ""}


def get(client: Client, all_: Everything, route: str, language: str) -> Any:
    doors.BEFORE.get(route, lambda _all: None)(all_)
    address = doors.address(all_, Door("GET", route))
    return client.get(address, headers={"Accept-Language": language})


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_is_whole(all_: Everything, language: str) -> None:
    signed, problems = client_of("dot"), []
    for route in _demo_last(PAGES):
        answer = get(signed, all_, route, language)
        assert str(answer.status_code) == OPEN[route]["dot"], route
        problems += [f"{route}: {problem}" for problem in _wrong(route, answer, language)]
    for route in BEFORE_SIGN_IN:
        answer = get(Client(), all_, route, language)
        problems += [f"{route} for nobody: {problem}" for problem in _wrong(route, answer, language)]
    assert not problems, "\n".join(problems)


def _demo_last(routes: list[str]) -> list[str]:
    return sorted(routes, key=lambda route: route in doors.BEFORE)


def _wrong(route: str, answer: Any, language: str) -> Iterator[str]:
    assert answer["Content-Type"] == "text/html; charset=utf-8", route
    reading = Reading(answer.content.decode())
    yield from _lax(route, answer)
    if route in FOREIGN:
        return
    yield from reading.problems
    yield from (f"two elements are called {name}" for name, count in reading.ids.items() if count > 1)
    if reading.tags["h1"] != HEADINGS.get(route, 1):
        yield f"has {reading.tags['h1']} headings of the first order"
    if reading.language != language:
        yield f"says it is in {reading.language!r}"
    if language == "de":
        yield from (f"says in English: {words}" for words in untranslated(reading))


def _lax(route: str, answer: Any) -> Iterator[str]:
    """What the page's policy lets through that it should not."""
    parts = (part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";"))
    policy = {name: values for name, _space, values in parts}
    for name, values in (SHUT if route in FOREIGN else STRICT).items():
        if policy.get(name) != values:
            yield f"the policy says {name} {policy.get(name)}"
    if any(lax in answer["Content-Security-Policy"] for lax in ("unsafe", "*", "http", "nonce")):
        yield "the policy has a hole"


def test_every_file_is_saved_and_never_shown(all_: Everything) -> None:
    signed = client_of("dot")
    for route in FILES - DATA:
        answer = get(signed, all_, route, "de")
        assert answer.get("Content-Disposition", "").startswith("attachment"), route
        assert answer["X-Content-Type-Options"] == "nosniff", route
        assert "html" not in answer["Content-Type"], route


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_part_is_translated_and_holds_no_page(all_: Everything, language: str) -> None:
    signed = client_of("dot")
    for route in PARTS:
        reading = Reading(get(signed, all_, route, language).content.decode())
        assert reading.tags["html"] == 0, route
        assert reading.problems == [], route
        assert language == "en" or list(untranslated(reading)) == [], route


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_of_an_empty_workspace_says_what_to_do(cast: Cast, language: str) -> None:
    signed, problems = client_of("dot"), []
    for route in [route for route in PAGES if "{" not in route and route not in doors.BEFORE]:
        answer = signed.get(route, headers={"Accept-Language": language}, follow=True)
        assert answer.status_code == 200, route
        problems += [f"{route}: {problem}" for problem in _wrong(route, answer, language)]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_no_is_a_whole_page(all_: Everything, language: str) -> None:
    """A page that is not there, one that is for others, a form that was refused."""
    problems = []
    for name, send, route, status in (
        ("cem", "get", "/deals/{uid}/", 404),
        ("ada", "get", "/inspection/", 403),
        ("ada", "post", "/settings/team/invite/", 403),
        ("ada", "get", "/nowhere/", 404),
    ):
        client, address = client_of(name), doors.address(all_, Door("GET", route))
        answer = getattr(client, send)(address, headers={"Accept-Language": language})
        assert answer.status_code == status, route
        problems += [f"{route}: {problem}" for problem in _wrong(route, answer, language)]
    refused = client_of("ada").post(
        f"/deals/{all_.bare}/move/", {"to": "requirements_agreed"}, headers={"Accept-Language": language}
    )
    assert refused.status_code == 422
    problems += [f"a refused move: {problem}" for problem in _wrong("", refused, language)]
    assert not problems, "\n".join(problems)


def test_every_page_asks_the_database_as_often_as_agreed(all_: Everything) -> None:
    signed, problems = client_of("dot"), []
    for route in [*PAGES, *PARTS, "/deals/changes/"]:
        if route.startswith("/account/") or route in doors.BEFORE:
            continue
        try:
            counted(signed, doors.address(all_, Door("GET", route)), route)
        except AssertionError as error:
            problems.append(str(error).partition("\n")[0])
    assert not problems, "tests/web/query_counts.json: " + "\n".join(problems)
