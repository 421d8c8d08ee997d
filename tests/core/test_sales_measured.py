"""The four answers measured: what a share speaks for, what it leaves open, and that it is right as often as it says."""

from __future__ import annotations

import random

import pytest

from etappe.core.proportion import wilson
from etappe.core.sales_measured import MINIMUM, Measure, Sale, group_of, measure
from etappe.core.sales_model import Model

INBOUND = {"source": "Website", "account": 1, "colleagues": 1, "people": 1}


def sales(n: int, **fields: object) -> list[Sale]:
    return [Sale(**{"deal": deal, **INBOUND, "account": deal, **fields}) for deal in range(n)]  # type: ignore[arg-type]


def of(found: object, question: str) -> Measure:
    return next(each for each in found.measures if each.question == question)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("sources", "possible"),
    [
        (["Website"] * 95 + ["Kaltanruf"] * 5, ("inbound",)),
        (["Website"] * 5 + ["Kaltanruf"] * 95, ("outbound",)),
        (["Messe"] * 500 + ["Mailing"] * 500, ("both",)),
        (["Messe"] * 12 + ["Cold call"] * 10, ("inbound", "both", "outbound")),
        (["Händler Nord"] * 90 + ["Website"] * 10, ("partners",)),
        (["Online-Shop", "Webshop"] * 50, ("self_service",)),
    ],
)
def test_the_source_tells_who_came_to_whom(sources: list[str], possible: tuple[str, ...]) -> None:
    found = of(measure([Sale(at, source, at) for at, source in enumerate(sources)], knows_before=True), "contacts")
    assert set(found.possible) == set(possible)


@pytest.mark.parametrize("source", ["", "Sonstiges", "Web-Partner", "42", "<b>", "Ω"])
def test_a_source_that_does_not_tell_is_left_out(source: str) -> None:
    assert group_of(source) == ""
    found = of(measure([Sale(at, source, at) for at in range(50)], knows_before=True), "contacts")
    assert (found.share, found.left_out, found.n) == (None, 50, 0)


@pytest.mark.parametrize("n", [0, 1, MINIMUM - 1])
def test_too_few_answer_nothing_and_leave_every_model_possible(n: int) -> None:
    found = measure(sales(n, revenue=10.0), knows_before=True)
    assert {each.against("inbound") for each in found.measures} == {"too_few"}
    assert len(found.models) == len(Model)


def test_revenue_from_those_that_had_bought_before() -> None:
    new, old = sales(50, revenue=100.0), [Sale(900 + at, "Website", 900 + at, 100.0, True, 1, 1) for at in range(350)]
    found = of(measure(new + old, knows_before=True), "existing")
    assert found.share == pytest.approx(0.875)
    assert found.possible == ("most", "nearly_all")
    unsure = of(measure(sales(100, revenue=100.0), knows_before=False), "existing")
    assert set(unsure.possible) == {"up_to_half", "most", "nearly_all"}, "who bought before records began is not known"
    many = [Sale(at, "", 7, 10.0, True) for at in range(100)]
    assert of(measure(many, knows_before=True), "existing").share is None, "a hundred deals of one account are one"


def test_nothing_earned_is_no_share() -> None:
    assert of(measure(sales(50, revenue=0.0), knows_before=True), "existing").share is None


@pytest.mark.parametrize(("colleagues", "possible"), [(1, "one"), (2, "always"), (0, "nobody"), (7, "always")])
def test_how_many_of_us(colleagues: int, possible: str) -> None:
    found = of(measure(sales(60, colleagues=colleagues), knows_before=True), "together")
    assert possible in found.possible
    assert found.against("when_it_matters") == "differs"
    assert of(measure(sales(60, colleagues=None), knows_before=True), "together").left_out == 60


@pytest.mark.parametrize(
    ("fields", "possible"),
    [({"people": 1}, "one_or_two"), ({"people": 3}, "several"), ({"people": 9}, "all_who_count")],
)
def test_with_how_many_of_them(fields: dict[str, int], possible: str) -> None:
    assert of(measure(sales(60, **fields), knows_before=True), "people").possible == (possible,)


def test_private_people_are_no_accounts() -> None:
    assert of(measure(sales(60, account=None), knows_before=True), "people").possible == ("private",)


def test_the_model_follows_where_all_that_is_possible_gives_the_same() -> None:
    assert measure(sales(300, revenue=10.0), knows_before=True).models == (Model.INBOUND,)
    assert measure(sales(300, source="Kaltanruf", revenue=10.0), knows_before=True).models == (Model.OUTBOUND,)
    open_question = measure(sales(300), knows_before=True).models
    assert Model.RELATIONSHIP in open_question, "nothing is known of revenue, so it may repeat"


def test_what_is_found_stands_to_what_was_said() -> None:
    found = of(measure(sales(300), knows_before=True), "contacts")
    assert [found.against(said) for said in ("inbound", "outbound", None)] == ["agrees", "differs", "unsaid"]
    torn = of(measure(sales(12) + sales(10, source="Mailing"), knows_before=True), "contacts")
    assert torn.against("both") == "possible"


def test_a_true_answer_is_called_wrong_in_few_of_many_runs() -> None:
    wrong, runs = 0, 300
    for seed in range(runs):
        chance = random.Random(seed)
        deals = [Sale(at, "Website" if chance.random() < 0.62 else "Kaltanruf", at) for at in range(60)]
        found = of(measure(deals, knows_before=True), "contacts")
        wrong += found.against("inbound") == "differs"
        hits = sum(group_of(deal.source) == "inbound" for deal in deals)
        assert found.interval == wilson(hits, 60)
    assert wrong / runs <= 0.05
