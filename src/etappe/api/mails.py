"""Mails of figures over the API."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Literal

from ninja import Router, Schema, Status

from etappe.api.signin import Caller
from etappe.insights import actions_mail as actions
from etappe.insights.subscriptions import SubscriptionView, subscriptions

router = Router(tags=["figures"])


class SubscriptionOut(Schema):
    """A figure that the caller is mailed; `state` is what became of the last mail, which was due at `due_at`."""

    uid: uuid.UUID
    figure: str
    by: str | None
    where: str
    options: dict[str, str]
    rhythm: str
    day: int
    hour: int
    next_at: datetime
    due_at: datetime | None
    state: str
    problem: str


class SubscriptionGiven(Schema):
    """A figure to be mailed, asked as `GET /figures/{key}` takes it, and when.

    `next_steps` with the rhythm `workdays` is what waits for the caller, Monday to Friday, when something does.
    `day` is one of a week (1 is Monday) or month (in shorter months their last one), `hour` one of the workspace's
    zone; `language` is that of the mail for who chose none.
    """

    figure: str
    by: str = ""
    where: str = ""
    stage: str = ""
    within: str = ""
    window: str = ""
    rhythm: Literal["weekly", "monthly", "workdays"]
    day: int = 1
    hour: int
    language: Literal["", "de", "en"] = ""


@router.get("/subscriptions", response=list[SubscriptionOut])
def list_subscriptions(request: Caller) -> list[dict[str, Any]]:
    """The figures that the caller is mailed, what comes next first."""
    return [_plain(each) for each in subscriptions(request.actor)]


@router.post("/subscriptions", response={201: SubscriptionOut})
def make_subscription(request: Caller, body: SubscriptionGiven) -> Status[Any]:
    """Be mailed a figure; whoever is mailed exactly this already gets it at the new time."""
    return Status(201, _plain(actions.subscribe(body.dict(), actor=request.actor, at=request.at)))


@router.delete("/subscriptions/{uid}", response={204: None})
def end_subscription(request: Caller, uid: uuid.UUID) -> Status[None]:
    """Be mailed this no longer."""
    actions.unsubscribe(uid, actor=request.actor, at=request.at)
    return Status(204, None)


def _plain(each: SubscriptionView) -> dict[str, Any]:
    same = ("uid", "figure", "where", "options", "rhythm", "hour", "next_at", "due_at", "state", "problem")
    return {**{name: getattr(each, name) for name in same}, "by": each.split or None, "day": each.on_day}
