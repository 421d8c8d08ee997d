"""Deals of a small process with known truth: whether the buyer is serious decides what is shown and how it ends."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from etappe.core.evidence import Kind, Provenance
from etappe.core.process import Basis, Held, Process, Status
from etappe.core.process_file import compile_process, read
from etappe.core.process_past import Course, Shown, Step

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
STAGES = ("agreed", "tried", "ordered")

_STAGE = """\
  - key: {key}
    phase: win
    name: {{de: {key}, en: {key}}}
    owner: am
    action: {{de: Fragen, en: Ask}}
    criteria:
      - {{key: {key}_need, text: {{de: Der Käufer hat {key}, en: The buyer has {key}}}, evidence: [reply]}}
      - {{key: {key}_more, text: {{de: Und mehr, en: And more}}, required: {more}, evidence: [reply, document]}}
"""
HEAD = """\
etappe: 1
key: small
name: {de: Klein, en: Small}
about: {de: Zum Erproben, en: To try}
stages:
"""
LEAVE = "leave:\n  - {key: price, name: {de: Preis, en: Price}, outcome: lost}\n"


def source(*required: str) -> str:
    """A process of three stages; `<stage>_more` is required in the stages named, and voluntary in the others."""
    return HEAD + "".join(_STAGE.format(key=key, more=str(key in required).lower()) for key in STAGES) + LEAVE


def process(*required: str) -> Process:
    return compile_process(read(source(*required)))


SMALL, STRICT = process(), process("tried")


def shown(criterion: str, day: float, kind: Kind = Kind.REPLY, until: float | None = None) -> Shown:
    at = START + timedelta(days=day)
    ends = START + timedelta(days=until) if until is not None else None
    return Shown(Held(criterion, kind, Provenance.RECEIVED), at, ends, at)


def course(
    deal: int, left: dict[str, float], end: tuple[str, float], *evidence: Shown, basis: Basis = Basis.EVIDENCE
) -> Course:
    """A deal that left stages on these days, in the order given, and ended won, lost or open."""
    status, ended = end
    entered = [(STAGES[0], 0.0, Basis.START), *((_after(key), day, basis) for key, day in left.items())]
    steps = [Step(SMALL, key, Status.OPEN, why, START + timedelta(days=day)) for key, day, why in entered if key]
    at = START + timedelta(days=ended)
    if status != "open":
        why = basis if status == "won" else Basis.EXIT
        steps.append(Step(SMALL, steps[-1].stage, Status(status), why, at))
    return Course(
        deal, {"won": True, "lost": False}.get(status), None if status == "open" else at, tuple(steps), evidence
    )


def _after(stage: str) -> str:
    place = STAGES.index(stage) + 1
    return STAGES[place] if place < len(STAGES) else ""


@dataclass(frozen=True)
class Company:
    """`serious`: share of buyers; the chances to give `tried_more` and to go on, of serious buyers and of others."""

    serious: float = 0.5
    gives: tuple[float, float] = (0.8, 0.3)
    goes_on: tuple[float, float] = (0.9, 0.55)

    def deals(self, number: int, chance: random.Random) -> Iterator[Course]:
        """Deals that show what the process of their time required, and `tried_more` if they give it."""
        for deal in range(number):
            kind = 0 if chance.random() < self.serious else 1
            gives = chance.random() < self.gives[kind]
            evidence, left, status = [], {}, "won"
            for place, stage in enumerate(STAGES, start=1):
                if chance.random() >= self.goes_on[kind]:
                    status = "lost"
                    break
                evidence.append(shown(f"{stage}_need", place - 0.5))
                if stage == "tried" and gives:
                    evidence.append(shown("tried_more", place - 0.5))
                left[stage] = float(place)
            yield course(deal, left, (status, float(len(left) + 1)), *evidence)

    def difference(self) -> float:
        """The share lost of those that left `tried` without `tried_more`, less that of those that had it."""
        weights = (self.serious, 1 - self.serious)
        reach = [weight * on**2 for weight, on in zip(weights, self.goes_on, strict=True)]
        shares = []
        for gave in (False, True):
            mine = [part * (give if gave else 1 - give) for part, give in zip(reach, self.gives, strict=True)]
            lost = sum(part * (1 - on) for part, on in zip(mine, self.goes_on, strict=True))
            shares.append(lost / sum(mine))
        return shares[0] - shares[1]
