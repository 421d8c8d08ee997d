"""A workspace of any size for measuring: simulated accounts, people and deals with their past, loaded block by block.

Each block is one transaction drawn from a chance of its own, so a fill that was interrupted goes on where it was and
ends in the same workspace.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction

from etappe.core.actor import SYSTEM, Actor, Role
from etappe.core.process import Phase, Process, Status
from etappe.core.values import fold_key
from etappe.deals import actions as deals
from etappe.deals.load import NewDeal, Stay, create_deals, join_centres
from etappe.deals.queries import deal_names, selected_where
from etappe.demo.company import Company, Story, cast, paper
from etappe.journal.load import renew_statistics
from etappe.people.load import create_accounts, create_people
from etappe.people.queries import person_names
from etappe.playbook import actions as playbook
from etappe.playbook.queries import get_version
from etappe.team import actions as team
from etappe.team import queries as team_queries

BLOCK = 4000
"""Deals that are loaded in one transaction, with their accounts and people."""

SELLERS, TEAMS = 40, 8
DEALS_PER_ACCOUNT, PEOPLE_PER_ACCOUNT = 5, 3
PROVEN = 40
"""Deals of each block that have evidence for their stage, given one by one as in earnest; at most this many blocks."""

DAYS = 1100
"""How far back the deals go."""

SIMULATED = "Simuliert"

Tell = Callable[[str], None]


class Seller(NamedTuple):
    """Somebody who sells, by key, and their team."""

    id: int
    team: int | None


@dataclass
class Setting:
    """What all blocks share."""

    now: datetime
    seed: int
    process: Process
    version: int
    sellers: Sequence[Seller]
    cast: Any


def fill(size: int, now: datetime, tell: Tell, clock: Callable[[], float], seed: int = 11) -> None:
    """Bring the workspace to `size` deals. May be called again: what is there stays."""
    setting = _setting(now, seed)
    there = len(selected_where(SYSTEM, "", (), size, today=now.date()))
    begun, already = clock(), there
    while there < size:
        with transaction.atomic():
            there += _block(setting, there // BLOCK, min(BLOCK, size - there))
        rate = (there - already) / max(clock() - begun, 0.001)
        tell(f"  {there:,} of {size:,} deals, {rate:,.0f} a second, {(size - there) / rate:,.0f} s left")
    renew_statistics()


def _setting(now: datetime, seed: int) -> Setting:
    if not team_queries.workspace().is_demo:
        _found(now)
    version = get_version("inbound")
    actors = [user for user in team_queries.users(SYSTEM) if user.role is Role.REP]
    sellers = [Seller(user.id, user.team_id) for user in sorted(actors, key=lambda user: user.email)]
    return Setting(now, seed, version.spec, version.id, sellers, cast())


@transaction.atomic
def _found(now: datetime) -> None:
    team.mark_as_demo(actor=SYSTEM, at=now)
    team.edit_workspace({"name": f"Messwerk ({SIMULATED.lower()})"}, actor=SYSTEM, at=now)
    teams = [team.add_team(f"Vertrieb {number + 1}", None, actor=SYSTEM, at=now).uid for number in range(TEAMS)]
    for number in range(SELLERS):
        address = f"verkauf{number:02}@messwerk.example"
        team.add_user(address, f"Verkauf {number:02}", Role.REP, teams[number % TEAMS], actor=SYSTEM, at=now)
    playbook.take_library("inbound", actor=SYSTEM, at=now)


def _block(setting: Setting, number: int, size: int) -> int:
    chance = random.Random(f"{setting.seed}-{number}")
    count = max(1, size // DEALS_PER_ACCOUNT)
    accounts = create_accounts([_account(setting, chance, number, place) for place in range(count)], **_by(setting))
    persons = create_people(
        [_person(setting, chance, account, place) for account in accounts for place in range(PEOPLE_PER_ACCOUNT)],
        **_by(setting),
    )
    rows = [_deal(setting, chance, number * BLOCK + place, accounts) for place in range(size)]
    keys = create_deals(rows, **_by(setting))
    at = {account: place for place, account in enumerate(accounts)}
    buyers = [persons[at[row.values["account_id"]] * PEOPLE_PER_ACCOUNT + place % 3] for place, row in enumerate(rows)]
    join_centres(dict(zip(keys[::2], buyers[::2], strict=True)), **_by(setting))
    if number < PROVEN:
        _prove(setting, chance, list(zip(keys, rows, buyers, strict=True)))
    return size


def _by(setting: Setting) -> dict[str, Any]:
    return {"actor": SYSTEM, "at": setting.now}


def _account(setting: Setting, chance: random.Random, block: int, place: int) -> dict[str, Any]:
    family, city = chance.choice(setting.cast["family"]), chance.choice(setting.cast["accounts"])
    name = f"{family} {chance.choice(('Werke', 'Technik', 'Anlagen', 'Handel'))} {block * BLOCK + place} GmbH"
    domain = f"{fold_key(name).replace(' ', '-')}.example"
    return {
        "name": name,
        "domain": domain,
        "website": f"https://www.{domain}",
        "industry": city["industry"],
        "city": city["city"],
        "country": chance.choice(("DE", "DE", "DE", "AT", "CH")),
        "employees": chance.randrange(5, 4000),
        "owner_id": chance.choice(setting.sellers).id,
    }


def _person(setting: Setting, chance: random.Random, account: int, place: int) -> dict[str, Any]:
    given, family = chance.choice(setting.cast["given"]), chance.choice(setting.cast["family"])
    address = f"{fold_key(given)}.{fold_key(family)}.{account}.{place}@{fold_key(family)}.example"
    return {
        "given_name": given,
        "family_name": family,
        "email": address,
        "phone": f"+49 30 5550 {chance.randrange(1000, 9999)}",
        "job_title": chance.choice(setting.cast["jobs"]),
        "account_id": account,
        "owner_id": chance.choice(setting.sellers).id,
    }


def _deal(setting: Setting, chance: random.Random, number: int, accounts: Sequence[int]) -> NewDeal:
    """A deal: four in ten are open, over all stages of find and win; of the others half are won."""
    road = setting.process.of_phase(Phase.FIND, Phase.WIN)
    reached = chance.randrange(len(road))
    end = chance.random()
    outcome = Status.OPEN if end < 0.4 else Status.WON if end < 0.7 else Status.LOST
    reached = len(road) - 1 if outcome is Status.WON else reached
    way = _way(setting, chance, [stage.key for stage in road[: reached + 1]])
    stage = setting.process.after_winning.key if outcome is Status.WON else road[reached].key
    is_open = outcome is Status.OPEN
    since = way[-1][2] if is_open else _later(setting, chance, way[-1][2])
    past = way[:-1] if is_open else way
    seller = chance.choice(setting.sellers)
    values = {
        "name": f"{chance.choice(setting.cast['products'])} {number}",
        "process_version_id": setting.version,
        "stage": stage,
        "entry_stage": road[0].key,
        "status": outcome.value,
        "closed_at": None if is_open else since,
        "leave_reason": "price" if outcome is Status.LOST else "",
        "amount": str(chance.randrange(4, 400) * 250),
        "currency": chance.choice(("EUR", "EUR", "EUR", "CHF")),
        "owner_id": seller.id,
        "team_id": seller.team,
        "account_id": chance.choice(accounts),
        "source": chance.choice(setting.cast["sources"]),
        "product": chance.choice(setting.cast["products"]),
        "engaged_since": way[0][2][:10],
        "tags": [SIMULATED],
    }
    return NewDeal(values | (_ahead(setting, chance) if is_open else {}), since, way[0][2], past)


def _ahead(setting: Setting, chance: random.Random) -> dict[str, Any]:
    """What is planned with an open deal; one in six lacks its next step, one in ten rests."""
    today, lot = setting.now.date(), chance.random()
    expected = {"expected_close": (today + timedelta(days=chance.randrange(-20, 180))).isoformat()}
    if lot < 0.1:
        return expected | {"rests_until": (today + timedelta(days=chance.randrange(5, 120))).isoformat()}
    step = {"next_step": "Anrufen", "next_step_on": (today + timedelta(days=chance.randrange(-10, 30))).isoformat()}
    return expected | (step if lot < 0.84 else {})


def _way(setting: Setting, chance: random.Random, stages: Sequence[str]) -> list[Stay]:
    at = (setting.now - timedelta(days=chance.uniform(1, DAYS))).replace(microsecond=0).astimezone(UTC).isoformat()
    way: list[Stay] = []
    for stage in stages:
        way.append((stage, Status.OPEN.value, at))
        at = _later(setting, chance, at)
    return way


def _later(setting: Setting, chance: random.Random, at: str) -> str:
    """Some days on, but never after now."""
    then = datetime.fromisoformat(at)
    left = (setting.now - then) / 2
    return (then + min(left, timedelta(days=chance.lognormvariate(2.4, 0.8)))).replace(microsecond=0).isoformat()


def _prove(setting: Setting, chance: random.Random, made: Sequence[tuple[int, NewDeal, int]]) -> None:
    """Evidence for the first criterion of some open deals' stages, by the action that people use."""
    is_open = [each for each in made if each[1].values["status"] == Status.OPEN.value][:PROVEN]
    names, people = deal_names(key for key, _row, _buyer in is_open), person_names(each[2] for each in is_open)
    company = Company(setting.now, chance, setting.cast)
    actors: dict[int, Actor] = {}
    for key, row, buyer in is_open:
        owner = row.values["owner_id"]
        seller = actors.setdefault(owner, team_queries.actor_by_id(owner))
        story = Story(company, setting.process, names[key].uid, seller, [people[buyer]], setting.now)
        criterion = setting.process.stage(row.values["stage"]).required[0]
        deals.confirm(names[key].uid, criterion.key, paper(story, criterion), actor=seller, at=setting.now)
