"""Where a list is shown: as a table, a board, a calendar or as figures, and what narrows it there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeGuard
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from etappe.core.errors import Refusal
from etappe.core.filters import EVERYTHING, LENGTH, Condition, Node, Op, all_of, parts_of, written
from etappe.core.process import Process
from etappe.core.values import fold_key
from etappe.insights.queries import keys
from etappe.journal.filtering import compiled
from etappe.journal.refusals import Said, text
from etappe.records import lists
from etappe.records.lists import SINGULAR, SUBJECTS, Subject
from etappe.team.access import may
from etappe.team.views import ListView
from etappe.web.deals_filter import Filters
from etappe.web.lists import Chip, State, chips_of, tidied
from etappe.web.shell import Request, today

ROUTES: Mapping[str, str] = {"table": "deals", "board": "deals_board", "calendar": "deals_calendar"}
"""The pages that show deals, by what a view opens as."""
PAGES: Mapping[str, Promise] = {"table": _("Table"), "board": _("Board"), "calendar": _("Calendar")}
LISTS = {singular: plural for plural, singular in SINGULAR.items()}
FIGURES = "figures"
OTHER_PAGE = "as"
"""The part of an address that says what a list is shown as, where that is no table."""


@dataclass(frozen=True)
class Bar:
    """What stands above deals that are no table: their conditions, and what a view would keep."""

    subject: str
    where: str
    chips: tuple[Chip, ...]
    query: str
    """The query for the filter's page, which leads back here."""
    asked: tuple[tuple[str, str], ...]
    shown_as: str
    figures: str = ""
    problem: Said | None = None

    @property
    def asked_query(self) -> str:
        """What a view of this page keeps, as a query."""
        return urlencode((*self.asked, ("shown_as", self.shown_as)))


def bar_of(request: Request, state: State, place: str, figures: str = "") -> Bar:
    """The conditions of the page; what is wrong with them is told."""
    problem = state.problem
    chips: tuple[Chip, ...] = ()
    if problem is None and state.where != EVERYTHING:
        known = lists.registry_of(state.subject, request.actor)
        try:
            compiled(state.where, known, lists.asker_of(request.actor, today(request)))
            chips = chips_of(request, state, known)
        except Refusal as refusal:
            problem = text(refusal)
    query = request.GET.copy()
    query[OTHER_PAGE] = place
    view = {name: request.GET.get(name, "") for name in ("columns", "sort", "group")}
    return Bar(
        subject=state.subject.key,
        where=state.text[:LENGTH],
        chips=chips,
        query=query.urlencode(),
        asked=(("where", written(state.wanted.where)), *view.items()),
        shown_as=place,
        figures=figures,
        problem=problem,
    )


def list_address(subject: Subject, query: QueryDict) -> str:
    """The address of a list with this query, on the page that the query names."""
    asked = tidied(query)
    place = "".join(str(each) for each in asked.pop(OTHER_PAGE, [])[-1:])
    return list_page(subject, place) + (f"?{asked.urlencode()}" if asked else "")


def view_address(found: ListView, shown_as: str = "") -> str:
    """Where the list is shown with the view: as it says, or otherwise."""
    return f"{list_page(SUBJECTS[LISTS[found.subject]], shown_as or found.shown_as)}?view={found.uid}"


def list_page(subject: Subject, place: str) -> str:
    """The page that shows the list so; as a table where there is no such page."""
    if subject.key != "deals":
        return reverse(subject.key)
    if place == FIGURES:
        return reverse("figures")
    key = place.removeprefix(f"{FIGURES}/")
    return reverse("figure", args=[key]) if key in keys() else reverse(ROUTES.get(place, subject.key))


def figures_address(request: Request, filters: Filters, state: State, process: Process | None = None) -> str:
    """Where the figures of these deals are, whatever became of them; empty for those who see no figures.

    That a list shows open deals unless it is told otherwise is its habit, and no condition for figures.
    """
    if state.problem or not may(request.actor, "figures.see"):
        return ""
    wanted = filters.wanted if request.GET.get("status") else replace(filters.wanted, statuses=())
    wanted = replace(wanted, process=process.key) if process else wanted
    where = written(all_of(wanted.tree, state.where))
    return reverse("figures") + (f"?{urlencode({'where': where})}" if where else "")


def deals_address(where: str) -> str:
    """The table of the deals of a filter, whatever became of them."""
    return f"{reverse('deals')}?{urlencode({'where': where, 'status': 'all'})}"


def process_meant(tree: Node, processes: tuple[Process, ...]) -> Process | None:
    """The process that the filter leaves alone, if it names one by its key or its name."""
    named = {fold_key(part.values[0].text) for part in parts_of(tree) if _names_process(part)}
    return next((found for found in processes if named & _names(found)), None)


def _names_process(part: Node) -> TypeGuard[Condition]:
    return isinstance(part, Condition) and part.field == "process" and part.op is Op.IS


def _names(process: Process) -> set[str]:
    return {fold_key(name) for name in (process.key, *process.name.values())}
