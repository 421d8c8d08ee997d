"""Where stages and statuses of a source lead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from etappe.core.history import Told
from etappe.core.process import Process, Status
from etappe.core.values import fold_key
from etappe.imports.loaders.pasts import Said


@dataclass(frozen=True)
class Places:
    """The process that deals come to, and where each stage and status of the source leads."""

    version: int
    process: Process
    targets: Mapping[str, tuple[str, Status]]
    statuses: Mapping[str, Status]
    names: Mapping[str, str] = field(default_factory=dict)
    _reasons: dict[tuple[str, Status], str] = field(default_factory=dict)
    _found: dict[str, tuple[str, Status] | None] = field(default_factory=dict)

    def find(self, text: str) -> tuple[str, Status] | None:
        """Where a stage of the source leads, however it is spelt and whichever of its names is used."""
        if text not in self._found:
            folded = {fold_key(value): target for value, target in self.targets.items()}
            key = self.names.get(fold_key(text), text)
            self._found[text] = self.targets.get(text) or self.targets.get(key) or folded.get(fold_key(text))
        return self._found[text]

    def reason(self, text: str, status: Status) -> str:
        """The key of the process's reason with this name; empty for none."""
        wanted = (fold_key(text), status)
        if wanted not in self._reasons:
            self._reasons[wanted] = next(
                (
                    reason.key
                    for reason in self.process.leave
                    if reason.outcome == status.value
                    and wanted[0] in {fold_key(name) for name in (reason.key, *reason.name.values())}
                ),
                "",
            )
        return self._reasons[wanted]


def told_by(places: Places, rows: Iterable[Said]) -> Iterator[Told]:
    """What rows of a history say, in the stages of the process; one that leads nowhere is left out."""
    for row in rows:
        found = places.find(row.stage)
        if found is not None:
            stage, status = found
            won = places.process.after_winning.key if status is Status.WON else stage
            before = places.find(row.came_from) if row.came_from else None
            yield Told(datetime.fromisoformat(row.at), won, status, before)
