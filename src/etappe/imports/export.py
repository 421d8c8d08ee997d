"""The rejected rows as a file that can be corrected and imported again."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterator, Sequence

from etappe.core.actor import Actor
from etappe.core.values import formula_safe
from etappe.imports.plan import from_stored
from etappe.imports.queries import found, rejected
from etappe.imports.texts import reason

REASON = "etappe_reason"
"""The column that says why; an import leaves it out."""


def rejected_file(viewer: Actor, uid: uuid.UUID | str, file: str) -> Iterator[str]:
    """The rejected rows of a file as CSV (UTF-8), with their own columns and one with the reason.

    No cell begins like a formula; the mark that sees to that is taken off again when the file is imported.
    """
    run = found(viewer, uid)
    mapped = from_stored(run.plan).file(file)
    titles = [column.column for column in mapped.columns] if mapped else []
    yield "\ufeff" + _line([*titles, REASON])
    for row in rejected(viewer, uid, file):
        cells = [*row.cells, *[None] * (len(titles) - len(row.cells))]
        yield _line([*cells[: len(titles)], reason(row.reason, row.params)])


def _line(cells: Sequence[str | None]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([formula_safe(cell or "") for cell in cells])
    return text.getvalue()
