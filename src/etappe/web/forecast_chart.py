"""How forecasts turned out, as charts: what was said is the line that what came is held against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from etappe.web.figure_chart import Compared
from etappe.web.figure_numbers import between
from etappe.web.ranges import Range
from etappe.web.templatetags.formats import percent


def calibration(found: Mapping[str, Any]) -> Compared | None:
    """Deals that were given about the same chance, and the share of them that was won; None where too few are past."""
    bins = found["deals"].get("bins", ())
    rows = tuple(_held(_("{share} said").format(share=percent(each["said"])), each["came"], each) for each in bins)
    if not rows:
        return None
    held = sum(each["low"] <= each["said"] <= each["high"] for each in bins)
    sentence = _("The line is the chance that was said. Groups whose interval holds it: {held} of {count}.").format(
        held=held, count=len(rows)
    )
    return Compared("chances", _("Said and came"), sentence, rows, percent, _("with 95% intervals"))


def coverage(found: Mapping[str, Any]) -> Compared | None:
    """How many months lay within their intervals, against how many should; None where none is past."""
    tried = [each for each in found["coverage"] if each["n"]]
    rows = tuple(
        _held(_("{share} intervals").format(share=percent(each["wanted"])), each["share"], each, each["wanted"])
        for each in tried
    )
    if not rows:
        return None
    sentence = _("The line is the share of months that an interval should hold, the dot the share it held.")
    return Compared("coverage", _("Months within their intervals"), sentence, rows, percent, _("with 95% intervals"))


def _held(label: str, value: float, each: Mapping[str, Any], wanted: float | None = None) -> Range:
    bounds = (each["low"], each["high"])
    return Range(
        label=label,
        value=value,
        low=bounds[0],
        high=bounds[1],
        text=percent(value),
        sure=between(bounds, percent),
        n=each["n"],
        wanted=each["said"] if wanted is None else wanted,
    )
