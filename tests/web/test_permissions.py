"""Who gets through which door: every route, method and role, against one reviewed table.

The routes are found by walking the addresses and the API's description. Somebody who may gets through with a valid
request; whoever may not changes nothing, shown by a digest of the database; what another team has looks exactly like
what is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from etappe.team.actions import create_token
from tests.cast import AT
from tests.unchanged import digest, written
from tests.web import doors
from tests.web.doors import Door
from tests.web.everything import SECRETS, Everything
from tests.web.signed import client_of

TABLE = Path(__file__).parent / "permissions.txt"
ROLES = ("nobody", "cem", "ada", "ben", "mia", "sam", "oda", "dot")
"""The columns. Cem is a rep of another team, Ada owns the deals, Ben manages her team, Mia is marketing and Sam success
beside her, Oda observes, Dot administers."""
DENIED = ("in", "401", "403", "404", "405", "410", "422")
HINT = (
    "tests/web/permissions.txt says who gets through which door, one line per method and route. Add a line with what "
    f"each role is to get ({', '.join(ROLES)}), and the valid request to tests/web/doors.py."
)


def read_table() -> dict[Door, dict[str, str]]:
    """The reviewed table."""
    lines = (line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#"))
    return {Door(method, route): dict(zip(ROLES, cells, strict=True)) for method, route, *cells in lines}


WANTED = read_table()


def test_every_line_stands_once() -> None:
    lines = [line for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    assert len(lines) == len(WANTED)


def test_every_route_has_its_lines_and_every_line_its_route() -> None:
    there = {*doors.page_routes(), *(door.route for door in doors.operations())}
    assert not (there - {door.route for door in WANTED}), f"Routes without a line. {HINT}"
    assert not ({door.route for door in WANTED} - there), "Lines of routes that are gone: take them out."
    operations = set(doors.operations())
    assert not (operations - set(WANTED)), f"Operations without a line. {HINT}"
    assert not ({door for door in WANTED if door.is_api} - operations), "Lines of operations that are gone."


def test_the_description_of_the_api_hides_nothing() -> None:
    assert set(doors.api_routes()) == {door.route for door in doors.operations()}


# --- The matrix ---


@pytest.fixture(autouse=True)
def _stays(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.insights.actions_mail.require_mail", lambda: None)
    settings.ETAPPE_START_EMPTY = f"{__name__}.nothing"


def nothing(user: int) -> None:
    """Stands in for the supervisor."""


class Callers:
    """Everybody of the table, as browsers or as programs. Who reads has a token for reading, which is enough."""

    def __init__(self, all_: Everything, *scopes: str) -> None:
        self.all = all_
        self.client = Client()  # one for everybody: each new one would put the middleware together anew
        self.browsers = {name: client_of(name) if name != "nobody" else Client() for name in ROLES}
        self.readers = self._tokens("read")
        self.writers = self._tokens(*(scopes or ("read", "write")))

    def _tokens(self, *scopes: str) -> dict[str, dict[str, str]]:
        """What programs of everybody say of themselves."""
        said = {}
        for name, actor in self.all.scene.cast.everybody().items():
            said[name] = {"Authorization": f"Bearer {create_token('Test', scopes, actor=actor, at=AT)[1]}"}
            self.client.get(f"{doors.API}/me", headers=said[name])  # that it was used is written down now
        return said

    def through(self, name: str, door: Door, all_: Everything) -> HttpResponse:
        """What somebody gets at a door of this workspace."""
        given = replace(all_, caller=name)
        said = self._program(name, door) if door.is_api else self._browser(name)
        send = getattr(self.client, door.method.lower())
        answer: HttpResponse = send(doors.address(given, door), **said, **doors.sent(given, door))
        return answer

    def _browser(self, name: str) -> dict[str, Any]:
        self.client.cookies = SimpleCookie(self.browsers[name].cookies.output(header="", sep=";"))
        return {}

    def _program(self, name: str, door: Door) -> dict[str, Any]:
        self.client.cookies = SimpleCookie()
        return {"headers": (self.readers if door.method == "GET" else self.writers).get(name, {})}


def short(answer: HttpResponse) -> str:
    """The status; `in` where the answer leads to the sign-in."""
    leads_in = answer.status_code == 302 and answer["Location"].startswith("/account/login/?next=")
    return "in" if leads_in else str(answer.status_code)


@pytest.mark.slow
@pytest.mark.parametrize("is_api", [False, True], ids=["pages", "api"])
def test_everybody_gets_what_the_table_says(all_: Everything, is_api: bool) -> None:
    callers, problems = Callers(all_), []
    before = digest()
    for door, cells in WANTED.items():
        if door.is_api is is_api:
            problems += [problem for name in ROLES for problem in _wrong(callers, door, name, cells[name], before)]
    assert not problems, "\n".join(problems)


def _wrong(callers: Callers, door: Door, name: str, wanted: str, before: str) -> Iterator[str]:
    """What is wrong with what somebody gets at a door. Whatever they changed is taken back."""
    with transaction.atomic():
        doors.BEFORE.get(door.route, lambda _all: None)(callers.all)
        at_first = digest() if door.route in doors.BEFORE else before
        rows = written() if wanted in DENIED else 0
        answer = callers.through(name, door, callers.all)
        if short(answer) != wanted:
            yield f"{door}: {name} gets {short(answer)}, the table says {wanted}"
        if wanted in DENIED and written() != rows and digest() != at_first:
            yield f"{door}: {name} was denied and yet something was written"
        yield from _leaks(door, name, answer)
        transaction.set_rollback(True)
    if wanted == "404" and door.names:
        yield from _tells(callers, door, name, answer)


def _leaks(door: Door, name: str, answer: HttpResponse) -> Iterator[str]:
    if name not in ("nobody", "cem") or door.route == "/n/{token}/":
        return
    body = b"".join(answer) if answer.streaming else answer.content
    for secret in SECRETS:
        if secret in body.decode("utf-8", "replace"):
            yield f"{door}: {name} reads “{secret}”"


def _tells(callers: Callers, door: Door, name: str, answer: HttpResponse) -> Iterator[str]:
    """Whether somebody can tell a record of another team from one that is not there."""
    guessed = doors.elsewhere(callers.all)
    with transaction.atomic():
        twin = callers.through(name, door, guessed)
        transaction.set_rollback(True)
    if bare(twin) != bare(answer):
        yield f"{door}: {name} can tell another team's record from a missing one"


UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def bare(answer: HttpResponse) -> tuple[int, dict[str, str], str]:
    """An answer without what is different each time: the form's token and the uid that was asked for."""
    text = re.sub(r"\b[A-Za-z0-9]{64}\b", "TOKEN", UID.sub("UID", answer.content.decode()))
    headers = {name: UID.sub("UID", value) for name, value in answer.headers.items() if name != "Set-Cookie"}
    return answer.status_code, headers, text


@pytest.mark.slow
def test_a_token_for_reading_writes_nothing(all_: Everything) -> None:
    callers, problems = Callers(all_, "read"), []
    before = digest()
    for door, cells in WANTED.items():
        for name in [name for name in ROLES if door.is_api and door.method != "GET" and name != "nobody"]:
            wanted = "404" if cells[name] == "404" else "403"
            with transaction.atomic():
                at_first = written()
                got = short(callers.through(name, door, all_))
                if got != wanted:
                    problems.append(f"{door}: {name} may only read and gets {got} instead of {wanted}")
                if written() != at_first and digest() != before:
                    problems.append(f"{door}: {name} may only read and wrote")
                transaction.set_rollback(True)
    assert not problems, "\n".join(problems)


@pytest.mark.slow
def test_no_route_takes_a_method_that_the_table_does_not_know(all_: Everything) -> None:
    """Without its line a method is not there at all: whoever may do everything is told so."""
    callers, before = Callers(all_), digest()
    for route in [route for route in doors.page_routes() if not route.startswith("/account/")]:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            door = Door(method, route)
            if door in WANTED:
                continue
            with transaction.atomic():
                got = short(callers.through("dot", door, all_))
                transaction.set_rollback(True)
            assert got == "405", f"{door}: {got}. {HINT}"
    assert digest() == before
