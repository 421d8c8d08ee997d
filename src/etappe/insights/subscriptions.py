"""Reading who is mailed which figure, and when."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet

from etappe.core.actor import Actor
from etappe.core.errors import Missing, Refusal
from etappe.insights.models import Subscription
from etappe.insights.queries import question
from etappe.team.access import require
from etappe.team.queries import as_uuid

WAITING, SENDING, SENT, FAILED, NOTHING = "waiting", "sending", "sent", "failed", "nothing"
STATES: Final = (WAITING, SENDING, SENT, FAILED, NOTHING)
"""What became of a mail: it waits to be sent, is being handed to the mail server (where it stays if the process was
killed in that moment: it is not sent twice), was taken by it, was given up; or there was nothing to be seen."""
MORNING: Final = "next_steps"
"""Stands in the place of a figure for the mail of a working morning: what waits for its reader."""
_SIGNER: Final = Signer(salt="insights.subscription", sep=".")


@dataclass(frozen=True)
class SubscriptionView:
    """A figure that somebody is mailed. Of the last mail `due_at`, `state`, `tries` and `problem` tell."""

    uid: uuid.UUID
    user_id: int
    figure: str
    split: str
    where: str
    rhythm: str
    on_day: int
    hour: int
    language: str
    next_at: datetime
    due_at: datetime | None
    state: str
    tries: int
    problem: str
    ended_at: datetime | None
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def token(self) -> str:
        """What ends it without a sign-in: its name, signed."""
        return _SIGNER.sign(str(self.uid))


def view(row: Subscription) -> SubscriptionView:
    """The subscription as others see it."""
    return SubscriptionView(**{name: getattr(row, name) for name in SubscriptionView.__dataclass_fields__})


def subscriptions(viewer: Actor) -> list[SubscriptionView]:
    """What the viewer is mailed, what comes next first."""
    require(viewer, "figures.see")
    return [view(row) for row in _running(viewer).order_by("next_at", "id")]


def subscribed(viewer: Actor, asked: Mapping[str, Any], at: datetime) -> SubscriptionView | None:
    """The viewer's own subscription to exactly this, if there is one; `asked` is as `queries.question` takes it."""
    columns = question(asked, viewer=viewer, now=at)
    row = _running(viewer).filter(**columns).first()
    return view(row) if row else None


def morning(viewer: Actor) -> SubscriptionView | None:
    """The viewer's mail of a working morning, if they asked for it."""
    row = _running(viewer).filter(figure=MORNING).first()
    return view(row) if row else None


def _running(viewer: Actor) -> QuerySet[Subscription]:
    """What the viewer is mailed; who is no colleague is mailed nothing."""
    return Subscription.objects.filter(user_id=viewer.id or 0, ended_at__isnull=True)


def by_uid(uid: uuid.UUID | str) -> SubscriptionView:
    """The subscription of this name, whoever's it is; `Missing` where there is none."""
    row = Subscription.objects.filter(uid=as_uuid(uid)).first()
    if row is None:
        raise Missing
    return view(row)


def by_token(token: str) -> SubscriptionView:
    """The subscription that a link in a mail means; refuses a link that we did not make."""
    try:
        return by_uid(_SIGNER.unsign(token))
    except (BadSignature, Missing):
        raise Refusal("mail_link_invalid") from None


def require_mail() -> None:
    """Refuse where no mail server is set up."""
    if not settings.EMAIL_HOST:
        raise Refusal("mail_not_set_up")
