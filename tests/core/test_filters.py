"""The language of filters: what it reads, what it refuses and where, and that writing and reading are one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.hostile.naughty import naughty

from etappe.core import filters
from etappe.core.errors import Refusal
from etappe.core.filter_days import PERIODS, stretch_of
from etappe.core.filters import Condition, Node, Not, Op, Value, all_of, any_of, parse, written

WORDS = ("and", "or", "not", "in", "is", "empty")
"""Words of the language: no field is called like one. Those of one's own stand behind `custom.`"""

names = st.from_regex(r"[a-z][a-z0-9_]{0,8}(\.[a-z0-9_]{1,8})?", fullmatch=True).filter(lambda name: name not in WORDS)
letters = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
texts = st.one_of(
    st.text(letters, max_size=12), st.sampled_from(["me", "today-14d", "and", 'a "b" \\', "Müller & Co", ""])
)
values = st.builds(Value, texts, st.booleans())


def _conditions(op: Op) -> st.SearchStrategy[Condition]:
    if op.takes == 2:
        several = st.lists(values, min_size=1, max_size=3, unique=True).map(tuple)
        return st.builds(Condition, names, st.just(op), several)
    given_values = st.tuples(values) if op.takes else st.just(())
    return st.builds(Condition, names, st.just(op), given_values)


conditions = st.sampled_from(list(Op)).flatmap(_conditions)
trees: st.SearchStrategy[Node] = st.recursive(
    conditions,
    lambda parts: st.one_of(
        parts.map(Not),
        st.lists(parts, min_size=2, max_size=3).map(lambda several: all_of(*several)),
        st.lists(parts, min_size=2, max_size=3).map(lambda several: any_of(*several)),
    ),
    max_leaves=8,
)


@given(trees)
@settings(max_examples=300, deadline=None)
def test_what_is_written_is_read_as_the_same(tree: Node) -> None:
    assert parse(written(tree)) == tree
    assert written(parse(written(tree))) == written(tree)


pieces = st.sampled_from([*'ab12()"\\,=!<>~ \n.-', " and ", " or ", "not ", " in ", " is "])


@given(st.lists(pieces, max_size=40).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    tree, no = attempt(parse, text)
    if no is None:
        assert parse(written(tree)) == tree
    else:
        assert no.code.startswith("filter_")
        assert 1 <= no.params.get("column", 1) <= len(text) + 1


def attempt(read: Callable[..., Any], *given: Any) -> tuple[Any, Refusal | None]:
    try:
        return read(*given), None
    except Refusal as refusal:
        return None, refusal


@pytest.mark.parametrize("word", WORDS)
def test_words_of_the_language_are_fields_only_behind_a_dot(word: str) -> None:
    with pytest.raises(Refusal, match="filter_unreadable"):
        parse(f"{word} = 1")
    tree = Condition(f"custom.{word}", Op.IS, (Value(word),))
    assert parse(written(tree)) == tree


def test_hostile_strings_are_values_and_nothing_else() -> None:
    for text in naughty():
        tree = Condition("name", Op.HAS, (Value(text, literal=True),))
        again, no = attempt(parse, written(tree))
        assert again == tree or (no is not None and no.params["expected"] == "character")


def test_how_parts_bind() -> None:
    assert parse("a = 1 or b = 2 and not c = 3") == parse("a = 1 or (b = 2 and (not c = 3))")
    assert parse("(a = 1 or b = 2) and c = 3") != parse("a = 1 or b = 2 and c = 3")
    assert parse("  ") == filters.EVERYTHING
    assert parse('A.B NOT IN (x , "y z")') == Condition("a.b", Op.NOT_IN, (Value("x"), Value("y z")))
    assert parse('owner = "me"') != parse("owner = me"), "in quotation marks it is a name"


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("a =", 4, "value"),
        ("a", 2, "operator"),
        ("a = b c", 7, "joint"),
        ("(a = b", 7, "bracket"),
        ('a = "x', 5, "quote"),
        ("and a = 1", 1, "field"),
        ("a in b", 6, "values"),
        ("a in (b c)", 9, "comma"),
        ("a is b", 6, "empty"),
        ("a not b", 7, "in"),
        ("a = 1 and", 10, "field"),
        ("a = 1\x00", 6, "character"),
        ("a = 1; drop", 8, "joint"),
        ("1a = 2", 1, "field"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_place(text: str, column: int, expected: str) -> None:
    with pytest.raises(Refusal) as no:
        parse(text)
    assert (no.value.code, no.value.params["column"], no.value.params["expected"]) == (
        "filter_unreadable", column, expected,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" or ".join(["a = 1"] * 200), "filter_too_many"),
        ("(" * 5000, "filter_too_deep"),
        ("not " * 1500 + "a = 1", "filter_too_deep"),
        ("a = " + "x" * 10_000, "filter_too_long"),
        ("a in (" + ", ".join(map(str, range(500))) + ")", "filter_too_many_values"),
    ],
)
def test_what_is_too_much_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refusal) as no:
        parse(text)
    assert no.value.code == code


def test_conditions_come_and_go() -> None:
    mine, big = parse("owner = me"), Condition("amount", Op.ABOVE, (Value("10"),))
    both = filters.with_condition(mine, big)
    assert written(both) == "owner = me and amount > 10"
    assert filters.with_condition(both, big) == both
    assert filters.without_condition(both, big) == mine
    assert filters.without_condition(mine, mine) == filters.EVERYTHING
    other = Condition("owner", Op.IS, (Value("ada"),))
    assert written(filters.replaced(both, "owner", other)) == "amount > 10 and owner = ada"
    assert filters.single(both, "owner") == "me"
    either = parse("a = 1 or b = 2")
    assert written(filters.with_condition(either, big)) == "(a = 1 or b = 2) and amount > 10"


def test_rows_of_a_form() -> None:
    tree = parse("a = 1 and b = 2 or c = 3")
    groups = filters.as_groups(tree)
    assert groups is not None and [len(group) for group in groups] == [2, 1]
    assert filters.of_groups(groups) == tree
    assert filters.as_groups(parse("a = 1 and (b = 2 or c = 3)")) is None
    assert filters.of_groups(((), ())) == filters.EVERYTHING


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-03-31", "2026-03-31", "2026-03-31"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("1.3.2026", "2026-03-01", "2026-03-01"),
        ("today-14d", "2025-12-18", "2025-12-18"),
        ("Today+2w", "2026-01-15", "2026-01-15"),
        ("this_week", "2025-12-29", "2026-01-04"),
        ("last_month", "2025-12-01", "2025-12-31"),
        ("next_month", "2026-02-01", "2026-02-28"),
        ("last_quarter", "2025-10-01", "2025-12-31"),
        ("this_year", "2026-01-01", "2026-12-31"),
        ("this_month-1m", "2025-12-01", "2025-12-31"),
        ("today-1y+1d", "2025-01-02", "2025-01-02"),
    ],
)
def test_days(text: str, first: str, last: str) -> None:
    found = stretch_of(text, date(2026, 1, 1))
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)


@given(st.sampled_from(PERIODS), st.integers(-9999, 9999), st.sampled_from("dwmy"), st.dates())
def test_days_are_found_or_refused(word: str, number: int, unit: str, today: date) -> None:
    found, no = attempt(stretch_of, f"{word}{number:+d}{unit}", today)
    assert found.first <= found.last if no is None else no.code == "filter_not_a_day"


@pytest.mark.parametrize("text", ["2026-13-01", "gestern", "today-14", "today-99999d", "", "2026-2-1", "31.02.2026"])
def test_no_days(text: str) -> None:
    with pytest.raises(Refusal, match="filter_not_a_day"):
        stretch_of(text, date(2026, 1, 1))
