"""Looking at files before anything is written: what they are, what to make of them, what is wrong with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from statistics import median_low
from typing import Any

from etappe.core.actor import SYSTEM
from etappe.core.columns import Profile
from etappe.core.dates import YMD, NoDate, day_of
from etappe.core.errors import Missing, Refusal
from etappe.core.headers import DATA, ENTERED, PIPELINES, SKIP, FileKind, is_stage_field, squeezed, stage_entered
from etappe.core.mapping import ColumnPlan, FilePlan, plan_as, propose
from etappe.core.mapping_links import with_links
from etappe.core.periods import local_day
from etappe.core.process import Status
from etappe.core.stages import StagePlan, StageSeen, in_order, outcome_of, plan_stages
from etappe.core.values import fold_key, read_flag, tidy
from etappe.foreign.reasons import Reason
from etappe.foreign.tables import NO_ROWS, TableGuess, Wish, batches, sniff
from etappe.imports.last_time import as_last_time
from etappe.imports.models import Link, Source
from etappe.imports.own import proposed
from etappe.imports.plan import NEW, ColumnMap, FileMap, Plan
from etappe.playbook import queries as playbook
from etappe.team import queries as team

SHEETS = 20
"""Sheets of a workbook that are looked at."""
NAMED = 10
"""Sheets or pipelines that are named."""

_SYSTEMS = (
    (
        "HubSpot",
        {
            "property_dealname",
            "hs_object_id",
            "property_createdate",
            "deal_pipeline_stage_id",
            "hubspot_owner_id",
            "associated company",
            "associated company ids",
            "associated contact",
            "associated contact ids",
            "company domain name",
            "datensatz-id",
            "zuständiger mitarbeiter für deal",
            "zuständiger mitarbeiter für unternehmen",
            "zuständiger mitarbeiter für kontakt",
            "zugehöriges unternehmen",
            "zugehöriger kontakt",
        },
    ),
    (
        "Salesforce",
        {"stagename", "stage_name", "isclosed", "is_closed", "forecastcategory", "forecast_category", "isdeleted"}
        | {"opportunity-inhaber", "opportunity-name", "schlusstermin"},
    ),
    (
        "Pipedrive",
        {
            "deal - title",
            "deal - stage",
            "deal - value",
            "deal - titel",
            "deal - phase",
            "deal - wert",
            "organization - name",
            "organisation - name",
            "person - name",
        },
    ),
    ("Close", {"lead_name", "status_label", "status_type", "value_period"}),
    ("Odoo", {"stage_id/name", "user_id/name", "partner_id/name", "team_id/name", "expected_revenue"}),
    ("Zoho", {"deal owner.id", "zoho record id", "closing date", "account name.id"}),
)


@dataclass(frozen=True)
class Given:
    """A file to import: its name as shown, where it lies, and its sheet where it has several."""

    name: str
    path: Path
    sheet: str = ""
    wish: Wish = field(default_factory=Wish)


@dataclass
class Looked:
    """A file that was looked at. `refusal` says why it cannot be read."""

    given: Given
    guess: TableGuess | None = None
    profile: Profile | None = None
    found: FilePlan | None = None
    refusal: Refusal | None = None


@dataclass
class Look:
    """All that was found out, and the plan proposed. `known` is the source these files came from before."""

    files: list[Looked]
    plan: Plan
    labels: dict[str, str] = field(default_factory=dict)
    known: str = ""

    @property
    def readable(self) -> list[Looked]:
        """The files that could be read."""
        return [file for file in self.files if file.profile is not None]


def look(given: Sequence[Given], *, at: datetime) -> Look:
    """Read every file once and propose what to do with it."""
    files = [looked for each in given for looked in _look_at(each)]
    readable = [file for file in files if file.profile is not None]
    profiles = [file.profile for file in readable if file.profile]
    plans = with_links(profiles, propose(profiles))
    for file, found in zip(readable, plans, strict=True):
        file.found = _with_own(file, _told_of_pipelines(file, _without_deleted_if_all(file, _of_cards(file, found))))
    return _proposed(files, at)


def _with_own(file: Looked, found: FilePlan) -> FilePlan:
    return proposed(file.profile, found) if file.profile else found


def _of_cards(file: Looked, found: FilePlan) -> FilePlan:
    """vCards tell of people, however little they say."""
    is_card = file.guess is not None and file.guess.kind == "vcf"
    return plan_as(file.profile, FileKind.PEOPLE) if is_card and file.profile else found


def _look_at(given: Given) -> list[Looked]:
    try:
        guess = sniff(given.path, sheet=given.sheet, wish=given.wish)
    except Refusal as refusal:
        return [Looked(given, refusal=refusal)]
    if len(guess.sheets) < 2 or given.sheet:
        return [_profiled(given, guess)]
    sheets = [replace(given, name=f"{given.name}#{sheet}", sheet=sheet) for sheet in guess.sheets[:SHEETS]]
    looked = [file for sheet in sheets for file in _look_at(sheet)]
    read = [file for file in looked if file.profile is not None or not _is_empty(file)] or looked[:1]
    return [*read, *_beyond(given, guess.sheets[SHEETS:])]


def _is_empty(file: Looked) -> bool:
    """Whether a sheet holds no table: workbooks have such, and nobody misses them."""
    return file.refusal is not None and file.refusal.params.get("reason") in (Reason.EMPTY, Reason.NO_TABLE)


def _beyond(given: Given, sheets: Sequence[str]) -> list[Looked]:
    """A line for the sheets that nobody looked at."""
    if not sheets:
        return []
    named = [*sheets[:NAMED], "…"] if len(sheets) > NAMED else sheets
    return [Looked(given, refusal=Refusal("sheets_beyond", limit=SHEETS, count=len(sheets), sheets=", ".join(named)))]


def _profiled(given: Given, guess: TableGuess) -> Looked:
    profile = Profile(given.name, guess.columns)
    try:
        for batch in batches(given.path, guess):
            none = {at for at, problem in batch.problems.items() if problem.code in NO_ROWS}
            profile.look([row for at, row in enumerate(batch.rows) if at not in none] if none else batch.rows)
    except Refusal as refusal:
        return Looked(given, guess, refusal=refusal)
    return Looked(given, guess, profile)


def _without_deleted_if_all(file: Looked, found: FilePlan) -> FilePlan:
    """A column that marks every row as deleted tells none from another: keep it as custom data."""
    at = next((at for at, column in enumerate(found.columns) if column.field == "deleted"), None)
    if at is None or file.profile is None:
        return found
    column = file.profile.columns[at]
    everything = column.cells == file.profile.rows and all(read_flag(value) for value in column.values)
    if not everything:
        return found
    kept = ColumnPlan(found.columns[at].name, DATA, 1.0, "all_deleted")
    return replace(found, columns=(*found.columns[:at], kept, *found.columns[at + 1 :]))


def _told_of_pipelines(file: Looked, found: FilePlan) -> FilePlan:
    """Deals of several pipelines would mix their stages in one process: say so where the column is mapped."""
    if found.kind is not FileKind.DEALS or file.profile is None:
        return found
    for at, column in enumerate(file.profile.columns):
        if squeezed(column.name) in PIPELINES and found.columns[at].field == DATA and len(column.values) > 1:
            named = ", ".join(sorted(column.values)[:NAMED])
            told = replace(found.columns[at], reason="several_pipelines", detail=named, is_sure=False)
            found = replace(found, columns=(*found.columns[:at], told, *found.columns[at + 1 :]))
    return found


def _proposed(files: list[Looked], at: datetime) -> Look:
    workspace = team.workspace()
    maps = tuple(_file_map(file) for file in files if file.found is not None)
    plan = Plan(source="", files=maps, currency=workspace.currency)
    known = _known_source(files, plan)
    plan = replace(plan, source=known or _source_name(files))
    seen, labels, statuses = stages_seen(files, plan)
    plan = with_stages(plan, seen, labels, statuses)
    if known:
        plan = as_last_time(plan, seen, labels)
    return Look(files, replace(plan, as_of=_as_of(files, plan, local_day(at, workspace.zone))), labels, known)


def _file_map(file: Looked) -> FileMap:
    assert file.found is not None
    columns = tuple(ColumnMap(column.name, column.field, column.style) for column in file.found.columns)
    return FileMap(file.given.name, file.found.kind, columns)


def refit(look_: Look, name: str, kind: FileKind | None) -> Plan:
    """The plan after somebody said what a file is."""
    for file in look_.readable:
        if file.given.name == name and file.profile is not None:
            file.found = _with_own(file, plan_as(file.profile, kind))
            return look_.plan.with_file(_file_map(file))
    raise Missing


# --- Stages ---


def with_stages(plan: Plan, seen: Sequence[StageSeen], labels: Mapping[str, str], statuses: Iterable[str]) -> Plan:
    """The plan with a process that fits the stages, or one to be proposed from them."""
    named = [replace(stage, value=labels.get(stage.value, stage.value)) for stage in seen]
    processes = [playbook.get_version(process.key).spec for process in playbook.processes(SYSTEM)]
    chosen = plan_stages(named, processes)
    targets = {
        stage.value: _target(target.status, target.stage, labels.get(stage.value, ""), is_left=_is_left(stage, chosen))
        for stage, target in zip(seen, chosen.targets, strict=True)
    }
    order = [stage.value for stage in in_order([stage for stage in seen if targets[stage.value].startswith(NEW)])]
    ordered = {value: targets[value] for value in [*order, *(value for value in targets if value not in order)]}
    process = chosen.process or ("" if order else _default(processes))
    told = {value: (outcome_of(value, statuses) or Status.OPEN).value for value in statuses}
    return replace(plan, process=process or NEW, stages=ordered, statuses=told)


def _default(processes: Sequence[Any]) -> str:
    """Where deals go that say nothing of stages: the process that new deals start on."""
    return processes[0].key if processes else ""


def _is_left(stage: StageSeen, chosen: StagePlan) -> bool:
    """Whether a stage that only histories name is left out: the process that the deals run on does not have it."""
    return bool(chosen.process) and not stage.deals


def _target(status: Status, stage: str, label: str, *, is_left: bool) -> str:
    if status is not Status.OPEN:
        return status.value
    if not stage and is_left:
        return SKIP
    return stage or (f"{NEW}: {label}" if label else NEW)


def stages_seen(files: Sequence[Looked], plan: Plan) -> tuple[list[StageSeen], dict[str, str], list[str]]:
    """The stages that deals stand in, what their keys are called, and the values of a column of status."""
    definitions = _definitions(files)
    seen: dict[str, StageSeen] = {}
    statuses: dict[str, None] = {}
    for file in files:
        if file.profile is None or file.found is None or file.found.kind is not FileKind.DEALS:
            continue
        mapped = plan.file(file.given.name)
        if mapped is None:
            continue
        for stage in _stages_of(file.profile, mapped, definitions):
            seen.setdefault(stage.value, stage)
        at = mapped.position("status")
        if at is not None:
            statuses |= dict.fromkeys(" ".join(tidy(value).split()) for value in file.profile.columns[at].values)
    for stage in _stages_passed(files, plan, definitions, seen):
        seen.setdefault(stage.value, stage)
    labels = {value: label for value, (label, _stage) in definitions.items() if value in seen and label != value}
    return list(seen.values()), labels, list(statuses)


def _stages_passed(
    files: Sequence[Looked],
    plan: Plan,
    definitions: Mapping[str, tuple[str, StageSeen]],
    seen: Mapping[str, StageSeen],
) -> Iterator[StageSeen]:
    """Stages that only histories name. They weigh nothing beside those that deals stand in."""
    known = {fold_key(value) for value in seen} | {
        fold_key(definitions[value][0]) for value in seen if value in definitions
    }
    for value in (value for file in files for value in _values_passed(file, plan.file(file.given.name))):
        name = " ".join(tidy(value).split())
        if name and fold_key(name) not in known:
            known.add(fold_key(name))
            told = definitions.get(name, ("", StageSeen(name, 0)))[1]
            yield StageSeen(name, 0, "", told.order, told.status)


def _values_passed(file: Looked, mapped: FileMap | None) -> Iterator[str]:
    if file.profile is None or mapped is None or mapped.kind not in (FileKind.DEALS, FileKind.HISTORY):
        return
    for column in mapped.columns:
        if column.field == ENTERED:
            yield stage_entered(column.column) or column.column
    if mapped.kind is FileKind.HISTORY:
        yield from _values_of_history(file.profile, mapped)


def _values_of_history(profile: Profile, mapped: FileMap) -> Iterator[str]:
    fields, stage, before = (mapped.position(name) for name in ("changed_field", "stage", "came_from"))
    for at in (stage, before):
        if at is None:
            continue
        if fields is None:
            yield from profile.columns[at].values
        else:
            yield from {row[at] or "" for row in profile.sample if is_stage_field(row[fields] or "")}


def _definitions(files: Sequence[Looked]) -> dict[str, tuple[str, StageSeen]]:
    """Stages that a file of stages defines, by key: what each is called, its order, and whether it wins or loses."""
    found: dict[str, tuple[str, StageSeen]] = {}
    for file in files:
        if file.profile is None or file.found is None or file.found.kind is not FileKind.STAGES:
            continue
        fields = {column.field: at for at, column in enumerate(file.found.columns) if column.field not in (DATA, SKIP)}
        for row in file.profile.sample:
            cells = {name: row[at] or "" for name, at in fields.items()}
            key, label = cells.get("external_id") or cells.get("name", ""), cells.get("name", "")
            if key:
                found[key] = (label, StageSeen(key, 0, "", _order(cells.get("order", "")), _status(cells)))
    return found


def _order(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _status(cells: Mapping[str, str]) -> Status | None:
    if read_flag(cells.get("is_won", "")):
        return Status.WON
    return Status.LOST if read_flag(cells.get("is_closed", "")) else None


def _stages_of(profile: Profile, mapped: FileMap, definitions: Mapping[str, tuple[str, StageSeen]]) -> list[StageSeen]:
    at = mapped.position("stage")
    if at is None:
        return []
    middles = _middles(profile, mapped, at)
    flags = _flagged(profile, mapped, at)
    seen = []
    for value, deals in profile.columns[at].values.items():
        name = " ".join(tidy(value).split())
        known = definitions.get(name, ("", StageSeen(name, 0)))[1]
        status = known.status or flags.get(name)
        seen.append(StageSeen(name, deals, middles.get(name, ""), known.order, status))
    return seen


def _middles(profile: Profile, mapped: FileMap, stage: int) -> dict[str, str]:
    """The middle of the first days of the deals in each stage, from the sample."""
    at = mapped.position("engaged") if mapped.position("engaged") is not None else mapped.position("created")
    if at is None:
        return {}
    days: dict[str, list[str]] = defaultdict(list)
    for row in profile.sample:
        try:
            days[" ".join(tidy(row[stage] or "").split())].append(
                day_of(row[at] or "", mapped.columns[at].style or YMD).isoformat()
            )
        except NoDate:
            continue
    return {name: median_low(each) for name, each in days.items() if each}


def _flagged(profile: Profile, mapped: FileMap, stage: int) -> dict[str, Status]:
    """Stages whose rows are all flagged as won, or all as closed and not won."""
    won, closed = mapped.position("is_won"), mapped.position("is_closed")
    if won is None:
        return {}
    flags: dict[str, set[Status | None]] = defaultdict(set)
    for row in profile.sample:
        is_closed = read_flag(row[closed] or "") if closed is not None else None
        status = Status.WON if read_flag(row[won] or "") else Status.LOST if is_closed else None
        flags[" ".join(tidy(row[stage] or "").split())].add(status)
    return {name: status for name, found in flags.items() if len(found) == 1 and (status := next(iter(found)))}


# --- As of, source ---


def _as_of(files: Sequence[Looked], plan: Plan, today: date) -> date | None:
    """The last day in the deals: when something began, changed or closed. What open deals expect does not count."""
    days: list[str] = []
    for file in files:
        mapped = plan.file(file.given.name)
        if file.profile is not None and mapped is not None and mapped.kind is FileKind.DEALS:
            days += _last_days(file.profile, mapped, plan, today)
        elif file.profile is not None and mapped is not None and mapped.kind is FileKind.HISTORY:
            at = mapped.position("since")
            days += [file.profile.columns[at].dates.latest_day(mapped.columns[at].style)] if at is not None else []
    past = [day for day in days if day and day <= today.isoformat()]
    return date.fromisoformat(max(past)) if past else None


def _last_days(profile: Profile, mapped: FileMap, plan: Plan, today: date) -> list[str]:
    days = []
    for at, column in enumerate(mapped.columns):
        if column.field in ("created", "engaged", "stage_since", "won_on", "lost_on"):
            days.append(profile.columns[at].dates.latest_day(column.style))
        elif column.field == "closed":
            days.append(_last_close(profile, mapped, plan, at, today))
    return days


def _last_close(profile: Profile, mapped: FileMap, plan: Plan, at: int, today: date) -> str:
    """The last day a deal was closed: of all, unless open deals have a day there too."""
    style = mapped.columns[at].style
    closed: list[str] = []
    opened: list[str] = []
    for row in profile.sample:
        try:
            day = day_of(row[at] or "", style or YMD).isoformat()
        except NoDate:
            continue
        (closed if _is_closed(row, mapped, plan) else opened).append(day)
    latest = profile.columns[at].dates.latest_day(style)
    if opened or latest > today.isoformat():
        return max([day for day in closed if day <= today.isoformat()], default="")
    return latest


def _is_closed(row: Sequence[str | None], mapped: FileMap, plan: Plan) -> bool:
    def cell(name: str) -> str:
        at = mapped.position(name)
        return " ".join(tidy(row[at] or "").split()) if at is not None else ""

    closing = {Status.WON.value, Status.LOST.value, Status.DISQUALIFIED.value, Status.DECLINED.value}
    if read_flag(cell("is_closed")) or read_flag(cell("is_won")):
        return True
    return plan.stages.get(cell("stage"), "") in closing or plan.statuses.get(cell("status"), "") in closing


def _source_name(files: Sequence[Looked]) -> str:
    """The program that files came from, by columns that only it has; else the name of the fullest file."""
    headers = {column.lower().replace("–", "-") for file in files if file.profile for column in file.profile.header}
    for name, titles in _SYSTEMS:
        if len(titles & headers) >= 2:
            return name
    beside = (None, FileKind.HISTORY, FileKind.ACTIVITIES, FileKind.LINKS)
    named = [file for file in files if file.found is not None and file.found.kind not in beside]
    fullest = max(named or files, key=lambda file: file.profile.rows if file.profile else 0)
    return fullest.given.name.partition("#")[0].rpartition(".")[0].replace("_", " ").strip() or "Import"


def _known_source(files: Sequence[Looked], plan: Plan) -> str:
    """The source that these files' keys are known from, where also the columns are mostly the same; empty for none."""
    votes: dict[str, int] = defaultdict(int)
    for file in files:
        mapped = plan.file(file.given.name)
        if file.profile is None or mapped is None or mapped.kind is None:
            continue
        for source in _sources_with(mapped.kind, sample_keys(file.profile, mapped), set(file.profile.header)):
            votes[source] += file.profile.rows
    return max(votes, key=lambda name: votes[name], default="")


def sample_keys(profile: Profile, mapped: FileMap) -> list[str]:
    """Keys of some rows, as they stand in the links."""
    from etappe.imports.book import name_key, own_key

    own, name = mapped.position("external_id"), mapped.position("name")
    keys = []
    for row in profile.sample[:200]:
        if own is not None and row[own]:
            keys.append(own_key(" ".join(tidy(row[own] or "").split())))
        elif own is None and name is not None and row[name]:
            keys.append(name_key(tidy(row[name] or "")))
    return keys


KIND_OF = {
    FileKind.DEALS: "deal", FileKind.ACCOUNTS: "account", FileKind.PEOPLE: "person", FileKind.OWNERS: "user",
    FileKind.PRODUCTS: "product", FileKind.STAGES: "stage", FileKind.HISTORY: "past", FileKind.ACTIVITIES: "activity",
    FileKind.LINKS: "belongs",
}  # fmt: skip


def _sources_with(kind: FileKind, keys: Sequence[str], header: set[str]) -> list[str]:
    if not keys:
        return []
    rows = Link.objects.filter(kind=KIND_OF[kind], key__in=keys).values_list("source_id", flat=True)
    counts: dict[int, int] = defaultdict(int)
    for source in rows:
        counts[source] += 1
    likely = [source for source, count in counts.items() if count >= 0.2 * len(keys)]
    return [source.name for source in Source.objects.filter(id__in=likely) if _is_like(source, kind, header)]


def _is_like(source: Source, kind: FileKind, header: set[str]) -> bool:
    before = set(source.headers.get(kind.value, []))
    return not before or len(before & header) / len(before | header) >= 0.5
