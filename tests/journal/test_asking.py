"""Asking by the shortest way gives what Django's cursor gives, in every state that a connection can be in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DataError, OperationalError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from etappe.journal.asking import KEPT, ask

MOMENTS = (
    "2026-03-29 00:59:59.999999+00",
    "2026-03-29 03:30:00+02",
    "2026-10-25 02:30:00.5+01",
    "0001-01-01 00:00:00+00",
    "9999-12-31 23:59:59.99+00",
    "1893-04-01 00:00:00+00:53:28",
)


pytestmark = pytest.mark.usefixtures("fresh")


@pytest.fixture
def fresh(shared_database: str) -> Iterator[None]:
    """A connection of the test's own, on which nothing was asked before."""
    connection.close()
    yield
    connection.close()


def told(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    """The same by Django's own cursor."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []


def planned() -> int:
    """Statements whose plans the connection keeps."""
    return int(told("SELECT count(*) FROM pg_prepared_statements")[0][0])


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_moment_is_read_to_the_microsecond_in_utc(moment: str) -> None:
    (found,) = ask("SELECT %s::timestamptz, NULL::timestamptz", [moment])
    seconds = told("SELECT extract(epoch FROM %s::timestamptz)", moment)[0][0]
    assert found[1] is None
    assert found[0].utcoffset().total_seconds() == 0
    assert abs(found[0].timestamp() - float(seconds)) < 0.000_01
    assert found[0].microsecond == int(seconds % 1 * 1_000_000)


@pytest.mark.parametrize("beyond", ["infinity", "-infinity", "4713-01-01 00:00:00+00 BC", "10000-01-01 00:00:00+00"])
def test_a_moment_beyond_the_calendar_is_an_error_that_names_it(beyond: str) -> None:
    with pytest.raises(DataError, match=beyond[:5].lstrip("-")), transaction.atomic():
        ask("SELECT %s::timestamptz", [beyond])
    assert ask("SELECT 1") == [(1,)]


def test_what_comes_again_and_again_is_planned_once() -> None:
    for number in range(8):
        assert ask("SELECT %s::int + 1", [number]) == [(number + 1,)]
    assert planned() == 1
    for number in range(8):
        assert ask("SELECT %s::int + 2", [number], prepared=False) == [(number + 2,)]
    assert planned() == 1


def test_behind_a_pooler_nothing_is_left_with_a_connection(settings: Any) -> None:
    settings.PREPARES_STATEMENTS = False
    for number in range(8):
        assert ask("SELECT %s::int + 1", [number]) == [(number + 1,)]
    assert planned() == 0


def test_an_error_is_django_s_own_and_the_next_question_is_answered() -> None:
    for number in range(8):
        ask("SELECT 10 / %s::int", [number + 1])
    with pytest.raises(DataError, match="division by zero"), transaction.atomic():
        ask("SELECT 10 / %s::int", [0])
    with pytest.raises(ProgrammingError, match="nothing_here"):
        ask("SELECT nothing_here")
    assert ask("SELECT 10 / %s::int", [2]) == [(5,)]
    with transaction.atomic():
        with pytest.raises(DataError), transaction.atomic():
            ask("SELECT 10 / %s::int", [0])
        assert ask("SELECT 10 / %s::int", [5]) == [(2,)]
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            ask("SELECT 10 / %s::int", [5])
    assert ask("SELECT 10 / %s::int", [1]) == [(10,)]


def test_a_kept_plan_follows_what_becomes_of_the_table() -> None:
    with transaction.atomic():
        told("CREATE TEMPORARY TABLE pumps (id int, name text)")
        for number in range(8):
            told("INSERT INTO pumps VALUES (%s, 'x')", number)
            assert ask("SELECT count(*) FROM pumps WHERE id >= %s", [0]) == [(number + 1,)]
        told("ALTER TABLE pumps ADD COLUMN more text; CREATE INDEX ON pumps (id)")
        assert ask("SELECT count(*) FROM pumps WHERE id >= %s", [4]) == [(4,)]


def test_hundreds_of_different_statements_do_not_pile_up() -> None:
    for turn in range(7):
        for number in range(KEPT + 10):
            assert ask(f"SELECT {number} + %s", [turn]) == [(number + turn,)]
    assert planned() <= KEPT


def test_a_connection_that_was_cut_is_noticed_and_the_next_one_answers() -> None:
    for _again in range(8):
        ask("SELECT %s::int", [1])
    pid = told("SELECT pg_backend_pid()")[0][0]
    with pytest.raises(OperationalError):
        ask("SELECT pg_terminate_backend(%s)", [pid])
    connection.close_if_unusable_or_obsolete()
    assert ask("SELECT %s::int", [2]) == [(2,)]


def test_whoever_counts_queries_counts_these() -> None:
    seen: list[str] = []

    def watch(execute: Any, sql: str, *given: Any) -> Any:
        seen.append(sql)
        return execute(sql, *given)

    with CaptureQueriesContext(connection) as asked:
        assert ask("SELECT %s::text || '%%'", ["a"]) == [("a%",)]
    with connection.execute_wrapper(watch):
        assert ask("SELECT %s::text || '%%'", ["b"]) == [("b%",)]
    assert len(asked) == len(seen) == 1
    assert ask("SELECT %s::text || '%%'", ["c"]) == [("c%",)]
