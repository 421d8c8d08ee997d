"""A figure as a page says it: numbers in the reader's language, addresses of what is behind them, one sentence each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from etappe.core.figures import Result
from etappe.insights.labels import ODDITIES, passed_name
from etappe.insights.queries import RecordPage, get_metric, narrowed
from etappe.web.figure_columns import CLOCKS, COLUMNS, cases, month, segment, won_in_time
from etappe.web.figure_cycle import Chart, charts
from etappe.web.figure_notes import note
from etappe.web.figure_numbers import between, headline_of, unit_of, whole_days
from etappe.web.lead_columns import ANSWERS, BANDS, FATES, LEAD_COLUMNS, LEAD_LINKS
from etappe.web.templatetags.formats import day as written_day

SPLITS: Mapping[str, str | Promise] = {
    "owner": gettext_lazy("Owner"),
    "team": gettext_lazy("Team"),
    "source": gettext_lazy("Source"),
    "product": gettext_lazy("Product"),
    "industry": gettext_lazy("Industry"),
    "country": gettext_lazy("Country"),
    "size": gettext_lazy("Company size"),
    "model": gettext_lazy("Sales model"),
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
    "no_history": gettext_lazy("imported without their way through the stages"),
    "without_amount": gettext_lazy("without amount"),
    "no_contact": gettext_lazy("without a contact that came from them"),
}


@dataclass(frozen=True)
class Asked:
    """What the page was asked for; `as_of` None is the present; `where` is the filter that deals must pass.

    `options` are what else the figure is asked for; they lead to no other figure.
    """

    by: str | None
    as_of: date | None
    today: date
    where: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    def is_stale(self, day: date) -> bool:
        """Whether a figure of the present ends earlier, with the data of an import."""
        return self.as_of is None and day < self.today

    @property
    def query(self) -> dict[str, str]:
        """Split, day and filter as they stand in an address."""
        day = self.as_of.isoformat() if self.as_of else ""
        found = {"by": self.by or "", "as_of": day, "where": self.where}
        return {name: value for name, value in found.items() if value}

    @property
    def home(self) -> str:
        """The address of the first look over the same deals."""
        return f"{reverse('figures')}{self.tail}"

    @property
    def tail(self) -> str:
        """What the address of another figure ends with, so that it is over the same deals."""
        query = urlencode({name: value for name, value in self.query.items() if name != "by"})
        return f"?{query}" if query else ""

    def address(self, route: str, key: str, more: Mapping[str, str] | None = None, **parts: str) -> str:
        """The address of a page about the figure `key` that keeps split, day and filter, with further parameters."""
        options = {} if route == "figure_records" else self.options
        query = urlencode({**self.query, **options, **(more or {})})
        return reverse(route, kwargs={"key": key, **parts}) + (f"?{query}" if query else "")


@dataclass(frozen=True)
class Out:
    """Records left out for one reason."""

    label: str | Promise
    count: int
    url: str


@dataclass(frozen=True)
class Card:
    """A figure at a glance. `note` is what the value means in one line.

    `instead` is where teams are compared, of a figure that has nothing before to compare with.
    """

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
    xlsx: str
    mail: str
    is_enough: bool
    is_stale: bool
    instead: str = ""
    are_leads: bool = False
    charts: tuple[Chart, ...] = ()


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
        value=headline_of(result),
        interval=between(found.interval, unit_of(result)) if result.is_enough else "",
        n=found.n,
        left_out=sum(found.left_out.values()),
        outs=outs,
        as_of=result.as_of,
        seen_since=result.seen_since,
        definition=result.definition,
        note=note(result),
        url=asked.address("figure", result.metric),
        records=asked.address("figure_records", result.metric, result.records),
        csv=asked.address("figure_export", result.metric, shape="csv"),
        json=asked.address("figure_export", result.metric, shape="json"),
        xlsx=asked.address("figure_export", result.metric, shape="xlsx"),
        mail=asked.address("figure_mail", result.metric),
        is_enough=result.is_enough,
        is_stale=asked.is_stale(result.as_of),
        instead=asked.address("figure", result.metric, {"by": "team"}) if found.extra.get("is_young") else "",
        are_leads="list" in result.records,
        charts=charts(result),
    )


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
    """The rows of a figure. The first column names the row; `of` are the rows as they were found."""

    heads: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...] = field(default=())
    of: tuple[Mapping[str, Any], ...] = ()

    @property
    def whole(self) -> Table:
        """The rows over the whole time, without columns that say nothing of it."""
        found = self._of(lambda row: row.get("span") not in APART and not _says_nothing(row, self.of))
        kept = [at for at in range(len(self.heads)) if not found.rows or any(row[at].text for row in found.rows)]
        rows = tuple(tuple(row[at] for at in kept) for row in found.rows)
        return Table(tuple(self.heads[at] for at in kept), rows, found.of)

    @property
    def months(self) -> Table:
        """The rows of single months below them, which a page folds: there are many."""
        return self._of(_is_month)

    @property
    def answers(self) -> Table:
        """The row about leads below channels of contacts, under heads of its own."""
        found = self._of(lambda row: row.get("span") == "answers")
        if not found.rows:
            return found
        said = [cell.text for cell in self.heads[: -len(ANSWERS)]] + [str(head) for head in ANSWERS]
        heads = tuple(replace(cell, text=text) for cell, text in zip(self.heads, said, strict=True))
        rows = tuple(
            tuple(replace(cell, head=text) for cell, text in zip(row, said, strict=True)) for row in found.rows
        )
        return Table(heads, rows, found.of)

    @property
    def few(self) -> Table:
        """The stages that too few deals came to, which a page folds: every version of a process has its own."""
        return self._of(lambda row: _says_nothing(row, self.of))

    def _of(self, wanted: Callable[[Mapping[str, Any]], bool]) -> Table:
        kept = [place for place, row in enumerate(self.of) if wanted(row)]
        return Table(self.heads, tuple(self.rows[place] for place in kept), tuple(self.of[place] for place in kept))


APART = ("month", "answers")
"""Rows that stand below the table."""


def _is_month(row: Mapping[str, Any]) -> bool:
    return row.get("span") == "month"


def _says_nothing(row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether nothing can be told of a stage, while something can of others."""
    return "stage" in row and _is_unknown(row) and not all(_is_unknown(each) for each in rows)


def _is_unknown(row: Mapping[str, Any]) -> bool:
    return all(row.get(key) is None for key in ("value", "p10", "half"))


MONTHLY: Mapping[str, list[tuple[str | Promise, Any, bool]]] = {
    "passed_and_won": [(gettext_lazy("Month of passing"), month, False)],
}
"""What names the rows of a figure that is not split."""


def table(result: Result, asked: Asked) -> Table:
    """The rows of the figure as the page shows them; what only compares with other software is left out of a split.

    A stage says its process where there are several: stages of two processes may have one name.
    """
    columns = {**COLUMNS, **LEAD_COLUMNS}.get(result.metric, ())
    named = [(SPLITS[result.by], segment, False)] if result.by else MONTHLY.get(result.metric, [])
    shown = [*named, *columns]
    heads = tuple(Cell(str(head), is_number=numeric) for head, _cell, numeric in shown)
    several = len({row.get("process") for row in result.finding.rows}) > 1
    kept = tuple(
        {**row, "is_one_of_several": several}
        for row in result.finding.rows
        if not (result.by and (row.get("reading") == "won_others_censored" or _is_nobody(row)))
    )
    return Table(heads, tuple(tuple(_cell(result, row, asked, *column) for column in shown) for row in kept), kept)


def _is_nobody(row: Mapping[str, Any]) -> bool:
    """Whether a band of interest of a segment is empty: all of them together would hide the others."""
    return "band" in row and not row["n"]


def _cell(result: Result, row: Mapping[str, Any], asked: Asked, head: Any, write: Any, numeric: bool) -> Cell:
    text, sure = write(row)
    # Nothing is behind a nought, and single contacts stand with their accounts, in no list.
    leads_on = write in LINKS and text != "0" and not row.get("channel")
    url = _records(result, row, asked, LINKS[write]) if leads_on else ""
    return Cell(text, sure, url, numeric, head)


LINKS: Mapping[Any, Mapping[str, str]] = {cases: {}, won_in_time: {"in_time": "true"}, **LEAD_LINKS}
"""Which cells lead to deals, and what narrows these further."""


def _records(result: Result, row: Mapping[str, Any], asked: Asked, further: Mapping[str, str]) -> str:
    """The deals behind a row: it counts those that its columns narrow to."""
    metric = get_metric(result.metric)
    return asked.address("figure_records", result.metric, {**narrowed(metric, row), **further})


def describe(filters: Mapping[str, str], found: RecordPage) -> tuple[str, ...]:
    """The filters of a list of records in words."""
    stage = found.records[0].stage_label if found.records else ""
    names = {"list": "", "segment": found.segment, "stage": stage, "process": "", "version": ""}
    names |= {"entered": _("ever open in {stage}").format(stage=found.entered)}
    names |= dict.fromkeys(("window", "passed_from", "passed_until"), "")
    names |= {"within": _within(filters)}
    said = (names.get(name, _described(name, text)) for name, text in filters.items())
    return tuple(filter(None, said))


def _within(filters: Mapping[str, str]) -> str:
    if filters.get("in_time") != "true":
        return ""
    return _("won within {days} from there").format(days=whole_days(int(filters["within"])))


def _described(name: str, text: str) -> str:
    writers: dict[str, Callable[[str], str]] = {
        "outcomes": lambda value: ", ".join(str(OUTCOMES.get(item, item)) for item in value.split(",")),
        "start": lambda value: str(STARTS.get(value, "")),
        "longer_than": lambda value: _("open for more than {days}").format(days=whole_days(int(value))),
        "rests": lambda value: str(REASONS["resting"]) if value == "true" else _("not resting"),
        "in_pipeline": lambda value: "" if value == "true" else str(REASONS["before_pipeline"]),
        "clock": lambda value: str(CLOCKS.get(value, "")),
        "amount": lambda value: _("with an amount") if value == "known" else str(REASONS["without_amount"]),
        "passed": lambda value: _("passed {stage}").format(stage=passed_name(value)),
        "in_time": lambda value: "",
        "fate": lambda value: str(FATES.get(value, "")),
        "band": lambda value: _("interest: {band}").format(band=BANDS.get(value, value)),
        **{name: _yes_or_no(name) for name in YES_OR_NO},
        "received_from": lambda value: _("received from {day} on").format(day=written_day(date.fromisoformat(value))),
        "received_until": lambda value: _("until {day}").format(day=written_day(date.fromisoformat(value))),
        "oddity": lambda value: str(ODDITIES[value][0]) if value in ODDITIES else "",
        "history": lambda value: "" if value == "known" else str(REASONS["no_history"]),
    }
    return writers.get(name, str)(text)


YES_OR_NO: Mapping[str, tuple[str | Promise, str | Promise]] = {
    "came": (gettext_lazy("that came to us"), gettext_lazy("without a contact that came from them")),
    "has_answer": (gettext_lazy("that we answered"), gettext_lazy("without our answer")),
    "went": (gettext_lazy("that we went to"), gettext_lazy("that we did not go to")),
    "has_reply": (gettext_lazy("that answered within 30 days"), gettext_lazy("that did not answer within 30 days")),
}
"""What leads are narrowed by that holds or does not."""


def _yes_or_no(name: str) -> Callable[[str], str]:
    return lambda value: str(YES_OR_NO[name][value != "true"])


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
