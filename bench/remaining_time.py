"""How long a case still takes, learned from an event log: mean absolute error in days over all prefixes of a test log.

    python bench/remaining_time.py --train FILE.xes.gz --val FILE.xes.gz --test FILE.xes.gz

The metric of the published benchmark (Rama-Maneiro et al., hold-out 64/16/20): cases of at least three events, every
prefix from two events to the last but one, the mean over all prefixes. Prints one line `mae_days X train_s Y`; training
includes reading, choosing on the validation log and learning from both.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

from etappe.core.prefixes import long_enough
from etappe.foreign.event_log import EventLog, UnreadableLog, read_log


def main() -> None:
    """Train, predict, print."""
    asked = _arguments()
    begun = time.perf_counter()
    train, val, test = (read_log(path) if path else EventLog() for path in (asked.train, asked.val, asked.test))
    if not long_enough(train.cases) or not long_enough(test.cases):
        raise UnreadableLog("training and test log each need a case of at least three events")
    from etappe.insights.forecast.remaining import fit

    model = fit(train.cases, val.cases)
    spent = time.perf_counter() - begun
    given, days = model.predict(long_enough(test.cases))
    error = np.abs(days - given.remaining)
    print(f"mae_days {error.mean():.4f} train_s {spent:.1f}")
    if asked.more:
        made_of = [(member.clock, member.model.max_leaf_nodes) for member in model.members]
        print(f"models {made_of}, CPU {time.process_time():.1f} s, left out {model.encoder.left_out}", file=sys.stderr)
        _tell(error, given.length)


def _tell(error: np.ndarray, length: np.ndarray) -> None:
    print(f"prefixes {len(error)}, median error {np.median(error):.3f}", file=sys.stderr)
    for part in np.array_split(np.unique(length), 5):
        here = np.isin(length, part)
        print(f"length {part.min()} to {part.max()}: {error[here].mean():.3f} of {here.sum()}", file=sys.stderr)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, required=True, help="log to learn from")
    parser.add_argument("--val", type=Path, help="log to choose on, then to learn from as well")
    parser.add_argument("--test", type=Path, required=True, help="log to be measured on")
    parser.add_argument("--more", action="store_true", help="say more on standard error")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main()
    except UnreadableLog as error:
        sys.exit(f"remaining_time: {error}")
