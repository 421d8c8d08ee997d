"""The one table of accounts, people and deals: what the address asks for, and the page's part that shows it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString

from etappe.core.errors import Refusal
from etappe.core.filters import EVERYTHING, LENGTH, Node, all_of, parse, parts_of, without_condition, written
from etappe.core.page import Count
from etappe.journal.filtering import Field, Registry
from etappe.journal.refusals import Said, text
from etappe.records import lists
from etappe.records.lists import SINGULAR, Group, Listing, Subject, Wanted
from etappe.records.merge import SUBJECTS as MERGED
from etappe.team.access import may
from etappe.web.cell_forms import may_be_edited
from etappe.web.lists_cells import CHANGING, Row, group_text, is_number, rows_of
from etappe.web.lists_sort import Choice, Links, Sorting, sorting_of
from etappe.web.lists_words import in_words
from etappe.web.loops import drawn
from etappe.web.shell import Request, today
from etappe.web.templatetags.parts import icon


@dataclass(frozen=True)
class State:
    """What the address of a list asks for. `quick` is what the form above the table narrows it to."""

    subject: Subject
    where: Node
    text: str
    quick: Node
    search: str
    columns: tuple[str, ...]
    sort: str
    group: str
    after: str | None
    problem: Said | None = None

    @property
    def wanted(self) -> Wanted:
        """The same as the room takes it."""
        tree = all_of(self.quick, self.where)
        return Wanted(self.subject, tree, self.search, self.columns, self.sort)


@dataclass(frozen=True)
class Head:
    """A column's heading; `url` sorts the list by it, or the other way round, and is empty where one cannot."""

    key: str
    label: str
    num: bool
    edit: str = ""
    """What is edited in its cells: the field's key, or `move` for a stage, which is moved; empty for what is read."""
    url: str = ""
    order: str = ""
    """`ascending` or `descending` where the address sorts the list by it."""


@dataclass(frozen=True)
class Chip:
    """One condition in words, and the address of the list without it."""

    said: str
    off: str


@dataclass(frozen=True)
class GroupRow:
    """A group in words, with the address of its rows."""

    name: str
    count: int
    sums: str
    url: str


@dataclass(frozen=True)
class ListPart:
    """The table with all that belongs to it."""

    subject: str
    singular: str
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    count: Count | None
    """How many rows there are; unknown until it is asked for where they fill more than one page."""
    next: str
    first: str
    where: str
    chips: tuple[Chip, ...]
    groups: tuple[GroupRow, ...]
    group: str
    groupable: tuple[Choice, ...]
    query: str
    """The address' query without the place in the list, for links to columns, filter and export."""
    kept: tuple[tuple[str, str], ...]
    """The same as fields for forms."""
    meant: str
    """The whole filter as text, with what the form above the table adds."""
    export: str
    """The query of the same list as a file."""
    sorting: Sorting | None = None
    asked: tuple[tuple[str, str], ...] = ()
    """What a view of this list keeps: filter, columns, order, groups."""
    problem: Said | None = None
    may_change: bool = False
    """Whether the viewer may change several rows at once."""
    may_all: bool = False
    """Whether all rows can be meant, on every page: what the search box found is no filter that a form could send."""
    may_merge: bool = False

    @property
    def has_more_than_one(self) -> bool:
        """Whether there is anything beside the only row."""
        return self.count is None or self.count.more or self.count.number > 1

    @property
    def body(self) -> SafeString:
        """The rows as markup."""
        return drawn("rows.html", rows=self.rows)

    @property
    def head_row(self) -> SafeString:
        """The columns' headings as markup."""
        signs = {"ascending": icon("arrow-up"), "descending": icon("arrow-down")}
        return drawn("heads.html", heads=self.heads, signs=signs)

    @property
    def sort_links(self) -> SafeString:
        """The fields one can sort by, as a menu's links."""
        return drawn("links.html", links=self.sorting.fields if self.sorting else ())

    @property
    def group_links(self) -> SafeString:
        """The fields one can group by, as a menu's links."""
        return drawn("links.html", links=self.groupable)

    @property
    def cells(self) -> str:
        """The address of a cell, to be filled in with its record and its field."""
        return reverse("cell", args=[self.subject, uuid.UUID(int=0), "FIELD"])

    @property
    def columns(self) -> str:
        """The columns that were asked for, as an address names them."""
        return dict(self.asked).get("columns", "")

    @property
    def is_narrowed(self) -> bool:
        """Whether a filter of its own is set."""
        return bool(self.where)

    @property
    def asked_query(self) -> str:
        """What a view of this list keeps, as a query."""
        return urlencode(self.asked)


MOVED = "move"
OF_VIEW = ("where", "columns", "sort", "group")
"""What a saved view holds, by its names in addresses."""
COUNTED = "counted"
"""The part of an address that asks for the number of rows at once, for browsers without script."""
ALL = "all"
"""The view that narrows nothing, even where another one opens first."""


def read_state(request: Request, subject: Subject, quick: Node = EVERYTHING, search: str = "") -> State:
    """What the address asks for. A filter that cannot be read narrows to nothing and is told as a problem."""
    asked = request.GET
    problem: Said | None = None
    where: Node = EVERYTHING
    written_text = asked.get("where", "")[: LENGTH + 1]
    try:
        where = parse(written_text)
    except Refusal as refusal:
        problem = text(refusal)
    return State(
        subject=subject,
        where=where,
        text=written_text.strip(),
        quick=quick,
        search=search,
        columns=tuple(key for key in asked.get("columns", "").split(",") if key),
        sort=asked.get("sort", ""),
        group=asked.get("group", ""),
        after=asked.get("after") or None,
        problem=problem,
    )


def list_part(request: Request, state: State) -> ListPart:
    """The table of the list. What is wrong with its filter or columns is told in its place, with a way to mend it."""
    known = lists.registry_of(state.subject, request.actor)
    if state.problem:
        return _told(request, state, known, state.problem)
    try:
        found = lists.listing(request.actor, state.wanted, after=state.after, today=today(request), known=known)
        groups = _groups(request, state)
    except Refusal as refusal:
        if not refusal.code.startswith(("filter_", "column_", "too_many_columns", "group_", "unknown_sort")):
            raise
        return _told(request, state, known, text(refusal))
    return _part(request, state, found, groups)


def _told(request: Request, state: State, known: Registry, problem: Said) -> ListPart:
    nothing = Listing((), (), None, Count(0), known)
    return _part(request, state, nothing, (), problem)


def _part(
    request: Request, state: State, found: Listing, groups: tuple[GroupRow, ...], problem: Said | None = None
) -> ListPart:
    query = _without(request.GET, "after", COUNTED)
    may_change = may(request.actor, CHANGING[state.subject.key])
    links = Links.of(query)
    heads = tuple(_head(field, state.subject, links, may_change=may_change) for field in found.fields)
    sort = state.sort or state.subject.sort
    return ListPart(
        subject=state.subject.key,
        singular=SINGULAR[state.subject.key],
        heads=heads,
        rows=rows_of(request, state.subject, found.rows, found.fields),
        count=found.count or (_count(request, state) if COUNTED in request.GET else None),
        next=f"{request.path}?{_joined(query, after=found.after)}" if found.after else "",
        first=f"{request.path}?{query.urlencode()}" if state.after else "",
        where=state.text,
        chips=chips_of(request, state, found.known),
        groups=groups,
        group=state.group,
        groupable=_groupable(found.known, state.group, links),
        query=query.urlencode(),
        kept=tuple((key, value) for key, value in query.items() if isinstance(value, str)),
        meant=written(state.wanted.where),
        export=_export_query(state),
        sorting=sorting_of(links, sort, ((head.key, head.label) for head in heads), found.known),
        asked=_asked(state),
        problem=problem,
        may_change=may_change,
        may_all=not state.search,
        may_merge=SINGULAR[state.subject.key] in MERGED and may(request.actor, "records.merge"),
    )


def _count(request: Request, state: State) -> Count:
    return lists.count_of(request.actor, state.wanted, today(request))


def _asked(state: State) -> tuple[tuple[str, str], ...]:
    columns = ",".join(state.columns)
    meant = written(state.wanted.where)
    return (("where", meant), ("columns", columns), ("sort", state.sort), ("group", state.group))


def _export_query(state: State) -> str:
    query = QueryDict(mutable=True)
    columns = ",".join(state.columns)
    found = {"where": written(state.wanted.where), "q": state.search, "columns": columns, "sort": state.sort}
    query.update({name: value for name, value in found.items() if value})
    return query.urlencode()


def _groupable(known: Registry, group: str, links: Links) -> tuple[Choice, ...]:
    found = (field for field in known if lists.may_group(field))
    return tuple(Choice(str(field.name), links.to(group=field.key), field.key == group) for field in found)


def _head(field: Field, subject: Subject, links: Links, *, may_change: bool) -> Head:
    edit = _edited(field, subject) if may_change else ""
    url, order = links.by_head(field.key) if field.order else ("", "")
    return Head(field.key, heading(field), is_number(field.kind), edit, url, order)


def _edited(field: Field, subject: Subject) -> str:
    if (subject.key, field.key) == ("deals", "stage"):
        return MOVED
    return field.key if may_be_edited(subject, field.key) else ""


def heading(field: Field) -> str:
    """The field with what it belongs to: `Account: Country`."""
    prefixed = "." in field.key and not field.key.startswith("custom.")
    return f"{field.group}: {field.name}" if prefixed else str(field.name)


def chips_of(request: Request, state: State, known: Registry) -> tuple[Chip, ...]:
    """The conditions of the address, each with the page's address without it."""

    def off(part: Node) -> str:
        left = _without(request.GET, "after")
        left["where"] = written(without_condition(state.where, part))
        return f"?{tidied(left).urlencode()}"

    asker = lists.asker_of(request.actor, today(request))
    return tuple(Chip(in_words(part, known, asker), off(part)) for part in parts_of(state.where))


def _groups(request: Request, state: State) -> tuple[GroupRow, ...]:
    if not state.group:
        return ()
    found = lists.groups(request.actor, state.wanted, state.group, today=today(request))
    return tuple(_group_row(request, state, group) for group in found)


def _group_row(request: Request, state: State, group: Group) -> GroupRow:
    url = ""
    if group.where is not None:
        query = _without(request.GET, "after")
        query["group"] = ""
        query = tidied(query)
        query["where"] = written(all_of(state.where, group.where))
        url = f"?{query.urlencode()}"
    name, sums = group_text(group, request.workspace.currency)
    return GroupRow(name, group.count, sums, url)


def _without(query: QueryDict, *names: str) -> QueryDict:
    left = query.copy()
    for name in names:
        left.pop(name, None)
    return left


def _joined(query: QueryDict, **more: str | None) -> str:
    left = query.copy()
    for name, value in more.items():
        left[name] = value or ""
    return left.urlencode()


def tidied(query: QueryDict) -> QueryDict:
    """The query without what is empty; beside a saved view an empty part stays, as it takes the place of the view's."""
    kept = OF_VIEW if query.get("view", ALL) != ALL else ()
    return _without(query, *(name for name in query if not query[name] and name not in kept))


def offered(known: Registry, *, shown: bool) -> list[tuple[str, Sequence[Field]]]:
    """The fields in groups, for pickers: the record's own first; with `shown` those that can be columns."""
    groups: dict[str, list[Field]] = {}
    for field in known:
        if not shown or field.value is not None:
            groups.setdefault(str(field.group), []).append(field)
    return list(groups.items())
