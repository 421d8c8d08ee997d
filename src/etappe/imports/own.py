"""Own fields in maps: proposing them for columns, reading their cells, and dropping those that are gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from etappe.core.columns import Column, Profile
from etappe.core.dates import YMD
from etappe.core.errors import Refusal
from etappe.core.headers import DATA, FileKind
from etappe.core.mapping import ColumnPlan, FilePlan
from etappe.core.mapping_own import SUBJECTS, is_own, styled, styles_for, with_own
from etappe.core.merging import OWN
from etappe.core.own_fields import FieldKind, OwnField, read_text
from etappe.core.values import DOT
from etappe.imports.plan import ColumnMap, FileMap, Plan
from etappe.people.fields import FieldView, fields

NAMED = 8
"""Choices that a refusal names."""


def own_fields_of(kind: FileKind | None) -> list[FieldView]:
    """The own fields that rows of such a file can fill."""
    subject = SUBJECTS.get(kind) if kind else None
    return fields(subject) if subject else []


def proposed(profile: Profile, plan: FilePlan) -> FilePlan:
    """The proposal with own fields."""
    return with_own(profile, plan, own_fields_of(plan.kind))


def own_of(file: FileMap) -> dict[str, FieldView]:
    """The own fields that a map fills, by their name in it; refuses some that are not there (any more)."""
    wanted = [column.field for column in file.columns if is_own(column.field)]
    if not wanted:
        return {}
    known = {OWN + own.key: own for own in own_fields_of(file.kind)}
    if gone := [name for name in wanted if name not in known]:
        raise Refusal("import_field_gone", fields=gone)
    return {name: known[name] for name in wanted}


def readers(file: FileMap, currency: str) -> dict[str, Callable[[str], Any]]:
    """How cells of own fields are read, by the field's name in the map; amounts without a currency have this one."""
    found = own_of(file)
    return {
        column.field: partial(_read, found[column.field], _style(column, found[column.field]), currency)
        for column in file.columns
        if column.field in found
    }


def _style(column: ColumnMap, own: OwnField) -> str:
    """How the column is written; one that is meant for another kind of field counts for nothing."""
    usual = YMD if own.kind is FieldKind.DATE else DOT
    return column.style if column.style in styles_for(own.kind) else usual


def _read(own: OwnField, style: str, currency: str, cell: str) -> Any:
    try:
        return read_text(own, cell, style=style, days=style, currency=currency)
    except Refusal as refusal:
        told = {name: _plain(value) for name, value in refusal.params.items()}
        raise Refusal(_CODES.get(refusal.code, refusal.code), **{**told, "value": cell[:40]}) from None


_CODES = {"unknown_choice": "not_a_choice", "number_unfit": "not_such_a_number"}
"""Refusals of a field that say it otherwise of a cell."""


def _plain(value: Any) -> Any:
    return ", ".join(map(str, value[:NAMED])) if isinstance(value, list | tuple) else value


def suited(plan: Plan, profiles: Mapping[str, Profile]) -> Plan:
    """The plan without own fields that are gone, and with the ways of writing that nobody has chosen yet."""
    return replace(plan, files=tuple(_suited(file, profiles.get(file.file)) for file in plan.files))


def _suited(file: FileMap, profile: Profile | None) -> FileMap:
    if not any(is_own(column.field) for column in file.columns):
        return file
    known = {OWN + own.key: own for own in own_fields_of(file.kind)}
    return replace(file, columns=tuple(_suited_column(column, known, profile) for column in file.columns))


def _suited_column(column: ColumnMap, known: Mapping[str, FieldView], profile: Profile | None) -> ColumnMap:
    if not is_own(column.field):
        return column
    if column.field not in known:
        return ColumnMap(column.column, DATA)
    own = known[column.field]
    values = _column_of(column.column, profile.columns if profile else ())
    if profile is None or values is None or column.style in styles_for(own.kind):
        return column
    return replace(column, style=styled(profile, values, ColumnPlan(column.column, column.field), own).style)


def _column_of(name: str, columns: Sequence[Column]) -> Column | None:
    return next((column for column in columns if column.name == name), None)
