"""What a workspace puts on every record beside its plain fields: values of own fields, tags."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
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
    empty: tuple[str, ...]
    """Names of the own fields that hold nothing, but for those that the page names elsewhere."""
    tags: tuple[str, ...]
    may_edit: bool
    files: tuple[FileView, ...] = ()
    removed_files: tuple[FileView, ...] = ()

    @property
    def tags_url(self) -> str:
        """Where tags are put on and taken off."""
        return reverse(f"{self.subject}_tags", args=[self.uid])

    @property
    def edit_url(self) -> str:
        """Where the fields are filled in."""
        return reverse(f"{self.subject}_edit", args=[self.uid])


def parts_of(
    request: Request,
    subject: str,
    record: Any,
    *,
    may_edit: bool,
    team: int | None = None,
    named: Collection[str] = (),
) -> RecordParts:
    """The parts of a record that the viewer sees: any view with `uid`, `custom` and `tags`.

    Own fields whose keys are `named` are told as empty elsewhere.
    """
    custom: Mapping[str, Any] = record.custom
    tags: Sequence[str] = record.tags
    known = fields(subject, request.actor, team=team)
    own = shown_values(known, custom, request.actor) if custom else ()
    empty = tuple(each.name for each in known if each.key not in custom and each.key not in named)
    files = files_of(subject, record.id)
    here = tuple(file for file in files if file.removed_at is None)
    gone = tuple(file for file in files if file.removed_at is not None)
    return RecordParts(subject, str(record.uid), own, empty, tuple(tags), may_edit, here, gone)
