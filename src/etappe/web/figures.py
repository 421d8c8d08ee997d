"""Figures: what the data say, each with how sure it is, what it rests on, and the way down to the records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from etappe.core.errors import Missing, Refusal
from etappe.core.figures import Result
from etappe.core.filters import LENGTH
from etappe.core.rhythm import MONTHLY
from etappe.insights import options, queries
from etappe.insights.catalogue import CATALOGUE
from etappe.insights.export import figure_lines
from etappe.insights.labels import words
from etappe.insights.metric import Metric
from etappe.insights.standing import DIMENSIONS
from etappe.insights.statements import ANSWERED, SCORED
from etappe.playbook.queries import get_version
from etappe.records.lists import SUBJECTS
from etappe.team.access import may
from etappe.web.downloads import SHAPES, download
from etappe.web.figure_chart import Compared, compared, compared_past, days_before
from etappe.web.figure_numbers import whole_days
from etappe.web.figure_roles import First, first_of
from etappe.web.figure_words import SPLITS, Asked, Card, Table, card, describe, table
from etappe.web.lists import read_state
from etappe.web.lists_places import Bar, bar_of, deals_address
from etappe.web.shell import Request, show, today, wants_part

WITHIN, WINDOW = (7, 14, 30, 60, 90, 180), (90, 180, 365, 730)
"""Days that the page offers; an address may ask for others."""
QUICK = 20_000
"""Over so many deals what is no part of a page itself comes with it; over more, when it is asked for."""
ENGINES = {"duckdb": "DuckDB", "spark": "Spark"}
"""Engines that compute over facts of a moment, by their own names."""


@dataclass(frozen=True)
class HomePage:
    """The first look: five figures, the open deals by stage, the sales cycle as a curve, the way to all others."""

    asked: Asked
    bar: Bar
    cards: tuple[Card, ...]
    stages: Table
    cycle: Card
    cycle_table: Table
    first: First
    comes_by_itself: bool
    more: tuple[Metric, ...]
    waiting: tuple[Metric, ...]
    is_empty: bool
    may_import: bool
    may_create: bool
    engine: str
    facts_at: datetime | None


@dataclass(frozen=True)
class WaitsPage:
    """The first look before its figures are there, where finding them takes long: `here` brings them.

    `whole` is the address at which they come with the page, for who runs no script.
    """

    asked: Asked
    bar: Bar
    here: str
    whole: str


@require_GET
def home(request: Request) -> HttpResponse:
    """What the data say, on one page."""
    asked, bar = _asked(request), _bar(request, "figures")
    if bar.problem:
        return _cannot(request, bar)
    question: dict[str, Any] = {"viewer": request.actor, "as_of": asked.as_of, "where": asked.where, "now": request.at}
    may_wait = wants_part(request) or "whole" in request.GET
    found = queries.first_look(**question) if may_wait else queries.first_look_at_once(**question)
    if found is None:
        return show(request, "figures/home_waits.html", WaitsPage(asked, bar, request.get_full_path(), _whole(request)))
    results = {result.metric: result for result in found}
    cards = {result.metric: card(result, asked) for result in found}
    page = HomePage(
        asked=asked,
        bar=bar,
        cards=tuple(cards.values()),
        stages=table(results["stage_now"], asked),
        cycle=cards["sales_cycle"],
        cycle_table=table(results["sales_cycle"], asked),
        first=first_of(request.actor, asked),
        comes_by_itself=results["sales_cycle"].finding.n <= QUICK,
        more=tuple(queries.get_metric(key) for key in CATALOGUE if key not in queries.FIRST_LOOK),
        waiting=tuple(queries.get_metric(key) for key in queries.waiting()),
        is_empty=not bar.where and not any(result.finding.n or result.finding.left_out for result in found),
        may_import=may(request.actor, "imports.run"),
        may_create=may(request.actor, "deals.create"),
        engine=ENGINES.get(found[0].engine, ""),
        facts_at=found[0].facts_at,
    )
    return show(request, "figures/home.html", page, part="found")


def _whole(request: Request) -> str:
    asked = request.GET.copy()
    asked["whole"] = "1"
    return f"{request.path}?{asked.urlencode()}"


@dataclass(frozen=True)
class QualityPart:
    """What is odd about the records, by what figures make of it; each count leads to its deals."""

    card: Card
    table: Table


@require_GET
def quality(request: Request) -> HttpResponse:
    """What is odd about the records, for the first look, which does not wait for it."""
    asked, result = _result(request, "data_quality")
    return show(request, "figures/quality.html", QualityPart(card(result, asked), table(result, asked)))


@dataclass(frozen=True)
class CannotPage:
    """Why no figures are shown: their filter makes no sense."""

    bar: Bar


def _bar(request: Request, place: str) -> Bar:
    """The conditions that the figures stand under, with the way to the deals themselves."""
    state = read_state(request, SUBJECTS["deals"])
    return bar_of(request, state, place, deals_address(state.text) if state.text else "")


def _cannot(request: Request, bar: Bar) -> HttpResponse:
    return show(request, "figures/cannot.html", CannotPage(bar), status=422)


@dataclass(frozen=True)
class FigurePage:
    """One figure in full."""

    asked: Asked
    bar: Bar
    card: Card
    beside: Card | None
    table: Table
    metric: Metric
    sql: str
    engine: str
    facts_at: datetime | None
    splits: Mapping[str, str | Promise]
    link: str
    chart: Compared | None = None
    past: str = ""
    comes_by_itself: bool = False
    choices: tuple[Choice, ...] = ()
    turns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Choice:
    """Something else that a figure can be asked for, with the values to choose from."""

    name: str
    label: str | Promise
    values: Mapping[str, str]
    chosen: str


@require_GET
def figure(request: Request, key: str) -> HttpResponse:
    """One figure in full, split by a field if asked, as of a day if asked."""
    metric = queries.get_metric(key)
    if metric.needs:
        return show(request, "figures/waits.html", metric)
    bar = _bar(request, f"figures/{key}")
    if bar.problem:
        return _cannot(request, bar)
    asked, result = _result(request, key)
    chart = compared(result, asked) if result.is_enough else None
    page = FigurePage(
        asked=asked,
        bar=bar,
        card=card(result, asked),
        beside=card(result.beside, asked) if result.beside else None,
        table=table(result, asked),
        metric=metric,
        sql=result.sql,
        engine=ENGINES.get(result.engine, ""),
        facts_at=result.facts_at,
        splits=SPLITS,
        link=request.build_absolute_uri(asked.address("figure", key)),
        chart=chart,
        past=asked.address("figure_past", key) if _has_past(metric, result, chart) else "",
        comes_by_itself=result.finding.n <= QUICK,
        choices=_choices(metric, asked),
        turns=_turns(result) if key == "bottlenecks" else (),
    )
    return show(request, "figures/figure.html", page)


def _has_past(metric: Metric, result: Result, chart: Compared | None) -> bool:
    """Whether there is nothing else to draw, and something to say of the days before."""
    return result.is_enough and bool(metric.drawn) and not chart and not result.finding.series


@dataclass(frozen=True)
class PastPage:
    """How a figure stood before; `chart` is None where nothing was known on any of the days."""

    title: str | Promise
    figure: str
    chart: Compared | None


@require_GET
def past(request: Request, key: str) -> HttpResponse:
    """How a figure stood at the end of the same day of six months before, and how it stands now."""
    metric, bar = queries.get_metric(key), _bar(request, f"figures/{key}")
    if metric.needs:
        raise Missing
    if bar.problem:
        return _cannot(request, bar)
    asked = replace(_options_asked(request, metric), by=None)
    days = (*days_before(MONTHLY, asked.as_of or asked.today), asked.as_of)
    results = [_report(request, key, replace(asked, as_of=day)) for day in days]
    page = PastPage(metric.title, asked.address("figure", key), compared_past(results))
    return show(request, "figures/past.html", page, part="past")


def _turns(result: Result) -> tuple[tuple[str, str], ...]:
    """Where the records of each process of the figure say whose turn it was, by name."""
    keys = sorted({row["process"] for row in result.finding.rows})
    names = ((words(get_version(key).spec.name), key) for key in keys)
    return tuple((name, f"{reverse('process_records', args=[key])}#turns") for name, key in names)


def _choices(metric: Metric, asked: Asked) -> tuple[Choice, ...]:
    if not metric.options:
        return ()
    chosen = options.read(metric, asked.options)
    within, window = (_spans(chosen[name], usual) for name, usual in (("within", WITHIN), ("window", WINDOW)))
    return (
        Choice("stage", _("Stage passed"), options.stages(), chosen["passed"]),
        Choice("within", _("Won within"), within, str(chosen["within"])),
        Choice("window", _("Passed in the last"), window, str(chosen["window"])),
    )


def _spans(chosen: int, usual: tuple[int, ...]) -> dict[str, str]:
    return {str(days): whole_days(days) for days in sorted({*usual, chosen})}


@require_GET
def export(request: Request, key: str, shape: str) -> HttpResponse:
    """The figure as JSON, CSV or XLSX, as the page shows it."""
    if shape not in SHAPES:
        raise Http404
    _asked_so, result = _result(request, key)
    return download(f"{key}-{result.as_of.isoformat()}", shape, result.as_json(), figure_lines(result))


@dataclass(frozen=True)
class RecordsPage:
    """The deals behind a figure."""

    asked: Asked
    figure: str
    title: str | Promise
    said: tuple[str, ...]
    found: queries.RecordPage
    shown: int
    clock: str
    are_leads: bool
    have_score: bool
    have_answer: bool
    next: str
    first: str


@require_GET
def records(request: Request, key: str) -> HttpResponse:
    """The deals behind a figure, or behind a part of it."""
    asked = _asked(request)
    metric = queries.get_metric(key)
    if metric.needs:
        raise Missing
    filters = {name: request.GET[name] for name in request.GET if name not in ("by", "as_of", "where", "skip")}
    skip = _number(request.GET.get("skip", "0"))
    bar = _bar(request, f"figures/{key}")
    if bar.problem:
        return _cannot(request, bar)
    found = queries.records(
        filters,
        viewer=request.actor,
        by=asked.by,
        as_of=asked.as_of,
        where=asked.where,
        skip=skip,
        now=request.at,
    )
    page = RecordsPage(
        asked=asked,
        figure=replace(asked, options=_options_of(filters) if metric.options else {}).address("figure", key),
        title=metric.title,
        said=(*describe(filters, found), *(chip.said for chip in bar.chips)),
        found=found,
        shown=found.skip + len(found.records),
        clock=filters.get("clock", "engaged"),
        are_leads="list" in filters,
        have_score=filters.get("list") == SCORED,
        have_answer=filters.get("list") == ANSWERED,
        next=asked.address("figure_records", key, {**filters, "skip": str(found.next)}) if found.next else "",
        first=asked.address("figure_records", key, filters) if skip else "",
    )
    return show(request, "figures/records.html", page)


def _options_of(filters: Mapping[str, str]) -> dict[str, str]:
    """The question that a list of records came from."""
    names = {"passed": "stage", "within": "within", "window": "window"}
    return {names[name]: text for name, text in filters.items() if name in names}


def _result(request: Request, key: str) -> tuple[Asked, Result]:
    asked = _options_asked(request, queries.get_metric(key))
    return asked, _report(request, key, asked)


def _options_asked(request: Request, metric: Metric) -> Asked:
    taken = {name: request.GET.get(name, "") for name in metric.options}
    return replace(_asked(request), options={name: text for name, text in taken.items() if text})


def _report(request: Request, key: str, asked: Asked) -> Result:
    return queries.report(
        key,
        viewer=request.actor,
        by=asked.by,
        as_of=asked.as_of,
        where=asked.where,
        options=asked.options,
        now=request.at,
    )


def _asked(request: Request) -> Asked:
    by = request.GET.get("by") or None
    if by is not None and by not in DIMENSIONS:
        raise Refusal("unknown_split", split=by, splits=DIMENSIONS)
    where = request.GET.get("where", "")[: LENGTH + 1].strip()
    return Asked(by, _day(request.GET.get("as_of", "")), today(request), where)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal("bad_filter", name="as_of", value=text) from None


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise Refusal("bad_filter", name="skip", value=text)
    return int(text)
