"""The forecast in words: numbers in the reader's language, and why each is what it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from etappe.core.calibration import NEAR_CHANCE
from etappe.insights.forecast.changed import Change
from etappe.insights.forecast.said import month_of
from etappe.insights.forecast.stored import DealSaid, Month, Report
from etappe.web.templatetags.formats import day as whole_day
from etappe.web.templatetags.formats import day_short, days, money_whole, number, percent

SPLITS: Mapping[str, str | Promise] = {
    "team": gettext_lazy("Team"),
    "owner": gettext_lazy("Owner"),
    "stage": gettext_lazy("Stage"),
    "source": gettext_lazy("Source"),
    "product": gettext_lazy("Product"),
    "industry": gettext_lazy("Industry"),
    "country": gettext_lazy("Country"),
    "size": gettext_lazy("Company size"),
}
CHANGES: Mapping[str, str | Promise] = {
    "won": gettext_lazy("won"),
    "lost": gettext_lazy("lost or left"),
    "new": gettext_lazy("new"),
    "gone": gettext_lazy("no longer in sight"),
    "moved": gettext_lazy("moved to another stage"),
    "amount": gettext_lazy("amount changed"),
    "dated": gettext_lazy("expected or resting until another day"),
    "time": gettext_lazy("nothing but time"),
    "model": gettext_lazy("the model: what was learned since, on the same deals"),
}

NOTABLY = 0.1
"""A month that is off by less is not named."""
FEW_MONTHS = 5
"""Fewer than these say nothing of how often intervals hold, unless they missed too often even so."""
WAYS = ("forecast", "weighted", "promised", "usual")


@dataclass(frozen=True)
class MonthLine:
    """A month or quarter as a row."""

    name: str
    median: str
    range50: str
    range80: str
    from_open: str
    still_to_come: str
    proven: str
    unproven: str
    overridden: str
    won: str


@dataclass(frozen=True)
class DealLine:
    """A deal as a row."""

    name: str
    url: str
    stage: str
    proof: str
    chance: str
    sure: str
    likely: str
    spread: str
    amount: str
    expected: str
    why: tuple[str, ...]
    has_moved: bool
    soon: str
    """The chance that it is won by `soon_by`."""
    soon_by: str


@dataclass(frozen=True)
class ChangeLine:
    """A reason why the expectation is another one than a week ago."""

    key: str
    reason: str | Promise
    deals: int
    by: str


def month_lines(months: Sequence[Month], said: Report, *, quarters: bool = False) -> tuple[MonthLine, ...]:
    """Months or quarters as rows."""
    name = _quarter if quarters else _rest_or_month
    return tuple(_month_line(month, said.currency, name(month, said.day)) for month in months)


def _month_line(month: Month, currency: str, name: str) -> MonthLine:
    total = month.total
    return MonthLine(
        name=name,
        median=money_whole(total.median, currency),
        range50=money_between(total.low50, total.high50, currency),
        range80=money_between(total.low80, total.high80, currency),
        from_open=money_whole(month.from_open, currency),
        still_to_come=_("not known") if month.still_to_come is None else money_whole(month.still_to_come, currency),
        proven=money_whole(month.proven, currency),
        unproven=money_whole(month.unproven, currency),
        overridden=money_whole(month.overridden, currency),
        won=_("won so far: %(amount)s") % {"amount": money_whole(month.won, currency)} if month.won is not None else "",
    )


def short_month(day: date, pattern: str = "LLL") -> str:
    """The month's name, short."""
    from babel.dates import format_date

    return format_date(day, pattern, locale=(get_language() or "en").replace("-", "_"))


def _month(day: date) -> str:
    return short_month(day, "MMM yyyy")


def _has_begun(month: Month, day: date) -> bool:
    """Whether a part of it is over: a forecast tells of the rest alone, not of what was won in it before."""
    return month.begins < day and (month.begins.year, month.begins.month) == (day.year, day.month)


def _rest_or_month(month: Month, day: date) -> str:
    name = _month(month.begins)
    return _("rest of %(month)s") % {"month": name} if _has_begun(month, day) else name


def _quarter(month: Month, day: date) -> str:
    quarter, year = (month.begins.month - 1) // 3 + 1, month.begins.year
    if (month.begins.month - 1) % 3 > 0 or _has_begun(month, day):
        return _("rest of Q%(quarter)d %(year)d") % {"quarter": quarter, "year": year}
    return _("Q%(quarter)d %(year)d") % {"quarter": quarter, "year": year}


def money_between(low: float, high: float, currency: str) -> str:
    """The bounds of an interval, in whole money."""
    return _("%(low)s to %(high)s") % {"low": money_whole(low, currency), "high": money_whole(high, currency)}


def headline(said: Report) -> str:
    """The next months in one sentence, which also says the drawing in words."""
    months = said.whole_months
    if all(month.total.high80 <= 0 for month in months):
        return _("Nothing is expected in the months ahead.")
    first, last = months[0], months[-1]
    return _(
        "%(first)s: %(median)s, with a chance of 80%% between %(low)s and %(high)s."
        " In %(last)s the same range is %(low_last)s to %(high_last)s."
    ) % {
        "first": _upper(_rest_or_month(first, said.day)),
        "median": money_whole(first.total.median, said.currency),
        "low": money_whole(first.total.low80, said.currency),
        "high": money_whole(first.total.high80, said.currency),
        "last": _month(last.begins),
        "low_last": money_whole(last.total.low80, said.currency),
        "high_last": money_whole(last.total.high80, said.currency),
    }


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def trust(found: Mapping[str, Any]) -> tuple[str, bool]:
    """How far the intervals can be trusted by this backtest, and whether that is less than they promise."""
    outer = next((each for each in found.get("coverage", ()) if each["wanted"] == 0.8), {"n": 0})
    if not outer["n"]:
        return _("These intervals could not be tried on your past yet: too few months lie behind."), True
    months = _months_of(outer, found)
    shares = {"share": percent(outer["share"]), "n": number(outer["n"]), "months": number(months)}
    if outer["holds"] and months < FEW_MONTHS:
        words = ngettext(
            "These intervals were tried on %(months)s month of your past so far: too few to judge them.",
            "These intervals were tried on %(months)s months of your past so far: too few to judge them.",
            months,
        )
        return words % shares, True
    if outer["holds"]:
        words = ngettext(
            "On your past, the 80%% intervals held %(share)s of %(n)s forecasts of %(months)s month.",
            "On your past, the 80%% intervals held %(share)s of %(n)s forecasts of %(months)s months.",
            months,
        )
        return words % shares, False
    words = ngettext(
        "These intervals failed on your past: those for 80%% held %(share)s of %(n)s forecasts of %(months)s month."
        " Take them with care.",
        "These intervals failed on your past: those for 80%% held %(share)s of %(n)s forecasts of %(months)s months."
        " Take them with care.",
        months,
    )
    return words % shares, True


def deal_lines(said: Report) -> tuple[DealLine, ...]:
    """Deals as rows."""
    return tuple(deal_line(deal) for deal in said.deals)


def _day(value: date | None, today: date) -> str:
    """A day, with its year if that is another one."""
    return day_short(value) if value is None or value.year == today.year else whole_day(value)


def deal_line(deal: DealSaid) -> DealLine:
    """What is said about a deal, in words."""
    today = deal.day
    early, middle, late = deal.likely or (None, None, None)
    spread = _("%(early)s to %(late)s") % {"early": _day(early, today), "late": _day(late, today)} if early else ""
    return DealLine(
        name=deal.name,
        url=reverse("deal", args=[deal.uid]),
        stage=deal.stage_label,
        proof=deal.proof,
        chance=likely_so(deal.chance),
        sure=_("%(low)s to %(high)s") % {"low": percent(deal.low), "high": percent(deal.high)},
        likely=_day(middle, today),
        spread=spread,
        amount=money_whole(deal.amount, deal.currency) or _("not known"),
        expected=money_whole(deal.expected, deal.currency) or _("not known"),
        why=tuple(_REASONS[code](*values) for code, *values in deal.why),
        has_moved=deal.has_moved,
        soon=likely_so(deal.soon),
        soon_by=whole_day(month_of(today, 2) - timedelta(days=1)),
    )


def likely_so(chance: float, *, is_reached: bool = False) -> str:
    """A chance in words: before the end, nothing is certain but what was reached."""
    if chance < 0.01:
        return _("below 1%")
    if chance > 0.99 and not is_reached:
        return _("above 99%")
    return percent(chance)


def _of_stage(share: float, seen: int) -> str:
    if not seen:
        return _("No stay in its stage was seen to its end yet.")
    words = ngettext(
        "Of deals that enter its stage %(share)s are won (%(n)s stay seen to its end).",
        "Of deals that enter its stage %(share)s are won (%(n)s stays seen to their end).",
        seen,
    )
    return words % {"share": percent(share), "n": number(seen)}


_REASONS: Mapping[str, Callable[..., str]] = {
    "stage": _of_stage,
    "few": lambda seen: _("Its stage has hardly a past, so the chance leans on all deals."),
    "long": lambda stayed, first: (
        _("In its stage for %(days)s; on the first day it was %(share)s.")
        % {"days": days(stayed), "share": percent(first)}
    ),
    "stayed": lambda stayed, first: (
        _("In its stage for %(days)s; most that are lost are so sooner. On the first day it was %(share)s.")
        % {"days": days(stayed), "share": percent(first)}
    ),
    "learned": lambda curves: (
        _("Amount, owner, dates and proof moved it: by its stage alone it would be %(share)s.")
        % {"share": percent(curves)}
    ),
    "rests": lambda left: _("Rests for %(days)s more, as the buyer asked.") % {"days": days(left)},
    "typical": lambda: _("Without an amount: that of a typical won deal is taken."),
    "no_amount": lambda: _("Without an amount, and none was ever won in its currency: in no sum."),
}


def change_lines(said: Report) -> tuple[ChangeLine, ...]:
    """What changed since the forecast of the week before."""
    return tuple(_change(each, said.currency) for each in said.changes)


def _change(each: Change, currency: str) -> ChangeLine:
    return ChangeLine(each.reason, CHANGES[each.reason], each.deals, signed(each.by, currency))


def signed(amount: float, currency: str) -> str:
    """An amount with its sign in front, as changes are written."""
    return f"{'+' if amount >= 0 else '−'} {money_whole(abs(amount), currency)}"


def quality_lines(quality: Mapping[str, int]) -> tuple[str, ...]:
    """What is odd about the records, and what was done about it."""
    return tuple(_odd(name, count) for name, count in quality.items())


def _odd(name: str, count: int) -> str:
    texts = {
        "open_without_amount": ngettext(
            "%(n)s open deal has no amount: that of a typical won deal is taken.",
            "%(n)s open deals have no amount: that of a typical won deal is taken.",
            count,
        ),
        "open_in_no_sum": ngettext(
            "%(n)s open deal has no amount, and none was ever won in its currency: it is in no sum.",
            "%(n)s open deals have no amount, and none was ever won in their currency: they are in no sum.",
            count,
        ),
        "won_without_amount": ngettext(
            "%(n)s won deal has no amount and counts as 0.", "%(n)s won deals have no amount and count as 0.", count
        ),
        "ends_first": ngettext(
            "%(n)s deal was decided before it began: its length is left out.",
            "%(n)s deals were decided before they began: their length is left out.",
            count,
        ),
        "other_currencies": ngettext(
            "There is %(n)s further currency: its amounts are shown apart, never added.",
            "There are %(n)s further currencies: their amounts are shown apart, never added.",
            count,
        ),
        "overdue": ngettext(
            "%(n)s open deal was expected to be decided by now.",
            "%(n)s open deals were expected to be decided by now.",
            count,
        ),
        "nothing_won": _("No deal was ever won: nothing says what open deals bring, and zero would be a guess."),
        "no_amount_won": _("No won deal has an amount: nothing says what open deals bring."),
    }
    return texts[name] % {"n": number(count)}


@dataclass(frozen=True)
class BacktestWords:
    """A backtest as tables: months as they were said, ways compared, chances of single deals."""

    months: tuple[tuple[str, ...], ...]
    kept: tuple[tuple[str, ...], ...]
    ways: tuple[tuple[str, ...], ...]
    bins: tuple[tuple[str, ...], ...]
    coverage: tuple[str, ...]
    deals: str
    verdict: str


def backtest_words(found: Mapping[str, Any], currency: str) -> BacktestWords:
    """The backtest in words."""
    rows = sorted(found["rows"], key=lambda row: (row["month"], row["before"]), reverse=True)
    return BacktestWords(
        months=tuple(_tried(row, currency) for row in rows),
        kept=tuple(_kept(row, currency) for row in found.get("kept", ())),
        ways=tuple(_way(row, currency) for row in found["by_before"] if row["n"]),
        bins=tuple(_bin(each) for each in found["deals"].get("bins", ())),
        coverage=tuple(_coverage(each, _months_of(each, found)) for each in found["coverage"] if each["n"]),
        deals=_of_deals(found["deals"]),
        verdict=_verdict(found),
    )


def _tried(row: Mapping[str, Any], currency: str) -> tuple[str, ...]:
    return (
        _month(date.fromisoformat(row["month"])),
        number(row["before"]),
        *_said_and_came(row, currency),
        money_whole(row["weighted"], currency) or "–",
        money_whole(row["usual"], currency),
        money_whole(row.get("committed"), currency) or "–",
        _of_those(row, currency),
    )


def _kept(row: Mapping[str, Any], currency: str) -> tuple[str, ...]:
    days = (_month(date.fromisoformat(row["month"])), whole_day(date.fromisoformat(row["kept_on"])))
    return (*days, *_said_and_came(row, currency))


def _said_and_came(row: Mapping[str, Any], currency: str) -> tuple[str, str, str, str]:
    """The median and the 80 % interval, what came, and whether it lay within."""
    return (
        money_whole(row["median"], currency),
        money_between(row["low80"], row["high80"], currency),
        money_whole(row["came"], currency),
        _("yes") if row["low80"] <= row["came"] <= row["high80"] else _("no"),
    )


def _of_those(row: Mapping[str, Any], currency: str) -> str:
    """What came of commitments: of the deals of those who made them."""
    if not row.get("committed_by"):
        return ""
    words = ngettext("%(n)s colleague; came %(came)s", "%(n)s colleagues; came %(came)s", row["committed_by"])
    return words % {"n": number(row["committed_by"]), "came": money_whole(row["committed_came"], currency)}


def _way(row: Mapping[str, Any], currency: str) -> tuple[str, ...]:
    errors = (row[name] for name in WAYS)
    committed, count = money_whole(row.get("committed"), currency), row.get("committed_n")
    of_months = _("n %(count)s") % {"count": number(count)} if committed else ""
    said = (money_whole(error, currency) or "–" for error in errors)
    loss = money_whole(row["pinball"], currency)
    return (number(row["before"]), number(row["n"]), *said, committed or "–", of_months, loss)


def _bin(each: Mapping[str, Any]) -> tuple[str, ...]:
    sure = _("%(low)s to %(high)s") % {"low": percent(each["low"]), "high": percent(each["high"])}
    return percent(each["said"]), percent(each["came"]), sure, number(each["n"])


def _months_of(each: Mapping[str, Any], found: Mapping[str, Any]) -> int:
    """Of how many months forecasts were tried, each said several times; what was kept earlier says it in its rows."""
    return int(each.get("months") or len({row["month"] for row in found.get("rows", ())}) or each["n"])


def _coverage(each: Mapping[str, Any], months: int) -> str:
    values = {
        "wanted": percent(each["wanted"]),
        "share": percent(each["share"]),
        "low": percent(each["low"]),
        "high": percent(each["high"]),
        "n": number(each["n"]),
        "months": number(months),
    }
    words = (
        _(
            "Intervals for %(wanted)s held %(share)s of %(n)s forecasts (95%% interval %(low)s to %(high)s; "
            "months: %(months)s)."
        )
        if each["holds"]
        else _(
            "Intervals for %(wanted)s failed: they held %(share)s of %(n)s forecasts (95%% interval %(low)s to "
            "%(high)s; months: %(months)s)."
        )
    )
    return words % values


def _of_deals(found: Mapping[str, Any]) -> str:
    if "brier" not in found:
        return _("Chances of single deals cannot be judged: of %(n)s too few were decided within 90 days.") % {
            "n": number(found["n"])
        }
    values = {name: number(found[name], 3) for name in ("brier", "brier_stage", "auc", "auc_low", "auc_high", "ece")}
    words = _(
        "Of %(n)s chances to be won within 90 days, of %(deals)s deals: Brier score %(brier)s, with the share of the "
        "stage %(brier_stage)s (lower is better); mean gap %(ece)s; AUC %(auc)s (95%% interval %(auc_low)s to "
        "%(auc_high)s)."
    ) % {**values, "n": number(found["n"]), "deals": number(found.get("deals", found["n"]))}
    if found["auc_low"] < NEAR_CHANCE:
        return f"{words} {_('They cannot tell winners from others: do not rank deals by them.')}"
    return words


def _verdict(found: Mapping[str, Any]) -> str:
    return f"{_closest(found)} {method(found)}".strip()


def method(found: Mapping[str, Any]) -> str:
    """Which way the chances of deals are made, and why that one."""
    if found.get("method") == "boosted":
        return _(
            "Chances come from boosted trees over what was known of each deal, on top of the curves of its stage: "
            "on your past they were closer to what came."
        )
    deals = found.get("deals", {})
    if deals.get("brier_boosted", 0.0) != deals.get("brier_curves", 0.0):
        return _("Chances come from the curves of the stages; boosted trees were tried and did no better on your past.")
    return _("Chances come from the curves of the stages; for more there is too little history.")


def seasons(pace: Sequence[float]) -> str:
    """In which months deals move faster or slower; empty where months are alike."""
    if not pace:
        return ""
    names = [short_month(date(2000, month, 1), "LLLL") for month in range(1, 13)]
    fast, slow = (
        ", ".join(name for name, each in zip(names, pace, strict=True) if abs(each - 1) >= NOTABLY and holds(each))
        for holds in ((1.0).__lt__, (1.0).__gt__)
    )
    return _(
        "Deals do not move alike in all months. Faster: %(fast)s. Slower: %(slow)s. In %(most)s they move %(high)s"
        " times as fast as over the year, in %(least)s %(low)s times. Chances, days and intervals go by that."
    ) % {
        "fast": fast or "–",
        "slow": slow or "–",
        "most": names[pace.index(max(pace))],
        "high": number(max(pace), 1),
        "least": names[pace.index(min(pace))],
        "low": number(min(pace), 1),
    }


def _closest(found: Mapping[str, Any]) -> str:
    rows = [row for row in found["by_before"] if row["n"]]
    if not rows:
        return ""
    most = max(row["n"] for row in rows)
    if most < FEW_MONTHS:
        return ngettext(
            "With %(n)d month that could be tried nobody can say yet which way comes closest.",
            "With %(n)d months that could be tried nobody can say yet which way comes closest.",
            most,
        ) % {"n": most}
    return _set_beside(found.get("further", {}))


def _set_beside(further: Mapping[str, Mapping[str, Any]]) -> str:
    """Which simpler ways were further off than the forecast, which closer, and of which nobody can say."""
    names = {
        "weighted": _("the stage-weighted pipeline"),
        "promised": _("the dates in the deals"),
        "usual": _("the average month of the year before"),
    }
    sides = {
        _("Further off than the forecast, beyond chance: %(ways)s."): [n for n, w in further.items() if w["low"] > 0],
        _("Closer than the forecast, beyond chance: %(ways)s."): [n for n, w in further.items() if w["high"] < 0],
        _("Not told apart from the forecast on these months: %(ways)s."): [
            n for n, w in further.items() if w["low"] <= 0 <= w["high"]
        ],
    }
    return " ".join(words % {"ways": ", ".join(names[n] for n in ways)} for words, ways in sides.items() if ways)
