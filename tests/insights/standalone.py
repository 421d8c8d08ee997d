"""A real Spark cluster on loopback: one master and two workers of one core each, small, and gone when its user is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from etappe.insights import spark_line

LEAN = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
"""A JVM that lives for a minute compiles quickly rather than well, and believes the classes that it was brought."""
OPTIONS = f"""\
spark.executor.memory 512m
spark.executor.extraJavaOptions {LEAN}
spark.driver.extraJavaOptions {LEAN}
spark.sql.adaptive.enabled false
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
"""
"""Plans are made as ever; compiling them would take longer than running them."""
PATIENCE = 280
TIED = (
    "import os, subprocess, sys\n"
    "child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)\n"
    "sys.stdin.read()\n"
    "child.kill()\n"
)
"""Runs a program until standard input ends, which it does when the process of the tests is gone, however it went."""


class Cluster:
    """Started by `start`; `stop` ends all of it."""

    def __init__(self, folder: Path, *, lean: bool = True) -> None:
        self.folder, self._options = folder, OPTIONS if lean else ""
        self.master = ""
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self) -> Cluster:
        """Start all three, unless they run, and wait until both workers are with the master."""
        if self._running:
            return self
        said = self._run("master.Master", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        self.master = self._wait(said, r"Starting Spark master at (\S+)", 1)[0]
        for number in (1, 2):
            place = self.folder / f"work{number}"
            words = ("--host", "127.0.0.1", "--webui-port", "0", "-c", "1", "-m", "1g", "-d", str(place))
            self._run("worker.Worker", *words, self.master)
        self._wait(said, r"Registering worker (\S+)", 2)
        (self.folder / "spark-defaults.conf").write_text(self._options)
        return self

    def settings(self) -> dict[str, Any]:
        """Etappe's settings for it."""
        return {
            "ETAPPE_ENGINE": "spark",
            "ETAPPE_SPARK": self.master,
            "ETAPPE_SPARK_CORES": 2,
            "ETAPPE_SPARK_SECONDS": PATIENCE,
            "ETAPPE_ENGINE_MEMORY": "512MB",
        }

    def stop(self, *, workers_only: bool = False) -> None:
        """End master and workers, or these only; workers take their executors along."""
        kept = 1 if workers_only else 0
        for process in self._running[kept:]:
            assert process.stdin
            process.stdin.close()
        while len(self._running) > kept:
            self._running.pop().wait(PATIENCE)

    def _run(self, name: str, *words: str) -> Path:
        said = self.folder / f"{name}{len(self._running)}.log"
        command = [
            str(spark_line.java()),
            *LEAN.split(),
            "-Xmx192m",
            "-cp",
            f"{home() / 'jars'}/*",
            f"org.apache.spark.deploy.{name}",
            *words,
        ]
        scala = next((home() / "jars").glob("spark-core_*.jar")).name.split("_")[1].split("-")[0]
        environ = {"PATH": os.environ["PATH"], "SPARK_HOME": str(home()), "SPARK_SCALA_VERSION": scala}
        with said.open("wb") as log:
            tied = [sys.executable, "-c", TIED, *command]
            self._running.append(subprocess.Popen(tied, stdin=subprocess.PIPE, stdout=log, stderr=log, env=environ))
        return said

    def _wait(self, said: Path, wanted: str, count: int) -> list[str]:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            found = re.findall(wanted, said.read_text(errors="replace"))
            if len(found) >= count:
                return found
            time.sleep(0.1)
        raise AssertionError(f"no {wanted!r} in {PATIENCE} s:\n{said.read_text(errors='replace')[-2000:]}")


def home() -> Path:
    """Where PySpark brings Spark along."""
    found = find_spec("pyspark")
    assert found and found.origin
    return Path(found.origin).parent


def missing() -> str:
    """What this machine lacks for a cluster; empty if nothing."""
    if find_spec("pyspark") is None:
        return "PySpark is missing"
    return "" if spark_line.java() else "Java is missing"
