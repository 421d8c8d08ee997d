"""The pages of figures over workspaces that have little, or nothing of one kind: no error, no NaN, no made-up zero."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.test import Client

from etappe.core.actor import SYSTEM
from etappe.insights import actions
from etappe.insights.queries import keys
from tests.cast import Cast
from tests.insights.history import NOW, Past, company, live
from tests.web.signed import client_of

pytestmark = pytest.mark.django_db

AGE = 420
"""Days from the begin of the history to now, so far that a year of months lies behind."""


def _many(count: int, *ends: str, **fields: object) -> list[Past]:
    """So many deals that end in turn as said."""
    found = []
    for place in range(count):
        end = ends[place % len(ends)]
        days = AGE - 9 * place if end == "open" else 20 + place % 9
        found.append(Past(began=9 * place, days=days, outcome=end, fields=dict(fields)))
    return found


def _two_currencies() -> list[Past]:
    return [*_many(24, "won", "lost", "open"), *_many(24, "won", "lost", "open", currency="CHF")]


WORKSPACES: dict[str, Callable[[], list[Past]]] = {
    "empty": list,
    "one open deal": lambda: _many(1, "open"),
    "one won deal": lambda: _many(1, "won"),
    "two deals": lambda: _many(2, "won", "lost"),
    "nothing won": lambda: _many(40, "lost", "lost", "open"),
    "nothing lost": lambda: _many(40, "won", "won", "open"),
    "two currencies": _two_currencies,
    "no amounts": lambda: _many(40, "won", "lost", "open", amount=None),
    "closed before they began": lambda: _many(40, "won", "lost", "open", engaged_since=date(2030, 1, 1)),
    "one customer with an amount": lambda: [*_many(40, "won", "lost", "open", amount=None), *_many(1, "won")],
}
PAGES = (
    "/figures/", "/figures/quality/counts/", *(f"/figures/{key}/" for key in keys()),
    "/figures/win_rate/past/", "/figures/velocity/past/", "/figures/bottlenecks/?by=source",
    "/figures/sales_cycle/?by=source", "/figures/win_rate/records/",
    "/figures/forecast/", "/figures/forecast/backtest/", "/figures/forecast/commitments/", "/figures/goals/",
    "/setup/model/measured/",
)  # fmt: skip
WRONG = re.compile(
    r"\b(NaN|nan|inf)\b|\bNone\b(?! of)|%\(|\{\w*\}"
    r"|(?<![\d.,])1 (deals|Deals|days|Tage|months|Monate|stays|accounts|people)\b"
)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The pages' clock stands at the end of the history."""
    monkeypatch.setattr("etappe.web.middleware.now", lambda: NOW)
    return iter(())


@pytest.mark.usefixtures("now")
@pytest.mark.parametrize("name", WORKSPACES)
def test_pages_hold_over_odd_records(name: str) -> None:
    cast: Cast = company()
    for past in WORKSPACES[name]():
        live(past, actor=cast.ada)
    actions.forecast(actor=SYSTEM, at=NOW)
    client, wrong = client_of("dot"), []
    for language in ("en", "de"):
        for page in PAGES:
            wrong += [f"{page} ({language}): …{found}…" for found in _wrong(client, page, language)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.usefixtures("now")
@pytest.mark.parametrize("name", ["nothing won", "no amounts"])
def test_what_is_not_known_is_no_zero(name: str) -> None:
    cast: Cast = company()
    for past in WORKSPACES[name]():
        live(past, actor=cast.ada)
    actions.forecast(actor=SYSTEM, at=NOW)
    client = client_of("dot")
    said = {"nothing won": "No deal was ever won", "no amounts": "No won deal has an amount"}[name]
    page = client.get("/figures/forecast/").content.decode()
    assert said in page and "€0" not in page
    if name == "no amounts":
        stages = client.get("/figures/stage_now/").content.decode()
        assert "13 without amount" in stages and "€0" not in stages
    else:
        lost = client.get("/figures/time_not_won/").content.decode()
        assert "not known yet" in lost and "32% of deals last longer than any was seen to end" in lost


def _wrong(client: Client, page: str, language: str) -> Iterator[str]:
    answer = client.get(page, headers={"Accept-Language": language})
    assert answer.status_code == 200, f"{page} {answer.status_code}"
    whole = re.sub(r"<(script|style|pre)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    said = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", whole)))
    for found in WRONG.finditer(said):
        yield said[max(0, found.start() - 40) : found.end() + 40]
