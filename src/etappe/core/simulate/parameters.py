"""What a simulated company is like: its stages and drop-out, who sells, who buys, what changes with the months."""

from __future__ import annotations

from dataclasses import dataclass

MONTHS = 12
SPLITS = ("source", "product", "industry", "country")
"""Fields that may hold the segment of a deal."""


@dataclass(frozen=True)
class Stage:
    """A stage on the way to winning.

    `days`: the median time in it, in days at pace 1. `shape` of the Weibull distribution of that time: at 1 leaving is
    as likely on every day, above 1 it becomes likelier with time. `lost`, `declined`, `disqualified`: shares of those
    in it that leave it in this way; all others go on. Time and way of leaving are independent.
    """

    key: str
    days: float
    shape: float = 1.0
    lost: float = 0.0
    declined: float = 0.0
    disqualified: float = 0.0

    @property
    def leaves(self) -> tuple[float, float, float]:
        """Shares that leave: lost, declined, disqualified."""
        return self.lost, self.declined, self.disqualified


@dataclass(frozen=True)
class Segment:
    """A kind of deal. `share` is a weight among all kinds; `pace` divides the times in stages, `odds` multiplies the
    odds of going on (p / (1 - p)) in each stage; `amount` is the median amount."""

    key: str
    share: float = 1.0
    pace: float = 1.0
    odds: float = 1.0
    amount: float = 20_000.0


@dataclass(frozen=True)
class Rep:
    """Somebody who sells, or `number` people alike; weights and effects as in `Segment`.

    `unproven`: share of the moves made without the buyer's proof.
    """

    key: str
    share: float = 1.0
    pace: float = 1.0
    odds: float = 1.0
    unproven: float = 0.0
    number: int = 1
    team: str = "Sales"


@dataclass(frozen=True)
class Change:
    """A change of the process: deals that begin on this day of the history or later run on the new version."""

    day: int
    pace: float = 1.0
    odds: float = 1.0


@dataclass(frozen=True)
class Act:
    """Something that buyers do, on a channel: so often per month while their deal is open."""

    channel: str
    act: str
    per_month: float = 1.0


@dataclass(frozen=True)
class Talk:
    """What is said. Every deal begins with the buyer coming to us on the `channel`, by the `act`.

    `answered`: the share that we ever answer. `hours`: the median of the working hours until then, of those answered;
    `shape` of their Weibull distribution: below 1 some wait very long. `acts`: what buyers do meanwhile.
    """

    answered: float = 1.0
    hours: float = 5.0
    shape: float = 1.0
    channel: str = "web"
    act: str = "submitted"
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True)
class Parameters:
    """A company. The history goes back `days` days; `after` are stages after winning, which nobody leaves early.

    `growth`: deals that begin per day at the end, against those at the beginning. `inflow` and `pace`: a factor per
    month, January first, for how many deals begin and for how fast all deals move. `spread`: standard deviation of the
    logarithm of amounts, each in one of the `currencies` at random. `split` is the field that holds the segment.
    `contacts`: what is said; None: nothing is recorded.
    """

    process: str
    stages: tuple[Stage, ...]
    days: int = 720
    after: tuple[Stage, ...] = ()
    split: str = "source"
    segments: tuple[Segment, ...] = (Segment("all"),)
    reps: tuple[Rep, ...] = (Rep("rep"),)
    change: Change | None = None
    growth: float = 1.0
    inflow: tuple[float, ...] = (1.0,) * MONTHS
    pace: tuple[float, ...] = (1.0,) * MONTHS
    spread: float = 0.8
    currencies: tuple[str, ...] = ("EUR",)
    contacts: Talk | None = None

    @property
    def sellers(self) -> tuple[Rep, ...]:
        """Everybody who sells, one by one."""
        return tuple(rep for rep in self.reps for _ in range(rep.number))
