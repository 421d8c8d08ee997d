"""Keeping what the figures of the first look come to. It is derived and no act of anybody: not for the journal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Max, Min

from etappe.core.actor import Actor
from etappe.insights.kept import FRESH, plain
from etappe.insights.models import KeptAnswer
from etappe.insights.queries import FIRST_LOOK, answer_now
from etappe.journal.record import action
from etappe.team.access import require

SLOW = 1.0
"""Seconds that a page may take to find its figures itself."""
SHARE = 60
"""They are left as they are for so many times as long as finding them took, so that it costs little of a machine."""
LONGEST = FRESH / 2
"""But never for longer, so that none is shown no more before it is found anew."""


@action
def keep_first_look(*, clock: Callable[[], float], actor: Actor, at: datetime) -> int:
    """Find the figures of the first look anew and keep them, if that takes long; returns how many are kept.

    `clock` tells seconds. Nothing is done as long as what is kept is young, for what it took.
    """
    require(actor, "workspace.edit")
    held = KeptAnswer.objects.aggregate(found=Min("found_at"), seconds=Max("seconds"))
    if held["found"] and timedelta() <= at - held["found"] < min(timedelta(seconds=held["seconds"] * SHARE), LONGEST):
        return KeptAnswer.objects.count()
    begun = clock()
    found = [answer_now(key, actor, at) for key in FIRST_LOOK]
    seconds = clock() - begun
    KeptAnswer.objects.all().delete()
    if seconds < SLOW or any(answer.facts_at for _name, _day, answer in found):
        return 0
    made = []
    for name, day, answer in found:
        columns, rows = plain(answer.rows)
        kept = {"sql": answer.sql, "columns": columns, "rows": rows}
        made.append(KeptAnswer(name=name, day=day, found_at=at, seconds=seconds, **kept))
    return len(KeptAnswer.objects.bulk_create(made))
