"""Reading figures, and the records behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from etappe.core.actor import Actor
from etappe.core.errors import Missing, Refusal
from etappe.core.figures import Finding, Result
from etappe.core.filters import parse, written
from etappe.core.interest import BANDS
from etappe.core.periods import local_day
from etappe.insights import engine
from etappe.insights.catalogue import CATALOGUE
from etappe.insights.catalogue.data_quality import ODDITIES
from etappe.insights.catalogue.durations import CODES
from etappe.insights.catalogue.leads import FATES, day_of
from etappe.insights.catalogue.waiting import WAITING
from etappe.insights.kept import kept, takes_long
from etappe.insights.labels import labelled, segment_key, segment_names, stage_name, step_name
from etappe.insights.metric import Metric, Row
from etappe.insights.narrowing import Among, among
from etappe.insights.options import read
from etappe.insights.standing import DIMENSIONS
from etappe.insights.statements import LISTS, RECORDS, name_of
from etappe.team.access import require
from etappe.team.queries import UserRef, user_names, workspace

FIRST_LOOK = ("stage_now", "win_rate", "eventual_win_rate", "sales_cycle", "open_deals_beyond")
"""The figures that stand on the first page."""
WINDOW = timedelta(days=90)
"""How far figures about a window look back, and ahead."""


@dataclass(frozen=True)
class Asked:
    """A question as it goes to the engine. `by` is one of `DIMENSIONS` or None."""

    viewer: Actor
    by: str | None
    day: date
    today: date
    zone: str
    currency: str
    where: str
    only: Among | None
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def shape(self) -> dict[str, bool]:
        """Which of the statements answers it."""
        return {"past": self.day < self.today, "scoped": not self.viewer.scope.all}

    @property
    def values(self) -> dict[str, Any]:
        """What the statement is given."""
        end = datetime.combine(self.day + timedelta(days=1), time(), ZoneInfo(self.zone))
        scope = self.viewer.scope
        return {
            "by": self.by or "",
            "day": self.day,
            "number": (self.day - date(1970, 1, 1)).days,
            "moment": end,
            "since": date.min + max(self.day - date.min - WINDOW, timedelta()),
            "until": self.day + WINDOW,
            "viewer": scope.user,
            "teams": sorted(scope.teams),
            "skip": 0,
        }


def keys() -> tuple[str, ...]:
    """The keys of all figures, in the order of the page."""
    return tuple(CATALOGUE)


def waiting() -> tuple[str, ...]:
    """The keys of the figures that wait for data."""
    return tuple(WAITING)


def get_metric(key: str) -> Metric:
    """The definition of a figure; `Missing` where there is none of this key."""
    found = CATALOGUE.get(key) or WAITING.get(key)
    if found is None:
        raise Missing
    return found


def report(
    key: str,
    *,
    viewer: Actor,
    by: str | None = None,
    as_of: date | None = None,
    where: str = "",
    options: Mapping[str, str] | None = None,
    now: datetime,
) -> Result:
    """A figure over the deals that the viewer may see.

    `by` splits it by one of `DIMENSIONS`; `as_of` asks how it stood at the end of a past day (None: at present);
    `where` is a filter as lists take it: only the deals count that it leaves today; `options` are what else the figure
    can be asked for (see `options.read`).
    Raises `Missing` for an unknown key, `Refusal` for an unknown split, a day that has not been yet or a filter that
    makes no sense, `Forbidden`.
    """
    metric = get_metric(key)
    metrics = [metric, get_metric(metric.beside)] if metric.beside else [metric]
    asked = replace(_asked(viewer, by, as_of, where, now), options=options or {})
    found, *others = [_result(each, asked) for each in metrics]
    return replace(found, beside=others[0]) if others else found


def first_look(*, viewer: Actor, as_of: date | None = None, where: str = "", now: datetime) -> list[Result]:
    """The figures of the first page; see `report`. Where all deals are many, as they were found a little while ago."""
    return _first_look(_asked(viewer, None, as_of, where, now), now)


def first_look_at_once(
    *, viewer: Actor, as_of: date | None = None, where: str = "", now: datetime
) -> list[Result] | None:
    """The same, or None where it takes seconds: those over all deals had to be kept, and these are not."""
    asked = _asked(viewer, None, as_of, where, now)
    return None if not _is_plain(asked) and takes_long() else _first_look(asked, now)


def _first_look(asked: Asked, now: datetime) -> list[Result]:
    metrics = [get_metric(key) for key in FIRST_LOOK]
    is_plain = _is_plain(asked)
    names = {metric.key: name_of(metric.key, **asked.shape) for metric in metrics}
    held = kept(names.values(), asked.day, now) if is_plain else {}
    return [_result(metric, asked, held.get(names[metric.key])) for metric in metrics]


def _is_plain(asked: Asked) -> bool:
    """Whether all deals are asked about, as they are now."""
    return asked.viewer.scope.all and asked.day == asked.today and asked.only is None


def answer_now(key: str, viewer: Actor, now: datetime) -> tuple[str, date, engine.Answer]:
    """The statement of a figure about all deals that the viewer sees, the day it is about, and its answer."""
    metric, asked = get_metric(key), _asked(viewer, None, None, "", now)
    return name_of(key, **asked.shape), asked.day, _answered(metric, asked)


def question(asked: Mapping[str, str], *, viewer: Actor, now: datetime) -> dict[str, Any]:
    """What is asked, written in the one way in which it is kept: `figure`, `split`, `where` and `options`.

    `asked`: `figure`, and as wanted `by`, `where` and the options of `options.read`. Raises what `report` raises, and
    `Refusal` for a figure that waits for data.
    """
    metric = get_metric(asked["figure"])
    if metric.needs:
        raise Refusal("figure_waits", needs=str(metric.needs))
    found = _asked(viewer, asked.get("by") or None, None, asked.get("where", ""), now)
    read_as = read(metric, {name: asked.get(name, "") for name in ("stage", "within", "window")})
    options = {"stage" if name == "passed" else name: str(value) for name, value in read_as.items()}
    return {"figure": metric.key, "split": found.by or "", "where": found.where, "options": options}


def _asked(viewer: Actor, by: str | None, as_of: date | None, where: str, now: datetime) -> Asked:
    require(viewer, "figures.see")
    if by is not None and by not in DIMENSIONS:
        raise Refusal("unknown_split", split=by, splits=DIMENSIONS)
    own = workspace()
    today = local_day(now, own.zone)
    if as_of and as_of > today:
        raise Refusal("day_in_future", day=as_of, today=today)
    tree = parse(where)
    only = among(viewer, tree, today)
    return Asked(viewer, by, as_of or today, today, own.zone, own.currency, written(tree), only)


def _result(metric: Metric, asked: Asked, answer: engine.Answer | None = None) -> Result:
    answer = answer or _answered(metric, asked)
    rows = answer.rows
    found = metric.finish(rows)
    seen = [row["observed_on"] for row in rows]
    last = max(seen, default=asked.day)
    first = min((row["observed_first"] for row in rows), default=last)
    return Result(
        metric=metric.key,
        title=str(metric.title),
        definition=str(metric.definition),
        unit=metric.unit,
        minimum=metric.minimum,
        finding=_shown(found, asked),
        as_of=last,
        seen_since=first if first < last else None,
        by=asked.by,
        where=asked.where,
        sql=answer.sql,
        engine=answer.engine,
        facts_at=answer.facts_at,
        records=narrowed(metric, found.extra),
        reasons=metric.reasons,
        needs=str(metric.needs or ""),
    )


def _answered(metric: Metric, asked: Asked) -> engine.Answer:
    if metric.needs:
        return engine.Answer([], "", "")
    values = asked.values | read(metric, asked.options)
    return engine.run(name_of(metric.key, **asked.shape), values, asked.only)


def _shown(found: Finding, asked: Asked) -> Finding:
    """The finding as it is shown: rows with their names, the workspace's own currency before the others beside it."""
    rows, extra = _own_first(found.rows, asked.currency), dict(found.extra)
    if "amounts" in extra:
        extra["amounts"] = dict(sorted(extra["amounts"].items(), key=lambda sum_: sum_[0] != asked.currency))
    return replace(found, rows=labelled(rows, asked.by), extra=extra)


def _own_first(rows: Sequence[Row], own: str) -> tuple[Row, ...]:
    """Rows that differ in their currency alone stand where the first of them stood."""
    if len({row.get("currency") for row in rows}) < 2:
        return tuple(rows)
    place: dict[tuple[Any, ...], int] = {}
    for row in rows:
        place.setdefault(_place(row), len(place))
    return tuple(sorted(rows, key=lambda row: (place[_place(row)], row["currency"] != own)))


def _place(row: Row) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in ("segment", "process", "version", "stage"))


def narrowed(metric: Metric, row: Row) -> dict[str, str]:
    """The filters that list the records behind a row of this figure."""
    narrow = {name: str(row[column]) for column, name in metric.narrow.items() if row.get(column) is not None}
    return {**metric.records, **narrow}


@dataclass(frozen=True)
class Record:
    """A deal behind a figure. `days` are those on the clock asked for; None where it has no start before its end.

    Of a lead they count from the day it was received to its fate; `score` is its interest and `hours` the working
    hours that it waited for our first answer, where the figure asks them.
    """

    uid: str
    name: str
    stage: str
    stage_label: str
    outcome: str
    proof: str
    amount: Decimal | None
    currency: str
    owner: UserRef | None
    engaged_since: date | None
    decided_on: date | None
    days: float | None
    received_on: date | None = None
    score: float | None = None
    hours: float | None = None


@dataclass(frozen=True)
class RecordPage:
    """A page of the records behind a figure: `found` is how many there are in all, `skip` how many come before.

    `segment` names the segment that the list was narrowed to, if it was, `entered` the stage.
    """

    records: tuple[Record, ...]
    found: int
    skip: int
    segment: str = ""
    entered: str = ""

    @property
    def next(self) -> int | None:
        """What to skip for the next page; None on the last one."""
        after = self.skip + len(self.records)
        return after if self.records and after < self.found else None


def records(
    filters: Mapping[str, str],
    *,
    viewer: Actor,
    by: str | None = None,
    as_of: date | None = None,
    where: str = "",
    skip: int = 0,
    now: datetime,
) -> RecordPage:
    """The deals that these filters narrow to, as they stood on the day, longest first; filters are those of `FILTERS`.

    `where` narrows them further, as it does in `report`; the filter `list` asks for leads instead of deals.

    Raises `Refusal` for a filter that does not exist or a value it does not take, and what `report` raises.
    """
    asked = _asked(viewer, by, as_of, where, now)
    values = asked.values | _parsed(filters, by) | {"skip": skip}
    rows = engine.run(name_of(filters.get("list", RECORDS), **asked.shape), values, asked.only).rows
    names = user_names(row["owner_id"] for row in rows)
    segment = segment_names([values["segment"]], by)[values["segment"]][1] if by and "segment" in values else ""
    listed = tuple(_record(row, names) for row in rows)
    return RecordPage(listed, rows[0]["found"] if rows else 0, skip, segment, step_name(values.get("entered", "")))


def _record(row: Row, names: Mapping[int, UserRef]) -> Record:
    copied = ("uid", "name", "stage", "outcome", "proof", "amount", "currency", "engaged_since", "decided_on")
    received = row.get("received_number")
    return Record(
        **{column: row[column] for column in copied},
        received_on=None if received is None else day_of(received),
        score=row.get("score"),
        hours=None if row.get("minutes") is None else row["minutes"] / 60,
        days=row["days"] if (row["days"] or 0) >= 0 else None,
        owner=names.get(row["owner_id"]),
        stage_label=stage_name(row["process_version_id"], row["stage"]),
    )


def _choice(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(text)
        return text

    return parse


def _outcomes(text: str) -> list[str]:
    return [_choice(*CODES)(item) for item in text.split(",")]


def _answer(text: str) -> bool:
    return _choice("true", "false")(text) == "true"


def _count(text: str) -> int:
    number = int(text)
    if not 0 <= number < 2**31:
        raise ValueError(text)
    return number


def _number_of_day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


FILTERS: Mapping[str, Callable[[str], Any]] = {
    "list": _choice(*LISTS),
    "segment": str,
    "outcomes": _outcomes,
    "stage": str,
    "process": str,
    "version": _count,
    "proof": _choice("proven", "overridden", "unproven"),
    "currency": str,
    "clock": _choice("engaged", "buyer"),
    "start": _choice("known", "unknown", "after_end"),
    "longer_than": _count,
    "rests": _answer,
    "in_pipeline": _answer,
    "amount": _choice("known", "unknown"),
    "history": _choice("known", "unknown"),
    "entered": str,
    "oddity": _choice(*ODDITIES),
    "passed": str,
    "within": _count,
    "window": _count,
    "in_time": _answer,
    "passed_from": _number_of_day,
    "passed_until": _number_of_day,
    "received_from": _number_of_day,
    "received_until": _number_of_day,
    "fate": _choice(*FATES),
    "band": _choice(*BANDS),
    "came": _answer,
    "has_answer": _answer,
    "went": _answer,
    "has_reply": _answer,
}
"""What records can be narrowed by, and how the text of a value is read."""


def _parsed(filters: Mapping[str, str], by: str | None) -> dict[str, Any]:
    found = {name: _value(name, text) for name, text in filters.items()}
    return found | ({"segment": segment_key(found["segment"], by)} if "segment" in found else {})


def _value(name: str, text: str) -> Any:
    try:
        if "\0" in text:
            raise ValueError(text)
        return FILTERS[name](text)
    except (KeyError, ValueError):
        raise Refusal("bad_filter", name=name, value=text) from None
