"""The four questions: the models of the trade come out of the answers that describe them."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etappe.core.errors import Refusal
from etappe.core.sales_model import (
    Answers,
    Contacts,
    Existing,
    Model,
    People,
    Together,
    answers_from,
    as_codes,
    evaluate,
    existing_of,
    percentages,
    process_for,
)

LIBRARY = Path(__file__).parents[2] / "src/etappe/playbook/library"
EVERY = [Answers(*answers) for answers in product(Contacts, Existing, Together, People)]

DESCRIBED = [
    # Website forms bring the leads, each rep follows one up alone, with the one who decides.
    ("inbound", "up_to_half", "one", "one_or_two", Model.INBOUND),
    # Lists, cold calls and mails; the sellers always make the first contact.
    ("outbound", "up_to_half", "one", "one_or_two", Model.OUTBOUND),
    # Nearly all revenue repeats; much more time goes into care than into winning.
    ("outbound", "nearly_all", "one", "one_or_two", Model.RELATIONSHIP),
    ("inbound", "nearly_all", "when_it_matters", "several", Model.RELATIONSHIP),
    ("outbound", "nearly_all", "always", "all_who_count", Model.RELATIONSHIP),
    # Sales development hands over to the account manager, who works with marketing and support.
    ("inbound", "up_to_half", "always", "one_or_two", Model.TEAM),
    ("outbound", "most", "always", "several", Model.TEAM),
    # A researched list of companies, everybody from assistant to board, no scripts.
    ("outbound", "up_to_half", "one", "all_who_count", Model.ACCOUNT_BASED),
    ("outbound", "up_to_half", "always", "all_who_count", Model.ACCOUNT_BASED),
    # Most revenue repeats (a food delivery, an IT provider's fees), but not nearly all: a hybrid of what it else is.
    ("inbound", "most", "one", "one_or_two", Model.INBOUND),
    ("outbound", "most", "when_it_matters", "several", Model.OUTBOUND),
    ("both", "most", "one", "one_or_two", Model.OUTBOUND),
    # Consumers: many, small, without talking; or through partners, with no sales team.
    ("self_service", "most", "nobody", "private", Model.TRANSACTIONAL),
    ("inbound", "up_to_half", "nobody", "private", Model.TRANSACTIONAL),
    ("partners", "up_to_half", "nobody", "one_or_two", Model.CHANNEL),
    ("partners", "most", "when_it_matters", "several", Model.CHANNEL),
    # A car dealer talks to private persons, who come by themselves.
    ("inbound", "up_to_half", "one", "private", Model.INBOUND),
]


@pytest.mark.parametrize(("contacts", "existing", "together", "people", "model"), DESCRIBED)
def test_descriptions_of_the_trade_give_their_model(
    contacts: str, existing: str, together: str, people: str, model: Model
) -> None:
    codes = {"contacts": contacts, "existing": existing, "together": together, "people": people}
    outcome = evaluate(answers_from(codes))
    assert outcome.dominant is model
    assert outcome.why
    assert outcome.repeat_heavy == (existing == "most")


def test_the_points_are_as_the_rule_says() -> None:
    outcome = evaluate(Answers(Contacts.OUTBOUND, Existing.MOST, Together.ALWAYS, People.SEVERAL))
    assert {model: share for model, share in outcome.shares.items() if share} == {
        Model.OUTBOUND: Fraction(6, 19),
        Model.RELATIONSHIP: Fraction(3, 19),
        Model.TEAM: Fraction(8, 19),
        Model.ACCOUNT_BASED: Fraction(2, 19),
    }
    assert [model for model, _ in outcome.others] == [Model.OUTBOUND, Model.RELATIONSHIP, Model.ACCOUNT_BASED]
    assert [(reason.question, reason.answer) for reason in outcome.why] == [("together", "always")]


@pytest.mark.parametrize("answers", EVERY, ids=lambda answers: "-".join(as_codes(answers).values()))
def test_every_answer_gives_one_model_with_reasons(answers: Answers) -> None:
    outcome = evaluate(answers)
    assert sum(outcome.shares.values()) == 1
    assert sum(percentages(outcome.shares).values()) == 100
    assert outcome.shares[outcome.dominant] == max(outcome.shares.values())
    assert outcome.why
    assert answers_from(as_codes(answers)) == answers
    if answers.existing is not Existing.NEARLY_ALL:
        assert outcome.dominant is not Model.RELATIONSHIP
    if answers.contacts in (Contacts.PARTNERS, Contacts.SELF_SERVICE):
        assert outcome.dominant in (Model.CHANNEL, Model.TRANSACTIONAL)


def test_every_model_is_reachable_and_has_its_process_in_the_library() -> None:
    assert {evaluate(answers).dominant for answers in EVERY} == set(Model)
    assert all((LIBRARY / f"{process_for(model)}.yaml").exists() for model in Model)


@settings(deadline=None, derandomize=True)
@given(st.dictionaries(st.sampled_from(list(Model)), st.integers(1, 1000), min_size=1))
def test_percentages_always_sum_to_a_hundred_and_stay_near(weights: dict[Model, int]) -> None:
    shares = {model: Fraction(weight, sum(weights.values())) for model, weight in weights.items()}
    shown = percentages(shares)
    assert sum(shown.values()) == 100
    assert all(abs(shown[model] - share * 100) < 1 for model, share in shares.items())


@pytest.mark.parametrize(
    ("share", "answer"),
    [
        (0, Existing.UP_TO_HALF),
        (0.5, Existing.UP_TO_HALF),
        (0.501, Existing.MOST),
        (0.899, Existing.MOST),
        (0.9, Existing.NEARLY_ALL),
        (1, Existing.NEARLY_ALL),
    ],
)
def test_a_measured_share_has_its_answer(share: float, answer: Existing) -> None:
    assert existing_of(share) is answer


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan")])
def test_what_is_no_share_is_not_taken_for_one(share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        existing_of(share)


def test_a_missing_or_unknown_answer_is_refused_with_its_choices() -> None:
    codes = as_codes(EVERY[0])
    for broken in (
        {**codes, "together": "everybody"},
        {key: value for key, value in codes.items() if key != "together"},
    ):
        with pytest.raises(Refusal) as refused:
            answers_from(broken)
        assert refused.value.code == "unknown_answer"
        assert refused.value.params["question"] == "together"
        assert refused.value.params["choices"] == ("one", "when_it_matters", "always", "nobody")


def test_everything_that_can_be_answered_or_reasoned_has_words() -> None:
    from etappe.playbook.question_texts import MODELS, QUESTIONS, why

    choices = {"contacts": Contacts, "existing": Existing, "together": Together, "people": People}
    assert {question.key: [option.code for option in question.options] for question in QUESTIONS} == {
        key: list(kind) for key, kind in choices.items()
    }
    assert set(MODELS) == set(Model)
    for answers in EVERY:
        assert all(why(reason) for reason in evaluate(answers).reasons)
