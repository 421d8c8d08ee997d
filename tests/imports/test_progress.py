"""How far an import is: told by what its rows are likely to become, and never going back."""

from __future__ import annotations

from pathlib import Path

import pytest

from etappe.core.actor import SYSTEM
from etappe.imports import actions
from etappe.imports.models import Run
from etappe.imports.run import Progress
from etappe.journal.clock import now
from tests.imports import twin
from tests.imports.test_again import changed_pipeline
from tests.imports.test_history import both


def shown(*paths: Path) -> tuple[list[float], dict[str, dict[str, float]]]:
    """The shares that an import shows, and what was expected of its files."""
    found, seen = twin.looked(*paths), list[Progress]()
    view = actions.run_now(found, found.plan, dry=False, actor=SYSTEM, at=now(), clock=now, report=seen.append)
    run = Run.objects.get(uid=view.uid)
    assert run.share == 1.0, "over is over"
    return [each.share for each in seen], run.proposal["expected"]


def test_a_newer_copy_is_known_to_change_little(db, tmp_path):
    first = twin.four(tmp_path)
    shares, expected = shown(*first)
    assert expected == {}, "nothing is known of a program that nothing came from"
    assert shares == sorted(shares)
    _shares, expected = shown(*first)
    assert {(each["altered"], each["renewed"]) for each in expected.values()} == {(0, 0)}
    assert expected["sales_pipeline.csv"]["new"] == 0
    newer = twin.write(tmp_path / "sales_pipeline.csv", changed_pipeline(OP00000={"close_value": "77.5"}))
    _shares, expected = shown(newer, *first[1:])
    assert expected["sales_pipeline.csv"] == pytest.approx({"new": 0, "altered": 1 / 60, "renewed": 0})


def test_pasts_that_are_written_anew_are_part_of_the_work(db, tmp_path, monkeypatch):
    deals, history = both(tmp_path)
    shown(deals)
    monkeypatch.setattr("etappe.imports.loaders.history.AT_ONCE", 1)
    shares, expected = shown(deals, history)
    assert expected[history.name]["renewed"] > 0
    assert shares == sorted(shares)
    assert 1 > shares[-1] > shares[-2] > 0, "after the last row, deal by deal"
