"""Reading colleagues, teams and the workspace."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from etappe.core.actor import Actor, ActorKind, Role
from etappe.core.contact import canonical_email
from etappe.core.errors import Missing, Refusal
from etappe.core.mail_checks import address_key
from etappe.core.values import fold_key
from etappe.journal.fields import Fold
from etappe.journal.statements import AnyOf, Statement
from etappe.team.access import actor_of
from etappe.team.links import INVITATION, SETUP, good
from etappe.team.models import Team, Token, User, Workspace

NO_MAILBOX = "import.invalid"
"""The domain of addresses that stand in for owners who came without one; nobody can sign in with them."""


@dataclass(frozen=True)
class UserRef:
    """A colleague by name."""

    uid: uuid.UUID
    name: str


@dataclass(frozen=True)
class TeamRef:
    """A team by name."""

    uid: uuid.UUID
    name: str


@dataclass(frozen=True)
class Owner:
    """Whose record it is to be: the keys of a colleague and of their team."""

    id: int | None
    team: int | None


@dataclass(frozen=True)
class UserView:
    """A colleague. `can_sign_in` is false until an invitation was accepted, and for owners that came with an import."""

    id: int
    uid: uuid.UUID
    email: str
    name: str
    role: Role
    team_id: int | None
    team: TeamRef | None
    is_active: bool
    can_sign_in: bool
    language: str
    theme: str
    density: str
    created_at: datetime
    last_login: datetime | None


@dataclass(frozen=True)
class TeamView:
    """A team, its place below another, and how many active colleagues are in it."""

    id: int
    uid: uuid.UUID
    name: str
    parent: TeamRef | None
    people: int


@dataclass(frozen=True)
class WorkspaceView:
    """The settings that belong to all. `default_process` is the key of the process that new deals start on,
    `source_words` what words of sources mean here (see `core.sales_measured.group_of`).
    """

    name: str
    zone: str
    currency: str
    our_domains: tuple[str, ...]
    source_words: dict[str, str]
    answers: dict[str, Any] | None
    shares: dict[str, float] | None
    default_process: str
    is_demo: bool


@dataclass(frozen=True)
class TokenView:
    """An API token: all but its secret."""

    uid: uuid.UUID
    user: UserRef
    label: str
    prefix: str
    scopes: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def as_uuid(uid: uuid.UUID | str) -> uuid.UUID:
    """The uid as a value; `Missing` for a text that is none."""
    try:
        return uid if isinstance(uid, uuid.UUID) else uuid.UUID(uid)
    except (ValueError, AttributeError, TypeError):
        raise Missing from None


def users(viewer: Actor) -> list[UserView]:
    """All colleagues by name, those who left last. Every colleague may know the others."""
    del viewer
    return [user_view(user) for user in User.objects.select_related("team").order_by("-is_active", Lower("name"), "id")]


def colleagues(viewer: Actor) -> list[UserRef]:
    """The same by name only, for lists to choose from."""
    del viewer
    return [UserRef(uid, name) for uid, name in _COLLEAGUES()]


_COLLEAGUES = Statement(lambda: User.objects.order_by("-is_active", Lower("name"), "id").values_list("uid", "name"))


def colleague_names() -> dict[str, str]:
    """The names of all colleagues, by key and by uid, as entries of the journal mention them."""
    named = _EVERYBODY()
    return {str(key): name for key, _uid, name in named} | {str(uid): name for _key, uid, name in named}


def keys_by_name() -> list[int]:
    """The keys of all colleagues, those who left too, by name."""
    return [key for (key,) in _BY_NAME()]


_BY_NAME = Statement(lambda: User.objects.order_by(Fold("name"), "id").values_list("id"))
_EVERYBODY = Statement(lambda: User.objects.values_list("id", "uid", "name"))


def of_session(key: int) -> User | None:
    """The colleague with this key: every request of somebody signed in asks for one."""
    return _OF_SESSION.first(key)


_OF_SESSION = Statement(lambda key: User.objects.filter(id=key))


def user_view(user: User) -> UserView:
    """The colleague as others see them."""
    team = TeamRef(user.team.uid, user.team.name) if user.team else None
    return UserView(
        id=user.id,
        uid=user.uid,
        email=user.email,
        name=user.name,
        role=Role(user.role),
        team_id=user.team_id,
        team=team,
        is_active=user.is_active,
        can_sign_in=user.is_active and user.has_usable_password(),
        language=user.language,
        theme=user.theme,
        density=user.density,
        created_at=user.created_at,
        last_login=user.last_login,
    )


def user_by_uid(uid: uuid.UUID | str) -> UserView:
    """The colleague with this uid, or `Missing`."""
    return _one(Q(uid=as_uuid(uid)))


def user_by_id(user_id: int) -> UserView:
    """The colleague with this key, or `Missing`."""
    return _one(Q(id=user_id))


def _one(condition: Q) -> UserView:
    found = User.objects.select_related("team").filter(condition).first()
    if found is None:
        raise Missing
    return user_view(found)


def find_user(email: str) -> UserView | None:
    """The colleague with this address, whatever its case; None where there is none."""
    found = User.objects.select_related("team").filter(email__iexact=canonical_email(email)).first()
    return user_view(found) if found else None


def actor_by_email(email: str) -> Actor:
    """The active colleague with this address as an actor, for commands that name one; otherwise `Missing`."""
    return _actor(Q(email__iexact=canonical_email(email)))


def actor_by_id(user_id: int) -> Actor:
    """The active colleague with this key as an actor; otherwise `Missing`."""
    return _actor(Q(id=user_id))


def _actor(condition: Q) -> Actor:
    found = User.objects.filter(condition, is_active=True).first()
    if found is None:
        raise Missing
    return actor_of(found)


def user_names(ids: Iterable[int | None]) -> dict[int, UserRef]:
    """Names of colleagues by key."""
    wanted = {item for item in ids if item is not None}
    rows = _NAMED(list(wanted)) if wanted else ()
    return {key: UserRef(uid, name) for key, uid, name in rows}


_NAMED = Statement(lambda keys: User.objects.filter(AnyOf("id", keys)).values_list("id", "uid", "name"))


def user_keys_by_uid(uids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The keys of these colleagues, those who left too: what they did stays theirs."""
    wanted = set(uids)
    return dict(User.objects.filter(uid__in=wanted).values_list("uid", "id")) if wanted else {}


def teams_of(ids: Iterable[int | None]) -> dict[int, int]:
    """The keys of the teams of these colleagues, by theirs; who is in none is left out."""
    wanted = {item for item in ids if item is not None}
    return dict(User.objects.filter(id__in=wanted, team__isnull=False).values_list("id", "team_id")) if wanted else {}


def teams(viewer: Actor) -> list[TeamView]:
    """All teams by name."""
    del viewer
    people: dict[int | None, int] = {}
    for team_id in User.objects.filter(is_active=True).values_list("team_id", flat=True):
        people[team_id] = people.get(team_id, 0) + 1
    found = Team.objects.select_related("parent").order_by(Lower("name"), "id")
    return [team_view(team, people.get(team.id, 0)) for team in found]


def team_view(team: Team, people: int) -> TeamView:
    """The team with its size."""
    parent = TeamRef(team.parent.uid, team.parent.name) if team.parent else None
    return TeamView(id=team.id, uid=team.uid, name=team.name, parent=parent, people=people)


def team_names(ids: Iterable[int | None]) -> dict[int, TeamRef]:
    """Names of teams by key."""
    wanted = {item for item in ids if item is not None}
    rows = Team.objects.filter(id__in=wanted).values_list("id", "uid", "name") if wanted else ()
    return {key: TeamRef(uid, name) for key, uid, name in rows}


def workspace() -> WorkspaceView:
    """The workspace's settings; the usual ones while nobody has set any."""
    row = _WORKSPACE.first() or Workspace()
    return WorkspaceView(
        name=row.name,
        zone=row.zone,
        currency=row.currency,
        our_domains=tuple(row.our_domains),
        source_words=row.source_words,
        answers=row.answers,
        shares=row.shares,
        default_process=row.default_process,
        is_demo=row.is_demo,
    )


_WORKSPACE = Statement(lambda: Workspace.objects.filter(id=1))


def tokens(viewer: Actor) -> list[TokenView]:
    """The viewer's API tokens, newest first; an administrator sees all."""
    mine = Q() if viewer.role is Role.ADMINISTRATOR else Q(user=viewer.id)
    return [_token_view(token) for token in Token.objects.filter(mine).select_related("user").order_by("-id")]


def _token_view(token: Token) -> TokenView:
    return TokenView(
        uid=token.uid,
        user=UserRef(token.user.uid, token.user.name),
        label=token.label,
        prefix=token.prefix,
        scopes=tuple(token.scopes),
        created_at=token.created_at,
        last_used_at=token.last_used_at,
        revoked_at=token.revoked_at,
    )


def has_administrator() -> bool:
    """Whether somebody runs this workspace; until then the first administrator may be created by link."""
    return User.objects.filter(role=Role.ADMINISTRATOR.value, is_active=True).exists()


def require_setup(token: str, at: datetime) -> None:
    """Refuse the token of a set-up link that is used, replaced, too old, or none at all."""
    good(token, SETUP, at)


def invited(token: str, at: datetime) -> UserView:
    """Whom the token of an invitation lets in.

    Refuses a token by which nobody can join: used, replaced, too old, or none at all.
    """
    user = good(token, INVITATION, at).user
    assert user is not None, "an invitation names a colleague"
    return user_view(user)


def our_addresses(among: Iterable[str] | None = None) -> set[str]:
    """The e-mail addresses of all colleagues, also of those who left, in lower case.

    With `among` only those that name the same mailbox as one of these.
    """
    rows = User.objects.exclude(email__iendswith=f"@{NO_MAILBOX}").values_list(Lower("email"), flat=True)
    keys = None if among is None else {address_key(address) for address in among}
    return {address for address in rows if keys is None or address_key(address) in keys}


def our_names() -> set[str]:
    """The names of all colleagues who are here."""
    return {name for name in User.objects.filter(is_active=True).values_list("name", flat=True) if name}


def owner_ref(uid: uuid.UUID | str) -> Owner:
    """The colleague as an owner; refuses one who has left."""
    user = user_by_uid(uid)
    if not user.is_active:
        raise Refusal("owner_has_left", name=user.name)
    return Owner(user.id, user.team_id)


def owner_of(actor: Actor) -> Owner:
    """Who owns what the actor makes: a colleague themselves, nobody for the system."""
    return Owner(actor.id, actor.team) if actor.kind is ActorKind.USER else Owner(None, None)


def able() -> QuerySet[User]:
    """Colleagues who can sign in and act."""
    return User.objects.filter(is_active=True).exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)


def other_granters(actor: Actor, team: int | None = None) -> bool:
    """Whether somebody else could grant this actor an exception: an administrator, or a manager of the deal's team.

    `team` is the deal's team, the actor's own where it is left out. Only colleagues who can sign in count.
    """
    above = teams_above(actor.team if team is None else team)
    grants = Q(role=Role.ADMINISTRATOR.value) | Q(role=Role.MANAGER.value, team_id__in=above)
    return able().filter(grants).exclude(id=actor.id or 0).exists()


def team_id(uid: uuid.UUID | str) -> int:
    """The key of a team, or a refusal that says that there is none."""
    found = Team.objects.filter(uid=as_uuid(uid)).values_list("id", flat=True).first()
    if found is None:
        raise Refusal("unknown_reference", field="team")
    return found


def teams_above(team: int | None) -> set[int]:
    """The team and all teams above it."""
    return teams_above_each([team])[team]


def teams_above_each(teams: Iterable[int | None]) -> dict[int | None, set[int]]:
    """Each of the teams with all teams above it, in one query."""
    parents = dict(Team.objects.values_list("id", "parent_id"))
    return {team: set(_chain(team, parents)) for team in teams}


def teams_up_from(team: int | None) -> list[int]:
    """The team and all teams above it, the nearest first."""
    return _chain(team, dict(Team.objects.values_list("id", "parent_id")))


def _chain(team: int | None, parents: Mapping[int, int | None]) -> list[int]:
    above: list[int] = []
    while team is not None and team not in above:
        above.append(team)
        team = parents.get(team)
    return above


# --- Colleagues and teams by what somebody wrote, for filters ---


def user_keys(text: str, part: bool) -> list[int]:
    """Keys of the colleagues with this name, address or uid; with `part` of those whose name holds the text."""
    return _keys(User.objects.values_list("id", "uid", "name", "email"), text, part)


def team_keys(text: str, part: bool) -> list[int]:
    """Keys of the teams with this name or uid; with `part` of those whose name holds the text."""
    return _keys(Team.objects.values_list("id", "uid", "name", "name"), text, part)


def _keys(rows: Iterable[tuple[int, uuid.UUID, str, str]], text: str, part: bool) -> list[int]:
    wanted = fold_key(text)
    if part:
        return [key for key, _uid, name, _other in rows if wanted in fold_key(name)]
    return [
        key
        for key, uid, name, other in rows
        if text.lower() in (str(uid), other.lower()) or wanted == fold_key(name)
    ]  # fmt: skip


def users_of_teams(teams: Iterable[int]) -> list[int]:
    """Keys of the colleagues in these teams."""
    return list(User.objects.filter(team__in=list(teams)).values_list("id", flat=True))
