"""Deals that moved or got another amount since the forecast was made: what is said of them, without learning anew.

Nothing is written: a forecast stays as it was made, and whoever looks sees the deal in the stage where it stands now.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from etappe.core.forecast import AGES, HORIZON, NEVER, Floats, Ints
from etappe.core.season import Clock
from etappe.insights.forecast import said
from etappe.insights.forecast.past import ANY, UNKNOWN, OpenDeals
from etappe.insights.forecast.why import reasons
from etappe.insights.models import Forecast, ForecastCurve

Row = dict[str, Any]


def packed(ahead: Floats) -> bytes:
    """The chances of a curve as they are stored."""
    return ahead.astype("<f4").tobytes()


def _unpacked(raw: bytes | memoryview) -> Floats:
    return np.frombuffer(raw, dtype="<f4").reshape(len(AGES), HORIZON + 1).astype(np.float64)


def freshened(forecast: Forecast, rows: Sequence[Row]) -> list[Row]:
    """The rows, with whether their deal `has_moved` or `has_new_amount`; of those that moved, what is said anew."""
    marked = [row | _valued(row) | {"has_moved": _where(row) != (row["version_id"], row["stage"])} for row in rows]
    moved = [row for row in marked if row["has_moved"] and row["now_outcome"] == "open"]
    anew = dict(zip((row["deal_id"] for row in moved), _said_anew(forecast, moved), strict=True)) if moved else {}
    return [row | anew.get(row["deal_id"], {}) for row in marked]


def _valued(row: Row) -> Row:
    """The amount that the deal was given since; one in another currency, or taken away, waits for the next forecast."""
    amount = row["now_amount"]
    same = row["amount_known"] and amount == row["amount"]
    if amount is None or same or row["now_currency"] != row["currency"]:
        return {"has_new_amount": False}
    return {"has_new_amount": True, "amount": amount, "amount_known": True}


def _where(row: Row) -> tuple[int, str]:
    return row["now_version"], row["now_stage"]


def _said_anew(forecast: Forecast, rows: Sequence[Row]) -> list[Row]:
    wanted = sorted({_where(row) for row in rows})
    versions, stages = [*{version for version, _ in wanted}, ANY[0]], [*{stage for _, stage in wanted}, ANY[1]]
    found = ForecastCurve.objects.filter(forecast=forecast, version_id__in=versions, stage__in=stages)
    kept = {(curve.version_id, curve.stage): curve for curve in found}
    if ANY not in kept:
        return [{} for _ in rows]
    cells = [place for place in wanted if place in kept]
    ahead = np.asarray([_unpacked(kept[place].ahead) for place in cells]).reshape(-1, len(AGES), HORIZON + 1)
    ended = np.asarray([kept[place].ended for place in cells], dtype=np.float64)
    lasted = np.repeat(ended[:, None], len(AGES), axis=1)
    clock = Clock(tuple(forecast.pace)) if forecast.pace else Clock()
    lives = _unpacked(kept[ANY].ahead)
    curves = said.bound((ahead, lives), lasted, ended, forecast.closed, clock, forecast.day)
    deals = _deals(rows, cells, forecast.day)
    steps = np.asarray([row["step"] for row in rows], dtype=np.float64)
    return _as_rows(rows, said.said_of(deals, forecast.day, np.zeros(1), curves, steps), curves)


def _deals(rows: Sequence[Row], cells: Sequence[tuple[int, str]], day: date) -> OpenDeals:
    """The deals as they stand now; the days count to the day of the forecast, as those of all others do."""
    place = {cell: at for at, cell in enumerate(cells)}

    def since(name: str, missing: int) -> Ints:
        return _whole(missing if row[name] is None else max((day - row[name]).days, 0) for row in rows)

    same = np.zeros(len(rows), dtype=np.int64)
    return OpenDeals(
        key=_whole(row["deal_id"] for row in rows),
        cell=_whole(place.get(_where(row), -1) for row in rows),
        version=_whole(row["now_version"] for row in rows),
        amount=np.asarray([float(row["amount"]) for row in rows], dtype=np.float64),
        stayed=since("now_since", 0),
        age=since("engaged_since", UNKNOWN),
        rests=_whole(max((row["rests_until"] - day).days, 0) if row["rests_until"] else 0 for row in rows),
        **dict.fromkeys(("stage", "proof", "currency", "owner", "team", "expected"), same),
    )


def _whole(values: Any) -> Ints:
    return np.asarray(list(values), dtype=np.int64)


def _as_rows(rows: Sequence[Row], found: said.Chances, curves: said.Fitted) -> list[Row]:
    known = [row["amount_known"] for row in rows]
    told = said.Chances(**{**vars(found), "amount_known": np.asarray(known, dtype=np.bool_)})
    columns = {
        "stage": [row["now_stage"] for row in rows],
        "version_id": [row["now_version"] for row in rows],
        "proof": [row["now_proof"] for row in rows],
        "stayed": found.open.stayed.tolist(),
        "rests": found.open.rests.tolist(),
        "chance": found.within.tolist(),
        "unsure": found.unsure.tolist(),
        "seen": found.seen.astype(np.int64).tolist(),
        "months": found.months.tolist(),
        "days": [[day for day in days if day != NEVER] for days in said.likely(curves, found).tolist()],
        "why": list(reasons(told, curves)),
    }
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
