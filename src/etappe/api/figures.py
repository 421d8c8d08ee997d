"""Figures over the API."""

from __future__ import annotations

from datetime import date
from typing import Any

from ninja import Router

from etappe.api import shapes
from etappe.api.signin import Caller
from etappe.insights import queries

router = Router(tags=["figures"])


@router.get("/figures", response=list[str])
def list_figures(request: Caller) -> list[str]:
    """The keys of all figures, those that wait for data last."""
    del request
    return [*queries.keys(), *queries.waiting()]


@router.get("/figures/{key}", response=shapes.FigureOut)
def get_figure(request: Caller, key: str, by: str | None = None, as_of: date | None = None, where: str = "") -> Any:
    """A figure over the deals the caller sees, now or as of a past day, split by a field or not.

    `where` is a filter as lists take it; only the deals count that it leaves today.
    """
    return queries.report(key, viewer=request.actor, by=by, as_of=as_of, where=where, now=request.at).as_json()
