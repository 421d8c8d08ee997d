"""A figure as a page says it: numbers in the reader's language, addresses of what is behind them, one sentence each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from etappe.core.figures import Interval, Number, Result
from etappe.insights.queries import RecordPage, get_metric, narrowed
from etappe.web.curve import Drawing, draw
from etappe.web.templatetags.formats import days, money_whole, number, percent

SPLITS: Mapping[str, str | Promise] = {
    "owner": gettext_lazy("Owner"),
    "team": gettext_lazy("Team"),
    "source": gettext_lazy("Source"),
    "product": gettext_lazy("Product"),
    "industry": gettext_lazy("Industry"),
    "country": gettext_lazy("Country"),
    "size": gettext_lazy("Company size"),
    "process": gettext_lazy("Process version"),
    "entry_stage": gettext_lazy("Stage entered in"),
}
REASONS: Mapping[str, str | Promise] = {
    "open": gettext_lazy("still open"),
    "disqualified": gettext_lazy("disqualified"),
    "before_pipeline": gettext_lazy("not yet in the pipeline"),
    "no_start": gettext_lazy("without a start date"),
    "starts_after_end": gettext_lazy("start lies after the end"),
    "resting": gettext_lazy("resting until a date the buyer named"),
}
READINGS: Mapping[str, str | Promise] = {
    "decided": gettext_lazy("until decided"),
    "won": gettext_lazy("until won, among the won"),
    "won_others_censored": gettext_lazy("until won, if no deal were lost"),
}
CLOCKS: Mapping[str, str | Promise] = {
    "engaged": gettext_lazy("since we were engaged"),
    "buyer": gettext_lazy("since the buyer began to look"),
}


@dataclass(frozen=True)
class Asked:
    """What the page was asked for; `as_of` None is the present."""

    by: str | None
    as_of: date | None
    today: date

    def is_stale(self, day: date) -> bool:
        """Whether a figure of the present ends earlier, with the data of an import."""
        return self.as_of is None and day < self.today

    @property
    def query(self) -> dict[str, str]:
        """Split and day as they stand in an address."""
        day = {"as_of": self.as_of.isoformat()} if self.as_of else {}
        return ({"by": self.by} if self.by else {}) | day

    def address(self, route: str, key: str, more: Mapping[str, str] | None = None, **parts: str) -> str:
        """The address of a page about the figure `key` that keeps split and day, with further parameters."""
        query = urlencode({**self.query, **(more or {})})
        return reverse(route, kwargs={"key": key, **parts}) + (f"?{query}" if query else "")


@dataclass(frozen=True)
class Out:
    """Records left out for one reason."""

    label: str | Promise
    count: int
    url: str


@dataclass(frozen=True)
class Card:
    """A figure at a glance. `note` is what the value means in one line, `sentence` the drawing in words."""

    key: str
    title: str
    value: str
    interval: str
    n: int
    left_out: int
    outs: tuple[Out, ...]
    as_of: date
    seen_since: date | None
    definition: str
    note: str
    url: str
    records: str
    csv: str
    json: str
    is_enough: bool
    is_stale: bool
    sentence: str = ""
    drawing: Drawing | None = None


def card(result: Result, asked: Asked) -> Card:
    """The figure at a glance."""
    found = result.finding
    outs = tuple(
        Out(REASONS[reason], count, asked.address("figure_records", result.metric, result.reasons[reason]))
        for reason, count in found.left_out.items()
    )
    return Card(
        key=result.metric,
        title=result.title,
        value=_headline(result),
        interval=_between(found.interval, _unit(result)) if result.is_enough else "",
        n=found.n,
        left_out=sum(found.left_out.values()),
        outs=outs,
        as_of=result.as_of,
        seen_since=result.seen_since,
        definition=result.definition,
        note=_note(result),
        url=asked.address("figure", result.metric),
        records=asked.address("figure_records", result.metric, result.records),
        csv=asked.address("figure_export", result.metric, shape="csv"),
        json=asked.address("figure_export", result.metric, shape="json"),
        is_enough=result.is_enough,
        is_stale=asked.is_stale(result.as_of),
        sentence=_sentence(result),
        drawing=draw(found.series) if found.series else None,
    )


def _unit(result: Result) -> Callable[[Number], str]:
    """How a value of this figure is written: shares with more places where more deals carry them."""
    places = 2 if result.finding.n >= 1000 else 1
    return {"share": lambda value: percent(value, places), "days": _days, "deals": number}[result.unit]


def _days(value: Number) -> str:
    return days(round(value))


def _headline(result: Result) -> str:
    if not result.is_enough or result.finding.value is None:
        return "–"
    return _unit(result)(result.finding.value)


def _between(interval: Interval | None, unit: Callable[[Number], str]) -> str:
    if interval is None:
        return ""
    low, high = interval
    if high is None:
        return _("{low} or more").format(low=unit(low or 0))
    first = number(low or 0) if unit is _days else unit(low or 0)
    return _("{low} to {high}").format(low=first, high=unit(high))


def _note(result: Result) -> str:
    found = result.finding
    if not result.is_enough:
        return _("Too few cases for a reliable figure ({n} of {min}).").format(n=found.cases, min=result.minimum)
    return {"stage_now": _amounts, "win_rate": _counts, "sales_cycle": _median, "open_deals_beyond": _threshold}[
        result.metric
    ](result)


def _amounts(result: Result) -> str:
    amounts = result.finding.extra["amounts"]
    return " · ".join(money_whole(Decimal(amount), currency) for currency, amount in amounts.items())


def _counts(result: Result) -> str:
    rows = result.finding.rows
    won, lost, declined = (sum(row[key] for row in rows) for key in ("won", "lost", "declined"))
    said = _("{won} won, {lost} lost").format(won=number(won), lost=number(lost))
    return said + (_(", {declined} declined").format(declined=number(declined)) if declined else "")


def _median(result: Result) -> str:
    if result.finding.value is None:
        return _("Fewer than half of the deals have been decided yet.")
    return _("until half of all deals are decided")


def _threshold(result: Result) -> str:
    extra = result.finding.extra
    return _("longer than {days}: nine in ten of {won} won deals took no longer").format(
        days=_days(extra["threshold"]), won=number(extra["won"])
    )


def _sentence(result: Result) -> str:
    """The curve in words."""
    if not result.finding.series:
        return ""
    still, won = result.finding.series
    ends = {"still": percent(still.at(still.end, 1.0)), "won": percent(won.at(won.end, 0.0))}
    after_month = percent(still.at(30, 1.0))
    return _(
        "After 30 days {month} of the deals are still open; after {end}, the longest time seen, {still} are, and {won} "
        "have been won."
    ).format(month=after_month, end=_days(still.end), **ends)


@dataclass(frozen=True)
class Cell:
    """A cell of a table; `sure` is its interval, `url` leads to what is behind it."""

    text: str
    sure: str = ""
    url: str = ""
    is_number: bool = True
    head: str | Promise = ""


@dataclass(frozen=True)
class Table:
    """The rows of a figure. The first column names the row."""

    heads: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...] = field(default=())


def table(result: Result, asked: Asked) -> Table:
    """The rows of the figure as the page shows them; what only compares with other software is left out of a split."""
    columns = COLUMNS[result.metric]
    named = [(SPLITS[result.by], _segment, False)] if result.by else []
    shown = [*named, *columns]
    heads = tuple(Cell(str(head), is_number=numeric) for head, _cell, numeric in shown)
    kept = (row for row in result.finding.rows if not (result.by and row.get("reading") == "won_others_censored"))
    return Table(heads, tuple(tuple(_cell(result, row, asked, *column) for column in shown) for row in kept))


def _cell(result: Result, row: Mapping[str, Any], asked: Asked, head: Any, write: Any, numeric: bool) -> Cell:
    text, sure = write(row)
    url = _records(result, row, asked) if write is _cases else ""
    return Cell(text, sure, url, numeric, head)


def _records(result: Result, row: Mapping[str, Any], asked: Asked) -> str:
    """The deals behind a row: it counts those that its columns narrow to."""
    metric = get_metric(result.metric)
    return asked.address("figure_records", result.metric, narrowed(metric, row))


def _segment(row: Mapping[str, Any]) -> tuple[str, str]:
    return str(row["label"]), ""


def _stage(row: Mapping[str, Any]) -> tuple[str, str]:
    before = _("before the pipeline") if row["phase"] == "find" else ""
    return str(row["stage_label"]), before


def _cases(row: Mapping[str, Any]) -> tuple[str, str]:
    return number(row["n"]), ""


def _amount(row: Mapping[str, Any]) -> tuple[str, str]:
    missing = row["without_amount"]
    gap = ngettext("{count} without amount", "{count} without amount", missing).format(count=number(missing))
    return money_whole(Decimal(row["amount"]), row["currency"]), gap if missing else ""


def _proof(kind: str) -> Callable[[Mapping[str, Any]], tuple[str, str]]:
    def write(row: Mapping[str, Any]) -> tuple[str, str]:
        amount = Decimal(row[f"{kind}_amount"])
        return number(row[kind]), money_whole(amount, row["currency"]) if amount else ""

    return write


def _share(row: Mapping[str, Any]) -> tuple[str, str]:
    if row["value"] is None:
        return _("too few"), ""
    return percent(row["value"], 1), _between(row["interval"], lambda value: percent(value, 1))


def _plain(key: str) -> Callable[[Mapping[str, Any]], tuple[str, str]]:
    return lambda row: (number(row[key]), "")


def _reading(row: Mapping[str, Any]) -> tuple[str, str]:
    return str(READINGS[row["reading"]]), str(CLOCKS[row["clock"]])


def _point(key: str) -> Callable[[Mapping[str, Any]], tuple[str, str]]:
    def write(row: Mapping[str, Any]) -> tuple[str, str]:
        interval = row[f"{key}_interval"]
        if interval is None:
            return _("too few"), ""
        said = _("not reached") if row[key] is None else _days(row[key])
        return said, _between(interval, _days) if interval[0] is not None else ""

    return write


def _beyond(row: Mapping[str, Any]) -> tuple[str, str]:
    return (_("too few"), "") if row["value"] is None else (number(row["value"]), _between(row["interval"], number))


def _limit(row: Mapping[str, Any]) -> tuple[str, str]:
    if row["threshold"] is None:
        return "", ""
    return _days(row["threshold"]), _between(row["threshold_interval"], _days)


_Column = tuple[str | Promise, Callable[[Mapping[str, Any]], tuple[str, str]], bool]
COLUMNS: Mapping[str, tuple[_Column, ...]] = {
    "stage_now": (
        (gettext_lazy("Stage"), _stage, False),
        (gettext_lazy("Deals"), _cases, True),
        (gettext_lazy("Amount"), _amount, True),
        (gettext_lazy("proven"), _proof("proven"), True),
        (gettext_lazy("exception"), _proof("overridden"), True),
        (gettext_lazy("unproven"), _proof("unproven"), True),
    ),
    "win_rate": (
        (gettext_lazy("Decided"), _cases, True),
        (gettext_lazy("Won"), _plain("won"), True),
        (gettext_lazy("Lost"), _plain("lost"), True),
        (gettext_lazy("Declined"), _plain("declined"), True),
        (gettext_lazy("Disqualified"), _plain("disqualified"), True),
        (gettext_lazy("Win rate"), _share, True),
    ),
    "sales_cycle": (
        (gettext_lazy("Duration"), _reading, False),
        (gettext_lazy("Deals"), _cases, True),
        (gettext_lazy("of these ended"), _plain("events"), True),
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
}


def describe(filters: Mapping[str, str], found: RecordPage) -> tuple[str, ...]:
    """The filters of a list of records in words."""
    stage = found.records[0].stage_label if found.records else ""
    names = {"segment": found.segment, "stage": stage, "process": "", "version": ""}
    said = (names.get(name, _described(name, text)) for name, text in filters.items())
    return tuple(filter(None, said))


def _described(name: str, text: str) -> str:
    writers: dict[str, Callable[[str], str]] = {
        "outcomes": lambda value: ", ".join(str(OUTCOMES.get(item, item)) for item in value.split(",")),
        "start": lambda value: str(STARTS.get(value, "")),
        "longer_than": lambda value: _("open for more than {days}").format(days=_days(int(value))),
        "rests": lambda value: str(REASONS["resting"]) if value == "true" else _("not resting"),
        "in_pipeline": lambda value: "" if value == "true" else str(REASONS["before_pipeline"]),
        "clock": lambda value: str(CLOCKS.get(value, "")),
    }
    return writers.get(name, str)(text)


OUTCOMES: Mapping[str, str | Promise] = {
    "open": gettext_lazy("open"),
    "won": gettext_lazy("won"),
    "lost": gettext_lazy("lost"),
    "declined": gettext_lazy("declined by the buyer"),
    "disqualified": gettext_lazy("disqualified"),
}
STARTS: Mapping[str, str | Promise] = {
    "unknown": gettext_lazy("without a start date"),
    "after_end": gettext_lazy("start lies after the end"),
}
