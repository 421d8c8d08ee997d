"""What a simulated company and its buyers say to each other, drawn at random, and what is true of it.

Every deal begins with the buyer coming to us. We answer after a working time, or never; while the deal is open the
buyer does this and that, each act at a rate of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np

from etappe.core.simulate.lives import Floats, Lives, Whole
from etappe.core.simulate.parameters import Parameters, Talk

MONTH = 365 / 12
"""Days of a month on average."""
SHARES = {"p50": 0.5, "p90": 0.9}


@dataclass(frozen=True)
class Contacts:
    """What was said about `n` deals, in their order.

    `answers`: working hours from the beginning of each deal to our first answer; not a number where there never is one.
    `deal`, `time`, `act`: of each further act of a buyer the place of its deal, when it was (days since the history
    began), and its place among the acts of the parameters.
    """

    answers: Floats
    deal: Whole
    time: Floats
    act: Whole


def draw_contacts(company: Parameters, talk: Talk, lives: Lives, chance: np.random.Generator) -> Contacts:
    """The contacts of these deals up to the end of the history; the same state of `chance` gives the same.

    >>> from datetime import date
    >>> from etappe.core.simulate.lives import draw
    >>> from etappe.core.simulate.parameters import Act, Stage
    >>> talk = Talk(answered=1, hours=4, acts=(Act("mail", "opened", per_month=30),))
    >>> one = Parameters("inbound", (Stage("talk", days=10),), days=100, contacts=talk)
    >>> lives = draw(one, 200, date(2026, 1, 1), np.random.default_rng(1))
    >>> said = draw_contacts(one, talk, lives, np.random.default_rng(2))
    >>> 3.5 < float(np.median(said.answers)) < 4.5, set(said.act.tolist())
    (True, {0})
    """
    number = len(lives)
    scale = talk.hours / log(2) ** (1 / talk.shape)
    hours = scale * chance.weibull(talk.shape, number)
    answers = np.where(chance.random(number) < talk.answered, hours, np.nan)
    spans = np.minimum(lives.ended, company.days) - lives.began
    places, times, acts = [np.zeros(0, np.int64)], [np.zeros(0)], [np.zeros(0, np.int64)]
    for place, act in enumerate(talk.acts):
        counts = chance.poisson(spans * act.per_month / MONTH)
        deal = np.repeat(np.arange(number), counts)
        places.append(deal)
        times.append(lives.began[deal] + chance.random(len(deal)) * spans[deal])
        acts.append(np.full(len(deal), place))
    return Contacts(answers, np.concatenate(places), np.concatenate(times), np.concatenate(acts))


def true_of(talk: Talk) -> dict[str, Any]:
    """What is true of the contacts, in closed form.

    `hours`: working hours by which half and nine in ten of all deals have our first answer; None where more never have
    one. `per_month`: acts of the buyer per month of an open deal.

    >>> true_of(Talk(answered=0.8, hours=4, shape=1))["hours"]["p90"] is None
    True
    >>> round(true_of(Talk(answered=1, hours=4, shape=1))["hours"]["p50"], 6)
    4.0
    """
    return {
        "answered": talk.answered,
        "hours": {key: _reached(talk, share) for key, share in SHARES.items()},
        "per_month": {f"{act.channel} {act.act}": act.per_month for act in talk.acts},
    }


def _reached(talk: Talk, share: float) -> float | None:
    if share >= talk.answered:
        return None
    return float(talk.hours * (log(1 - share / talk.answered) / log(0.5)) ** (1 / talk.shape))
