"""Columns of a file that are fields which the workspace defined: proposed from headers, and from what can be chosen.

In maps such a field is called `custom.KEY`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from etappe.core.columns import Column, Profile
from etappe.core.dates import STYLES, YMD
from etappe.core.headers import DATA, FileKind, squeezed
from etappe.core.mapping import ColumnPlan, FilePlan, surest
from etappe.core.merging import OWN
from etappe.core.own_fields import CHOOSING, KEY, FieldKind, OwnField
from etappe.core.values import COMMA, DOT, fold_key

SUBJECTS: Mapping[FileKind, str] = {
    FileKind.DEALS: "deal",
    FileKind.ACCOUNTS: "account",
    FileKind.PEOPLE: "person",
}
"""Kinds of files whose rows are records with fields of their own."""

SURE, GUESSED = 0.95, 0.6
KNOWN_SURELY = 0.9
"""From this confidence on a column stays the field of ours that its header names."""
FITTING = 0.5
"""The share of a column's cells that a field must be able to hold."""


def is_own(field: str) -> bool:
    """Whether the field of a map is one that the workspace defined.

    >>> is_own("custom.size"), is_own("custom.Size; --"), is_own("name")
    (True, False, False)
    """
    return field.startswith(OWN) and bool(KEY.fullmatch(field.removeprefix(OWN)))


def styles_for(kind: FieldKind) -> tuple[str, ...]:
    """The ways in which cells of such a field may be written; empty for text."""
    if kind is FieldKind.DATE:
        return STYLES
    return (COMMA, DOT) if kind in (FieldKind.NUMBER, FieldKind.MONEY) else ()


ANY_STYLE = (*STYLES, COMMA, DOT)
"""Every way of writing: which of them fits, the field's kind says."""


def with_own(profile: Profile, plan: FilePlan, fields: Iterable[OwnField]) -> FilePlan:
    """The proposal with columns that are named like an own field, or hold nothing but choices of one."""
    for own in fields:
        plan = _placed(profile, plan, own)
    return plan


def _placed(profile: Profile, plan: FilePlan, own: OwnField) -> FilePlan:
    titles = {squeezed(own.name), squeezed(own.key), squeezed(OWN + own.key)} - {""}
    for at, column in enumerate(profile.columns):
        meant = plan.columns[at]
        if squeezed(column.name) in titles and (meant.field == DATA or meant.confidence < KNOWN_SURELY):
            holds = can_hold(column, own)
            found = ColumnPlan(column.name, OWN + own.key, SURE, "header")
            kept = replace(meant, reason="own_unlike", detail=own.name)
            return _with(plan, at, styled(profile, column, found, own) if holds else kept)
    for at, column in enumerate(profile.columns):
        if plan.columns[at].field == DATA and not plan.columns[at].reason.startswith("own_") and _chooses(column, own):
            return _with(plan, at, ColumnPlan(column.name, OWN + own.key, GUESSED, "own_choices", own.name))
    return plan


def _with(plan: FilePlan, at: int, column: ColumnPlan) -> FilePlan:
    return replace(plan, columns=(*plan.columns[:at], column, *plan.columns[at + 1 :]))


def styled(profile: Profile, column: Column, found: ColumnPlan, own: OwnField) -> ColumnPlan:
    """The column's plan with how its numbers or dates are written, the other columns of the file as a hint."""
    if own.kind is FieldKind.DATE:
        style, is_sure = column.dates.style(surest([other.dates for other in profile.columns if other.is_date]))
        return replace(found, style=style or YMD, is_sure=is_sure)
    if own.kind in (FieldKind.NUMBER, FieldKind.MONEY):
        style, is_sure = column.numbers.style(surest([other.numbers for other in profile.columns if other.is_number]))
        return replace(found, style=style or DOT, is_sure=is_sure)
    return found


def can_hold(column: Column, own: OwnField) -> bool:
    """Whether what is in a column does not speak against the field."""
    if not column.cells:
        return True
    test = _TESTS.get(own.kind)
    return test is None or test(column, own)


def _is_number(column: Column, _own: OwnField) -> bool:
    return column.share(column.numeric) > FITTING


def _is_date(column: Column, _own: OwnField) -> bool:
    dates = column.dates
    return column.share(column.dated) > FITTING or dates.epoch_ms + dates.epoch_s + dates.serial > 0


def _is_choice(column: Column, own: OwnField) -> bool:
    return _share(column, own) >= FITTING


_TESTS: Mapping[FieldKind, Callable[[Column, OwnField], bool]] = {
    FieldKind.NUMBER: _is_number,
    FieldKind.MONEY: _is_number,
    FieldKind.DATE: _is_date,
    FieldKind.CHOICE: _is_choice,
    FieldKind.CHOICES: _is_choice,
}


def _chooses(column: Column, own: OwnField) -> bool:
    """Whether a column of another name holds nothing but choices of this field, and more than one of them."""
    return own.kind in CHOOSING and not column.overflowed and column.distinct > 1 and _share(column, own) == 1


def _share(column: Column, own: OwnField) -> float:
    """The share of a column's cells that are choices of the field."""
    offered = {fold_key(text) for choice in own.offered for text in (choice.key, choice.name)}
    cells = sum(column.values.values())
    fitting = sum(times for cell, times in column.values.items() if _parts(cell, own) <= offered)
    return fitting / cells if cells else 0.0


def _parts(cell: str, own: OwnField) -> set[str]:
    parts: Sequence[str] = re.split(r"[;,|\n]", cell) if own.kind is FieldKind.CHOICES else [cell]
    return {fold_key(part) for part in parts if part.strip()}
