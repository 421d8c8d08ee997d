"""Reading processes and their versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from importlib.resources import files

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from etappe.core.actor import Actor
from etappe.core.errors import Missing, Refusal
from etappe.core.process import Process as Spec
from etappe.core.process import Words
from etappe.core.process_file import compile_process, from_data, read
from etappe.journal.statements import Statement
from etappe.playbook.models import ProcessVersion
from etappe.team.access import require
from etappe.team.queries import workspace


@dataclass(frozen=True)
class VersionView:
    """A published version of a process: as written, and as the value that rules work with."""

    id: int
    process: str
    number: int
    sha256: str
    published_at: datetime
    source: str
    spec: Spec


@dataclass(frozen=True)
class VersionRef:
    """A version by its number, for lists: who published it, when and why."""

    id: int
    process: str
    number: int
    published_at: datetime
    published_by: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class ProcessView:
    """A process with its newest version."""

    key: str
    name: Words
    model: str | None
    stages: int
    is_default: bool
    newest: VersionRef


@dataclass(frozen=True)
class LibraryItem:
    """A process that ships with Etappe."""

    key: str
    name: Words
    about: Words
    model: str | None
    source: str
    spec: Spec


def processes(viewer: Actor) -> list[ProcessView]:
    """All published processes, the default one first, then by key."""
    require(viewer, "playbook.see")
    default = workspace().default_process
    found = [_process_view(version, default) for version in _newest()]
    return sorted(found, key=lambda process: (not process.is_default, process.key))


def _newest() -> QuerySet[ProcessVersion]:
    last = ProcessVersion.objects.filter(process=OuterRef("process")).order_by("-number").values("id")[:1]
    return ProcessVersion.objects.select_related("process").filter(id=Subquery(last))


def _process_view(version: ProcessVersion, default: str) -> ProcessView:
    process = from_data(version.compiled)
    return ProcessView(
        key=process.key,
        name=process.name,
        model=process.model,
        stages=len(process.stages),
        is_default=process.key == default,
        newest=_ref(version),
    )


def versions(key: str) -> list[VersionRef]:
    """The versions of a process, newest first; `Missing` where there is no such process."""
    found = _of(key).defer("source", "compiled")
    refs = [_ref(version) for version in found.order_by("-number")]
    if not refs:
        raise Missing
    return refs


def _of(key: str) -> QuerySet[ProcessVersion]:
    found = ProcessVersion.objects.filter(process__key=key) if "\x00" not in key else ProcessVersion.objects.none()
    return found.select_related("process")


def _ref(version: ProcessVersion) -> VersionRef:
    return VersionRef(
        version.id,
        version.process.key,
        version.number,
        version.published_at,
        version.published_by,
        version.reason,
    )


def get_version(key: str, number: int | None = None) -> VersionView:
    """A version of a process, the newest where no number is given; otherwise `Missing`."""
    found = _of(key).order_by("-number")
    return _view_of(found.first() if number is None else found.filter(number=number).first())


def version_by_id(version_id: int) -> VersionView:
    """The version with this key, or `Missing`."""
    return _view_of(ProcessVersion.objects.select_related("process").filter(id=version_id).first())


def _view_of(version: ProcessVersion | None) -> VersionView:
    if version is None:
        raise Missing
    return version_view(version)


def version_view(version: ProcessVersion) -> VersionView:
    """The version as others see it."""
    return VersionView(
        id=version.id,
        process=version.process.key,
        number=version.number,
        sha256=version.sha256,
        published_at=version.published_at,
        source=version.source,
        spec=from_data(version.compiled),
    )


def spec(version_id: int) -> Spec:
    """The process of a version. It is read from the database once per server process, since it never changes."""
    return _compiled(str(connection.settings_dict["NAME"]), version_id)


@lru_cache(maxsize=512)
def _compiled(_database: str, version_id: int) -> Spec:
    found = ProcessVersion.objects.only("compiled").filter(id=version_id).first()
    if found is None:
        raise Missing
    return from_data(found.compiled)


def newest_specs() -> dict[str, Spec]:
    """The newest version of every published process, by key: one small query."""
    return {key: spec(version_id) for key, version_id in dict(_VERSIONS()).items()}


_VERSIONS = Statement(
    lambda: ProcessVersion.objects.order_by("process__key", "number").values_list("process__key", "id")
)


def all_specs() -> dict[int, Spec]:
    """Every version of every process by its key, the newest last: one small query."""
    return {version_id: spec(version_id) for _key, version_id in _VERSIONS()}


def version_numbers(ids: Iterable[int]) -> dict[int, int]:
    """The numbers of versions by their key. They never change, so each is read once per server process."""
    database = str(connection.settings_dict["NAME"])
    return {version_id: _number(database, version_id) for version_id in set(ids)}


@lru_cache(maxsize=4096)
def _number(_database: str, version_id: int) -> int:
    return ProcessVersion.objects.values_list("number", flat=True).get(id=version_id)


def default_version() -> VersionView:
    """The newest version of the process that new deals start on; refused while none was chosen."""
    key = workspace().default_process
    if not key:
        raise Refusal("no_process")
    return get_version(key)


@cache
def library() -> tuple[LibraryItem, ...]:
    """The processes that ship with Etappe, by key."""
    folder = files("etappe.playbook") / "library"
    sources = sorted((path.name, path.read_text("utf-8")) for path in folder.iterdir() if path.name.endswith(".yaml"))
    return tuple(_library_item(source) for _, source in sources)


def _library_item(source: str) -> LibraryItem:
    process = compile_process(read(source))
    return LibraryItem(process.key, process.name, process.about, process.model, source, process)


def library_item(key: str) -> LibraryItem:
    """The shipped process with this key, or `Missing`."""
    for item in library():
        if item.key == key:
            return item
    raise Missing
