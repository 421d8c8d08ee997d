"""The life of a simulated company, played through the real actions: its deals go as their lives were drawn."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from itertools import pairwise
from typing import Any

import yaml

from etappe.core.actor import SYSTEM, Actor
from etappe.core.deal_fields import clean_name
from etappe.core.process import Criterion, Phase, Process, Stage
from etappe.core.simulate.lives import DISQUALIFIED, LOST, OPEN, OUTCOMES, WON, Lives
from etappe.core.touchpoint import OUT
from etappe.deals import actions as deals
from etappe.deals.queries import exceptions_to_answer, inspection
from etappe.deals.reading import Given, GivenFile
from etappe.demo import papers
from etappe.demo.order import Order, shipped
from etappe.demo.past import DEALS, PAST, remember
from etappe.demo.rows import Played
from etappe.foreign.invite import parse_invite
from etappe.foreign.mail import parse_mail
from etappe.people import actions as people
from etappe.people import actions_touchpoints as touchpoints
from etappe.people.queries import AccountView, PersonRef, PersonView
from etappe.playbook import actions as playbook
from etappe.playbook import queries as playbook_queries
from etappe.playbook.queries import spec as spec_of
from etappe.team import actions as team
from etappe.team import queries as team_queries

COMPANIES = {"demo_inbound": 60, "demo_projects": 12}
"""Parameters of the demo, and how many deals are played by them."""

VARIED = "demo_inbound"
"""The one in which every stage should be seen."""
WON_DEALS = 20
"""So many figures ask for before they say anything."""
MOST_SEEDS = 400
"""Seeds that are tried until a company is as varied as the demo should be."""

ON_THE_PHONE = "Der Käufer hat am Telefon zugesagt, die Mail folgt nach seinem Urlaub."
STEPS = ("Termin vorbereiten", "Angebot gemeinsam durchgehen", "Rückfrage klären", "Anruf")

FILED = ("invite_accepted", "booking")
MAILED = ("reply", "form")


@dataclass
class Company:
    """The company while it is being played. `now` is the present, and nothing happens after it.

    `chance` draws what no figure depends on: names, papers, next steps.
    """

    now: datetime
    chance: random.Random
    data: Mapping[str, Any] = field(default_factory=lambda: cast())
    sellers: dict[str, Actor] = field(default_factory=dict)
    managers: dict[int | None, Actor] = field(default_factory=dict)
    users: dict[str, Any] = field(default_factory=dict)
    accounts: list[tuple[AccountView, list[PersonView]]] = field(default_factory=list)

    @property
    def began(self) -> datetime:
        """When the story begins."""
        return self.now - timedelta(days=1200)

    def pick(self, key: str) -> Any:
        """One of the cast."""
        return self.chance.choice(self.data[key])


def cast() -> Mapping[str, Any]:
    """The cast as it is written."""
    data: Mapping[str, Any] = yaml.safe_load(files("etappe.demo").joinpath("cast.yaml").read_text("utf-8"))
    return data


def play(now: datetime, seed: int = 7) -> Company:
    """Make the company: colleagues, processes, accounts and people, and deals in every stage."""
    company = Company(now, random.Random(seed))
    _found(company)
    for account in company.data["accounts"]:
        company.accounts.append(_account(company, account))
    for name, number in COMPANIES.items():
        order = Order(name, shipped(name), seed, number, now.date())
        _play(company, varied(order) if name == VARIED else order)
    remember(
        company, playbook_queries.get_version("inbound", 1).id, Order(PAST, shipped(PAST), seed, DEALS, now.date())
    )
    playbook.make_default("inbound", actor=SYSTEM, at=now)
    _inspect(company)
    return company


def _inspect(company: Company) -> None:
    """The managers have read some evidence; one piece each they did not accept."""
    for manager in company.managers.values():
        read = [each for row in inspection(manager).rows for item in row.criteria for each in item.evidence][:4]
        for place, evidence in enumerate(read):
            word = "Das kam von der Aushilfe. Bitte von der Werkleitung bestätigen lassen." if place == 3 else ""
            deals.judge(evidence.uid, not word, word, actor=manager, at=company.now)


def _found(company: Company) -> None:
    at, own = company.began, company.data["workspace"]
    team.mark_as_demo(actor=SYSTEM, at=at)
    team.edit_workspace({"name": own["name"], "our_domains": [own["domain"]]}, actor=SYSTEM, at=at)
    teams: dict[str | None, Any] = {None: None}
    for name, parent in company.data["teams"].items():
        teams[name] = team.add_team(name, teams[parent], actor=SYSTEM, at=at).uid
    for person in company.data["colleagues"]:
        address = f"{_slug(person['name'])}@{own['domain']}"
        added = team.add_user(address, person["name"], person["role"], teams[person["team"]], actor=SYSTEM, at=at)
        company.users[person["name"]] = added.uid
        actor = team_queries.actor_by_email(address)
        if person["role"] == "rep":
            company.sellers[person["name"]] = actor
        elif person["role"] == "manager":
            company.managers[actor.team] = actor


def _slug(name: str) -> str:
    for umlaut, plain in {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}.items():
        name = name.lower().replace(umlaut, plain)
    return ".".join(
        "".join(letter for letter in word if letter.isascii() and letter.isalnum()) for word in name.split()
    )


def _account(company: Company, wanted: Mapping[str, Any]) -> tuple[AccountView, list[PersonView]]:
    seller, at = company.chance.choice(list(company.sellers.values())), company.began
    domain = f"{_slug(wanted['name']).replace('.', '-').strip('-')}.example"
    fields = {**wanted, "domain": domain, "country": "DE", "website": f"https://www.{domain}"}
    account = people.create_account(fields, actor=seller, at=at)
    persons = [_person(company, account, domain, seller) for _ in range(company.chance.randint(2, 4))]
    return account, persons


def _person(company: Company, account: AccountView, domain: str, seller: Actor) -> PersonView:
    given, family = company.pick("given"), company.pick("family")
    fields = {
        "given_name": given,
        "family_name": family,
        "email": f"{_slug(given)}.{_slug(family)}.{company.chance.randint(10, 99)}@{domain}",
        "job_title": company.pick("jobs"),
        "phone": f"+49 30 5550 {company.chance.randint(100, 999)}",
        "account": account.uid,
    }
    return people.create_person(fields, actor=seller, at=company.began)


@dataclass
class Story:
    """One deal on its way: who sells, who buys, and what time it is."""

    company: Company
    process: Process
    uid: Any
    seller: Actor
    buyers: Sequence[PersonView | PersonRef]
    at: datetime
    product: str = ""


def varied(order: Order) -> Order:
    """The same company by the next seed in which all is to be seen that the product shows of deals."""
    seeds = range(order.seed, order.seed + MOST_SEEDS)
    return next((found for seed in seeds if _is_varied(found := replace(order, seed=seed))), order)


def _is_varied(order: Order) -> bool:
    """Deals stand in every stage, are lost and disqualified, went on by exception; half are open, enough are won."""
    lives = order.lives(0, order.deals)
    deals_played = [Played(order, lives, place) for place in range(order.deals)]
    gone = [played.went for played in deals_played]
    held = {went.stage for went in gone if went.outcome in (OPEN, WON)}
    ends = [went.outcome for went in gone]
    return (
        held >= {stage.key for stage in (*order.company.stages, *order.company.after)}
        and {LOST, DISQUALIFIED} <= set(ends)
        and 2 * ends.count(OPEN) >= order.deals
        and ends.count(WON) >= WON_DEALS
        and any(played.excused for played in deals_played)
    )


def _play(company: Company, order: Order) -> None:
    process = spec_of(playbook.take_library(order.company.process, actor=SYSTEM, at=company.began).id)
    lives = order.lives(0, order.deals)
    firms = [_deal(company, process, Played(order, lives, place)) for place in range(order.deals)]
    _speak(company, order, lives, firms)


def _speak(company: Company, order: Order, lives: Lives, firms: Sequence[AccountView]) -> None:
    """What was said about the deals, with their accounts, up to now."""
    zone = team_queries.workspace().zone
    said = [
        contact | _between(company, Played(order, lives, place), firms[place], contact["direction"] == OUT)
        for place, contact in order.contacts(lives, 0, zone)
        if contact["happened_at"] < company.now
    ]
    for begin in range(0, len(said), touchpoints.MOST):
        touchpoints.record_many(said[begin : begin + touchpoints.MOST], actor=SYSTEM, at=company.now)


def _between(company: Company, played: Played, firm: AccountView, is_ours: bool) -> dict[str, Any]:
    """Whom a contact was with: somebody of the account, and who sells the deal where it went out from us."""
    buyers = next(persons for account, persons in company.accounts if account.uid == firm.uid)
    whom = {"account": firm.uid, "person": buyers[played.place % len(buyers)].uid, "source": played.segment}
    return whom | ({"user": company.users[played.seller]} if is_ours else {})


def _deal(company: Company, process: Process, played: Played) -> AccountView:
    """Play it; returns whose deal it is."""
    chance, went, order = company.chance, played.went, played.order
    account, buyers = company.accounts[chance.randrange(len(company.accounts))]
    began, seller = order.at(went.entered[0][1]), company.sellers[played.seller]
    product = company.pick("products")
    is_early = process.stage(went.stage).phase is Phase.FIND
    amount = Decimal(max(1, round(float(played.lives.amount[played.place]) / 500)) * 500)
    fields = {
        "name": clean_name("name", f"{product} für {account.name}"),
        "account": account.uid,
        "amount": None if is_early else amount,
        "product": product,
        "source": played.segment,
        "buyer_since": (began - timedelta(days=chance.randint(3, 60))).date(),
    }
    made = deals.create(
        fields, process=process.key, stakeholders=tuple(buyer.uid for buyer in buyers[:3]), actor=seller, at=began
    )
    _live(Story(company, process, made.uid, seller, buyers, began, product), played)
    return account


def _live(story: Story, played: Played) -> None:
    """Prove and move as the deal went; what is open has some of its proof, and mostly its next step."""
    went, order, excused = played.went, played.order, played.excused
    for place, ((key, since), (after, left)) in enumerate(pairwise(went.entered)):
        stage = story.process.stage(key)
        if place in excused:
            _excuse(story, after, order.at(left))
        else:
            _prove(story, stage.required, order.at(since), order.at(left))
            deals.move(story.uid, after, actor=story.seller, at=order.at(left))
    last = story.process.stage(went.stage)
    if went.outcome not in (OPEN, WON):
        _lose(story, OUTCOMES[went.outcome], order.at(went.since))
    elif went.outcome == OPEN:
        known = last.required[: story.company.chance.randint(0, max(0, len(last.required) - 1))]
        _prove(story, known, order.at(went.since), story.company.now)
        _agree_next_step(story, last)


def _prove(story: Story, criteria: Sequence[Criterion], since: datetime, until: datetime) -> None:
    """Evidence of the buyer, spread over the time in the stage."""
    for place, criterion in enumerate(criteria, start=1):
        story.at = since + (until - since) * place / (len(criteria) + 1)
        deals.confirm(story.uid, criterion.key, paper(story, criterion), actor=story.seller, at=story.at)


def _excuse(story: Story, to: str, at: datetime) -> None:
    """The manager grants what the seller asks for."""
    manager = story.company.managers[story.seller.team]
    deals.ask_exception(story.uid, to, ON_THE_PHONE, actor=story.seller, at=at - timedelta(hours=2))
    (waiting,) = (each for each in exceptions_to_answer(manager) if each.deal.uid == story.uid)
    deals.answer_exception(waiting.uid, True, "Gut, bitte nachreichen.", actor=manager, at=at)


def paper(story: Story, criterion: Criterion) -> Given:
    """Something that one of the buyers could have sent for this criterion."""
    buyer = story.company.chance.choice(story.buyers[:3])
    ours = f"{_slug(story.seller.label)}@{story.company.data['workspace']['domain']}"
    kind, text = criterion.kinds[0].value, criterion.text["de"]
    words = story.company.data["words"].get(criterion.key, text.replace("Der Käufer hat", "Wir haben") + ".")
    if any(accepted in FILED for accepted in criterion.kinds):
        kind = next(accepted.value for accepted in criterion.kinds if accepted in FILED)
        raw = papers.acceptance(
            buyer.name, buyer.email, ours, "Nächster Termin", story.at, story.at + timedelta(days=8)
        )
        return Given(kind, file=GivenFile("zusage.ics", "text/calendar", raw, None, parse_invite(raw)))
    if any(accepted in MAILED for accepted in criterion.kinds):
        product = story.product or story.company.pick("products")
        raw = papers.mail(buyer.name, buyer.email, ours, f"Re: {product}", words, story.at)
        return Given("reply", file=GivenFile("antwort.eml", "message/rfc822", raw, parse_mail(raw), None))
    raw = papers.document(text, f"{words}\n\n{buyer.name}, {story.at:%d.%m.%Y}")
    file = GivenFile(f"{criterion.key}.txt", "text/plain", raw)
    return Given(kind, file=file, person=str(buyer.uid), happened_at=story.at, title=text)


def _lose(story: Story, outcome: str, at: datetime) -> None:
    reasons = [reason.key for reason in story.process.leave if reason.outcome == outcome]
    reason = story.company.chance.choice(reasons)
    lost_to = story.company.pick("competitors") if reason == "competitor" else ""
    deals.leave(story.uid, reason, lost_to=lost_to, actor=story.seller, at=at)


def _agree_next_step(story: Story, stage: Stage) -> None:
    """Most have a dated next step; some lack one, rest until the buyer's date, or wait for an exception."""
    chance, now = story.company.chance, story.company.now
    today = now.date()
    lot = chance.random()
    if lot < 0.12 and stage.phase is Phase.WIN:
        deals.rest(story.uid, today + timedelta(days=chance.randint(20, 120)), actor=story.seller, at=now)
    elif lot < 0.8:
        changes = {
            "next_step": chance.choice(STEPS),
            "next_step_on": today + timedelta(days=chance.randint(-4, 20)),
            "next_step_person": str(story.buyers[0].uid),
            "expected_close": today + timedelta(days=chance.randint(15, 120)),
        }
        deals.edit(story.uid, changes, actor=story.seller, at=now - timedelta(hours=chance.randint(1, 90)))
    elif stage.phase is Phase.WIN and lot < 0.88:
        _ask(story, stage)


def _ask(story: Story, stage: Stage) -> None:
    """Ask for an exception that waits for its answer."""
    place = story.process.order[stage.key] + 1
    if place < len(story.process.stages) and story.process.stages[place].phase is Phase.WIN:
        to = story.process.stages[place].key
        deals.ask_exception(story.uid, to, ON_THE_PHONE, actor=story.seller, at=story.company.now)
