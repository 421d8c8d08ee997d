"""Deals that passed a stage and were won from there: against the plan they were lived by, the simulator, lifelines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import transaction
from django.test import Client
from scipy.stats import binomtest, chi2_contingency

from etappe.core.actor import SYSTEM
from etappe.core.errors import Refusal
from etappe.core.proportion import spread
from etappe.core.simulate.lives import WON, Lives
from etappe.core.survival import share_within
from etappe.deals.actions.place import create, leave, move, win
from etappe.deals.load import NewDeal, create_deals
from etappe.insights.catalogue.durations import CODES
from etappe.insights.catalogue.passed_and_won import finish
from etappe.insights.queries import get_metric, narrowed, records, report
from etappe.playbook.queries import get_version
from tests.cast import Cast
from tests.core.test_coverage import PLAIN, RUNS, company
from tests.insights.history import BEGIN, NOW, REASON
from tests.insights.history import company as founded
from tests.web.signed import client_of

NAMES = {code: outcome for outcome, code in CODES.items()}
Way = tuple[tuple[tuple[str, int], ...], str, int | None]
"""Stages with the day a deal came there, how it ended, and when."""

WAYS: tuple[Way, ...] = (
    *(((("agreed", day), ("ordered", day + 3)), "won", day + 3 + day % 50) for day in range(60, 360, 10)),
    *(((("agreed", day), ("ordered", day + 5)), "lost", day + 20) for day in range(65, 365, 20)),
    *(((("agreed", day), ("ordered", day + 1)), "open", None) for day in (380, 400, 410)),
    *(((("found", day), ("agreed", day + 2)), "won", day + 9) for day in (200, 300)),
    ((("agreed", 100), ("ordered", 110), ("agreed", 130), ("ordered", 200)), "won", 215),
    ((("agreed", 120), ("found", 130)), "lost", 140),
    ((("found", 150),), "won", 160),
    ((("agreed", 2), ("ordered", 4)), "won", 9),
    ((("agreed", 170),), "lost", 171),
)
END = (NOW - BEGIN).days
WINDOW, WITHIN = 365, 30


def _live(way: Way, cast: Cast) -> None:
    ((first, begun), *others), outcome, end = way
    made = create({"name": str(way)}, stage=first, late_entry=True, actor=cast.ada, at=BEGIN + timedelta(days=begun))
    for stage, day in others:
        move(made.uid, stage, actor=cast.ada, at=BEGIN + timedelta(days=day))
    if outcome == "won":
        win(made.uid, actor=cast.ada, at=BEGIN + timedelta(days=end or 0))
    elif end is not None:
        leave(made.uid, REASON[outcome], actor=cast.ada, at=BEGIN + timedelta(days=end))


def _passed(way: Way) -> int | None:
    """The day a deal first passed “agreed”, by the plan."""
    stays, outcome, end = way
    came = [day for stage, day in stays if stage == "agreed"]
    if not came:
        return None
    on = [day for stage, day in stays if stage == "ordered" and day > came[0]]
    return on[0] if on else end if outcome == "won" else None


@pytest.fixture(scope="module")
def lived(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """The ways, lived once for all tests of this module, and taken back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast = founded()
        for way in WAYS:
            _live(way, cast)
        yield cast
        transaction.set_rollback(True)


def _figure(**asked: Any) -> Any:
    return report("passed_and_won", viewer=SYSTEM, now=NOW, **asked)


def test_it_is_that_of_the_plan(lived: Cast) -> None:
    found = _figure().finding
    passed = [(day, way) for way in WAYS if (day := _passed(way)) is not None and day > END - WINDOW]
    won = [way for day, way in passed if way[1] == "won" and (way[2] or 0) - day <= WITHIN]
    still = [way for day, way in passed if way[1] == "open" and END - day < WITHIN]
    assert (found.n, found.extra["won"], found.extra["still"]) == (len(passed), len(won), len(still))
    assert len(still) == 2
    followed = [way for _day, way in passed if way not in still]
    assert found.cases == len(followed)
    before = _figure(as_of=(BEGIN + timedelta(days=360)).date(), options={"stage": "plain:agreed", "within": "10d"})
    then = [(day, way) for way in WAYS if (day := _passed(way)) is not None and day <= 360]
    assert before.finding.n == len(then)
    quick = [way for day, way in then if way[1] == "won" and (way[2] or 0) - day <= 10 and (way[2] or 0) <= 360]
    assert before.finding.extra["won"] == len(quick)


def test_without_anything_unknown_it_is_the_plain_share_with_the_interval_of_wilson(lived: Cast) -> None:
    found = _figure(options={"window": "300", "within": "7"}).finding
    assert found.extra["still"] == 0
    theirs = binomtest(found.extra["won"], found.n).proportion_ci(0.95, "wilson")
    assert found.value == pytest.approx(found.extra["won"] / found.n)
    assert found.interval == pytest.approx((theirs.low, theirs.high))


def test_months_add_up_and_lead_to_their_deals(lived: Cast) -> None:
    result = _figure()
    metric = get_metric("passed_and_won")
    assert sum(row["n"] for row in result.finding.rows) == result.finding.n
    assert records(result.records, viewer=SYSTEM, now=NOW).found == result.finding.n
    for row in result.finding.rows:
        assert records(narrowed(metric, row), viewer=SYSTEM, now=NOW).found == row["n"]
        won = records({**narrowed(metric, row), "in_time": "true"}, viewer=SYSTEM, now=NOW)
        assert won.found == row["won"]
    split = _figure(by="owner").finding.rows
    assert [row["n"] for row in split] == [result.finding.n]
    assert records(narrowed(metric, split[0]), viewer=SYSTEM, by="owner", now=NOW).found == result.finding.n


def test_imports_without_a_way_are_left_out_and_said(lived: Cast) -> None:
    values = {
        "name": "Old", "process_version_id": get_version("plain").id, "stage": "ordered", "status": "won",
        "closed_at": BEGIN.isoformat(), "entry_stage": "ordered", "currency": "EUR", "data_as_of": "2025-02-01",
    }  # fmt: skip
    with transaction.atomic():
        create_deals([NewDeal(values, BEGIN.isoformat(), None)], actor=SYSTEM, at=NOW)
        result = _figure()
        assert result.finding.left_out == {"no_history": 1}
        assert records(result.reasons["no_history"], viewer=SYSTEM, now=NOW).found == 1
        transaction.set_rollback(True)


def test_nobody_passed(lived: Cast) -> None:
    found = _figure(as_of=BEGIN.date())
    assert (found.finding.value, found.finding.n, found.finding.rows) == (None, 0, ())


def test_what_cannot_be_asked_is_refused(lived: Cast) -> None:
    bad = ({"stage": "nowhere"}, {"stage": "plain:ordered"}, {"within": "0"}, {"window": "9999"}, {"within": "٣"})
    for options in (*bad, {"shoe": "1"}):
        with pytest.raises(Refusal):
            _figure(options=options)
    with pytest.raises(Refusal):
        report("win_rate", viewer=SYSTEM, now=NOW, options={"stage": "agreed"})


def test_on_the_page(lived: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.web.middleware.now", lambda: NOW)
    client: Client = client_of("dot")
    address = "/figures/passed_and_won/?stage=plain:agreed&within=45&window=365"
    said = client.get(address).content.decode()
    assert '<option value="45" selected>45 days</option>' in said
    assert "of those that passed Need confirmed in the last 365 days, won within 45 days from there" in said
    assert "3 not known yet" in said
    behind = client.get("/figures/passed_and_won/records/?passed=plain:agreed&within=45&window=365&in_time=true")
    assert "passed Need confirmed" in behind.content.decode()
    assert "won within 45 days from there" in behind.content.decode()
    assert "stage=plain%3Aagreed" in behind.content.decode()
    assert client.get("/figures/passed_and_won/?stage=nowhere").status_code == 422
    assert client.get("/figures/passed_and_won.csv?within=45").content.decode().count("2025-") > 5


# --- Estimators ------------------------------------------------------------------------------------------------------


def _rows(lives: Lives, stage: int, window: int, within: int) -> list[Mapping[str, Any]]:
    """What the database would give of the deals that passed a stage within the window before the present."""
    end = PLAIN.days
    seen = lives.began < end
    left, ended = lives.times[:, stage + 1], lives.ended
    through = ~np.isnan(left) & ((ended > left) | (lives.outcome == WON)) & seen
    day = np.floor(left[through])
    inside = (day < end) & (day > end - window)
    day, over = day[inside], np.floor(ended[through][inside])
    known = over < end
    outcome = np.where(known, lives.outcome[through][inside], 0)
    days = np.minimum(np.where(known, over, end - 1) - day, within + 1)
    counts = Counter(zip(day.astype(int).tolist(), outcome.tolist(), days.astype(int).tolist(), strict=True))
    line = {"segment": "", "passed": "x:y", "within": within, "window": window}
    return [
        {**line, "passed_number": 19000 + on, "outcome": NAMES[code], "days": after, "deals": n}
        for (on, code, after), n in counts.items()
    ]


@pytest.mark.parametrize(("name", "deals", "window"), [("plain", 400, 365), ("growing", 1500, 60)])
def test_its_interval_holds_the_truth_at_the_stated_rate(name: str, deals: int, window: int) -> None:
    lives = company(name, 200_000, 99_999)
    left = lives.times[:, 3]
    through = ~np.isnan(left) & ((lives.ended > left) | (lives.outcome == WON))
    after = np.floor(lives.ended[through]) - np.floor(left[through])
    true = float(((lives.outcome[through] == WON) & (after <= WITHIN)).mean())
    hits, unknown = [], 0
    for run in range(RUNS):
        found = finish(_rows(company(name, deals, run), 2, window, WITHIN))
        low, high = found.interval or (0, 1)
        hits.append((low or 0) <= true <= (high or 1))
        unknown += found.extra["still"]
    room = 3.3 * np.sqrt(0.95 * 0.05 / RUNS)
    assert 0.95 - room <= np.mean(hits) <= 1, np.mean(hits)
    assert unknown > 5 * RUNS


def test_the_share_within_is_that_of_lifelines() -> None:
    from lifelines import AalenJohansenFitter

    chance = np.random.default_rng(3)
    days = chance.permutation(1000) / 10 + 0.03  # no two at one time: lifelines moves ties apart by chance
    codes = chance.choice([0, 1, 2], 1000, p=[0.3, 0.3, 0.4])
    cut = np.where(days > 60, 0, codes)
    found = share_within(np.minimum(days, 60), cut, 1, 60)
    theirs = AalenJohansenFitter(calculate_variance=False).fit(np.minimum(days, 60), cut, 1)
    assert found is not None
    assert found.value == pytest.approx(float(theirs.cumulative_density_.iloc[-1, 0]), rel=1e-9)


def test_months_that_differ_by_chance_alone_are_called_so_as_often_as_said() -> None:
    chance = np.random.default_rng(11)
    steady = [spread([(hits, 40) for hits in chance.binomial(40, 0.3, 12)]).is_chance for _ in range(400)]
    assert 0.91 <= np.mean(steady) <= 0.985
    shares = np.clip(chance.normal(0.4, 0.1, 400), 0.01, 0.99)
    found = spread([(hits, 200) for hits in chance.binomial(200, shares)])
    assert not found.is_chance
    assert found.beyond == pytest.approx(0.1, rel=0.12)
    table = chance.binomial(50, 0.3, 8)
    theirs = chi2_contingency(np.array([table, 50 - table]), correction=False)
    assert spread([(hits, 50) for hits in table]).is_chance == (theirs.pvalue > 0.05)


def test_shares_of_nobody_and_everybody() -> None:
    assert share_within([9] * 20, [0] * 20, 1, 9).low == 0  # type: ignore[union-attr]
    everybody = share_within([2] * 20, [1] * 20, 1, 9)
    assert everybody is not None
    assert (everybody.value, everybody.high) == (1, 1)
    assert everybody.low == pytest.approx(binomtest(20, 20).proportion_ci(0.95, "wilson").low)
    assert spread([(0, 10), (0, 20), (0, 5)]).is_chance
    for n in range(1, 200):
        all_of_them = share_within(range(n), [1] * n, 1, n)
        assert all_of_them is not None
        assert (all_of_them.value, all_of_them.high) == (1, 1), "whatever the steps add up to"
