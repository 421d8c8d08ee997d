"""What was known of a case at each moment of it: the features that remaining time is learned from.

A *prefix* of a case is its first k events. Its features are made of those k events, of the case's facts that cannot
tell the future, and of what had happened in all cases before that moment; nothing else reaches the model. `leaks`
says which facts of cases and events are left out, and why.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from etappe.core.ranks import rank_correlation

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Fact = str | float | datetime | None

DAY: Final = 86_400.0
SHORTEST, FIRST = 3, 2
"""Cases with fewer events are left out; prefixes begin at two events and end before the last one."""
ACTIVITIES, RESOURCES, LEVELS, FACTS = 60, 100, 60, 40
RARE: Final = 0
"""The code of what is rare, unknown or missing."""


@dataclass(frozen=True)
class Event:
    """Something happened in a case: `at` in seconds since 1970, what, by whom, and what else was recorded with it."""

    at: float
    activity: str
    resource: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """A case with its events in the order of time, at least one."""

    facts: Mapping[str, Fact]
    events: tuple[Event, ...]

    @property
    def days(self) -> float:
        """From the first event to the last."""
        return (self.events[-1].at - self.events[0].at) / DAY


def long_enough(cases: Iterable[Case]) -> list[Case]:
    """The cases that have prefixes."""
    return [case for case in cases if len(case.events) >= SHORTEST]


_NUMBERING = "numbers the case or the event"
_SUSPECT = ("variant", "duration", "end", "outcome", "result", "remaining", "close", "total", "length", "final")


def leaks(cases: Sequence[Case]) -> dict[str, str]:
    """Facts of cases that may not be used, with the reason.

    A fact of a case stands beside the whole case, so nobody can see when it became known. It is kept only if nothing
    speaks for its being known at the start. Left out is what
    names an end or a summary; is different in nearly every case (a number of the case, not a property of it); is a date
    after the case began; is one and the same for all cases that went the same way, and different for others (it *is*
    the way, as `variant` in many logs); or goes along with the number of events or the duration (rank correlation 0.9).

    >>> quick = Case({"variant": "a", "amount": 5.0}, (Event(0, "x"), Event(1, "y"), Event(9, "z")))
    >>> leaks([quick])
    {'variant': 'its name speaks of an end or a summary'}
    """
    names = sorted({name for case in cases for name in case.facts})
    found = {name: _leak(name, [(case.facts.get(name), case) for case in cases]) for name in names}
    return {name: reason for name, reason in found.items() if reason}


def _leak(name: str, values: Sequence[tuple[Fact, Case]]) -> str:
    given = [(value, case) for value, case in values if value is not None]
    words = name.lower().replace(":", " ").replace("_", " ").replace("-", " ").split()
    if any(word.startswith(_SUSPECT) for word in words):
        return "its name speaks of an end or a summary"
    for check in (_is_number_of_case, _is_later, _is_the_way, _goes_along):
        if reason := check(given):
            return reason
    return ""


def _is_number_of_case(given: Sequence[tuple[Fact, Case]]) -> str:
    texts = [value for value, _ in given if isinstance(value, str)]
    return _NUMBERING if len(texts) >= 20 and len(set(texts)) > 0.8 * len(texts) else ""


def _is_later(given: Sequence[tuple[Fact, Case]]) -> str:
    late = sum(isinstance(value, datetime) and value.timestamp() > case.events[0].at + 1 for value, case in given)
    return "a date after the case began" if late > 0.01 * len(given) else ""


def _is_the_way(given: Sequence[tuple[Fact, Case]]) -> str:
    """Whether each value stands for one way through the process, among ways that more than one case went."""
    ways: defaultdict[Fact, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for value, case in given:
        ways[value][tuple(event.activity for event in case.events)] += 1
    often = [counts for counts in ways.values() if counts.total() > 1]
    cases = sum(counts.total() for counts in often)
    same = sum(max(counts.values()) for counts in often)
    return "it stands for the whole way of the case" if len(often) >= 5 and same > 0.9 * cases else ""


def _goes_along(given: Sequence[tuple[Fact, Case]]) -> str:
    numbers = [(value, len(case.events), case.days) for value, case in given if isinstance(value, float)]
    if len(numbers) < 20:
        return ""
    table = np.asarray(numbers, dtype=np.float64)
    close = max(abs(rank_correlation(table[:, 0], table[:, column])) for column in (1, 2))
    return "it goes along with how the case went" if close >= 0.9 else ""


@dataclass(frozen=True)
class Prefixes:
    """Features of prefixes, one row each; `case` is the position of its case, `remaining` and `elapsed` are days."""

    features: npt.NDArray[np.float32]
    case: Ints
    length: Ints
    at: Floats
    elapsed: Floats
    remaining: Floats


@dataclass(frozen=True)
class _Flat:
    """All events of all cases in one row of arrays."""

    cases: Sequence[Case]
    events: Sequence[Event]
    case: Ints
    first: Ints
    at: Floats

    @property
    def place(self) -> Ints:
        return np.arange(len(self.at)) - self.first

    @property
    def start(self) -> Floats:
        return self.at[self.first]


def _flat(cases: Sequence[Case]) -> _Flat:
    lengths = np.asarray([len(case.events) for case in cases], dtype=np.int64)
    firsts = np.cumsum(lengths) - lengths
    events = [event for case in cases for event in case.events]
    at = np.asarray([event.at for event in events], dtype=np.float64)
    return _Flat(cases, events, np.repeat(np.arange(len(cases)), lengths), np.repeat(firsts, lengths), at)


@dataclass(frozen=True)
class Encoder:
    """What was seen when learning: which activities, people and facts there are. Made by `learn`."""

    activities: Mapping[str, int]
    resources: Mapping[str, int]
    case_facts: Mapping[str, Mapping[str, int] | None]
    event_facts: Mapping[str, Mapping[str, int] | None]
    left_out: Mapping[str, str]

    @property
    def categories(self) -> tuple[int, ...]:
        """Positions of the features that are codes."""
        facts = [*self.case_facts.values(), *self.event_facts.values()]
        return (*range(6), *(6 + place for place, levels in enumerate(facts) if levels is not None))

    def prefixes(self, cases: Sequence[Case], known: Sequence[Case]) -> Prefixes:
        """The prefixes of `cases`; `known` are all cases whose events count as what else had happened by then."""
        flat = _flat(cases)
        columns = [*self._codes(flat), *self._facts(flat), *_pace(flat), *self._steps(flat), *_load(flat.at, known)]
        last = np.append(flat.first[1:] != flat.first[:-1], True)
        chosen = (flat.place >= FIRST - 1) & ~last
        ends = np.asarray([case.events[-1].at for case in cases])[flat.case]
        table = np.column_stack([np.asarray(column, dtype=np.float32)[chosen] for column in columns])
        elapsed, remaining = (flat.at - flat.start) / DAY, (ends - flat.at) / DAY
        return Prefixes(
            table, flat.case[chosen], flat.place[chosen] + 1, flat.at[chosen], elapsed[chosen], remaining[chosen]
        )

    def _codes(self, flat: _Flat) -> list[Floats]:
        """The last four activities and the last two people."""
        doing = np.asarray([self.activities.get(event.activity, RARE) for event in flat.events], dtype=np.float64)
        people = np.asarray([self.resources.get(event.resource, RARE) for event in flat.events], dtype=np.float64)
        back = [_back(doing, flat, steps, RARE) for steps in range(4)]
        return [*back, people, _back(people, flat, 1, RARE)]

    def _facts(self, flat: _Flat) -> list[Floats]:
        of_case = [
            _column([case.facts.get(name) for case in flat.cases], levels)[flat.case]
            for name, levels in self.case_facts.items()
        ]
        of_event = [
            _column([event.facts.get(name) for event in flat.events], levels)
            for name, levels in self.event_facts.items()
        ]
        return [*of_case, *of_event]

    def _steps(self, flat: _Flat) -> list[Floats]:
        """How often each activity happened so far, and how long ago for the last and the first time."""
        doing = np.asarray([self.activities.get(event.activity, RARE) for event in flat.events])
        place = np.arange(len(doing))
        columns: list[Floats] = []
        for code in range(len(self.activities) + 1):
            here = doing == code
            seen = np.cumsum(here)
            count = seen - (seen - here)[flat.first]
            last = np.maximum.accumulate(np.where(here, place, -1))
            first = np.maximum.accumulate(np.where(here & (count == 1), place, -1))
            ago = [np.where(count > 0, (flat.at - flat.at[where]) / DAY, np.nan) for where in (last, first)]
            columns += [count.astype(np.float64), *ago]
        return columns


def learn(cases: Sequence[Case]) -> Encoder:
    """What there is to see in these cases, and what must not be looked at."""
    out = leaks(cases)
    of_cases = {name for case in cases for name in case.facts} - set(out)
    events = [event for case in cases for event in case.events]
    numbering = _numbering(events)
    of_events = {name for event in events for name in event.facts} - numbering
    return Encoder(
        _most_often((event.activity for event in events), ACTIVITIES),
        _most_often((event.resource for event in events if event.resource), RESOURCES),
        _levels(sorted(of_cases)[:FACTS], [case.facts for case in cases]),
        _levels(sorted(of_events)[:FACTS], [event.facts for event in events]),
        {**out, **dict.fromkeys(sorted(numbering), _NUMBERING)},
    )


def _numbering(events: Sequence[Event]) -> set[str]:
    """Facts of events that only count them, say what name or time say already, or never change."""
    values: defaultdict[str, Counter[Fact]] = defaultdict(Counter)
    for event in events:
        for name, value in event.facts.items():
            values[name][value] += 1
    return {name for name, counts in values.items() if _is_numbering(counts)}


def _is_numbering(counts: Counter[Fact]) -> bool:
    if len(counts) == 1 or all(isinstance(value, datetime) for value in counts):
        return True
    return len(counts) > 0.5 * counts.total()


def _most_often(names: Iterable[str], limit: int) -> dict[str, int]:
    return {name: code for code, (name, _) in enumerate(Counter(names).most_common(limit), 1)}


def _levels(names: Iterable[str], facts: Sequence[Mapping[str, Fact]]) -> dict[str, Mapping[str, int] | None]:
    """The codes of each fact's values; None for numbers and dates, which are used as they are."""
    return {name: _level([row[name] for row in facts if row.get(name) is not None]) for name in names}


def _level(values: Sequence[Fact]) -> Mapping[str, int] | None:
    if all(isinstance(value, (float, datetime)) for value in values):
        return None
    return _most_often((str(value) for value in values), LEVELS)


def _column(values: Sequence[Fact], levels: Mapping[str, int] | None) -> Floats:
    if levels is None:
        return np.asarray([value if isinstance(value, float) else np.nan for value in values], dtype=np.float64)
    return np.asarray([levels.get(str(value), RARE) for value in values], dtype=np.float64)


def _back(values: Floats, flat: _Flat, steps: int, missing: float) -> Floats:
    where = np.arange(len(values)) - steps
    return np.where(where >= flat.first, values[np.maximum(where, 0)], missing)


def _pace(flat: _Flat) -> list[Floats]:
    """How far and how fast the case has come, and what the calendar says now and said at its start."""
    gaps = [(flat.at - _back(flat.at, flat, steps, np.nan)) / DAY for steps in (1, 2, 3, 5)]
    busy = Counter[tuple[int, str]]()
    met = np.asarray([_count(busy, (case, event.resource)) for case, event in zip(flat.case, flat.events, strict=True)])
    fresh = np.cumsum(met == 1)
    people = fresh - (fresh - (met == 1))[flat.first]
    calendar = [*_calendar(flat.at), *_calendar(flat.start)]
    return [(flat.at - flat.start) / DAY, *gaps, flat.place + 1.0, met.astype(np.float64), people, *calendar]


def _count(counts: Counter[tuple[int, str]], key: tuple[int, str]) -> int:
    counts[key] += 1
    return counts[key]


def _calendar(at: Floats) -> list[Floats]:
    """Weekday, hour, day of the month and of the year, all in UTC."""
    moments = [time.gmtime(second) for second in at]
    picks: Sequence[Callable[[time.struct_time], float]] = (
        lambda moment: moment.tm_wday,
        lambda moment: moment.tm_hour + moment.tm_min / 60,
        lambda moment: moment.tm_mday,
        lambda moment: moment.tm_yday,
    )
    return [np.asarray([pick(moment) for moment in moments], dtype=np.float64) for pick in picks]


def _load(at: Floats, known: Sequence[Case]) -> list[Floats]:
    """How many cases began and how many events happened anywhere in the day, week and month before."""
    starts = np.sort([case.events[0].at for case in known])
    events = np.sort([event.at for case in known for event in case.events])
    spans = (1, 7, 30)
    return [_within(moments, at, days * DAY) for moments in (starts, events) for days in spans]


def _within(moments: Floats, at: Floats, span: float) -> Floats:
    """How many moments lie in [at - span, at)."""
    upto = np.searchsorted(moments, at, side="left") - np.searchsorted(moments, at - span, side="left")
    return upto.astype(np.float64)
