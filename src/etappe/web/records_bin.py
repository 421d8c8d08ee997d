"""The recycle bin: deleting a record, what lies there, and bringing it back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from etappe.core.bin import DAYS
from etappe.core.errors import Forbidden, Missing
from etappe.core.page import Count
from etappe.deals import queries as deals
from etappe.people import queries as people
from etappe.records import bin as recycle
from etappe.records.bin import Binned
from etappe.web.deals_answers import seen_of
from etappe.web.shell import Request, go, say, show

ROUTES = {"account": "accounts", "person": "people", "deal": "deals"}
"""The list that a record belongs to, and the word in its address."""

TABS = (
    ("account", gettext_lazy("Accounts")),
    ("person", gettext_lazy("People")),
    ("deal", gettext_lazy("Deals")),
)


@dataclass(frozen=True)
class Tab:
    """One kind of record in the recycle bin."""

    subject: str
    label: str | Promise
    is_here: bool


@dataclass(frozen=True)
class BinPage:
    """What lies in the recycle bin; some of it the viewer `may_restore`."""

    subject: str
    may_restore: bool
    rows: tuple[Binned, ...]
    count: Count
    tabs: tuple[Tab, ...]
    days: int
    first: str
    next: str


@dataclass(frozen=True)
class GonePage:
    """A record that lies in the recycle bin."""

    record: Binned
    list: str
    days: int

    @property
    def restore(self) -> str:
        """Where it is brought back."""
        return reverse(f"{self.record.subject}_restore", args=[self.record.uid])


@dataclass(frozen=True)
class DeletePage:
    """The question before a record is deleted."""

    subject: str
    name: str
    back: str
    seen: int
    days: int


@require_GET
def recycle_bin(request: Request) -> HttpResponse:
    """Accounts, people or deals in the recycle bin, deleted last first."""
    subject = request.GET.get("of", "account")
    after = request.GET.get("after") or None
    page = recycle.binned(request.actor, subject, request.at, after)
    own = reverse("bin") + f"?of={subject}"
    return show(
        request,
        "records/bin.html",
        BinPage(
            subject=subject,
            may_restore=any(row.may_restore for row in page.rows),
            rows=page.rows,
            count=page.count,
            tabs=tuple(Tab(key, label, key == subject) for key, label in TABS),
            days=DAYS,
            first=own if after else "",
            next=f"{own}&after={page.after}" if page.after else "",
        ),
    )


View = Callable[..., HttpResponse]


def or_gone(subject: str) -> Callable[[View], View]:
    """Let a record's page say that the record lies in the recycle bin, or lead to the one it was merged into."""

    def around(view: View) -> View:
        @wraps(view)
        def shown(request: Request, uid: uuid.UUID) -> HttpResponse:
            try:
                return view(request, uid)
            except Missing:
                found = recycle.gone(request.actor, subject, uid, request.at)
                if found is None:
                    raise
            if found.into is not None:
                return go(request, subject, found.into)
            page = GonePage(found, reverse(ROUTES[subject]), DAYS)
            return show(request, "records/gone.html", page, status=410)

        return shown

    return around


@require_http_methods(["GET", "POST"])
def delete(request: Request, uid: uuid.UUID, subject: str) -> HttpResponse:
    """Ask, then put the record into the recycle bin; the message offers to take it back."""
    if request.method != "POST":
        return show(request, "records/delete.html", _question(request, subject, uid))
    recycle.archive(subject, uid, seen=seen_of(request), actor=request.actor, at=request.at)
    say(request, _("Deleted."), undo=reverse(f"{subject}_restore", args=[uid]))
    return go(request, ROUTES[subject])


def _question(request: Request, subject: str, uid: uuid.UUID) -> DeletePage:
    name, version, may_delete = _named(request, subject, uid)
    if not may_delete:
        raise Forbidden("forbidden", act="records.delete")
    return DeletePage(subject, name, reverse(subject, args=[uid]), version, DAYS)


def _named(request: Request, subject: str, uid: uuid.UUID) -> tuple[str, int, bool]:
    """The record's name, its version, and whether the viewer may delete it."""
    if subject == "deal":
        deal = deals.get_deal(request.actor, uid)
        return deal.row.name, deal.row.version, deal.may_edit
    found = people.get_account(request.actor, uid) if subject == "account" else people.get_person(request.actor, uid)
    return found.name, found.version, recycle.may_delete(request.actor, subject, found.id)


@require_POST
def restore(request: Request, uid: uuid.UUID, subject: str) -> HttpResponse:
    """Bring a record back."""
    recycle.restore(subject, uid, actor=request.actor, at=request.at)
    say(request, _("Brought back."))
    return go(request, subject, uid)
