"""What is wanted of many records, in one line."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from etappe.core.bulk import Act, Changes
from etappe.journal.labels import FIELDS, day, label, listed
from etappe.journal.own_values import value_text
from etappe.journal.texts import Names


def wanted_words(changes: Changes | None, names: Names) -> str:
    """What is wanted, in one line; nothing where nobody has said it yet."""
    if changes is None:
        return ""
    return listed(_edits(changes, names)) if changes.act is Act.EDIT else _act(changes, names)


def _act(changes: Changes, names: Names) -> str:
    if changes.act is Act.MOVE:
        return _("Move to “{stage}”").format(stage=names.stages.get(changes.to, changes.to))
    if changes.act is Act.LEAVE:
        return _leave(changes, names)
    if changes.act is Act.REST:
        return _("Rest until {day}").format(day=day(changes.until)) if changes.until else _("Take up again")
    return _("Into the recycle bin") if changes.act is Act.ARCHIVE else _("Out of the recycle bin")


def _leave(changes: Changes, names: Names) -> str:
    reason = names.reasons.get(changes.reason, changes.reason)
    said = [_("Leave the process: {reason}").format(reason=reason)]
    if changes.lost_to:
        said.append(_("lost to {name}").format(name=changes.lost_to))
    return ", ".join([*said, changes.note] if changes.note else said)


def _edits(changes: Changes, names: Names) -> list[str]:
    told = {label(FIELDS, name): _value(name, value, names) for name, value in changes.fields.items()}
    for key, value in changes.custom.items():
        own = names.own.get(key)
        told[own.name if own else key] = value_text(own, value, names.people)
    parts = [f"{field}: {value or _('empty')}" for field, value in told.items()]
    parts += [_("put on “{tag}”").format(tag=tag) for tag in changes.add_tags]
    return parts + [_("take off “{tag}”").format(tag=tag) for tag in changes.remove_tags]


def _value(name: str, value: Any, names: Names) -> str:
    if name == "owner":
        return names.users.get(str(value), str(value or ""))
    return day(value) if hasattr(value, "isoformat") else str(value or "")
