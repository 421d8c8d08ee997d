"""Event logs of others: read with limits, refused with a place."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from etappe.foreign.event_log import UnreadableLog, read_log

EVENT = (
    '<event><string key="concept:name" value="{name}"/><date key="time:timestamp" value="{at}"/>'
    '<int key="cost" value="{cost}"/></event>'
)
LOG = '<?xml version="1.0"?>{declared}<log xmlns="http://www.xes-standard.org/">{cases}</log>'


def log(*events: tuple[str, str, str], declared: str = "") -> str:
    inside = "".join(EVENT.format(name=name, at=at, cost=cost) for name, at, cost in events)
    return LOG.format(declared=declared, cases=f'<trace><string key="kind" value="a"/>{inside}</trace>')


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "log.xes"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_events_come_in_the_order_of_time_with_their_facts(tmp_path: Path) -> None:
    text = log(("late", "2024-01-02T00:00:00Z", "7"), ("early", "2024-01-01T01:00:00+01:00", "nan"))
    for path in (written(tmp_path, text), written(tmp_path, gzip.compress(text.encode()))):
        (case,) = read_log(path).cases
        assert case.facts == {"kind": "a"} and case.days == 1.0
        assert [(event.activity, event.facts["cost"]) for event in case.events] == [("early|", None), ("late|", 7.0)]


def test_what_has_no_time_is_counted_and_left_out(tmp_path: Path) -> None:
    text = log(("a", "yesterday", "1"), ("", "2024-01-01", "1"), ("b", "2024-01-01", "1"))
    found = read_log(written(tmp_path, text))
    assert (len(found.cases[0].events), found.dropped_events) == (1, 2)


BOMB = '<!DOCTYPE log [<!ENTITY a "{}"><!ENTITY b "&a;&a;&a;&a;">]>'.format("x" * 1000)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (log(("a", "2024-01-01", "1"), declared=BOMB), "document type"),
        (log(("a", "2024-01-01", "1"), declared='<!DOCTYPE log SYSTEM "file:///etc/passwd">'), "document type"),
        ("<log><trace>", "line 1"),
        ("<log></log>", "no case"),
        ("<l>" * 100, "deeper"),
        ("", "no element found"),
        (gzip.compress(log(("a", "2024-01-01", "1")).encode())[:-20], "log.xes"),
        (b"\x1f\x8b\x08nothing", "log.xes"),
    ],
)
def test_what_is_no_log_is_refused_with_its_reason(tmp_path: Path, content: str | bytes, reason: str) -> None:
    with pytest.raises(UnreadableLog, match=reason):
        read_log(written(tmp_path, content))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableLog, match=r"gone\.xes"):
        read_log(tmp_path / "gone.xes")
