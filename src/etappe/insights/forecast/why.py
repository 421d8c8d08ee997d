"""Why a deal's chance is what it is: codes with numbers, which the pages put in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from etappe.core.forecast import WEIGHT
from etappe.insights.forecast.said import Chance, Fitted, within

NOTABLE = 0.05
"""A chance that is off by less than this is not worth a sentence."""


def reasons(said: Chance, curves: Fitted, entering: Mapping[tuple[int, str], float]) -> list[list[Any]]:
    """What made the chance, as [code, numbers...], the most important first.

    `stage`: of those that enter its stage so many per cent are won, seen n times. `few`: its stage has hardly a past,
    so it is drawn towards all deals. `long`, `fresh`: for how many days it has been there, and what the chance would be
    on its first day. `learned`: what the curves alone say, where amount, owner, dates
    and proof moved it. `rests`: days until the date the buyer named. `typical`: its amount is not known.
    """
    deal = said.deal
    found: list[list[Any]] = []
    share = entering.get((deal.version, deal.stage))
    if share is not None:
        found.append(["stage", round(share, 4), said.seen])
    found += _age(said, curves)
    if abs(said.within - said.by_curves) > NOTABLE / 2:
        found.append(["learned", round(said.by_curves, 4)])
    if said.seen < WEIGHT:
        found.append(["few", said.seen])
    if deal.rests:
        found.append(["rests", deal.rests])
    if not said.amount_known:
        found.append(["typical"])
    return found


def _age(said: Chance, curves: Fitted) -> list[list[Any]]:
    deal = said.deal
    first_day = float(within(curves, deal.version, deal.stage, 0, max(0, (deal.age or 0) - deal.stayed))[-1])
    if said.by_curves < first_day - NOTABLE:
        return [["long", deal.stayed, round(first_day, 4)]]
    if said.by_curves > first_day + NOTABLE:
        return [["stayed", deal.stayed, round(first_day, 4)]]
    return []
