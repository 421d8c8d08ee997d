"""The forecast of open deals, and how such forecasts turned out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.views.decorators.http import require_GET

from etappe.core.errors import Refusal
from etappe.deals import queries as deals
from etappe.insights.forecast import stored
from etappe.insights.forecast.export import backtest_lines, forecast_lines
from etappe.web.bands import Bands, draw
from etappe.web.downloads import SHAPES, download
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
    deal_line,
    deal_lines,
    headline,
    method,
    money_between,
    month_lines,
    quality_lines,
    seasons,
    short_month,
    signed,
    trust,
)
from etappe.web.records_bin import or_gone
from etappe.web.shell import Request, show
from etappe.web.templatetags.formats import money_whole


@dataclass(frozen=True)
class SegmentLine:
    """A segment as a row, which leads to the forecast of it alone."""

    label: str
    url: str
    deals: int
    mean: str
    range50: str
    range80: str


@dataclass(frozen=True)
class ForecastPage:
    """What the open deals are expected to bring; `said` is None where no forecast was made yet."""

    said: stored.Report | None
    by: str
    shared: Shared
    splits: dict[str, str | Promise]
    months: tuple[MonthLine, ...] = ()
    quarters: tuple[MonthLine, ...] = ()
    segments: tuple[SegmentLine, ...] = ()
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

    @property
    def tables(self) -> tuple[tuple[MonthLine, ...], ...]:
        """Months, and below them quarters."""
        return self.months, self.quarters

    @property
    def split_url(self) -> str:
        """The whole forecast, split as that of the segment belongs to."""
        return _address(self.by, None, 0)

    @property
    def last(self) -> date | None:
        """The day until which deals are drawn."""
        return self.said.months[-1].ends if self.said and self.said.months else None


@require_GET
def forecast(request: Request) -> HttpResponse:
    """What open deals will likely bring, per month and per deal, with how sure that is."""
    by, of, skip = request.GET.get("by", ""), request.GET.get("of"), _number(request.GET.get("skip", "0"))
    said = stored.report(request.actor, by=by or None, of=of, skip=skip)
    shared = _shared(request, "forecast_export", _query(by, of, 0))
    if said is None or not said.is_enough:
        missing = quality_lines({name: 1 for name in stored.NO_BASIS if said and name in said.quality})
        return show(request, "forecast/home.html", ForecastPage(said, by, shared, dict(SPLITS), quality=missing))
    months = month_lines(said.whole_months, said)
    words, is_shaky = trust(said.backtest)
    page = ForecastPage(
        said=said,
        by=by,
        shared=shared,
        splits=dict(SPLITS),
        months=months,
        quarters=month_lines(said.whole_quarters, said, quarters=True),
        segments=tuple(_segment(each, by, said.currency) for each in said.segments),
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
        next=_address(by, of, skip + stored.PER_PAGE) if skip + stored.PER_PAGE < said.found else "",
        first=_address(by, of, 0) if skip else "",
    )
    return show(request, "forecast/home.html", page)


def _segment(each: stored.Segment, by: str, currency: str) -> SegmentLine:
    amount = each.amount
    return SegmentLine(
        label=each.label,
        url=_address(by, each.key, 0),
        deals=each.deals,
        mean=money_whole(amount.mean, currency),
        range50=money_between(amount.low50, amount.high50, currency),
        range80=money_between(amount.low80, amount.high80, currency),
    )


@require_GET
def export(request: Request, shape: str) -> HttpResponse:
    """The months, quarters and segments that the page shows, as CSV or XLSX; all of it as JSON."""
    by, of = request.GET.get("by", ""), request.GET.get("of")
    said = stored.report(request.actor, by=by or None, of=of)
    if said is None:
        return download("forecast", shape, {"is_made": False}, [])
    return download(f"forecast-{said.day.isoformat()}", shape, stored.as_json(said), forecast_lines(said))


@require_GET
def export_backtest(request: Request, shape: str) -> HttpResponse:
    """The months of the backtest as CSV or XLSX; all of it as JSON."""
    newest = stored.turned_out(request.actor)
    if newest is None:
        return download("forecast_backtest", shape, {"is_made": False}, [])
    plain = {"day": newest.day.isoformat(), "currency": newest.currency, **newest.found}
    return download(f"forecast_backtest-{newest.day.isoformat()}", shape, plain, backtest_lines(newest.found))


@dataclass(frozen=True)
class Shared:
    """Where the page is found as files, and its own address."""

    link: str
    files: tuple[tuple[str, str], ...]


def _shared(request: Request, name: str, query: str = "") -> Shared:
    files = ((shape.upper(), reverse(name, args=[shape]) + query) for shape in reversed(SHAPES))
    return Shared(request.build_absolute_uri(), tuple(files))


@dataclass(frozen=True)
class DealPage:
    """What the forecast says about a deal; `line` is None where it says nothing."""

    uid: uuid.UUID
    name: str
    line: DealLine | None
    day: date | None


@require_GET
@or_gone("deal")
def of_deal(request: Request, uid: uuid.UUID) -> HttpResponse:
    """How likely a deal is won, by when, and why; the record folds it open."""
    said = stored.of_deal(request.actor, uid)
    name = said.name if said else deals.get_deal(request.actor, uid).row.name
    page = DealPage(uid, name, deal_line(said) if said else None, said.day if said else None)
    return show(request, "forecast/deal.html", page, part="chance")


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
    shared: Shared
    coverage: Compared | None = None
    calibration: Compared | None = None


@require_GET
def backtest(request: Request) -> HttpResponse:
    """What would have been said 1, 2, 3 and 6 months before, against what came."""
    newest = stored.turned_out(request.actor)
    has_past = newest is not None and any(each["n"] for each in newest.found.get("coverage", ()))
    shared = _shared(request, "forecast_backtest_export")
    if newest is None or not has_past:
        return show(request, "forecast/backtest.html", BacktestPage(None, newest.day if newest else None, shared))
    found = newest.found
    words = backtest_words(found, newest.currency)
    page = BacktestPage(words, newest.day, shared, coverage(found), calibration(found))
    return show(request, "forecast/backtest.html", page)


def _address(by: str, of: str | None, skip: int) -> str:
    return reverse("forecast") + _query(by, of, skip)


def _query(by: str, of: str | None, skip: int) -> str:
    given = {"by": by or None, "of": of, "skip": skip or None}
    query = urlencode({name: value for name, value in given.items() if value is not None})
    return f"?{query}" if query else ""


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise Refusal("bad_filter", name="skip", value=text)
    return int(text)
