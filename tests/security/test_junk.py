"""Junk in addresses and bodies is answered in words, never with an error of the server."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from django.db import transaction

from etappe.core.page import read_mark
from tests.api.conftest import Caller, caller
from tests.deals.conftest import Scene
from tests.unchanged import refused, unchanged


def mark(sort: str, value: Any, number: Any = 2**63 - 1) -> str:
    return base64.urlsafe_b64encode(json.dumps([sort, value, number]).encode()).decode().rstrip("=")


MARKS = {
    "-created": ["x", 1, "2026-01-01", "2026-01-01T00:00:00", "0001-01-01T00:00:00+23:59", None, [], {}],
    "name": [1, None, "\ud800", "\x00", float("nan"), float("inf"), 10**400, []],
    "amount": ["NaN", "sNaN", "-Infinity", "1e999999", "1" * 2000, 3, None],
    "expected": ["2026-01-01T00:00", 3, None, "10000-01-01"],
    "moved": [5, "9999-12-31T23:59:59-23:59"],
}


@pytest.fixture
def dot(scene: Scene) -> Caller:
    return caller(scene.cast.dot)


@pytest.mark.parametrize(("sort", "value"), [(sort, value) for sort in MARKS for value in MARKS[sort]])
def test_a_made_up_mark_is_refused(dot: Caller, sort: str, value: Any) -> None:
    assert dot.get(f"/deals?sort={sort}&after={mark(sort, value)}").status_code in (200, 422)


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), 10**400, "\ud800", "a\x00", [], {}])
def test_a_mark_holds_only_what_a_row_can_have(db: None, value: Any) -> None:
    with refused("bad_mark"):
        read_mark(mark("name", value), "name")


PATHS = [
    *(f"/deals?{name}=%00" for name in ("text", "source", "product", "stage", "status", "process", "proof")),
    *(f"/{name}?{field}=%00" for name in ("accounts", "people") for field in ("search", "industry", "country")),
    *(f"/inspection?{name}=%00" for name in ("stage", "process", "after")),
    *(f"/changes?since={number}" for number in (10**30, -1, 2**63)),
    "/board/%00", "/processes/%00", "/processes/inbound?number=99999999999999999999", "/figures/%00",
    "/figures/win_rate?by=%00", "/figures/win_rate?as_of=0001-01-01", "/figures/win_rate?as_of=9999-12-31",
]  # fmt: skip


def test_no_address_is_an_error_of_the_server(dot: Caller) -> None:
    answers = {}
    for path in PATHS:
        with transaction.atomic():
            answers[path] = dot.get(path).status_code
            transaction.set_rollback(True)
    assert {path: status for path, status in answers.items() if status >= 500} == {}


def test_a_body_with_a_nul_changes_nothing(dot: Caller) -> None:
    with unchanged(), transaction.atomic():
        assert dot.post("/deals", {"name": "x", "process": "\x00"}).status_code == 400
        transaction.set_rollback(True)
