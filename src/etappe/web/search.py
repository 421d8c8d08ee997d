"""Search: places to go, things to make, and records by what one remembers. A page, and what the palette shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy
from django.views.decorators.http import require_GET

from etappe.core.fulltext import Piece, asked_words, pieces
from etappe.core.search import LONGEST, Hit, Rank, Sought, Subject, answers, note_on, read
from etappe.journal.labels import STATUSES, label, words
from etappe.records.mentions import ACTIVITY, EVIDENCE, NOTE, Mention, mentions
from etappe.records.search import search as find
from etappe.team.access import may
from etappe.team.views import views
from etappe.web import navigation
from etappe.web.addresses import address_of
from etappe.web.deals_words import goal
from etappe.web.lists_places import view_address
from etappe.web.shell import Request, show

SHOWN = 12
PLACES = 5

NEW = pgettext_lazy("palette", "create add new")
NEW_ACCOUNT = pgettext_lazy("palette", "create add new company organization")
NEW_PERSON = pgettext_lazy("palette", "create add new contact")
CREATE = (
    navigation.Destination("deal_create", _("Create a deal"), "layout-kanban", "deals.create", called=NEW),
    navigation.Destination("account_new", _("Add an account"), "building", "people.edit", called=NEW_ACCOUNT),
    navigation.Destination("person_new", _("Add a person"), "user-plus", "people.edit", called=NEW_PERSON),
    navigation.Destination("invite", _("Invite a colleague"), "mail", "team.administer"),
)
MORE = (navigation.Destination("attention", _("Deals needing attention"), "flag-exclamation", "deals.see"),)
EVERYWHERE = (*navigation.LIFECYCLE, *MORE, *navigation.RECORDS, *navigation.SETTINGS)
ICONS = {Subject.ACCOUNT: "building", Subject.PERSON: "user", Subject.DEAL: "layout-kanban"}
LABELS: dict[Subject, Promise] = {Subject.ACCOUNT: _("Account"), Subject.PERSON: _("Person"), Subject.DEAL: _("Deal")}
WRITTEN: dict[str, Promise] = {NOTE: _("Note"), ACTIVITY: _("Activity"), EVIDENCE: _("Evidence")}


@dataclass(frozen=True)
class Line:
    """Something to choose: a place, a thing to make, a record."""

    icon: str
    name: str | Promise
    url: str
    detail: str = ""
    kind: str | Promise = ""
    fill: str = ""
    """What the palette goes on with, instead of going to the address."""
    excerpt: tuple[Piece, ...] = ()
    """A text that says what was looked for, cut at those words."""


@dataclass(frozen=True)
class Group:
    """Lines under a heading."""

    key: str
    title: Promise
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class SearchPage:
    """What was looked for, and what there is."""

    text: str
    groups: tuple[Group, ...]
    longest: int = LONGEST


@require_GET
def search(request: Request) -> HttpResponse:
    """The page; for the palette only the choices."""
    text = request.GET.get("q", "")
    page = SearchPage(
        text[:LONGEST].replace("\x00", ""), tuple(group for group in _groups(request, text) if group.lines)
    )
    part = "choices" if "choices" in request.GET else "found"
    return show(request, "search/search.html", page, part=part)


def _groups(request: Request, text: str) -> Iterator[Group]:
    sought = read(text)
    on = note_on(text) if may(request.actor, "notes.write") else None
    if on:
        yield Group("note", _("Write a note on"), _records(find(request.actor, on, SHOWN), "note"))
    places = (*_places(request, EVERYWHERE, sought), *_views(request, sought))
    yield Group("go", _("Go to"), places[:PLACES] if text.strip() else places)
    create = Group("create", _("Create"), (*_places(request, CREATE, sought), *_note(request, sought)))
    if not sought.is_empty:
        yield create  # whoever types what it is called means it, and presses Enter
    hits = find(request.actor, text, SHOWN, loose=not on)
    similar = bool(hits) and hits[0].rank is Rank.SIMILAR
    yield Group("records", _("Nothing is called that. Similar names") if similar else _("Records"), _records(hits))
    if "choices" in request.GET:
        yield Group("said", _("In texts"), tuple(_to_texts(sought)))
    else:
        yield Group("said", _("In texts"), _mentions(mentions(request.actor, text), asked_words(text)))
    if sought.is_empty:
        yield create


def _to_texts(sought: Sought) -> Iterator[Line]:
    """The way from the palette, which looks for names alone, to the page that looks into texts as well."""
    if asked_words(sought.text):
        address = f"{reverse('search')}?{urlencode({'q': sought.text})}"
        yield Line("search", _("Look into notes and evidence, too"), address)


def _mentions(found: tuple[Mention, ...], asked: tuple[str, ...]) -> tuple[Line, ...]:
    """Texts that say what was looked for, leading to their record."""
    return tuple(
        Line(
            "note",
            each.name,
            address_of(each.subject.value)(each.uid),
            kind=WRITTEN[each.what],
            excerpt=pieces(each.text, asked),
        )
        for each in found
    )


def _note(request: Request, sought: Sought) -> Iterator[Line]:
    """The way to a note on a record: its name comes next."""
    label = _("Write a note on …")
    meant = sought.is_empty or answers(str(label), sought) or note_on(sought.text) == ""
    if meant and may(request.actor, "notes.write"):
        begun = f"{pgettext('palette', 'note')} "
        yield Line("note", label, f"{reverse('search')}?{urlencode({'q': begun})}", fill=begun)


def _places(request: Request, wanted: tuple[navigation.Destination, ...], sought: Sought) -> tuple[Line, ...]:
    """Places the viewer may go to, each address once; those the text means, if there is one."""
    found = navigation.places(request, request.actor, wanted)
    meant = (place for place in found if sought.is_empty or answers(f"{place.label} {place.called}", sought))
    lines: dict[str, Line] = {}
    for place in meant:
        lines.setdefault(place.url, Line(place.icon, place.label, place.url))
    return tuple(lines.values())


def _views(request: Request, sought: Sought) -> tuple[Line, ...]:
    """Saved views of lists that the text names."""
    if sought.is_empty:
        return ()
    called = (view for view in views(request.actor) if answers(view.name, sought))
    return tuple(Line("bookmark", view.name, view_address(view), kind=_("View")) for view in called)


def _records(hits: tuple[Hit, ...], part: str = "") -> tuple[Line, ...]:
    """Records that were found, leading to their page or to a part of it."""
    return tuple(
        Line(
            "note" if part else ICONS[hit.subject],
            hit.name,
            address_of(hit.subject.value)(hit.uid) + (f"#{part}" if part else ""),
            _detail(hit),
            LABELS[hit.subject],
        )
        for hit in hits
    )


def _detail(hit: Hit) -> str:
    """What tells a record from others of the same name."""
    if hit.subject is not Subject.DEAL:
        return " · ".join(hit.details)
    stands = goal(hit.stage) if hit.status == "open" else f"{label(STATUSES, hit.status)}, {words(hit.stage)}"
    return " · ".join((*hit.details, stands))
