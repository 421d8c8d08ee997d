"""What sources say of the ways of their deals, as it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import connection

from etappe.imports.loaders.base import Setting
from etappe.journal.load import copy_rows

_COLUMNS = ("source_id", "run_id", "deal", "at", "stage", "came_from", "waits")


class Said(NamedTuple):
    """The deal with this key entered a stage at this time (ISO), from another stage where the source names it."""

    deal: str
    at: str
    stage: str
    came_from: str = ""


class Pasts:
    """The rows of histories of one source."""

    def __init__(self, setting: Setting) -> None:
        self.source, self.run = setting.source, setting.run

    def add(self, said: Sequence[Said]) -> int:
        """Keep rows that were not known; returns how many. Deals that are here already wait for their new past."""
        if not said:
            return 0
        fresh, here = self.fresh(said)
        rows = ((self.source, self.run, row.deal, row.at, row.stage, row.came_from, row.deal in here) for row in fresh)
        copy_rows("imports_past", _COLUMNS, rows)
        return len(fresh)

    def fresh(self, said: Sequence[Said]) -> tuple[list[Said], set[str]]:
        """The rows that are not known, each once, and which of all their deals are here already."""
        keys = list({row.deal for row in said})
        known, here = self._known(keys), self._here(keys)
        named = {(row.deal, row.at, row.stage): row for row in said}
        return [row for name, row in named.items() if name not in known], here

    def _known(self, deals: Sequence[str]) -> set[tuple[str, str, str]]:
        return {(row.deal, row.at, row.stage) for row in self._rows(deals)}

    def _here(self, deals: Sequence[str]) -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT key FROM imports_link WHERE source_id = %s AND kind = 'deal' AND key = ANY(%s)",
                [self.source, list(deals)],
            )
            return {key for (key,) in cursor.fetchall()}

    def _rows(self, deals: Sequence[str]) -> list[Said]:
        """Rows in the order they came."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT deal, at, stage, came_from FROM imports_past "
                "WHERE source_id = %s AND deal = ANY(%s) ORDER BY id",
                [self.source, list(deals)],
            )
            return [Said(deal, at.isoformat(), stage, before) for deal, at, stage, before in cursor.fetchall()]

    def of(self, deals: Iterable[str]) -> dict[str, list[Said]]:
        """All that is known of the ways of these deals."""
        found: dict[str, list[Said]] = {}
        for row in self._rows(list(deals)):
            found.setdefault(row.deal, []).append(row)
        return found

    def waiting(self, limit: int) -> list[str]:
        """Some deals that wait."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT deal FROM (SELECT deal FROM imports_past WHERE source_id = %s AND waits "
                "ORDER BY id LIMIT %s) AS first",
                [self.source, 4 * limit],
            )
            return [deal for (deal,) in cursor.fetchall()][:limit]

    def count_waiting(self) -> int:
        """How many deals wait."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(DISTINCT deal) FROM imports_past WHERE source_id = %s AND waits", [self.source]
            )
            return int(cursor.fetchone()[0])

    def done(self, deals: Sequence[str]) -> None:
        """These deals wait no longer."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE imports_past SET waits = false WHERE source_id = %s AND deal = ANY(%s) AND waits",
                [self.source, list(deals)],
            )
