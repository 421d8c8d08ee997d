"""What a prefix shows, and above all what it does not: the future."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from etappe.core.prefixes import DAY, Case, Event, Fact, leaks, learn, long_enough

WAYS = (("ask", "work", "close"), ("ask", "work", "wait", "work", "close"), ("ask", "wait", "wait", "close"))


def cases(count: int = 60, seed: int = 3) -> list[Case]:
    chance = np.random.default_rng(seed)
    found = []
    for number in range(count):
        way = WAYS[chance.integers(len(WAYS))]
        at = 1.3e9 + number * DAY / 2 + np.cumsum(chance.exponential(2 * DAY, len(way)))
        events = tuple(
            Event(
                float(second),
                name,
                f"p{chance.integers(3)}",
                {"cost": float(chance.integers(9)), "row": number + place},
            )
            for place, (second, name) in enumerate(zip(at, way, strict=True))
        )
        facts: dict[str, Fact] = {
            "id": f"case {number}",
            "kind": "ab"[int(chance.integers(2))],
            "way": "/".join(way),
            "size": float(chance.integers(100)),
            "steps": float(len(way)),
            "until": datetime.fromtimestamp(at[-1], UTC),
            "variant-index": 1.0,
        }
        found.append(Case(facts, events))
    return found


def test_facts_that_tell_the_end_are_left_out_with_a_reason() -> None:
    twice = [Case({**case.facts, "way": way}, case.events) for case in cases() for way in [case.facts["way"]]]
    found = leaks(twice)
    assert set(found) == {"id", "steps", "until", "variant-index"} and found["until"] == "a date after the case began"
    many = [
        Case({"way": f"w{way}"}, tuple(Event(DAY * place, f"{way}.{place}") for place in range(3)))
        for way in range(8)
        for _ in range(4)
    ]
    assert leaks(many) == {"way": "it stands for the whole way of the case"}


def test_nothing_that_came_later_changes_what_a_prefix_shows() -> None:
    """Another future of the case, and of all cases after it, leaves every row of the present as it was."""
    past, tried = cases(), cases(40, seed=8)
    encoder = learn(past)
    seen = encoder.prefixes(tried, [*past, *tried])
    now = float(np.median(seen.at))
    other = [_from_then_on_different(case, now) for case in tried]
    again = encoder.prefixes(other, [*past, *other])
    present, still = seen.at <= now, again.at <= now
    assert present.sum() == still.sum() > 20
    np.testing.assert_array_equal(seen.features[present], again.features[still])
    assert not np.array_equal(seen.remaining[present], again.remaining[still])


def _from_then_on_different(case: Case, now: float) -> Case:
    known = [event for event in case.events if event.at <= now]
    if len(known) == len(case.events):
        return case
    later = [
        replace(event, at=event.at + 9 * DAY, activity="strange", resource="x") for event in case.events[len(known) :]
    ]
    return replace(case, events=(*known, *later, Event(later[-1].at + DAY, "end")))


def test_counts_and_gaps_are_those_of_the_events_so_far() -> None:
    one = Case({}, tuple(Event(DAY * place, name) for place, name in enumerate("abac")))
    assert long_enough([one, Case({}, one.events[:2])]) == [one]
    encoder = learn([one])
    found = encoder.prefixes([one], [])
    assert found.length.tolist() == [2, 3]
    assert found.elapsed.tolist() == [1.0, 2.0] and found.remaining.tolist() == [2.0, 1.0]
    code = encoder.activities["a"]
    steps = found.features[:, -6 - 3 * (len(encoder.activities) + 1) :].astype(float)
    assert steps[:, 3 * code : 3 * code + 3].tolist() == [[1.0, 1.0, 1.0], [2.0, 0.0, 2.0]]
