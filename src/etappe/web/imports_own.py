"""Own fields in the form of a map: what they are called, how their cells may be written, what a value says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from etappe.core.headers import FileKind
from etappe.core.mapping_own import styles_for
from etappe.core.merging import OWN
from etappe.core.own_fields import REFERRING, OwnField
from etappe.imports.own import own_fields_of
from etappe.imports.plan import styles_of
from etappe.journal.own_values import value_text

OwnFields = Mapping[str, OwnField]
"""Own fields by their name in a map."""


def own_fields(kind: FileKind | None) -> OwnFields:
    """What rows of such a file can fill besides our own fields."""
    return {OWN + own.key: own for own in own_fields_of(kind)}


def choices(own: OwnFields) -> tuple[tuple[str, str], ...]:
    """Own fields to choose from."""
    return tuple((name, _("{name} (own field)").format(name=each.name)) for name, each in own.items())


def styles(kind: FileKind | None, field: str, own: OwnFields) -> tuple[str, ...]:
    """The ways in which cells of the field may be written."""
    return styles_for(own[field].kind) if field in own else styles_of(kind, field)


def cell(field: OwnField, value: Any) -> str:
    """What a row says of the field; whom a name means, is found out when it is imported."""
    return str(value or "") if field.kind in REFERRING else value_text(field, value or None, {})
