"""Writing colleagues, teams and the workspace.

Whatever decides who may come in (administrators, names of teams, addresses) is written with the workspace's row locked:
it happens rarely, and one after the other.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession

from etappe.core.actor import Actor, ActorKind, Role
from etappe.core.contact import clean_email, clean_fields, domain_of_email
from etappe.core.deal_fields import clean_name
from etappe.core.errors import Forbidden, Missing, Refusal
from etappe.core.kinds.team import (
    QuestionsAnswered,
    TeamCreated,
    TeamEdited,
    TokenCreated,
    TokenRevoked,
    UserCreated,
    UserEdited,
    UserJoined,
    WorkspaceEdited,
)
from etappe.core.sales_model import Outcome, answers_from, as_codes, evaluate
from etappe.journal.record import action, record
from etappe.journal.values import changes as differing
from etappe.journal.values import columns_of
from etappe.team.access import Holder, actor_of, require, teams_below
from etappe.team.fields import (
    PROFILE,
    TEAM,
    USER,
    WORDS_LIMIT,
    WORKSPACE,
    check_password,
    clean_meanings,
    clean_scopes,
)
from etappe.team.known import KnownUsers, known_users
from etappe.team.links import INVITATION, SETUP, hashed, make_link, redeem
from etappe.team.models import Team, Token, User, Workspace
from etappe.team.queries import (
    TeamView,
    UserView,
    WorkspaceView,
    able,
    as_uuid,
    has_administrator,
    team_view,
    user_view,
    workspace,
)

SEEN_EVERY = timedelta(minutes=5)
"""How often the last use of a token is written down."""


def _lock_workspace() -> Workspace:
    Workspace.objects.bulk_create([Workspace()], ignore_conflicts=True)
    return Workspace.objects.select_for_update().get(id=1)


# --- Coming in ---


@action
def make_setup_link(*, actor: Actor, at: datetime) -> str:
    """The token of a link that creates the first administrator; good for 24 hours, and it replaces older ones."""
    require(actor, "team.administer")
    _lock_workspace()
    _require_nobody_yet()
    return make_link(SETUP, at)


def _require_nobody_yet() -> None:
    if has_administrator():
        raise Refusal("administrator_exists")


@action
def create_first_administrator(token: str, email: str, name: str, password: str, *, actor: Actor, at: datetime) -> int:
    """Create the first administrator by the token of the set-up link; returns their key. Of two at once, one wins."""
    _lock_workspace()
    _require_nobody_yet()
    redeem(token, SETUP, at)
    user = _add(email, name, Role.ADMINISTRATOR, None, password, actor=actor, at=at)
    _propose_domain(user.email, actor=actor, at=at)
    return user.id


@action
def adopt_administrator(email: str, name: str, encoded_password: str, *, actor: Actor, at: datetime) -> int:
    """Create the first administrator from one of another database, with the password hash they have there."""
    require(actor, "team.administer")
    _lock_workspace()
    _require_nobody_yet()
    user = _add(email, name, Role.ADMINISTRATOR, None, None, actor=actor, at=at)
    user.password = encoded_password
    user.save(update_fields=["password"])
    _propose_domain(user.email, actor=actor, at=at)
    return user.id


def _propose_domain(email: str, *, actor: Actor, at: datetime) -> None:
    """The first administrator's domain is ours until somebody says otherwise: our own mail proves nothing."""
    domain = domain_of_email(email)
    if domain and not _lock_workspace().our_domains:
        _write_workspace({"our_domains": [domain]}, actor=actor, at=at)


@action
def invite(
    email: str, name: str, role: str, team: uuid.UUID | str | None, *, actor: Actor, at: datetime
) -> tuple[uuid.UUID, str]:
    """Add a colleague who chooses a password by a link, good for 7 days; returns their uid and the link's token."""
    require(actor, "team.administer")
    _lock_workspace()
    user = _add(email, name, role, team, None, actor=actor, at=at)
    return user.uid, make_link(INVITATION, at, user)


@action
def invite_again(uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> str:
    """A new invitation for somebody who has no password yet; the older one is worth nothing any more."""
    require(actor, "team.administer")
    _lock_workspace()
    user = _user(uid)
    if not user.is_active:
        raise Refusal("owner_has_left", name=user.name)
    if user.has_usable_password():
        raise Refusal("joined_already", name=user.name)
    return make_link(INVITATION, at, user)


@action
def accept_invitation(token: str, password: str, *, actor: Actor, at: datetime) -> int:
    """Choose a password by the token of an invitation; returns the colleague's key."""
    link = redeem(token, INVITATION, at)
    user = User.objects.select_for_update().get(id=link.user_id or 0)
    if not user.is_active:
        raise Refusal("link_invalid")
    check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    record(UserJoined(user=str(user.uid)), actor=actor, at=at)
    return user.id


@action
def add_user(
    email: str,
    name: str,
    role: str,
    team: uuid.UUID | str | None = None,
    *,
    password: str | None = None,
    actor: Actor,
    at: datetime,
) -> UserView:
    """Add a colleague. Without a password they cannot sign in before an invitation."""
    require(actor, "team.administer")
    _lock_workspace()
    return user_view(_add(email, name, role, team, password, actor=actor, at=at))


def _add(
    email: str,
    name: str,
    role: str,
    team: uuid.UUID | str | None,
    password: str | None,
    *,
    actor: Actor,
    at: datetime,
) -> User:
    given = {"email": email, "name": name, "role": role, "team": team}
    user = User(**_user_columns(clean_fields(given, USER)))
    _require_free_address(user)
    if password is None:
        user.set_unusable_password()
    else:
        check_password(password, user)
        user.set_password(password)
    user.save(force_insert=True)
    record(UserCreated(columns_of(user, User.JOURNALED), user=str(user.uid)), actor=actor, at=at)
    return user


def _user_columns(columns: dict[str, Any]) -> dict[str, Any]:
    if "team" not in columns:
        return columns
    uid = columns.pop("team")
    return columns | {"team_id": _team_id(uid, "team") if uid else None}


def _team_id(uid: uuid.UUID, field: str) -> int:
    found = Team.objects.filter(uid=uid).values_list("id", flat=True).first()
    if found is None:
        raise Refusal("unknown_reference", field=field)
    return found


def _require_free_address(user: User) -> None:
    if User.objects.filter(email__iexact=user.email).exclude(id=user.id or 0).exists():
        raise Refusal("email_taken", field="email", value=user.email)


# --- Colleagues ---


@action
def edit_user(uid: uuid.UUID | str, changes: Mapping[str, Any], *, actor: Actor, at: datetime) -> UserView:
    """Change name, address, role, team (a uid) or whether a colleague is still here.

    Whoever leaves is signed out everywhere and loses all tokens. The last administrator stays one.
    """
    require(actor, "team.administer")
    _lock_workspace()
    user = _user(uid)
    stood = user.is_active and user.role == Role.ADMINISTRATOR.value
    edited = _write_user(user, _user_columns(clean_fields(changes, USER)), actor=actor, at=at)
    if "email" in edited:
        EmailAddress.objects.filter(user=user).delete()  # allauth would go on letting the old address in
    if stood and not able().filter(role=Role.ADMINISTRATOR.value).exists():
        raise Refusal("last_administrator")
    if not user.is_active and "is_active" in edited:
        _end_access(user, actor=actor, at=at)
    return user_view(user)


def _user(uid: uuid.UUID | str) -> User:
    found = User.objects.select_for_update(of=("self",)).select_related("team").filter(uid=as_uuid(uid)).first()
    if found is None:
        raise Missing
    return found


def _write_user(user: User, wanted: Mapping[str, Any], *, actor: Actor, at: datetime) -> dict[str, list[Any]]:
    edited = differing(user, wanted)
    if not edited:
        return edited
    for column in edited:
        setattr(user, column, wanted[column])
    _require_free_address(user)
    user.save(update_fields=list(edited))
    record(UserEdited(edited, user=str(user.uid)), actor=actor, at=at)
    return edited


def _end_access(user: User, *, actor: Actor, at: datetime) -> None:
    for session in UserSession.objects.filter(user=user):
        session.end()
    for token in Token.objects.filter(user=user, revoked_at=None):
        _revoke(token, actor=actor, at=at)


def set_language(language: str, *, actor: Actor, at: datetime) -> UserView:
    """Choose the language of one's own pages: `de`, `en`, or empty for what the browser asks for."""
    return edit_profile({"language": language}, actor=actor, at=at)


def set_theme(theme: str, *, actor: Actor, at: datetime) -> UserView:
    """Choose `light` or `dark` for one's own pages, or empty for what the system prefers."""
    return edit_profile({"theme": theme}, actor=actor, at=at)


@action
def edit_profile(changes: Mapping[str, Any], *, actor: Actor, at: datetime) -> UserView:
    """Change one's own name, language, theme, or how close the rows of tables stand (`density`)."""
    if (
        actor.id is None
        or actor.kind is not ActorKind.USER
        or (actor.scopes is not None and "write" not in actor.scopes)
    ):
        raise Forbidden("forbidden", act="profile.own")
    user = User.objects.select_for_update(of=("self",)).select_related("team").get(id=actor.id)
    _write_user(user, clean_fields(changes, PROFILE), actor=actor, at=at)
    return user_view(user)


@dataclass(frozen=True)
class NewUser:
    """A colleague as an import knows them; `email` may be empty. `team` is a team's key."""

    name: str
    email: str = ""
    role: Role = Role.REP
    team: int | None = None


@action
def load_users(rows: Sequence[NewUser], *, actor: Actor, at: datetime) -> list[int]:
    """Find or make the colleagues of an import; returns their keys in the order of the rows.

    Known ones are found by address, or by name where there is none, and left as they are. New ones cannot sign in; one
    without an address gets a stand-in that leads nowhere. Refuses an address that is none.
    """
    require(actor, "imports.run")
    _lock_workspace()
    known = known_users()
    wanted = [_imported(row) for row in rows]
    made = [_placeholder(row, known) for row in _unknown(wanted, known)]
    User.objects.bulk_create(made)
    for user in made:
        created = UserCreated(columns_of(user, User.JOURNALED), user=str(user.uid))
        record(created, actor=actor, at=at, backfilled=True)
        known.add(user.id, user.email, user.name)
    return [known.get(row.email, row.name) for row in wanted]


def _imported(row: NewUser) -> NewUser:
    return replace(row, name=clean_name("owner", row.name), email=clean_email("email", row.email))


def _unknown(rows: Sequence[NewUser], known: KnownUsers) -> Iterable[NewUser]:
    """The first row of everybody who is not known; a name alone means whoever has it together with an address."""
    named = {row.name.casefold() for row in rows if row.email}
    strangers = [row for row in rows if known.find(row.email, row.name) is None]
    by_identity: dict[str, NewUser] = {}
    for row in strangers:
        if row.email or row.name.casefold() not in named:
            by_identity.setdefault(row.email or row.name.casefold(), row)
    return by_identity.values()


def _placeholder(row: NewUser, known: KnownUsers) -> User:
    email = row.email or known.stand_in(row.name)
    user = User(email=email, name=row.name, role=row.role.value, team_id=row.team)
    user.set_unusable_password()
    return user


# --- Teams ---


@action
def add_team(name: str, parent: uuid.UUID | str | None = None, *, actor: Actor, at: datetime) -> TeamView:
    """Add a team, below another one where `parent` names it."""
    require(actor, "team.administer")
    _lock_workspace()
    team = Team(**_team_columns(clean_fields({"name": name, "parent": parent}, TEAM)))
    _require_free_name(team)
    team.save(force_insert=True)
    record(TeamCreated(columns_of(team, Team.JOURNALED), team=str(team.uid)), actor=actor, at=at)
    return team_view(team, 0)


def _team_columns(columns: dict[str, Any]) -> dict[str, Any]:
    if "parent" not in columns:
        return columns
    uid = columns.pop("parent")
    return columns | {"parent_id": _team_id(uid, "parent") if uid else None}


def _require_free_name(team: Team) -> None:
    if Team.objects.filter(name__iexact=team.name).exclude(id=team.id or 0).exists():
        raise Refusal("team_name_taken", field="name", value=team.name)


@action
def load_teams(names: Iterable[str], *, actor: Actor, at: datetime) -> dict[str, int]:
    """Find or make the teams of an import by name, whatever its case; returns their keys by the names given."""
    require(actor, "imports.run")
    _lock_workspace()
    wanted = {name: clean_name("team", name) for name in names}
    known = {name.casefold(): key for key, name in Team.objects.values_list("id", "name")}
    fresh = {name.casefold(): Team(name=name) for name in wanted.values() if name.casefold() not in known}
    Team.objects.bulk_create(fresh.values())
    for team in fresh.values():
        created = TeamCreated(columns_of(team, Team.JOURNALED), team=str(team.uid))
        record(created, actor=actor, at=at, backfilled=True)
    known |= {folded: team.id for folded, team in fresh.items()}
    return {name: known[cleaned.casefold()] for name, cleaned in wanted.items()}


@action
def edit_team(uid: uuid.UUID | str, changes: Mapping[str, Any], *, actor: Actor, at: datetime) -> TeamView:
    """Rename a team or put it below another (`parent` as uid); never below itself."""
    require(actor, "team.administer")
    _lock_workspace()
    team = Team.objects.filter(uid=as_uuid(uid)).first()
    if team is None:
        raise Missing
    wanted = _team_columns(clean_fields(changes, TEAM))
    if wanted.get("parent_id") in teams_below(team.id):
        raise Refusal("team_circle", field="parent")
    edited = differing(team, wanted)
    if edited:
        _write_team(team, wanted, edited, actor=actor, at=at)
    return team_view(team, User.objects.filter(team=team, is_active=True).count())


def _write_team(
    team: Team, wanted: Mapping[str, Any], edited: dict[str, list[Any]], *, actor: Actor, at: datetime
) -> None:
    for column in edited:
        setattr(team, column, wanted[column])
    _require_free_name(team)
    team.save(update_fields=list(edited))
    record(TeamEdited(edited, team=str(team.uid)), actor=actor, at=at)


# --- Workspace ---


@action
def edit_workspace(changes: Mapping[str, Any], *, actor: Actor, at: datetime) -> WorkspaceView:
    """Change the workspace's name, zone, currency or own domains."""
    require(actor, "workspace.edit")
    _write_workspace(clean_fields(changes, WORKSPACE), actor=actor, at=at)
    return workspace()


@action
def set_default_process(key: str, *, actor: Actor, at: datetime) -> bool:
    """Start new deals on the process with this key; says whether that is a change. The playbook knows the keys."""
    require(actor, "playbook.publish")
    return bool(_write_workspace({"default_process": key}, actor=actor, at=at))


def _write_workspace(wanted: Mapping[str, Any], *, actor: Actor, at: datetime) -> dict[str, list[Any]]:
    row = _lock_workspace()
    edited = differing(row, wanted)
    for column in edited:
        setattr(row, column, wanted[column])
    if edited:
        row.save(update_fields=list(edited))
        record(WorkspaceEdited(edited), actor=actor, at=at)
    return edited


@action
def place_sources(meanings: Mapping[str, str | None], *, actor: Actor, at: datetime) -> dict[str, str]:
    """Say which way words of sources, or whole sources, mean here; None gives a word its usual meaning back.

    Returns all that is said of words now.
    """
    require(actor, "workspace.edit")
    said = clean_meanings(meanings)
    row = _lock_workspace()
    kept = {word: way for word, way in {**row.source_words, **said}.items() if way is not None}
    if len(kept) > WORDS_LIMIT:
        raise Refusal("not_a_list", field="source_words", limit=WORDS_LIMIT)
    _write_workspace({"source_words": dict(sorted(kept.items()))}, actor=actor, at=at)
    return workspace().source_words


@action
def mark_as_demo(*, actor: Actor, at: datetime) -> None:
    """Say that everything in this database is made up. Only the system does so, on a database of its own."""
    del at
    if actor.kind is not ActorKind.SYSTEM:
        raise Forbidden("forbidden", act="workspace.edit")
    row = _lock_workspace()
    row.is_demo = True
    row.save(update_fields=["is_demo"])


@action
def answer_questions(answers: Mapping[str, str], *, actor: Actor, at: datetime) -> Outcome:
    """Keep the answers to the four questions (codes, see `core.sales_model`) and the shares of the models they give.

    Answering again replaces the answers; which process deals start on is a choice of its own (`playbook.actions`).
    """
    require(actor, "workspace.edit")
    given = answers_from(answers)
    outcome = evaluate(given)
    row = _lock_workspace()
    row.answers = as_codes(given)
    row.shares = {model.value: float(share) for model, share in outcome.shares.items()}
    row.save(update_fields=["answers", "shares"])
    record(QuestionsAnswered(answers=row.answers, shares=row.shares), actor=actor, at=at)
    return outcome


# --- Tokens ---


@action
def create_token(label: str, scopes: Iterable[str], *, actor: Actor, at: datetime) -> tuple[uuid.UUID, str]:
    """Make an API token for oneself; returns its uid and the secret, which nobody can see again.

    `scopes` are `read` and `write`; a token cannot make one that may do more than itself.
    """
    require(actor, "tokens.own", Holder(owner=actor.id))
    if actor.id is None:
        raise Forbidden("forbidden", act="tokens.own")
    wanted = clean_scopes("scopes", scopes)
    if actor.scopes is not None and not set(wanted) <= actor.scopes:
        raise Refusal("scope_beyond_own", field="scopes")
    prefix = secrets.token_hex(4)
    secret = f"etappe_{prefix}_{secrets.token_urlsafe(32)}"
    token = Token.objects.create(
        user_id=actor.id,
        label=clean_name("label", label),
        prefix=prefix,
        secret_sha256=hashed(secret),
        scopes=wanted,
        created_at=at,
    )
    record(TokenCreated(token=str(token.uid), label=token.label, scopes=wanted), actor=actor, at=at)
    return token.uid, secret


@action
def revoke_token(uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> None:
    """Revoke a token of one's own; an administrator revokes anybody's. Revoking again changes nothing."""
    token = Token.objects.select_for_update().filter(uid=as_uuid(uid)).first()
    if token is None or (token.user_id != actor.id and actor.role is not Role.ADMINISTRATOR):
        raise Missing
    require(actor, "tokens.own", Holder(owner=token.user_id))
    if token.revoked_at is None:
        _revoke(token, actor=actor, at=at)


def _revoke(token: Token, *, actor: Actor, at: datetime) -> None:
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    record(TokenRevoked(token=str(token.uid), label=token.label), actor=actor, at=at)


def actor_by_token(secret: str, at: datetime) -> Actor | None:
    """Whose token this is, within the token's scopes; None for one that is unknown or revoked, or whose owner left.

    Its last use is written down at most every five minutes.
    """
    token = Token.objects.select_related("user").filter(secret_sha256=hashed(secret), revoked_at=None).first()
    if token is None or not token.user.is_active:
        return None
    if token.last_used_at is None or at - token.last_used_at >= SEEN_EVERY:
        Token.objects.filter(id=token.id).update(last_used_at=at)
    return actor_of(token.user, frozenset(token.scopes))
