"""A simulated company of any size, loaded block by block as an import does.

Each block is one transaction with deals drawn from a chance of its own, so a fill that was interrupted goes on where it
was and ends in the same company.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from django.db import transaction

from etappe.core.actor import SYSTEM, Actor, Role
from etappe.core.process import Process, Status
from etappe.core.simulate.lives import OPEN, OUTCOMES, WON, Lives, course
from etappe.core.values import fold_key
from etappe.deals import actions as deals
from etappe.deals.load import NewDeal, create_deals, join_centres
from etappe.deals.queries import deal_names, selected_where
from etappe.demo import order as orders
from etappe.demo.company import Company, Story, cast, paper
from etappe.demo.order import Order
from etappe.demo.rows import LEFT, decided, reasons, stays
from etappe.journal.load import renew_statistics
from etappe.people.load import create_accounts, create_people
from etappe.people.load_touchpoints import record_many
from etappe.people.queries import person_names
from etappe.playbook import actions as playbook
from etappe.playbook.queries import VersionView, get_version, library_item
from etappe.team import actions as team
from etappe.team import queries as team_queries

DEALS_PER_ACCOUNT, PEOPLE_PER_ACCOUNT = 5, 3
PROVEN = 40
"""Deals of each block that have evidence for their stage, given one by one as in earnest; at most this many blocks."""

SIMULATED = "Simuliert"

Tell = Callable[[str], None]


class Seller(NamedTuple):
    """Somebody who sells, by key, and their team."""

    id: int
    team: int | None


@dataclass
class Setting:
    """What all blocks share. `versions` are the process before its change and after it."""

    now: datetime
    order: Order
    versions: Sequence[VersionView]
    sellers: Sequence[Seller]
    cast: Any

    @property
    def process(self) -> Process:
        """The process that deals run on."""
        return self.order.process


@dataclass
class Block:
    """Deals that are loaded together. `chance` draws what no figure depends on: names, people, next steps."""

    number: int
    lives: Lives
    chance: random.Random

    def __len__(self) -> int:
        return len(self.lives)


def fill(order: Order, now: datetime, tell: Tell, clock: Callable[[], float]) -> None:
    """Bring the workspace to the deals ordered. May be called again: what is there stays."""
    setting, size = _setting(order, now), order.deals
    there = len(selected_where(SYSTEM, "", (), size, today=now.date()))
    begun, already = clock(), there
    while there < size:
        number = there // orders.BLOCK
        with transaction.atomic():
            there += _load(setting, _block(setting, number, min(orders.BLOCK, size - there)))
        rate = (there - already) / max(clock() - begun, 0.001)
        tell(f"  {there:,} of {size:,} deals, {rate:,.0f} a second, {(size - there) / rate:,.0f} s left")
    renew_statistics()


def _block(setting: Setting, number: int, size: int) -> Block:
    order = setting.order
    return Block(number, order.lives(number, size), random.Random(f"{order.seed}-{number}"))


def _setting(order: Order, now: datetime) -> Setting:
    if not team_queries.workspace().is_demo:
        _found(order, now)
    newest = get_version(order.company.process)
    versions = [get_version(order.company.process, number) for number in range(1, newest.number)]
    actors = [user for user in team_queries.users(SYSTEM) if user.role is Role.REP]
    sellers = [Seller(user.id, user.team_id) for user in sorted(actors, key=lambda user: user.email)]
    return Setting(now, order, [*versions, newest], sellers, cast())


@transaction.atomic
def _found(order: Order, now: datetime) -> None:
    """Colleagues in their teams, and the process, with a second version if it changes."""
    company = order.company
    team.mark_as_demo(actor=SYSTEM, at=now)
    team.edit_workspace({"name": f"{order.name} ({SIMULATED.lower()})"}, actor=SYSTEM, at=now)
    names = dict.fromkeys(rep.team for rep in company.reps)
    teams = {name: team.add_team(name, None, actor=SYSTEM, at=now).uid for name in names}
    for number, (name, rep) in enumerate(_named(order)):
        team.add_user(f"verkauf{number:03}@simuliert.example", name, Role.REP, teams[rep.team], actor=SYSTEM, at=now)
    playbook.take_library(company.process, actor=SYSTEM, at=order.at(0))
    if company.change:
        source = f"{library_item(company.process).source}\n# As of day {company.change.day} of the history.\n"
        why = f"Pace x {company.change.pace:g}, odds x {company.change.odds:g}"
        playbook.publish(source, reason=why, actor=SYSTEM, at=order.at(company.change.day))


def _named(order: Order) -> Iterator[tuple[str, Any]]:
    """Everybody who sells; people alike are numbered."""
    for rep in order.company.reps:
        for number in range(rep.number):
            yield (rep.key if rep.number == 1 else f"{rep.key} {number + 1:02}"), rep


def _load(setting: Setting, block: Block) -> int:
    groups = _accounts_of(setting, block.lives)
    count = int(groups.max()) + 1
    kinds = {int(group): int(kind) for group, kind in zip(groups, block.lives.segment, strict=True)}
    accounts = create_accounts(
        [_account(setting, block, place, kinds[place]) for place in range(count)], **_by(setting)
    )
    persons = create_people(
        [_person(setting, block, account, place) for account in accounts for place in range(PEOPLE_PER_ACCOUNT)],
        **_by(setting),
    )
    rows = [_deal(setting, block, place, accounts[groups[place]]) for place in range(len(block))]
    keys = create_deals(rows, **_by(setting))
    buyers = [persons[int(group) * PEOPLE_PER_ACCOUNT + place % 3] for place, group in enumerate(groups)]
    join_centres(zip(keys[::2], buyers[::2], strict=True), **_by(setting))
    record_many(list(_contacts(setting, block, rows)), **_by(setting))
    if block.number < PROVEN:
        _prove(setting, block, list(zip(keys, rows, buyers, strict=True)))
    return len(block)


def _by(setting: Setting) -> dict[str, Any]:
    return {"actor": SYSTEM, "at": setting.now}


def _accounts_of(setting: Setting, lives: Lives) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The account of each deal, by place; where accounts are of a segment, deals of one segment share one."""
    parted = setting.order.company.split in ("industry", "country")
    kinds = lives.segment if parted else np.zeros(len(lives), np.int64)
    order = np.lexsort((np.arange(len(lives)) % max(1, -(-len(lives) // DEALS_PER_ACCOUNT)), kinds))
    fresh = np.ones(len(lives), dtype=np.bool_)
    sorted_kinds = kinds[order]
    since = np.arange(len(lives)) - np.searchsorted(sorted_kinds, sorted_kinds)
    fresh = since % DEALS_PER_ACCOUNT == 0
    groups = np.empty(len(lives), dtype=np.int64)
    groups[order] = np.cumsum(fresh) - 1
    return groups


def _account(setting: Setting, block: Block, place: int, kind: int) -> dict[str, Any]:
    chance, company = block.chance, setting.order.company
    family, city = chance.choice(setting.cast["family"]), chance.choice(setting.cast["accounts"])
    sort = chance.choice(("Werke", "Technik", "Anlagen", "Handel"))
    name = f"{family} {sort} {block.number * orders.BLOCK + place} GmbH"
    domain = f"{fold_key(name).replace(' ', '-')}.example"
    whose = {company.split: company.segments[kind].key} if company.split in ("industry", "country") else {}
    return {
        "name": name,
        "domain": domain,
        "website": f"https://www.{domain}",
        "industry": city["industry"],
        "city": city["city"],
        "country": chance.choice(("DE", "DE", "DE", "AT", "CH")),
        "employees": chance.randrange(5, 4000),
        "owner_id": chance.choice(setting.sellers).id,
        **whose,
    }


def _person(setting: Setting, block: Block, account: int, place: int) -> dict[str, Any]:
    chance = block.chance
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


def _deal(setting: Setting, block: Block, place: int, account: int) -> NewDeal:
    """The deal as its life left it, with the stays that led there."""
    order, lives, chance = setting.order, block.lives, block.chance
    company, went = order.company, course(order.company, lives, place, order.company.days)
    seller = setting.sellers[int(lives.seller[place])]
    entered = list(stays(order, went))
    status, since = OUTCOMES[went.outcome], order.at(went.since).isoformat()
    is_open = went.outcome == OPEN
    past = entered[:-1] if went.outcome in (OPEN, WON) else entered
    product = chance.choice(setting.cast["products"])
    values = {
        "name": f"{product} {block.number * orders.BLOCK + place}",
        "process_version_id": setting.versions[int(lives.version[place])].id,
        "stage": went.stage,
        "entry_stage": went.entered[0][0],
        "status": status,
        "closed_at": None if is_open else decided(order, lives, place),
        "leave_reason": chance.choice(reasons(setting.process, status)) if status in LEFT else "",
        "amount": str(max(1, round(float(lives.amount[place]) / 50)) * 50),
        "currency": chance.choice(company.currencies),
        "owner_id": seller.id,
        "team_id": seller.team,
        "account_id": account,
        "source": chance.choice(setting.cast["sources"]),
        "product": product,
        "engaged_since": order.at(went.entered[0][1]).date().isoformat(),
        "tags": [SIMULATED],
    }
    if company.split in ("source", "product"):
        values[company.split] = company.segments[int(lives.segment[place])].key
    return NewDeal(values | (_ahead(setting, chance) if is_open else {}), since, entered[0][2], past)


def _ahead(setting: Setting, chance: random.Random) -> dict[str, Any]:
    """What is planned with an open deal; one in six lacks its next step, one in ten rests."""
    today, lot = setting.now.date(), chance.random()
    expected = {"expected_close": (today + timedelta(days=chance.randrange(-20, 180))).isoformat()}
    if lot < 0.1:
        return expected | {"rests_until": (today + timedelta(days=chance.randrange(5, 120))).isoformat()}
    step = {"next_step": "Anrufen", "next_step_on": (today + timedelta(days=chance.randrange(-10, 30))).isoformat()}
    return expected | (step if lot < 0.84 else {})


def _contacts(setting: Setting, block: Block, rows: Sequence[NewDeal]) -> Iterator[dict[str, Any]]:
    """What was said about the deals, with their accounts, up to now."""
    order = setting.order
    for place, said in order.contacts(block.lives, block.number, team_queries.workspace().zone):
        values = rows[place].values
        if said["happened_at"] < setting.now:
            yield said | {"account_id": values["account_id"], "user_id": values["owner_id"], "source": values["source"]}


def _prove(setting: Setting, block: Block, made: Sequence[tuple[int, NewDeal, int]]) -> None:
    """Evidence for the first criterion of some open deals' stages, by the action that people use."""
    is_open = [each for each in made if each[1].values["status"] == Status.OPEN.value][:PROVEN]
    names, people = deal_names(key for key, _row, _buyer in is_open), person_names(each[2] for each in is_open)
    company = Company(setting.now, block.chance, setting.cast)
    actors: dict[int, Actor] = {}
    for key, row, buyer in is_open:
        owner = row.values["owner_id"]
        seller = actors.setdefault(owner, team_queries.actor_by_id(owner))
        story = Story(company, setting.process, names[key].uid, seller, [people[buyer]], setting.now)
        criterion = setting.process.stage(row.values["stage"]).required[0]
        deals.confirm(names[key].uid, criterion.key, paper(story, criterion), actor=seller, at=setting.now)
