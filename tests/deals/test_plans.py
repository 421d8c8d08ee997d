"""What PostgreSQL does for lists at size: with an index for its order a page reads fifty rows, without one all of them.

The test's tables are small, so reading all of them and sorting is made unattractive; what is done nevertheless would be
done for a million rows.
"""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from etappe.deals import queries
from etappe.people import queries as people
from tests.cast import AT, Cast
from tests.make import make_account, make_deal, make_person, make_process

TODAY = AT.date()


@pytest.fixture
def at_size(cast: Cast) -> Cast:
    make_process()
    for _ in range(3):
        make_deal(cast.ada, source="Messe", amount=None)
        make_person(account=make_account().uid)
    with connection.cursor() as cursor:
        for way in ("seqscan", "sort", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    return cast


def plan(captured: CaptureQueriesContext, table: str, ends: str = "WHERE") -> str:
    """The plan of the first query that reads rows of the table."""
    read = next(each["sql"] for each in captured if f'FROM "{table}" {ends}' in each["sql"])
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + read)
        return "\n".join(row[0] for row in cursor.fetchall())


DATED = ("created", "expected_close", "stage_since", "engaged_since", "buyer_acted")


@pytest.mark.parametrize("sort", ["name", "amount", "source", "product", *DATED])
@pytest.mark.parametrize("direction", ["", "-"])
def test_a_page_of_deals_walks_an_index(at_size: Cast, sort: str, direction: str) -> None:
    with CaptureQueriesContext(connection) as captured:
        page = queries.deals(at_size.dot, sort=f"{direction}{sort}", today=TODAY)
    assert len(page.rows) == 3
    found = plan(captured, "deals_deal")
    assert "Sort" not in found, found


@pytest.mark.parametrize("sort", ["owner", "-owner", "stage", "-stage"])
def test_a_page_of_deals_by_owner_or_stage_walks_an_index_for_each(at_size: Cast, sort: str) -> None:
    with CaptureQueriesContext(connection) as captured:
        page = queries.deals(at_size.dot, sort=sort, today=TODAY)
    assert len(page.rows) == 3
    steps = [each["sql"] for each in captured if "AS step(" in each["sql"]]
    assert 0 < len(steps) <= 3
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + steps[0])
        found = "\n".join(row[0] for row in cursor.fetchall())
    inner = found.split("Nested Loop")[1]
    assert "Index" in inner and "Sort" not in inner and "Seq Scan on deals_deal" not in inner, found


@pytest.mark.parametrize("sort", ["name", "-name", "created", "-created"])
def test_a_page_of_accounts_or_people_walks_an_index(at_size: Cast, sort: str) -> None:
    for read, table in ((people.accounts, "people_account"), (people.people, "people_person")):
        with CaptureQueriesContext(connection) as captured:
            read(at_size.dot, sort=sort)
        found = plan(captured, table)
        assert "Sort" not in found, found


def test_sums_of_the_board_need_nothing_but_an_index(at_size: Cast) -> None:
    with CaptureQueriesContext(connection) as captured:
        totals = queries.board_totals(at_size.dot, today=TODAY)
    assert sum(total.count for total in totals) == 3
    read = next(each["sql"] for each in captured if 'SUM("deals_deal"' in each["sql"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef('deal_totals'::regclass)")
        (index,) = cursor.fetchone()
    asked = set(re.findall(r'"deals_deal"\."(\w+)"', read))
    assert asked <= set(re.findall(r"\w+", index)), "a column that only the table has makes every row be read"


def test_a_source_is_found_by_its_index(at_size: Cast) -> None:
    with CaptureQueriesContext(connection) as captured:
        queries.deals(at_size.dot, where="source = messe", sort="source", today=TODAY)
    assert "deal_source" in plan(captured, "deals_deal")


OF_OPEN_DEALS = [
    ("next_step_on", "deal_step"), ("engaged_since", "deal_engaged"), ("buyer_acted", "deal_acted"),
    ("amount", "deal_worth"), ("proof", "deal_proof"),
]  # fmt: skip


@pytest.mark.parametrize(("sort", "index"), OF_OPEN_DEALS)
@pytest.mark.parametrize("direction", ["", "-"])
def test_orders_of_open_deals_walk_an_index(at_size: Cast, sort: str, index: str, direction: str) -> None:
    with CaptureQueriesContext(connection) as captured:
        queries.deals(at_size.dot, where="status = open", sort=f"{direction}{sort}", today=TODAY)
    found = plan(captured, "deals_deal")
    assert index in found, found
    assert "Sort" not in found, found


def test_the_inspection_reads_only_what_was_left_on_evidence_or_by_exception(at_size: Cast) -> None:
    wanted = queries.InspectionFilter(since=AT)
    with CaptureQueriesContext(connection) as captured:
        queries.inspection(at_size.dot, wanted)
    found = plan(captured, "deals_stagevisit", ends="INNER JOIN")
    assert "visit_judged" in found, found
    assert "Sort" not in found, found


@pytest.mark.django_db
def test_no_index_of_a_large_table_only_repeats_the_beginning_of_another() -> None:
    """Each is written with every row of an import."""
    with connection.cursor() as cursor:
        cursor.execute(REPEATED)
        assert cursor.fetchall() == []


REPEATED = """
SELECT one.indexrelid::regclass, other.indexrelid::regclass
FROM pg_index AS one JOIN pg_index AS other ON one.indrelid = other.indrelid AND one.indexrelid <> other.indexrelid
WHERE one.indrelid IN ('deals_deal'::regclass, 'deals_stagevisit'::regclass, 'deals_dealspan'::regclass)
    AND NOT one.indisunique AND one.indpred IS NULL AND other.indpred IS NULL
    AND one.indexprs IS NULL AND other.indexprs IS NULL
    AND other.indkey::text LIKE one.indkey::text || ' %'
"""
