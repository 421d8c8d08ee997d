"""Records made by the actions that make them in earnest; what a test does not care about is filled in."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from etappe.core.actor import SYSTEM, Actor
from etappe.deals import actions as deals
from etappe.deals.shapes import DealState
from etappe.people.actions import create_account, create_person
from etappe.people.queries import AccountView, PersonView
from etappe.playbook.actions import take_library
from etappe.playbook.queries import VersionView
from tests.cast import AT

_numbers = itertools.count(1)


def make_account(actor: Actor = SYSTEM, *, at: datetime = AT, **fields: Any) -> AccountView:
    return create_account({"name": f"Firma {next(_numbers)} GmbH", **fields}, actor=actor, at=at)


def make_person(actor: Actor = SYSTEM, *, at: datetime = AT, **fields: Any) -> PersonView:
    return create_person({"name": f"Person {next(_numbers)}", **fields}, actor=actor, at=at)


def make_process(key: str = "inbound", actor: Actor = SYSTEM, *, at: datetime = AT) -> VersionView:
    """A shipped process, published, and the one new deals start on."""
    return take_library(key, actor=actor, at=at)


def make_deal(actor: Actor, *, at: datetime = AT, stage: str | None = None, **fields: Any) -> DealState:
    """A deal; in another stage than the first it is a late entry. `tests.deals.conftest.Scene` moves it on."""
    made = {"name": f"Deal {next(_numbers)}", **fields}
    return deals.create(made, stage=stage, late_entry=stage is not None, actor=actor, at=at)


def make_source(key: str = "own", stages: tuple[str, ...] = ("Bedarf bestätigt", "Auftrag erteilt")) -> str:
    """A small process file of one's own."""
    lines = [f"etappe: 1\nkey: {key}\nname: {key}\nabout: Ein kleiner Prozess.\nstages:"]
    for number, name in enumerate(stages):
        lines.append(
            f"  - key: stage_{number}\n    phase: win\n    name: {name}\n    owner: am\n    action: Nachfragen\n"
            f"    criteria:\n      - key: fact_{number}\n        text: Der Käufer hat geantwortet\n"
            f"        evidence: [reply]"
        )
    return "\n".join([*lines, "leave:\n  - key: no_need\n    name: Kein Bedarf\n    outcome: disqualified\n"])
