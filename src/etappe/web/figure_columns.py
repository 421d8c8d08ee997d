"""The columns of the tables of figures: what stands in a cell, and how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from etappe.web.figure_numbers import between, per_day, times, whole_days
from etappe.web.forecast_words import short_month
from etappe.web.templatetags.formats import money_whole, number, percent

READINGS: Mapping[str, str | Promise] = {
    "decided": gettext_lazy("until decided"),
    "won": gettext_lazy("until won, among the won"),
    "lost": gettext_lazy("until lost or declined, among those"),
    "disqualified": gettext_lazy("until disqualified, among those"),
    "won_others_censored": gettext_lazy("until won, if no deal were lost"),
}
CLOCKS: Mapping[str, str | Promise] = {
    "engaged": gettext_lazy("since we were engaged"),
    "buyer": gettext_lazy("since the buyer began to look"),
}


def segment(row: Mapping[str, Any]) -> tuple[str, str]:
    """The name of the segment."""
    return str(row["label"]), ""


def _stage(row: Mapping[str, Any]) -> tuple[str, str]:
    process = row["process_label"] if row.get("is_one_of_several") else ""
    before = _("before the pipeline") if row["phase"] == "find" else ""
    return str(row["stage_label"]), " · ".join(filter(None, (process, before)))


def cases(row: Mapping[str, Any]) -> tuple[str, str]:
    """How many deals the row rests on; the cell leads to them."""
    return number(row["n"]), ""


def _amount(row: Mapping[str, Any]) -> tuple[str, str]:
    missing = row["without_amount"]
    gap = ngettext("{count} without amount", "{count} without amount", missing).format(count=number(missing))
    said = money_whole(Decimal(row["amount"]), row["currency"]) if missing < row["n"] else "–"
    return said, gap if missing else ""


def _proof(kind: str) -> Callable[[Mapping[str, Any]], tuple[str, str]]:
    def write(row: Mapping[str, Any]) -> tuple[str, str]:
        amount = Decimal(row[f"{kind}_amount"])
        return number(row[kind]), money_whole(amount, row["currency"]) if amount else ""

    return write


def _share(row: Mapping[str, Any]) -> tuple[str, str]:
    if row["value"] is None:
        return _("too few"), ""
    return percent(row["value"], 1), between(row["interval"], lambda value: percent(value, 1))


def _of_all(row: Mapping[str, Any]) -> tuple[str, str]:
    return _share({"value": row["of_all"], "interval": row["of_all_interval"]})


def _plain(key: str) -> Callable[[Mapping[str, Any]], tuple[str, str]]:
    return lambda row: (number(row[key]), "")


def _reading(row: Mapping[str, Any]) -> tuple[str, str]:
    return str(READINGS[row["reading"]]), str(CLOCKS[row["clock"]])


def _ends_so(row: Mapping[str, Any]) -> tuple[str, str]:
    if row["share"] is None:
        return "", ""
    return percent(row["share"]), between(row["share_interval"], percent)


def _point(key: str) -> Callable[[Mapping[str, Any]], tuple[str, str]]:
    def write(row: Mapping[str, Any]) -> tuple[str, str]:
        interval = row[f"{key}_interval"]
        if interval is None:
            return _("too few"), ""
        said = _("not reached") if row[key] is None else whole_days(row[key])
        return said, between(interval, whole_days) if interval[0] is not None else ""

    return write


def _beyond(row: Mapping[str, Any]) -> tuple[str, str]:
    return (_("too few"), "") if row["value"] is None else (number(row["value"]), between(row["interval"], number))


def _limit(row: Mapping[str, Any]) -> tuple[str, str]:
    if row["threshold"] is None:
        return "", ""
    return whole_days(row["threshold"]), between(row["threshold_interval"], whole_days)


def _step(row: Mapping[str, Any]) -> tuple[str, str]:
    said = _("{process}, version {number}").format(process=row["process_label"], number=row["version"])
    return str(row["stage_label"]), said


def _currency(row: Mapping[str, Any]) -> tuple[str, str]:
    return str(row["currency"]), ""


def _size(key: str) -> Callable[[Mapping[str, Any]], tuple[str, str]]:
    def write(row: Mapping[str, Any]) -> tuple[str, str]:
        if row[key] is None:
            return _("too few"), ""
        interval = row.get(f"{key}_interval")
        sure = between(interval and tuple(map(Decimal, interval)), lambda value: money_whole(value, row["currency"]))
        return money_whole(Decimal(row[key]), row["currency"]), sure

    return write


def _mean(row: Mapping[str, Any]) -> tuple[str, str]:
    return (money_whole(row["amount"], row["currency"]), "") if row["amount"] is not None else (_("too few"), "")


def _won_share(row: Mapping[str, Any]) -> tuple[str, str]:
    if row["share_won"] is not None:
        return percent(row["share_won"], 1), ""
    return (_("too few") if row["undecided"] is None else _("not known yet")), ""


def _mean_days(row: Mapping[str, Any]) -> tuple[str, str]:
    if row["days"] is not None:
        return whole_days(row["days"]), ""
    if row["undecided"] is None:
        return _("too few"), ""
    return _("not known yet"), _("{share} longer than {days}").format(
        share=percent(row["undecided"]), days=whole_days(row["watched"])
    )


def _flow(row: Mapping[str, Any]) -> tuple[str, str]:
    if row["value"] is None:
        return (_("too few") if row["undecided"] is None else _("not known yet")), ""
    currency = row["currency"]
    return per_day(row["value"], currency), between(row["interval"], lambda value: money_whole(value, currency))


def _multiple(key: str, count: str, amount: str) -> Callable[[Mapping[str, Any]], tuple[str, str]]:
    def write(row: Mapping[str, Any]) -> tuple[str, str]:
        deals = ngettext("{count} deal", "{count} deals", row[count]).format(count=number(row[count]))
        said = f"{deals} · {money_whole(Decimal(row[amount]), row['currency'])}"
        return (times(row[key]) if row[key] is not None else _("too few")), said

    return write


def _won_amount(row: Mapping[str, Any]) -> tuple[str, str]:
    deals = ngettext("{count} deal", "{count} deals", row["won"]).format(count=number(row["won"]))
    is_known = not row["won"] or Decimal(row["won_amount"])
    return money_whole(Decimal(row["won_amount"]), row["currency"]) if is_known else _("not known"), deals


def _not_won(row: Mapping[str, Any]) -> tuple[str, str]:
    is_unknown = row["value"] is None and row["undecided"] is not None
    return (_("not known yet"), "") if is_unknown else _share(row)


def _spent(key: str) -> Callable[[Mapping[str, Any]], tuple[str, str]]:
    return lambda row: (whole_days(row[f"{key}_days"]), "")


def _late(row: Mapping[str, Any]) -> tuple[str, str]:
    if row["late"] is None:
        return "", ""
    return number(row["late"]), _("after {days}").format(days=whole_days(row["half_won"]))


def month(row: Mapping[str, Any]) -> tuple[str, str]:
    """The month that deals passed in, by name."""
    return short_month(date.fromisoformat(row["passed_from"]), "LLLL yyyy"), ""


def won_in_time(row: Mapping[str, Any]) -> tuple[str, str]:
    """How many were won within the days asked for; the cell leads to them."""
    return number(row["won"]), ""


def _odd(row: Mapping[str, Any]) -> tuple[str, str]:
    return str(row["what"]), str(row["rule"])


VERDICTS: Mapping[str, str | Promise] = {
    "worse": gettext_lazy("bottleneck"),
    "better": gettext_lazy("better"),
    "alike": gettext_lazy("cannot be told apart"),
    "too_few": gettext_lazy("too few"),
}
WAITING: Mapping[str, str | Promise] = {
    "longer": gettext_lazy("wait longer"),
    "shorter": gettext_lazy("wait less"),
    "alike": VERDICTS["alike"],
    "too_few": VERDICTS["too_few"],
}


def _against(row: Mapping[str, Any]) -> tuple[str, str]:
    if row["value"] is None:
        return _("too few"), ""
    said = _("within {days}").format(days=whole_days(row["within"]))
    beside = between(row["value_interval"], lambda value: percent(value, 1))
    if row["before"] is not None:
        beside = _("compared with {share}").format(share=percent(row["before"], 1))
    return percent(row["value"], 1), f"{said}; {beside}"


def _apart(row: Mapping[str, Any]) -> tuple[str, str]:
    said = str(VERDICTS[row["verdict"]])
    if row["difference"] is None:
        return said, ""
    return said, between(row["difference_interval"], lambda value: percent(value, 1))


def _waits(row: Mapping[str, Any]) -> tuple[str, str]:
    if row["half"] is None:
        return _("too few") if row["half_interval"] is None else _("not reached"), ""
    if row["half_before"] is None:
        return whole_days(row["half"]), ""
    return whole_days(row["half"]), _("compared with {share}").format(share=whole_days(row["half_before"]))


def _longer(row: Mapping[str, Any]) -> tuple[str, str]:
    said = str(WAITING[row["waiting"]])
    if row["waits_difference"] is None:
        return said, ""
    means = _("mean {days}, compared with {before}").format(
        days=number(row["waits"], 1), before=number(row["waits_before"], 1)
    )
    apart = between(row["waits_interval"], lambda value: number(value, 1))
    return said, f"{means}; {_('difference {days} days').format(days=apart)}"


def _worth(row: Mapping[str, Any]) -> tuple[str, str]:
    if row["verdict"] == "too_few":
        return _at_stake(row)
    if row["verdict"] != "worse":
        return _("no bottleneck"), ""
    return number(row["worth"], 1), between(row["worth_interval"], lambda value: number(value, 1))


def _at_stake(row: Mapping[str, Any]) -> tuple[str, str]:
    if row["stake"] is None:
        return _("too few"), ""
    said = _("at most {count}").format(count=number(row["stake"], 1))
    return said, between(row["stake_interval"], lambda value: number(value, 1))


Column = tuple[str | Promise, Callable[[Mapping[str, Any]], tuple[str, str]], bool]
COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "stage_now": (
        (gettext_lazy("Stage"), _stage, False),
        (gettext_lazy("Deals"), cases, True),
        (gettext_lazy("Amount"), _amount, True),
        (gettext_lazy("Proven"), _proof("proven"), True),
        (gettext_lazy("By exception"), _proof("overridden"), True),
        (gettext_lazy("Unproven"), _proof("unproven"), True),
    ),
    "win_rate": (
        (gettext_lazy("Decided"), cases, True),
        (gettext_lazy("Won"), _plain("won"), True),
        (gettext_lazy("Lost"), _plain("lost"), True),
        (gettext_lazy("Declined"), _plain("declined"), True),
        (gettext_lazy("Disqualified"), _plain("disqualified"), True),
        (gettext_lazy("Win rate"), _share, True),
    ),
    "eventual_win_rate": (
        (gettext_lazy("Deals"), cases, True),
        (gettext_lazy("decided by the buyer"), _plain("decided"), True),
        (gettext_lazy("open"), _plain("open"), True),
        (gettext_lazy("Won in the end"), _share, True),
        (gettext_lazy("of all begun"), _of_all, True),
    ),
    "sales_cycle": (
        (gettext_lazy("Duration"), _reading, False),
        (gettext_lazy("Deals"), cases, True),
        (gettext_lazy("of these ended"), _plain("events"), True),
        (gettext_lazy("share that ends so"), _ends_so, True),
        (gettext_lazy("1 in 10 within"), _point("p10"), True),
        (gettext_lazy("half within"), _point("p50"), True),
        (gettext_lazy("9 in 10 within"), _point("p90"), True),
    ),
    "open_deals_beyond": (
        (gettext_lazy("Open deals"), _plain("n"), True),
        (gettext_lazy("Won deals"), _plain("won"), True),
        (gettext_lazy("9 in 10 won within"), _limit, True),
        (gettext_lazy("Open longer"), _beyond, True),
    ),
    "stage_conversion": (
        (gettext_lazy("Stage"), _step, False),
        (gettext_lazy("Deals"), cases, True),
        (gettext_lazy("went on"), _plain("on"), True),
        (gettext_lazy("left"), _plain("out"), True),
        (gettext_lazy("neither yet"), _plain("still"), True),
        (gettext_lazy("Conversion"), _share, True),
    ),
    "passed_and_won": (
        (gettext_lazy("Passed"), cases, True),
        (gettext_lazy("won in time"), won_in_time, True),
        (gettext_lazy("not known yet"), _plain("still"), True),
        (gettext_lazy("Share won"), _share, True),
    ),
    "stage_time": (
        (gettext_lazy("Stage"), _step, False),
        (gettext_lazy("Deals"), cases, True),
        (gettext_lazy("still there"), _plain("still"), True),
        (gettext_lazy("1 in 10 within"), _point("p10"), True),
        (gettext_lazy("half within"), _point("p50"), True),
        (gettext_lazy("9 in 10 within"), _point("p90"), True),
    ),
    "deal_size": (
        (gettext_lazy("Currency"), _currency, False),
        (gettext_lazy("Won deals"), cases, True),
        (gettext_lazy("1 in 10 up to"), _size("p10"), True),
        (gettext_lazy("half up to"), _size("p50"), True),
        (gettext_lazy("9 in 10 up to"), _size("p90"), True),
        (gettext_lazy("Mean"), _size("mean"), True),
    ),
    "velocity": (
        (gettext_lazy("Currency"), _currency, False),
        (gettext_lazy("Deals"), cases, True),
        (gettext_lazy("open"), _plain("open"), True),
        (gettext_lazy("won in the end, of all begun"), _won_share, True),
        (gettext_lazy("mean amount"), _mean, True),
        (gettext_lazy("mean days"), _mean_days, True),
        (gettext_lazy("Pipeline velocity"), _flow, True),
    ),
    "coverage": (
        (gettext_lazy("Currency"), _currency, False),
        (gettext_lazy("Open deals"), cases, True),
        (gettext_lazy("Won in 90 days"), _won_amount, True),
        (gettext_lazy("All open deals"), _multiple("value", "n", "amount"), True),
        (gettext_lazy("Due within 90 days"), _multiple("due_value", "due", "due_amount"), True),
    ),
    "data_quality": (
        (gettext_lazy("What is odd, and what figures make of it"), _odd, False),
        (gettext_lazy("Deals"), cases, True),
    ),
    "bottlenecks": (
        (gettext_lazy("Stage"), _step, False),
        (gettext_lazy("Deals"), cases, True),
        (gettext_lazy("decided in a year"), _plain("decided"), True),
        (gettext_lazy("Conversion"), _against, True),
        (gettext_lazy("Difference"), _apart, True),
        (gettext_lazy("half within"), _waits, True),
        (gettext_lazy("Days there"), _longer, True),
        (gettext_lazy("Mended: won deals a year"), _worth, True),
    ),
    "time_not_won": (
        (gettext_lazy("Deals"), cases, True),
        (gettext_lazy("Decided"), _plain("decided"), True),
        (gettext_lazy("in won deals"), _spent("won"), True),
        (gettext_lazy("in lost ones"), _spent("lost"), True),
        (gettext_lazy("in declined ones"), _spent("declined"), True),
        (gettext_lazy("in disqualified ones"), _spent("disqualified"), True),
        (gettext_lazy("ended late"), _late, True),
        (gettext_lazy("Share not won"), _not_won, True),
    ),
}
"""Per figure: head, writer, whether it is a number. A row's first column names it."""
