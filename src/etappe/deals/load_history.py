"""How deals came to where they stand, written anew for many at once.

A deal's visits are kept in the order they happened. So what an import says of the past is not put between them: from
the first that is told otherwise on, the deal's visits are written again in their order, those of its own moves as they
were; the earlier ones are voided.

Deals, visits and spans are read as plain rows: a newer copy of an export may bring a new past for every deal there is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from etappe.core.actor import Actor
from etappe.core.history import Present, Way
from etappe.core.process import Status
from etappe.deals.load import IMPORTED, SPAN, VISIT, first_stage, past_proof, told_way
from etappe.deals.models import Deal, StageVisit
from etappe.deals.place import SPAN_COLUMNS
from etappe.journal.load import Told, copy_rows, record_many
from etappe.journal.record import action
from etappe.team.access import require


class Anchor(NamedTuple):
    """What a deal's past leads up to: the first place that is not past, and the deal's process and stages as keys."""

    deal: int
    version: int
    present: Present


class _Deal(NamedTuple):
    """What its past needs to know of a deal."""

    id: int
    version: int
    account: int | None
    basis: str
    created_at: datetime
    data_as_of: date | None


class _Visit(NamedTuple):
    """A visit as it is written again, but for its deal."""

    version: int
    stage: str
    status: str
    basis: str
    proof: str
    came_from: str
    entered_at: datetime
    left_at: datetime | None
    entered_by: int | None
    backfilled: bool


class _Span(NamedTuple):
    """How the deal stood from one time to another: `place` is its stage and status, `rest` amount, owner and so on."""

    start: datetime
    end: datetime | None
    place: tuple[Any, ...]
    rest: tuple[Any, ...]


_Known = dict[int, list[tuple[int, Any]]]
"""Visits or spans by deal, each with its key."""


@dataclass(frozen=True)
class _Subject:
    """A deal with its new past.

    `past` are the visits before, with their keys; `kept` those that stay: the first is what the past leads up to.
    """

    deal: _Deal
    past: Sequence[tuple[int, _Visit]]
    kept: Sequence[tuple[int, _Visit]]
    began: datetime | None
    way: Way

    @property
    def first(self) -> _Visit:
        """The first visit that stays."""
        return self.kept[0][1]

    @property
    def since(self) -> datetime:
        """Since when that is; one that happened here keeps its time."""
        return self.way.since if self.first.backfilled else self.first.entered_at


@action
def set_histories(
    keys: Sequence[int], way_to: Callable[[Anchor], Way], zone: str, *, actor: Actor, at: datetime
) -> int:
    """Give deals (by key) the past that leads to where they stand, as `way_to` says; returns how many got one.

    Days begin in `zone`.
    """
    require(actor, "deals.edit")
    subjects = _subjects(keys, way_to, ZoneInfo(zone))
    if not subjects:
        return 0
    _write_visits(subjects, actor, at)
    _date([subject for subject in subjects if len(subject.kept) == 1])
    _write_spans(subjects)
    record_many((_told(subject) for subject in subjects), actor=actor)
    return len(subjects)


def _subjects(keys: Sequence[int], way_to: Callable[[Anchor], Way], zone: ZoneInfo) -> list[_Subject]:
    rows = Deal.objects.filter(id__in=keys, archived_at=None).select_for_update().order_by("id")
    columns = ("id", "process_version_id", "account_id", "basis", "created_at", "data_as_of")
    deals = [_Deal(*row) for row in rows.values_list(*columns)]
    visits = _visits_of(keys)
    return [_subject(deal, visits[deal.id], way_to, zone) for deal in deals if visits[deal.id]]


def _visits_of(keys: Sequence[int]) -> _Known:
    visits: _Known = defaultdict(list)
    rows = StageVisit.objects.filter(deal_id__in=keys).order_by("id")
    for deal, key, *visit in rows.values_list("deal_id", "id", "process_version_id", *_Visit._fields[1:]):
        visits[deal].append((key, _Visit(*visit)))
    return visits


def _subject(
    deal: _Deal, visits: Sequence[tuple[int, _Visit]], way_to: Callable[[Anchor], Way], zone: ZoneInfo
) -> _Subject:
    began = deal.created_at if deal.basis == IMPORTED else None
    at = _end_of_past(visits)
    way = way_to(Anchor(deal.id, deal.version, _present(deal, visits[at][1], began, zone)))
    return _Subject(deal, visits[:at], visits[at:], began, way)


def _end_of_past(visits: Sequence[tuple[int, _Visit]]) -> int:
    """Where the first visit stands that was not filled in by an import; else the present one."""
    return next((at for at, (_key, visit) in enumerate(visits) if not visit.backfilled), len(visits) - 1)


def _present(deal: _Deal, first: _Visit, began: datetime | None, zone: ZoneInfo) -> Present:
    is_dated = not first.backfilled or first.status != Status.OPEN.value
    seen = datetime.combine(deal.data_as_of, time(), zone).astimezone(UTC) if deal.data_as_of else None
    return Present(first.stage, Status(first.status), first.entered_at, is_dated, began, seen)


def _write_visits(subjects: Sequence[_Subject], actor: Actor, at: datetime) -> None:
    gone: list[int] = []
    rows: list[tuple[Any, ...]] = []
    for subject in subjects:
        past = _past_visits(subject, actor)
        same = _alike([visit for _key, visit in subject.past], past)
        gone += [key for key, _visit in (*subject.past[same:], *subject.kept)]
        rows += [(subject.deal.id, *visit) for visit in (*past[same:], *_kept_visits(subject, past))]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE deals_stagevisit SET voided_at = %s, left_at = coalesce(left_at, entered_at) WHERE id = ANY(%s)",
            [at, gone],
        )
    copy_rows("deals_stagevisit", VISIT, rows)


def _alike(old: Sequence[Any], new: Sequence[Any]) -> int:
    """How many of the first ones are the same."""
    return next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new))
    )


def _past_visits(subject: _Subject, actor: Actor) -> list[_Visit]:
    version, stays = subject.deal.version, subject.way.stays
    came_from = ["", *(stay.stage for stay in stays)]
    ends = [*(stay.entered for stay in stays[1:]), subject.since]
    places = [(version, stay.stage, stay.status.value) for stay in stays]
    return [
        _Visit(*place, IMPORTED, past_proof(*place), before, stay.entered, end, actor.id, True)
        for place, stay, before, end in zip(places, stays, came_from, ends, strict=False)
    ]


def _kept_visits(subject: _Subject, past: Sequence[_Visit]) -> Iterator[_Visit]:
    first, came_from = subject.first, past[-1].stage if past else ""
    yield first._replace(came_from=came_from if first.backfilled else first.came_from, entered_at=subject.since)
    yield from (visit for _key, visit in subject.kept[1:])


def _date(subjects: Sequence[_Subject]) -> None:
    """Deals that have not moved here stand where they stand since the time that their history says."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE deals_deal AS deal SET stage_since = new.since FROM unnest(%s::bigint[], %s::timestamptz[]) "
            "AS new(id, since) WHERE deal.id = new.id AND deal.stage_since <> new.since",
            [[subject.deal.id for subject in subjects], [subject.since for subject in subjects]],
        )


def _write_spans(subjects: Sequence[_Subject]) -> None:
    """Replace the spans before the first visit that stays; the span that holds at that time begins then."""
    spans = _spans_of([subject.deal.id for subject in subjects])
    gone: list[int] = []
    rows: list[tuple[Any, ...]] = []
    for subject in subjects:
        old = [(key, span) for key, span in spans[subject.deal.id] if _is_past(span, subject)]
        new = list(_respanned(subject, [span for _key, span in old]))
        same = _alike([span for _key, span in old], new)
        gone += [key for key, _span in old[same:]]
        rows += [_row(subject.deal.id, span) for span in new[same:]]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM deals_dealspan WHERE id = ANY(%s)", [gone])
    copy_rows("deals_dealspan", SPAN, rows)


def _spans_of(keys: Sequence[int]) -> _Known:
    spans: _Known = defaultdict(list)
    rest = ", ".join(SPAN_COLUMNS[2:])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT deal_id, id, lower(valid), upper(valid), stage, status, {rest} "  # noqa: S608 - our own columns
            "FROM deals_dealspan WHERE deal_id = ANY(%s) AND NOT isempty(valid) ORDER BY id",
            [list(keys)],
        )
        for deal, key, start, end, stage, status, *values in cursor:
            spans[deal].append((key, _Span(start, end, (stage, status), tuple(values))))
    return spans


def _row(deal: int, span: _Span) -> tuple[Any, ...]:
    end = span.end.isoformat() if span.end else ""
    return (deal, f"[{span.start.isoformat()},{end})", *span.place, *span.rest)


def _is_past(span: _Span, subject: _Subject) -> bool:
    return subject.first.backfilled or span.start < subject.first.entered_at


def _respanned(subject: _Subject, old: Sequence[_Span]) -> Iterator[_Span]:
    """The places from the history, with the amounts and owners that held at each time."""
    deal, first = subject.deal, subject.first
    places = [(stay.entered, (stay.stage, stay.status.value)) for stay in subject.way.stays]
    if first.backfilled:
        places.append((subject.since, (first.stage, first.status)))
    rest = [(span.start, span.rest) for span in old]
    if not places or not rest:
        return
    opening = places[0][1] if places[0][1][1] == Status.OPEN.value else (first_stage(deal.version), "open")
    starts = sorted({start for start, _ in [*places, *rest]} | ({subject.began} if subject.began else set()))
    held = [(start, (_at(places, start, opening), _at(rest, start, rest[0][1]))) for start in starts]
    turns = [each for at, each in enumerate(held) if not at or each[1] != held[at - 1][1]]
    ends = [*(start for start, _values in turns[1:]), None if first.backfilled else first.entered_at]
    for (start, values), end in zip(turns, ends, strict=True):
        if end is None or start < end:
            yield _Span(start, end, *values)


def _at(known: Sequence[tuple[datetime, Any]], moment: datetime, before: Any) -> Any:
    """What held at a moment; `before` where it is before all."""
    return next((value for start, value in reversed(known) if start <= moment), before)


def _told(subject: _Subject) -> Told:
    deal, first = subject.deal, subject.first
    past = [(stay.stage, stay.status.value, stay.entered.isoformat()) for stay in subject.way.stays]
    return told_way(deal.id, deal.account, past, (first.stage, first.status, subject.since.isoformat()))
