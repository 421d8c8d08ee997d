"""A draft of a process, tried on deals that are over: which could have moved as they did, which would have been held?

Each move forward that a deal made is put to the draft's gate with what the deal could show at that moment. What was
lacking is told apart: asked then and not there; voluntary then and not kept; or not asked then, so that nobody can know
whether the buyer had done it. The last is never counted as a stop.

Who was held is compared with deals that left the same stage and had what the draft asks there. Without that, deals
that came far (and so met many gates, and were often won) would be compared with deals that ended early.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from math import sqrt
from statistics import NormalDist, median

from etappe.core.process import WON, Criterion, Held, Phase, Process, Stage, is_met
from etappe.core.process_past import GATED, Course, Move, moves
from etappe.core.proportion import wilson
from etappe.core.remap import changed_criteria, propose

MINIMUM = 20
"""Deals held, and deals to compare them with, below which nothing is said about how they ended."""
KEPT = 0.1
"""A voluntary criterion speaks only where at least this share of the deals that left its stage had evidence for it."""


class Fate(StrEnum):
    """What the draft would have made of a deal."""

    AS_IT_DID = "as_it_did"
    LATER = "later"
    STOPPED = "stopped"
    UNKNOWN = "unknown"
    NO_MOVE = "no_move"


class Asked(StrEnum):
    """Whether a fact was asked for at the time."""

    REQUIRED = "required"
    VOLUNTARY = "voluntary"
    NOT = "not"


HELD = (Fate.LATER, Fate.STOPPED)


@dataclass(frozen=True)
class Tried:
    """A deal under the draft. `stage` and `lacked` say where it would have been held first, or cannot be judged.

    `passed` are the stages that it left with all that the draft asks; `days` is how long after the move the last of
    what it lacked came. `excepted`: it moved on an exception then. `voluntary`: nothing that it lacked was required
    then.
    """

    deal: int
    won: bool
    fate: Fate
    passed: tuple[str, ...] = ()
    stage: str = ""
    lacked: tuple[str, ...] = ()
    days: float | None = None
    excepted: bool = False
    voluntary: bool = False


@dataclass(frozen=True)
class CriterionLine:
    """A criterion of the draft over all deals. `had` of those that left its stage could show it, `lacked` not.

    Of those `lost` were lost, for `later` it came afterwards, after `days` in the middle. `unknown`: nobody asked then.
    """

    stage: str
    criterion: str
    lacked: int
    lost: int
    later: int
    days: float | None
    unknown: int

    @property
    def lost_interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the share lost of those that lacked it."""
        return wilson(self.lost, self.lacked) if self.lacked >= MINIMUM else None


@dataclass(frozen=True)
class Comparison:
    """Deals that would have been held (`n`, share `lost`), against others that left the same stages (`others`).

    `others_lost` is the share lost of those, stage by stage as the held ones are spread; `alone` held deals left a
    stage that nobody left with all the draft asks, so that nothing can stand beside them.
    """

    n: int
    lost: float
    others: int
    others_lost: float
    difference: float
    interval: tuple[float, float]
    alone: int

    @property
    def verdict(self) -> str:
        """`separates`: held deals were lost more often; `opposite`: less often; `alike`: they cannot be told apart."""
        if self.interval[0] > 0:
            return "separates"
        return "opposite" if self.interval[1] < 0 else "alike"


@dataclass(frozen=True)
class Backtest:
    """What the draft would have made of all deals."""

    tried: tuple[Tried, ...]
    lines: tuple[CriterionLine, ...]
    comparison: Comparison | None
    counts: Mapping[Fate, int] = field(default_factory=dict)
    won: Mapping[Fate, int] = field(default_factory=dict)
    held: int = 0
    comparable: int = 0

    @property
    def n(self) -> int:
        """Deals that were looked at."""
        return len(self.tried)

    @property
    def verdict(self) -> str:
        """What may be said of it in one word: as of `Comparison`, or `too_few`, `nothing_held`, `unknowable`."""
        if self.comparison:
            return self.comparison.verdict
        if self.held:
            return "too_few"
        return "nothing_held" if self.counts.get(Fate.AS_IT_DID) else "unknowable"


def backtest(draft: Process, courses: Sequence[Course]) -> Backtest:
    """Try a draft on deals that are over; open ones must not be among them."""
    gate = _Gate(draft, _rarely_kept(courses))
    tried = tuple(gate.tried(course) for course in courses)
    counts, won = Counter(each.fate for each in tried), Counter(each.fate for each in tried if each.won)
    held, comparable, comparison = compare(tried)
    return Backtest(tried, _lines(draft, tried), comparison, counts, won, held, comparable)


def _rarely_kept(courses: Iterable[Course]) -> frozenset[str]:
    """Voluntary criteria that hardly anybody kept evidence for: that it is missing says nothing."""
    could: Counter[str] = Counter()
    did: Counter[str] = Counter()
    for course in courses:
        kept = {each.held.criterion for each in course.shown}
        left = {(id(move.process), move.stage): move.process for move in moves(course) if move.basis in GATED}
        asked = {item.key for (_id, stage), of in left.items() for item in of.stage(stage).criteria}
        could.update(asked)
        did.update(asked & kept)
    return frozenset(key for key, count in could.items() if did[key] < KEPT * count)


class _Gate:
    """The draft's gate, with what was found before kept: most deals of a company show alike things."""

    def __init__(self, draft: Process, rarely_kept: frozenset[str]) -> None:
        self.draft, self.rarely_kept = draft, rarely_kept
        self._maps: dict[int, Mapping[str, str]] = {}
        self._changed: dict[int, frozenset[str]] = {}
        self._lacking: dict[tuple[str, frozenset[Held]], tuple[Criterion, ...]] = {}

    def tried(self, course: Course) -> Tried:
        """The deal's fate: the first stage where it would have been held decides, whatever came after."""
        won = bool(course.won)
        passed: dict[str, bool] = {}
        unclear: tuple[str, tuple[str, ...]] | None = None
        for move in moves(course):
            other = self._other_words(move.process)
            held = frozenset(each for each in course.held_at(move.at) if each.criterion not in other)
            for stage in self._left_by(course, move):
                if stage.key in passed:
                    continue
                lacking = self._lacks(stage, held)
                known = [each for each in lacking if self._asked(move, each) is not Asked.NOT]
                if known:
                    before = tuple(key for key, is_clear in passed.items() if is_clear)
                    return self._held(course, move, stage, known, before)
                passed[stage.key] = not lacking
                if lacking and unclear is None:
                    unclear = stage.key, tuple(each.key for each in lacking)
        clear = tuple(key for key, is_clear in passed.items() if is_clear)
        if unclear:
            return Tried(course.deal, won, Fate.UNKNOWN, clear, *unclear)
        return Tried(course.deal, won, Fate.AS_IT_DID if passed else Fate.NO_MOVE, clear)

    def _left_by(self, course: Course, move: Move) -> tuple[Stage, ...]:
        """The draft's stages that a move leaves behind it; winning looks at all of them since the deal was entered."""
        order = self.draft.order
        here = order[self._place(move.process, move.stage)]
        if move.to == WON:
            entered = order[self._place(course.steps[0].process, course.steps[0].stage)]
            return tuple(each for each in self.draft.stages[min(entered, here) :] if each.phase is not Phase.KEEP)
        return self.draft.stages[here : order[self._place(move.into, move.to)]]

    def _place(self, old: Process, stage: str) -> str:
        """Where a stage of that time lies in the draft."""
        if id(old) not in self._maps:
            self._maps[id(old)] = propose(old, self.draft, old.order)
        return self._maps[id(old)].get(stage, self.draft.first.key)

    def _lacks(self, stage: Stage, held: frozenset[Held]) -> tuple[Criterion, ...]:
        key = stage.key, held
        if key not in self._lacking:
            self._lacking[key] = tuple(each for each in stage.required if not is_met(stage, each, held))
        return self._lacking[key]

    def _asked(self, move: Move, criterion: Criterion) -> Asked:
        """Whether the process of that time had asked for the same fact by then."""
        old = move.process
        if move.basis not in GATED or criterion.key not in old.criteria or criterion.key in self._other_words(old):
            return Asked.NOT
        where, then = old.criteria[criterion.key]
        if move.to != WON and old.order[where.key] > old.order[move.stage]:
            return Asked.NOT
        if then.required:
            return Asked.REQUIRED
        return Asked.NOT if criterion.key in self.rarely_kept else Asked.VOLUNTARY

    def _other_words(self, old: Process) -> frozenset[str]:
        """Criteria that meant another fact then: proof is never taken for something it was not given for."""
        if id(old) not in self._changed:
            self._changed[id(old)] = changed_criteria(old, self.draft)
        return self._changed[id(old)]

    def _held(
        self, course: Course, move: Move, stage: Stage, known: Sequence[Criterion], before: tuple[str, ...]
    ) -> Tried:
        came = [self._came(course, stage, each, move.at) for each in known]
        dates = [each for each in came if each is not None]
        is_later = len(dates) == len(came)
        return Tried(
            deal=course.deal,
            won=bool(course.won),
            fate=Fate.LATER if is_later else Fate.STOPPED,
            passed=before,
            stage=stage.key,
            lacked=tuple(each.key for each in known),
            days=(max(dates) - move.at).total_seconds() / 86_400 if is_later else None,
            excepted=move.basis is not GATED[0],
            voluntary=all(self._asked(move, each) is Asked.VOLUNTARY for each in known),
        )

    def _came(self, course: Course, stage: Stage, criterion: Criterion, after: datetime) -> datetime | None:
        """When the first evidence came that the draft takes for the criterion, before the deal was over."""
        fitting = (
            each.since
            for each in course.shown
            if each.since > after
            and (course.ended is None or each.since <= course.ended)
            and is_met(stage, criterion, (each.held,))
        )
        return min(fitting, default=None)


def _lines(draft: Process, tried: Sequence[Tried]) -> tuple[CriterionLine, ...]:
    """The criteria that held deals, or that cannot be judged, in the order of the draft."""
    groups: dict[tuple[str, str], list[Tried]] = defaultdict(list)
    for each in tried:
        for criterion in each.lacked:
            groups[each.stage, criterion].append(each)
    pairs = [(stage.key, item.key) for stage in draft.stages for item in stage.criteria]
    return tuple(_line(*pair, groups[pair]) for pair in pairs if pair in groups)


def _line(stage: str, criterion: str, group: Sequence[Tried]) -> CriterionLine:
    held = [each for each in group if each.fate in HELD]
    days = [each.days for each in held if each.days is not None]
    return CriterionLine(
        stage=stage,
        criterion=criterion,
        lacked=len(held),
        lost=sum(not each.won for each in held),
        later=len(days),
        days=median(days) if days else None,
        unknown=len(group) - len(held),
    )


def compare(tried: Sequence[Tried], *, confidence: float = 0.95) -> tuple[int, int, Comparison | None]:
    """How many were held, how many can stand beside them, and how both ended; None below the minimum of either.

    The others' share lost is weighted to the stages of the held ones (direct standardisation). A deal may stand beside
    held ones at several stages, so the variance is summed over deals; it is never taken for smaller than that of shares
    with one more lost and one more won each, which does not vanish where all ended alike.

    Source: J. L. Fleiss, B. Levin, M. C. Paik, "Statistical Methods for Rates and Proportions" (2003), chapter 19;
    A. Agresti, B. Caffo, The American Statistician 54 (2000).

    >>> held = [Tried(at, at >= 30, Fate.STOPPED, (), "one") for at in range(40)]
    >>> others = [Tried(100 + at, at >= 20, Fate.AS_IT_DID, ("one",)) for at in range(60)]
    >>> n, comparable, found = compare(held + others)
    >>> n, comparable, found.lost, round(found.others_lost, 3), found.verdict
    (40, 60, 0.75, 0.333, 'separates')
    """
    held = [each for each in tried if each.fate in HELD]
    beside: dict[str, list[Tried]] = defaultdict(list)
    for each in tried:
        for stage in each.passed:
            beside[stage].append(each)
    compared = [each for each in held if beside[each.stage]]
    spread = Counter(each.stage for each in compared)
    others = {each.deal for stage in spread for each in beside[stage]}
    if min(len(compared), len(others)) < MINIMUM:
        return len(held), len(others), None
    shares = {stage: _lost(beside[stage]) / len(beside[stage]) for stage in spread}
    n, lost = len(compared), _lost(compared) / len(compared)
    expected = sum(shares[stage] * count for stage, count in spread.items()) / n
    found = lost - expected
    by_deal: dict[int, float] = defaultdict(float)
    for each in compared:
        by_deal[each.deal] += ((not each.won) - shares[each.stage] - found) / n
    for stage, count in spread.items():
        for each in beside[stage]:
            by_deal[each.deal] -= count / len(beside[stage]) * ((not each.won) - shares[stage]) / n
    summed = sum(each * each for each in by_deal.values())
    least = _cautious(_lost(compared), n) + sum(
        (count / n) ** 2 * _cautious(_lost(beside[stage]), len(beside[stage])) for stage, count in spread.items()
    )
    half = NormalDist().inv_cdf(0.5 + confidence / 2) * sqrt(max(summed, least))
    bounds = max(-1.0, found - half), min(1.0, found + half)
    return len(held), len(others), Comparison(n, lost, len(others), expected, found, bounds, len(held) - n)


def _lost(group: Sequence[Tried]) -> int:
    return sum(not each.won for each in group)


def _cautious(hits: int, n: int) -> float:
    """The variance of a share, with one more hit and one more miss."""
    share = (hits + 1) / (n + 2)
    return share * (1 - share) / (n + 2)
