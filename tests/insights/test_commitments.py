"""Commitments: who says and sees them, what is kept of what was said before, and how they stand in the backtest."""

from __future__ import annotations

import re
from contextlib import nullcontext
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import transaction
from django.test import Client

from etappe.cli import main
from etappe.core.actor import SYSTEM, Actor
from etappe.core.errors import Forbidden
from etappe.insights import actions
from etappe.insights.commitments import commit, commitments, committed
from etappe.insights.forecast import stored
from etappe.insights.models import Commitment
from etappe.journal.queries import last_entry_id
from etappe.team.actions import create_token
from tests.cast import Cast, email
from tests.insights.history import BEGIN, NOW, Past, live, tell
from tests.replay import assert_replays
from tests.scenery import kept
from tests.unchanged import refused
from tests.web.signed import client_of

pytestmark = pytest.mark.django_db

history = kept(tell)
MONTH = "2026-03"


def said(actor: Actor, amount: Any, *, period: str = MONTH, back: int = 0) -> Any:
    wanted = None if amount is None else Decimal(amount)
    return commit({"period": period, "amount": wanted}, actor=actor, at=NOW - timedelta(days=back))


def seen(viewer: Actor, period: str = MONTH) -> list[tuple[str, Decimal | None]]:
    return [(each.user.name, each.amount) for each in commitments(viewer, [period], NOW.date())]


def test_the_newest_counts_and_what_was_said_before_stays(history: Cast) -> None:
    ada = history.ada
    said(ada, 500, back=30)
    said(ada, 900, back=3)
    before = last_entry_id()
    said(ada, 900)
    assert last_entry_id() == before, "the same again is no act"
    said(ada, 700)
    said(ada, 750)
    assert seen(ada) == [(ada.label, Decimal(750))]
    rows = list(Commitment.objects.order_by("said_on"))
    assert [row.amount for row in rows] == [500, 900, 750]
    for row in rows:
        assert_replays(row)
    assert [_in_all(back) for back in (31, 30, 3, 0)] == [None, 500, 900, 750]
    said(ada, None)
    assert seen(ada) == []
    assert _in_all(0) is None
    said(ada, 0)
    assert seen(ada) == [(ada.label, Decimal(0))], "nothing is something to say"


def _in_all(back: int) -> float | None:
    """What all had committed for the month so many days ago."""
    found = committed(NOW.date())(date(2026, 3, 1), NOW.date() - timedelta(days=back))
    return found.amount if found else None


def test_who_says_and_sees_them(history: Cast) -> None:
    said(history.ada, 10)
    said(history.cem, 20)
    said(history.ben, 5)
    names = {viewer.label: [name for name, _ in seen(viewer)] for viewer in (history.ada, history.ben, history.dot)}
    assert names[history.ada.label] == [history.ada.label]
    assert names[history.ben.label] == sorted([history.ada.label, history.ben.label])
    assert len(names[history.dot.label]) == len(seen(history.oda)) == 3
    assert seen(history.mia) == []
    for actor in (history.mia, history.oda, SYSTEM):
        with pytest.raises(Forbidden), transaction.atomic():
            said(actor, 10)


def test_what_is_no_commitment_is_refused(history: Cast) -> None:
    for code, given in (
        ("month_is_over", {"period": "2026-02", "amount": Decimal(1)}),
        ("not_a_month", {"period": "2026", "amount": Decimal(1)}),
        ("not_a_month", {"period": "2026-Q2", "amount": Decimal(1)}),
        ("not_a_month", {"period": "'; DROP", "amount": Decimal(1)}),
        ("not_a_month", {"amount": Decimal(1)}),
        ("not_an_amount", {"period": MONTH, "amount": Decimal(-1)}),
        ("not_an_amount", {"period": MONTH, "amount": Decimal("NaN")}),
        ("unknown_field", {"period": MONTH, "amount": Decimal(1), "user": 1}),
    ):
        with refused(code):
            commit(given, actor=history.ada, at=NOW)


def test_the_backtest_shows_what_was_said_by_then(history: Cast) -> None:
    """One made after a forecast would have been does not count; it is held against the deals of those who made it."""
    for whose, amount, currency in ((history.ada, 640, "EUR"), (history.ada, 5, "CHF"), (history.ben, 9_000, "EUR")):
        began = (date(2026, 2, 10) - BEGIN.date()).days
        live(Past(began, 8, "won", {"amount": amount, "currency": currency}), actor=whose)
    for actor, amount, back in ((history.ada, 300, 40), (history.cem, 200, 40), (history.ada, 999, 3)):
        said(actor, amount, period="2026-02", back=back)
    actions.forecast(actor=SYSTEM, at=NOW)
    found = stored.turned_out(SYSTEM)
    assert found is not None
    rows = {(row["month"], row["before"]): row for row in found.found["rows"]}
    assert rows["2026-02-01", 1]["committed"] == 500, "said on 21 January, the last day of January counts"
    assert rows["2026-01-01", 1]["committed"] is None
    first = next(each for each in found.found["by_before"] if each["before"] == 1)
    assert first["committed_n"] == 1
    row = rows["2026-02-01", 1]
    own = sum(each.won or 0 for each in commitments(history.dot, ["2026-02"], NOW.date()))
    assert own >= 640
    assert (row["committed_by"], row["committed_came"]) == (2, pytest.approx(float(own)))
    assert first["committed"] == pytest.approx(abs(500 - row["committed_came"]))
    assert row["committed_came"] <= row["came"] - 9_000
    page = _text(client_of("dot"), "/figures/forecast/backtest/")
    assert "Commitments" in page
    assert "n 1" in page
    assert "2 colleagues; came" in page


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.web.middleware.now", lambda: NOW)


def _text(client: Client, address: str) -> str:
    answer = client.get(address, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_terminal_says_it_by_the_same_action_and_what_came(history: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.config.start.application", nullcontext)
    monkeypatch.setattr("etappe.journal.clock.now", lambda: NOW)
    live(Past((NOW - BEGIN).days - 9, 8, "won", {"amount": 640}), actor=history.ada)
    live(Past((NOW - BEGIN).days - 9, 8, "won", {"amount": 5, "currency": "CHF"}), actor=history.ada)

    def run(*words: str) -> tuple[int, str]:
        found = CliRunner().invoke(main, ["commitment", *words])
        return found.exit_code, found.output

    assert run("list", MONTH) == (0, f"Nobody committed to anything for {MONTH}.\n")
    assert run("make", MONTH, "1200", "--as", email("ada")) == (0, f"{history.ada.label}  {MONTH}: 1,200 EUR\n")
    assert seen(history.ada) == [(history.ada.label, Decimal(1200))]
    told = f"{history.ada.label}  1,200 EUR, said on {NOW.date()}; won by {NOW.date()}: 640\n"
    assert run("list", MONTH) == run("list", MONTH, "--as", email("ben")) == (0, told)
    assert run("list", MONTH, "--as", email("cem"))[1].startswith("Nobody")
    assert "640" in run("list", MONTH, "--format", "json")[1]
    assert run("make", "2026-04", "5", "--as", email("ada"))[0] == 0
    assert "won by" not in run("list", "2026-04")[1], "it has not begun"
    assert run("make", MONTH, "-", "--as", email("ada"))[1].endswith("taken back\n")
    for words in (("make", MONTH, "much"), ("make", "2026", "5"), ("make", "2026-02", "5"), ("make", MONTH, "NaN")):
        code, said_so = run(*words, "--as", email("ada"))
        assert code == 1 and "Traceback" not in said_so
    assert run("make", MONTH, "5", "--as", email("mia"))[0] == 1
    assert run("make", MONTH, "5", "--as", "nobody@etappe.example")[0] == 1


@pytest.mark.usefixtures("now")
def test_page_and_api(history: Cast, django_assert_max_num_queries: Any) -> None:
    actions.forecast(actor=SYSTEM, at=NOW)
    ada, dot = client_of("ada"), client_of("dot")
    assert "Nobody committed to anything yet" in _text(ada, "/figures/forecast/commitments/")
    saved = ada.post(
        "/figures/forecast/commitments/", {"period": MONTH, "amount": "1,200"}, headers={"Accept-Language": "en"}
    )
    assert saved.status_code == 303
    said(history.cem, 300)
    with django_assert_max_num_queries(18):
        page = _text(dot, "/figures/forecast/commitments/")
    assert "€1,200" in page and "€300" in page and re.search(r"Together €1,500 – – –", page), page
    assert "Forecast of what is still won" in page
    wrong = ada.post("/figures/forecast/commitments/", {"period": "2020-01", "amount": "5"})
    assert wrong.status_code == 422
    assert client_of("mia").post("/figures/forecast/commitments/", {"period": MONTH}).status_code == 403
    assert "What I commit to" not in _text(client_of("mia"), "/figures/forecast/commitments/")
    token = create_token("Test", ("write",), actor=history.ada, at=NOW)[1]
    head = {"authorization": f"Bearer {token}", "idempotency-key": "one"}
    made = ada.post("/api/v1/commitments", {"period": "2099-11", "amount": "7"}, "application/json", headers=head)
    assert (made.status_code, made.json()["amount"]) == (200, "7.0000")
    asked = ada.get("/api/v1/commitments?period=2099-11", headers=head).json()
    assert [(each["user"]["name"], each["period"]) for each in asked] == [(history.ada.label, "2099-11")]
    assert ada.get("/api/v1/commitments?period=2099", headers=head).status_code == 422
