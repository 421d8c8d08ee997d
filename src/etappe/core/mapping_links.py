"""Files of links: which record belongs to which, and to what an activity belongs, where its own row does not say so.

Programs that copy a CRM table by table write notes in one file and in others, of two keys each, whose they are. Such a
file is known by the titles of its columns and its name, or by its keys: they stand in two other files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from etappe.core.columns import Column, Profile
from etappe.core.headers import DATA, FileKind, squeezed
from etappe.core.mapping import SHARED, ColumnPlan, FilePlan, is_of_activities, is_of_records, plan_as

JOINS, JOINED = "joins", "joined"
"""Reasons: a column of links names the activities of other files; the key of activities stands in files of links."""

SIDES: Mapping[FileKind, str] = {
    FileKind.DEALS: "deal",
    FileKind.PEOPLE: "person",
    FileKind.ACCOUNTS: "account",
    FileKind.ACTIVITIES: "activity",
}
"""What a file of links calls the records of other files."""
_COLUMNS, _LONGEST = 8, 40
"""A file of links has few columns, and no texts."""

_File = tuple[Profile, FilePlan]


class _Key(NamedTuple):
    """The column with the keys of a file, and what links call its records."""

    file: str
    field: str
    column: Column


def with_links(profiles: Sequence[Profile], plans: Sequence[FilePlan]) -> list[FilePlan]:
    """The plans, with files of links that only their keys show, and with activities that only links give a place."""
    files = list(zip(profiles, plans, strict=True))
    keys = list(_keys(files))
    files = [(profile, _as_links(profile, plan, keys)) for profile, plan in files]
    files = [(profile, _as_activities(profile, plan, files)) for profile, plan in files]
    return [_explained(profile, plan, files) for profile, plan in files]


def _keys(files: Sequence[_File]) -> Iterator[_Key]:
    for profile, plan in files:
        meant = plan if plan.kind else _likely_activities(profile)
        field = SIDES.get(meant.kind) if meant and meant.kind else None
        at = _position(meant, "external_id") if meant else None
        if field and at is not None:
            yield _Key(profile.name, field, profile.columns[at])


def _position(plan: FilePlan, field: str) -> int | None:
    return next((at for at, column in enumerate(plan.columns) if column.field == field), None)


def _likely_activities(profile: Profile) -> FilePlan | None:
    """The file as activities, if only what they belong to is missing; calls and tasks may have a time and no words."""
    plan = plan_as(profile, FileKind.ACTIVITIES)
    says = plan.column("text") or plan.column("subject") or (plan.column("type") and is_of_activities(profile.name))
    is_whole = all(plan.column(field) for field in ("external_id", "at")) and says
    return replace(plan, confidence=0.8) if is_whole and is_of_records(profile.name) else None


def _as_links(profile: Profile, plan: FilePlan, keys: Sequence[_Key]) -> FilePlan:
    if plan.kind is not None or not _is_all_keys(profile):
        return plan
    sides = {at: field for at, column in enumerate(profile.columns) if (field := _side(column, profile.name, keys))}
    fields = list(sides.values())
    if len(fields) != 2 or len(set(fields)) != 2:
        return plan
    columns = tuple(
        ColumnPlan(column.name, sides[at], 0.8, "overlap", _where(column, sides[at], keys))
        if at in sides
        else ColumnPlan(column.name, DATA, 1.0, "kept")
        for at, column in enumerate(profile.columns)
    )
    return FilePlan(profile.name, FileKind.LINKS, columns, 0.8, profile.rows)


def _is_all_keys(profile: Profile) -> bool:
    few = len(profile.columns) <= _COLUMNS and all(column.longest <= _LONGEST for column in profile.columns)
    return few and is_of_records(profile.name)


def _side(column: Column, file: str, keys: Sequence[_Key]) -> str:
    """What the keys in a column are keys of; empty where that is not clear."""
    fields = {key.field for key in keys if key.file != file and _stands_in(column, key.column)}
    return fields.pop() if len(fields) == 1 else ""


def _stands_in(column: Column, key: Column) -> bool:
    """Small numbers stand in every file: they show nothing."""
    if column.distinct < 2 or column.is_date or column.is_flag or (column.is_number and column.longest < 4):
        return False
    return column.sketch.share_in(key.sketch) >= SHARED


def _where(column: Column, field: str, keys: Sequence[_Key]) -> str:
    return next(
        f"{key.file}: {key.column.name}" for key in keys if key.field == field and _stands_in(column, key.column)
    )


def _as_activities(profile: Profile, plan: FilePlan, files: Sequence[_File]) -> FilePlan:
    if plan.kind is not None:
        return plan
    likely = _likely_activities(profile)
    return likely if likely is not None and _links_to(profile, likely, files) else plan


def _links_to(profile: Profile, plan: FilePlan, files: Sequence[_File]) -> list[str]:
    """The files of links that name the activities of this file."""
    at = _position(plan, "external_id")
    key = profile.columns[at] if at is not None else None
    return [
        other.name
        for other, its in files
        if key is not None
        and its.kind is FileKind.LINKS
        and (place := _position(its, "activity")) is not None
        and _joins(other.columns[place], key)
    ]


def _joins(column: Column, key: Column) -> bool:
    """Whether some keys stand in both, or, where rows are too few to tell, the columns have one title."""
    return column.sketch.share_in(key.sketch) > 0 or squeezed(column.name) == squeezed(key.name)


def _explained(profile: Profile, plan: FilePlan, files: Sequence[_File]) -> FilePlan:
    """The plan that says which files are joined, at the columns by which they are."""
    if plan.kind is FileKind.ACTIVITIES:
        return _saying(plan, "external_id", JOINED, _links_to(profile, plan, files))
    if plan.kind is FileKind.LINKS:
        activities = [file for file in files if file[1].kind is FileKind.ACTIVITIES]
        joined = [other.name for other, its in activities if _links_to(other, its, [(profile, plan)])]
        return _saying(plan, "activity", JOINS, joined)
    return plan


def _saying(plan: FilePlan, field: str, reason: str, names: Sequence[str]) -> FilePlan:
    at = _position(plan, field)
    if at is None or not names:
        return plan
    column = replace(plan.columns[at], reason=reason, detail=", ".join(names))
    return replace(plan, columns=(*plan.columns[:at], column, *plan.columns[at + 1 :]))
