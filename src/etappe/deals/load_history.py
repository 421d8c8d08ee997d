"""How deals came to where they stand, written anew for many at once.

A deal's visits are kept in the order they happened. So what an import says of the past is not put between them: all of
the deal's visits are written again in their order, those of its own moves as they were; the earlier ones are voided.

Deals, visits and spans are read as plain rows: a newer copy of an export may bring a new past for every deal there is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from etappe.core.actor import Actor
from etappe.core.history import Present, Way
from etappe.core.process import Status
from etappe.deals.load import IMPORTED, SPAN, VISIT, Stay, first_stage, past_proof, told_way
from etappe.deals.models import Deal, StageVisit
from etappe.deals.place import SPAN_COLUMNS
from etappe.journal.load import copy_rows, record_many
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
    """What held from a time on beside the place: amount, owner and the like."""

    id: int
    start: datetime
    rest: tuple[Any, ...]


@dataclass(frozen=True)
class _Subject:
    """A deal with its visits that stay (the first is the one that the past leads up to), and its new past."""

    deal: _Deal
    kept: Sequence[_Visit]
    began: datetime | None
    way: Way

    @property
    def since(self) -> datetime:
        """Since when the first visit that stays is; one that happened here keeps its time."""
        return self.way.since if self.kept[0].backfilled else self.kept[0].entered_at

    @property
    def past(self) -> list[Stay]:
        """The stays before it."""
        return [(stay.stage, stay.status.value, stay.entered.isoformat()) for stay in self.way.stays]


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
    _void([subject.deal.id for subject in subjects], at)
    copy_rows("deals_stagevisit", VISIT, (row for each in subjects for row in _visits(each, actor)))
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


def _visits_of(keys: Sequence[int]) -> dict[int, list[_Visit]]:
    visits: dict[int, list[_Visit]] = defaultdict(list)
    rows = StageVisit.objects.filter(deal_id__in=keys).order_by("id")
    for deal, *visit in rows.values_list("deal_id", "process_version_id", *_Visit._fields[1:]):
        visits[deal].append(_Visit(*visit))
    return visits


def _subject(deal: _Deal, visits: Sequence[_Visit], way_to: Callable[[Anchor], Way], zone: ZoneInfo) -> _Subject:
    kept, began = _not_past(visits), deal.created_at if deal.basis == IMPORTED else None
    way = way_to(Anchor(deal.id, deal.version, _present(deal, kept[0], began, zone)))
    return _Subject(deal, kept, began, way)


def _not_past(visits: Sequence[_Visit]) -> Sequence[_Visit]:
    """From the first visit that was not filled in by an import; else the present one."""
    at = next((at for at, visit in enumerate(visits) if not visit.backfilled), len(visits) - 1)
    return visits[at:]


def _present(deal: _Deal, first: _Visit, began: datetime | None, zone: ZoneInfo) -> Present:
    is_dated = not first.backfilled or first.status != Status.OPEN.value
    seen = datetime.combine(deal.data_as_of, time(), zone).astimezone(UTC) if deal.data_as_of else None
    return Present(first.stage, Status(first.status), first.entered_at, is_dated, began, seen)


def _void(keys: Sequence[int], at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE deals_stagevisit SET voided_at = %s, left_at = coalesce(left_at, entered_at) "
            "WHERE deal_id = ANY(%s) AND voided_at IS NULL",
            [at, list(keys)],
        )


def _visits(subject: _Subject, actor: Actor) -> Iterator[tuple[Any, ...]]:
    deal, past, since = subject.deal, subject.past, subject.since
    came_from, version = "", deal.version
    for (stage, status, start), end in zip(past, [*(stay[2] for stay in past[1:]), since], strict=False):
        rest = past_proof(version, stage, status)
        yield (deal.id, version, stage, status, IMPORTED, rest, came_from, start, end, actor.id, True)
        came_from = stage
    first, *others = subject.kept
    before = came_from if first.backfilled else first.came_from
    yield (deal.id, *first._replace(came_from=before, entered_at=since))
    yield from ((deal.id, *visit) for visit in others)


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
        past = [span for span in spans[subject.deal.id] if _is_past(span, subject)]
        gone += [span.id for span in past]
        rows += _respanned(subject, past)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM deals_dealspan WHERE id = ANY(%s)", [gone])
    copy_rows("deals_dealspan", SPAN, rows)


def _spans_of(keys: Sequence[int]) -> Mapping[int, list[_Span]]:
    spans: dict[int, list[_Span]] = defaultdict(list)
    rest = ", ".join(SPAN_COLUMNS[2:])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT deal_id, id, lower(valid), {rest} FROM deals_dealspan "  # noqa: S608 - names of our own columns
            "WHERE deal_id = ANY(%s) AND NOT isempty(valid) ORDER BY id",
            [list(keys)],
        )
        for deal, key, start, *values in cursor:
            spans[deal].append(_Span(key, start, tuple(values)))
    return spans


def _is_past(span: _Span, subject: _Subject) -> bool:
    first = subject.kept[0]
    return first.backfilled or span.start < first.entered_at


def _respanned(subject: _Subject, old: Sequence[_Span]) -> Iterator[tuple[Any, ...]]:
    """The places from the history, with the amounts and owners that held at each time."""
    deal, first = subject.deal, subject.kept[0]
    places = [(stay.entered, (stay.stage, stay.status.value)) for stay in subject.way.stays]
    if first.backfilled:
        places.append((subject.since, (first.stage, first.status)))
    rest = [(span.start, span.rest) for span in old]
    if not places or not rest:
        return
    opening = places[0][1] if places[0][1][1] == Status.OPEN.value else (first_stage(deal.version), "open")
    starts = sorted({start for start, _ in [*places, *rest]} | ({subject.began} if subject.began else set()))
    held = [(start, (*_at(places, start, opening), *_at(rest, start, rest[0][1]))) for start in starts]
    turns = [each for at, each in enumerate(held) if not at or each[1] != held[at - 1][1]]
    ends = [*(start for start, _values in turns[1:]), None if first.backfilled else first.entered_at]
    for (start, values), end in zip(turns, ends, strict=True):
        if end is None or start < end:
            yield (deal.id, f"[{start.isoformat()},{end.isoformat() if end else ''})", *values)


def _at(known: Sequence[tuple[datetime, Any]], moment: datetime, before: Any) -> Any:
    """What held at a moment; `before` where it is before all."""
    return next((value for start, value in reversed(known) if start <= moment), before)


def _told(subject: _Subject) -> Any:
    deal, first = subject.deal, subject.kept[0]
    present = (first.stage, first.status, subject.since.isoformat())
    return told_way(deal.id, deal.account, subject.past, present)
