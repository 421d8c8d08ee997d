"""Reading what was forecast: for one viewer, over the deals they may see, summed as they ask."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import numpy as np
from django.db import connection

from etappe.core import forecast as core
from etappe.core.actor import Actor
from etappe.core.errors import Refusal
from etappe.core.forecast import Floats, Range
from etappe.core.inflow import of_plain
from etappe.deals.queries import deal_id
from etappe.insights.forecast import said
from etappe.insights.forecast.fresh import Row, freshened
from etappe.insights.labels import segment_names, stage_name, words
from etappe.insights.models import Forecast
from etappe.playbook.queries import spec, version_numbers
from etappe.team.access import require

SPLITS: Final = ("team", "owner", "stage", "source", "product", "industry", "country", "size")
PER_PAGE: Final = 50

_DEALS = """
SELECT said.*, deal.uid, deal.name, deal.outcome AS now_outcome, deal.stage AS now_stage,
    deal.process_version_id AS now_version, deal.proof AS now_proof, deal.stage_since_on AS now_since,
    deal.engaged_since, deal.rests_until, deal.owner_id, deal.team_id, coalesce({segment}, '') AS segment
FROM insights_forecastdeal AS said
JOIN fact_deal AS deal USING (deal_id)
LEFT JOIN fact_account AS account ON account.account_id = deal.account_id
WHERE said.forecast_id = %(forecast)s AND (%(deal)s::bigint IS NULL OR said.deal_id = %(deal)s)
    AND (%(all)s OR deal.owner_id = %(viewer)s OR deal.team_id = ANY(%(teams)s)
    OR deal.deal_id IN (SELECT deal_id FROM fact_deal_member WHERE user_id = %(viewer)s))
ORDER BY said.deal_id
"""
_SEGMENTS: Final = {
    "": "''",
    "team": "deal.team_id::text",
    "owner": "deal.owner_id::text",
    "stage": "said.version_id::text || ' ' || said.stage",
    "source": "deal.source",
    "product": "deal.product",
    "industry": "account.industry",
    "country": "account.country",
    "size": "account.size",
}
PROOFS: Final = ("proven", "unproven", "overridden")


@dataclass(frozen=True)
class Month:
    """A month or quarter: the range of all, and expectations of its parts; `ends` is its last day.

    `still_to_come` is None where too few past months show it; then `total` counts open deals only.
    """

    begins: date
    ends: date
    total: Range
    from_open: float
    still_to_come: float | None
    proven: float
    unproven: float
    overridden: float


@dataclass(frozen=True)
class Segment:
    """Open deals of one segment, as far as they are won by the end of the last month."""

    key: str
    label: str
    deals: int
    amount: Range


@dataclass(frozen=True)
class DealSaid:
    """What is said about one deal; `likely` are the days by which 10, 50 and 90 % of its wins have come."""

    uid: str
    name: str
    stage_label: str
    proof: str
    amount: Decimal
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

    @property
    def expected(self) -> float:
        """Amount times chance."""
        return float(self.amount) * self.chance


@dataclass(frozen=True)
class Change:
    """What changed the expectation of the open deals since the last week's forecast: how many deals, by how much."""

    reason: str
    deals: int
    by: float


@dataclass(frozen=True)
class Report:
    """A forecast as a viewer sees it. `is_enough` is false where too few deals were ever closed to say anything."""

    day: date
    made_at: datetime
    method: str
    currency: str
    closed: int
    minimum: int
    is_enough: bool
    widen: float
    n: int
    months: tuple[Month, ...] = ()
    quarters: tuple[Month, ...] = ()
    others: Mapping[str, float] = field(default_factory=dict)
    segments: tuple[Segment, ...] = ()
    deals: tuple[DealSaid, ...] = ()
    found: int = 0
    changes: tuple[Change, ...] = ()
    since: date | None = None
    quality: Mapping[str, int] = field(default_factory=dict)
    backtest: Mapping[str, Any] = field(default_factory=dict)


def report(viewer: Actor, *, by: str | None = None, skip: int = 0) -> Report | None:
    """The newest forecast over the deals that the viewer may see; None where none was made yet.

    Refuses an unknown split with `unknown_split`.
    """
    require(viewer, "figures.see")
    if by is not None and by not in SPLITS:
        raise Refusal("unknown_split", split=by, splits=SPLITS)
    newest = Forecast.objects.filter(kind="current").order_by("-id").first()
    if newest is None:
        return None
    rows = _open_rows(newest, viewer, by=by)
    head = _head(newest, len(rows), viewer)
    if not head["is_enough"]:
        return Report(**head)
    return Report(**head, **_body(newest, rows, viewer, by, skip))


def _open_rows(newest: Forecast, viewer: Actor, **asked: Any) -> list[Row]:
    """What is said of deals that are still open; of those that moved, as of where they are now."""
    rows = [row for row in _rows(newest.id, viewer, **asked) if row["now_outcome"] == "open"]
    return freshened(newest, rows)


def of_deal(viewer: Actor, uid: UUID | str) -> DealSaid | None:
    """What is said about a deal that the viewer sees; None where it is over, or came after the forecast was made."""
    require(viewer, "figures.see")
    deal = deal_id(viewer, uid)
    newest = Forecast.objects.filter(kind="current").defer("backtest").order_by("-id").first()
    rows = _open_rows(newest, viewer, deal=deal) if newest else []
    return _deal(rows[0], newest.day) if newest and rows else None


def _head(newest: Forecast, n: int, viewer: Actor) -> dict[str, Any]:
    return {
        "day": newest.day,
        "made_at": newest.made_at,
        "method": newest.method,
        "currency": newest.currency,
        "closed": newest.closed,
        "minimum": core.MINIMUM,
        "is_enough": newest.closed >= core.MINIMUM,
        "widen": float(newest.backtest.get("widen", core.UNTRIED)),
        "n": n,
        "quality": newest.quality,
        "backtest": turned_out_for(newest, viewer),
    }


def _rows(forecast: int, viewer: Actor, *, by: str | None = None, deal: int | None = None) -> list[Row]:
    scope = viewer.scope
    given = {"forecast": forecast, "deal": deal, "all": scope.all, "viewer": scope.user, "teams": sorted(scope.teams)}
    with connection.cursor() as cursor:
        cursor.execute(_DEALS.format(segment=_SEGMENTS[by or ""]), given)
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [row | {"why": json.loads(row["why"])} for row in rows]


def _body(newest: Forecast, rows: list[Row], viewer: Actor, by: str | None, skip: int) -> dict[str, Any]:
    main = [row for row in rows if row["currency"] == newest.currency]
    chance = np.random.default_rng(newest.day.toordinal())
    keys = sorted({row["segment"] for row in main})
    place = {key: at for at, key in enumerate(keys)}
    drawn = core.simulate(_to_draw(main, [place[row["segment"]] for row in main]), len(keys), said.DRAWS, chance)
    what = of_plain(newest.arrivals.get(newest.currency))
    teams = None if viewer.scope.all else [str(team) for team in viewer.scope.teams]
    coming = said.drawn_coming(what, teams, chance)
    widen = float(newest.backtest.get("widen", core.UNTRIED))
    drawing = _Drawing(newest.day, drawn.sum(axis=0), coming, what.known if what else 0, widen)
    ordered = sorted(rows, key=lambda row: (-float(row["amount"]) * row["chance"], row["deal_id"]))
    before = _before(newest, viewer)
    return {
        "months": tuple(_months(drawing, main)),
        "quarters": tuple(_quarters(drawing, main)),
        "others": _others(rows, newest.currency),
        "segments": _segments(keys, main, drawn, by, widen) if by else (),
        "deals": tuple(_deal(row, newest.day) for row in ordered[skip : skip + PER_PAGE]),
        "found": len(ordered),
        **before,
    }


def _to_draw(rows: Sequence[Row], groups: Sequence[int]) -> core.Open:
    months = np.asarray([row["months"] for row in rows], dtype=np.float64).reshape(-1, said.MONTHS)
    amount, unsure = (np.asarray([float(row[name]) for row in rows]) for name in ("amount", "unsure"))
    return core.Open(months, amount, unsure, np.asarray(groups, dtype=np.int64))


@dataclass(frozen=True)
class _Drawing:
    """What was drawn for all months, draws by months; deals still to come are known for `known` months."""

    day: date
    from_open: Floats
    coming: Floats
    known: int
    widen: float


def _months(drawing: _Drawing, rows: list[Row]) -> Iterable[Month]:
    for ahead in range(said.MONTHS):
        yield _period(drawing, range(ahead, ahead + 1), rows)


def _quarters(drawing: _Drawing, rows: list[Row]) -> Iterable[Month]:
    """This quarter, what is left of it, and the next one."""
    left = 3 - (drawing.day.month - 1) % 3
    yield _period(drawing, range(left), rows)
    yield _period(drawing, range(left, min(left + 3, said.MONTHS)), rows)


def _period(drawing: _Drawing, months: range, rows: list[Row]) -> Month:
    later = drawing.coming[:, list(months)].sum(axis=1)
    parts = dict.fromkeys(PROOFS, 0.0)
    for row in rows:
        parts[row["proof"]] += float(row["amount"]) * sum(row["months"][ahead] for ahead in months)
    return Month(
        begins=said.month_of(drawing.day, months[0]),
        ends=said.month_of(drawing.day, months[-1] + 1) - timedelta(days=1),
        total=core.summed_up(drawing.from_open[:, list(months)].sum(axis=1) + later, drawing.widen),
        from_open=sum(parts.values()),
        still_to_come=float(later.mean()) if months[-1] < drawing.known else None,
        **parts,
    )


def _others(rows: Sequence[Row], currency: str) -> dict[str, float]:
    """What open deals in other currencies are expected to bring until the last month; never added to the rest."""
    found: dict[str, float] = defaultdict(float)
    for row in rows:
        if row["currency"] != currency:
            found[row["currency"]] += float(row["amount"]) * sum(row["months"])
    return dict(found)


def _segments(keys: Sequence[str], rows: Sequence[Row], drawn: Floats, by: str, widen: float) -> tuple[Segment, ...]:
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        counts[row["segment"]] += 1
    names = _names(keys, by)
    found = [
        Segment(*names[key], counts[key], core.summed_up(drawn[at].sum(axis=1), widen)) for at, key in enumerate(keys)
    ]
    return tuple(sorted(found, key=lambda each: -each.amount.mean))


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
        amount=row["amount"],
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
    )


def _bounds(chance: float, unsure: float) -> tuple[float, float]:
    """The 80 % interval of a chance, from how unsure its log-odds are."""
    inside = min(max(chance, 1e-4), 1 - 1e-4)
    odds = inside / (1 - inside)
    low, high = (odds * float(np.exp(side * 1.2816 * unsure)) for side in (-1, 1))
    return low / (1 + low), high / (1 + high)


def _before(newest: Forecast, viewer: Actor) -> dict[str, Any]:
    """What changed since the newest frozen forecast of an earlier day, over the deals that the viewer sees today."""
    frozen = Forecast.objects.filter(kind="weekly", day__lt=newest.day).order_by("-day").first()
    if frozen is None:
        return {}
    old = {row["deal_id"]: row for row in _rows(frozen.id, viewer) if row["currency"] == newest.currency}
    rows = freshened(newest, _rows(newest.id, viewer))
    new = {row["deal_id"]: row for row in rows if row["currency"] == newest.currency}
    sums: dict[str, list[float]] = defaultdict(list)
    for deal in old.keys() | new.keys():
        reason, by = _changed(old.get(deal), new.get(deal))
        if reason:
            sums[reason].append(by)
    changes = (Change(reason, len(found), sum(found)) for reason, found in sums.items())
    return {"changes": tuple(sorted(changes, key=lambda each: -abs(each.by))), "since": frozen.day}


def _changed(old: Row | None, new: Row | None) -> tuple[str, float]:
    if old is None:
        return ("new", _expected(new)) if new else ("", 0.0)
    if new is None:
        reason = {"won": "won", "open": "gone"}.get(old["now_outcome"], "lost")
        return reason, -_expected(old)
    by = _expected(new) - _expected(old)
    tests = (
        ("moved", new["stage"] != old["stage"]),
        ("amount", new["amount"] != old["amount"]),
        ("dated", new["expected_close"] != old["expected_close"] or bool(new["rests"]) != bool(old["rests"])),
    )
    return next((reason for reason, holds in tests if holds), "time"), by


def _expected(row: Row) -> float:
    return float(row["amount"]) * float(row["chance"])


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
    return {**newest.backtest, "rows": [], "by_before": []}


def as_json(found: Report) -> dict[str, Any]:
    """The report as plain values for JSON: days as ISO text, amounts of deals as text."""
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
