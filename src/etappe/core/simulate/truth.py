"""What is true of a simulated company, to compare figures with: shares in closed form, times by a very large run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from itertools import product
from typing import Any

import numpy as np

from etappe.core.simulate.contacts import true_of
from etappe.core.simulate.lives import OUTCOMES, WON, Bools, Floats, Lives, Whole, begun_by, draw, effects, going_on
from etappe.core.simulate.parameters import Parameters

RUNS = 400_000
"""Deals that the true times are counted on."""
SHARES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


def truth(company: Parameters, until: date, chance: np.random.Generator, runs: int = RUNS) -> dict[str, Any]:
    """Everything that figures estimate, as plain values that JSON can hold.

    `outcomes`: the share of all deals that end in each way. `win_rate`: won of those that the buyer decided (won, lost,
    declined), for all and apart by segment, seller and version. `stages`: the share of those that enter a stage which
    goes on. `days`: percentiles of the whole days until deals are decided, and until those are won that get won, over
    `runs` deals watched to their end; the error of a share among them is at most 0.5 / sqrt(runs).

    Deals that began in the history count, whenever they are decided. `contacts`, where there are some: see `true_of`.
    """
    cells = _cells(company, until)
    lives = draw(company, runs, until, chance)
    return {
        "parameters": asdict(company),
        "until": until.isoformat(),
        "runs": runs,
        "outcomes": _outcomes(company, cells),
        "win_rate": {"all": _win_rate(company, cells), **_win_rates(company, cells)},
        "stages": dict(zip((stage.key for stage in company.stages), _conversion(company, cells), strict=True)),
        **({"contacts": true_of(company.contacts)} if company.contacts else {}),
        "days": {"decided": dict(_days(company, lives)), "won": dict(_days(company, lives, lives.outcome == WON))},
    }


Cells = tuple[Floats, Whole, Whole, Whole]
"""Every combination of segment, seller and version: its share of all deals, and the three."""


def _cells(company: Parameters, until: date) -> Cells:
    changed = _share_after_change(company, until)
    kinds = [
        [each.share for each in company.segments],
        [each.share for each in company.sellers],
        [1 - changed, changed],
    ]
    places = np.array(list(product(*(range(len(kind)) for kind in kinds))), dtype=np.int64)
    weights = np.ones(len(places))
    for column, kind in enumerate(kinds):
        weights = weights * (np.array(kind) / sum(kind))[places[:, column]]
    return weights, places[:, 0], places[:, 1], places[:, 2]


def _share_after_change(company: Parameters, until: date) -> float:
    if company.change is None:
        return 0.0
    return float(1 - begun_by(company, until, company.change.day))


def _reached(company: Parameters, cells: Cells) -> Floats:
    """Share of each cell that enters each stage; the last column is the share won."""
    _pace, odds = effects(company, *cells[1:])
    passes = np.column_stack([np.ones(len(odds)), *(going_on(stage, odds) for stage in company.stages)])
    reached: Floats = np.multiply.accumulate(passes, axis=1)
    return reached


def _ends(company: Parameters, cells: Cells) -> Floats:
    """Share of each cell (rows) that is won, lost, declined, disqualified (columns)."""
    reached = _reached(company, cells)
    left = reached[:, :-1] - reached[:, 1:]
    ways = np.array([_ways(stage.leaves) for stage in company.stages])
    return np.column_stack([reached[:, -1], left @ ways])


def _ways(leaves: tuple[float, float, float]) -> Floats:
    whole = sum(leaves)
    return np.array(leaves) / whole if whole else np.zeros(3)


def _outcomes(company: Parameters, cells: Cells) -> dict[str, float]:
    shares = cells[0] @ _ends(company, cells)
    return {name: float(share) for name, share in zip(OUTCOMES[1:], shares, strict=True)}


def _win_rate(company: Parameters, cells: Cells) -> float:
    won, lost, declined, _disqualified = cells[0] @ _ends(company, cells)
    return float(won / (won + lost + declined))


def _win_rates(company: Parameters, cells: Cells) -> dict[str, dict[str, float]]:
    weights, segment, seller, version = cells
    named = _named(company, segment, seller, version)
    return {
        split: {
            name: _win_rate(company, (np.where(chosen, weights, 0.0), segment, seller, version))
            for name, chosen in parts
            if weights[chosen].sum() > 0
        }
        for split, parts in named.items()
    }


def _named(company: Parameters, segment: Whole, seller: Whole, version: Whole) -> Mapping[str, list[tuple[str, Bools]]]:
    """What each split is called, its parts, and which deals or cells belong to them."""
    sellers = [rep.key for rep in company.sellers]
    return {
        company.split: [(each.key, segment == place) for place, each in enumerate(company.segments)],
        "owner": [(rep.key, np.isin(seller, _places(sellers, rep.key))) for rep in company.reps],
        "version": [(str(place + 1), version == place) for place in range(2 if company.change else 1)],
    }


def _places(names: list[str], name: str) -> list[int]:
    return [place for place, each in enumerate(names) if each == name]


def _conversion(company: Parameters, cells: Cells) -> list[float]:
    entered = cells[0] @ _reached(company, cells)
    return [float(share) for share in entered[1:] / entered[:-1]]


def _days(company: Parameters, lives: Lives, among: Bools | None = None) -> Iterator[tuple[str, Any]]:
    chosen = np.ones(len(lives), dtype=np.bool_) if among is None else among
    days = np.floor(lives.ended) - np.floor(lives.began)
    yield "all", _percentiles(days[chosen])
    for split, parts in _named(company, lives.segment, lives.seller, lives.version).items():
        found = {name: days[chosen & part] for name, part in parts}
        yield split, {name: _percentiles(part) for name, part in found.items() if part.size}


def _percentiles(days: Floats) -> dict[str, float | None]:
    """The first day by which a share had ended; none where nothing ends so."""
    if not days.size:
        return dict.fromkeys(SHARES)
    found = np.quantile(days, list(SHARES.values()), method="inverted_cdf")
    return dict(zip(SHARES, (float(day) for day in found), strict=True))
