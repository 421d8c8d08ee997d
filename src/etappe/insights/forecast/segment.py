"""The forecast of one segment: the sums over its open deals alone, and what is still to come of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from etappe.core import forecast as core
from etappe.insights.forecast import kept
from etappe.insights.forecast.changed import asked
from etappe.insights.forecast.fresh import Row
from etappe.insights.forecast.kept import EVERYBODY, SPLITS, Seen, Sums
from etappe.insights.forecast.said import DRAWS
from etappe.insights.models import Forecast

ONE_BY_ONE: Final = 5_000
"""So many deals are drawn as they were when the forecast was made, so that segments add up; more are drawn together."""
_ROWS: Final = """
SELECT deal_id, months, amount, unsure, proof, currency FROM insights_forecastdeal
WHERE forecast_id = %(forecast)s AND segments[%(place)s] = %(key)s AND (%(all)s OR segments[1] = ANY(%(teams)s))
    AND deal_id <> ALL(%(apart)s)
"""


def narrowed(newest: Forecast, seen: Seen, by: str, key: str) -> Seen:
    """What a viewer sees of a forecast, of the deals of one segment alone."""
    place = SPLITS.index(by)
    moved = [row for row in seen.resorted if row["segments"][place] != row["now_segments"][place]]
    apart = [*seen.apart, *(row for row in moved if row["segments"][place] == key)]
    into = [row for row in (*seen.into, *moved) if row["now_segments"][place] == key]
    given = {
        "forecast": newest.id,
        "place": place + 1,
        "key": key,
        "all": EVERYBODY in seen.teams,
        "teams": list(seen.teams),
        "apart": [row["deal_id"] for row in apart],
    }
    return replace(seen, sums=_sums([*asked(_ROWS, given), *into], newest), into=into, apart=apart)


def _sums(rows: list[Row], newest: Forecast) -> Sums:
    if len(rows) <= ONE_BY_ONE:
        return kept.of_rows(rows, newest)
    deals = kept.counted(rows)
    found, chance = kept.undrawn(deals, newest), np.random.default_rng(newest.day.toordinal())
    main = deals.rows(deals.of(newest.currency)).as_open()
    found.drawn += core.simulate(main, 1, DRAWS, chance, steps=kept.steps_of(newest.day))[0]
    return found
