"""A driver on a Spark cluster, in a process of its own: told and asked through a pipe.

It holds PySpark, a JVM below it and, once asked, cores of the cluster. When nobody asks for a while, or whoever started
it is gone, it ends, and all of that comes back. Nothing here knows Django, the database or any secret of ours.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

AT_ONCE: Final = 8
"""Questions that run at the same time; the others wait."""
STATES: Final = 2
"""States of the facts that are kept open: the newest, and the one that a question may still be reading."""


@dataclass(frozen=True)
class Settings:
    """What a driver is told once: where the cluster is, Spark's own options, and after how long it ends unasked."""

    master: str
    options: Mapping[str, str]
    idle_seconds: float


@dataclass(frozen=True)
class Fact:
    """A view to read: its columns as Spark writes them, and the files it is made of."""

    columns: str
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A statement with its named values, over one state of the facts."""

    number: int
    state: str
    facts: Mapping[str, Fact]
    sql: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Cancel:
    """Nobody waits for this question any more."""

    number: int


@dataclass(frozen=True)
class Reply:
    """What became of a question: columns and rows, or what Spark said instead, and how many executors it had."""

    number: int
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    failed: str = ""
    condition: str = ""
    executors: int = 0
    is_over: bool = False
    """Whether this driver is of no use any more."""


class Driver:
    """The one session of this process, and the views of the states it was asked about."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._first: SparkSession | None = None
        self._opened: dict[str, SparkSession] = {}

    def answer(self, question: Question) -> Reply:
        """Rows, or why there are none. Never raises: whatever Spark says is told."""
        try:
            session = self._session(question)
            tag = _tag(question.number)
            session.sparkContext.addJobTag(tag)
            try:
                found = session.sql(question.sql, dict(question.values))
                rows = tuple(tuple(row) for row in found.collect())
            finally:
                session.sparkContext.removeJobTag(tag)
            return Reply(question.number, tuple(found.columns), rows)
        except Exception as error:
            return self._told(question.number, error)

    def cancel(self, number: int) -> None:
        """Stop what runs for a question."""
        if self._first is not None:
            self._first.sparkContext.cancelJobsWithTag(_tag(number))

    def _session(self, question: Question) -> SparkSession:
        with self._lock:
            if self._first is None:
                self._first = self._start()
            if question.state not in self._opened:
                self._opened[question.state] = _with_views(self._first.newSession(), question.facts)
                while len(self._opened) > STATES:
                    del self._opened[next(iter(self._opened))]
            return self._opened[question.state]

    def _start(self) -> SparkSession:
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.master(self._settings.master).appName("etappe")
        for name, value in self._settings.options.items():
            builder = builder.config(name, value)
        return builder.getOrCreate()

    def _told(self, number: int, error: Exception) -> Reply:
        condition = getattr(error, "getCondition", lambda: None)() or ""
        executors, is_over = self._state()
        return Reply(number, failed=str(error), condition=condition, executors=executors, is_over=is_over)

    def _state(self) -> tuple[int, bool]:
        """How many executors there are, and whether all is over."""
        try:
            assert self._first is not None
            context = self._first.sparkContext._jsc.sc()
            return context.getExecutorMemoryStatus().size() - 1, bool(context.isStopped())
        except Exception:
            return 0, True


def _tag(number: int) -> str:
    return f"question-{number}"


def _with_views(session: SparkSession, facts: Mapping[str, Fact]) -> SparkSession:
    for name, fact in facts.items():
        # The folders say which part a file is, which is no column; and a path is a path, whatever signs are in it.
        reader = session.read.schema(fact.columns).option("recursiveFileLookup", True).option("__globPaths__", False)
        if fact.paths:
            reader.parquet(*fact.paths).createOrReplaceTempView(name)
        else:
            # No rows, for which the cluster needs no Python.
            none = f"SELECT inline(CAST(NULL AS ARRAY<STRUCT<{fact.columns}>>)) WHERE false"
            session.sql(none).createOrReplaceTempView(name)
    return session


def serve(line: Connection) -> None:
    """Answer what comes along the line until it ends, or nothing came for long enough."""
    settings = line.recv()
    driver, sending = Driver(settings), threading.Lock()
    running: set[int] = set()

    def work(question: Question) -> None:
        reply = driver.answer(question)
        with sending:
            running.discard(question.number)
            line.send(reply)

    workers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="question")
    while line.poll(settings.idle_seconds) or running:
        if not line.poll(0):
            continue
        told = line.recv()
        if isinstance(told, Cancel):
            driver.cancel(told.number)
        else:
            running.add(told.number)
            workers.submit(work, told)


def main() -> None:
    """Serve the line whose number was given, and go at once when it ends; the JVM sees us gone and ends as well."""
    try:
        serve(Connection(int(sys.argv[1])))
    except (EOFError, OSError):
        shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)  # whoever made this folder for us is gone
    finally:
        os._exit(0)
