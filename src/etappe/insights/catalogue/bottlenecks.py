"""Where deals drop out or wait more than before, or more than elsewhere, and what mending it would be worth."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext_lazy as _

from etappe.core.figures import Finding
from etappe.core.proportion import Bounded, difference_of, product, wilson
from etappe.core.proportion import apart as apart_by
from etappe.core.survival import Bools, Floats, kaplan_meier, mean_within, percentile, share_in_the_end, share_within
from etappe.insights.catalogue.stages import CODES, GONE, PLACE, apart, by_stage, counted, named, stays, with_deals
from etappe.insights.metric import Charted, Metric, Row, left_out, total
from etappe.insights.standing import SOURCES, given

if TYPE_CHECKING:
    from ibis.expr.types import Table

MINIMUM = 20
YEAR = 365


def build(deals: Table) -> Table:
    """Deals per segment, stage, fate, outcome, currency and days there, those that came within a year apart."""
    stay = stays(deals)
    stay = stay.mutate(recent=(stay.begun > given("number") - YEAR).ifelse(1, 0))
    amounts = {"with_amount": stay.amount.count(), "amount": stay.amount.sum()}
    found = counted(stay, "fate", "is_over", "outcome", "currency", "recent", "days", **amounts)
    return with_deals(found, deals)


WATCHED = 10
"""Deals that are there as long as a share is told of: fewer would bear it alone."""


@dataclass(frozen=True)
class Side:
    """Deals that came to a stage: days there, what came of each (`CODES`), which left it, and how many, row by row.

    Of those that are still there nobody knows what will come of them; a share of the others alone would count the
    faster way of ending too often, and most so among the newest.
    """

    days: Floats
    codes: npt.NDArray[np.int_]
    is_over: Bools
    counts: Floats

    @classmethod
    def of(cls, rows: list[Row]) -> Side:
        """The deals of these rows."""
        columns = [[row["days"], CODES[row["fate"]], row["is_over"], row["deals"]] for row in rows]
        days, codes, is_over, counts = np.array(columns, dtype=float).reshape(-1, 4).T
        return cls(days, codes.astype(int), is_over.astype(bool), counts)

    @property
    def came(self) -> int:
        """How many came."""
        return int(self.counts.sum())

    @property
    def decided(self) -> int:
        """Of how many it is known whether they went on or left."""
        return int(self.counts[self.codes != 0].sum())

    @property
    def watched(self) -> float:
        """For how many days it can be told what came of them: without end where it is known of all."""
        if not (self.codes == 0).any():
            return inf
        order = np.argsort(-self.days)
        enough = np.cumsum(self.counts[order]) >= WATCHED
        return float(self.days[order][enough][0]) if enough.any() else 0.0

    def share(self, way: str, within: float, confidence: float) -> Bounded | None:
        """The share that ends so within so many days, of all that came."""
        later = self.days > within
        found = share_within(
            np.minimum(self.days, within), np.where(later, 0, self.codes), CODES[way], within, self.counts,
            confidence=confidence,
        )  # fmt: skip
        return None if found is None else (found.value, (found.low, found.high))

    def goes_on(self, confidence: float) -> Bounded | None:
        """The share that goes on in the end, with bounds for those who are there for longer than any was watched.

        A stage that is only slower loses nothing of it, though fewer have gone on within a time.
        """
        ways = CODES["on"], CODES["out"]
        found = share_in_the_end(self.days, self.codes, ways[0], ways, self.counts, confidence=confidence)
        return None if found is None else (found.value, (found.low, found.high))

    def lasts(self, within: float, confidence: float) -> Bounded:
        """The mean days there, of which none counts for more than so many; whatever comes after."""
        found = mean_within(self.days, self.is_over, within, self.counts, confidence=confidence)
        return found.value, (found.low, found.high)


def finish(rows: list[Row]) -> Finding:
    """Per stage, deals that came within a year against earlier ones, or against other segments; worst first.

    Each stage with enough deals has its conversion, and what is at stake there: how many of the deals that ended there
    would have been won, had they gone on like the others. No mending brings more, and it tells no bottleneck.
    `is_young` says that there are enough deals to compare parts of them with each other, but too few earlier ones.

    >>> at = dict(zip(PLACE, ("", "plain", 1, 7, 2, "agreed", "win"))) | {"is_over": True, "currency": "EUR"}
    >>> at |= {"days": 5, "with_amount": 1, "amount": Decimal(100)}
    >>> ends = ((1, "on", "won", 30), (1, "out", "lost", 70), (0, "on", "won", 70), (0, "out", "lost", 30))
    >>> keys = ("recent", "fate", "outcome", "deals")
    >>> found = finish([at | dict(zip(keys, end)) for end in ends])
    >>> row = found.rows[0]
    >>> found.value, row["verdict"], [round(bound, 1) for bound in found.interval], round(row["difference"], 3)
    (40.0, 'worse', [26.3, 51.5], -0.4)
    """
    stages, deals = apart(rows)
    main = _main_currency(stages)
    segments = {row["segment"] for row in stages}
    groups = by_stage(stages)
    pairs = {place: (part, _others(place, groups, segments)) for place, part in groups.items()}
    confidence = 1 - 0.05 / max(1, sum(_is_enough(*pair) for pair in pairs.values()))
    found = [_line(place, *pair, main, confidence) for place, pair in pairs.items()]
    lines = sorted(found, key=_rank)
    worst = next((line for line in lines if line["verdict"] == "worse"), None)
    decided = max((line["decided"] for line in lines), default=0)
    enough = any(line["verdict"] != "too_few" for line in lines)
    is_young = not enough and len(segments) < 2 and decided >= 2 * MINIMUM
    return Finding(
        value=worst["worth"] if worst else 0.0 if enough else None,
        interval=worst["worth_interval"] if worst else None,
        n=total(deals, is_over=True),
        cases=decided if enough else max((_fewer(*pair) for pair in pairs.values()), default=0),
        rows=tuple(lines),
        left_out=left_out(no_history=total(deals, is_over=False)),
        extra={"main": main, "worst": 0 if worst else None, "is_young": is_young},
    )


def _rank(line: dict[str, Any]) -> tuple[bool, float, bool, float, bool, float]:
    """Where fewer go on, by what mending brings; where deals wait longer, by the days it saves; then by the stake."""
    worse, slower, enough = line["verdict"] == "worse", line["waiting"] == "longer", line["verdict"] != "too_few"
    worth = line["worth"] if worse else 0.0
    saved = line["decided"] * line["waits_difference"] if slower else 0.0
    return not worse, -worth, not slower, -saved, not enough, -(line["stake"] or 0.0)


def _main_currency(stages: list[Row]) -> str:
    """The currency of most won deals."""
    counts: dict[str, int] = {}
    for row in stages:
        if row["outcome"] == "won":
            counts[row["currency"]] = counts.get(row["currency"], 0) + row["deals"]
    return max(sorted(counts), key=lambda currency: counts[currency], default="")


def _others(place: tuple[Any, ...], groups: dict[tuple[Any, ...], list[Row]], segments: set[str]) -> list[Row]:
    """What the recent deals of a stage are compared with: earlier ones, or recent ones of the other segments."""
    if len(segments) < 2:
        return [row for row in groups[place] if not row["recent"]]
    same = (part for other, part in groups.items() if other[1:] == place[1:] and other[0] != place[0])
    return [row for part in same for row in part if row["recent"]]


def _is_enough(rows: list[Row], others: list[Row]) -> bool:
    return _fewer(rows, others) >= MINIMUM and _within(Side.of(_recent(rows)), Side.of(others)) > 0


def _recent(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["recent"]]


def _within(*sides: Side) -> float:
    """For how many days all these can be told of; where what came of everybody is known, as long as it took."""
    longest = max((float(side.days.max()) for side in sides if side.came), default=0.0)
    return min(longest, *(side.watched for side in sides))


def _fewer(rows: list[Row], others: list[Row]) -> int:
    """The deals of the side that has fewer of them: a comparison rests on both."""
    return min(_decided(_recent(rows)), _decided(others))


def _decided(rows: list[Row]) -> int:
    return total(rows, fate="on") + total(rows, fate="out")


def _line(place: tuple[Any, ...], rows: list[Row], others: list[Row], main: str, confidence: float) -> dict[str, Any]:
    named_place = dict(zip(PLACE, place, strict=True))
    recent = _recent(rows)
    mine, theirs = Side.of(recent), Side.of(others)
    line: dict[str, Any] = {**named_place, "step": named(named_place), "n": total(rows), "decided": mine.decided}
    half, half_interval = _half(recent)
    line |= {"currency": main, "half": half, "half_interval": half_interval, "half_before": _half(others)[0]}
    line |= dict.fromkeys(("before", "difference", "difference_interval", "worth", "worth_interval", "amount"))
    line |= _alone(mine, recent) | {"waiting": "too_few"}
    line |= dict.fromkeys(("waits", "waits_before", "waits_difference", "waits_interval"))
    if not _is_enough(rows, others):
        return line | {"verdict": "too_few"}
    within = _within(mine, theirs)
    now, before = mine.share("on", within, confidence), theirs.share("on", within, confidence)
    at_last, formerly = mine.goes_on(confidence), theirs.goes_on(confidence)
    if now is None or before is None or at_last is None or formerly is None:
        return line | {"verdict": "too_few"}
    found, bounds = difference_of(now, before)
    everybody = [*rows, *(row for row in others if row["segment"] != named_place["segment"])]
    lost = difference_of(formerly, at_last)
    worth, interval = _mended(mine.came, lost, _won_after(everybody, confidence))
    return (
        line
        | _waiting(mine.lasts(within, confidence), theirs.lasts(within, confidence))
        | {
            "value": now[0],
            "within": within,
            "before": before[0],
            "difference": found,
            "difference_interval": bounds,
            "worth": worth,
            "worth_interval": interval,
            "amount": _worth_in(main, everybody, worth),
            "verdict": "worse" if bounds[1] < 0 else "better" if bounds[0] > 0 else "alike",
        }
    )


def _waiting(now: Bounded, before: Bounded) -> dict[str, Any]:
    """Whether deals are there for longer, of a time that both sides were watched for."""
    found, bounds = apart_by(now, before)
    return {
        "waits": now[0],
        "waits_before": before[0],
        "waits_difference": found,
        "waits_interval": bounds,
        "waiting": "longer" if bounds[0] > 0 else "shorter" if bounds[1] < 0 else "alike",
    }


def _alone(side: Side, rows: list[Row]) -> dict[str, Any]:
    """What the year's deals of a stage say by themselves, beside nothing."""
    nothing = dict.fromkeys(("value", "value_interval", "within", "stake", "stake_interval"))
    within = _within(side)
    on, out = (side.share(way, within, 0.95) if within else None for way in ("on", "out"))
    if side.decided < MINIMUM or on is None or out is None:
        return nothing
    stake, interval = _mended(side.came, out, _won_after(rows, 0.95))
    return {"value": on[0], "value_interval": on[1], "within": within, "stake": stake, "stake_interval": interval}


def _half(rows: list[Row]) -> tuple[float | None, tuple[float | None, float | None] | None]:
    """The days that half of the deals are there, with their interval; none where too few have gone."""
    if not rows or total(rows, is_over=True) < MINIMUM:
        return None, None
    point = percentile(
        kaplan_meier(*(np.array([row[key] for row in rows]) for key in ("days", "is_over", "deals"))), 0.5
    )
    return point.value, (point.low, point.high)


def _mended(deals: int, lost: Bounded, won_after: Bounded) -> Bounded:
    """How many of these deals would be won: those that would not be lost here, and of them the share won after it.

    Never below none, where it cannot be told apart from it that fewer are lost.
    """
    found, (low, high) = product(lost, won_after)
    return deals * max(0.0, found), (deals * max(0.0, low), deals * max(0.0, high))


def _won_after(rows: list[Row], confidence: float) -> Bounded:
    """The share won of the decided deals that went on from the stage; nobody knows it where there are none.

    Of those that came more than a year ago where they are enough: of later ones losses are known before wins.
    """
    on = [row for row in rows if row["fate"] == "on"]
    won, gone = _ended([row for row in on if not row["recent"]])
    if won + gone < MINIMUM:
        won, gone = _ended(on)
    if not won + gone:
        return 0.0, (0.0, 1.0)
    return won / (won + gone), wilson(won, won + gone, confidence=confidence)


def _ended(rows: list[Row]) -> tuple[int, int]:
    """How many were won, and how many ended otherwise."""
    return total(rows, outcome="won"), sum(total(rows, outcome=end) for end in GONE)


def _worth_in(main: str, rows: list[Row], worth: float) -> str | None:
    """So many won deals in money, by the mean amount of won deals in the main currency."""
    won = [row for row in rows if row["outcome"] == "won" and row["currency"] == main and row["with_amount"]]
    n = sum(row["with_amount"] for row in won)
    return f"{sum((row['amount'] for row in won), Decimal()) / n * Decimal(worth):.4f}" if n else None


BOTTLENECKS = Metric(
    key="bottlenecks",
    title=_("Bottlenecks"),
    unit="deals_per_year",
    definition=_(
        "Stages from which fewer deals go on than before: of the deals that came to a stage within the last year the "
        "share that went on within so many days, against the same of all earlier ones, or, split by team or another "
        "field, of the other teams. It is as many days as can be told of both; deals that are still there count as "
        "watched so far, for the ways of ending take different times. What mending is worth: deals that came x the "
        "loss in the share that goes on in the end, whenever that is (a stage that is only slower loses none) x the "
        "share of those who go on that is won, per year. A stage is called a bottleneck only "
        "where the interval of the difference leaves out zero. In the same way the mean days that deals are there, "
        "none counted for longer than both sides were watched, say where they wait longer. Where there is nothing to "
        "compare with, the stages stand by what the deals that ended there would have brought at most."
    ),
    denominator=_("deals of the last year that came to the stage"),
    window=_("deals that came to the stage in the year up to the day shown, against those before or elsewhere"),
    method=_(
        "share within a common time where another ending competes (Aalen-Johansen), interval of a difference of such "
        "shares (MOVER), and of restricted mean days (Kaplan-Meier), each 95 % for all stages together (Bonferroni); "
        "what mending is worth: as the product of the difference of shares in the end, where deals that are there "
        "for longer than any was watched may all go on or none, and the share won of those who go on, with its "
        "Wilson interval (MOVER), of deals that came more than a year ago where these are enough"
    ),
    minimum=MINIMUM,
    sources=SOURCES,
    build=build,
    finish=finish,
    records={"history": "known"},
    narrow={"segment": "segment", "step": "entered"},
    reasons={"no_history": {"history": "unknown"}},
    drawn=Charted(
        "difference", "difference_interval", unit="share", title=_("Conversion against before, or elsewhere")
    ),
)
