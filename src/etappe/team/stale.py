"""Two people editing the same record: the second is told what happened, and loses nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from etappe.core.errors import Stale
from etappe.journal.queries import EntryView
from etappe.team.queries import user_names


def require_fresh(version: int, seen: int, changed: Mapping[str, list[Any]], entries: Sequence[EntryView]) -> None:
    """Raise `Stale` if the record's version is not the one the actor saw.

    `changed` are the columns in which the actor's values differ from those there now, as [there now, wanted]; the
    refusal turns them round to [mine, theirs]. `entries` are the newest of the record, the newest first.
    """
    if seen == version:
        return
    last = entries[0] if entries else None
    names = user_names([last.actor_id]) if last else {}
    raise Stale(
        "stale",
        seen=seen,
        now=version,
        by=next((user.name for user in names.values()), ""),
        at=last.recorded_at if last else None,
        changed={column: [mine, theirs] for column, (theirs, mine) in changed.items()},
    )
