"""A small history of deals, made by the actions that make deals, each at its own time."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from etappe.core.actor import Actor
from etappe.deals.actions.place import create, leave, move, win
from etappe.people.actions import create_account
from etappe.people.load_touchpoints import record_many
from etappe.playbook.actions import make_default, publish
from tests.cast import Cast, assemble

BEGIN = datetime(2025, 1, 6, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

PROCESS = """\
etappe: 1
key: plain
name: {de: Einfach, en: Plain}
about: {de: Zum Zählen, en: To count by}
stages:
  - key: found
    phase: find
    name: {de: Bedarf erkennbar, en: Need visible}
    owner: am
    action: {de: Lesen, en: Read}
    criteria:
      - {key: seen, text: {de: Die Firma sucht Personal, en: They are hiring}, required: false, evidence: [source]}
  - key: agreed
    phase: win
    name: {de: Bedarf bestätigt, en: Need confirmed}
    owner: am
    action: {de: Fragen, en: Ask}
    criteria:
      - {key: need, text: {de: Der Käufer hat geschrieben, en: The buyer wrote}, required: false, evidence: [reply]}
  - key: ordered
    phase: win
    name: {de: Bestellt, en: Ordered}
    owner: am
    action: {de: Anbieten, en: Offer}
    criteria:
      - {key: order, text: {de: Die Bestellung ist da, en: The order arrived}, required: false, evidence: [order]}
leave:
  - {key: price, name: {de: Preis, en: Price}, outcome: lost}
  - {key: no_fit, name: {de: Passt nicht, en: No fit}, outcome: disqualified}
  - {key: not_for_us, name: {de: Nichts für uns, en: Not for us}, outcome: declined}
"""
REASON = {"lost": "price", "disqualified": "no_fit", "declined": "not_for_us"}


@dataclass(frozen=True)
class Past:
    """A deal as it went: engaged on a day, after so many days its outcome (open: none yet)."""

    began: int
    days: float
    outcome: str
    fields: dict[str, Any]

    @property
    def engaged(self) -> date:
        return (BEGIN + timedelta(days=self.began)).date()


def company() -> Cast:
    """The cast, with a process in which nothing is required."""
    cast = assemble(BEGIN - timedelta(days=1))
    publish(PROCESS, actor=cast.dot, at=BEGIN)
    make_default("plain", actor=cast.dot, at=BEGIN)
    return cast


def tell() -> Cast:
    """The company, and everything that happened in the story."""
    cast = company()
    live_all(story(), cast)
    return cast


def live(past: Past, *, actor: Actor, stage: str = "agreed") -> uuid.UUID:
    """Make the deal and let it go its way, by the actions and at the times that it went."""
    begun = BEGIN + timedelta(days=past.began)
    fields = {"name": f"{past.outcome} {past.began}", "amount": 100, "currency": "EUR", **past.fields}
    made = create(fields, stage=stage, late_entry=True, actor=actor, at=begun)
    end = begun + timedelta(days=past.days)
    if past.outcome == "won":
        win(made.uid, actor=actor, at=end)
    elif past.outcome != "open":
        leave(made.uid, REASON[past.outcome], actor=actor, at=end)
    return made.uid


def story() -> list[Past]:
    """Sixty deals with every outcome; the open ones are as old as they are on `NOW`."""
    age = (NOW - BEGIN).days
    ends = ["won"] * 26 + ["lost"] * 14 + ["declined"] * 4 + ["disqualified"] * 3 + ["open"] * 13
    return [
        Past(
            began=(7 * place) % 300,
            days=age - (7 * place) % 300 if end == "open" else (place * place * 3) % 90,
            outcome=end,
            fields={"source": ("fair", "web", "")[place % 3], "product": "A" if place % 2 else "B"},
        )
        for place, end in enumerate(ends)
    ]


def live_all(pasts: Iterable[Past], cast: Cast) -> list[uuid.UUID]:
    """All of them; every third is Cem's, of another team, the others are Ada's."""
    return [live(past, actor=cast.cem if place % 3 == 0 else cast.ada) for place, past in enumerate(pasts)]


LEADS = (
    (400, "accepted", 3), (401, "refused", 9), (402, "accepted", 12), (402, "open", 0), (405, "refused", 1),
    (410, "accepted", 5), (411, "open", 0), (415, "accepted", 0), (418, "open", 0), (10, "accepted", 30),
    (200, "refused", 20), (230, "accepted", 44), (231, "accepted", 2), (260, "refused", 33), (300, "accepted", 7),
    (301, "accepted", 8), (302, "refused", 9), (330, "accepted", 60), (331, "refused", 61), (350, "accepted", 1),
    (351, "accepted", 1), (352, "open", 0), (360, "refused", 14), (361, "accepted", 15), (362, "accepted", 16),
)  # fmt: skip
"""Leads: the day each was received, what came of it, and after how many days."""


def receive(began: int, fate: str, days: int, fields: dict[str, Any], *, actor: Actor) -> uuid.UUID:
    """Make a lead and let it go its way; every third of the accepted is won a fortnight later."""
    begun = BEGIN + timedelta(days=began)
    made = create({"name": f"Lead {began}", **fields}, stage="found", actor=actor, at=begun)
    end = begun + timedelta(days=days, hours=1)
    if fate == "refused":
        leave(made.uid, "no_fit", actor=actor, at=end)
    if fate == "accepted":
        move(made.uid, "agreed", actor=actor, at=end)
        if began % 3 == 0:
            win(made.uid, actor=actor, at=end + timedelta(days=14))
    return made.uid


def receive_all(cast: Cast) -> list[uuid.UUID]:
    """All of them, from two sources, each of an account of its own; every fourth is Cem's."""
    return [
        receive(
            *lead,
            {"source": ("fair", "web")[place % 2], "account": _firm(place, cast)},
            actor=cast.cem if place % 4 == 0 else cast.ada,
        )
        for place, lead in enumerate(LEADS)
    ]


def _firm(place: int, cast: Cast) -> str:
    return str(create_account({"name": f"Firm {place}"}, actor=cast.dot, at=BEGIN).uid)


Said = tuple[int, datetime, str, str, str]
"""A contact: the place of its lead, its moment, direction, channel and act."""


def contacts() -> list[Said]:
    """What was said between us and the leads: most came to us, most were answered, some never, some came before."""
    found: list[Said] = []
    for place, (began, _fate, _days) in enumerate(LEADS):
        begun = BEGIN + timedelta(days=began, minutes=17 * place)
        if place % 5 != 4:
            found += [(place, begun - timedelta(hours=place), "in", "web", "submitted")]
        if place % 3 != 2:
            found += [(place, begun + timedelta(hours=5 * place), "out", "mail", "wrote")]
        if place % 4 == 1:
            found += [(place, begun + timedelta(hours=5 * place, days=2), "in", "call", "called")]
        found += [(place, begun + timedelta(days=day), "in", "mail", "opened") for day in range(1, 1 + place % 4)]
        found += [(place, begun - timedelta(days=200), "in", "fair", "met")]  # long before: not the lead's own
    return [each for each in found if each[1] < NOW]


def speak(cast: Cast) -> list[Said]:
    """Record all of it; the contacts are with the accounts of the leads."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, id FROM people_account WHERE name LIKE 'Firm %%'")
        keys = dict(cursor.fetchall())
    said = contacts()
    rows = [
        {
            "happened_at": moment,
            "direction": direction,
            "channel": channel,
            "act": act,
            "account_id": keys[f"Firm {place}"],
        }
        for place, moment, direction, channel, act in said
    ]
    record_many(rows, actor=cast.dot, at=NOW)
    return said
