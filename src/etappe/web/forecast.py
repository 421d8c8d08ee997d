"""The forecast of open deals, and how such forecasts turned out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.views.decorators.http import require_GET

from etappe.core.errors import Refusal
from etappe.insights.forecast import stored
from etappe.web.bands import Bands, draw
from etappe.web.figure_chart import Compared
from etappe.web.forecast_chart import calibration, coverage
from etappe.web.forecast_words import (
    CHANGES,
    SPLITS,
    BacktestWords,
    ChangeLine,
    DealLine,
    MonthLine,
    backtest_words,
    change_lines,
    deal_lines,
    headline,
    method,
    month_lines,
    quality_lines,
    seasons,
    short_month,
    signed,
    trust,
)
from etappe.web.shell import Request, show


@dataclass(frozen=True)
class ForecastPage:
    """What the open deals are expected to bring; `said` is None where no forecast was made yet."""

    said: stored.Report | None
    by: str
    splits: dict[str, str | Promise]
    months: tuple[MonthLine, ...] = ()
    quarters: tuple[MonthLine, ...] = ()
    deals: tuple[DealLine, ...] = ()
    changes: tuple[ChangeLine, ...] = ()
    quality: tuple[str, ...] = ()
    sentence: str = ""
    method: str = ""
    seasons: str = ""
    trust: str = ""
    is_shaky: bool = False
    bands: Bands | None = None
    is_partial: bool = False
    shown: int = 0
    next: str = ""
    first: str = ""


@require_GET
def forecast(request: Request) -> HttpResponse:
    """What open deals will likely bring, per month and per deal, with how sure that is."""
    by, skip = request.GET.get("by", ""), _number(request.GET.get("skip", "0"))
    said = stored.report(request.actor, by=by or None, skip=skip)
    if said is None or not said.is_enough:
        missing = quality_lines({name: 1 for name in stored.NO_BASIS if said and name in said.quality})
        return show(request, "forecast/home.html", ForecastPage(said, by, dict(SPLITS), quality=missing))
    months = month_lines(said.whole_months, said)
    words, is_shaky = trust(said)
    page = ForecastPage(
        said=said,
        by=by,
        splits=dict(SPLITS),
        months=months,
        quarters=month_lines(said.whole_quarters, said, quarters=True),
        deals=deal_lines(said),
        changes=change_lines(said),
        quality=quality_lines(said.quality),
        sentence=headline(said),
        method=method(said.backtest),
        seasons=seasons(said.pace),
        trust=words,
        is_shaky=is_shaky,
        is_partial=any(month.still_to_come is None for month in said.whole_months),
        bands=draw([(short_month(month.begins), month.total) for month in said.whole_months]),
        shown=skip + len(said.deals),
        next=_address(by, skip + stored.PER_PAGE) if skip + stored.PER_PAGE < said.found else "",
        first=_address(by, 0) if skip else "",
    )
    return show(request, "forecast/home.html", page)


@dataclass(frozen=True)
class ChangesPage:
    """The deals behind one reason of what changed since last week; `found` is None where nothing is compared yet."""

    found: stored.Because | None
    reason: str | Promise
    by: str = ""
    deals: tuple[tuple[str, str, str], ...] = ()
    shown: int = 0
    next: str = ""
    first: str = ""


@require_GET
def changes(request: Request, reason: str) -> HttpResponse:
    """The deals that changed what is expected, for one reason, those that did most first."""
    skip = _number(request.GET.get("skip", "0"))
    found = stored.because(request.actor, reason, skip=skip)
    if found is None:
        return show(request, "forecast/changes.html", ChangesPage(None, CHANGES[reason]))
    here, shown = reverse("forecast_changes", args=[reason]), skip + len(found.deals)
    deals = ((reverse("deal", args=[deal.uid]), deal.name, signed(deal.by, found.currency)) for deal in found.deals)
    page = ChangesPage(
        found=found,
        reason=CHANGES[reason],
        by=signed(found.by, found.currency),
        deals=tuple(deals),
        shown=shown,
        next=f"{here}?skip={shown}" if shown < found.found and found.deals else "",
        first=here if skip else "",
    )
    return show(request, "forecast/changes.html", page)


@dataclass(frozen=True)
class BacktestPage:
    """How forecasts turned out; `words` is None where none was made yet or too little is past."""

    words: BacktestWords | None
    day: date | None
    coverage: Compared | None = None
    calibration: Compared | None = None


@require_GET
def backtest(request: Request) -> HttpResponse:
    """What would have been said 1, 2, 3 and 6 months before, against what came."""
    newest = stored.turned_out(request.actor)
    has_past = newest is not None and any(each["n"] for each in newest.found.get("coverage", ()))
    if newest is None or not has_past:
        return show(request, "forecast/backtest.html", BacktestPage(None, newest.day if newest else None))
    found = newest.found
    words = backtest_words(found, newest.currency)
    page = BacktestPage(words, newest.day, coverage(found), calibration(found))
    return show(request, "forecast/backtest.html", page)


def _address(by: str, skip: int) -> str:
    query = "&".join(part for part in (f"by={by}" if by else "", f"skip={skip}" if skip else "") if part)
    return reverse("forecast") + (f"?{query}" if query else "")


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise Refusal("bad_filter", name="skip", value=text)
    return int(text)
