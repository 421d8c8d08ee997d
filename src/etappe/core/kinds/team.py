"""Kinds of journal entries about the workspace, its teams and colleagues. `user`, `team` and `token` are uids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from etappe.core.kinds import Created, Edited, JournalKind


@dataclass(frozen=True)
class UserCreated(Created):
    """A colleague was added."""

    name: ClassVar[str] = "user.created"
    user: str


@dataclass(frozen=True)
class UserEdited(Edited):
    """A colleague's name, role, team or state changed."""

    name: ClassVar[str] = "user.edited"
    user: str


@dataclass(frozen=True)
class UserJoined(JournalKind):
    """A colleague accepted the invitation and chose a password."""

    name: ClassVar[str] = "user.joined"
    user: str


@dataclass(frozen=True)
class TeamCreated(Created):
    """A team was made."""

    name: ClassVar[str] = "team.created"
    personal: ClassVar[tuple[str, ...]] = ()
    team: str


@dataclass(frozen=True)
class TeamEdited(Edited):
    """A team changed."""

    name: ClassVar[str] = "team.edited"
    personal: ClassVar[tuple[str, ...]] = ()
    team: str


@dataclass(frozen=True)
class WorkspaceEdited(Edited):
    """Settings of the workspace changed."""

    name: ClassVar[str] = "workspace.edited"
    personal: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True)
class QuestionsAnswered(JournalKind):
    """The four questions were answered: the answers, and the shares of the sales models they give."""

    name: ClassVar[str] = "workspace.questions_answered"
    answers: dict[str, Any]
    shares: dict[str, float]


@dataclass(frozen=True)
class TokenCreated(JournalKind):
    """A colleague made an API token."""

    name: ClassVar[str] = "token.created"
    token: str
    label: str
    scopes: list[str]


@dataclass(frozen=True)
class TokenRevoked(JournalKind):
    """An API token was revoked."""

    name: ClassVar[str] = "token.revoked"
    token: str
    label: str


@dataclass(frozen=True)
class ViewSaved(Created):
    """A view of a list was saved."""

    name: ClassVar[str] = "view.saved"
    view: str


@dataclass(frozen=True)
class ViewEdited(Edited):
    """A saved view changed: what it lists, its name, or whom it is offered to."""

    name: ClassVar[str] = "view.edited"
    view: str
    called: str


@dataclass(frozen=True)
class ViewDeleted(JournalKind):
    """A saved view was deleted."""

    name: ClassVar[str] = "view.deleted"
    view: str
    called: str
    archived_at: str

    def after(self) -> dict[str, Any]:
        return {"archived_at": self.archived_at, "is_default": False}
