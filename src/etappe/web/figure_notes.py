"""What the value of a figure means, in one line below it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from etappe.core.figures import Result
from etappe.insights.catalogue.velocity import MOST_UNDECIDED
from etappe.insights.labels import passed_name
from etappe.web.figure_numbers import between, whole_days
from etappe.web.lead_columns import LEAD_NOTES
from etappe.web.templatetags.formats import money_whole, number, percent

UNDECIDED = 0.01
"""From this share on it is said how many deals nobody can know of yet."""


def note(result: Result) -> str:
    """The line: what is missing where there is too little, otherwise what the value rests on."""
    found = result.finding
    if result.needs:
        return _("Needs {data}.").format(data=result.needs)
    if not (found.rows or found.n):
        return _("Nothing to count.")
    if found.extra.get("is_young"):
        return _(
            "Too few deals came to a stage more than a year ago ({n} of {min}) to compare those of the last year with."
        ).format(n=found.cases, min=result.minimum)
    if not result.is_enough:
        return _("Too few cases for a reliable figure ({n} of {min}).").format(n=found.cases, min=result.minimum)
    return {**NOTES, **LEAD_NOTES}[result.metric](result)


def _amounts(result: Result) -> str:
    amounts = {currency: Decimal(amount) for currency, amount in result.finding.extra["amounts"].items()}
    missing = sum(row["without_amount"] for row in result.finding.rows)
    gap = ngettext("{count} without amount", "{count} without amount", missing).format(count=number(missing))
    said = [money_whole(amount, currency) for currency, amount in amounts.items() if amount or not missing]
    return " · ".join([*said, gap] if missing else said)


def _counts(result: Result) -> str:
    rows = result.finding.rows
    won, lost, declined = (sum(row[key] for row in rows) for key in ("won", "lost", "declined"))
    said = _("{won} won, {lost} lost").format(won=number(won), lost=number(lost))
    said += _(", {declined} declined").format(declined=number(declined)) if declined else ""
    still = result.finding.extra["open"]
    return said + (_("; {open} still open").format(open=number(still)) if still else "")


def _in_the_end(result: Result) -> str:
    """How many are open, and what all deals begun come to; and what nobody can know yet, where that is much."""
    extra = result.finding.extra
    opened, *unknown = _still_open(extra)
    said = [opened]
    if extra["of_all"] != result.finding.value:
        said.append(_("{share} of all begun, disqualified ones too").format(share=percent(extra["of_all"], 1)))
    return " · ".join([*said, *unknown])


def _passed(result: Result) -> str:
    """What was asked, how many are not known yet, and whether the months differ by more than chance."""
    extra = result.finding.extra
    said = [
        _("of those that passed {stage} in the last {window}, won within {days} from there").format(
            stage=passed_name(extra["passed"]), window=whole_days(extra["window"]), days=whole_days(extra["within"])
        )
    ]
    if extra["still"]:
        told = ngettext("{count} not known yet", "{count} not known yet", extra["still"])
        said.append(told.format(count=number(extra["still"])))
    return " · ".join([*said, _steady(extra)])


def _steady(extra: Mapping[str, Any]) -> str:
    if extra["is_steady"] is None:
        return _("too few months to compare")
    if extra["is_steady"]:
        return _("no difference beyond chance is seen between {months} months").format(months=number(extra["months"]))
    points = number(100 * extra["varies"])
    return _("{months} months differ by about ± {points} points more than chance: the next one may, too").format(
        months=number(extra["months"]), points=points
    )


def _median(result: Result) -> str:
    if result.finding.value is None:
        return _("Fewer than half of the deals have been decided yet.")
    return _("until half of all deals are decided")


def _threshold(result: Result) -> str:
    extra = result.finding.extra
    return _("longer than {days}: nine in ten of the deals that are won take no longer ({won} so far)").format(
        days=whole_days(extra["threshold"]), won=number(extra["won"])
    )


def _overall(result: Result) -> str:
    """Won of all that began, beside what is named as usual for leads."""
    extra = result.finding.extra
    said = _("from the first stage to won: {won} won, {gone} not").format(
        won=number(extra["won"]), gone=number(extra["gone"])
    )
    usual = _("{low} to {high} of leads are said to be usual").format(low=number(15), high=percent(0.3))
    return f"{said} · {usual}"


def _slowest(result: Result) -> str:
    place = result.finding.extra["slowest"]
    if place is None:
        return _("Fewer than half of the deals have left any stage yet.")
    return _("until half have left the slowest stage: {stage}").format(stage=result.finding.rows[place]["stage_label"])


def _size(result: Result) -> str:
    others = len({row["currency"] for row in result.finding.rows}) - 1
    said = _("half of the won deals are at most as large")
    more = ngettext("{count} other currency in full", "{count} other currencies in full", others)
    return f"{said} · {more.format(count=number(others))}" if others else said


def _flow(result: Result) -> str:
    extra = result.finding.extra
    opened = sum(row["open"] for row in result.finding.rows if row["currency"] == extra["currency"])
    if result.finding.value is None and extra["undecided"] > MOST_UNDECIDED:
        return _(
            "How long deals are open is not known yet: {share} last longer than the {days} that enough of them were "
            "watched."
        ).format(share=percent(extra["undecided"]), days=whole_days(extra["watched"]))
    if result.finding.value is None:
        return _("Won deals have no amounts.")
    told = ngettext(
        "from {open} open deal, if it goes as deals went so far",
        "from {open} open deals, if they go as deals went so far",
        opened,
    )
    return told.format(open=number(opened))


def _covered(result: Result) -> str:
    if result.finding.value is None:
        return _("Deals won in the last 90 days have no amounts.")
    return _("what was won in the last 90 days")


def _late(result: Result) -> str:
    extra = result.finding.extra
    said = _("Nothing was won.")
    if extra["late"] is not None:
        said = _("{late} that were not won ended later than half of the won ones ({days})").format(
            late=number(extra["late"]), days=whole_days(extra["half_won"])
        )
    return " · ".join([said, *_still_open(extra)])


def _still_open(extra: Mapping[str, Any]) -> Iterator[str]:
    """That open deals count, and how much nobody can know yet, where that is much."""
    yield _("{open} open ones counted as open").format(open=number(extra["open"]))
    if extra["undecided"] is not None and extra["undecided"] >= UNDECIDED:
        share = percent(extra["undecided"])
        yield _("{share} of deals last longer than any was seen to end").format(share=share)


def _odd(result: Result) -> str:
    n = result.finding.extra["deals"]
    return ngettext("of {n} deal in all", "of {n} deals in all", n).format(n=number(n))


def _mended(result: Result) -> str:
    if result.finding.extra["worst"] is None:
        return _slower(result)
    row = result.finding.rows[0]
    said = _("more won deals per year if {stage} were mended").format(stage=row["stage_label"])
    return f"{said} · {money_whole(Decimal(row['amount']), row['currency'])}" if row["amount"] else said


def _slower(result: Result) -> str:
    """The stage where deals wait longer, as none lets fewer go on."""
    row = next((row for row in result.finding.rows if row["waiting"] == "longer"), None)
    if row is None:
        return _("No stage is told apart from before, or from elsewhere, to the worse.")
    return _("No stage loses more deals, but in {stage} they wait longer: by {days} days").format(
        stage=row["stage_label"], days=between(row["waits_interval"], lambda value: number(value, 1))
    )


NOTES: Mapping[str, Callable[[Result], str]] = {
    "stage_now": _amounts,
    "win_rate": _counts,
    "eventual_win_rate": _in_the_end,
    "sales_cycle": _median,
    "open_deals_beyond": _threshold,
    "stage_conversion": _overall,
    "passed_and_won": _passed,
    "stage_time": _slowest,
    "deal_size": _size,
    "velocity": _flow,
    "coverage": _covered,
    "time_not_won": _late,
    "data_quality": _odd,
    "bottlenecks": _mended,
}
