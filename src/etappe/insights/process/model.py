"""The sales model measured from the records, beside what was answered in set-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from etappe.core.actor import Actor
from etappe.core.errors import Missing
from etappe.core.periods import local_day
from etappe.core.sales_measured import MINIMUM, Measure, Measured, measure, unplaced
from etappe.core.sales_model import Model, answers_from, evaluate
from etappe.deals.queries import decided_sales, refs_of
from etappe.team.access import require
from etappe.team.queries import workspace

WINDOW: Final = timedelta(days=365)
PER_PAGE: Final = 50


@dataclass(frozen=True)
class SalesModel:
    """What was said and what was measured over `n` deals decided from `since` to `as_of`.

    `said` is empty where nobody has answered; `first_won` is the day from which on orders are known.
    """

    said: Mapping[str, str]
    said_model: Model | None
    measured: Measured
    since: date
    as_of: date
    found: int
    n: int
    currency: str
    first_won: date | None
    knows_before: bool
    unplaced: Mapping[str, int] = field(default_factory=dict)
    """Sources that do not tell which way contacts came, with the number of deals, most first."""

    def against(self, found: Measure) -> str:
        """How a measured answer stands to what was said."""
        return found.against(self.said.get(found.question))

    def one(self, question: str) -> Measure:
        """The measure of a question, or `Missing`."""
        for each in self.measured.measures:
            if each.question == question:
                return each
        raise Missing

    @property
    def is_enough(self) -> bool:
        """Whether any question can be answered."""
        return any(each.share is not None for each in self.measured.measures)


def run(viewer: Actor, at: datetime) -> SalesModel:
    """Measure the sales model over the deals that the viewer sees and that were decided within the last year.

    Who bought before counts as an existing customer; that is known only where records reach back for another year.
    """
    require(viewer, "figures.see")
    here = workspace()
    zone, since = here.zone, at - WINDOW
    found = decided_sales(viewer, since, at, here.currency)
    knows_before = found.first_won is not None and found.first_won <= since - WINDOW
    said: Mapping[str, str] = here.answers or {}
    return SalesModel(
        said=said,
        said_model=evaluate(answers_from(said)).dominant if said else None,
        measured=measure(found.sales, knows_before=knows_before, own=here.source_words),
        since=local_day(since, zone),
        as_of=local_day(at, zone),
        found=found.found,
        n=len(found.sales),
        currency=here.currency,
        first_won=local_day(found.first_won, zone) if found.first_won else None,
        knows_before=knows_before,
        unplaced=dict(unplaced(found.sales, here.source_words).most_common()),
    )


def listed(
    viewer: Actor, model: SalesModel, question: str, group: str, skip: int = 0
) -> tuple[tuple[tuple[UUID, str], ...], int]:
    """Fifty of the deals of a group from `skip` on, by uid and name, and how many there are."""
    groups = model.one(question).groups
    if group not in groups:
        raise Missing
    keys = groups[group]
    shown = keys[skip : skip + PER_PAGE]
    names = refs_of(viewer, shown)
    return tuple((names[key].uid, names[key].name) for key in shown if key in names), len(keys)


def as_json(model: SalesModel) -> dict[str, Any]:
    """Plain values that JSON can hold."""
    return {
        "said": model.said_model.value if model.said_model else None,
        "measured": [each.value for each in model.measured.models] if model.is_enough else [],
        "since": model.since.isoformat(),
        "as_of": model.as_of.isoformat(),
        "found": model.found,
        "n": model.n,
        "currency": model.currency,
        "first_won": model.first_won.isoformat() if model.first_won else None,
        "knows_before": model.knows_before,
        "unplaced": [{"source": source, "deals": deals} for source, deals in model.unplaced.items()],
        "questions": [
            {
                "question": each.question,
                "said": model.said.get(each.question),
                "state": model.against(each),
                "possible": [str(code) for code in each.possible] if each.share is not None else [],
                "share": each.share,
                "interval": list(each.interval) if each.interval else None,
                "n": each.n,
                "minimum": MINIMUM,
                "left_out": each.left_out,
                "groups": {str(group): len(deals) for group, deals in each.groups.items()},
            }
            for each in model.measured.measures
        ],
    }
