"""Which saved view a list is opened with: the one of the address, or the one that opens first for the viewer's team."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import pgettext

from etappe.core.errors import Missing
from etappe.records import lists
from etappe.records.lists import SINGULAR
from etappe.team.queries import as_uuid
from etappe.team.views import SHOWN_AS, ListView, get_view, views
from etappe.web.deals_filter import CONDITIONS
from etappe.web.lists import ALL, COUNTED, OF_VIEW
from etappe.web.lists_places import view_address
from etappe.web.lists_plain import as_conditions
from etappe.web.shell import Request, show

FOUND_BY_LOOKING = 12
PLACE = frozenset({"after", "month", "keep", "cards", "totals", COUNTED})
"""Parts of an address that say where in a list one is."""
BESIDE = PLACE | {"view", *OF_VIEW}
"""Parts of an address that narrow a list no further than its view."""


class ViewGone(Missing):
    """The view of the address was deleted, or is not for the viewer: nobody can tell which."""


@dataclass(frozen=True)
class Choice:
    """A view to choose, and where it opens."""

    view: ListView
    url: str


@dataclass(frozen=True)
class Opened:
    """The views that the viewer can choose from, and the one that is shown."""

    own: tuple[Choice, ...]
    others: tuple[Choice, ...]
    here: str
    shown: ListView | None = None
    is_changed: bool = False
    """Whether the list is another one than its view by now."""
    carried: str = ""
    """What the other pages of the same list are opened with, so that they show the same."""

    @property
    def all_url(self) -> str:
        """The page without a view."""
        return f"{self.here}?view={ALL}"

    @property
    def are_many(self) -> bool:
        """Whether there are more than one finds by looking."""
        return len(self.own) + len(self.others) > FOUND_BY_LOOKING

    @property
    def title(self) -> str:
        """What the menu is called."""
        return self.shown.name if self.shown else pgettext("menu", "Views")

    @property
    def all_title(self) -> str:
        """What the list is called without a view."""
        return pgettext("list", "All")


def open_view(request: Request, subject: str, shown_as: str = SHOWN_AS[0]) -> Opened:
    """Open the list with a view: what the address says itself takes the place of what the view says.

    Without one, the view opens that the viewer's team sees first on such a page (`shown_as`).

    From here on `request.GET` holds both, so that all links and forms of the page go on from them.
    """
    found = views(request.actor, SINGULAR[subject])
    shown = _shown(request, subject, found, shown_as)
    own = tuple(Choice(view, view_address(view)) for view in found if view.is_own)
    others = tuple(Choice(view, view_address(view)) for view in found if not view.is_own)
    given = request.GET = _spelled_out(request, subject, shown)  # type: ignore[assignment]  # changes no more
    carried = _carried(given, shown)
    if shown is None:
        return Opened(own, others, request.path, carried=carried)
    request.GET = _together(shown, given, subject)  # type: ignore[assignment]  # a copy that changes no more
    return Opened(own, others, request.path, shown, _is_changed(shown, given, subject), carried)


FORMS = {"deals": CONDITIONS | {"q"}, "accounts": {"q"}, "people": {"q", "account"}}
"""Parts of an address that the form above a list reads."""


def _spelled_out(request: Request, subject: str, shown: ListView | None) -> QueryDict:
    """The address with the fields that it names plainly (`?source=fair`) as conditions; what is no field stays."""
    plain = set(request.GET) - BESIDE - FORMS[subject]
    if plain:
        plain &= set(lists.registry_of(lists.subject_of(subject), request.actor).fields)
    return as_conditions(request.GET, plain, shown.where if shown else "") if plain else request.GET


def _carried(given: QueryDict, shown: ListView | None) -> str:
    left = given.copy()
    for name in PLACE:
        left.pop(name, None)
    if shown:
        left["view"] = str(shown.uid)
    return left.urlencode()


def _shown(request: Request, subject: str, found: list[ListView], shown_as: str) -> ListView | None:
    named = request.GET.get("view", "")
    if named == ALL:
        return None
    if named:
        try:
            return _named(request, subject, found, named)
        except Missing:
            raise ViewGone from None
    if request.GET:
        return None
    return next((view for view in found if view.opens and view.shown_as == shown_as), None)


def _named(request: Request, subject: str, found: list[ListView], name: str) -> ListView:
    uid = as_uuid(name)
    view = next((view for view in found if view.uid == uid), None) or get_view(request.actor, uid)
    if view.subject != SINGULAR[subject]:
        raise Missing
    return view


@dataclass(frozen=True)
class GonePage:
    """The way to the list without its view."""

    onward: str


def without_view(request: HttpRequest) -> HttpResponse:
    """That the view is gone, in the place of the list: one without its filter would pass for it.

    The way on leads to the list without it; what the address says itself stays.
    """
    left = request.GET.copy()
    left["view"] = ALL
    page = GonePage(f"{request.path}?{left.urlencode()}")
    return show(request, "errors/view_gone.html", page, part="panel", into="panel", status=404)


def parts_of(view: ListView) -> dict[str, str]:
    """What the view says, by the names in addresses."""
    return {"where": view.where, "columns": ",".join(view.columns), "sort": view.sort, "group": view.group}


def _together(view: ListView, given: QueryDict, subject: str) -> QueryDict:
    asked = given.copy()
    asked["view"] = str(view.uid)
    for name, value in parts_of(view).items():
        if name not in given and value:
            asked[name] = value
    if subject == "deals" and not given.get("status"):
        # A view lists what its filter says: no open deals are meant by themselves.
        asked["status"] = "all"
    asked._mutable = False
    return asked


def _is_changed(view: ListView, given: QueryDict, subject: str) -> bool:
    parts = parts_of(view)
    if any(name in given and str(given[name]).strip() != value for name, value in parts.items()):
        return True
    # The search box above accounts and people finds more than a filter can say; a view does not keep it.
    beside = BESIDE if subject == "deals" else BESIDE | {"q"}
    narrowing = {name: value for name, value in given.items() if value and name not in beside}
    return bool(narrowing) and narrowing != {"status": ALL}
