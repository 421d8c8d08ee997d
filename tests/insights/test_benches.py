"""The two benches of models, as they are typed: their line, what they refuse, and what they must not fall for."""

from __future__ import annotations

import csv
import gzip
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

BENCH = Path(__file__).parent.parent.parent / "bench"


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(BENCH / script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)


def xes(path: Path, count: int, seed: int) -> Path:
    """Cases whose end depends on what was asked: a quick kind and a slow one, with a fact that tells the end."""
    chance = np.random.default_rng(seed)
    traces = []
    for number in range(count):
        start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=int(5 * number + 4000 * seed))
        slow = bool(chance.integers(2))
        days = [0, 1, 2, (40 if slow else 4) + chance.normal(0, 0.5)]
        names = ["ask", "slow" if slow else "quick", "work", "end"]
        events = "".join(
            f'<event><string key="concept:name" value="{name}"/>'
            f'<date key="time:timestamp" value="{(start + timedelta(days=day)).isoformat()}"/></event>'
            for name, day in zip(names, days, strict=True)
        )
        traces.append(f'<trace><float key="spent" value="{days[-1]}"/>{events}</trace>')
    path.write_bytes(gzip.compress(f"<log>{''.join(traces)}</log>".encode()))
    return path


def test_remaining_time_is_learned_from_an_event_log(tmp_path: Path) -> None:
    logs = [
        xes(tmp_path / f"{name}.xes.gz", count, seed)
        for seed, (name, count) in enumerate([("a", 300), ("b", 80), ("c", 80)])
    ]
    done = run("remaining_time.py", "--train", logs[0], "--val", logs[1], "--test", logs[2], "--more")
    line = re.fullmatch(r"mae_days (\d+\.\d+) train_s (\d+\.\d)\n", done.stdout)
    assert line and 0.2 < float(line[1]) < 1.0, done
    assert "'spent': 'it goes along with how the case went'" in done.stderr
    refused = run("remaining_time.py", "--train", logs[0], "--test", BENCH / "remaining_time.py")
    assert refused.returncode == 1 and "line 1" in refused.stderr and "Traceback" not in refused.stderr


def table(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def deals(count: int, *, slope: float = 1.5, seed: int = 1) -> list[dict[str, str]]:
    """Deals won by chance of size and source; with ids, a constant, gaps, customers, notes, and what tells the end."""
    chance = np.random.default_rng(seed)
    found = []
    for number in range(count):
        size, web = chance.normal(), bool(chance.integers(2))
        won = bool(chance.random() < 1 / (1 + np.exp(-slope * (size + web - 0.5))))
        found.append(
            {
                "Deal ID": f"D-{number:05}",
                "opened": (datetime(2022, 1, 1, tzinfo=UTC) + timedelta(days=number // 3)).date().isoformat(),
                "size": "" if chance.random() < 0.05 else f"{1000 * np.exp(size):.2f}",
                "source": "web" if web else "fair",
                "customer": f"c{chance.integers(count // 4)}",
                "note": "asked for an offer and came back later with questions " + "x" * int(chance.integers(90)),
                "tenant": "one",
                "rare": "7" if number == 5 else "",
                "billed": f"{chance.integers(1, 900)}" if won else "",
                "stage": "won" if won else "lost",
            }
        )
    return found


def said(done: subprocess.CompletedProcess[str]) -> dict[str, float]:
    words = done.stdout.split("\n")[0].split()
    assert words[::2] == ["auc", "ece", "brier", "n", "seconds"], done
    return dict(zip(words[::2], map(float, words[1::2]), strict=True))


WANTED = ("--target", "stage", "--positive", "won")


def test_winning_is_learned_and_calibrated_with_what_tells_the_end_left_out(tmp_path: Path) -> None:
    rows = deals(500)
    path = table(tmp_path / "deals.csv", [*rows, *({**row, "Deal ID": f"E{at}"} for at, row in enumerate(rows[:300]))])
    done = run("win_probability.py", "--data", path, *WANTED)
    found = said(done)
    assert found["n"] == 500 and 0.74 < found["auc"] < 0.92 and found["ece"] < 0.08 and found["brier"] < 0.2
    for sentence in (
        "left out 300 rows that are there twice",
        "billed: it says the outcome",
        "Deal ID: numbers",
        "tenant",
    ):
        assert sentence in done.stderr
    assert done.stdout.split("\n")[1].startswith("tells winners apart")


def test_where_there_is_nothing_to_learn_it_says_so(tmp_path: Path) -> None:
    path = table(tmp_path / "deals.csv", deals(300, slope=0.0))
    done = run("win_probability.py", "--data", path, *WANTED, "--exclude", "billed", "--time", "opened")
    assert said(done)["n"] < 200 and said(done)["brier"] < 0.27
    assert "cannot tell winners apart" in done.stdout


def test_too_little_and_nonsense_are_refused_with_a_reason(tmp_path: Path) -> None:
    few, one_sided = table(tmp_path / "a.csv", deals(60)), table(tmp_path / "b.csv", deals(150))
    spelled = [{**row, "stage": ("won", "Won")[at % 2]} for at, row in enumerate(deals(150))]
    for arguments, reason in (
        ((few, *WANTED), "needs 100 rows and 20 of each"),
        ((table(tmp_path / "c.csv", spelled), *WANTED), "150 won, 0 others"),
        ((one_sided, *WANTED, "--time", "stage"), "the time cannot be the outcome"),
        (
            (one_sided, "--target", "stage", "--positive", "gewonnen"),
            "no row has the value 'gewonnen'; there are: lost, won",
        ),
        ((one_sided, "--target", "state", "--positive", "won"), "there is no column 'state'"),
        ((one_sided, *WANTED, "--time", "source"), "holds no days"),
        ((tmp_path / "none.csv", *WANTED), "none.csv"),
    ):
        done = run("win_probability.py", "--data", *arguments)
        assert done.returncode == 2 and reason in done.stderr and "Traceback" not in done.stderr, done
