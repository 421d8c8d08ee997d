"""The lives of deals, drawn at random from a company's parameters, and what one sees of them on a day.

Times are days since the history began, as fractions. All deals are drawn to their end, whenever that is; `observed`
cuts them off at a day, as the present does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import log

import numpy as np
import numpy.typing as npt

from etappe.core.simulate.parameters import MONTHS, Parameters, Stage

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

OPEN, WON, LOST, DECLINED, DISQUALIFIED = range(5)
OUTCOMES = ("open", "won", "lost", "declined", "disqualified")

_BEYOND = 40 * 365
"""Days after the history's end that the seasons are laid out for; whatever would end later ends then."""


@dataclass(frozen=True)
class Lives:
    """`n` deals, in the order in which they began.

    `times` is n x (stages + 1): when each began, and when it left each stage; not a number for a stage that it never
    left. `outcome` is a code of `OUTCOMES`, never open; `ended` when it was decided. `segment`, `seller`, `version` are
    places in the parameters' lists (version: 0 before the change, 1 after it); `unproven` is n x stages: whether the
    move out of the stage is made without proof.
    """

    times: Floats
    outcome: Whole
    ended: Floats
    segment: Whole
    seller: Whole
    version: Whole
    amount: Floats
    unproven: Bools

    @property
    def began(self) -> Floats:
        """When each deal began."""
        return self.times[:, 0]

    def __len__(self) -> int:
        return len(self.outcome)


def draw(company: Parameters, number: int, until: date, chance: np.random.Generator) -> Lives:
    """`number` deals that began in the company's history, which ends with the day before `until`.

    The same parameters, number, day and state of `chance` give the same deals. A deal stays in a stage for a Weibull
    time, divided by the paces of its segment, seller and process version, on a clock that runs at the month's pace; in
    which way it leaves is drawn apart, with the odds of its segment, seller and version.

    >>> one = Parameters("inbound", (Stage("talk", days=10, lost=0.5),), days=100)
    >>> lives = draw(one, 4, date(2026, 1, 1), np.random.default_rng(1))
    >>> lives.times.shape, lives.outcome.tolist(), bool((lives.ended > lives.began).all())
    ((4, 2), [1, 2, 1, 1], True)
    """
    clock = _Clock.of(company, until)
    began = clock.begin(np.sort(chance.random(number)))
    segment = _drawn([each.share for each in company.segments], number, chance)
    seller = _drawn([each.share for each in company.sellers], number, chance)
    version = (began >= company.change.day).astype(np.int64) if company.change else np.zeros(number, np.int64)
    pace, odds = effects(company, segment, seller, version)
    stages = company.stages
    exits, outcome = _passed(stages, odds, chance)
    times = _timed(company, began, pace, clock, chance)
    ended = times[np.arange(number), exits + 1]
    times[np.arange(times.shape[1]) > np.where(outcome == WON, times.shape[1], exits + 1)[:, None]] = np.nan
    amounts = np.array([each.amount for each in company.segments])[segment]
    proofless = np.array([each.unproven for each in company.sellers])[seller]
    return Lives(
        times=times,
        outcome=outcome,
        ended=ended,
        segment=segment,
        seller=seller,
        version=version,
        amount=amounts * np.exp(company.spread * chance.standard_normal(number)),
        unproven=chance.random((number, len(stages))) < proofless[:, None],
    )


def effects(company: Parameters, segment: Whole, seller: Whole, version: Whole) -> tuple[Floats, Floats]:
    """Pace and odds of deals of these segments, sellers and versions: the product of the three effects."""
    kinds, people = company.segments, company.sellers
    pace = np.array([kind.pace for kind in kinds])[segment] * np.array([rep.pace for rep in people])[seller]
    odds = np.array([kind.odds for kind in kinds])[segment] * np.array([rep.odds for rep in people])[seller]
    if company.change:
        changed = version == 1
        pace, odds = (
            np.where(changed, effect * factor, effect)
            for effect, factor in ((pace, company.change.pace), (odds, company.change.odds))
        )
    return pace, odds


def going_on(stage: Stage, odds: Floats) -> Floats:
    """The share that goes on from a stage, at these odds against the stage's own.

    >>> going_on(Stage("talk", days=1, lost=0.5), np.array([1.0, 3.0])).tolist()
    [0.5, 0.75]
    """
    leaving = sum(stage.leaves)
    weighed = odds * (1 - leaving)
    return weighed / (leaving + weighed)


def begun_by(company: Parameters, until: date, day: int) -> float:
    """The share of all deals that begin before this day of the history."""
    return float(_Clock.of(company, until).share[day])


def observed(lives: Lives, day: float) -> tuple[Floats, Whole]:
    """Whole days from begin to decision, and the outcome, as seen at the end of the history's day `day - 1`.

    What was not decided by then is open, and its days reach to the day before `day`.
    """
    is_over = lives.ended < day
    last = np.where(is_over, np.floor(lives.ended), day - 1)
    return last - np.floor(lives.began), np.where(is_over, lives.outcome, OPEN)


@dataclass(frozen=True)
class Course:
    """How one deal went, as seen on a day: the stages it entered and when, how it stands and since when."""

    entered: tuple[tuple[str, float], ...]
    outcome: int
    since: float

    @property
    def stage(self) -> str:
        """The stage it is in."""
        return self.entered[-1][0]


def course(company: Parameters, lives: Lives, place: int, day: float) -> Course:
    """The course of the deal at this place, as seen at the beginning of a day of the history.

    A deal that was won stands in the first stage after winning, if the company has such stages.

    >>> one = Parameters("inbound", (Stage("talk", days=10, lost=0.5),), days=100, after=(Stage("use", days=5),))
    >>> lives = draw(one, 4, date(2026, 1, 1), np.random.default_rng(1))
    >>> [(each.stage, OUTCOMES[each.outcome]) for each in (course(one, lives, place, 100) for place in range(4))]
    [('use', 'won'), ('talk', 'lost'), ('talk', 'open'), ('talk', 'open')]
    """
    keys = [stage.key for stage in (*company.stages, *company.after)]
    times = lives.times[place]
    left = [float(time) for time in times[1:] if time < day]
    is_over = lives.ended[place] < day
    outcome = int(lives.outcome[place]) if is_over else OPEN
    goes_on = outcome in (OPEN, WON)
    entered = tuple(zip(keys, (float(times[0]), *left), strict=False))[: len(left) + goes_on]
    return Course(entered, outcome, entered[-1][1] if goes_on else float(lives.ended[place]))


def _drawn(shares: list[float], number: int, chance: np.random.Generator) -> Whole:
    weights = np.array(shares)
    return chance.choice(len(shares), size=number, p=weights / weights.sum()).astype(np.int64)


def _passed(stages: tuple[Stage, ...], odds: Floats, chance: np.random.Generator) -> tuple[Whole, Whole]:
    """For each deal the place of the stage in which it is decided, and how."""
    number = len(odds)
    exits, outcome = np.full(number, len(stages) - 1), np.full(number, WON)
    still = np.ones(number, dtype=np.bool_)
    for place, stage in enumerate(stages):
        left = still & (chance.random(number) >= going_on(stage, odds))
        way = chance.random(number) * sum(stage.leaves)
        exits[left] = place
        outcome[left] = LOST + np.searchsorted(np.cumsum(stage.leaves)[:2], way[left], side="right")
        still &= ~left
    return exits, outcome


def _timed(company: Parameters, began: Floats, pace: Floats, clock: _Clock, chance: np.random.Generator) -> Floats:
    """When each deal would leave each stage, those after winning too."""
    times, turned = [began], clock.turned(began)
    for stage in (*company.stages, *company.after):
        scale = stage.days / log(2) ** (1 / stage.shape)
        turned = turned + scale * chance.weibull(stage.shape, len(began)) / pace
        times.append(clock.when(turned))
    return np.column_stack(times)


@dataclass(frozen=True)
class _Clock:
    """A clock that runs at each month's pace: `hours[d]` is what it shows at the beginning of day d."""

    hours: Floats
    share: Floats

    @classmethod
    def of(cls, company: Parameters, until: date) -> _Clock:
        """The clock of a history that ends before `until`."""
        first = np.datetime64(until) - company.days
        months = (first + np.arange(company.days + _BEYOND)).astype("datetime64[M]").astype(np.int64) % MONTHS
        hours = np.concatenate(([0.0], np.cumsum(np.array(company.pace)[months])))
        rising = company.growth ** (np.arange(company.days) / company.days)
        weights = rising * np.array(company.inflow)[months[: company.days]]
        return cls(hours, np.concatenate(([0.0], np.cumsum(weights) / weights.sum())))

    def begin(self, shares: Floats) -> Floats:
        """The times by which these shares of all deals have begun."""
        return np.interp(shares, self.share, np.arange(len(self.share)))

    def turned(self, times: Floats) -> Floats:
        """What the clock shows at these times."""
        return np.interp(times, np.arange(len(self.hours)), self.hours)

    def when(self, turned: Floats) -> Floats:
        """When the clock shows this."""
        return np.interp(turned, self.hours, np.arange(len(self.hours)))
