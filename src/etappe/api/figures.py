"""Figures over the API."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from ninja import Query, Router, Schema

from etappe.api import shapes
from etappe.api.signin import Caller
from etappe.insights import queries
from etappe.insights.forecast import stored
from etappe.insights.process import model
from etappe.team import actions as team
from etappe.team.access import require
from etappe.team.queries import workspace

router = Router(tags=["figures"])


@router.get("/figures", response=list[str])
def list_figures(request: Caller) -> list[str]:
    """The keys of all figures, those that wait for data last."""
    del request
    return [*queries.keys(), *queries.waiting()]


@router.get("/forecast", response=dict[str, Any])
def get_forecast(request: Caller, by: str | None = None, of: str | None = None, skip: int = 0) -> Any:
    """The newest forecast over the deals the caller sees: months, quarters, segments, 50 deals from `skip` on.

    With `of`, the key of one of the segments, all of it is about that segment alone (`segment`). Before the first one
    was made, `is_made` is false and nothing else is there.
    """
    found = stored.report(request.actor, by=by, of=of, skip=max(0, skip))
    return {"is_made": False} if found is None else {"is_made": True, **stored.as_json(found)}


@router.get("/forecast/backtest", response=dict[str, Any])
def get_backtest(request: Caller) -> Any:
    """How forecasts turned out: months as they would have been said 1, 2, 3 and 6 months before, and what came."""
    newest = stored.turned_out(request.actor)
    if newest is None:
        return {"is_made": False}
    return {
        "is_made": True,
        "day": newest.day.isoformat(),
        "currency": newest.currency,
        "method": newest.method,
        **newest.found,
    }


@router.get("/sales-model", response=shapes.SalesModelOut)
def get_sales_model(request: Caller) -> Any:
    """The sales model as measured over the deals the caller sees, beside the answers to the four questions."""
    return model.as_json(model.run(request.actor, request.at))


@router.get("/sales-model/words", response=dict[str, str])
def get_source_words(request: Caller) -> Any:
    """What words of sources, or whole sources, are said to mean here, beside what they usually mean."""
    require(request.actor, "figures.see")
    return workspace().source_words


@router.post("/sales-model/words", response=dict[str, str])
def place_sources(request: Caller, given: shapes.SourceWords) -> Any:
    """Say what words, or whole sources, mean: `inbound`, `outbound`, `partners`, `self_service`, or `nothing`.

    Answers with all that is said of words.
    """
    return team.place_sources(given.words, actor=request.actor, at=request.at)


@router.get("/forecast/changes/{reason}", response=dict[str, Any])
def get_changes(request: Caller, reason: str, skip: int = 0) -> Any:
    """The deals behind one reason of what changed since last week: 50 from `skip` on, those that changed most first.

    Before a forecast of an earlier week was kept, `is_compared` is false and nothing else is there.
    """
    found = stored.because(request.actor, reason, skip=max(0, skip))
    return {"is_compared": False} if found is None else {"is_compared": True, **stored.because_as_json(found)}


class FigureAsked(Schema):
    """What a figure can be asked for; `stage`, `within` and `window` are for `passed_and_won` alone."""

    by: str | None = None
    as_of: date | None = None
    where: str = ""
    stage: str = ""
    within: str = ""
    window: str = ""


@router.get("/deals/{uid}/forecast", response=dict[str, Any])
def get_deal_forecast(request: Caller, uid: UUID) -> Any:
    """What is said about one open deal: its chance, the days by which 10, 50 and 90 % of its wins have come, and why.

    After it moved it is said anew from the curves of the newest forecast. Where nothing is said, `is_said` is false:
    the deal is over, or came after the forecast was made.
    """
    found = stored.of_deal(request.actor, uid)
    return {"is_said": False} if found is None else {"is_said": True, **stored.deal_as_json(found)}


@router.get("/figures/{key}", response=shapes.FigureOut)
def get_figure(request: Caller, key: str, asked: Query[FigureAsked]) -> Any:
    """A figure over the deals the caller sees, now or as of a past day, split by a field or not.

    `where` is a filter as lists take it; only the deals count that it leaves today. `passed_and_won` takes a `stage`
    (its key, or `process:stage`), the days `within` which deals are won from there, and the `window` in days.
    """
    options = {"stage": asked.stage, "within": asked.within, "window": asked.window}
    found = queries.report(
        key,
        viewer=request.actor,
        by=asked.by,
        as_of=asked.as_of,
        where=asked.where,
        options=options,
        now=request.at,
    )
    return found.as_json()
