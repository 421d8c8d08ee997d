"""How deals came to where they stand, written anew for many at once.

A deal's visits are kept in the order they happened. So what an import says of the past is not put between them: all of
the deal's visits are written again in their order, those of its own moves as they were; the earlier ones are voided.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from etappe.core.actor import Actor
from etappe.core.history import Present, Way
from etappe.core.process import Status
from etappe.deals.load import IMPORTED, SPAN, VISIT, Stay, first_stage, past_proof, told_way
from etappe.deals.models import Deal, DealSpan, StageVisit
from etappe.deals.place import SPAN_COLUMNS
from etappe.journal.load import copy_rows, record_many
from etappe.journal.record import action
from etappe.journal.values import as_json
from etappe.team.access import require


class Anchor(NamedTuple):
    """What a deal's past leads up to: the first place that is not past, and the deal's process and stages as keys."""

    deal: int
    version: int
    present: Present


@dataclass(frozen=True)
class _Subject:
    """A deal with its visits that stay: the first is the one that the past leads up to."""

    deal: Deal
    kept: Sequence[StageVisit]
    began: datetime | None


def anchors(deals: Sequence[int], zone: str) -> list[Anchor]:
    """What the past of each deal leads up to; days begin in `zone`."""
    return [_anchor(subject, ZoneInfo(zone)) for subject in _subjects(deals)]


def _subjects(keys: Sequence[int]) -> list[_Subject]:
    found = Deal.objects.filter(id__in=keys, archived_at=None).select_for_update().order_by("id")
    visits: dict[int, list[StageVisit]] = defaultdict(list)
    for visit in StageVisit.objects.filter(deal_id__in=keys).order_by("id"):
        visits[visit.deal_id].append(visit)
    return [_Subject(deal, _not_past(visits[deal.id]), _began(deal)) for deal in found if visits[deal.id]]


def _not_past(visits: Sequence[StageVisit]) -> Sequence[StageVisit]:
    """From the first visit that was not filled in by an import; else the present one."""
    at = next((at for at, visit in enumerate(visits) if not visit.backfilled), len(visits) - 1)
    return visits[at:]


def _began(deal: Deal) -> datetime | None:
    return deal.created_at if deal.basis == IMPORTED else None


def _anchor(subject: _Subject, zone: ZoneInfo) -> Anchor:
    first = subject.kept[0]
    is_dated = not first.backfilled or first.status != Status.OPEN.value
    day = subject.deal.data_as_of
    seen = datetime.combine(day, time(), zone).astimezone(UTC) if day else None
    present = Present(first.stage, Status(first.status), first.entered_at, is_dated, subject.began, seen)
    return Anchor(subject.deal.id, subject.deal.process_version_id, present)


@action
def set_histories(ways: Mapping[int, Way], *, actor: Actor, at: datetime) -> int:
    """Give deals (by key) the past that leads to where they stand; returns how many got one."""
    require(actor, "deals.edit")
    subjects = [subject for subject in _subjects(list(ways)) if subject.kept]
    if not subjects:
        return 0
    keys = [subject.deal.id for subject in subjects]
    dated = {subject.deal.id: _since(subject, ways[subject.deal.id]) for subject in subjects}
    _void(keys, at)
    copy_rows("deals_stagevisit", VISIT, (row for each in subjects for row in _visits(each, ways, dated, actor)))
    _date([subject for subject in subjects if len(subject.kept) == 1], dated)
    _write_spans(subjects, ways, dated)
    record_many((_told(subject, ways, dated) for subject in subjects), actor=actor)
    return len(subjects)


def _since(subject: _Subject, way: Way) -> str:
    """Since when the first visit that stays is; one that happened here keeps its time."""
    first = subject.kept[0]
    moved = way.since if first.backfilled else first.entered_at
    return moved.isoformat()


def _past(way: Way) -> list[Stay]:
    return [(stay.stage, stay.status.value, stay.entered.isoformat()) for stay in way.stays]


def _void(keys: Sequence[int], at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE deals_stagevisit SET voided_at = %s, left_at = coalesce(left_at, entered_at) "
            "WHERE deal_id = ANY(%s) AND voided_at IS NULL",
            [at, list(keys)],
        )


def _visits(
    subject: _Subject, ways: Mapping[int, Way], dated: Mapping[int, str], actor: Actor
) -> Iterator[tuple[Any, ...]]:
    deal, past, since = subject.deal, _past(ways[subject.deal.id]), dated[subject.deal.id]
    came_from, version = "", deal.process_version_id
    for (stage, status, start), end in zip(past, [*(stay[2] for stay in past[1:]), since], strict=False):
        rest = past_proof(version, stage, status)
        yield (deal.id, version, stage, status, IMPORTED, rest, came_from, start, end, actor.id, True)
        came_from = stage
    for at, visit in enumerate(subject.kept):
        entered = since if not at else visit.entered_at
        before = came_from if not at and visit.backfilled else visit.came_from
        yield (
            deal.id, visit.process_version_id, visit.stage, visit.status, visit.basis, visit.proof, before, entered,
            visit.left_at, visit.entered_by, visit.backfilled,
        )  # fmt: skip


def _date(subjects: Sequence[_Subject], dated: Mapping[int, str]) -> None:
    """Deals that have not moved here stand where they stand since the time that their history says."""
    keys = [subject.deal.id for subject in subjects]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE deals_deal AS deal SET stage_since = new.since FROM unnest(%s::bigint[], %s::timestamptz[]) "
            "AS new(id, since) WHERE deal.id = new.id AND deal.stage_since <> new.since",
            [keys, [dated[key] for key in keys]],
        )


def _write_spans(subjects: Sequence[_Subject], ways: Mapping[int, Way], dated: Mapping[int, str]) -> None:
    """Replace the spans before the first visit that stays; the span that holds at that time begins then."""
    spans: dict[int, list[DealSpan]] = defaultdict(list)
    keys = [subject.deal.id for subject in subjects]
    for span in DealSpan.objects.filter(deal_id__in=keys).order_by("id"):
        spans[span.deal_id].append(span)
    gone: list[int] = []
    rows: list[tuple[Any, ...]] = []
    for subject in subjects:
        past = [span for span in spans[subject.deal.id] if not span.valid.isempty and _is_past(span, subject)]
        gone += [span.id for span in past]
        rows += _respanned(subject, past, ways[subject.deal.id], dated[subject.deal.id])
    DealSpan.objects.filter(id__in=gone).delete()
    copy_rows("deals_dealspan", SPAN, rows)


def _is_past(span: DealSpan, subject: _Subject) -> bool:
    first = subject.kept[0]
    return first.backfilled or span.valid.lower < first.entered_at


def _respanned(subject: _Subject, old: Sequence[DealSpan], way: Way, since: str) -> Iterator[tuple[Any, ...]]:
    """The places from the history, with the amounts and owners that held at each time."""
    deal, first = subject.deal, subject.kept[0]
    places = [(stay.entered, (stay.stage, stay.status.value)) for stay in way.stays]
    if first.backfilled:
        places.append((datetime.fromisoformat(since), (first.stage, first.status)))
    rest = [(span.valid.lower, [as_json(getattr(span, column)) for column in SPAN_COLUMNS[2:]]) for span in old]
    if not places or not rest:
        return
    opening = places[0][1] if places[0][1][1] == Status.OPEN.value else (first_stage(deal.process_version_id), "open")
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


def _told(subject: _Subject, ways: Mapping[int, Way], dated: Mapping[int, str]) -> Any:
    deal, first = subject.deal, subject.kept[0]
    present = (first.stage, first.status, dated[deal.id])
    return told_way(deal.id, deal.account_id, _past(ways[deal.id]), present)
