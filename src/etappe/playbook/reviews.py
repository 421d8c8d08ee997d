"""Reading reviews of processes: what is planned, what is due, what came of them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from etappe.core.actor import Actor
from etappe.core.errors import Missing
from etappe.core.process import Words
from etappe.playbook.models import Process, Review
from etappe.playbook.queries import newest_specs
from etappe.team.access import may, require
from etappe.team.queries import user_names

SHOWN = 20


@dataclass(frozen=True)
class HeldReview:
    """A review that took place."""

    held_on: date
    by: str
    result: str


@dataclass(frozen=True)
class ReviewView:
    """The reviews of a process: the next one, and those there were, newest first."""

    process: str
    on: date | None
    owner: uuid.UUID | None
    owner_name: str
    held: tuple[HeldReview, ...]
    may_plan: bool
    may_hold: bool


@dataclass(frozen=True)
class ReviewDue:
    """A process that is to be looked at again."""

    process: str
    name: Words
    on: date


def review_of(viewer: Actor, key: str) -> ReviewView:
    """What is planned for a process, and what came of earlier reviews."""
    require(viewer, "playbook.see")
    process = Process.objects.filter(key=key).first() if "\x00" not in key else None
    if process is None:
        raise Missing
    held = list(Review.objects.filter(process=process).order_by("-id")[:SHOWN])
    names = user_names([process.review_by, *(each.held_by for each in held)])
    owner = names.get(process.review_by or 0)
    plans = may(viewer, "playbook.publish")
    return ReviewView(
        process=key,
        on=process.review_on,
        owner=owner.uid if owner else None,
        owner_name=owner.name if owner else "",
        held=tuple(
            HeldReview(each.held_on, names[each.held_by].name if each.held_by in names else "", each.result)
            for each in held
        ),
        may_plan=plans,
        may_hold=plans or (viewer.id is not None and process.review_by == viewer.id),
    )


def reviews_due(viewer: Actor, today: date) -> tuple[ReviewDue, ...]:
    """Processes whose review the viewer is to do by today; one that nobody is to do is everybody's who may publish."""
    found = Process.objects.filter(review_on__lte=today).order_by("review_on", "key")
    mine = [
        process
        for process in found
        if (process.review_by == viewer.id if process.review_by else may(viewer, "playbook.publish"))
    ]
    specs = newest_specs() if mine else {}
    return tuple(
        ReviewDue(process.key, specs[process.key].name, process.review_on)
        for process in mine
        if process.key in specs and process.review_on
    )
