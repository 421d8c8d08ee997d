"""The child process: answers, limits, and what happens when it or its parent goes away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from etappe.core.errors import Refusal
from etappe.core.mail_facts import MailFacts
from etappe.foreign import child, wire
from etappe.foreign.mail import parse_mail, read_mail
from tests.foreign import misbehave

LIMITS: dict[str, Any] = {"seconds": 5.0, "megabytes": 100}
MAIL = b"From: Eva Muster <eva@example.com>\r\nDate: Mon, 1 Jun 2026 10:00:00 +0200\r\n\r\nWe agree.\r\n"


def refusal_of(function, payload=b"x", **limits) -> tuple[str, dict[str, Any]]:
    with pytest.raises(Refusal) as caught:
        child.run(function, payload, **(LIMITS | limits))
    return caught.value.code, dict(caught.value.params)


def test_answers_and_arguments(tmp_path: Path) -> None:
    assert child.run(misbehave.answer, b"hello", **LIMITS) == "hello"
    assert child.run(misbehave.add, b"hello", 3, **LIMITS) == 8
    (tmp_path / "a b.txt").write_text("first\nsecond\n")
    assert child.run(misbehave.first_line, tmp_path / "a b.txt", **LIMITS) == "first\n"


def test_what_no_database_takes_is_replaced_on_the_way() -> None:
    assert child.run(misbehave.answer, b"a\x00b", **LIMITS) == "a\ufffdb"


def test_a_reader_that_takes_too_long_is_ended() -> None:
    for function in (misbehave.sleep, misbehave.spin, misbehave.stubborn):
        began = time.monotonic()
        assert refusal_of(function, seconds=0.5) == ("file_too_slow", {"seconds": 0.5})
        assert time.monotonic() - began < 5


def test_a_reader_that_takes_too_much_memory_is_ended() -> None:
    assert refusal_of(misbehave.swallow) == ("file_unreadable", {"reason": "too_much_memory"})
    assert child.run(misbehave.swallow, b"", **LIMITS) == 0


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (misbehave.recurse, "nested"),
        (misbehave.crash, "crashed"),
        (misbehave.leave, "crashed"),
        (misbehave.fail, "malformed"),
        (misbehave.lie, "crashed"),
        (misbehave.write, "malformed"),
        (misbehave.open_many, "malformed"),
    ],
)
def test_everything_else_that_goes_wrong_has_a_name(function, reason: str) -> None:
    code, params = refusal_of(function)
    assert (code, params["reason"]) == ("file_unreadable", reason)
    assert "what the file says" not in str(params)


def test_a_readers_own_refusal_arrives() -> None:
    assert refusal_of(misbehave.refuse) == ("file_kind_refused", {"name": "a\ufffdb", "kinds": ["pdf"]})


def test_too_much_is_refused_before_it_is_sent() -> None:
    assert refusal_of(misbehave.answer, bytes(wire.MAX_FRAME + 1))[0] == "file_too_large"


def test_the_child_has_no_secrets_and_no_claim_to_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETAPPE_SECRET_KEY", "secret")
    assert not {"ETAPPE_SECRET_KEY", "DATABASE_URL", "HOME"} & set(child.run(misbehave.surroundings, b"", **LIMITS))
    assert child.run(misbehave.niceness, b"", **LIMITS) > os.nice(0)


def test_many_threads_at_once() -> None:
    with ThreadPoolExecutor(12) as pool:
        results = list(pool.map(lambda n: child.run(misbehave.add, bytes(n), 1, **LIMITS), range(60)))
    assert results == list(range(1, 61))


def test_a_nursery_that_died_is_replaced() -> None:
    nursery = child.run(misbehave.parent, b"", **LIMITS)
    os.kill(nursery, signal.SIGKILL)
    time.sleep(0.1)
    assert child.run(misbehave.parent, b"", **LIMITS) != nursery


def test_batches_stream_in_order_and_may_be_left(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"")
    counted = child.stream(misbehave.count, tmp_path / "x", 5000, **LIMITS)
    assert [number for (number,) in counted] == list(range(5000))
    endless = child.stream(misbehave.count, tmp_path / "x", 10**12, **LIMITS)
    assert [next(endless), next(endless)] == [[0], [1]]
    endless.close()


def test_a_reader_waits_for_a_slow_caller(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"")
    counted = child.stream(misbehave.count, tmp_path / "x", 100_000, seconds=0.5, megabytes=50)
    assert next(counted) == [0]
    time.sleep(1.5)
    assert sum(1 for _ in counted) == 99_999


@pytest.mark.parametrize(
    ("function", "code"), [(misbehave.stall, "file_too_slow"), (misbehave.break_off, "file_unreadable")]
)
def test_a_stream_that_breaks_off_says_why(tmp_path: Path, function, code: str) -> None:
    (tmp_path / "x").write_bytes(b"")
    stream = child.stream(function, tmp_path / "x", seconds=0.5, megabytes=50)
    assert next(stream) == [1]
    with pytest.raises(Refusal) as caught:
        next(stream)
    assert caught.value.code == code


def test_each_process_of_a_forking_server_has_its_own() -> None:
    """As gunicorn does it: read, fork, read on both sides; nobody is left behind at the end."""
    script = (
        "import os, sys\n"
        "from etappe.foreign import child\n"
        "from tests.foreign import misbehave\n"
        "def nursery(): return child.run(misbehave.parent, b'', seconds=20, megabytes=100)\n"
        "mine = nursery()\n"
        "if os.fork() == 0:\n"
        "    assert nursery() != mine\n"
        "    sys.exit(0)\n"
        "assert os.waitstatus_to_exitcode(os.wait()[1]) == 0\n"
        "assert nursery() == mine\n"
        "print(mine)\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert not Path(f"/proc/{done.stdout.strip()}").exists()


def test_a_normal_mail_costs_little() -> None:
    raw = MAIL + b"A line of an ordinary letter of some length, with a few words.\r\n" * 320
    assert len(raw) > 20_000
    assert min(child.run(misbehave.cost_of_mail, raw, **LIMITS) for _ in range(5)) < 0.150
    began = time.process_time()
    for _ in range(10):
        read_mail(raw)
    assert (time.process_time() - began) / 10 < 0.030


def test_the_wire_takes_only_what_was_promised() -> None:
    facts = parse_mail(MAIL)
    assert wire.load(MailFacts, wire.dump(facts)) == facts
    for wrong in (b"[]", b"null", b"{}", b"NaN", wire.dump(facts).replace(b'"is_auto":false', b'"is_auto":0')):
        with pytest.raises(wire.Malformed):
            wire.load(MailFacts, wrong)
    with pytest.raises(wire.Malformed):
        wire.load(str, b'"a\\u0000"')
