"""What each role looks at first among the figures, beside what all look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _

from etappe.core.actor import Actor, Role
from etappe.insights.queries import get_metric
from etappe.insights.statements import SCORED
from etappe.web.figure_words import SPLITS, Asked

OWN = "owner = me"
"""The deals that one owns, as lists filter them."""


@dataclass(frozen=True)
class Look:
    """A way on, with what it answers; `follows` is whether it is over the same deals and day as the page."""

    title: str
    says: str
    url: str
    follows: bool = False


@dataclass(frozen=True)
class First:
    """What a role looks at first: a figure whose chart is shown, and ways on."""

    title: str
    chart: str
    looks: tuple[Look, ...]


def first_of(viewer: Actor, asked: Asked) -> First:
    """What the viewer looks at first, over the same deals and the same day."""
    first = FIRST.get(viewer.role or Role.OBSERVER, _leading)(asked)
    return replace(first, looks=tuple(look for look in first.looks if look.follows or not asked.tail))


def _selling(asked: Asked) -> First:
    where = f"({asked.where}) and {OWN}" if asked.where else OWN
    mine = replace(asked, where=where)
    return First(
        _("Your own deals, stage by stage"),
        mine.address("figure", "stage_conversion"),
        (
            Look(
                _("Your own leads"),
                _("Those that show the most interest first."),
                mine.address("figure_records", "interest", {"list": SCORED, "fate": "open"}),
                True,
            ),
            Look(_("Your own deals"), _("All of these figures over the deals that you own."), mine.home, True),
            _goals(),
            _commitments(),
        ),
    )


def _leading(asked: Asked) -> First:
    return First(
        _split_title("win_rate", "owner"),
        _split(asked, "win_rate", "owner"),
        (
            _figure(asked, "response_time", "owner", _("How long leads wait for our first answer, and with whom.")),
            _figure(asked, "lead_conversion", "owner", _("Whose leads are accepted, and won.")),
            _figure(asked, "bottlenecks", "team", _("Where a team loses more deals than the others, or waits longer.")),
            _figure(asked, "stage_time", "owner", _("Who waits where, and for how long.")),
            Look(
                _("Forecast by owner"),
                _("What open deals will likely bring, colleague by colleague."),
                f"{reverse('forecast')}?by=owner",
            ),
            _goals(),
            _commitments(),
        ),
    )


def _marketing(asked: Asked) -> First:
    return First(
        _split_title("win_rate", "source"),
        _split(asked, "win_rate", "source"),
        (
            _figure(asked, "lead_inflow", "source", _("Which sources bring how many leads, month by month.")),
            _figure(asked, "touchpoints", "source", _("Contacts by month and channel, and who answers.")),
            _figure(asked, "lead_conversion", "source", _("Which sources bring leads that are accepted, and won.")),
            _figure(asked, "sales_cycle", "source", _("Which sources bring deals that are decided soon.")),
            _figure(asked, "time_not_won", "source", _("Which sources cost time that wins nothing.")),
            _measured(),
        ),
    )


def _success(asked: Asked) -> First:
    return First(
        _split_title("win_rate", "product"),
        _split(asked, "win_rate", "product"),
        (
            _figure(asked, "deal_size", "product", _("What customers order, product by product.")),
            _figure(asked, "sales_cycle", "product", _("How long they take to decide, product by product.")),
            _measured(),
        ),
    )


FIRST: Mapping[Role, Callable[[Asked], First]] = {
    Role.REP: _selling,
    Role.MARKETING: _marketing,
    Role.SUCCESS: _success,
}
"""Roles with a look of their own; all others lead."""


def _figure(asked: Asked, key: str, by: str, says: str) -> Look:
    return Look(_split_title(key, by), says, _split(asked, key, by), True)


def _split(asked: Asked, key: str, by: str) -> str:
    return replace(asked, by=by).address("figure", key)


def _split_title(key: str, by: str) -> str:
    return f"{get_metric(key).title} · {SPLITS[by]}"


def _goals() -> Look:
    return Look(_("Goals"), _("What was to be reached, and how likely the rest is."), reverse("goals"))


def _commitments() -> Look:
    return Look(_("Commitments"), _("What each of you says will be won, beside the forecast."), reverse("commitments"))


def _measured() -> Look:
    return Look(
        _("How you sell, measured"),
        _("Where contacts come from, and how much customers order again."),
        reverse("sales_model_measured"),
    )
