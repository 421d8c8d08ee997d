"""Contacts of simulated companies: what is drawn is what was set, and response time finds what is true of it."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import inf

import numpy as np
import pytest

from etappe.core.errors import Refusal
from etappe.core.figures import Interval
from etappe.core.simulate.contacts import MONTH, draw_contacts, true_of
from etappe.core.simulate.lives import draw
from etappe.core.simulate.parameters import Act, Parameters, Stage, Talk
from etappe.core.simulate.reading import Road, read_parameters
from etappe.core.working_hours import HOUR, later, worked
from etappe.demo.order import Order, shipped
from etappe.insights.catalogue.response_time import finish
from etappe.insights.metric import Row

SOAK = bool(os.environ.get("ETAPPE_TEST_SOAK"))
RUNS = 2000 if SOAK else 60
UNTIL, ZONE, DEALS = date(2026, 1, 1), "Europe/Berlin", 120
TALK = Talk(answered=0.92, hours=6, shape=0.8, acts=(Act("mail", "opened", 3.0), Act("call", "called", 0.5)))
COMPANY = Parameters("inbound", (Stage("talk", 20, lost=0.4),), days=90, growth=6, contacts=TALK)


def _waits(run: int) -> list[Row]:
    """What one sees of the waits at the end of the history: a row per lead."""
    chance = np.random.default_rng([31, run])
    lives = draw(COMPANY, DEALS, UNTIL, chance)
    first = datetime.combine(UNTIL, datetime.min.time(), UTC) - timedelta(days=COMPANY.days)
    end = first + timedelta(days=COMPANY.days)
    rows: list[Row] = []
    for began, hours in zip(lives.began, draw_contacts(COMPANY, TALK, lives, chance).answers, strict=True):
        came = first + timedelta(days=float(began))
        at = end if np.isnan(hours) else min(end, later(came, round(float(hours) * HOUR), ZONE))
        minutes = (worked(at, ZONE) - worked(came, ZONE)) // 60
        rows.append({"segment": "", "has_answer": at < end, "minutes": minutes, "deals": 1})
    return rows


def _holds(interval: Interval | None, true: float) -> bool:
    low, high = interval or (None, None)
    return (low or 0) <= true <= (inf if high is None else high)


@pytest.mark.timeout(3600 if SOAK else 60)
def test_response_time_finds_the_truth_with_those_that_wait_given_their_due() -> None:
    true = true_of(TALK)["hours"]
    held: dict[str, list[bool]] = {"p50": [], "p90": []}
    for run in range(RUNS):
        (row,) = finish(_waits(run)).rows
        for key, found in held.items():
            found.append(_holds(row[f"{key}_interval"], true[key]))
    for key, found in held.items():
        rate = float(np.mean(found))
        assert rate >= 0.95 - 3.3 * (0.95 * 0.05 / len(found)) ** 0.5 - 0.01, (key, rate)


def test_acts_come_at_their_rates_while_a_deal_is_open() -> None:
    lives = draw(COMPANY, 4000, UNTIL, np.random.default_rng(1))
    said = draw_contacts(COMPANY, TALK, lives, np.random.default_rng(2))
    months = (np.minimum(lives.ended, COMPANY.days) - lives.began).sum() / MONTH
    for place, act in enumerate(TALK.acts):
        expected = act.per_month * months
        assert abs((said.act == place).sum() - expected) < 4 * expected**0.5
    assert (said.time >= lives.began[said.deal]).all()
    assert (said.time <= lives.ended[said.deal]).all()
    assert np.isnan(said.answers).mean() == pytest.approx(1 - TALK.answered, abs=0.02)


def test_the_same_order_says_the_same_and_one_without_contacts_nothing() -> None:
    order = Order("trial", shipped("example"), 7, 50, UNTIL)
    lives = order.lives(0, 50)
    once, again = (list(order.contacts(lives, 0, ZONE)) for _ in range(2))
    assert once == again
    assert {contact["act"] for _, contact in once} == {"submitted", "wrote", "opened", "called"}
    silent = replace(order, source=order.source.split("# What is said")[0])
    assert list(silent.contacts(silent.lives(0, 50), 0, ZONE)) == []
    assert "contacts" not in silent.truth()
    assert order.truth()["contacts"]["per_month"] == {"mail opened": 2.0, "mail wrote": 1.0, "call called": 0.5}


@pytest.mark.parametrize(
    "said", ["channel: pigeon", "act: sent", "answered: 2", "hours: -1", "acts: [{channel: mail, act: opened, per: 1}]"]
)
def test_contacts_that_make_no_sense_are_refused_with_their_place(said: str) -> None:
    text = f"simulate: 1\nprocess: inbound\nstages:\n- {{key: talk, days: 10}}\ncontacts:\n  {said}"
    with pytest.raises(Refusal, match="parameters_unusable") as no:
        read_parameters(text, {"inbound": Road(("talk",))})
    assert no.value.params["problems"][0].place.line == 6


@pytest.mark.parametrize("hours", [0.5, 9.99, 10, 10.01, 50, 123.4])
def test_later_is_when_so_much_was_worked(hours: float) -> None:
    for begin in (datetime(2026, 3, 27, 20, tzinfo=UTC), datetime(2026, 10, 23, 9, 30, tzinfo=UTC)):
        end = later(begin, round(hours * HOUR), ZONE)
        assert worked(end, ZONE) - worked(begin, ZONE) == round(hours * HOUR)
        assert worked(end - timedelta(seconds=1), ZONE) < worked(end, ZONE)
