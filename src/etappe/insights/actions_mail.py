"""Asking to be mailed a figure, and what becomes of each mail."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import connection

from etappe.core.actor import Actor
from etappe.core.contact import clean_line, whole_number
from etappe.core.deal_fields import clean_text
from etappe.core.errors import Forbidden, Missing, Refusal
from etappe.core.filters import LENGTH
from etappe.core.kinds.insights import SubscriptionChanged, SubscriptionEnded, SubscriptionMade
from etappe.core.rhythm import DAYS, MONTHLY, RHYTHMS, WEEKLY, WORKDAYS, next_time
from etappe.insights.models import Subscription
from etappe.insights.queries import question
from etappe.insights.subscriptions import (
    FAILED,
    MORNING,
    NOTHING,
    SENDING,
    SENT,
    WAITING,
    SubscriptionView,
    by_token,
    require_mail,
    view,
)
from etappe.journal.record import action, record
from etappe.journal.values import as_json, columns_of
from etappe.journal.values import changes as differing
from etappe.team.access import Holder, require
from etappe.team.fields import LANGUAGES, Cleaner, one_of
from etappe.team.queries import as_uuid, user_by_id, workspace

MOST = 50
"""Figures that one colleague can be mailed."""
AT_ONCE = 500
"""Mails that fall due at once; the next ones a minute later."""
LONGEST = 500
"""Characters that are kept of what went wrong."""

ASKED: Final[Mapping[str, Cleaner]] = {
    "figure": clean_line,
    "by": clean_line,
    "where": lambda field, value: clean_text(field, value, LENGTH),
    "stage": clean_line,
    "within": clean_line,
    "window": clean_line,
}
WHEN: Final[Mapping[str, Cleaner]] = {
    "rhythm": one_of(RHYTHMS),
    "day": whole_number(1, max(DAYS.values())),
    "hour": whole_number(0, 23),
    "language": one_of(LANGUAGES),
}


@action
def subscribe(given: Mapping[str, Any], *, actor: Actor, at: datetime) -> SubscriptionView:
    """Be mailed a figure every week or month; who is mailed it already gets it at the new time.

    The figure `next_steps` is what waits for the reader on a working morning; its rhythm is `workdays`, and nothing
    narrows it.
    `given`: `figure` (its key) with what else it is asked for (`by`, `where`, `stage`, `within`, `window`), and
    `rhythm` (`weekly`, `monthly`), `day` (1 is Monday; of a month up to 31, in shorter ones their last day) and
    `hour` (0 to 23) in the workspace's zone. `language` is that of the mail for who chose none in the profile.
    What the mail holds is what its reader may see when it is sent.
    """
    require(actor, "figures.mail", Holder(actor.id, actor.team))
    if actor.id is None:
        raise Forbidden("forbidden", act="figures.mail")
    require_mail()
    asked, when = _cleaned(given)
    mine = Subscription.objects.filter(user_id=_alone(actor.id), ended_at__isnull=True)
    columns = _columns(asked, when["rhythm"], actor, at)
    row = mine.select_for_update().filter(**columns).first()
    next_at = next_time(when["rhythm"], when["on_day"], when["hour"], zone=workspace().zone, after=at)
    if row is None:
        if mine.count() >= MOST:
            raise Refusal("subscriptions_full", limit=MOST)
        row = Subscription(user_id=actor.id, **columns, **when, next_at=next_at)
        row.save(force_insert=True)
        told = SubscriptionMade(columns_of(row, Subscription.JOURNALED), str(row.uid), actor.label)
        record(told, actor=actor, at=at)
    elif changed := differing(row, when):
        for column in changed:
            setattr(row, column, when[column])
        row.next_at = next_at
        row.save(update_fields=[*changed, "next_at"])
        record(SubscriptionChanged(changed, str(row.uid), actor.label, row.figure), actor=actor, at=at)
    return view(row)


def _columns(asked: Mapping[str, Any], rhythm: str, actor: Actor, at: datetime) -> dict[str, Any]:
    """What is asked, as it is kept; figures and what waits each have rhythms of their own."""
    is_morning = asked["figure"] == MORNING
    if (rhythm == WORKDAYS) != is_morning:
        raise Refusal("unknown_choice", field="rhythm", choices=(WORKDAYS,) if is_morning else (WEEKLY, MONTHLY))
    if is_morning:
        return {"figure": MORNING, "split": "", "where": "", "options": {}}
    return question(asked, viewer=actor, now=at)


def _cleaned(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is asked, and when it is sent."""
    for field in given:
        if field not in {*ASKED, *WHEN}:
            raise Refusal("unknown_field", field=field, fields=(*ASKED, *WHEN))
    asked = {field: clean(field, given.get(field) or "") for field, clean in ASKED.items()}
    when = {field: clean(field, given.get(field, "")) for field, clean in WHEN.items()}
    rhythm, day = when["rhythm"], when.pop("day")
    if day is None or day > DAYS[rhythm]:
        raise Refusal("number_out_of_range", field="day", least=1, most=DAYS[rhythm])
    if when["hour"] is None:
        raise Refusal("number_out_of_range", field="hour", least=0, most=23)
    return asked, {**when, "on_day": day}


def _alone(user: int) -> int:
    """One after the other for each colleague, so that nobody is mailed the same twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('insights_subscription', %s))", [user])
    return user


@action
def unsubscribe(uid: uuid.UUID | str, *, actor: Actor, at: datetime) -> SubscriptionView:
    """Be mailed this no longer; ending it twice is ending it once. One ends one's own alone."""
    row = Subscription.objects.select_for_update().filter(uid=as_uuid(uid), user_id=actor.id or 0).first()
    if row is None:
        raise Missing
    require(actor, "figures.mail")
    return _ended(row, actor=actor, at=at)


@action
def unsubscribe_by_link(token: str, *, actor: Actor, at: datetime) -> SubscriptionView:
    """The same by the link in a mail, for which nobody has to sign in. Refuses a link that we did not make."""
    row = Subscription.objects.select_for_update().get(uid=by_token(token).uid)
    return _ended(row, actor=actor, at=at, by_link=True)


def _ended(row: Subscription, *, actor: Actor, at: datetime, by_link: bool = False) -> SubscriptionView:
    if row.ended_at is None:
        row.ended_at = at
        row.save(update_fields=["ended_at"])
        whose = user_by_id(row.user_id).name
        told = SubscriptionEnded(str(row.uid), whose, row.figure, as_json(at), by_link)
        record(told, actor=actor, at=at)
    return view(row)


# --- Sending: derived and no act of anybody, so the journal tells of none of it ---


@action
def fall_due(*, then: Callable[[str, datetime], object], actor: Actor, at: datetime) -> int:
    """Let every mail whose moment has come be sent once, by `then` in the same transaction; returns how many.

    What was missed while nothing ran is sent once, too, and as things stand now.
    """
    require(actor, "workspace.edit")
    running = Subscription.objects.filter(ended_at__isnull=True, next_at__lte=at).order_by("next_at", "id")
    rows = list(running.select_for_update(skip_locked=True)[:AT_ONCE])
    for row in rows:
        row.due_at, row.state, row.tries, row.problem = row.next_at, WAITING, 0, ""
        row.next_at = _next(row, at)
        then(str(row.uid), row.due_at)
    Subscription.objects.bulk_update(rows, ["due_at", "state", "tries", "problem", "next_at"])
    return len(rows)


@action
def follow_zone(*, actor: Actor, at: datetime) -> None:
    """Find anew when mails are next due, after the workspace's zone changed."""
    require(actor, "workspace.edit")
    rows = list(Subscription.objects.select_for_update().filter(ended_at__isnull=True, next_at__gt=at).order_by("id"))
    for row in rows:
        row.next_at = _next(row, at)
    Subscription.objects.bulk_update(rows, ["next_at"])


def _next(row: Subscription, at: datetime) -> datetime:
    return next_time(row.rhythm, row.on_day, row.hour, zone=workspace().zone, after=at)


@action
def hand_over(uid: str, due: datetime, *, actor: Actor, at: datetime) -> bool:
    """Whether this mail is to be sent now: once, whoever else asks. It counts as being handed over from now on."""
    return _became(uid, due, SENDING, "", actor=actor, at=at)


@action
def was_sent(uid: str, due: datetime, *, actor: Actor, at: datetime) -> bool:
    """The mail server took it."""
    return _became(uid, due, SENT, "", actor=actor, at=at, before=SENDING)


@action
def was_not_sent(uid: str, due: datetime, problem: str, *, again: bool, actor: Actor, at: datetime) -> bool:
    """The mail server did not take it: it waits to be sent `again`, or is given up."""
    return _became(uid, due, WAITING if again else FAILED, problem, actor=actor, at=at, before=SENDING)


@action
def had_nothing(uid: str, due: datetime, *, actor: Actor, at: datetime) -> bool:
    """There is nothing that its reader may see any more, so nothing is sent."""
    return _became(uid, due, NOTHING, "", actor=actor, at=at)


def _became(
    uid: str, due: datetime, state: str, problem: str, *, actor: Actor, at: datetime, before: str = WAITING
) -> bool:
    """Set what became of the mail that was due then; False where it is not, or no longer, `before`."""
    del at
    require(actor, "workspace.edit")
    row = Subscription.objects.select_for_update().filter(uid=uid, due_at=due, state=before).first()
    if row is None or (row.ended_at is not None and before == WAITING):
        return False
    row.state, row.problem, row.tries = state, problem[:LONGEST], row.tries + (state == SENDING)
    row.save(update_fields=["state", "problem", "tries"])
    return True
