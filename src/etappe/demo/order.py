"""What is to be simulated: a company's parameters, how many deals, and the chance and the day that make it this one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import numpy as np

from etappe.core.process import Phase, Process
from etappe.core.process_file import compile_process, read
from etappe.core.simulate.contacts import draw_contacts
from etappe.core.simulate.lives import OUTCOMES, Lives, draw, observed
from etappe.core.simulate.parameters import Parameters
from etappe.core.simulate.reading import Road, read_parameters
from etappe.core.simulate.truth import truth
from etappe.core.touchpoint import IN, OUT
from etappe.core.working_hours import HOUR, later


@dataclass(frozen=True)
class Order:
    """`source` is the file of parameters; the history ends with the day before `until`."""

    name: str
    source: str
    seed: int
    deals: int
    until: date

    @cached_property
    def company(self) -> Parameters:
        """The parameters; raises the refusal that says what is wrong with them."""
        return read_parameters(self.source, Roads())

    @cached_property
    def process(self) -> Process:
        """The process that the deals run on."""
        return shipped_process(self.company.process)

    def lives(self, block: int, number: int) -> Lives:
        """The deals of a block, drawn from a chance of its own."""
        return draw(self.company, number, self.until, np.random.default_rng([self.seed, block]))

    def contacts(self, lives: Lives, block: int, zone: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """What was said about these deals of a block: the place of the deal, and the contact; none if none is set."""
        talk = self.company.contacts
        if talk is None:
            return
        said = draw_contacts(self.company, talk, lives, np.random.default_rng([self.seed, block, 1]))
        for place, hours in enumerate(said.answers):
            came = self.at(float(lives.began[place]))
            yield place, _contact(came, IN, talk.channel, talk.act)
            if not np.isnan(hours):
                yield place, _contact(later(came, round(hours * HOUR), zone), OUT, "mail", "wrote")
        for place, time_, number in zip(said.deal, said.time, said.act, strict=True):
            act = talk.acts[int(number)]
            yield int(place), _contact(self.at(float(time_)), IN, act.channel, act.act)

    def truth(self) -> dict[str, Any]:
        """What is true of the company; the same for every seed."""
        return truth(self.company, self.until, np.random.default_rng(0))

    def at(self, time_: float) -> datetime:
        """The moment of a time of the history."""
        first = datetime.combine(self.until - timedelta(days=self.company.days), time(), UTC)
        return (first + timedelta(days=time_)).replace(microsecond=0)

    def as_text(self) -> str:
        """As it is kept in a file."""
        return json.dumps({**asdict(self), "until": self.until.isoformat()}, ensure_ascii=False, indent=2)

    @classmethod
    def of(cls, text: str) -> Order:
        """From the file it was kept in."""
        kept = json.loads(text)
        return cls(**{**kept, "until": date.fromisoformat(kept["until"])})


def _contact(at: datetime, direction: str, channel: str, act: str) -> dict[str, Any]:
    return {"happened_at": at, "direction": direction, "channel": channel, "act": act}


LIBRARY = files("etappe.playbook").joinpath("library")


@cache
def shipped_process(key: str) -> Process:
    """A process that ships with Etappe, read without a database."""
    return compile_process(read(LIBRARY.joinpath(f"{key}.yaml").read_text("utf-8")))


class Roads(Mapping[str, Road]):
    """The stages of the processes that ship with Etappe, by key; each is read when it is asked for."""

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(path.name.removesuffix(".yaml") for path in LIBRARY.iterdir()))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __getitem__(self, key: str) -> Road:
        process = shipped_process(key)
        return Road(_keys(process, Phase.FIND, Phase.WIN), _keys(process, Phase.KEEP))


def _keys(process: Process, *phases: Phase) -> tuple[str, ...]:
    return tuple(stage.key for stage in process.of_phase(*phases))


BLOCK = 4000
"""Deals that are drawn, and loaded, together."""


def blocks(size: int) -> Iterator[tuple[int, int]]:
    """Number and size of the blocks that so many deals are drawn in."""
    for number, start in enumerate(range(0, size, BLOCK)):
        yield number, min(BLOCK, size - start)


def standing(order: Order) -> dict[str, int]:
    """How many deals stand how at the end of the history."""
    counts = np.zeros(len(OUTCOMES), dtype=np.int64)
    for number, size in blocks(order.deals):
        _days, outcome = observed(order.lives(number, size), order.company.days)
        counts += np.bincount(outcome, minlength=len(OUTCOMES))
    return {name: int(count) for name, count in zip(OUTCOMES, counts, strict=True)}


def shipped(name: str) -> str:
    """The parameters of a company that ships with Etappe."""
    return files("etappe.demo").joinpath("companies", f"{name}.yaml").read_text("utf-8")


def measuring(deals: int, until: date) -> Order:
    """The workspace for measuring, of any size."""
    return Order("Messwerk", shipped("measuring"), seed=11, deals=deals, until=until)
