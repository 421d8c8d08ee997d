"""Writing an archive in the job process, while a page follows."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connections

from etappe.core.actor import SYSTEM
from etappe.exports.actions import end, file_of, finish, written
from etappe.exports.models import Export
from etappe.exports.write import Progress, Report
from etappe.team import queries as team

Clock = Callable[[], datetime]
OFTEN = timedelta(seconds=0.5)
"""How often the page hears of it."""


class Cancelled(Exception):
    """Somebody asked to stop."""


def carry_out(uid: str, *, clock: Clock) -> None:
    """Write the archive that was asked for. One that was interrupted begins again; a cancelled one leaves nothing."""
    export = Export.objects.filter(uid=uid, state__in=("queued", "running")).first()
    if export is None:
        return
    actor = team.actor_by_id(export.started_by_id) if export.started_by_id else SYSTEM
    target = file_of(export.uid)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        with side_line(export.uid, clock) as report:
            summary, sha256 = written(target, clock(), report)
        finish(export.uid, summary, sha256, actor=actor, at=clock())
    except Cancelled:
        end(export.uid, "cancelled", actor=actor, at=clock())
    except BaseException:
        end(export.uid, "failed", actor=actor, at=clock())
        raise


@contextmanager
def side_line(uid: uuid.UUID, clock: Clock) -> Iterator[Report]:
    """Tells of progress through a connection of its own: the one that reads may not write."""
    line = connections.create_connection("default")
    last = [clock() - OFTEN]

    def report(progress: Progress) -> None:
        now = clock()
        if now - last[0] < OFTEN:
            return
        last[0] = now
        with line.cursor() as cursor:
            cursor.execute(
                "UPDATE exports_export SET rows_done = %s, rows_total = %s, moved_at = %s, state = 'running' "
                "WHERE uid = %s RETURNING cancel_asked OR state NOT IN ('queued', 'running')",
                [progress.done, progress.total, now, uid],
            )
            asked = cursor.fetchone()
        if not asked or asked[0]:
            raise Cancelled

    try:
        yield report
    finally:
        line.close()
