"""Lists in the order of own fields: right whichever way round, page by page, and read from the index."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from etappe.core.actor import SYSTEM, Actor
from etappe.core.errors import Refusal
from etappe.core.filters import parse
from etappe.core.page import Mark, write_mark
from etappe.people.actions_fields import archive_field, define_field, edit_field
from etappe.people.models import Field
from etappe.records.lists import Wanted, every, listing, subject_of
from etappe.team.actions import create_token
from tests.cast import AT, Cast
from tests.make import make_account, make_deal, make_process
from tests.web.signed import client_of

TODAY = AT.date()
RISKS = ["hoch", "mittel", "gering", "keines"]
NUMBERS = ["-3.5", "0", None, "10", "9", None, "1000000.123456", "10", None]
"""Values of records in the order in which they are made; two are equal, and three have none."""
VALUES: dict[str, list[Any]] = {
    "number": NUMBERS,
    "money": [number and {"amount": number[:6], "currency": "EUR"} for number in NUMBERS],
    "date": ["2026-05-01", "2025-01-31", None, "2026-05-01", "1999-12-31", None, "2030-01-01", "2026-04-30", None],
    "text": ["Übermorgen", "apfel", None, "Zoo", "Ärger", None, "zebra", "Apfel", None],
    "choice": ["mittel", "hoch", None, "gering", "hoch", None, "keines", "mittel", None],
}


@pytest.fixture
def lists(cast: Cast) -> Cast:
    for kind in VALUES:
        more = {"choices": RISKS} if kind == "choice" else {}
        for subject in ("account", "deal"):
            define_field(subject, {"key": kind, "name": kind.title(), "kind": kind, **more}, actor=SYSTEM, at=AT)
    define_field(
        "account", {"key": "several", "name": "Mehrere", "kind": "choices", "choices": RISKS}, actor=SYSTEM, at=AT
    )
    for at in range(len(NUMBERS)):
        make_account(name=f"Firma {at}", custom={kind: values[at] for kind, values in VALUES.items()})
    return cast


def in_order(sort: str, *, viewer: Actor = SYSTEM, subject: str = "accounts", where: str = "") -> list[int]:
    """The numbers in the names of the rows, read page by page."""
    rows = every(viewer, Wanted(subject_of(subject), parse(where), columns=("name",), sort=sort), today=TODAY)
    return [int(row.values["name"].split()[-1]) for row in rows]


ORDERS = {
    "number": [0, 1, 4, 3, 7, 6],
    "money": [0, 1, 4, 3, 7, 6],
    "date": [4, 1, 7, 0, 3, 6],
    "text": [1, 7, 4, 0, 6, 3],
    "choice": [1, 4, 0, 7, 3, 6],
}


def test_the_order_is_the_same_page_by_page_and_turns_round(lists: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr("etappe.people.list_order.SINGLY", 2)
    for (kind, order), size in product(ORDERS.items(), [2, 500]):
        monkeypatch.setattr("etappe.records.lists.CHUNK", size)
        bare = [2, 5, 8]
        assert in_order(f"custom.{kind}") == order + bare, kind
        assert in_order(f"-custom.{kind}") == list(reversed(order)) + bare, "without a value they come last both ways"
        assert in_order(f"custom.{kind}", where="custom.number > 5 or custom.number is empty") == [
            at for at in order + bare if at in {2, 3, 4, 5, 6, 7, 8}
        ]
    assert in_order("custom.choice", where="name = nobody") == []


def test_choices_come_as_their_list_says(lists: Cast) -> None:
    field = Field.objects.get(subject="account", key="choice")
    turned = [{"key": key, "name": key} for key in ("keines", "gering", "hoch")]
    edit_field(field.uid, {"choices": turned}, actor=SYSTEM, at=AT)
    assert in_order("custom.choice") == [6, 3, 1, 4, 0, 7, 2, 5, 8], "what is offered no more comes after them"


def test_what_has_no_order_and_marks_that_are_none_are_refused(lists: Cast) -> None:
    def page(sort: str, value: Any, *, key: int = 1) -> None:
        mark = write_mark(Mark(sort, value, key))
        listing(SYSTEM, Wanted(subject_of("accounts"), sort=sort), after=mark, today=TODAY)

    for sort in ("custom.several", "custom.nothing", "account.custom.number", "custom.number; DROP TABLE"):
        with pytest.raises(Refusal) as no:
            listing(SYSTEM, Wanted(subject_of("accounts"), sort=sort), today=TODAY)
        assert no.value.code == "unknown_sort"
    for kind, value in (
        ("number", "=NaN"), ("number", "=1e99"), ("number", "=x"), ("number", 7), ("date", "=2026-02-30"),
        ("date", "=' OR 1=1"), ("choice", "=nie"), ("choice", "=hoch' --"), ("text", 1.5),
    ):  # fmt: skip
        with pytest.raises(Refusal) as no:
            page(f"custom.{kind}", value)
        assert no.value.code == "bad_mark", (kind, value)
    page("custom.text", "='; DROP TABLE people_account; --")
    page("custom.number", "", key=2**62)


def test_deals_are_in_order_for_whoever_sees_them(lists: Cast) -> None:
    make_process()
    for at, (who, risk) in enumerate([("ada", "gering"), ("cem", "hoch"), ("ada", None), ("ben", "hoch")]):
        make_deal(getattr(lists, who), name=f"Deal {at}", custom={"choice": risk} if risk else {})
    assert in_order("custom.choice", viewer=lists.ada, subject="deals") == [3, 0, 2], "Cem's is not there"
    assert in_order("-custom.choice", viewer=lists.dot, subject="deals") == [0, 3, 1, 2]


def test_page_and_api_sort_by_own_fields(lists: Cast) -> None:
    _token, secret = create_token("Test", ("read",), actor=lists.ada, at=AT)
    headers = {"Authorization": f"Bearer {secret}"}
    answer = json.loads(Client().get("/api/v1/accounts?sort=-custom.number", headers=headers).content)
    assert [row["name"] for row in answer["rows"][:2]] == ["Firma 6", "Firma 7"]
    ada = client_of("ada")
    page = ada.get("/accounts/?columns=name,custom.number&sort=custom.number").content.decode()
    assert "sort=-custom.number" in page, "the head of the column turns the order round"
    assert page.index("Firma 0") < page.index("Firma 1") < page.index("Firma 4") < page.index("Firma 2")
    archive_field(Field.objects.get(subject="account", key="number").uid, actor=SYSTEM, at=AT)
    gone = ada.get("/accounts/?sort=custom.number")
    assert (gone.status_code, "This list cannot be shown so." in gone.content.decode()) == (422, True)


def test_a_page_walks_the_index_of_values(lists: Cast) -> None:
    """Sorting all is made unattractive, since the test's tables are small: what is done nevertheless holds at size."""
    with connection.cursor() as cursor:
        for way in ("seqscan", "sort", "bitmapscan", "hashjoin", "mergejoin", "material"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    for kind, sign in product(VALUES, ["", "-"]):
        sort, after = f"{sign}custom.{kind}", {"choice": "=mittel", "date": "=2026-01-01", "text": "=m"}.get(kind, "=5")
        for mark in (None, write_mark(Mark(sort, after, 5))):
            with CaptureQueriesContext(connection) as captured:
                listing(SYSTEM, Wanted(subject_of("accounts"), sort=sort), after=mark, today=TODAY)
            read = next(
                each["sql"] for each in captured if "people_fieldvalue" in each["sql"] and "LIMIT" in each["sql"]
            )
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN " + read)
                plan = "\n".join(row[0] for row in cursor.fetchall())
            column = {"money": "number", "date": "day", "choice": "text"}.get(kind, kind)
            assert ("fieldvalue_" if kind == "choice" else f"fieldvalue_{column}") in plan, plan
            assert "Sort" not in plan, plan
