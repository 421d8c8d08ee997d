"""The columns of the tables of figures about leads and contacts, and the line below their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from etappe.core.figures import Interval, Result
from etappe.core.interest import BANDS as LEAST
from etappe.insights.catalogue.durations import CODES
from etappe.insights.catalogue.response_time import MINIMUM as FEWEST
from etappe.journal.labels import CONTACT_CHANNELS
from etappe.web.figure_columns import Column, cases
from etappe.web.figure_numbers import between, working_hours
from etappe.web.forecast_words import short_month
from etappe.web.templatetags.formats import day, number, percent

FATES: Mapping[str, str | Promise] = {
    "open": gettext_lazy("leads that wait"),
    "accepted": gettext_lazy("accepted leads"),
    "refused": gettext_lazy("refused leads"),
}
"""What came of leads, as a list of them is headed."""


def _month(row: Mapping[str, Any]) -> tuple[str, str]:
    """The month by name; the row of the whole time has none."""
    if not row["month"]:
        return "", ""
    return short_month(date.fromisoformat(f"{row['month']}-01"), "LLLL yyyy"), _("so far") if row["is_so_far"] else ""


def _per_month(row: Mapping[str, Any]) -> tuple[str, str]:
    return number(row["value"], 0 if row["month"] else 1), between(row["interval"], lambda value: number(value, 1))


def _share(key: str) -> Callable[[Mapping[str, Any]], tuple[str, str]]:
    names = ("value", "interval") if key == "value" else (key, f"{key}_interval")

    def write(row: Mapping[str, Any]) -> tuple[str, str]:
        value, interval = (row[name] for name in names)
        return _surely(value, interval)

    return write


def _surely(value: float | None, interval: Interval | None) -> tuple[str, str]:
    if value is None:
        return _("too few"), ""
    return percent(value, 1), between(interval, lambda bound: percent(bound, 1))


def accepted(row: Mapping[str, Any]) -> tuple[str, str]:
    """How many leads were accepted; the cell leads to them."""
    return number(row["accepted"]), ""


def refused(row: Mapping[str, Any]) -> tuple[str, str]:
    """How many were refused; the cell leads to them."""
    return number(row["refused"]), ""


def waiting(row: Mapping[str, Any]) -> tuple[str, str]:
    """How many wait; the cell leads to them."""
    return number(row["open"]), ""


def won(row: Mapping[str, Any]) -> tuple[str, str]:
    """How many were won; the cell leads to them."""
    return number(row["won"]), ""


def _channel(row: Mapping[str, Any]) -> tuple[str, str]:
    """The channel, with its month; the row without one tells of answers."""
    if not row["channel"]:
        return _("Leads that we went to"), _("received within a year")
    month = f"{row['month']}-01" if row["month"] else ""
    return str(CONTACT_CHANNELS[row["channel"]]), short_month(date.fromisoformat(month), "LLLL yyyy") if month else ""


def replied(row: Mapping[str, Any]) -> tuple[str, str]:
    """How many contacts came in; of leads how many answered, for which the cell leads to them."""
    return number(row["in"] if row["channel"] else row["answered"]), ""


def went(row: Mapping[str, Any]) -> tuple[str, str]:
    """How many contacts went out; of leads how many we went to, for which the cell leads to them."""
    if row["channel"]:
        return number(row["out"]), ""
    still = row["still"]
    waits = ngettext("{count} not known yet", "{count} not known yet", still).format(count=number(still))
    return number(row["touched"]), waits if still else ""


def _contacts(row: Mapping[str, Any]) -> tuple[str, str]:
    if not row["channel"]:
        return _surely(row["share"], row["share_interval"])
    return number(row["value"], 0 if row["month"] else 1), ""


def answered(row: Mapping[str, Any]) -> tuple[str, str]:
    """How many leads we answered; the cell leads to them."""
    return number(row["answered"]), ""


def unanswered(row: Mapping[str, Any]) -> tuple[str, str]:
    """How many wait for our answer; the cell leads to them."""
    return number(row["waiting"]), ""


def never_answered(row: Mapping[str, Any]) -> tuple[str, str]:
    """How many ended without our answer; the cell leads to them."""
    return number(row["unanswered"]), ""


def _hours(key: str) -> Callable[[Mapping[str, Any]], tuple[str, str]]:
    def write(row: Mapping[str, Any]) -> tuple[str, str]:
        if row["answered"] < FEWEST:
            return _("too few"), ""
        said = _("not reached") if row[key] is None else working_hours(row[key])
        return said, between(row[f"{key}_interval"], working_hours)

    return write


BANDS: Mapping[str, str | Promise] = {
    "high": gettext_lazy("high"),
    "raised": gettext_lazy("raised"),
    "low": gettext_lazy("low"),
    "none": gettext_lazy("none to speak of"),
}


def _band(row: Mapping[str, Any]) -> tuple[str, str]:
    least = LEAST[row["band"]]
    said = _("from {score} points on").format(score=number(least)) if least else ""
    return str(BANDS[row["band"]]), said


def _part(row: Mapping[str, Any]) -> tuple[str, str]:
    return percent(row["share"], 1), ""


ANSWERS = (
    gettext_lazy("Leads"),
    gettext_lazy("answered within 30 days"),
    gettext_lazy("of those that we went to"),
    gettext_lazy("Share that answers in time"),
)
"""Heads of the row about leads among contacts, in the place of those of the channels."""
LEAD_COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "lead_inflow": (
        (gettext_lazy("Month"), _month, False),
        (gettext_lazy("Leads"), cases, True),
        (gettext_lazy("New leads per month"), _per_month, True),
    ),
    "lead_conversion": (
        (gettext_lazy("Leads"), cases, True),
        (gettext_lazy("accepted"), accepted, True),
        (gettext_lazy("refused"), refused, True),
        (gettext_lazy("wait"), waiting, True),
        (gettext_lazy("Accepted in the end"), _share("value"), True),
        (gettext_lazy("won"), won, True),
        (gettext_lazy("Won in the end"), _share("won_share"), True),
    ),
    "response_time": (
        (gettext_lazy("Leads"), cases, True),
        (gettext_lazy("answered"), answered, True),
        (gettext_lazy("wait"), unanswered, True),
        (gettext_lazy("ended without an answer"), never_answered, True),
        (gettext_lazy("half within"), _hours("p50"), True),
        (gettext_lazy("9 in 10 within"), _hours("p90"), True),
    ),
    "touchpoints": (
        (pgettext_lazy("contact", "Channel"), _channel, False),
        (gettext_lazy("in"), replied, True),
        (gettext_lazy("out"), went, True),
        (gettext_lazy("Contacts per month"), _contacts, True),
    ),
    "interest": (
        (gettext_lazy("Interest"), _band, False),
        (gettext_lazy("Leads"), cases, True),
        (gettext_lazy("of those that wait"), _part, True),
    ),
}
"""As the columns of the figures about deals."""
ENDED = tuple(outcome for outcome in CODES if outcome != "open")
LEAD_LINKS: Mapping[Any, Mapping[str, str]] = {
    accepted: {"fate": "accepted"},
    refused: {"fate": "refused"},
    waiting: {"fate": "open"},
    won: {"outcomes": "won"},
    answered: {"has_answer": "true"},
    unanswered: {"has_answer": "false", "outcomes": "open"},
    never_answered: {"has_answer": "false", "outcomes": ",".join(ENDED)},
    replied: {"has_reply": "true"},
    went: {},
}
"""Which cells lead to leads, and what narrows these further."""


def _came(result: Result) -> str:
    n = result.finding.n
    told = ngettext("{count} lead since {day}", "{count} leads since {day}", n)
    return told.format(count=number(n), day=day(date.fromisoformat(result.finding.extra["since"])))


def _of_leads(result: Result) -> str:
    """How many wait, and the share that is won in the end."""
    extra = result.finding.extra
    said = _("accepted in the end; {open} that wait counted as open").format(open=number(extra["open"]))
    if extra["won_share"] is None:
        return said
    won_share, sure = _surely(extra["won_share"], extra["won_share_interval"])
    return f"{said} · {_('won in the end: {share} ({interval})').format(share=won_share, interval=sure)}"


def _waited(result: Result) -> str:
    """What the value is, how long nine in ten wait, and how many have no answer."""
    extra = result.finding.extra
    said = [_("until half of the leads have our first answer")]
    if result.finding.value is None:
        said = [_("Fewer than half of the leads have been answered yet.")]
    if extra["p90"] is not None:
        said.append(_("nine in ten within {time}").format(time=working_hours(extra["p90"])))
    if extra["waiting"]:
        waiting = ngettext("{count} waits", "{count} wait", extra["waiting"])
        said.append(waiting.format(count=number(extra["waiting"])))
    if extra["unanswered"]:
        ended = ngettext("{count} ended without an answer", "{count} ended without an answer", extra["unanswered"])
        said.append(ended.format(count=number(extra["unanswered"])))
    return " · ".join(said)


def _share_answered(result: Result) -> str:
    """Of the leads that we went to, the share that answered."""
    extra = result.finding.extra
    if extra["share"] is None:
        return _("too few leads that we went to for a share of answers")
    share, sure = _surely(extra["share"], extra["share_interval"])
    told = _("{share} ({interval}) of {count} leads that we went to answered within 30 days")
    return told.format(share=share, interval=sure, count=number(extra["touched"]))


def _interested(result: Result) -> str:
    n = result.finding.n
    told = ngettext("of {n} lead that waits shows interest", "of {n} leads that wait show interest", n)
    return told.format(n=number(n))


LEAD_NOTES: Mapping[str, Callable[[Result], str]] = {
    "lead_inflow": _came,
    "lead_conversion": _of_leads,
    "response_time": _waited,
    "touchpoints": _share_answered,
    "interest": _interested,
}
"""As the lines below the figures about deals."""
