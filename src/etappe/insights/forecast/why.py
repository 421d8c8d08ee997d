"""Why a deal's chance is what it is: codes with numbers, which the pages put in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from etappe.core.forecast import HORIZON, WEIGHT
from etappe.insights.forecast.past import OpenDeals
from etappe.insights.forecast.said import Chances, Fitted, soon

NOTABLE = 0.05
"""A chance that is off by less than this is not worth a sentence."""
Reason = list[Any]


def reasons(said: Chances, curves: Fitted) -> Iterator[list[Reason]]:
    """What made the chance of each deal, as [code, numbers...], the most important first.

    `stage`: of those that enter its stage so many per cent are won, seen n times. `few`: its stage has hardly a past,
    so it is drawn towards all deals. `long`, `stayed`: for how many days it has been there, and what the chance would
    be on its first day. `learned`: what the curves alone say, where amount, owner, dates
    and proof moved it. `rests`: days until the date the buyer named. `typical`: its amount is not known, and that of a
    typical won deal stands for it. `no_amount`: there is none either, so it is in no sum.
    """
    deals = said.open
    columns = (
        deals.cell, np.append(curves.entering, np.nan)[deals.cell], said.seen.astype(np.int64), deals.stayed,
        soon(curves, _on_first_day(deals), HORIZON), said.by_curves, said.within, deals.rests, said.amount_known,
        said.amount,
    )  # fmt: skip
    for cell, share, seen, stayed, first, by_curves, within, rests, is_known, amount in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        yield [
            *([["stage", round(share, 4), seen]] if cell >= 0 else []),
            *_age(stayed, first, by_curves),
            *([["learned", round(by_curves, 4)]] if abs(within - by_curves) > NOTABLE / 2 else []),
            *([["few", seen]] if seen < WEIGHT else []),
            *([["rests", rests]] if rests else []),
            *([] if is_known else [["typical"] if amount else ["no_amount"]]),
        ]


def _on_first_day(deals: OpenDeals) -> OpenDeals:
    """The deals as they were on the day they entered their stage."""
    fresh = {"stayed": np.zeros(len(deals), dtype=np.int64), "age": np.maximum(deals.age - deals.stayed, 0)}
    return OpenDeals(**{**vars(deals), **fresh})


def _age(stayed: int, first: float, by_curves: float) -> list[Reason]:
    if by_curves < first - NOTABLE:
        return [["long", stayed, round(first, 4)]]
    if by_curves > first + NOTABLE:
        return [["stayed", stayed, round(first, 4)]]
    return []
