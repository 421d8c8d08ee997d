"""How well winning is foretold on any table of past deals, trained as the product trains.

    python bench/win_probability.py --data FILE.csv --target COLUMN --positive VALUE [--exclude COL,COL] [--time COLUMN]

Without a time: five folds, rows that look the same in one fold, and what is printed is measured on rows not learned
from. With a time column: learned from the earlier 70 % of the rows, measured on the later ones. Rows that are there
twice (the same in every column but row numbers) are found and removed first. Columns that number the rows, never
change, or say the outcome are left out and named on standard error.

Prints one line `auc X ece Y brier Z n N seconds S` (n: rows measured on), and a second one with the verdict. Refuses
fewer than 100 rows or fewer than 20 of one outcome (exit code 2).
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from etappe.core.calibration import auc_interval, brier, calibration_error, tells_apart
from etappe.core.errors import Refusal
from etappe.insights.forecast.table import (
    MINIMUM,
    MINIMUM_EACH,
    MISSING,
    Bools,
    Feature,
    Floats,
    Kind,
    feature,
    read_table,
    told_afterwards,
    useless,
)

EARLIER = 0.7
OPEN = frozenset(
    [
        "open",
        "offen",
        "engaging",
        "prospecting",
        "new",
        "neu",
        "pending",
        "working",
        "negotiation",
        "qualification",
        "proposal",
        "discovery",
        "ongoing",
    ]
) | {"in progress", "in arbeit", "in bearbeitung"}
"""Values of the target that mean: not decided yet."""


class Refused(ValueError):
    """The table cannot be learned from; the text says why."""


@dataclass(frozen=True)
class Table:
    """Rows with an outcome, in the order of time where there is one."""

    features: list[Feature]
    won: Bools
    later: npt.NDArray[np.intp]


def main() -> None:
    """Read, learn, measure, print."""
    asked = _arguments()
    begun = time.perf_counter()
    table = _prepared(asked)
    said, measured = _said(table)
    won = table.won[measured]
    area, low, high = auc_interval(said, won)
    spent = time.perf_counter() - begun
    numbers = (area, calibration_error(said, won), brier(said, won), len(won), spent)
    print("auc {:.4f} ece {:.4f} brier {:.4f} n {} seconds {:.1f}".format(*numbers))
    base = won.mean() * (1 - won.mean())
    verdict = "tells winners apart" if tells_apart(said, won) else "cannot tell winners apart (near chance)"
    print(f"{verdict}: auc 95% interval {low:.3f} to {high:.3f}, brier of the base rate {base:.4f}")


def _said(table: Table) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Probabilities for rows that were not learned from, and which rows those are."""
    from etappe.insights.forecast.winning import FOLDS, folds, groups

    if len(table.later):
        earlier = np.setdiff1d(np.arange(len(table.won)), table.later)
        return _learn_and_try(table, earlier, table.later), table.later
    said = np.zeros(len(table.won))
    for learn, try_on in folds(table.won, groups(table.features), FOLDS, 0):
        said[try_on] = _learn_and_try(table, learn, try_on)
    return said, np.arange(len(table.won))


def _learn_and_try(table: Table, learn: npt.NDArray[np.intp], try_on: npt.NDArray[np.intp]) -> Floats:
    for rows in (learn, try_on):
        _refuse_few(table.won[rows], 5 if rows is try_on else MINIMUM_EACH * 7 // 10)
    from etappe.insights.forecast.winning import fit

    model = fit([each.rows(learn) for each in table.features], table.won[learn])
    return model.predict([each.rows(try_on) for each in table.features])


def _refuse_few(won: Bools, each: int) -> None:
    if min(won.sum(), (~won).sum()) < each:
        raise Refused(
            f"{won.sum()} won and {(~won).sum()} others in one part: too few of one outcome to learn or check"
        )


def _prepared(asked: argparse.Namespace) -> Table:
    cells = read_table(asked.data)
    for name in [asked.target, *asked.exclude, *([asked.time] if asked.time else [])]:
        if name not in cells:
            raise Refused(f"there is no column {name!r}; there are: {', '.join(cells)}")
    if asked.time == asked.target:
        raise Refused("the time cannot be the outcome")
    positive = asked.positive
    cells[asked.target] = [positive if _means(value, positive) else value for value in cells[asked.target]]
    cells = _decided(cells, asked.target, positive)
    cells = _once(cells)
    target = np.asarray(cells.pop(asked.target))
    won = target == positive
    _enough(won, positive, target)
    days = feature(asked.time, cells[asked.time]) if asked.time else None
    columns = [feature(name, column) for name, column in cells.items() if name not in asked.exclude]
    kept = [each for each in columns if _kept(each, won)]
    if not kept:
        raise Refused("no column is left to learn from")
    return _in_time(Table(kept, won, np.empty(0, dtype=np.intp)), days)


def _means(value: str, positive: str) -> bool:
    """Whether it is the value but for case, or the same number."""
    return value.lower() == positive.lower() or _number(value) == _number(positive)


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _decided(cells: dict[str, list[str]], target: str, positive: str) -> dict[str, list[str]]:
    """Rows whose outcome is known."""
    values = cells[target]
    known = [value != MISSING and (value == positive or value.lower() not in OPEN) for value in values]
    _tell(known.count(False), "rows without an outcome, or still open")
    return {name: [cell for cell, here in zip(column, known, strict=True) if here] for name, column in cells.items()}


def _once(cells: dict[str, list[str]]) -> dict[str, list[str]]:
    """Each row once: the same in all columns but those that number the rows."""
    named = [name for name, column in cells.items() if useless(feature(name, column)) != "numbers the rows"]
    seen: set[tuple[str, ...]] = set()
    kept = []
    for at, row in enumerate(zip(*(cells[name] for name in named), strict=True)):
        if row not in seen:
            seen.add(row)
            kept.append(at)
    rows = len(next(iter(cells.values())))
    if len(named) < 4 and len(kept) < rows / 2:
        return cells
    _tell(rows - len(kept), "rows that are there twice")
    return {name: [column[at] for at in kept] for name, column in cells.items()}


def _enough(won: Bools, positive: str, target: npt.NDArray[np.str_]) -> None:
    if not won.any():
        raise Refused(f"no row has the value {positive!r}; there are: {', '.join(np.unique(target)[:10])}")
    if len(won) < MINIMUM or min(won.sum(), (~won).sum()) < MINIMUM_EACH:
        counts = f"{won.sum()} won, {(~won).sum()} others"
        raise Refused(f"too few: {counts}; needs {MINIMUM} rows and {MINIMUM_EACH} of each outcome")


def _kept(each: Feature, won: Bools) -> bool:
    reason = useless(each) or told_afterwards(each, won)
    if reason:
        print(f"left out {each.name}: {reason}", file=sys.stderr)
    return not reason


def _in_time(table: Table, days: Feature | None) -> Table:
    if days is None:
        return table
    if days.kind not in (Kind.DAY, Kind.NUMBER):
        raise Refused(f"the column {days.name!r} holds no days")
    dated = np.flatnonzero(days.given)
    _tell(len(days.given) - len(dated), "rows without a time")
    order = dated[np.argsort(days.numbers[dated], kind="stable")]
    if not len(order):
        raise Refused(f"the column {days.name!r} holds no days")
    border = days.numbers[order[int(EARLIER * len(order))]]
    later = np.flatnonzero(days.numbers[order] >= border)
    kept = [each.rows(order) for each in table.features if each.name != days.name]
    if not kept:
        raise Refused("no column is left to learn from")
    return Table(kept, table.won[order], later)


def _tell(count: int, what: str) -> None:
    if count:
        print(f"left out {count} {what}", file=sys.stderr)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the table, CSV or XLSX")
    parser.add_argument("--target", required=True, help="column with the outcome")
    parser.add_argument("--positive", required=True, help="its value for a won deal")
    parser.add_argument("--exclude", type=lambda text: text.split(","), default=[], help="columns not to look at")
    parser.add_argument("--time", help="column with the day a deal began")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main()
    except (Refused, Refusal, OSError) as error:
        why = f"{error.code} ({error.params.get('reason', '')})" if isinstance(error, Refusal) else error
        print(f"win_probability: {why}", file=sys.stderr)
        sys.exit(2)
