"""How deals went through a process: their steps and evidence in time, for whoever learns from many of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import F, Func, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Abs, Mod

from etappe.core.actor import Actor
from etappe.core.evidence import Kind, Provenance
from etappe.core.process import Basis, Held, Status
from etappe.core.process_past import Course, Shown, Step
from etappe.deals.models import Deal, Evidence, StageVisit
from etappe.deals.scope import visible
from etappe.deals.shapes import Ref
from etappe.playbook.queries import spec, versions

LOOKED_AT: Final = 3_000
"""Deals that are looked at; of more, an even sample is drawn by their keys, always the same."""
_WON: Final = (Status.WON.value, Status.CANCELLED.value)
_CHUNK: Final = 2_000
_DEAL: Final = ("id", "status", "closed_at")
_STEP: Final = ("deal_id", "process_version_id", "stage", "status", "basis", "entered_at", "left_at")
_SHOWN: Final = (
    "deal_id", "criterion", "kind", "provenance", "confirmed_at", "happened_at", "verdict", "judged_at", "withdrawn_at",
    "lapsed_at",
)  # fmt: skip


@dataclass(frozen=True)
class Courses:
    """Deals of a process and how they went; `found` is how many there are, where only some were looked at."""

    courses: tuple[Course, ...]
    found: int

    @property
    def is_sample(self) -> bool:
        """Whether not all of them were looked at."""
        return len(self.courses) < self.found


def decided_courses(viewer: Actor, process: str, since: datetime, until: datetime) -> Courses:
    """The deals of a process that the viewer sees and that were decided from `since` on and before `until`."""
    return _courses(_of(viewer, process).exclude(status=Status.OPEN.value).filter(_decided(since, until)))


def courses_under_way(viewer: Actor, process: str, since: datetime, until: datetime) -> Courses:
    """The deals of a process that the viewer sees and that were open at some time between the two."""
    return _courses(_of(viewer, process).filter(Q(closed_at=None) | Q(closed_at__gte=since), created_at__lt=until))


def refs_of(viewer: Actor, keys: Iterable[int]) -> Mapping[int, Ref]:
    """Names and uids of these deals, as far as the viewer sees them."""
    found = visible(viewer.scope).filter(id__in=list(keys)).values_list("id", "uid", "name")
    return {key: Ref(uid, name) for key, uid, name in found}


def _of(viewer: Actor, process: str) -> QuerySet[Deal]:
    ids = [version.id for version in versions(process)]
    return visible(viewer.scope).filter(process_version__in=ids).order_by()


def _decided(since: datetime, until: datetime) -> Q:
    return Q(closed_at__gte=since, closed_at__lt=until)


def _courses(found: QuerySet[Deal]) -> Courses:
    count = found.count()
    if count > LOOKED_AT:
        hashed = Func(F("id"), function="hashint8", output_field=IntegerField())
        share = Value(-(-count // LOOKED_AT))
        found = found.alias(part=Mod(Abs(hashed), share)).filter(part=0)
    rows = list(found.order_by("id").values_list(*_DEAL)[:LOOKED_AT])
    courses = [each for at in range(0, len(rows), _CHUNK) for each in _told(rows[at : at + _CHUNK])]
    return Courses(tuple(courses), count)


def _told(rows: Sequence[tuple[Any, ...]]) -> list[Course]:
    keys = [row[0] for row in rows]
    steps, shown = _steps(keys), _shown(keys)
    return [
        Course(key, None if status == Status.OPEN.value else status in _WON, closed_at, tuple(steps[key]), shown[key])
        for key, status, closed_at in rows
        if key in steps
    ]


def _steps(keys: list[int]) -> Mapping[int, list[Step]]:
    found: dict[int, list[Step]] = defaultdict(list)
    visits = StageVisit.objects.filter(deal_id__in=keys).order_by("deal_id", "id").values_list(*_STEP)
    for deal, version, stage, status, basis, entered_at, left_at in visits:
        found[deal].append(Step(spec(version), stage, Status(status), Basis(basis), entered_at, left_at))
    return dict(found)


def _shown(keys: list[int]) -> Mapping[int, tuple[Shown, ...]]:
    found: dict[int, list[Shown]] = defaultdict(list)
    rows = Evidence.objects.filter(deal_id__in=keys).values_list(*_SHOWN)
    for deal, criterion, kind, provenance, since, happened, verdict, judged_at, withdrawn_at, lapsed_at in rows:
        ends = [withdrawn_at, lapsed_at, judged_at if verdict == "rejected" else None]
        until = min((each for each in ends if each is not None), default=None)
        found[deal].append(Shown(Held(criterion, Kind(kind), Provenance(provenance)), since, until, happened))
    return defaultdict(tuple, {key: tuple(each) for key, each in found.items()})
