"""Which deals need attention, from plain values."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from etappe.core.attention import Limits, Standing, Why, measured, reasons

TODAY = date(2026, 3, 2)
LIMITS = measured([("own", 10, 18), ("own", 30, 2), ("other", 60, 10)], TODAY)
"""Nine in ten of 20 won deals of `own` were silent for at most 10 days; of all 30, for at most 60."""


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def deal(**fields: Any) -> Standing:
    """An open deal to which nothing is wrong."""
    return Standing(**{
        "process": "own", "is_open": True, "seen_since": ago(5), "step_on": TODAY + timedelta(days=3), **fields,
    })  # fmt: skip


def why(limits: Limits = LIMITS, **fields: Any) -> list[Why]:
    return [reason.why for reason in reasons(deal(**fields), limits, TODAY)]


def test_the_limit_is_measured_per_process_and_says_from_how_many() -> None:
    own, other = LIMITS.of("own"), LIMITS.of("other")
    assert own is not None
    assert other is not None
    assert (own.days, own.n, own.process) == (10, 20, "own")
    assert (other.days, other.n, other.process) == (60, 30, "")


def test_silence_begins_the_day_after_the_limit() -> None:
    assert why(acted_on=ago(10)) == []
    assert why(acted_on=ago(11)) == [Why.SILENT]
    (reason,) = reasons(deal(acted_on=ago(11)), LIMITS, TODAY)
    assert (reason.days, reason.since, reason.limit) == (11, ago(11), LIMITS.of("own"))


def test_too_few_won_deals_say_nothing_about_silence() -> None:
    few = measured([("own", 10, 19)], TODAY)
    assert (few.n, few.whole) == (19, None)
    assert why(few, acted_on=ago(4000)) == []


@pytest.mark.parametrize("years", [1, 3, 30])
def test_age_alone_is_no_reason(years: int) -> None:
    assert why(seen_since=ago(365 * years), acted_on=ago(1)) == []


def test_what_was_not_recorded_before_we_saw_the_deal_is_no_silence() -> None:
    assert why(seen_since=ago(10)) == []
    assert why(seen_since=ago(11)) == [Why.SILENT]


def test_a_deal_rests_silently_until_the_buyers_date() -> None:
    everything: dict[str, Any] = {"acted_on": ago(900), "target_on": ago(90), "order_on": ago(80), "step_on": None}
    assert why(**everything, rests_until=TODAY + timedelta(days=1)) == []
    assert why(**everything, rests_until=TODAY) == [Why.TARGET, Why.ORDER, Why.LOOSE], "their date counts as a word"
    assert Why.SILENT in why(**everything, rests_until=ago(11))


def test_dates_are_broken_the_day_after() -> None:
    assert why(target_on=TODAY, step_on=TODAY, order_on=TODAY) == []
    assert why(target_on=ago(1), step_on=ago(1), order_on=ago(1)) == [Why.TARGET, Why.STEP, Why.ORDER]
    assert why(step_on=None) == [Why.LOOSE]


def test_a_closed_deal_needs_nothing() -> None:
    assert why(is_open=False, acted_on=ago(900), target_on=ago(9), step_on=None) == []
