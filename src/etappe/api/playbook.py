"""Processes over the API."""

from __future__ import annotations

from typing import Any

from ninja import Router, Status

from etappe.api import shapes
from etappe.api.signin import Caller
from etappe.playbook import actions, queries
from etappe.team.access import require

router = Router(tags=["playbook"])


@router.get("/processes", response=list[shapes.ProcessOut])
def list_processes(request: Caller) -> list[dict[str, Any]]:
    """The processes with their newest version."""
    require(request.actor, "playbook.see")
    return [
        vars(process) | {"name": dict(process.name), "number": process.newest.number}
        for process in queries.processes(request.actor)
    ]


@router.get("/processes/{key}", response=shapes.ProcessVersionOut)
def get_process(request: Caller, key: str, number: int | None = None) -> dict[str, Any]:
    """A version of a process as it was written; the newest where no number is given."""
    require(request.actor, "playbook.see")
    return _version(queries.get_version(key, number))


@router.post("/processes", response={201: shapes.ProcessVersionOut})
def publish_process(request: Caller, body: shapes.Source) -> Status[Any]:
    """Publish a version of a process; the same source again changes nothing."""
    return Status(201, _version(actions.publish(body.source, actor=request.actor, at=request.at)))


def _version(version: queries.VersionView) -> dict[str, Any]:
    return {
        "key": version.process,
        "number": version.number,
        "published_at": version.published_at,
        "source": version.source,
    }
