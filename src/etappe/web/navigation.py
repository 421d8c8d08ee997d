"""Where one can go. The rail shows the lifecycle; what does not exist yet, or is not this viewer's, does not show."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from etappe.core.actor import Actor
from etappe.team.access import may


@dataclass(frozen=True)
class Destination:
    """A place in the navigation. `act` is what a viewer must be permitted; `letter` follows `g` on the keyboard.

    `route` names the page; one that no module declares is left out, so the lifecycle fills up as pages come. Pages
    below `also` belong to it too.
    """

    route: str
    label: Promise
    icon: str
    act: str = ""
    letter: str = ""
    also: str = "-"
    called: Promise | str = ""
    """Further words that people look for it by, as other programs say them."""


@dataclass(frozen=True)
class Place:
    """A destination as this viewer sees it on this page. Its address says which one it is."""

    label: Promise = field(compare=False)
    icon: str
    url: str
    letter: str
    is_here: bool
    called: Promise | str = field(compare=False)


_DEALS = pgettext_lazy("palette", "opportunities pipeline")
_REPORTS = pgettext_lazy("palette", "reports metrics")
_COMPANIES = pgettext_lazy("palette", "companies organizations")
_CONTACTS = pgettext_lazy("palette", "persons contacts")
LIFECYCLE = (
    Destination("today", _("Today"), "sun", letter="t"),
    Destination("leads", _("Leads"), "magnet", "deals.see", "l"),
    Destination(
        "deals",
        _("Deals"),
        "layout-kanban",
        "deals.see",
        "d",
        called=_DEALS,
    ),
    Destination("customers", _("Customers"), "heart-handshake", "deals.see", "c"),
    Destination("marketing", _("Marketing"), "speakerphone", "deals.see", "m"),
    Destination("figures", _("Figures"), "chart-bar", "figures.see", "f", called=_REPORTS),
    Destination("playbook", _("Playbook"), "route", "playbook.see", "p", also="/drafts/"),
)
RECORDS = (
    Destination("accounts", _("Accounts"), "building", letter="a", called=_COMPANIES),
    Destination("people", _("People"), "users", letter="k", called=_CONTACTS),
    Destination("inspection", _("Inspection"), "eye-check", "deals.inspect", "i"),
    Destination("import", _("Import"), "file-import", "imports.run"),
    Destination("duplicates", _("Duplicates"), "copy", "people.edit"),
    Destination("bin", _("Recycle bin"), "trash", "records.delete"),
)
OWN = (
    Destination("settings_profile", _("My settings"), "user"),
    Destination("settings_team", _("Colleagues and teams"), "users-group", "team.administer"),
    Destination("settings_workspace", _("Workspace"), "settings", "workspace.edit"),
)
SETTINGS = (
    Destination("settings_profile", _("Profile"), "user"),
    Destination("settings_safety", _("Security"), "shield-lock", also="/account/"),
    Destination("settings_tokens", _("API tokens"), "key", "tokens.own"),
    Destination("settings_mails", _("Mails"), "mail", "figures.mail"),
    Destination("settings_team", _("Colleagues and teams"), "users-group", "team.administer"),
    Destination("settings_workspace", _("Workspace"), "settings", "workspace.edit"),
    Destination("settings_fields", _("Fields"), "table", "workspace.edit"),
    Destination("exports", _("Export"), "download", "exports.run"),
    Destination("settings_tags", _("Tags"), "note", "workspace.edit"),
)
TABS = ("today", "deals", "accounts", "figures")


def places(request: HttpRequest, viewer: Actor, destinations: tuple[Destination, ...]) -> tuple[Place, ...]:
    """The destinations that exist and that the viewer may use."""
    found = [(each, address(each.route)) for each in destinations if not each.act or may(viewer, each.act)]
    here = _here(request.path, [(each, url) for each, url in found if url])
    return tuple(
        Place(each.label, each.icon, url, each.letter, each is here, each.called) for each, url in found if url
    )


def _here(path: str, found: list[tuple[Destination, str]]) -> Destination | None:
    """The destination that the path lies deepest in."""
    around = [(len(url), each) for each, url in found if _is_below(path, url) or path.startswith(each.also)]
    return max(around, key=lambda pair: pair[0])[1] if around else None


def tabs(request: HttpRequest, viewer: Actor) -> tuple[Place, ...]:
    """The few places at the bottom of a phone."""
    return places(request, viewer, tuple(each for each in (*LIFECYCLE, *RECORDS) if each.route in TABS))


@lru_cache(maxsize=64)
def address(route: str) -> str:
    """The address of a named page, or nothing where no module declares it."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


def _is_below(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
