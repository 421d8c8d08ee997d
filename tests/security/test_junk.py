"""Junk in addresses and bodies is answered in words, never with an error of the server."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.test.client import encode_multipart
from django.urls import reverse

from etappe.core.page import read_mark
from tests.api.conftest import Caller, caller
from tests.cast import AT
from tests.deals.conftest import Scene
from tests.papers import pdf
from tests.unchanged import refused, unchanged
from tests.web.signed import client_of


def mark(sort: str, value: Any, number: Any = 2**63 - 1) -> str:
    return base64.urlsafe_b64encode(json.dumps([sort, value, number]).encode()).decode().rstrip("=")


MARKS: dict[str, list[Any]] = {
    "-created": ["x", 1, "2026-01-01", "2026-01-01T00:00:00", "0001-01-01T00:00:00+23:59", None, [], {}],
    "name": [1, None, "\ud800", "\x00", float("nan"), float("inf"), 10**400, []],
    "amount": ["NaN", "sNaN", "-Infinity", "1e999999", "1" * 2000, 3, None],
    "expected_close": ["2026-01-01T00:00", 3, None, "10000-01-01"],
    "stage_since": [5, "9999-12-31T23:59:59-23:59"],
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
        assert dot.post("/deals", {"name": "x", "process": "\x00"}).status_code == 404
        transaction.set_rollback(True)


def test_a_large_file_is_taken_once_however_it_is_sent(scene: Scene, dot: Caller) -> None:
    stages = scene.process.stages
    criterion = next(item.key for stage in stages for item in stage.criteria if "document" in item.kinds)
    form = {"criterion": criterion, "kind": "document", "happened_at": AT.isoformat()}
    headers = {"Authorization": f"Bearer {dot.token}", "Idempotency-Key": "gross"}
    large = pdf() + b"%" * (6 << 20)

    def send(raw: bytes) -> Any:
        file = SimpleUploadedFile("lastenheft.pdf", raw)
        return Client().post(f"/api/v1/deals/{scene.uid}/evidence/file", form | {"file": file}, headers=headers)

    first, again, other = send(large), send(large), send(large + b"x")
    assert (first.status_code, again.content, again["Idempotency-Replayed"]) == (201, first.content, "true")
    assert other.json()["error"]["code"] == "idempotency_key_reused"


def test_nothing_is_read_of_a_request_that_is_too_large(scene: Scene) -> None:
    def send(client: Client, path: str, size: int) -> Any:
        body = encode_multipart("b", {"file": SimpleUploadedFile("a.pdf", b"x")})
        sent = client.generic("POST", path, body, "multipart/form-data; boundary=b", CONTENT_LENGTH=str(size))
        return sent.status_code, "too large" in sent.content.decode()

    strict = Client(enforce_csrf_checks=True)
    assert send(strict, reverse("account_login"), 2 << 20) == (422, True)
    signed = client_of("ada")
    assert send(signed, f"/deals/{scene.uid}/evidence/", 40 << 20) == (422, True)
    with pytest.raises(AssertionError, match="Cannot read more"):  # files of an import may be that large: it is read
        send(signed, "/import/", 40 << 20)
    assert send(signed, "/import/", 600 << 20) == (422, True)


def test_a_process_with_a_nul_is_missing_on_the_pages_too(scene: Scene) -> None:
    client = client_of("ada")
    form = {"name": "x", "process": "a\x00", "owner": str(client.user.uid), "currency": "EUR"}
    assert client.post("/deals/new/", form).status_code == 404
