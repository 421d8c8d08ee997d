"""Who acts or looks: a value that every action and query takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a colleague is in the workspace; `etappe.team.access` says what each role may do."""

    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    REP = "rep"
    MARKETING = "marketing"
    SUCCESS = "success"
    OBSERVER = "observer"


class ActorKind(StrEnum):
    """Where an act comes from."""

    USER = "user"
    SYSTEM = "system"
    IMPORT = "import"
    BUYER = "buyer"


@dataclass(frozen=True)
class Scope:
    """Which records somebody may see: their own, those of `teams`, or all."""

    user: int | None
    teams: frozenset[int] = frozenset()
    all: bool = False


@dataclass(frozen=True)
class Actor:
    """Somebody who acts. `teams` are the teams whose deals a user sees: the own one, and for managers all below it.

    `scopes` limits what an API token may do (`read`, `write`); None means a person at the keyboard.
    """

    kind: ActorKind
    id: int | None = None
    role: Role | None = None
    team: int | None = None
    teams: frozenset[int] = field(default_factory=frozenset)
    label: str = ""
    scopes: frozenset[str] | None = None

    @property
    def scope(self) -> Scope:
        """What this actor may see."""
        sees_all = self.kind in (ActorKind.SYSTEM, ActorKind.IMPORT) or self.role in (Role.ADMINISTRATOR, Role.OBSERVER)
        return Scope(user=self.id, teams=self.teams, all=sees_all)


SYSTEM = Actor(ActorKind.SYSTEM, label="system")
BUYER = Actor(ActorKind.BUYER, label="buyer")
