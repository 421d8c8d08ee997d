"""Tags: put on a record and taken off, and the list of all that are in use."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from etappe.core.tags import split_tags
from etappe.deals import queries as deals
from etappe.deals.actions.tags import tag as tag_deal
from etappe.deals.queries.tags import deal_counts
from etappe.people import queries as people
from etappe.people.actions_tags import tag
from etappe.people.tags import COUNTED, people_counts, tag_names
from etappe.records.actions_tags import remove_tag, rename_tag
from etappe.team.access import require
from etappe.web.shell import Request, go, say, show


@dataclass(frozen=True)
class TagLine:
    """A tag with the records that have it."""

    name: str
    accounts: int
    people: int
    deals: int


@dataclass(frozen=True)
class TagsPage:
    """The tags in use; a count above `counted` says "more than"."""

    lines: tuple[TagLine, ...]
    counted: int = COUNTED


@require_POST
def account(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Tags of an account."""
    people.account_id(request.actor, uid)
    tag("account", uid, **_wanted(request), actor=request.actor, at=request.at)
    return go(request, "account", uid)


@require_POST
def person(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Tags of a person."""
    people.person_id(request.actor, uid)
    tag("person", uid, **_wanted(request), actor=request.actor, at=request.at)
    return go(request, "person", uid)


@require_POST
def deal(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Tags of a deal."""
    deals.deal_id(request.actor, uid)
    tag_deal(uid, **_wanted(request), actor=request.actor, at=request.at)
    return go(request, "deal", uid)


def _wanted(request: Request) -> dict[str, list[str]]:
    return {"add": split_tags(request.POST.get("add", "")), "remove": request.POST.getlist("remove")}


@require_GET
def offered(request: Request) -> HttpResponse:
    """The tags in use, as options for whoever puts one on a record."""
    return show(request, "parts/options.html", tag_names())


@require_GET
def tags(request: Request) -> HttpResponse:
    """All tags in use, with how many records have each."""
    require(request.actor, "workspace.edit")
    names = tag_names()
    accounts, persons = people_counts(names)
    owned = deal_counts(names)
    lines = tuple(TagLine(name, accounts[name], persons[name], owned[name]) for name in names)
    return show(request, "settings/tags.html", TagsPage(lines))


@require_POST
def rename(request: Request) -> HttpResponse:
    """A tag is called otherwise, or becomes one with another."""
    given = request.POST.get("called", "")
    count = rename_tag(request.POST.get("name", ""), given, actor=request.actor, at=request.at)
    say(request, ngettext("Changed on one record.", "Changed on {n} records.", count).format(n=count))
    return go(request, "settings_tags")


@require_POST
def remove(request: Request) -> HttpResponse:
    """A tag is taken off all records."""
    count = remove_tag(request.POST.get("name", ""), actor=request.actor, at=request.at)
    say(request, _("Taken off. Records that had it: {n}.").format(n=count))
    return go(request, "settings_tags")
