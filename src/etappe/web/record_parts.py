"""What a workspace puts on every record beside its plain fields: values of own fields, tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from etappe.people.fields import Shown, fields, shown_values
from etappe.records.files import FileView, files_of
from etappe.web.shell import Request


@dataclass(frozen=True)
class RecordParts:
    """The parts of one record; `subject` is `account`, `person` or `deal`."""

    subject: str
    uid: str
    own: tuple[Shown, ...]
    tags: tuple[str, ...]
    may_edit: bool
    files: tuple[FileView, ...] = ()
    removed_files: tuple[FileView, ...] = ()

    @property
    def tags_url(self) -> str:
        """Where tags are put on and taken off."""
        return reverse(f"{self.subject}_tags", args=[self.uid])


def parts_of(
    request: Request,
    subject: str,
    record: Any,
    *,
    may_edit: bool,
    team: int | None = None,
) -> RecordParts:
    """The parts of a record that the viewer sees: any view with `uid`, `custom` and `tags`."""
    custom: Mapping[str, Any] = record.custom
    tags: Sequence[str] = record.tags
    own = shown_values(fields(subject, request.actor, team=team), custom, request.actor) if custom else ()
    files = files_of(subject, record.id)
    here = tuple(file for file in files if file.removed_at is None)
    gone = tuple(file for file in files if file.removed_at is not None)
    return RecordParts(subject, str(record.uid), own, tuple(tags), may_edit, here, gone)
