"""The share won in the end: its interval holds the truth of companies with many open deals as often as it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from etappe.core.actor import SYSTEM
from etappe.core.simulate.lives import Lives, observed
from etappe.core.survival import share_in_the_end
from etappe.insights.catalogue.durations import CODES
from etappe.insights.catalogue.eventual_win_rate import finish
from etappe.insights.queries import records, report
from tests.core.test_coverage import PLAIN, RUNS, company, known
from tests.insights.history import BEGIN, NOW, Past, live, live_all, story
from tests.insights.history import company as founded

NAMES = {code: outcome for outcome, code in CODES.items()}


def _rows(lives: Lives) -> list[Mapping[str, Any]]:
    """What the database would give of these deals."""
    days, codes = observed(lives, PLAIN.days)
    line = {"segment": "", "in_pipeline": True, "rests": False}
    counts = Counter(zip(days.tolist(), codes.tolist(), strict=True))
    return [
        {**line, "outcome": NAMES[code], "engaged_days": day, "deals": deals} for (day, code), deals in counts.items()
    ]


@pytest.mark.parametrize(("name", "deals"), [("plain", 150), ("growing", 800), ("changed", 500)])
def test_its_interval_holds_the_truth_at_the_stated_rate(name: str, deals: int) -> None:
    truth = known(name)
    true = {"interval": truth["win_rate"]["all"], "of_all_interval": truth["outcomes"]["won"]}
    hits: dict[str, list[bool]] = {key: [] for key in true}
    for run in range(RUNS):
        (line,) = finish(_rows(company(name, deals, run))).rows
        for key, share in true.items():
            low, high = line[key]
            hits[key].append(low <= share <= high)
    for key, each in hits.items():
        room = 3.3 * np.sqrt(0.95 * 0.05 / RUNS)
        assert 0.95 - room <= np.mean(each) <= 1, (key, np.mean(each))


def test_it_is_that_of_lifelines() -> None:
    from lifelines import AalenJohansenFitter

    chance = np.random.default_rng(5)
    days = chance.permutation(2000) + 1  # no two at one time: lifelines moves ties apart by chance
    codes = np.where(days < 1200, chance.choice([0, 1, 2, 3], 2000, p=[0.4, 0.2, 0.3, 0.1]), 0)
    theirs = {
        way: float(AalenJohansenFitter(calculate_variance=False).fit(days, codes, way).cumulative_density_.iloc[-1, 0])
        for way in (1, 2, 3)
    }
    found = share_in_the_end(days, codes, 1, (1, 2, 3))
    assert found is not None
    assert found.value == pytest.approx(theirs[1] / sum(theirs.values()), rel=1e-9)
    assert found.undecided == pytest.approx(1 - sum(theirs.values()), rel=1e-6)


def test_deals_open_beyond_all_that_ended_may_go_either_way() -> None:
    few = share_in_the_end([1] * 60 + [2] * 40, [1] * 60 + [2] * 40, 1, (1, 2))
    more = share_in_the_end([1] * 60 + [2] * 40 + [9] * 100, [1] * 60 + [2] * 40 + [0] * 100, 1, (1, 2))
    assert few is not None
    assert more is not None
    assert [few.value, few.undecided] == pytest.approx([0.6, 0])
    assert [more.value, more.undecided] == pytest.approx([0.6, 0.5])
    assert more.low == pytest.approx(few.low / 2)
    assert more.high == pytest.approx(0.5 + few.high / 2)
    assert share_in_the_end([3, 4], [0, 0], 1, (1, 2)) is None


@pytest.mark.django_db
def test_the_win_rate_is_never_told_without_it() -> None:
    cast = founded()
    live_all(story(), cast)
    found = report("win_rate", viewer=SYSTEM, now=NOW)
    alone = report("eventual_win_rate", viewer=SYSTEM, now=NOW)
    assert found.beside == alone
    assert found.as_json()["beside"]["interval"] == list(alone.finding.interval or ())
    assert (alone.finding.n, alone.finding.cases, alone.finding.extra["open"]) == (60, 44, 13)
    assert records(alone.records, viewer=SYSTEM, now=NOW).found == alone.finding.n
    split = report("eventual_win_rate", viewer=SYSTEM, by="team", now=NOW).finding.rows
    assert sum(row["n"] for row in split) == 60
    assert {row["value"] for row in split if row["decided"] < 20} <= {None}
    many = NOW - timedelta(days=1)
    for place in range(30):
        live(Past((many - BEGIN).days - place, place, "open", {}), actor=cast.ada)
    later = report("win_rate", viewer=SYSTEM, now=NOW)
    assert later.finding.interval == found.finding.interval, "the plain one does not know of open deals"
    assert later.finding.extra["open"] == 43
