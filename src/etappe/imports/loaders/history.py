"""Stage histories: what a source says of how its deals came to where they stand.

Rows are kept as they were said. A deal that comes in the same import is made with its past at once; that of a deal
which is here already is written anew after all files are in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection

from etappe.core.headers import is_stage_field
from etappe.core.history import Way, way_of
from etappe.core.process import Process
from etappe.deals.load_history import Anchor, set_histories
from etappe.imports.book import own_key
from etappe.imports.convert import Bad, Chunk
from etappe.imports.loaders.base import Item, Loader, Setting, Sorted, Tally
from etappe.imports.loaders.deals import DEAL
from etappe.imports.loaders.pasts import Pasts, Said
from etappe.imports.loaders.places import Places, told_by
from etappe.imports.models import Link
from etappe.playbook.queries import spec

AT_ONCE = 500
"""Deals whose past is written in one transaction."""


class HistoryLoader(Loader):
    """Rows of stage histories: a deal entered a stage at a time."""

    kind = "past"

    def __init__(self, setting: Setting, file: Any, places: Places) -> None:
        super().__init__(setting, file)
        self.places = places
        self.pasts = Pasts(setting)
        self._now = setting.at.isoformat()

    def load(self, chunk: Chunk) -> Tally:
        """Keep the rows; those that were known already change nothing."""
        tally = Tally()
        said = list(self._said(chunk, tally))
        tally.created = self.pasts.add(said)
        tally.rejected = sorted(chunk.bad.items())
        tally.unchanged = len(chunk.lines) - tally.created - len(tally.rejected)
        return tally

    def expect(self, chunk: Chunk) -> dict[str, int]:
        """Rows that are not known yet, and the deals among theirs that are here already."""
        rows, here = self.pasts.fresh(list(self._said(chunk, Tally())))
        return {"new": len(rows), "altered": 0, "renewed": len({row.deal for row in rows} & here)}

    def items(self, chunk: Chunk, tally: Tally) -> Iterator[Item]:
        """The rows as they will be kept, for going through them without writing."""
        for at, said in enumerate(self._said(chunk, tally)):
            yield Item(at, said.deal, {"deal": said.deal.lstrip("="), "stage": said.stage, "created": said.at})

    def write(self, parts: Sorted, chunk: Chunk, tally: Tally) -> None:
        """Rows of histories are no records; see `load`."""
        raise NotImplementedError

    def _said(self, chunk: Chunk, tally: Tally) -> Iterator[Said]:
        deals, stages, since = chunk.column("deal"), chunk.column("stage"), chunk.column("since", None)
        before, fields = chunk.column("came_from"), chunk.column("changed_field")
        deleted = chunk.column("deleted", None)
        for at in range(len(chunk.lines)):
            if deleted[at]:
                chunk.bad.setdefault(at, Bad("deleted_in_source", {}))
            if at in chunk.bad:
                continue
            if fields[at] and not is_stage_field(fields[at]):
                tally.note("history_of_another_field", line=chunk.lines[at], value=fields[at])
                continue
            if reason := self._reason_against(deals[at], stages[at], since[at]):
                chunk.bad[at] = reason
                continue
            came_from = before[at] if self.places.find(before[at]) else ""
            yield Said(own_key(deals[at]), since[at][0], stages[at], came_from)

    def _reason_against(self, deal: str, stage: str, since: Any) -> Bad | None:
        if not deal or not stage or since is None:
            return Bad("history_incomplete", {})
        if self.places.find(stage) is None:
            return Bad("stage_unknown", {"value": stage})
        if since[0] > self._now:
            return Bad("history_ahead", {"value": since[1]})
        return None


class Renewed(NamedTuple):
    """How many deals were asked after in a step, how many got their past anew, and what did not fit: code to keys."""

    asked: int
    deals: int
    notes: Mapping[str, Sequence[str]]


def renew_waiting(setting: Setting, places: Places) -> Renewed | None:
    """Write the past of some deals that wait for it; None once there are none left."""
    pasts = Pasts(setting)
    waiting = pasts.waiting(AT_ONCE)
    if not waiting:
        return None
    renewed = renew(setting, places, waiting)
    pasts.done(waiting)
    return renewed


def renew(setting: Setting, places: Places, keys: Sequence[str]) -> Renewed:
    """Write the past of the deals with these keys, as all that is known now tells it."""
    links = Link.objects.filter(source=setting.source, kind=DEAL, key__in=keys, nth=0).exclude(record_id=None)
    deals = {record: key for key, record in links.values_list("key", "record_id") if record is not None}
    said = Pasts(setting).of(deals.values())
    notes: dict[str, list[str]] = {}

    def way_to(anchor: Anchor) -> Way:
        key = deals[anchor.deal]
        way = way_of(list(told_by(_on(places, anchor), said.get(key, ()))), anchor.present)
        for code in way.notes:
            notes.setdefault(code, []).append(key.lstrip("="))
        return way

    written = set_histories(list(deals), way_to, setting.zone, actor=setting.actor, at=setting.at)
    return Renewed(len(keys), written, notes)


def _on(places: Places, anchor: Anchor) -> Places:
    """The places on the process that the deal runs on; a stage which that does not have leads nowhere."""
    process: Process = spec(anchor.version)
    if anchor.version == places.version:
        return places
    targets = {
        value: (stage, status)
        for value, (stage, status) in places.targets.items()
        if not stage or stage in process.order
    }
    return Places(anchor.version, process, targets, places.statuses)


_STRAYS = """
    WITH strays AS MATERIALIZED (
        SELECT deal FROM imports_past WHERE source_id = %s AND run_id = %s
        EXCEPT SELECT key FROM imports_link WHERE source_id = %s AND kind = %s
    )
    SELECT count(*) FROM imports_past WHERE source_id = %s AND run_id = %s AND deal IN (SELECT deal FROM strays)
"""
"""Sets are taken from each other: on tables just filled, of which the planner knows nothing yet, a search for each row
may come to go through all of them."""


def without_deal(setting: Setting) -> int:
    """Rows of this run's histories whose deal is in none of the files and not known from before."""
    source, run = setting.source, setting.run
    with connection.cursor() as cursor:
        cursor.execute(_STRAYS, [source, run, source, DEAL, source, run])
        return int(cursor.fetchone()[0])
