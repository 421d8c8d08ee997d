"""A company's parameters out of a file; what is nonsense is refused with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from etappe.core.errors import Refusal
from etappe.core.process_reader import Part, Reader
from etappe.core.process_yaml import Node, Problem, parse
from etappe.core.simulate.parameters import MONTHS, SPLITS, Act, Change, Parameters, Rep, Segment, Stage, Talk
from etappe.core.touchpoint import ACTS, CHANNELS, IN

FORMAT = 1
MOST_PARTS = 200
"""Stages, segments or people that one file may have."""
FOREVER = 100_000.0
"""Days that no history sees the end of."""

_TOP = (
    "simulate", "process", "days", "growth", "inflow", "pace", "spread", "currencies", "split", "stages", "after",
    "segments", "reps", "change", "contacts",
)  # fmt: skip
_WAITED = ("key", "days", "shape")
_EFFECTS = ("key", "share", "pace", "odds")
_Kept = TypeVar("_Kept", Stage, Segment, Rep)


@dataclass(frozen=True)
class Road:
    """The stages of a process that deals can run on: those up to winning, and those after it."""

    stages: tuple[str, ...]
    after: tuple[str, ...] = ()


def read_parameters(source: str, roads: Mapping[str, Road]) -> Parameters:
    r"""The company that a YAML text describes, or the refusal `parameters_unusable` with all `problems` in order.

    `roads` are the processes there are, by key; the file names the stages of one of them in their order. Where it says
    nothing of the stages after winning, won deals stay in the first of them.

    >>> text = "simulate: 1\nprocess: inbound\nstages:\n- {key: talk, days: 10, lost: 0.5}"
    >>> read_parameters(text, {"inbound": Road(("talk",))}).stages
    (Stage(key='talk', days=10.0, shape=1.0, lost=0.5, declined=0.0, disqualified=0.0),)
    """
    parsed = parse(source)
    if parsed.root is None:
        raise Refusal("parameters_unusable", problems=parsed.problems)
    reading = _Reading(parsed.problems)
    found = reading.company(parsed.root, roads)
    if reading.problems:
        raise Refusal("parameters_unusable", problems=tuple(sorted(reading.problems, key=_in_order)))
    return found


def _in_order(problem: Problem) -> Any:
    return problem.place, problem.code


class _Reading(Reader):
    """Reads a company; a part that cannot be read is left at its default, and said."""

    def company(self, root: Node, roads: Mapping[str, Road]) -> Parameters:
        """The whole file."""
        part = self.mapping(root, _TOP, ("simulate", "process", "stages"))
        self.exactly(part, "simulate", FORMAT)
        process, split = self.one_of(part, "process", tuple(roads)), self.one_of(part, "split", SPLITS)
        road = roads[process.value] if process else Road(())
        days = self.whole_number(part, "days", 30, 5000) or Parameters.days
        return Parameters(
            process=process.value if process else "",
            split=split.value if split else Parameters.split,
            days=days,
            growth=self.number(part, "growth", 0.01, 100) or Parameters.growth,
            spread=_or(self.number(part, "spread", 0, 3), Parameters.spread),
            currencies=self._currencies(part) or Parameters.currencies,
            inflow=self._months(part, "inflow"),
            pace=self._months(part, "pace"),
            stages=self._along(part, "stages", self._stage, road.stages),
            after=self._along(part, "after", self._later, road.after) or _staying(road),
            segments=self._parts(part, "segments", self._segment) or Parameters.segments,
            reps=self._parts(part, "reps", self._rep) or Parameters.reps,
            change=self._change(part.fields.get("change"), days),
            contacts=self._contacts(part.fields.get("contacts")),
        )

    def _parts(self, part: Part, name: str, read: Callable[[Node], _Kept]) -> tuple[_Kept, ...]:
        return tuple(each for _node, each in self._placed(part, name, read))

    def _placed(self, part: Part, name: str, read: Callable[[Node], _Kept]) -> list[tuple[Node, _Kept]]:
        nodes = self.items(part, name, at_least=1)
        if len(nodes) > MOST_PARTS:
            self._problem("list_too_long", nodes[MOST_PARTS].place, most=MOST_PARTS)
        kept = [(node, read(node)) for node in nodes[:MOST_PARTS]]
        self._need_different(kept)
        return kept

    def _along(self, part: Part, name: str, read: Callable[[Node], Stage], road: tuple[str, ...]) -> tuple[Stage, ...]:
        """Stages in the order of the process: all up to winning, after it as many as are given."""
        placed = self._placed(part, name, read)
        for (node, stage), expected in zip(placed, road, strict=False):
            if stage.key and stage.key != expected:
                self._problem("other_stage", node.place, key=stage.key, expected=expected)
        fits = len(placed) == len(road) if name == "stages" else len(placed) <= len(road)
        if road and placed and not fits:
            self._problem("other_stages", part.fields[name].place, expected=road)
        return tuple(stage for _node, stage in placed)

    def _need_different(self, kept: Iterable[tuple[Node, _Kept]]) -> None:
        seen: set[str] = set()
        for node, each in kept:
            if each.key and each.key in seen:
                self._problem("value_twice", node.place, value=each.key)
            seen.add(each.key)

    def _name(self, part: Part, name: str = "key") -> str:
        text = self._text(part.fields.get(name), 60)
        return text.value if text else ""

    def _currencies(self, part: Part) -> tuple[str, ...]:
        found = [self._text(node, 3) for node in self.items(part, "currencies", at_least=1)]
        for text in found:
            if text is not None and not re.fullmatch("[A-Z]{3}", text.value):
                self._problem("no_currency", text.place, value=text.value)
        return tuple(text.value for text in found if text is not None)

    def _stage(self, node: Node) -> Stage:
        part = self.mapping(node, (*_WAITED, "lost", "declined", "disqualified"), ("key", "days"))
        lost, declined, disqualified = (
            _or(self.number(part, name, 0, 1), 0.0) for name in ("lost", "declined", "disqualified")
        )
        if lost + declined + disqualified >= 1:
            self._problem("nobody_goes_on", node.place)
        return Stage(**self._waited(part), lost=lost, declined=declined, disqualified=disqualified)

    def _later(self, node: Node) -> Stage:
        return Stage(**self._waited(self.mapping(node, _WAITED, ("key", "days"))))

    def _waited(self, part: Part) -> Mapping[str, Any]:
        key = self.key(part, "key")
        return {
            "key": key.value if key else "",
            "days": self.number(part, "days", 0.01, 2000) or 1.0,
            "shape": self.number(part, "shape", 0.3, 20) or 1.0,
        }

    def _effects(self, part: Part) -> dict[str, Any]:
        return {
            "key": self._name(part),
            "share": self.number(part, "share", 0.001, 1000) or 1.0,
            **self._change_effects(part),
        }

    def _change_effects(self, part: Part) -> dict[str, float]:
        return {name: self.number(part, name, 0.01, 100) or 1.0 for name in ("pace", "odds")}

    def _segment(self, node: Node) -> Segment:
        part = self.mapping(node, (*_EFFECTS, "amount"), ("key",))
        return Segment(**self._effects(part), amount=self.number(part, "amount", 1, 10**9) or Segment.amount)

    def _rep(self, node: Node) -> Rep:
        part = self.mapping(node, (*_EFFECTS, "unproven", "number", "team"), ("key",))
        number = self.whole_number(part, "number", 1, 500) or 1
        team, unproven = self._name(part, "team"), _or(self.number(part, "unproven", 0, 1), 0.0)
        return Rep(**self._effects(part), unproven=unproven, number=number, team=team or Rep.team)

    def _change(self, node: Node | None, days: int) -> Change | None:
        if node is None:
            return None
        part = self.mapping(node, ("day", "pace", "odds"), ("day",))
        day = self.whole_number(part, "day", 1, days - 1)
        return Change(day or 1, **self._change_effects(part))

    def _contacts(self, node: Node | None) -> Talk | None:
        if node is None:
            return None
        part = self.mapping(node, ("answered", "hours", "shape", "channel", "act", "acts"), ())
        return Talk(
            answered=_or(self.number(part, "answered", 0, 1), Talk.answered),
            hours=self.number(part, "hours", 0.01, 1000) or Talk.hours,
            shape=self.number(part, "shape", 0.3, 20) or Talk.shape,
            **self._said(part),
            acts=tuple(self._act(each) for each in self.items(part, "acts")[:MOST_PARTS]),
        )

    def _act(self, node: Node) -> Act:
        part = self.mapping(node, ("channel", "act", "per_month"), ("channel", "act"))
        return Act(
            **{"channel": "mail", "act": "opened", **self._said(part)},
            per_month=_or(self.number(part, "per_month", 0, 1000), 1.0),
        )

    def _said(self, part: Part) -> dict[str, str]:
        """The channel and the act, where they are given."""
        choices = {"channel": CHANNELS, "act": ACTS[IN]}
        found = {name: self.one_of(part, name, known) for name, known in choices.items()}
        return {name: text.value for name, text in found.items() if text}

    def _months(self, part: Part, name: str) -> tuple[float, ...]:
        nodes = self.items(part, name)
        if name not in part.fields:
            return (1.0,) * MONTHS
        found = [self.number(Part(node.place, {"month": node}), "month", 0.01, 20) for node in nodes]
        if len(nodes) != MONTHS:
            self._problem("twelve_numbers", part.fields[name].place)
            return (1.0,) * MONTHS
        return tuple(_or(value, 1.0) for value in found)


def _staying(road: Road) -> tuple[Stage, ...]:
    return (Stage(road.after[0], days=FOREVER),) if road.after else ()


def _or(value: float | None, default: float) -> float:
    return default if value is None else value
