"""The columns of the tables of figures about leads and contacts, and the line below their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from etappe.core.figures import Interval, Result
from etappe.web.figure_columns import Column, cases
from etappe.web.figure_numbers import between
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
        return _("all months, per month"), ""
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
}
"""As the columns of the figures about deals."""
LEAD_LINKS: Mapping[Any, Mapping[str, str]] = {
    accepted: {"fate": "accepted"},
    refused: {"fate": "refused"},
    waiting: {"fate": "open"},
    won: {"outcomes": "won"},
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


LEAD_NOTES: Mapping[str, Callable[[Result], str]] = {"lead_inflow": _came, "lead_conversion": _of_leads}
"""As the lines below the figures about deals."""
