"""The history of a record's fields: every value with who and when, and bringing one back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from etappe.core.actor import Actor
from etappe.deals import queries as deals
from etappe.journal.labels import FIELDS, label
from etappe.journal.own_values import value_text
from etappe.journal.texts import Names, value_said
from etappe.people.fields import reference_names
from etappe.people.scope import visible_accounts
from etappe.records import history as past
from etappe.records.history import FieldHistory, History
from etappe.team import queries as team
from etappe.team.access import may
from etappe.web.deals_answers import seen_of
from etappe.web.shell import Request, go, say, show


@dataclass(frozen=True)
class Told:
    """A value in words."""

    entry: int
    text: str
    at: datetime
    by: str
    is_now: bool


@dataclass(frozen=True)
class Line:
    """A field with all its values, the newest first."""

    column: str
    label: str
    values: tuple[Told, ...]


@dataclass(frozen=True)
class HistoryPage:
    """A record's fields over time."""

    subject: str
    name: str
    version: int
    lines: tuple[Line, ...]
    back: str
    may_edit: bool


@require_http_methods(["GET", "POST"])
def history(request: Request, uid: uuid.UUID, subject: str) -> HttpResponse:
    """The fields of a record over time; a POST brings one value back."""
    if request.method == "POST":
        column, entry = request.POST.get("field", ""), request.POST.get("entry", "")
        number = int(entry) if entry.isascii() and entry.isdigit() and len(entry) < 19 else 0
        past.bring_back(subject, uid, column, number, seen=seen_of(request) or 0, actor=request.actor, at=request.at)
        say(request, _("Brought back."))
        return go(request, f"{subject}_history", uid)
    found = past.history(request.actor, subject, uid)
    names = _names(request.actor, found)
    page = HistoryPage(
        subject=subject,
        name=found.name,
        version=found.version,
        lines=tuple(_line(field, found, names) for field in found.fields),
        back=reverse(subject, args=[uid]),
        may_edit=_may_edit(request.actor, subject, uid),
    )
    return show(request, "records/history.html", page)


def _line(field: FieldHistory, found: History, names: Names) -> Line:
    own = found.own.get(field.column)

    def said(raw: Any) -> str:
        return value_text(own, raw, names.people) if own else value_said(field.column, raw, names)

    values = (Told(each.entry, said(each.raw), each.at, each.by, each.is_now) for each in field.values)
    return Line(field.column, own.name if own else label(FIELDS, field.column), tuple(values))


def _may_edit(viewer: Actor, subject: str, uid: uuid.UUID) -> bool:
    return deals.get_deal(viewer, uid).may_edit if subject == "deal" else may(viewer, "people.edit")


def _teams(found: History) -> dict[str, str]:
    keys = (value.raw for field in found.fields if field.column == "team_id" for value in field.values)
    return {str(key): ref.name for key, ref in team.team_names(keys).items()}


def _names(viewer: Actor, found: History) -> Names:
    """What keys are called: colleagues, and the accounts that the viewer sees."""
    raws: set[Any] = {
        value.raw for field in found.fields if field.column in ("parent_id", "account_id") for value in field.values
    }
    keys = raws - {None}
    own = (
        (found.own[field.column].kind, value.raw)
        for field in found.fields
        if field.column in found.own
        for value in field.values
        if value.raw is not None
    )
    seen = visible_accounts(viewer).filter(id__in=keys).values_list("id", "name") if keys else ()
    return Names(
        users=team.colleague_names(),
        teams=_teams(found),
        people=reference_names(own, viewer),
        accounts={str(key): "…" for key in keys} | {str(key): name for key, name in seen},
        currency=found.currency,
    )
