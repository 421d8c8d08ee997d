"""The line to the driver on a Spark cluster: one per process, started when first asked, bounded in time, never awaited.

A question waits for its answer as long as the setting allows and as long as the cluster's master can be reached.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from importlib.util import find_spec
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from etappe.core.errors import Unavailable
from etappe.insights.spark_driver import Cancel, Fact, Question, Reply, Settings

IDLE: Final = 600.0
"""Seconds without a question after which a driver ends and gives back what it held."""
BEAT: Final = 1.0
"""Seconds between two looks at whether the master is still there."""
MISSED: Final = 3
"""Looks in a row without a master after which a question is given up."""
GRACE: Final = 5.0
"""Seconds that Spark has to stop a question that came to its limit."""
LEAST: Final = 512
"""Megabytes below which Spark does not begin."""
LOG: Final = "driver.log"
MAIN: Final = "from etappe.insights.spark_driver import main; main()"
OURS: Final = ("ETAPPE_", "DATABASE_", "DJANGO_", "PG")
"""What variables begin with that no driver needs to know."""


class Line:
    """A driver that runs, and the questions that wait for it."""

    def __init__(self) -> None:
        ours, theirs = Pipe()
        self._place = Path(tempfile.mkdtemp(prefix="etappe-spark-"))
        with theirs:
            self._process = _start(theirs, self._place)
        self._line, self._sending, self._ending = ours, threading.Lock(), threading.Lock()
        self._waiting: dict[int, Future[Reply]] = {}
        self._last_words = ""
        self._line.send(Settings(settings.ETAPPE_SPARK, _options(self._place), IDLE))
        self._listening = threading.Thread(target=self._listen, name="spark", daemon=True)
        self._listening.start()

    @property
    def is_open(self) -> bool:
        """Whether it can be asked."""
        return not self._line.closed

    @property
    def last_words(self) -> str:
        """Of a driver that was ended: why it could not start."""
        self._listening.join(GRACE)
        return self._last_words

    def ask(self, question: Question) -> Reply | None:
        """The answer; None where the driver is gone. Raises `Unavailable` where it takes too long."""
        answer = self._waiting[question.number] = Future()
        if not self._send(question):
            return None
        try:
            return self._awaited(answer)
        except _Lost:
            self.end()
            raise Unavailable("spark_lost", master=settings.ETAPPE_SPARK) from None
        except TimeoutError:
            raise self._late(question, answer) from None
        except _Gone:
            return None
        finally:
            self._waiting.pop(question.number, None)

    def end(self) -> None:
        """End the driver and the JVM below it at once; Spark gives the cores back when it sees them gone."""
        with self._ending:
            if self._process.returncode is None:  # until it was waited for, its number is nobody else's
                with suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()

    def _awaited(self, answer: Future[Reply]) -> Reply:
        """The reply; raises `TimeoutError` at the limit, `_Gone`, and `_Lost` without a master for a few looks."""
        until, missed = time.monotonic() + settings.ETAPPE_SPARK_SECONDS, 0
        while (left := until - time.monotonic()) > 0:
            with suppress(TimeoutError):
                return answer.result(min(BEAT, left))
            if not self.is_open:
                raise _Gone
            missed = 0 if is_reached() else missed + 1
            if missed == MISSED:
                raise _Lost
        raise TimeoutError

    def _late(self, question: Question, answer: Future[Reply]) -> Unavailable:
        """Stop the question, and the driver with it if it cannot."""
        self._send(Cancel(question.number))
        try:
            had_any = answer.result(GRACE).executors > 0
        except (TimeoutError, _Gone):
            self.end()
            had_any = True
        if had_any:
            return Unavailable("spark_too_slow", seconds=settings.ETAPPE_SPARK_SECONDS)
        return Unavailable("spark_busy", seconds=settings.ETAPPE_SPARK_SECONDS)

    def _send(self, told: Question | Cancel) -> bool:
        try:
            with self._sending:
                self._line.send(told)
        except OSError:
            return False
        return True

    def _listen(self) -> None:
        """Hand answers to those who wait for them, until the driver ends."""
        try:
            while True:
                reply: Reply = self._line.recv()
                if waits := self._waiting.get(reply.number):
                    waits.set_result(reply)
        except (EOFError, OSError):
            pass
        self._line.close()
        self.end()
        self._last_words = _last_words(self._place / LOG)
        shutil.rmtree(self._place, ignore_errors=True)
        for answer in list(self._waiting.values()):
            if not answer.done():
                answer.set_exception(_Gone())


class _Gone(Exception):
    """The driver ended."""


class _Lost(Exception):
    """The master cannot be reached any more."""


_numbers = itertools.count(1)
_starting = threading.Lock()
_kept: list[Line] = []


def ask(*, state: str, facts: Mapping[str, Fact], sql: str, values: Mapping[str, Any]) -> Reply:
    """What Spark answers to a statement over a state of the facts; a driver that died meanwhile is started anew once.

    Raises `Unavailable` where that cannot be done, or takes too long.
    """
    is_fresh = False
    while not is_fresh:
        line, is_fresh = _opened()
        reply = line.ask(Question(next(_numbers), state, facts, sql, values))
        if reply and not reply.is_over:
            return reply
        line.end()
    if not is_reached():
        raise Unavailable("spark_lost", master=settings.ETAPPE_SPARK)
    raise Unavailable("spark_not_started", why=line.last_words)


def end() -> None:
    """End the driver of this process, if there is one."""
    with _starting:
        while _kept:
            _kept.pop().end()


def _opened() -> tuple[Line, bool]:
    """The line, and whether it was opened just now."""
    with _starting:
        if _kept and _kept[0].is_open:
            return _kept[0], False
        require()
        _kept[:] = [Line()]
        return _kept[0], True


def require() -> None:
    """Raise `Unavailable` where something is missing that a driver needs."""
    if not settings.ETAPPE_SPARK:
        raise Unavailable("spark_unnamed")
    if find_spec("pyspark") is None:
        raise Unavailable("spark_not_installed")
    if java() is None:
        raise Unavailable("spark_needs_java")
    if not is_reached():
        raise Unavailable("spark_unreachable", master=settings.ETAPPE_SPARK)


def java() -> str | None:
    """The program that Spark would start; None where there is none."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=os.path.join(home, "bin") if home else None)


def is_reached() -> bool:
    """Whether a master of the cluster takes a connection."""
    return any(_takes(*place.rsplit(":", 1)) for place in settings.ETAPPE_SPARK.removeprefix("spark://").split(","))


def _takes(host: str, port: str) -> bool:
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=5).close()
    except OSError:
        return False
    return True


def _start(line: Connection, place: Path) -> subprocess.Popen[bytes]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    with (place / LOG).open("wb") as said:
        return subprocess.Popen(
            [sys.executable, "-c", MAIN, str(line.fileno())],
            pass_fds=[line.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env=environ | {"TMPDIR": str(place)},
            start_new_session=True,
        )


def _last_words(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return next((line for line in lines if "Exception" in line or "Error" in line), "".join(lines[-1:]))[:300]


def _options(place: Path) -> dict[str, str]:
    """Spark's options that are decided here; all others are those of `spark-defaults.conf`."""
    return {
        "spark.driver.host": settings.ETAPPE_SPARK_HOST,
        "spark.driver.bindAddress": settings.ETAPPE_SPARK_HOST,
        "spark.driver.memory": f"{max(LEAST, int(settings.ETAPPE_ENGINE_MEMORY.removesuffix('MB')))}m",
        "spark.local.dir": str(place),
        "spark.cores.max": str(settings.ETAPPE_SPARK_CORES),
        "spark.sql.shuffle.partitions": str(settings.ETAPPE_SPARK_CORES),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.variable.substitute": "false",
        "spark.sql.sources.parallelPartitionDiscovery.threshold": "1000000",
        "spark.scheduler.mode": "FAIR",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
    }
