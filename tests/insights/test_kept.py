"""Figures of the first look that are kept: shown with their moment, only to those they are of, only while they hold."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from etappe.core.actor import SYSTEM, Actor
from etappe.core.errors import Forbidden
from etappe.core.figures import Result
from etappe.insights.actions_kept import SHARE, SLOW, keep_first_look
from etappe.insights.kept import FRESH
from etappe.insights.queries import FIRST_LOOK, first_look, report
from tests.cast import Cast
from tests.insights.history import NOW, Past, live, tell
from tests.scenery import kept
from tests.web.signed import client_of

pytestmark = pytest.mark.django_db

told = kept(tell)
LATER = NOW + timedelta(minutes=5)


def lasting(seconds: float) -> Callable[[], float]:
    """A clock by which whatever is done takes so long."""
    return itertools.count(0.0, seconds).__next__


def keep(at: datetime = NOW, *, seconds: float = SLOW * 2) -> int:
    return keep_first_look(clock=lasting(seconds), actor=SYSTEM, at=at)


def looked(viewer: Actor, at: datetime = LATER, **asked: Any) -> dict[str, Result]:
    found = first_look(viewer=viewer, now=at, **asked)
    assert tuple(result.metric for result in found) == FIRST_LOOK
    return {result.metric: result for result in found}


def one_more(told: Cast) -> None:
    live(Past(began=300, days=10, outcome="won", fields={}), actor=told.ada)


def test_what_is_kept_is_what_was_found(told: Cast) -> None:
    live_ones = looked(told.dot, NOW)
    assert keep() == len(FIRST_LOOK)
    for key, result in looked(told.dot).items():
        assert result.facts_at == NOW
        assert result.finding == live_ones[key].finding
        assert (result.as_of, result.seen_since) == (live_ones[key].as_of, live_ones[key].seen_since)


def test_it_is_shown_until_it_is_found_anew_and_says_since_when(told: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    keep()
    one_more(told)
    assert looked(told.dot)["win_rate"].finding.n == 44
    monkeypatch.setattr("etappe.web.middleware.now", lambda: LATER)
    page = client_of("dot").get("/figures/", headers={"Accept-Language": "en"}).content.decode()
    assert "As found on 2 Mar 2026, 10:00. What was recorded since is not in it yet." in page
    assert "26 won, 14 lost" in page
    assert report("win_rate", viewer=told.dot, now=LATER).finding.n == 45, "a figure by itself is found when asked"
    keep(NOW + timedelta(seconds=30))
    assert looked(told.dot)["win_rate"].finding.n == 44, "keeping it costs no more than a share of the machine"
    keep(anew := NOW + timedelta(seconds=SLOW * 2 * SHARE), seconds=900)
    found = looked(told.dot, anew)["win_rate"]
    assert (found.finding.n, found.facts_at) == (45, anew)
    keep(last := anew + FRESH - timedelta(minutes=10))
    assert looked(told.dot, last)["win_rate"].facts_at == last, "found anew before it holds no more, whatever it takes"


def test_it_holds_for_nobody_and_nothing_else(told: Cast) -> None:
    keep()
    one_more(told)
    for viewer in (told.ada, told.cem, told.ben):
        found = looked(viewer)["sales_cycle"]
        assert found.facts_at is None
        assert found.finding == report("sales_cycle", viewer=viewer, now=LATER).finding
    assert looked(told.oda)["win_rate"].facts_at == NOW, "whoever sees all deals sees the same"
    asked: tuple[dict[str, Any], ...] = (
        {"as_of": LATER.date() - timedelta(days=1)},
        {"where": "source = fair"},
        {"at": NOW + FRESH},
        {"at": NOW + timedelta(days=1)},
        {"at": NOW - timedelta(minutes=1)},
    )
    for other in asked:
        assert {result.facts_at for result in looked(told.dot, **other).values()} == {None}, other


def test_nothing_is_kept_where_nobody_waits(told: Cast) -> None:
    assert keep(seconds=SLOW / 2) == 0
    assert looked(told.dot)["win_rate"].facts_at is None
    keep()
    assert keep(NOW + FRESH, seconds=SLOW / 2) == 0
    assert looked(told.dot, NOW + FRESH)["win_rate"].facts_at is None
    with pytest.raises(Forbidden):
        keep_first_look(clock=lasting(9), actor=told.ada, at=NOW)


def test_pages_come_before_figures_that_take_long(told: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.web.middleware.now", lambda: LATER)
    assert "59.1%" in client_of("dot").get("/figures/?where=owner+!%3D+me").content.decode(), "as long as it is quick"
    keep()
    assert "59.1%" in client_of("dot").get("/figures/").content.decode(), "what is kept stands on the page"
    for name, address in (("dot", "/figures/?where=owner+!%3D+me"), ("ada", "/figures/")):
        client = client_of(name)
        page = client.get(address).content.decode()
        assert f'hx-get="{address}" hx-trigger="load"' in page and "Sales cycle" not in page
        part = client.get(address, headers={"HX-Request": "true"}).content.decode()
        assert "Sales cycle" in part and "<html" not in part
        whole = client.get(f"{address}{'&' if '?' in address else '?'}whole=1").content.decode()
        assert "Sales cycle" in whole and "<html" in whole
