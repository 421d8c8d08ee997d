"""The map of an import: which file is what, what its columns become, where its stages lead. Saved and read as YAML."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import yaml

from etappe.core.dates import STYLES
from etappe.core.errors import Refusal
from etappe.core.headers import DATA, ENTERED, FIELDS, SKIP, FileKind, Form
from etappe.core.mapping_own import ANY_STYLE, SUBJECTS, is_own
from etappe.core.process import Status
from etappe.core.values import COMMA, DOT

NEW = "new"
"""In place of a process: one is proposed from the stages. In place of a stage: the one that comes of its name."""

MAP_LIMIT = 256 * 1024
CLOSED = (Status.WON, Status.LOST, Status.DISQUALIFIED, Status.DECLINED)


@dataclass(frozen=True)
class ColumnMap:
    """What a column becomes, and how its dates or numbers are written."""

    column: str
    field: str
    style: str = ""


@dataclass(frozen=True)
class FileMap:
    """What a file is and what its columns become; `kind` is None for one that is left out."""

    file: str
    kind: FileKind | None
    columns: tuple[ColumnMap, ...] = ()

    def position(self, name: str) -> int | None:
        """Where the column with this field stands."""
        return next((at for at, column in enumerate(self.columns) if column.field == name), None)

    def titled(self, name: str) -> str:
        """The title of the column with this field."""
        at = self.position(name)
        return "" if at is None else self.columns[at].column


SKIPPED, FILLED, UPDATED, ASKED, APART = "skip", "fill", "update", "ask", "new"
POLICIES = (FILLED, UPDATED, SKIPPED, ASKED)
"""What becomes of a record that is here and matches a row: empty fields filled, all fields set, left, asked about."""
CHOICES = (FILLED, UPDATED, SKIPPED, APART)
"""What somebody can decide of one row; the last makes a record beside the one that is here."""
MATCHES: Mapping[FileKind, tuple[str, ...]] = {
    FileKind.ACCOUNTS: ("name", "domain"),
    FileKind.PEOPLE: ("email", "name"),
}
"""By which fields rows of a kind may match a record that is here."""
_MATCHED: Mapping[FileKind, tuple[str, ...]] = {FileKind.ACCOUNTS: ("name", "domain"), FileKind.PEOPLE: ("email",)}


@dataclass(frozen=True)
class Duplicates:
    """What becomes of rows of a kind that match a record here which no row of the source is known to mean.

    `decisions` by the row's key, for those that somebody was asked about.
    """

    policy: str = FILLED
    match: tuple[str, ...] = ()
    decisions: Mapping[str, str] = field(default_factory=dict)

    def choice(self, key: str) -> str:
        """What becomes of the row with this key."""
        return self.decisions.get(key, self.policy)


@dataclass(frozen=True)
class Plan:
    """An import's map. `stages` in the order of the process to be proposed: a stage's key, `new`, or a way to close."""

    source: str
    files: tuple[FileMap, ...]
    process: str = NEW
    stages: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""
    as_of: date | None = None
    duplicates: Mapping[FileKind, Duplicates] = field(default_factory=dict)

    def duplicates_of(self, kind: FileKind) -> Duplicates:
        """What becomes of rows of this kind that match a record here."""
        return self.duplicates.get(kind, Duplicates(match=_MATCHED.get(kind, ())))

    def of_kind(self, kind: FileKind) -> list[FileMap]:
        """The files of one kind."""
        return [file for file in self.files if file.kind is kind]

    def file(self, name: str) -> FileMap | None:
        """The map of the file with this name."""
        return next((file for file in self.files if file.file == name), None)

    def with_file(self, changed: FileMap) -> Plan:
        """The plan with one file's map replaced."""
        return replace(self, files=tuple(changed if file.file == changed.file else file for file in self.files))


def as_data(plan: Plan) -> dict[str, Any]:
    """The plan as plain data, as it is stored and saved."""
    return {
        "version": 1,
        "source": plan.source,
        "data_as_of": plan.as_of.isoformat() if plan.as_of else None,
        "currency": plan.currency,
        "process": plan.process,
        "stages": dict(plan.stages),
        "statuses": dict(plan.statuses),
        "duplicates": {
            kind.value: {"policy": each.policy, "match": list(each.match), "decisions": dict(each.decisions)}
            for kind in MATCHES
            for each in [plan.duplicates_of(kind)]
        },
        "files": [_file_data(file) for file in plan.files],
    }


def _file_data(file: FileMap) -> dict[str, Any]:
    columns = {
        column.column: {"field": column.field, "style": column.style} if column.style else column.field
        for column in file.columns
    }
    return {"file": file.file, "kind": file.kind.value if file.kind else None, "columns": columns}


def as_stored(plan: Plan) -> str:
    """The plan as a run keeps it, with everything in its order."""
    return json.dumps(as_data(plan), ensure_ascii=False)


def from_stored(text: str) -> Plan:
    """The plan that a run keeps."""
    return from_data(json.loads(text))


def as_yaml(plan: Plan) -> str:
    """The plan as a file to keep and to use again."""
    return yaml.safe_dump(as_data(plan), allow_unicode=True, sort_keys=False, width=110)


class _Loader(yaml.SafeLoader):
    """YAML without anchors: a small file must not unfold into a large one."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """The next node; refuses an alias."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)


def from_yaml(text: str) -> Plan:
    """The plan in a file; refuses one that is not a map of an import."""
    if len(text) > MAP_LIMIT:
        raise Refusal("import_map_unusable", why="too_long", detail=str(MAP_LIMIT))
    try:
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader, without aliases
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Refusal("import_map_unusable", why="no_yaml", detail=str(error)[:300]) from None
    return from_data(data)


def from_data(data: Any) -> Plan:
    """The plan in plain data; refuses what does not hold, and says where."""
    if not isinstance(data, Mapping) or not isinstance(data.get("files"), Sequence):
        raise _unusable("no_files")
    return Plan(
        source=_text(data, "source"),
        files=tuple(_file(each) for each in data["files"]),
        process=_text(data, "process") or NEW,
        stages=_words(data, "stages"),
        statuses=_words(data, "statuses"),
        currency=_text(data, "currency"),
        as_of=_day(data.get("data_as_of")),
        duplicates={kind: _duplicates(kind, data) for kind in MATCHES},
    )


def _duplicates(kind: FileKind, data: Mapping[str, Any]) -> Duplicates:
    told = data.get("duplicates") or {}
    each = (told.get(kind.value) or {}) if isinstance(told, Mapping) else None
    if not isinstance(each, Mapping):
        raise _unusable("not_a_mapping", "duplicates")
    policy, decisions = str(each.get("policy") or FILLED), _words(each, "decisions")
    match = each.get("match", list(_MATCHED[kind]))
    if policy not in POLICIES or not set(decisions.values()) <= set(CHOICES):
        raise _unusable("unknown_policy", policy)
    if not isinstance(match, Sequence) or isinstance(match, str) or not set(match) <= set(MATCHES[kind]):
        raise _unusable("unknown_field", f"match: {match}")
    return Duplicates(policy, tuple(name for name in MATCHES[kind] if name in match), decisions)


def _unusable(why: str, detail: object = "") -> Refusal:
    return Refusal("import_map_unusable", why=why, detail=str(detail)[:200])


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if value is not None and not isinstance(value, str | int):
        raise _unusable("not_a_text", key)
    return "" if value is None else str(value)


def _words(data: Mapping[str, Any], key: str) -> dict[str, str]:
    value = data.get(key) or {}
    if not isinstance(value, Mapping):
        raise _unusable("not_a_mapping", key)
    return {str(name): str(target) for name, target in value.items()}


def _day(value: Any) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise _unusable("not_a_date", value) from None


def _file(data: Any) -> FileMap:
    if not isinstance(data, Mapping) or not data.get("file"):
        raise _unusable("no_file")
    kind = _kind(data.get("kind"))
    columns = data.get("columns") or {}
    if not isinstance(columns, Mapping):
        raise _unusable("not_a_mapping", "columns")
    mapped = tuple(_column(kind, str(name), target) for name, target in columns.items())
    _require_once(mapped)
    return FileMap(str(data["file"]), kind, mapped)


def _kind(value: Any) -> FileKind | None:
    try:
        return FileKind(value) if value else None
    except ValueError:
        raise _unusable("unknown_kind", value) from None


def _column(kind: FileKind | None, name: str, target: Any) -> ColumnMap:
    field_name, style = (
        (target.get("field"), target.get("style") or "") if isinstance(target, Mapping) else (target, "")
    )
    known = (DATA, SKIP, *(FIELDS[kind] if kind else ()))
    if field_name not in known and not (kind in SUBJECTS and is_own(str(field_name))):
        raise _unusable("unknown_field", f"{name}: {field_name}")
    if style and str(style) not in styles_of(kind, str(field_name)):
        raise _unusable("unknown_style", f"{name}: {style}")
    return ColumnMap(name, str(field_name), str(style))


def styles_of(kind: FileKind | None, field_name: str) -> tuple[str, ...]:
    """The ways in which cells of this field may be written; empty for text."""
    if is_own(field_name):
        return ANY_STYLE
    form = FIELDS[kind].get(field_name) if kind else None
    if form in (Form.DAY, Form.MOMENT):
        return STYLES
    return (COMMA, DOT) if form in (Form.MONEY, Form.NUMBER) else ()


def _require_once(columns: Sequence[ColumnMap]) -> None:
    fields = [column.field for column in columns if column.field not in (DATA, SKIP, ENTERED)]
    if twice := next((name for name in fields if fields.count(name) > 1), None):
        raise _unusable("field_twice", twice)


def fitted(plan: Plan, headers: Mapping[str, Sequence[str]]) -> Plan:
    """The plan for files that may have other names than those it was made for; `headers` by file name.

    A file is recognised by its name, else by its columns. Refuses a map that no file fits; a column that is new is kept
    as custom data.
    """
    left = dict(headers)
    taken = {
        file.file: name
        for file in plan.files
        if (name := _fit(file, left)) is not None and left.pop(name, ()) is not None
    }
    if not taken:
        raise _unusable("no_file_fits", ", ".join(headers))
    _require_columns(plan, taken, headers)
    files = [_refitted(file, taken[file.file], headers[taken[file.file]]) for file in plan.files if file.file in taken]
    return replace(plan, files=(*files, *(FileMap(name, None) for name in left)))


def fits(plan: Plan, headers: Mapping[str, Sequence[str]]) -> bool:
    """Whether a map was made for files with columns like these."""
    return any(_fit(file, headers) is not None for file in plan.files)


def _require_columns(plan: Plan, taken: Mapping[str, str], headers: Mapping[str, Sequence[str]]) -> None:
    """Refuse a map that no longer fits: columns that become fields are gone from a file."""
    gone = [
        f"{taken[file.file]}: {column.column}"
        for file in plan.files
        if file.file in taken and file.kind is not None
        for column in file.columns
        if column.field not in (DATA, SKIP) and column.column not in headers[taken[file.file]]
    ]
    if gone:
        raise Refusal("import_map_unfit", columns=gone[:20])


def _fit(file: FileMap, headers: Mapping[str, Sequence[str]]) -> str | None:
    wanted = {column.column for column in file.columns}
    if file.file in headers and (not wanted or wanted & set(headers[file.file])):
        return file.file
    shares = {name: len(wanted & set(titles)) / len(wanted | set(titles)) for name, titles in headers.items() if wanted}
    best = max(shares, key=lambda name: shares[name], default=None)
    return best if best is not None and shares[best] >= 0.5 else None


def _refitted(file: FileMap, name: str, titles: Sequence[str]) -> FileMap:
    known = {column.column: column for column in file.columns}
    return replace(file, file=name, columns=tuple(known.get(title, ColumnMap(title, DATA)) for title in titles))
