"""Orders that neither deals nor accounts have by themselves: deals by their account's name or by their stage as the
process has it, accounts by their deals.

By account, the index of accounts is walked and deals without an account come last, whichever way round. By stage, the
board's index is walked, stage by stage. By deals, these are counted once for all accounts instead of once for each, by
an index that holds all that is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import product
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from etappe.core.process import Process, Status
from etappe.journal.fields import Fold
from etappe.journal.paging import Place, Walk
from etappe.journal.walking import by_reference, in_steps
from etappe.playbook import queries as playbook
from etappe.team import queries as team

NAMED = "="
"""Begins the place of a deal with an account; that of one without is empty."""


def _by_account(rows: QuerySet[Any], descending: bool, after: Place | None, limit: int) -> list[Place]:
    in_accounts = after is None or after[0].startswith(NAMED)
    found = _with_account(rows, descending, after, limit) if in_accounts else []
    if len(found) < limit:
        found += _without_account(rows, None if in_accounts else after, limit - len(found))
    return found


def _with_account(rows: QuerySet[Any], descending: bool, after: Place | None, limit: int) -> list[Place]:
    # An inner join: only so the database may begin with the accounts, in the order of their index.
    named = rows.filter(account__isnull=False).annotate(place=Fold(F("account__name")))
    sign, less = ("-", "lt") if descending else ("", "gt")
    if after:
        name = after[0].removeprefix(NAMED)
        further = Q(**{f"place__{less}": name}) | Q(**{f"id__{less}": after[1]})
        named = named.filter(further, **{f"place__{less}e": name})
    found = named.order_by(f"{sign}place", f"{sign}id").values_list("place", "id")[:limit]
    return [(f"{NAMED}{name}", key) for name, key in found]


def _without_account(rows: QuerySet[Any], after: Place | None, limit: int) -> list[Place]:
    bare = rows.filter(account=None, id__gt=after[1] if after else 0)
    return [("", key) for key in bare.order_by("id").values_list("id", flat=True)[:limit]]


BY_ACCOUNT = Walk(_by_account)


def _by_stage(rows: QuerySet[Any], descending: bool, after: Place | None, limit: int) -> list[Place]:
    """As the processes have them, one process after the other; within a stage who came last stands first."""
    stages = _stages()
    names = list(dict.fromkeys(stage for stage, _version in stages))[:: -1 if descending else 1]
    sign, less = ("", "gt") if descending else ("-", "lt")
    found: list[Place] = []

    def read(part: Sequence[str], among: QuerySet[Any]) -> None:
        places = {stage: place for place, stage in enumerate(part)}
        steps = [
            (places[stage], version, status.value, stage)
            for (stage, version), status in product(stages, Status)
            if stage in places
        ]
        if not steps or len(found) == limit:
            return
        place, *equal = zip(*steps, strict=True)
        columns = dict(zip(("process_version_id", "status", "stage"), equal, strict=True))
        read_now = in_steps(among, place, columns, (f"{sign}stage_since", f"{sign}id"), limit - len(found))
        found.extend((f"{part[at]}{NAMED}{since.isoformat()}", key) for at, since, key in read_now)

    if after:
        stage, since = after[0].split(NAMED)
        begun = names.index(stage)
        read([stage], rows.filter(_behind(datetime.fromisoformat(since), after[1], less)))
        names = names[begun + 1 :]
    read(names, rows)
    return found


def _behind(since: datetime, key: int, less: str) -> Q:
    further = Q(**{f"stage_since__{less}": since}) | Q(**{f"id__{less}": key})
    return further & Q(**{f"stage_since__{less}e": since})


def _stages() -> list[tuple[str, int]]:
    """All stages of all versions with their version: those of the newest version in its order, before older ones."""
    versions = playbook.all_specs()
    newest = {spec.key: spec for spec in versions.values()}
    known = dict.fromkeys(key for spec in newest.values() for key in _keys(spec))
    rank = {stage: at for at, stage in enumerate(known)}
    every = [(stage, version) for version, spec in versions.items() for stage in _keys(spec)]
    return sorted(every, key=lambda pair: rank.get(pair[0], len(rank)))


def _keys(process: Process) -> list[str]:
    return [stage.key for stage in process.stages]


BY_STAGE = Walk(_by_stage)
BY_OWNER = by_reference("owner_id", team.keys_by_name, beside=("status", [status.value for status in Status]))


def by_deals(seen: QuerySet[Any]) -> Walk:
    """Accounts by how many of these deals they have."""

    def walk(rows: QuerySet[Any], descending: bool, after: Place | None, limit: int) -> list[Place]:
        place = (int(after[0]), after[1]) if after else None
        first, second = (_with_deals, _without_deals) if descending else (_without_deals, _with_deals)
        in_second = place is not None and (place[0] == 0) == descending
        found = [] if in_second else first(rows, seen, descending, place, limit)
        if len(found) < limit:
            found += second(rows, seen, descending, place if in_second else None, limit - len(found))
        return found

    return Walk(walk)


Counted = tuple[int, int]
"""How many deals an account has, and its key."""
LOOKED_AT = 500
"""Accounts that are counted without asking for each whether it is in the list; mostly these are, and counting is half
the work then."""


def _with_deals(
    rows: QuerySet[Any], seen: QuerySet[Any], descending: bool, after: Counted | None, limit: int
) -> list[Place]:
    first = _counted(seen.filter(account__isnull=False), descending, after, LOOKED_AT)
    there = set(rows.order_by().filter(id__in=[key for _number, key in first]).values_list("id", flat=True))
    found = [(number, key) for number, key in first if key in there][:limit]
    if len(found) < limit and len(first) == LOOKED_AT:
        found = _counted(seen.filter(account__in=rows.order_by().values("id")), descending, after, limit)
    return [(str(number), key) for number, key in found]


def _counted(deals: QuerySet[Any], descending: bool, after: Counted | None, limit: int) -> list[Counted]:
    held = deals.order_by().values("account").annotate(number=Count("id"))
    sign, less = ("-", "lt") if descending else ("", "gt")
    if after:
        further = Q(**{f"number__{less}": after[0]}) | Q(number=after[0], **{f"account__{less}": after[1]})
        held = held.filter(further)
    return list(held.order_by(f"{sign}number", f"{sign}account").values_list("number", "account")[:limit])


def _without_deals(
    rows: QuerySet[Any], seen: QuerySet[Any], descending: bool, after: Counted | None, limit: int
) -> list[Place]:
    bare = rows.filter(~Exists(seen.filter(account=OuterRef("id"))))
    sign, less = ("-", "lt") if descending else ("", "gt")
    if after:
        bare = bare.filter(**{f"id__{less}": after[1]})
    return [("0", key) for key in bare.order_by(f"{sign}id").values_list("id", flat=True)[:limit]]
