"""A year and a half in the life of a made-up company, played through the real actions with a seeded chance."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from typing import Any

import yaml

from etappe.core.actor import SYSTEM, Actor
from etappe.core.deal_fields import clean_name
from etappe.core.process import Criterion, Phase, Process, Stage
from etappe.deals import actions as deals
from etappe.deals.queries import exceptions_to_answer, inspection
from etappe.deals.reading import Given, GivenFile
from etappe.demo import papers
from etappe.foreign.invite import parse_invite
from etappe.foreign.mail import parse_mail
from etappe.people import actions as people
from etappe.people.queries import AccountView, PersonRef, PersonView
from etappe.playbook import actions as playbook
from etappe.playbook.queries import spec as spec_of
from etappe.team import actions as team
from etappe.team import queries as team_queries

PROCESSES = {"inbound": 36, "eleven_to_live": 14}
"""Library processes of the demo and how many deals run on each."""

NEXT_STEPS = ("Termin vorbereiten", "Angebot gemeinsam durchgehen", "Rückfrage klären", "Anruf bei der Technik")

FILED = ("invite_accepted", "booking")
MAILED = ("reply", "form")


@dataclass
class Company:
    """The company while it is being played. `now` is the present, and nothing happens after it."""

    now: datetime
    chance: random.Random
    data: Mapping[str, Any] = field(default_factory=lambda: cast())
    sellers: list[Actor] = field(default_factory=list)
    managers: dict[int | None, Actor] = field(default_factory=dict)
    granted: int = 0
    accounts: list[tuple[AccountView, list[PersonView]]] = field(default_factory=list)

    @property
    def began(self) -> datetime:
        """When the story begins."""
        return self.now - timedelta(days=540)

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
    for key, number in PROCESSES.items():
        process = spec_of(playbook.take_library(key, actor=SYSTEM, at=company.began).id)
        for place in range(number):
            _deal(company, process, place, number)
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
        team.add_user(address, person["name"], person["role"], teams[person["team"]], actor=SYSTEM, at=at)
        actor = team_queries.actor_by_email(address)
        if person["role"] == "rep":
            company.sellers.append(actor)
        elif person["role"] == "manager":
            company.managers[actor.team] = actor


def _slug(name: str) -> str:
    for umlaut, plain in {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}.items():
        name = name.lower().replace(umlaut, plain)
    return ".".join(
        "".join(letter for letter in word if letter.isascii() and letter.isalnum()) for word in name.split()
    )


def _account(company: Company, wanted: Mapping[str, Any]) -> tuple[AccountView, list[PersonView]]:
    seller, at = company.chance.choice(company.sellers), company.began
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

    def wait(self, days: float) -> bool:
        """Let some days pass; false if that would be the future."""
        later = self.at + timedelta(days=self.company.chance.lognormvariate(0, 0.6) * days)
        if later >= self.company.now:
            return False
        self.at = later
        return True


def _deal(company: Company, process: Process, place: int, number: int) -> None:
    """Deals spread over the stages: the first ones end in the last stage, the last ones have only just begun."""
    chance, stages = company.chance, process.stages
    account, buyers = company.accounts[chance.randrange(len(company.accounts))]
    goal = stages[len(stages) - 1 - place * len(stages) // number]
    age = 6 + 17 * process.order[goal.key] * chance.uniform(0.9, 1.7)
    began = max(company.began, company.now - timedelta(days=age))
    seller = chance.choice(company.sellers)
    product = company.pick("products")
    fields = {
        "name": clean_name("name", f"{product} für {account.name}"),
        "account": account.uid,
        "amount": Decimal(chance.randrange(4, 160) * 500) if goal.phase is not Phase.FIND else None,
        "product": product,
        "source": company.pick("sources"),
        "buyer_since": (began - timedelta(days=chance.randint(3, 60))).date(),
    }
    made = deals.create(
        fields, process=process.key, stakeholders=tuple(buyer.uid for buyer in buyers[:3]), actor=seller, at=began
    )
    _live(Story(company, process, made.uid, seller, buyers, began), goal, lost=place % 4 == 1)


def _live(story: Story, goal: Stage, *, lost: bool) -> None:
    """Prove and move until the goal; some are lost on the way, those on the road have their next step."""
    order = story.process.order
    for stage in story.process.stages[: order[goal.key]]:
        if not story.wait(9) or not _prove(story, stage):
            break
        deals.move(story.uid, story.process.stages[order[stage.key] + 1].key, actor=story.seller, at=story.at)
    if goal.phase is Phase.KEEP:
        return
    if lost and story.wait(6):
        _lose(story)
        return
    _agree_next_step(story, goal)


def _prove(story: Story, stage: Stage) -> bool:
    for criterion in stage.required:
        if not story.wait(1.2):
            return False
        deals.confirm(story.uid, criterion.key, paper(story, criterion), actor=story.seller, at=story.at)
    return True


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
        raw = papers.mail(buyer.name, buyer.email, ours, f"Re: {story.company.pick('products')}", words, story.at)
        return Given("reply", file=GivenFile("antwort.eml", "message/rfc822", raw, parse_mail(raw), None))
    raw = papers.document(text, f"{words}\n\n{buyer.name}, {story.at:%d.%m.%Y}")
    file = GivenFile(f"{criterion.key}.txt", "text/plain", raw)
    return Given(kind, file=file, person=str(buyer.uid), happened_at=story.at, title=text)


def _lose(story: Story) -> None:
    reason = story.company.chance.choice(["competitor", "price", "no_decision", "no_need", "not_for_us"])
    lost_to = story.company.pick("competitors") if reason == "competitor" else ""
    deals.leave(story.uid, reason, lost_to=lost_to, actor=story.seller, at=story.at)


def _agree_next_step(story: Story, goal: Stage) -> None:
    """Most have a dated next step; some lack one, rest until the buyer's date, or wait for an exception."""
    chance, now = story.company.chance, story.company.now
    today = now.date()
    lot = chance.random()
    if lot < 0.12 and goal.phase is Phase.WIN:
        deals.rest(story.uid, today + timedelta(days=chance.randint(20, 120)), actor=story.seller, at=now)
    elif lot < 0.8:
        changes = {
            "next_step": chance.choice(
                ["Termin vorbereiten", "Angebot gemeinsam durchgehen", "Rückfrage klären", "Anruf"]
            ),
            "next_step_on": today + timedelta(days=chance.randint(-4, 20)),
            "next_step_person": str(story.buyers[0].uid),
            "expected_close": today + timedelta(days=chance.randint(15, 120)),
        }
        deals.edit(
            story.uid, changes, actor=story.seller, at=story.company.now - timedelta(hours=chance.randint(1, 90))
        )
    elif goal.phase is Phase.WIN and lot < 0.88:
        _ask(story, goal.key)


def _ask(story: Story, after: str) -> None:
    """Ask for an exception. The manager has granted the first one; the others wait."""
    place = story.process.order[after] + 1
    if place >= len(story.process.stages) or story.process.stages[place].phase is not Phase.WIN:
        return
    company, to = story.company, story.process.stages[place].key
    reason = "Der Käufer hat am Telefon zugesagt, die Mail folgt nach seinem Urlaub."
    deals.ask_exception(story.uid, to, reason, actor=story.seller, at=company.now)
    manager = company.managers[story.seller.team]
    waiting = [each for each in exceptions_to_answer(manager) if each.deal.uid == story.uid]
    if waiting and not company.granted:
        company.granted += 1
        deals.answer_exception(waiting[0].uid, True, "Gut, bitte nachreichen.", actor=manager, at=company.now)
