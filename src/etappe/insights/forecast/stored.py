"""Reading what was forecast: for one viewer, over the deals they may see, summed as they ask."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection

from etappe.core import forecast as core
from etappe.core.actor import Actor
from etappe.core.errors import Missing, Refusal
from etappe.core.forecast import Floats, Range
from etappe.core.inflow import of_plain
from etappe.deals.queries import deal_id, won_since
from etappe.insights.forecast import kept, said
from etappe.insights.forecast.changed import (
    REASONS,
    Change,
    DealChanged,
    asked,
    deals_changed,
    expected,
    why_changed,
)
from etappe.insights.forecast.fresh import Row, freshened
from etappe.insights.forecast.kept import CENT, SPLITS, Seen
from etappe.insights.forecast.segment import narrowed
from etappe.insights.labels import segment_key, segment_names, stage_name, words
from etappe.insights.models import Forecast
from etappe.journal.queries import touched_since
from etappe.playbook.queries import all_specs, spec, version_numbers
from etappe.team.access import require
from etappe.team.queries import workspace

PER_PAGE: Final = 50
MOST_CHANGED: Final = 20_000
"""Entries of the journal since the forecast that are looked at: after half of them it is made anew."""

_DEALS = """
SELECT said.*, deal.uid, deal.name, coalesce(deal.outcome, 'gone') AS now_outcome, deal.stage AS now_stage,
    deal.process_version_id AS now_version, deal.proof AS now_proof, deal.stage_since_on AS now_since,
    deal.engaged_since, deal.rests_until, deal.amount AS now_amount, deal.currency AS now_currency,
    {segments} AS now_segments,
    %(all)s OR deal.owner_id = %(viewer)s OR deal.team_id = ANY(%(teams)s) OR deal.deal_id IN (
        SELECT deal_id FROM fact_deal_member WHERE user_id = %(viewer)s
    ) AS is_visible
FROM insights_forecastdeal AS said
LEFT JOIN fact_deal AS deal USING (deal_id)
LEFT JOIN fact_account AS account ON account.account_id = deal.account_id
WHERE said.forecast_id = %(forecast)s AND {where}
"""
_WON = """
SELECT coalesce(sum(deal.amount) FILTER (WHERE deal.decided_on >= %(month)s), 0)::float8 AS month,
    coalesce(sum(deal.amount), 0)::float8 AS quarter
FROM fact_deal AS deal LEFT JOIN fact_account AS account ON account.account_id = deal.account_id
WHERE deal.deal_id = ANY(%(won)s) AND deal.currency = %(currency)s
    AND (%(place)s IS NULL OR ({segments})[%(place)s] = %(key)s)
"""
_APART = "said.deal_id = ANY(%(deals)s) ORDER BY said.deal_id"
_ELSEWHERE = """
SELECT deal_id FROM fact_deal
WHERE owner_id = %(viewer)s AND status = 'open' AND (team_id IS NULL OR team_id <> ALL(%(teams)s))
UNION SELECT deal_id FROM fact_deal_member WHERE user_id = %(viewer)s
"""
"""Deals that a viewer sees though they are not their teams'."""
_MOST = """
SELECT deal_id, expected FROM insights_forecastdeal
WHERE forecast_id = %(forecast)s AND (%(all)s OR segments[1] = ANY(%(counted)s)) AND deal_id <> ALL(%(apart)s)
    AND (%(place)s IS NULL OR segments[%(place)s] = %(key)s)
ORDER BY expected DESC, deal_id LIMIT %(limit)s OFFSET %(skip)s
"""


NO_BASIS = {"nothing_won", "no_amount_won"}
"""What is odd about records from which no amount can be told, whatever chances are."""


@dataclass(frozen=True)
class Month:
    """A month or quarter: the range of all, and expectations of its parts; `ends` is its last day.

    `still_to_come` is None where too few past months show it; then `total` counts open deals only. Of a period that has
    begun all of it is about the rest; `won` is what was won in it so far.
    """

    begins: date
    ends: date
    total: Range
    from_open: float
    still_to_come: float | None
    proven: float
    unproven: float
    overridden: float
    won: float | None = None


@dataclass(frozen=True)
class Segment:
    """Open deals of one segment, as far as they are won by the end of the last month."""

    key: str
    label: str
    deals: int
    amount: Range


@dataclass(frozen=True)
class DealSaid:
    """What is said about one deal as of `day`; `likely` are the days by which 10, 50 and 90 % of its wins have come.

    `soon` is the chance that it is won by the end of the month after the one that has begun. `amount` is None where it
    has none and none was ever won in its currency: then it is in no sum.
    """

    uid: str
    name: str
    stage_label: str
    proof: str
    amount: Decimal | None
    amount_known: bool
    currency: str
    chance: float
    low: float
    high: float
    soon: float
    likely: tuple[date, ...]
    seen: int
    why: tuple[tuple[Any, ...], ...]
    has_moved: bool
    day: date

    @property
    def expected(self) -> float | None:
        """Amount times chance."""
        return None if self.amount is None else float(self.amount) * self.chance


@dataclass(frozen=True)
class Report:
    """A forecast as a viewer sees it. `is_enough` is false where too few deals were ever closed to say anything, or
    none of them was won, or none with an amount.

    `pace` is how fast deals move in each month of the year, January first; empty where months are alike. `segment` is
    the one that all of it is about, where one was asked for: then what changed since last week is not told, and deals
    still to come are known of a team alone.
    """

    day: date
    made_at: datetime
    method: str
    currency: str
    closed: int
    minimum: int
    is_enough: bool
    widen: float
    n: int
    pace: tuple[float, ...] = ()
    months: tuple[Month, ...] = ()
    quarters: tuple[Month, ...] = ()
    others: Mapping[str, float] = field(default_factory=dict)
    segment: Segment | None = None
    segments: tuple[Segment, ...] = ()
    deals: tuple[DealSaid, ...] = ()
    found: int = 0
    changes: tuple[Change, ...] = ()
    since: date | None = None
    before: float | None = None
    now: float | None = None
    quality: Mapping[str, int] = field(default_factory=dict)
    backtest: Mapping[str, Any] = field(default_factory=dict)

    @property
    def whole_months(self) -> tuple[Month, ...]:
        """The months of which deals still to come are known, too; all months where that holds for none.

        Beside them a month of open deals alone would look like the end of all business.
        """
        return _whole(self.months)

    @property
    def whole_quarters(self) -> tuple[Month, ...]:
        """The same of quarters."""
        return _whole(self.quarters)


def _whole(periods: tuple[Month, ...]) -> tuple[Month, ...]:
    return tuple(each for each in periods if each.still_to_come is not None) or periods


def report(viewer: Actor, *, by: str | None = None, of: str | None = None, skip: int = 0) -> Report | None:
    """The newest forecast over the deals that the viewer may see; None where none was made yet.

    `by` splits it, `of` is the key of one segment of the split (empty: deals of which it is not given) that it is to be
    of alone. Refuses an unknown split with `unknown_split`; `Missing` where there is no such colleague or team.
    """
    require(viewer, "figures.see")
    if by not in SPLITS and (by is not None or of is not None):
        raise Refusal("unknown_split", split=by or "", splits=SPLITS)
    newest = _newest()
    if newest is None:
        return None
    seen = seen_by(newest, viewer)
    asked_of = _Asked(by, skip, None if of is None else _inside(of, by))
    if by and asked_of.key is not None:
        seen = narrowed(newest, seen, by, asked_of.key)
    head = _head(newest, seen.sums.deals, viewer)
    if not head["is_enough"]:
        return Report(**head)
    return Report(**head, **_body(newest, seen, viewer, asked_of))


def _inside(of: str, by: str | None) -> str:
    """The inside key of a segment; `Missing` where there is no such colleague, team or stage, nor can be."""
    if "\x00" in of:  # no text of a record holds it
        raise Missing
    if by == "stage" and of not in {f"{key} {stage}" for key, each in all_specs().items() for stage in each.order}:
        raise Missing
    return segment_key(of, by)


@dataclass(frozen=True)
class _Asked:
    """What a report was asked for; `key` is the inside one of a segment."""

    by: str | None
    skip: int
    key: str | None


def _newest() -> Forecast | None:
    return Forecast.objects.filter(kind="current", horizon__gt=0).order_by("-id").first()


def seen_by(newest: Forecast, viewer: Actor) -> Seen:
    """The sums kept of the viewer's teams, with what changed since."""
    teams = kept.teams_of(viewer.scope.teams, all_teams=viewer.scope.all)
    rows = _rows(newest.id, viewer, _APART, deals=touched_since(newest.horizon, MOST_CHANGED) + _elsewhere(viewer))
    fresh = freshened(newest, rows)
    apart = [row for row in fresh if not _is_as_it_was(row, teams)]
    resorted = [row for row in fresh if row["segments"] != row["now_segments"] and _is_as_it_was(row, teams)]
    before = {row["deal_id"]: row for row in rows}
    out = [before[row["deal_id"]] for row in apart if kept.was_counted(row, teams)]
    into = [row for row in apart if row["is_visible"] and row["now_outcome"] == "open"]
    sums = kept.whole(newest, teams)
    sums.add(kept.of_rows(out, newest), -1)
    sums.add(kept.of_rows(into, newest))
    return Seen(teams, sums, out, into, apart, resorted)


def _elsewhere(viewer: Actor) -> list[int]:
    if viewer.scope.all:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_ELSEWHERE, {"viewer": viewer.scope.user, "teams": sorted(viewer.scope.teams)})
        return [deal for (deal,) in cursor.fetchall()]


def _is_as_it_was(row: Row, teams: Sequence[str]) -> bool:
    """Whether the deal counts as the sums have it, in whatever segments it is."""
    same = row["now_outcome"] == "open" and not row["has_moved"] and not row["has_new_amount"]
    return bool(same and row["is_visible"] and kept.was_counted(row, teams))


def of_deal(viewer: Actor, uid: UUID | str) -> DealSaid | None:
    """What is said about a deal that the viewer sees; None where it is over, or came after the forecast was made."""
    require(viewer, "figures.see")
    deal = deal_id(viewer, uid)
    newest = Forecast.objects.filter(kind="current").defer("backtest").order_by("-id").first()
    found = _rows(newest.id, viewer, "said.deal_id = %(deal)s", deal=deal) if newest else []
    rows = [row for row in found if row["now_outcome"] == "open"]
    return _deal(freshened(newest, rows)[0], newest.day) if newest and rows else None


def _head(newest: Forecast, n: int, viewer: Actor) -> dict[str, Any]:
    return {
        "day": newest.day,
        "made_at": newest.made_at,
        "method": newest.method,
        "currency": newest.currency,
        "closed": newest.closed,
        "minimum": core.MINIMUM,
        "is_enough": newest.closed >= core.MINIMUM and not NO_BASIS & newest.quality.keys(),
        "widen": float(newest.backtest.get("widen", core.UNTRIED)),
        "n": n,
        "pace": tuple(newest.pace),
        "quality": newest.quality,
        "backtest": turned_out_for(newest, viewer),
    }


def _rows(forecast: int, viewer: Actor, where: str, **given: Any) -> list[Row]:
    scope = viewer.scope
    given |= {"forecast": forecast, "all": scope.all, "viewer": scope.user, "teams": sorted(scope.teams)}
    with connection.cursor() as cursor:
        cursor.execute(_DEALS.format(segments=kept.SEGMENTS, where=where), given)
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [row | {"why": json.loads(row["why"])} for row in rows]


def _body(newest: Forecast, seen: Seen, viewer: Actor, wanted: _Asked) -> dict[str, Any]:
    what, teams = of_plain(newest.arrivals.get(newest.currency)), _still_to_come(viewer, wanted)
    if teams == []:
        what = None
    chance = np.random.default_rng([newest.day.toordinal(), 1])
    coming = said.drawn_coming(what, teams, chance, steps=kept.steps_of(newest.day))
    widen = float(newest.backtest.get("widen", core.UNTRIED))
    drawn = np.maximum(seen.sums.drawn, 0.0)
    drawing = _Drawing(newest.day, drawn, coming, what.known if what else 0, widen)
    won = _won_so_far(newest, viewer, wanted)
    return {
        "months": _begun(_months(drawing, seen.sums.proofs), won.get("month")),
        "quarters": _begun(_quarters(drawing, seen.sums.proofs), won.get("quarter")),
        "others": {code: amount for code, amount in sorted(seen.sums.others.items()) if amount > CENT},
        "deals": tuple(_deal(row, newest.day) for row in _listed(newest, seen, viewer, wanted)),
        "found": seen.sums.deals,
        **(_split(newest, seen, wanted, widen) if wanted.key is None else _segment(drawing, seen, wanted)),
    }


def _won_so_far(newest: Forecast, viewer: Actor, wanted: _Asked) -> Mapping[str, float]:
    """What was won in this month and this quarter by now; nothing of a stage, which won deals have left."""
    if wanted.key is not None and wanted.by == "stage":
        return {}
    month = said.month_of(newest.day)
    quarter = said.month_of(month, -((month.month - 1) % 3))
    begin = datetime.combine(quarter, time(), ZoneInfo(workspace().zone))
    given = {"month": month, "won": won_since(viewer, begin), "currency": newest.currency, **_placed(wanted)}
    return asked(_WON.format(segments=kept.SEGMENTS), given)[0]


def _placed(wanted: _Asked) -> dict[str, Any]:
    """Which place of the segments must be what, where one is asked for."""
    place = SPLITS.index(wanted.by) + 1 if wanted.by and wanted.key is not None else None
    return {"place": place, "key": wanted.key}


def _begun(periods: Iterable[Month], won: float | None) -> tuple[Month, ...]:
    first, *others = periods
    return (replace(first, won=won), *others)


def _still_to_come(viewer: Actor, wanted: _Asked) -> list[str] | None:
    """The teams whose deals still to come are meant: all, those of the viewer, that of the segment; none for others."""
    mine = None if viewer.scope.all else [str(team) for team in viewer.scope.teams]
    if wanted.key is None:
        return mine
    return [wanted.key] if wanted.by == "team" and (mine is None or wanted.key in mine) else []


def _split(newest: Forecast, seen: Seen, wanted: _Asked, widen: float) -> dict[str, Any]:
    return {"segments": _segments(newest, seen, wanted.by, widen) if wanted.by else (), **_since(newest, seen)}


def _segment(drawing: _Drawing, seen: Seen, wanted: _Asked) -> dict[str, Any]:
    """What the segment is called, and what its open deals bring by the end of the last month."""
    name = _names([wanted.key or ""], wanted.by or "")[wanted.key or ""]
    return {"segment": Segment(*name, seen.sums.deals, core.summed_up(drawing.from_open.sum(axis=1), drawing.widen))}


def _listed(newest: Forecast, seen: Seen, viewer: Actor, wanted: _Asked) -> list[Row]:
    """A page of the deals, those that bring most first: of those that count as they were kept, and of the others.

    So many more of the former are asked for as there are of the latter: no other can be on the page.
    """
    late, skip = [(expected(row), -row["deal_id"]) for row in seen.into], wanted.skip
    given: dict[str, Any] = {
        "forecast": newest.id,
        "all": viewer.scope.all,
        "counted": list(seen.teams),
        "apart": [row["deal_id"] for row in seen.apart],
        **_placed(wanted),
        "limit": PER_PAGE + min(skip, len(late)),
        "skip": max(0, skip - len(late)),
    }
    most = [(row["expected"], -row["deal_id"]) for row in asked(_MOST, given)]
    page = sorted([*most, *late], reverse=True)[skip - given["skip"] :][:PER_PAGE]
    keys = [-key for _, key in page]
    rows = {row["deal_id"]: row for row in _rows(newest.id, viewer, _APART, deals=keys)}
    return freshened(newest, [rows[key] for key in keys if key in rows])


@dataclass(frozen=True)
class _Drawing:
    """What was drawn for all months, draws by months; deals still to come are known for `known` months."""

    day: date
    from_open: Floats
    coming: Floats
    known: int
    widen: float


def _months(drawing: _Drawing, proofs: Mapping[str, Floats]) -> Iterable[Month]:
    for ahead in range(said.MONTHS):
        yield _period(drawing, range(ahead, ahead + 1), proofs)


def _quarters(drawing: _Drawing, proofs: Mapping[str, Floats]) -> Iterable[Month]:
    """This quarter, what is left of it, and the next one."""
    left = 3 - (drawing.day.month - 1) % 3
    yield _period(drawing, range(left), proofs)
    yield _period(drawing, range(left, min(left + 3, said.MONTHS)), proofs)


def _period(drawing: _Drawing, months: range, proofs: Mapping[str, Floats]) -> Month:
    later = drawing.coming[:, list(months)].sum(axis=1)
    parts = {proof: max(float(each[list(months)].sum()), 0.0) for proof, each in proofs.items()}
    return Month(
        begins=said.month_of(drawing.day, months[0]),
        ends=said.month_of(drawing.day, months[-1] + 1) - timedelta(days=1),
        total=core.summed_up(drawing.from_open[:, list(months)].sum(axis=1) + later, drawing.widen),
        from_open=sum(parts.values()),
        still_to_come=float(later.mean()) if months[-1] < drawing.known else None,
        **parts,
    )


def _segments(newest: Forecast, seen: Seen, by: str, widen: float) -> tuple[Segment, ...]:
    total = kept.by_segment(newest, by, seen.teams)
    place = kept.SPLITS.index(by)
    for rows, name, sign in ((seen.out, "segments", -1), (seen.into, "now_segments", 1)):
        for row in rows:
            if row["currency"] == newest.currency:
                drawn = kept.of_rows([row], newest).drawn.sum(axis=1)
                kept.add_segment(total, row[name][place], sign, sign * drawn)
    for (old, new), rows in _resorted(seen, newest, place).items():
        drawn = kept.of_rows(rows, newest).drawn.sum(axis=1)
        kept.add_segment(total, old, -len(rows), -drawn)
        kept.add_segment(total, new, len(rows), drawn)
    total = {key: each for key, each in total.items() if each[0] > 0}
    names = _names(list(total), by)
    found = [
        Segment(*names[key], deals, core.summed_up(np.maximum(drawn, 0.0), widen))
        for key, (deals, drawn) in total.items()
    ]
    return tuple(sorted(found, key=lambda each: -each.amount.mean))


def _resorted(seen: Seen, newest: Forecast, place: int) -> dict[tuple[str, str], list[Row]]:
    """Deals that are in another segment than when they were counted, by the one and the other."""
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in seen.resorted:
        old, new = row["segments"][place], row["now_segments"][place]
        if old != new and row["currency"] == newest.currency:
            found[old, new].append(row)
    return found


def _names(keys: Sequence[str], by: str) -> dict[str, tuple[str, str]]:
    if by != "stage":
        return segment_names(keys, by)
    pairs = {key: key.split(" ", 1) for key in keys}
    numbers = version_numbers(int(version) for version, _ in pairs.values())
    return {key: (key, _step(int(version), numbers[int(version)], stage)) for key, (version, stage) in pairs.items()}


def _step(version: int, number: int, stage: str) -> str:
    return f"{stage_name(version, stage)} ({words(spec(version).name)} {number})"


def _deal(row: Row, day: date) -> DealSaid:
    low, high = _bounds(row["chance"], row["unsure"])
    return DealSaid(
        uid=row["uid"],
        name=row["name"],
        stage_label=stage_name(row["version_id"], row["stage"]),
        proof=row["proof"],
        amount=row["amount"] if row["amount"] or row["amount_known"] else None,
        amount_known=row["amount_known"],
        currency=row["currency"],
        chance=row["chance"],
        low=low,
        high=high,
        soon=sum(row["months"][:2]),
        likely=tuple(date.fromordinal(day.toordinal() + days) for days in row["days"]),
        seen=row["seen"],
        why=tuple(tuple(each) for each in row["why"]),
        has_moved=row["has_moved"],
        day=day,
    )


def _bounds(chance: float, unsure: float) -> tuple[float, float]:
    """The 80 % interval of a chance, from how unsure its log-odds are."""
    inside = min(max(chance, 1e-4), 1 - 1e-4)
    odds = inside / (1 - inside)
    low, high = (odds * float(np.exp(side * 1.2816 * unsure)) for side in (-1, 1))
    return low / (1 + low), high / (1 + high)


def _since(newest: Forecast, seen: Seen) -> dict[str, Any]:
    """What changed since the newest frozen forecast of an earlier day, and what was expected then and is now."""
    if newest.since_id is None:
        return {}
    changes, now = why_changed(newest, seen)
    day = Forecast.objects.values_list("day", flat=True).get(id=newest.since_id)
    return {"changes": changes, "since": day, "before": now - sum(each.by for each in changes), "now": now}


@dataclass(frozen=True)
class Because:
    """The deals behind one reason of what changed, `found` of them in all."""

    reason: str
    currency: str
    since: date
    found: int
    by: float
    deals: tuple[DealChanged, ...]


def because(viewer: Actor, reason: str, *, skip: int = 0) -> Because | None:
    """The deals that changed the expectation since last week for this reason; None where nothing is compared yet.

    Refuses an unknown reason with `unknown_choice`.
    """
    require(viewer, "figures.see")
    if reason not in REASONS:
        raise Refusal("unknown_choice", field="reason", choices=REASONS)
    newest = _newest()
    if newest is None or newest.since_id is None:
        return None
    seen = seen_by(newest, viewer)
    whole = next((each for each in why_changed(newest, seen)[0] if each.reason == reason), Change(reason, 0, 0.0))
    day = Forecast.objects.values_list("day", flat=True).get(id=newest.since_id)
    deals = deals_changed(newest, seen, reason, skip, PER_PAGE)
    return Because(reason, newest.currency, day, whole.deals, whole.by, deals)


@dataclass(frozen=True)
class TurnedOut:
    """How forecasts turned out, over all deals; `found` is what `backtest.summary` says, for this viewer."""

    day: date
    currency: str
    method: str
    found: Mapping[str, Any]


def turned_out(viewer: Actor) -> TurnedOut | None:
    """How forecasts turned out so far; None before the first one."""
    require(viewer, "figures.see")
    newest = Forecast.objects.filter(kind="current").order_by("-id").first()
    if newest is None:
        return None
    return TurnedOut(newest.day, newest.currency, newest.method, turned_out_for(newest, viewer))


def turned_out_for(newest: Forecast, viewer: Actor) -> dict[str, Any]:
    """The backtest as this viewer may see it: amounts of all deals only who sees all deals, its quality everybody."""
    if viewer.scope.all:
        return dict(newest.backtest)
    return {**newest.backtest, "rows": [], "by_before": [], "kept": []}


def as_json(found: Report) -> dict[str, Any]:
    """The report as plain values for JSON: days as ISO text, amounts of deals as text."""
    plain = _plain(asdict(found))
    assert isinstance(plain, dict)
    return plain


def because_as_json(found: Because) -> dict[str, Any]:
    """The deals behind a reason as plain values for JSON."""
    plain = _plain(asdict(found))
    assert isinstance(plain, dict)
    return plain


def deal_as_json(found: DealSaid) -> dict[str, Any]:
    """What is said of a deal as plain values for JSON."""
    plain = _plain(asdict(found))
    assert isinstance(plain, dict)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
