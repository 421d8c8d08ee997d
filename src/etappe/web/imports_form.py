"""The map of an import as a form: what is shown of it, and what comes back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from etappe.core.actor import Actor
from etappe.core.deal_fields import clean_currency, clean_name
from etappe.core.errors import Refusal
from etappe.core.headers import DATA, FIELDS, SKIP, FileKind
from etappe.core.process import Status
from etappe.foreign.tables import ENCODINGS, wish_of
from etappe.imports.actions_presets import PresetView, presets
from etappe.imports.background import Wanted
from etappe.imports.plan import (
    ASKED,
    CHOICES,
    CLOSED,
    MATCHES,
    NEW,
    POLICIES,
    ColumnMap,
    Duplicates,
    FileMap,
    Plan,
    as_data,
    from_data,
    styles_of,
)
from etappe.imports.queries import Looking
from etappe.imports.texts import FIELDS as FIELD_LABELS
from etappe.imports.texts import KINDS, POLICY_LABELS, left_out, reason, style_label, why
from etappe.journal.labels import STATUSES, label, words
from etappe.playbook import queries as playbook
from etappe.web.imports_own import OwnFields, own_fields, styles
from etappe.web.imports_own import cell as own_cell
from etappe.web.imports_own import choices as own_choices
from etappe.web.templatetags.formats import day

Choice = tuple[str, str | Promise]
TITLES: Mapping[str, str] = {"closed_at": "closed", "engaged_since": "engaged", "created_at": "created"}
"""What a record calls otherwise than a column of a file."""

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")

DELIMITERS: Mapping[str, str | Promise] = {
    ",": gettext_lazy("commas between cells"),
    ";": gettext_lazy("semicolons between cells"),
    "\t": gettext_lazy("tabs between cells"),
    "|": gettext_lazy("bars between cells"),
}


@dataclass(frozen=True)
class ColumnLine:
    """A column with what it becomes."""

    name: str
    examples: str
    field: str
    choices: tuple[Choice, ...]
    style: str
    styles: tuple[Choice, ...]
    why: str
    is_sure: bool
    is_guess: bool
    position: int

    @property
    def is_kept(self) -> bool:
        """Whether it is no field of the record."""
        return self.field in (DATA, SKIP)


@dataclass(frozen=True)
class FileCard:
    """A file with its columns and its first rows as they will be."""

    number: int
    name: str
    kind: str
    kinds: tuple[Choice, ...]
    reading: Mapping[str, Any]
    refusal: str
    mapped: tuple[ColumnLine, ...]
    kept: tuple[ColumnLine, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wish: Mapping[str, Any]
    is_first: bool
    """Whether this is the first card of its file: of a workbook each sheet has one, and all are read alike."""

    @property
    def is_part(self) -> bool:
        """Whether it stands for sheets that nobody looked at, and not for a file."""
        return bool(self.refusal) and not self.is_first

    @property
    def tone(self) -> str:
        """How bad it is that it is not taken."""
        return "warn" if self.is_part else "bad"

    @property
    def anchor(self) -> str:
        """Where the page shows its columns."""
        return f"file-{self.number}"

    @property
    def kind_label(self) -> str:
        """What its rows are, in words."""
        return str(dict(self.kinds)[self.kind])

    @property
    def column_count(self) -> int:
        """How many columns it has."""
        return len(self.mapped) + len(self.kept)

    @property
    def source_file(self) -> str:
        """The file's name without that of its sheet."""
        return self.name.partition("#")[0]

    @property
    def encodings(self) -> tuple[str, ...]:
        """What a file may be written in."""
        return ENCODINGS

    @property
    def delimiters(self) -> tuple[Choice, ...]:
        """What may stand between cells."""
        return tuple(("tab" if sign == "\t" else sign, name) for sign, name in DELIMITERS.items())

    @property
    def wished_delimiter(self) -> str:
        """The delimiter that somebody chose, as the form has it."""
        chosen = str(self.wish.get("delimiter", ""))
        return "tab" if chosen == "\t" else chosen

    @property
    def delimiter(self) -> str:
        """What stands between cells, in words."""
        return str(DELIMITERS.get(self.reading.get("delimiter", ""), ""))

    @property
    def is_doubtful(self) -> bool:
        """Whether somebody should look at what its columns become."""
        return any(line.is_guess or not line.is_sure for line in self.mapped) or not self.number


@dataclass(frozen=True)
class StageLine:
    """A stage or status of the source with where it leads."""

    value: str
    label: str
    target: str
    choices: tuple[Choice, ...]
    at: str


@dataclass(frozen=True)
class ProblemLine:
    """Something about rows, with how often and an example."""

    text: str
    count: int
    rejects: bool
    where: str


@dataclass(frozen=True)
class QuestionLine:
    """A row that matches a record here, with what somebody decided."""

    name: str
    here: str
    address: str
    at: str
    choice: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class DuplicatesCard:
    """What becomes of rows of a kind that match a record here."""

    kind: str
    title: str
    policy: str
    policies: tuple[Choice, ...]
    match: tuple[tuple[str, str, bool], ...]
    questions: tuple[QuestionLine, ...]
    more: int


@dataclass(frozen=True)
class MapForm:
    """The whole map as a page shows it."""

    source: str
    known: str
    currency: str
    as_of: date | None
    process: str
    processes: tuple[Choice, ...]
    files: tuple[FileCard, ...]
    stages: tuple[StageLine, ...]
    statuses: tuple[StageLine, ...]
    problems: tuple[ProblemLine, ...]
    duplicates: tuple[DuplicatesCard, ...]
    presets: tuple[PresetView, ...]

    @property
    def taken(self) -> tuple[FileCard, ...]:
        """The files that are imported, and those that somebody has to look at."""
        return tuple(file for file in self.files if file.kind or file.refusal) or self.files

    @property
    def others(self) -> tuple[FileCard, ...]:
        """The files that are left out: of an export of everything most are of no use here."""
        taken = {file.number for file in self.taken}
        return tuple(file for file in self.files if file.number not in taken)

    @property
    def has_something(self) -> bool:
        """Whether any file is taken."""
        return any(file.kind for file in self.files)

    @property
    def is_readable(self) -> bool:
        """Whether any file could be read."""
        return not all(file.refusal for file in self.files)

    @property
    def rejects(self) -> int:
        """Rows that will not be taken as the map stands."""
        return sum(problem.count for problem in self.problems if problem.rejects)


def form_of(viewer: Actor, plan: Plan, looking: Looking) -> MapForm:
    """The map as a form."""
    processes = [(each.key, words(each.name)) for each in playbook.processes(viewer)]
    return MapForm(
        source=plan.source,
        known=looking.known,
        currency=plan.currency,
        as_of=plan.as_of,
        process=plan.process,
        processes=((NEW, _("a new one, proposed from these stages")), *processes),
        files=tuple(_cards(plan, looking)),
        stages=tuple(_stages(plan, looking.labels)),
        statuses=tuple(_statuses(plan)),
        problems=problems_of(looking.problems),
        duplicates=tuple(_duplicates(kind, plan, looking) for kind in MATCHES if plan.of_kind(kind)),
        presets=tuple(presets(viewer, {each["name"]: _titles(each) for each in looking.files})),
    )


LISTED = 200
"""Rows to decide on that a page shows; the rest come after these are decided."""


def _titles(shown: Mapping[str, Any]) -> list[str]:
    return [column["name"] for column in shown.get("columns", ())]


def _duplicates(kind: FileKind, plan: Plan, looking: Looking) -> DuplicatesCard:
    rule = plan.duplicates_of(kind)
    asked = [each for each in looking.questions if each["kind"] == kind.value] if rule.policy == ASKED else []
    open_first = sorted(asked, key=lambda each: rule.choice(each["key"]) != ASKED)
    address = "account" if kind is FileKind.ACCOUNTS else "person"
    choices: tuple[Choice, ...] = (("", _("not decided yet")), *((each, POLICY_LABELS[each]) for each in CHOICES))
    lines = tuple(
        QuestionLine(
            each["name"],
            each["here"],
            reverse(address, args=[each["uid"]]),
            f"decision-{kind.value}-{each['key']}",
            rule.decisions.get(each["key"], ""),
            choices,
        )
        for each in open_first[:LISTED]
    )
    return DuplicatesCard(
        kind.value,
        str(KINDS[kind]),
        rule.policy,
        tuple((each, POLICY_LABELS[each]) for each in POLICIES),
        tuple((name, str(FIELD_LABELS[name]), name in rule.match) for name in MATCHES[kind]),
        lines,
        max(len(asked) - LISTED, 0),
    )


def _rules(plan: Plan, posted: Mapping[str, str]) -> dict[FileKind, Duplicates]:
    return {kind: _rule(kind, plan.duplicates_of(kind), posted) for kind in MATCHES}


def _rule(kind: FileKind, before: Duplicates, posted: Mapping[str, str]) -> Duplicates:
    """The rule as the form says; where the form did not ask, as it was."""
    policy, prefix = posted.get(f"duplicates-{kind.value}"), f"decision-{kind.value}-"
    if policy is None:
        return before
    match = tuple(name for name in MATCHES[kind] if f"match-{kind.value}-{name}" in posted)
    chosen = {name.removeprefix(prefix): choice for name, choice in posted.items() if name.startswith(prefix)}
    decisions = {key: choice for key, choice in {**before.decisions, **chosen}.items() if choice}
    return Duplicates(policy, match, decisions if policy == ASKED else {})


def _cards(plan: Plan, looking: Looking) -> Iterator[FileCard]:
    seen: set[str] = set()
    for number, shown in enumerate(looking.files):
        card = _card(number, shown, plan.file(shown["name"]))
        yield replace(card, is_first=card.source_file not in seen)
        seen.add(card.source_file)


def _card(number: int, shown: Mapping[str, Any], mapped: FileMap | None) -> FileCard:
    kind = mapped.kind if mapped else None
    own = own_fields(kind)
    lines = tuple(_lines(shown, mapped, own)) if mapped else ()
    rows = shown.get("rows", [])[:3]
    heads = tuple(
        dict.fromkeys(name for row in rows for name in row if name not in ("data", "began", "since", "entered"))
    )
    return FileCard(
        number=number,
        name=shown["name"],
        kind=kind.value if kind else "",
        kinds=(("", _("leave out")), *((each.value, each_label) for each, each_label in KINDS.items())),
        reading=shown.get("guess", {}),
        refusal=_refusal(shown.get("refusal")),
        mapped=tuple(line for line in lines if not line.is_kept),
        kept=tuple(line for line in lines if line.is_kept),
        heads=tuple(
            own[name].name if name in own else str(FIELD_LABELS.get(TITLES.get(name, name), name)) for name in heads
        ),
        rows=tuple(tuple(_cell(name, row.get(name, ""), own) for name in heads) for row in rows),
        wish=shown.get("wish", {}),
        is_first=True,
    )


def _cell(name: str, value: Any, own: OwnFields) -> str:
    if name in own:
        return own_cell(own[name], value)
    if name == "status" and value:
        return label(STATUSES, str(value))
    if isinstance(value, list | tuple):
        return " ".join(str(each) for each in value if each)
    return _moment(str(value))


def _moment(value: str) -> str:
    """A moment as a day, as the reader writes it; any other value as it is."""
    if not MOMENT.match(value):
        return value
    return day(datetime.fromisoformat(value))


def _refusal(told: Mapping[str, Any] | None) -> str:
    return left_out(told["code"], told["params"]) if told else ""


def _lines(shown: Mapping[str, Any], mapped: FileMap, own: OwnFields) -> Iterator[ColumnLine]:
    found = {column["name"]: column for column in shown.get("columns", [])}
    fields = (DATA, SKIP, *(FIELDS[mapped.kind] if mapped.kind else ()))
    for at, column in enumerate(mapped.columns):
        told = found.get(column.column, {})
        as_proposed = told.get("field") == column.field
        yield ColumnLine(
            name=column.column,
            examples=" · ".join(told.get("examples", [])),
            field=column.field,
            choices=(*((name, FIELD_LABELS.get(name, name)) for name in fields), *own_choices(own)),
            style=column.style,
            styles=tuple((style, style_label(style)) for style in styles(mapped.kind, column.field, own)),
            why=why(told.get("reason", ""), told.get("detail", "")) if as_proposed else _("chosen by you"),
            is_sure=bool(told.get("is_sure", True)) or told.get("style") != column.style,
            is_guess=as_proposed and float(told.get("confidence", 1)) < 0.85,
            position=at,
        )


def _stages(plan: Plan, labels: Mapping[str, str]) -> Iterator[StageLine]:
    closing = tuple((status.value, label(STATUSES, status.value)) for status in CLOSED)
    if plan.process == NEW:
        open_ones: tuple[Choice, ...] = ((NEW, _("a stage of the new process")),)
    else:
        stages = playbook.get_version(plan.process).spec.stages
        open_ones = tuple((stage.key, words(stage.name)) for stage in stages)
    for at, (value, target) in enumerate(plan.stages.items()):
        shown = NEW if target.partition(":")[0] == NEW else target
        choices = (*open_ones, *closing, (SKIP, _("leave out")))
        yield StageLine(value, labels.get(value, ""), shown, choices, f"stage-{at}")


def _statuses(plan: Plan) -> Iterator[StageLine]:
    choices = tuple((status.value, label(STATUSES, status.value)) for status in (Status.OPEN, *CLOSED))
    for at, (value, target) in enumerate(plan.statuses.items()):
        yield StageLine(value, "", target, choices, f"status-{at}")


def problems_of(told: Any) -> tuple[ProblemLine, ...]:
    """What is wrong with rows, the most frequent first, rejections before notes."""
    lines = [_problem(each) for each in told]
    return tuple(sorted(lines, key=lambda line: (not line.rejects, -line.count)))


def _problem(told: Mapping[str, Any]) -> ProblemLine:
    first = told["examples"][0] if told["examples"] else {}
    where = _("line {line} of {file}").format(line=first["line"], file=first.get("file", "")) if "line" in first else ""
    return ProblemLine(reason(told["code"], first), int(told["count"]), bool(told["rejects"]), where)


def changed(plan: Plan, posted: Mapping[str, str]) -> Wanted:
    """The plan as the form says, the kinds of files that were chosen anew, and how files are to be read."""
    kinds = {
        file.file: chosen
        for number, file in enumerate(plan.files)
        if (chosen := posted.get(f"kind-{file.file}")) is not None and chosen != (file.kind.value if file.kind else "")
    }
    files = tuple(_file(file, posted) for file in plan.files)
    process = posted.get("process") or plan.process
    wanted = replace(
        plan,
        source=clean_name("source", posted.get("source", plan.source)),
        currency=clean_currency("currency", posted.get("currency", plan.currency).strip().upper()),
        as_of=_day(posted.get("as_of", "")),
        process=process,
        files=files,
        duplicates=_rules(plan, posted),
        stages=_targets(plan, posted, process),
        statuses={
            value: posted.get(f"status-{at}", target) for at, (value, target) in enumerate(plan.statuses.items())
        },
    )
    chosen_kinds = {name: FileKind(kind).value if kind else "" for name, kind in kinds.items()}
    names = {file.file.partition("#")[0] for file in plan.files} | {
        key.removeprefix("encoding-") for key in posted if key.startswith("encoding-")
    }
    return Wanted(from_data(as_data(wanted)), chosen_kinds, {name: _reading(name, posted) for name in names})


def differs(plan: Plan, looking: Looking, wanted: Wanted) -> bool:
    """Whether a form says anything else than the map and the readings that there are."""
    same = changed(plan, {"as_of": plan.as_of.isoformat() if plan.as_of else ""})
    if wanted.kinds or as_data(wanted.plan) != as_data(same.plan):
        return True
    wishes = {shown["name"].partition("#")[0]: shown.get("wish", {}) for shown in looking.files}
    return any(told and told != wishes.get(name) for name, told in wanted.readings.items())


def _reading(name: str, posted: Mapping[str, str]) -> dict[str, Any]:
    """How a file is to be read; refuses what cannot be."""
    line = posted.get(f"header-{name}", "").strip()
    encoding = posted.get(f"encoding-{name}", "")
    delimiter = {"tab": "\t"}.get(posted.get(f"delimiter-{name}", ""), posted.get(f"delimiter-{name}", ""))
    try:
        header = int(line) if line else None
    except ValueError:
        raise Refusal("reading_unknown", field="header_row", value=line[:40], known=["1, 2, 3"]) from None
    wish_of(encoding, delimiter, header)
    told = {"encoding": encoding, "delimiter": delimiter, "header_row": header}
    return told if f"encoding-{name}" in posted else {}


def _file(file: FileMap, posted: Mapping[str, str]) -> FileMap:
    columns = tuple(_column(file, at, column, posted) for at, column in enumerate(file.columns))
    return replace(file, columns=columns)


def _column(file: FileMap, at: int, column: ColumnMap, posted: Mapping[str, str]) -> ColumnMap:
    field = posted.get(f"field-{file.file}-{at}", column.field)
    style = posted.get(f"style-{file.file}-{at}", column.style)
    return ColumnMap(column.column, field, style if style in styles_of(file.kind, field) else "")


def _targets(plan: Plan, posted: Mapping[str, str], process: str) -> dict[str, str]:
    """Where stages lead; after a change of process those that led to the former one begin anew."""
    targets = {}
    for at, (value, before) in enumerate(plan.stages.items()):
        chosen = posted.get(f"stage-{at}", before)
        chosen = before if chosen == NEW and before.partition(":")[0] == NEW else chosen
        is_kept = chosen == SKIP or chosen in {status.value for status in CLOSED}
        targets[value] = chosen if is_kept or process == plan.process else _fresh(value, process)
    return targets


def _fresh(value: str, process: str) -> str:
    from etappe.core.stages import matching_stage

    if process == NEW:
        return NEW
    spec = playbook.get_version(process).spec
    return matching_stage(value, spec) or spec.first.key


def _day(posted: str) -> date | None:
    try:
        return date.fromisoformat(posted) if posted else None
    except ValueError:
        raise Refusal("not_a_date", field="as_of") from None
