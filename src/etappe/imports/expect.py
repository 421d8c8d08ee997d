"""What is likely to become of the rows of an import, told by some rows of each file: how far it is depends on that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from etappe.foreign.tables import Batch
from etappe.imports.convert import Converter
from etappe.imports.loaders.base import Setting
from etappe.imports.look import Looked
from etappe.imports.plan import Plan
from etappe.imports.rooms import Rooms

Expected = Mapping[str, Mapping[str, Any]]
"""By file: which shares of its rows are `new` and `altered`, and how many deals get a new past by a row (`renewed`)."""


def expected(files: Sequence[Looked], plan: Plan, setting: Setting) -> dict[str, dict[str, float]]:
    """Compare rows that are spread evenly over each file with what its source said before; writes nothing."""
    if not setting.source:
        return {}
    rooms, told = Rooms.for_checking(setting), {}
    for file in files:
        mapped = plan.file(file.given.name)
        if mapped is None or mapped.kind is None or file.profile is None or not file.profile.sample:
            continue
        rows = [list(row) for row in file.profile.sample]
        chunk = Converter(mapped, setting.zone, setting.currency).convert(Batch(list(range(len(rows))), rows, {}))
        found = rooms.loader(mapped).expect(chunk)
        told[file.given.name] = {name: count / len(rows) for name, count in found.items()}
    return told
