"""The loaders of a run, and what they share: owners, accounts, and the process that deals come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from etappe.core.actor import SYSTEM
from etappe.core.errors import Refusal
from etappe.core.headers import SKIP, FileKind
from etappe.core.process import Process, Status
from etappe.core.process_file import compile_process, read
from etappe.imports.loaders.accounts import AccountLoader, Accounts
from etappe.imports.loaders.activities import ActivityLoader, LinkLoader
from etappe.imports.loaders.base import Loader, Setting
from etappe.imports.loaders.deals import DealLoader
from etappe.imports.loaders.history import HistoryLoader
from etappe.imports.loaders.lists import ProductLoader, StageLoader, stage_names
from etappe.imports.loaders.owners import OwnerLoader, Owners
from etappe.imports.loaders.people import PersonLoader
from etappe.imports.loaders.places import Places
from etappe.imports.plan import CLOSED, NEW, FileMap, Plan
from etappe.playbook import queries as playbook
from etappe.playbook.proposal import Proposal, propose_from_stages

_PLAIN: Mapping[FileKind | None, type[Loader]] = {
    FileKind.OWNERS: OwnerLoader,
    FileKind.PRODUCTS: ProductLoader,
    FileKind.STAGES: StageLoader,
    FileKind.ACTIVITIES: ActivityLoader,
    FileKind.LINKS: LinkLoader,
}
"""Loaders that share nothing with others."""


@dataclass
class Rooms:
    """What the loaders of one run work with."""

    setting: Setting
    owners: Owners
    accounts: Accounts
    places: Places

    @classmethod
    def of(cls, setting: Setting, places: Places) -> Rooms:
        """For a run whose process is published."""
        return cls(setting, Owners(setting), Accounts(setting), places)

    @classmethod
    def for_checking(cls, setting: Setting) -> Rooms:
        """For going through rows before any process is published."""
        return cls.of(setting, places_of(setting.plan, None))

    def loader(self, file: FileMap) -> Loader:
        """The loader for a file's rows."""
        if file.kind in _PLAIN:
            return _PLAIN[file.kind](self.setting, file)
        match file.kind:
            case FileKind.ACCOUNTS:
                return AccountLoader(self.setting, file, self.owners)
            case FileKind.PEOPLE:
                return PersonLoader(self.setting, file, self.owners, self.accounts)
            case FileKind.HISTORY:
                return HistoryLoader(self.setting, file, self._named_places())
            case _:
                return DealLoader(self.setting, file, self.owners, self.accounts, self._named_places())

    def _named_places(self) -> Places:
        """The places with the names that a file of stages gives them, which has come in before."""
        return replace(self.places, names=stage_names(self.setting.book("stage")))


def proposal_of(plan: Plan) -> Proposal:
    """The process that the plan's new stages make."""
    published = {process.key for process in playbook.processes(SYSTEM)}
    return propose_from_stages([_label(value, target) for value, target in new_stages(plan).items()], published)


def new_stages(plan: Plan) -> Mapping[str, str]:
    """The stages that a process is to be proposed from, in their order."""
    return {value: target for value, target in plan.stages.items() if target.partition(":")[0] == NEW}


def _label(value: str, target: str) -> str:
    return target.partition(":")[2].strip() or value


def resolved(plan: Plan, proposal: Proposal) -> Plan:
    """The plan with the stages that its new process gave them."""
    first = next(iter(proposal.stages.values()), "")
    fresh = {value: proposal.stages.get(_label(value, target), first) for value, target in new_stages(plan).items()}
    return replace(plan, process=proposal.key, stages={**plan.stages, **fresh})


def places_of(plan: Plan, version: int | None) -> Places:
    """Where stages and statuses lead. Without a published version the process is only what it would be."""
    if version is None:
        plan, process = _expected(plan)
        return Places(0, process, _targets(plan, process), _statuses(plan))
    process = playbook.spec(version)
    return Places(version, process, _targets(plan, process), _statuses(plan))


def _expected(plan: Plan) -> tuple[Plan, Process]:
    if plan.process != NEW:
        return plan, playbook.get_version(plan.process).spec
    proposal = proposal_of(plan)
    return resolved(plan, proposal), compile_process(read(proposal.source))


def _targets(plan: Plan, process: Process) -> dict[str, tuple[str, Status]]:
    return {value: _target(value, target, process) for value, target in plan.stages.items() if target != SKIP}


def _target(value: str, target: str, process: Process) -> tuple[str, Status]:
    if target in {status.value for status in CLOSED}:
        return "", Status(target)
    if target not in process.order:
        raise Refusal("import_stage_unmapped", stage=value, target=target, stages=tuple(process.order))
    return target, Status.OPEN


def _statuses(plan: Plan) -> dict[str, Status]:
    try:
        return {value: Status(target) for value, target in plan.statuses.items()}
    except ValueError as error:
        raise Refusal("import_map_unusable", why="unknown_status", detail=str(error)) from None
