"""Owners: who the source says is accountable. Known colleagues are found; others are added and cannot sign in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from etappe.core.actor import Role
from etappe.core.contact import clean_email
from etappe.core.deal_fields import NAME_LIMIT
from etappe.core.errors import Refusal
from etappe.imports.book import name_key
from etappe.imports.convert import Bad, Chunk
from etappe.imports.loaders.base import Item, Loader, Setting, Sorted, Tally, is_key_title, links, says
from etappe.journal.load import as_text
from etappe.team.actions import NewUser, load_users
from etappe.team.known import known_users
from etappe.team.load import load_team_tree, teams_of

USER = "user"


@dataclass(frozen=True)
class Owner:
    """A colleague by key, with their team's key."""

    user: int | None = None
    team: int | None = None


NOBODY = Owner()


class Owners:
    """Who is meant by the owner column of accounts, people and deals."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._book = setting.book(USER)
        self._found: dict[str, Owner] = {"": NOBODY}

    def of(self, values: Iterable[str]) -> dict[str, Owner]:
        """The owners that these references mean; whoever is not known is made."""
        strangers = [value for value in dict.fromkeys(values) if value not in self._found]
        if strangers:
            keys = self._book.records(strangers)
            keys |= self._made([value for value in strangers if value not in keys])
            teams = teams_of(keys.values())
            self._found |= {value: Owner(key, teams.get(key)) for value, key in keys.items()}
        return self._found

    def forget(self) -> None:
        """Ask anew: the transaction that made them was undone, or a file of owners has come in."""
        self._found = {"": NOBODY}

    def _made(self, values: Sequence[str]) -> dict[str, int]:
        if not values:
            return {}
        rows = [NewUser(name=value, email=address_in(value)) for value in values]
        keys = load_users(rows, actor=self.setting.actor, at=self.setting.at)
        self._book.add_aliases({name_key(value): key for value, key in zip(values, keys, strict=True)})
        return dict(zip(values, keys, strict=True))


def address_in(text: str) -> str:
    """The e-mail address that a text is; empty if it is none."""
    try:
        return clean_email("email", text) if "@" in text else ""
    except Refusal:
        return ""


class OwnerLoader(Loader):
    """Rows of colleagues, with their managers and teams."""

    kind = USER

    def items(self, chunk: Chunk, tally: Tally) -> Iterator[Item]:
        """Rows with a name or an address."""
        names, emails, own = chunk.column("name"), chunk.column("email"), chunk.column("external_id")
        given, family = chunk.column("given_name"), chunk.column("family_name")
        managers, teams = chunk.column("manager"), chunk.column("team")
        for at, data in chunk.good():
            name = names[at] or f"{given[at]} {family[at]}".strip() or emails[at]
            if not name:
                chunk.bad.setdefault(at, Bad("field_required", {"field": "name"}))
                continue
            key = self.key_of(own[at], name)
            yield Item(
                at, key, says(name=name, email=emails[at], manager=managers[at], team=teams[at], id=own[at], data=data)
            )

    def write(self, parts: Sorted, chunk: Chunk, tally: Tally) -> None:
        """Find or make colleagues; those who are known are left as they are."""
        before = known_users()
        rows = self._users(parts.new)
        keys = load_users(rows, actor=self.setting.actor, at=self.setting.at)
        self.book.add(links(parts.new, keys))
        self._alias(parts.new, keys)
        self.book.renew({known.id: as_text(item.says) for item, known in parts.changed})
        self.book.meet([known.id for _item, known in parts.same])
        found = sum(before.find(row.email, row.name) is not None for row in rows)
        tally.created = len(rows) - found
        tally.unchanged = found + len(parts.changed) + len(parts.same)
        for item, _known in parts.changed:
            tally.note("owner_left", line=chunk.lines[item.at], name=item.says["name"])

    def _users(self, items: Sequence[Item]) -> list[NewUser]:
        by_id = {item.says["id"]: item.says["name"] for item in items if "id" in item.says}
        managers = {item.at: self._manager(item, by_id) for item in items}
        homes = {item.at: _team_name(item.says.get("team", ""), managers[item.at]) for item in items}
        parents = {
            homes[item.at]: item.says.get("team", "") if managers[item.at] and item.says.get("team") else ""
            for item in items
            if homes[item.at]
        }
        keys = load_team_tree(parents, actor=self.setting.actor, at=self.setting.at) if parents else {}
        leaders = {managers[item.at]: keys.get(homes[item.at]) for item in reversed(items) if managers[item.at]}
        self._lead(leaders)
        names = self._names(items)
        return [
            NewUser(
                name=names[item.at],
                email=item.says.get("email", ""),
                role=Role.MANAGER if item.says["name"] in leaders else Role.REP,
                team=leaders.get(item.says["name"]) or keys.get(homes[item.at]),
            )
            for item in items
        ]

    def _manager(self, item: Item, by_id: dict[str, str]) -> str:
        manager = str(item.says.get("manager", ""))
        if manager in by_id:
            return by_id[manager]
        return "" if is_key_title(self.file.titled("manager")) else manager

    def _lead(self, leaders: dict[str, int | None]) -> None:
        """Make the managers first: they lead the team their people are in."""
        rows = [NewUser(name=name, role=Role.MANAGER, team=team) for name, team in leaders.items()]
        keys = load_users(rows, actor=self.setting.actor, at=self.setting.at) if rows else []
        self.book.add_aliases({name_key(row.name): key for row, key in zip(rows, keys, strict=True)})

    def _names(self, items: Sequence[Item]) -> dict[int, str]:
        """Names by position; two people with one name and no address are told apart by their keys."""
        taken: dict[str, str] = {}
        names = {}
        for item in items:
            name, own = str(item.says["name"]), str(item.says.get("id", ""))
            is_taken = own and "email" not in item.says and taken.setdefault(name.casefold(), own) != own
            names[item.at] = f"{name[: NAME_LIMIT - len(own) - 3]} ({own})" if is_taken else name
        return names

    def _alias(self, items: Sequence[Item], keys: Sequence[int]) -> None:
        aliases: dict[str, int] = {}
        for item, key in zip(items, keys, strict=True):
            for text in (item.says["name"], item.says.get("email", "")):
                if text and name_key(text) != item.key:
                    aliases.setdefault(name_key(text), key)
        self.book.add_aliases(aliases)


def _team_name(team: str, manager: str) -> str:
    name = f"{team} · {manager}" if team and manager else team or manager
    return name[:NAME_LIMIT]
