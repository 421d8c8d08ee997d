"""Lists of accounts and people: order, pages, search, and what they cost."""

from __future__ import annotations

import base64
import json
import uuid

import pytest
from tests.cast import Cast
from tests.make import make_account, make_person
from tests.unchanged import refused

from etappe.core import page as core_page
from etappe.journal import paging
from etappe.people import queries
from etappe.people.models import Account
from etappe.team.queries import user_by_id

NAMES = [
    *(
        "Zebra",
        "äpfel",
        "Apfel",
        "Öl & Gas",
        "Oelmann",
        "apfel",
        "Müller",
        "Mueller",
        "Çelik",
        "100 % Bio",
        "a_b",
        "axb",
    ),
]
BY_NAME = [
    *(
        "100 % Bio",
        "a_b",
        "äpfel",
        "Apfel",
        "apfel",
        "axb",
        "Çelik",
        "Mueller",
        "Müller",
        "Oelmann",
        "Öl & Gas",
        "Zebra",
    ),
]


@pytest.fixture
def many(cast: Cast) -> Cast:
    for name in NAMES:
        make_account(cast.ada, name=name)
    return cast


def walk(cast: Cast, sort: str, size: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All names, page by page."""
    monkeypatch.setattr(paging.page_of, "__defaults__", (size,))
    names: list[str] = []
    after = None
    while True:
        page = queries.accounts(cast.ada, sort=sort, after=after)
        names += [row.name for row in page.rows]
        after = page.after
        if after is None:
            return names
        assert len(page.rows) == size


@pytest.mark.parametrize("size", [1, 3, 5, 12, 50])
def test_pages_are_the_whole_list_in_order(many: Cast, size, monkeypatch):
    assert walk(many, "name", size, monkeypatch) == BY_NAME
    assert sorted(walk(many, "-name", size, monkeypatch)) == sorted(NAMES)
    assert walk(many, "-created", size, monkeypatch) == NAMES[::-1]
    assert walk(many, "created", size, monkeypatch) == NAMES


def test_a_row_added_meanwhile_neither_hides_nor_repeats_another(many: Cast, monkeypatch):
    monkeypatch.setattr(paging.page_of, "__defaults__", (5,))
    first = queries.accounts(many.ada)
    make_account(many.ada, name="0 first of all")
    second = queries.accounts(many.ada, after=first.after)
    assert not {row.uid for row in first.rows} & {row.uid for row in second.rows}
    assert second.rows[0].name == "axb"


def test_search_finds_parts_whatever_case_and_accents(many: Cast):
    def found(text: str) -> set[str]:
        return {row.name for row in queries.accounts(many.ada, search=text).rows}

    assert found("APFEL") == {"äpfel", "Apfel", "apfel"}
    assert found("muller") == {"Müller"}
    assert found("mueller") == found("Müller") == {"Müller", "Mueller"}
    assert found("celik") == {"Çelik"}
    assert found(" gas ") == {"Öl & Gas"}
    assert found("0 %") == {"100 % Bio"}
    assert found("a_b") == {"a_b"}
    assert found("%") == set()
    assert found("ö") == {"Öl & Gas", "Oelmann"}, "one or two letters are looked for where names begin"
    assert found("\\") == set()
    assert found("\x00") == set(NAMES)
    assert found("") == set(NAMES)


def test_search_finds_domains_and_addresses_from_their_beginning(cast: Cast):
    account = make_account(cast.ada, name="Firma", domain="kunde.example")
    make_person(cast.ada, name="Eva", email="e.ernst@kunde.example", account=account.uid)
    assert [row.name for row in queries.accounts(cast.ada, search="KUNDE.ex").rows] == ["Firma"]
    assert queries.accounts(cast.ada, search="unde.ex").rows == ()
    assert [row.account for row in queries.people(cast.ada, search="e.ern").rows] == [
        queries.AccountRef(account.uid, "Firma")
    ]


def test_filters(cast: Cast):
    assert cast.cem.id is not None
    cem = user_by_id(cast.cem.id).uid
    firma = make_account(cast.ada, name="A", industry="IT", country="AT")
    make_account(cast.ada, name="B", industry="IT", owner=cem)
    make_person(cast.cem, name="Eva", account=firma.uid)
    make_person(cast.ada, name="Ute")

    def names(where: str) -> list[str]:
        return [row.name for row in queries.accounts(cast.ada, where=where).rows]

    assert names("industry = it") == ["A", "B"]
    assert names("country = Österreich") == ["A"]
    assert names(f"owner = {cem}") == ["B"]
    with refused("filter_value_unfit"):
        names(f"owner = {uuid.uuid4()}")
    assert [row.name for row in queries.people(cast.ada, where=f"account = {firma.uid}").rows] == ["Eva"]
    assert [row.name for row in queries.people(cast.ada, where="owner = cem@etappe.example").rows] == ["Eva"]


def mark(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "after",
    [
        "x",
        "\ud800",
        "ä",
        "=",
        "A" * 100_001,
        mark("name", "a", 1, 2),
        mark("-created", "2026-01-01T00:00:00+00:00", 1),
        mark("name", "a\x00", 1),
        mark("name", "a", True),
        mark("name", "a", -1),
        mark("name", "a", 2**63),
        mark("name", ["a"], 1),
        base64.urlsafe_b64encode(b"[" * 50_000).decode(),
    ],
)
def test_a_mark_that_was_tampered_with(cast: Cast, after):
    with refused("bad_mark"):
        queries.accounts(cast.ada, after=after)


def test_a_mark_that_names_no_moment(cast: Cast):
    for value in ("yesterday", 5, None):
        with refused("bad_mark"):
            queries.accounts(cast.ada, sort="-created", after=mark("-created", value, 1))


def test_a_sort_key_that_is_not_on_the_list(cast: Cast):
    for sort in ("", "id", "owner__password", "-", "name;"):
        with refused("unknown_sort"):
            queries.accounts(cast.ada, sort=sort)
        with refused("unknown_sort"):
            queries.people(cast.ada, sort=sort)


def test_the_count_has_a_bound(many: Cast, monkeypatch):
    assert queries.accounts(many.ada).count == core_page.Count(12)
    monkeypatch.setattr(paging, "COUNT_LIMIT", 10)
    assert queries.accounts(many.ada).count == core_page.Count(10, more=True)


def test_a_page_costs_a_fixed_number_of_queries(many: Cast, django_assert_num_queries):
    with django_assert_num_queries(3):
        queries.accounts(many.ada, search="a")
    uid = Account.objects.earliest("id").uid
    with django_assert_num_queries(2):
        queries.get_account(many.ada, uid)
    make_person(many.ada)
    with django_assert_num_queries(3):
        queries.people(many.ada)


def test_suggestions_begin_with_what_was_typed(many: Cast):
    for name in ("Zapfhahn", "Knapfel", "Apfelbaum"):
        make_account(many.ada, name=name)
    names = [ref.name for ref in queries.suggest_accounts(many.ada, "apf")]
    assert names == ["äpfel", "Apfel", "apfel", "Apfelbaum", "Knapfel", "Zapfhahn"]
    for number in range(20):
        make_account(many.ada, name=f"Kapfer {number:02}")
    names = [ref.name for ref in queries.suggest_accounts(many.ada, "APF")]
    assert names[:4] == ["äpfel", "Apfel", "apfel", "Apfelbaum"]
    assert len(names) == queries.SUGGESTIONS
    assert len(queries.suggest_accounts(many.ada, "")) == queries.SUGGESTIONS
    assert queries.suggest_accounts(many.ada, "pf") == []
