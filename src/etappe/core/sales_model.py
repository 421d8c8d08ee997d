"""Four questions that tell how a company sells, and the process it may start from.

The rule, in points; a model's share is its points over all points:

1. *Where do most contacts come from?* They come to us: inbound 3. We go to them: outbound 3. Both alike: 2 each.
   Partners bring and serve them: channel 9. They buy by themselves: transactional 9.
2. *How much revenue comes from existing customers?* Up to half: nothing. More than half: relationship 1.5, which makes
   a repeat-heavy hybrid and never the dominant model. Nine tenths or more: relationship 8.
3. *How many of us take part in a sale?* One: nothing. Several when it matters: team 1. Always several: team 4. Nobody:
   9 for channel where partners sell, for transactional otherwise.
4. *With how many people of a target account do we talk?* One or two: nothing. Several: account-based 1. With as many
   as possible, at chosen accounts: account-based 5. With a private person: transactional 2.

The model with most points dominates. Of inbound and outbound with the same points outbound does: its process begins
earlier, and a buyer who comes informed enters it later. So one answer that goes against the usual way of selling
(nearly all revenue from existing customers, always a team, chosen accounts, partners, nobody of us) outweighs where
contacts come from; and where people sell, nearly all revenue from existing customers outweighs every other answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from etappe.core.errors import Refusal

MOST = 0.5
"""Share of revenue from existing customers above which a company is a repeat-heavy hybrid."""
NEARLY_ALL = 0.9
"""Share of revenue from existing customers from which on it sells by relationship."""


class Model(StrEnum):
    """How a company sells; in the order in which a tie is decided."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"
    ACCOUNT_BASED = "account_based"
    RELATIONSHIP = "relationship"
    TEAM = "team"
    TRANSACTIONAL = "transactional"
    CHANNEL = "channel"


class Contacts(StrEnum):
    """Where most contacts come from."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    BOTH = "both"
    PARTNERS = "partners"
    SELF_SERVICE = "self_service"


class Existing(StrEnum):
    """How much of the revenue comes from existing customers."""

    UP_TO_HALF = "up_to_half"
    MOST = "most"
    NEARLY_ALL = "nearly_all"


class Together(StrEnum):
    """How many of us take part in a sale."""

    ONE = "one"
    WHEN_IT_MATTERS = "when_it_matters"
    ALWAYS = "always"
    NOBODY = "nobody"


class People(StrEnum):
    """With how many people of a target account we talk."""

    ONE_OR_TWO = "one_or_two"
    SEVERAL = "several"
    ALL_WHO_COUNT = "all_who_count"
    PRIVATE = "private"


@dataclass(frozen=True)
class Answers:
    """The answers to the four questions."""

    contacts: Contacts
    existing: Existing
    together: Together
    people: People


@dataclass(frozen=True)
class Reason:
    """One answer that speaks for a model, as question and answer, with its points."""

    question: str
    answer: str
    model: Model
    points: Fraction


@dataclass(frozen=True)
class Outcome:
    """The dominant model, the share of every model (they sum to 1), and what speaks for each.

    `repeat_heavy` says that more than half of the revenue repeats without making the relationship model dominant.
    """

    dominant: Model
    shares: Mapping[Model, Fraction]
    reasons: tuple[Reason, ...]
    repeat_heavy: bool

    @property
    def why(self) -> tuple[Reason, ...]:
        """What speaks for the dominant model, the strongest first."""
        return tuple(reason for reason in self.reasons if reason.model is self.dominant)

    @property
    def others(self) -> tuple[tuple[Model, Fraction], ...]:
        """The other models that have a share, the largest first."""
        rest = [(model, share) for model, share in self.shares.items() if share and model is not self.dominant]
        return tuple(sorted(rest, key=lambda item: -item[1]))


Points = Mapping[Model, Fraction]


def _points(**points: float) -> Points:
    return {Model(model): Fraction(value) for model, value in points.items()}


_BY_CONTACTS: Mapping[Contacts, Points] = {
    Contacts.INBOUND: _points(inbound=3),
    Contacts.OUTBOUND: _points(outbound=3),
    Contacts.BOTH: _points(inbound=2, outbound=2),
    Contacts.PARTNERS: _points(channel=9),
    Contacts.SELF_SERVICE: _points(transactional=9),
}
_BY_EXISTING: Mapping[Existing, Points] = {
    Existing.UP_TO_HALF: {},
    Existing.MOST: _points(relationship=1.5),
    Existing.NEARLY_ALL: _points(relationship=8),
}
_BY_PEOPLE: Mapping[People, Points] = {
    People.ONE_OR_TWO: {},
    People.SEVERAL: _points(account_based=1),
    People.ALL_WHO_COUNT: _points(account_based=5),
    People.PRIVATE: _points(transactional=2),
}


def _by_together(answers: Answers) -> Points:
    if answers.together is Together.NOBODY:
        return _points(channel=9) if answers.contacts is Contacts.PARTNERS else _points(transactional=9)
    return {Together.ALWAYS: _points(team=4), Together.WHEN_IT_MATTERS: _points(team=1)}.get(answers.together, {})


def evaluate(answers: Answers) -> Outcome:
    """The sales model these answers describe, by the rule at the head of this module.

    >>> outcome = evaluate(Answers(Contacts.INBOUND, Existing.MOST, Together.ONE, People.ONE_OR_TWO))
    >>> outcome.dominant.value, str(outcome.shares[Model.RELATIONSHIP]), outcome.repeat_heavy
    ('inbound', '1/3', True)
    """
    reasons = tuple(sorted(_reasons(answers), key=lambda reason: -reason.points))
    total = sum((reason.points for reason in reasons), Fraction())
    shares = {model: _sum(reasons, model) / total for model in Model}
    dominant = max(Model, key=lambda model: shares[model])
    repeat_heavy = answers.existing is Existing.MOST
    return Outcome(dominant, shares, reasons, repeat_heavy)


def _sum(reasons: tuple[Reason, ...], model: Model) -> Fraction:
    return sum((reason.points for reason in reasons if reason.model is model), Fraction())


def _reasons(answers: Answers) -> list[Reason]:
    given: tuple[tuple[str, str, Points], ...] = (
        ("contacts", answers.contacts, _BY_CONTACTS[answers.contacts]),
        ("existing", answers.existing, _BY_EXISTING[answers.existing]),
        ("together", answers.together, _by_together(answers)),
        ("people", answers.people, _BY_PEOPLE[answers.people]),
    )
    return [
        Reason(question, str(answer), model, points)
        for question, answer, each in given
        for model, points in each.items()
    ]


def percentages(shares: Mapping[Model, Fraction]) -> dict[Model, int]:
    """Shares in whole percent that sum to exactly 100 (largest remainder), in the order of `shares`.

    >>> percentages({Model.INBOUND: Fraction(1, 3), Model.TEAM: Fraction(1, 3), Model.CHANNEL: Fraction(1, 3)})
    {<Model.INBOUND: 'inbound'>: 34, <Model.TEAM: 'team'>: 33, <Model.CHANNEL: 'channel'>: 33}
    """
    floors = {model: int(share * 100) for model, share in shares.items()}
    by_remainder = sorted(shares, key=lambda model: floors[model] - shares[model] * 100)
    for model in by_remainder[: 100 - sum(floors.values())]:
        floors[model] += 1
    return floors


def existing_of(share: float) -> Existing:
    """The answer to the second question that a measured share (0 to 1) of revenue from existing customers gives.

    >>> existing_of(0.5).value, existing_of(0.51).value, existing_of(0.9).value
    ('up_to_half', 'most', 'nearly_all')
    """
    if not 0 <= share <= 1:
        raise ValueError(f"a share is between 0 and 1, not {share}")
    if share >= NEARLY_ALL:
        return Existing.NEARLY_ALL
    return Existing.MOST if share > MOST else Existing.UP_TO_HALF


def process_for(model: Model) -> str:
    """The key of the library process that a model starts from: every model has one of its own."""
    return model.value


Answer = TypeVar("Answer", Contacts, Existing, Together, People)


def answers_from(codes: Mapping[str, str]) -> Answers:
    """Answers as they were stored or sent; refuses `unknown_answer` with the question and its choices."""
    return Answers(
        contacts=_answer(codes, "contacts", Contacts),
        existing=_answer(codes, "existing", Existing),
        together=_answer(codes, "together", Together),
        people=_answer(codes, "people", People),
    )


def _answer(codes: Mapping[str, str], question: str, choices: type[Answer]) -> Answer:
    value = codes.get(question)
    if value not in list(choices):
        raise Refusal(
            "unknown_answer", question=question, value=value, choices=tuple(choice.value for choice in choices)
        )
    return choices(value)


def as_codes(answers: Answers) -> dict[str, str]:
    """Answers as plain codes; `answers_from` gives them back."""
    return {question: str(answer) for question, answer in vars(answers).items()}
