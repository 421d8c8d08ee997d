"""The words of the rules that need records, and figures as they are told in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

from babel.numbers import format_decimal, format_percent
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from etappe.journal.labels import language, words

Lazy = str | Promise


@dataclass(frozen=True)
class Texts:
    """What is said about a rule, and about a finding of it."""

    title: Lazy
    about: Lazy
    reason: Lazy
    mend: Lazy


TITLE = pgettext_lazy("standard of the linter", "What the records say")
SLOTS: Mapping[str, Lazy] = {
    "share": pgettext_lazy("example of the linter", "deals"),
    "shares": pgettext_lazy("example of the linter", "won with it, won without it"),
}

RECORD_TEXTS: Mapping[str, Texts] = {
    "E801": Texts(
        _("A stage that nearly everybody passes"),
        _(
            "A stage is there to tell deals apart. Where more than nine in ten go on, it costs work and says nothing. "
            "Counted are deals that went on from it or ended in it."
        ),
        _(
            "“%(name)s”: %(share)s of %(n)s deals whose fate here is known went on (interval %(low)s to %(high)s). "
            "The stage tells nobody apart."
        ),
        _("Ask here for what later decides, or take the stage out and ask for its facts in the next one."),
    ),
    "E802": Texts(
        _("A stage that nobody leaves"),
        _(
            "Deals that neither go on nor end are a stage's fault, or a list nobody keeps. Counted are deals that came "
            "at least 90 days ago; fewer than one in ten has left."
        ),
        _(
            "“%(name)s”: of %(n)s deals that came at least 90 days ago, %(share)s have left (interval %(low)s to "
            "%(high)s)."
        ),
        _("Ask for a fact that a buyer can give here, or end these deals with a reason."),
    ),
    "E803": Texts(
        _("A stage that most deals skip"),
        _(
            "A stage that more than half of the deals jump over, or are entered behind, is not how buyers buy. Counted "
            "are deals that are beyond it; deals that came by import are not."
        ),
        _("“%(name)s”: %(share)s of %(n)s deals beyond it were never in it (interval %(low)s to %(high)s)."),
        _("Take the stage out, or move its criteria to the stage where these facts come up."),
    ),
    "E804": Texts(
        _("A required criterion that deals move past"),
        _(
            "A criterion that more than one in five deals leave behind without proof, by exception, is not required in "
            "earnest. Counted are moves at the gate."
        ),
        _("“%(name)s”: %(share)s of %(n)s deals went on without it (interval %(low)s to %(high)s)."),
        _("Make it voluntary, accept a kind of evidence that buyers do give, or stop granting the exception."),
    ),
    "E805": Texts(
        _("A criterion that is written down afterwards"),
        _(
            "Evidence that is kept more than 14 days after it happened is collected for the gate and not for the deal. "
            "It speaks against a criterion where more than a quarter of its deals show it."
        ),
        _(
            "“%(name)s”: for %(share)s of %(n)s deals the evidence was kept more than 14 days after it happened "
            "(interval %(low)s to %(high)s)."
        ),
        _("Accept evidence that arises by itself, such as the buyer's mail, or ask for it where it happens."),
    ),
    "E806": Texts(
        _("Evidence that predicts nothing"),
        _(
            "Deals that left the stage with the proof are compared with those that left it without. Where they are won "
            "hardly more often (less than 10 points, with the whole interval), the criterion is work for nothing. That "
            "it predicts does not mean that it causes."
        ),
        _(
            "“%(name)s”: %(n)s deals that left with it and %(others)s without differ by %(points)s points in the share "
            "won (interval %(low_points)s to %(high_points)s)."
        ),
        _("Take it out, or ask for the fact behind it that tells buyers from others."),
    ),
    "E807": Texts(
        _("A criterion that those who end here have met"),
        _(
            "A required criterion is to hold back those that will not buy. Where more than four in five of the deals "
            "that end in its stage had met it, it does not. Not told where nearly everybody passes the stage (E801)."
        ),
        _(
            "“%(name)s”: %(share)s of %(n)s deals that ended here without an order had met it (interval %(low)s to "
            "%(high)s)."
        ),
        _("Ask for a fact that those who do not buy would not give."),
    ),
}


def readable(params: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a finding as they are told: shares in percent, differences in points, the name of what is meant.

    The bounds of an interval are rounded outwards, so that it holds what it says.
    """
    if "share" not in params:
        return {}
    share, low, high = (100 * params[name] for name in ("share", "low", "high"))
    return {
        "share": _percent(share),
        "low": _percent(_outwards(floor, low)),
        "high": _percent(_outwards(ceil, high)),
        "name": words(params["texts"]),
        "points": _points(round(share)),
        "low_points": _points(_outwards(floor, low)),
        "high_points": _points(_outwards(ceil, high)),
    }


def _outwards(bound: Callable[[float], int], value: float) -> int:
    """A bound as a whole number; what only the computer's fractions make of a whole one is that one."""
    return bound(round(value, 6))


def _percent(value: float) -> str:
    """Whole percent, unless that would make all or none of nearly all or hardly any."""
    digits = next((digits for digits in range(3) if round(value, digits) not in (0, 100) or value in (0, 100)), 3)
    return format_percent(round(value / 100, digits + 2), locale=language(), decimal_quantization=False)


def _points(value: int) -> str:
    return format_decimal(value, locale=language())
