"""The people of the tests, by name: who they are is what they may do.

North is Ada's team with Ben above it; South is Cem's and stands beside it. Nobody of South sees what belongs to North.
"""

from __future__ import annotations

import functools
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.hashers import make_password

from etappe.core.actor import SYSTEM, Actor, Role
from etappe.team import actions, queries
from etappe.team.models import User

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning: when the tests' stories begin."""

PASSWORD = "Steile Gleise 7 am Morgen"


@dataclass(frozen=True)
class Cast:
    """The named people as actors, and their teams' uids."""

    ada: Actor
    ben: Actor
    cem: Actor
    dot: Actor
    mia: Actor
    sam: Actor
    oda: Actor
    house: uuid.UUID
    north: uuid.UUID
    south: uuid.UUID

    def everybody(self) -> dict[str, Actor]:
        return {name: getattr(self, name) for name in ("ada", "ben", "cem", "dot", "mia", "sam", "oda")}


MEMBERS = {
    "ben": (Role.MANAGER, "north"),
    "ada": (Role.REP, "north"),
    "cem": (Role.REP, "south"),
    "mia": (Role.MARKETING, "north"),
    "sam": (Role.SUCCESS, "north"),
    "oda": (Role.OBSERVER, "house"),
}


def email(name: str) -> str:
    return f"{name}@etappe.example"


def assemble(at: datetime = AT) -> Cast:
    """Make the cast by the actions that make everybody. One hash serves all: hashing is slow on purpose."""
    actions.adopt_administrator(email("dot"), "Dot Dörfler", _hashed(), actor=SYSTEM, at=at)
    dot = queries.actor_by_email(email("dot"))
    teams = _teams(dot, at)
    for name, (role, team) in MEMBERS.items():
        actions.add_user(email(name), NAMES[name], role, teams[team], actor=dot, at=at)
    User.objects.filter(email__endswith="@etappe.example").update(password=_hashed())
    made: dict[str, Any] = {name: queries.actor_by_email(email(name)) for name in ("dot", *MEMBERS)}
    return Cast(**made, **teams)


NAMES = {
    "ben": "Ben Brandt",
    "ada": "Ada Ahrens",
    "cem": "Cem Çelik",
    "mia": "Mia Maurer",
    "sam": "Sam Seidel",
    "oda": "Oda Otto",
}


def _teams(dot: Actor, at: datetime) -> dict[str, Any]:
    house = actions.add_team("House", actor=dot, at=at).uid
    north = actions.add_team("North", house, actor=dot, at=at).uid
    south = actions.add_team("South", house, actor=dot, at=at).uid
    return {"house": house, "north": north, "south": south}


@functools.cache
def _hashed() -> str:
    return make_password(PASSWORD)
