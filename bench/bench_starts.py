"""What a start costs: `make run` on a fresh clone to the first page, the same again, and what Etappe holds at rest.

Claims: the first page 120 s after `make run` was typed on a fresh clone, with no package cached; 4 s at later starts;
database, web and jobs together hold at most 350 MB (PSS) ten minutes after the start, which this waits for. The clone
is of what is committed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
from bench_pages import PORT, held

REST = 600
MOST = 600
HERE = Path(__file__).parent.parent


def environ(folder: Path) -> dict[str, str]:
    """The surroundings of somebody who has nothing yet: no home, no package cached, no virtual environment active."""
    strange = ("ETAPPE_", "DATABASE_", "VIRTUAL_ENV", "MAKE", "MFLAGS", "PYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
    kept["PATH"] = os.pathsep.join(
        part for part in kept["PATH"].split(os.pathsep) if Path(part) != Path(sys.prefix, "bin")
    )
    caches = {name: str(folder / name) for name in ("PIP_CACHE_DIR", "NPM_CONFIG_CACHE", "UV_CACHE_DIR")}
    return {**kept, **caches, "ETAPPE_HOME": str(folder / "home"), "ETAPPE_PORT": str(PORT)}


@contextlib.contextmanager
def started(command: list[str], clone: Path, env: dict[str, str]) -> Iterator[tuple[float, psutil.Process]]:
    """What the command started, once it shows its first page, and the seconds until then."""
    log = clone.parent / "said"
    begun = time.perf_counter()
    with log.open("w") as said, subprocess.Popen(command, cwd=clone, env=env, stdout=said, stderr=said) as process:
        try:
            while not answers():
                if process.poll() is not None or time.perf_counter() - begun > MOST:
                    raise SystemExit(f"{' '.join(command)} showed no page:\n{log.read_text()[-3000:]}")
                time.sleep(0.05)
            yield time.perf_counter() - begun, psutil.Process(process.pid)
        finally:
            begun_by_us = psutil.Process(process.pid)
            for each in [begun_by_us, *begun_by_us.children()]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    each.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def answers() -> bool:
    """Whether the first page can be seen."""
    try:
        with urllib.request.urlopen(f"http://localhost:{PORT}/", timeout=20) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="etappe-bench-") as folder:
        clone = Path(folder) / "etappe"
        subprocess.run(["git", "clone", "-q", str(HERE), str(clone)], check=True)
        env = environ(Path(folder))
        with started(["make", "run"], clone, env) as (seconds, _):
            print(f"make run on a fresh clone, to the first page: {seconds:.1f} s (<= 120)", flush=True)
        with started(["make", "run"], clone, env) as (seconds, _):
            print(f"make run once more: {seconds:.1f} s (<= 4)", flush=True)
        with started([".venv/bin/etappe", "serve", "--demo"], clone, env) as (seconds, process):
            print(f"etappe serve --demo: {seconds:.1f} s (<= 4)", flush=True)
            time.sleep(REST)
            print(f"at rest, {REST // 60} min after the start: {held(process):.0f} MB of memory (PSS, <= 350)")


if __name__ == "__main__":
    main()
