"""What was known of deals on a day: the stays so far, the deals open then, and what had been won.

Only visits and spans that had begun by the end of that day are looked at, cut off there, and decisions made by then. So
a forecast as of a past day is made of what one could have known on that day. What a field says today (source, product,
notes) is not used: nobody knows when it was written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
from django.db import connection

from etappe.core.forecast import GOES_ON, Floats, Ints, Stays
from etappe.core.forecast import OUT as LED_OUT
from etappe.core.forecast import WON as LED_WON
from etappe.insights.forecast.records import DAY, NO_DAY, OPEN, WON, Records, day_number

ANY: Final = (0, "")
"""The cell of a deal's whole life: from engaged until decided, whatever stages it went through."""
UNKNOWN: Final = -1
"""In the place of an age: nobody knows when it began."""

_SEEN = """
SELECT max(seen_until) FILTER (WHERE outcome = 'open'), count(*) FILTER (WHERE outcome = 'open' AND seen_until IS NULL)
FROM fact_deal
"""


@dataclass(frozen=True)
class OpenDeals:
    """The deals that were open at the end of the day, as they stood then, one row each.

    `cell` is -1 where no deal ever was; `stayed`, `age` and `rests` are days. Amounts that are not known are NaN.
    """

    key: Ints
    cell: Ints
    version: Ints
    stage: Ints
    proof: Ints
    amount: Floats
    currency: Ints
    owner: Ints
    team: Ints
    expected: Ints
    stayed: Ints
    age: Ints
    rests: Ints

    def __len__(self) -> int:
        return len(self.key)

    def rows(self, where: Ints) -> OpenDeals:
        """Some of them."""
        return OpenDeals(**{name: values[where] for name, values in vars(self).items()})


@dataclass(frozen=True)
class Begun:
    """Deals that had begun, one row each: the day, and the day on which it was won (`NO_DAY` where it was not)."""

    day: Ints
    won: Ints
    amount: Floats
    currency: Ints
    team: Ints


@dataclass(frozen=True)
class State:
    """How many deals were closed by the day, and what is odd about the records (counted over all)."""

    won: int
    others: int
    ends_first: int
    won_without_amount: int
    currencies: int

    @property
    def closed(self) -> int:
        """Decided deals."""
        return self.won + self.others


@dataclass(frozen=True)
class Past:
    """All that a forecast as of `day` is made of; `typical` is the amount of a typical won deal, by currency."""

    day: date
    stays: Stays
    lives: Stays
    open: OpenDeals
    begun: Begun
    typical: Floats
    state: State


def known_on(records: Records, day: date, *, present: bool) -> Past:
    """What was known at the end of `day`; `present`: it is the day of the forecast itself, so who rests is known."""
    moment, number = records.moment(day + timedelta(days=1)), day_number(day)
    return Past(
        day=day,
        stays=_stays(records, moment),
        lives=_lives(records, number),
        open=_open(records, moment, number, present=present),
        begun=_begun(records, number),
        typical=_typical(records, number),
        state=_state(records, number),
    )


def without_any_amount(deals: OpenDeals, typical: Floats) -> npt.NDArray[np.bool_]:
    """Which deals have no amount, and none was ever won in their currency that could stand for it."""
    return np.asarray(np.isnan(deals.amount) & (typical[deals.currency] == 0), dtype=np.bool_)


def last_seen(today: date) -> date:
    """The day that a forecast of the present is made for: today, or the last day of data where all came by import."""
    with connection.cursor() as cursor:
        cursor.execute(_SEEN)
        seen, live = cursor.fetchone()
    return min(seen, today) if seen and not live else today


def _stays(records: Records, moment: int) -> Stays:
    """Every stay in an open stage that had begun, to its end or as far as it was seen."""
    stays = records.stays
    begun = stays.entered < moment
    deal, cell, entered, until = (values[begun] for values in (stays.deal, stays.cell, stays.entered, stays.until))
    is_over = until < moment
    seen = records.deals.seen[deal]
    watched = np.where(seen < NO_DAY, np.minimum((seen + 1) * DAY, moment), moment)
    days = np.maximum(np.where(is_over, until, watched) - entered, 0) // DAY
    standing, leads = stays.next_standing[begun], stays.next_cell[begun]
    led = np.where(standing == OPEN, leads, np.where(standing == WON, LED_WON, LED_OUT))
    return Stays(cell, days, np.where(is_over, led, GOES_ON), stays.entered_day[begun])


def _lives(records: Records, number: int) -> Stays:
    """Deals as one stay each; those that end before they begin are left out."""
    deals = records.deals
    begun = deals.engaged <= number
    decided, engaged, seen = deals.decided[begun], deals.engaged[begun], deals.seen[begun]
    is_over = decided <= number
    days = np.where(is_over, decided, np.minimum(seen, number)) - engaged
    led = np.where(is_over, np.where(deals.standing[begun] == WON, LED_WON, LED_OUT), GOES_ON)
    kept = days >= 0
    return Stays(np.zeros(int(kept.sum()), dtype=np.int64), days[kept], led[kept], engaged[kept])


def _open(records: Records, moment: int, number: int, *, present: bool) -> OpenDeals:
    deals, visits, spans = records.deals, records.visits, records.spans
    last = np.full(len(deals.key), -1)
    current = np.flatnonzero((visits.entered < moment) & (visits.until >= moment))
    last[visits.deal[current]] = current
    rows = np.flatnonzero((spans.since < moment) & (spans.until >= moment))
    has_stage = last[spans.deal[rows]] >= 0
    rows = rows[has_stage if present else has_stage | ~_have_begun(records, moment)[spans.deal[rows]]]
    rows = rows[np.argsort(spans.deal[rows], kind="stable")]
    deal = spans.deal[rows]
    visit = last[deal]
    has_stage = visit >= 0
    seen = np.minimum(deals.seen[deal], number)
    engaged = deals.engaged[deal]
    rests = deals.rests[deal]
    cell = records.cell_of[visits.version[visit] * len(records.stages) + spans.stage[rows]]
    return OpenDeals(
        key=deals.key[deal],
        cell=np.where(has_stage, cell, -1),
        version=records.versions[visits.version[visit]],
        stage=spans.stage[rows],
        proof=visits.proof[visit],
        amount=np.where(has_stage, spans.amount[rows], np.nan),
        currency=spans.currency[rows],
        owner=spans.owner[rows],
        team=spans.team[rows],
        expected=np.where(has_stage, spans.expected[rows], NO_DAY),
        stayed=np.where(has_stage, np.maximum(seen - visits.entered_day[visit], 0), 0),
        age=np.where(engaged < NO_DAY, np.maximum(seen - engaged, 0), UNKNOWN),
        rests=np.where(present & (rests > number), rests - number, 0),
    )


def _have_begun(records: Records, moment: int) -> npt.NDArray[np.bool_]:
    """Which deals had been seen in a stage by then.

    Of others an import told only when they began and how they ended. They were open in between, but in which stage,
    for which amount and until when they were expected, nobody knows: what stands there was filled in at their end.
    """
    begun = np.zeros(len(records.deals.key), dtype=np.bool_)
    begun[records.visits.deal[records.visits.entered < moment]] = True
    return begun


def won_by(records: Records, number: int) -> npt.NDArray[np.bool_]:
    """Which deals had been won by a day."""
    return np.asarray((records.deals.standing == WON) & (records.deals.decided <= number), dtype=np.bool_)


def _begun(records: Records, number: int) -> Begun:
    """Those since the first of them that was won: of the time before, only what was still open may have been kept."""
    deals = records.deals
    won = won_by(records, number) & (deals.begun <= number)
    first = int(deals.begun[won].min()) if won.any() else NO_DAY
    kept = (deals.begun >= first) & (deals.begun <= number)
    days = np.where(won, deals.decided, NO_DAY)
    amount = np.where(won, np.nan_to_num(deals.amount), 0.0)
    return Begun(deals.begun[kept], days[kept], amount[kept], deals.currency[kept], deals.team[kept])


def _typical(records: Records, number: int) -> Floats:
    deals = records.deals
    won = won_by(records, number) & (deals.amount > 0)
    amounts = (deals.amount[won & (deals.currency == code)] for code in range(len(records.currencies)))
    return np.asarray([np.median(found) if len(found) else 0.0 for found in amounts], dtype=np.float64)


def _state(records: Records, number: int) -> State:
    deals = records.deals
    won = int(won_by(records, number).sum())
    return State(
        won=won,
        others=int((deals.decided <= number).sum()) - won,
        ends_first=int(((deals.decided < deals.engaged) & (deals.engaged < NO_DAY)).sum()),
        won_without_amount=int(((deals.standing == WON) & np.isnan(deals.amount)).sum()),
        currencies=len(np.unique(deals.currency)),
    )
