"""The rows of a list, their cells drawn: four hundred cells of template tags would cost more than all the rest of the
page, so here alone markup is put together by hand, and every text is escaped where it is put in (`_drawn`).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cache, lru_cache
from html import escape
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from etappe.core.process import Proof, Status
from etappe.journal.filtering import Field, Kind
from etappe.journal.labels import PROOFS, STATUSES, day_in, label, language
from etappe.records.list_values import Money, Ref
from etappe.records.lists import Group, Line, Subject
from etappe.team.access import may
from etappe.web.addresses import Address, address_of
from etappe.web.attention import Said, gravest_among
from etappe.web.deals_words import goal_of
from etappe.web.lists_fit import WORD, cut, few, has_long_word, more
from etappe.web.shell import Request, today
from etappe.web.templatetags.formats import day_short, is_whole, money_in, number, own_first
from etappe.web.templatetags.parts import icon

ROUTES = {"deals": "deal", "accounts": "account", "people": "person"}
NOTHING = mark_safe("")
LINKED = {Kind.ACCOUNT: "account", Kind.PERSON: "person"}
NARROW = (Kind.DAY, Kind.MOMENT)
UNBROKEN = ("phone",)
"""Texts that are read in one piece."""
CHANGING = {"deals": "deals.edit", "accounts": "people.edit", "people": "people.edit"}
"""The act by which the rows of a list are changed."""

Signs = tuple[SafeString, SafeString]
"""What stands before a cell's text and behind it."""


class Cell(NamedTuple):
    """A cell: its opening tag's attributes, its text, where it leads, and the signs around it.

    The text is anybody's; all else is markup already.
    """

    opening: SafeString
    text: str
    url: str = ""
    before: SafeString = NOTHING
    signs: SafeString = NOTHING
    edit: str = ""
    """What editing the whole record is called, beside its name."""


class Row(NamedTuple):
    """A row of the table; `pick` is what choosing it is called, where rows can be chosen."""

    uid: str
    version: int
    name: str
    pick: str
    cells: SafeString


@dataclass(frozen=True)
class Column:
    """What all cells of a column have in common."""

    field: Field
    css: str
    opening: SafeString
    link: Address | None
    is_main: bool
    edit: str
    said: Callable[[Line], str]
    signs: Callable[[Line], Signs] | None


def is_number(kind: Kind) -> bool:
    """Whether the column stands at the right."""
    return kind in (Kind.NUMBER, Kind.MONEY)


def rows_of(request: Request, subject: Subject, lines: Sequence[Line], fields: tuple[Field, ...]) -> tuple[Row, ...]:
    """The rows in the reader's words."""
    may_pick = may(request.actor, CHANGING[subject.key])
    main = next((place for place, field in enumerate(fields) if field.key == "name"), 0)
    ways = _ways_of(request, subject, lines)
    edit = escape(_("Edit")) if may_pick else ""
    columns = [_column(subject, field, ways, edit, is_main=place == main) for place, field in enumerate(fields)]
    pick = _("Select %(name)s") if may_pick else ""
    return tuple(_row(columns, line, main, pick) for line in lines)


def _column(subject: Subject, field: Field, ways: Ways, edit: str, *, is_main: bool) -> Column:
    css = "main-cell" if is_main else _breadth(field)
    linked = LINKED.get(field.kind) if _is_open(subject, field) else None
    route = ROUTES[subject.key] if is_main else linked
    link = address_of(route) if route else None
    said = ways.texts.get(field.key) or _saying(field)
    return Column(field, css, _opening(field, css), link, is_main, edit, said, ways.signs.get(field.key))


def _breadth(field: Field) -> str:
    if is_number(field.kind):
        return "num"
    return "nowrap" if field.kind in NARROW or field.key in UNBROKEN else ""


def _opening(field: Field, css: str, title: str = "") -> SafeString:
    classes = format_html(' class="{}"', css) if css else NOTHING
    titled = format_html(' title="{}"', title) if title else NOTHING
    return format_html('{} data-label="{}"{}', classes, field.name, titled)


def _is_open(subject: Subject, field: Field) -> bool:
    """Whether the record that is named can be opened by whoever sees its name: of a deal also hidden ones are named."""
    return subject.key == "people" or field.key.startswith("custom.")


def _row(columns: list[Column], line: Line, main: int, pick: str) -> Row:
    cells = [_cell(column, line) for column in columns]
    drawn = mark_safe("".join(map(_drawn, cells)))  # noqa: S308 - each text is escaped where it is put in
    name = cells[main].text
    return Row(str(line.uid), line.version, name, pick and pick % {"name": name}, drawn)


def _drawn(cell: Cell) -> str:
    opening, text, url, before, signs, edit = cell
    text = escape(text)
    if url:
        again = f'<a class="row-edit" href="{url}edit/" aria-label="{edit}: {text}">{edit}</a>' if edit else ""
        return f'<td{opening}><a href="{url}">{text}</a>{signs}{again}</td>'
    if before or signs:
        return f"<td{opening}><span>{before}{text}{signs}</span></td>"
    return f"<td{opening}>{text}</td>"


def _cell(column: Column, line: Line) -> Cell:
    cell = _plain_cell(column, line)
    return cell if len(cell.text) <= WORD else _fitted(column, cell, line.values[column.field.key])


def _fitted(column: Column, cell: Cell, value: Any) -> Cell:
    """The cell with as much of its long text as a list has room for; the record's name is always whole."""
    parts = few(value)
    if parts:
        shown, rest = (", ".join(map(text_here(), each)) for each in parts)
        cell = cell._replace(text=shown, signs=cell.signs + more(rest, len(parts[1])))
    css = f"{column.css} broken".strip() if has_long_word(cell.text) else column.css
    text = cell.text if column.is_main else cut(cell.text)
    if text == cell.text and css == column.css:
        return cell
    return cell._replace(text=text, opening=_opening(column.field, css, cell.text if text != cell.text else ""))


def _plain_cell(column: Column, line: Line) -> Cell:
    text = column.said(line)
    before, behind = column.signs(line) if column.signs else UNSIGNED
    if column.link is None:
        return Cell(column.opening, text, "", before, behind)
    if column.is_main:
        return Cell(column.opening, text or _("(no name)"), column.link(line.uid), before, behind, column.edit)
    value = line.values[column.field.key]
    return Cell(column.opening, text, column.link(value.uid) if isinstance(value, Ref) else "", before, behind)


def _saying(field: Field) -> Callable[[Line], str]:
    """What a cell of the column says."""
    key = field.key
    if key == "founded":  # a year has no thousands
        return lambda line: str(line.values[key] or "")
    text = text_here()
    return lambda line: text(line.values[key])


def text_here() -> Callable[[Any], str]:
    """How values are written for the reader. Asking for the language anew for every cell costs as much as the cell."""
    return _text_in(language(), timezone.get_current_timezone())


@lru_cache(maxsize=64)
def _text_in(language: str, zone: tzinfo) -> Callable[[Any], str]:
    texts: Mapping[type, Callable[[Any], str]] = {
        type(None): lambda _nothing: "",
        tuple: lambda values: ", ".join(map(text, values)),
        Money: lambda value: money_in(value.amount, value.currency, language, whole=is_whole(value.amount)),
        Ref: lambda value: value.name,
        bool: lambda value: _("yes") if value else _("no"),
        Decimal: lambda value: number(value, 0 if value == value.to_integral_value() else 2),
        int: number,
        datetime: lambda value: day_in(value.astimezone(zone).date(), language),
        date: lambda value: day_in(value, language),
    }

    def text(value: Any) -> str:
        return texts.get(type(value), str)(value)

    return text


def group_text(group: Group, own: str) -> tuple[str, str]:
    """A group's name and its sums, that in our own currency first."""
    sums = sorted(group.sums, key=own_first(own))
    text = text_here()
    return text(group.value) or _("(empty)"), " · ".join(map(text, sums))


# --- Signs: what a deal's dates and proof say beside its values ---


UNSIGNED = (NOTHING, NOTHING)


@dataclass(frozen=True)
class Ways:
    """Columns that say their value in a way of their own, and those with signs."""

    signs: Mapping[str, Callable[[Line], Signs]]
    texts: Mapping[str, Callable[[Line], str]]


def _ways_of(request: Request, subject: Subject, lines: Sequence[Line]) -> Ways:
    """What columns of the subject say in their own way; it is put into words once for all rows."""
    if subject.key == "deals":
        said = _DealWords.here(today(request), gravest_among(request, lines) if lines else {})
        signs = {"name": said.of_name, "stage": said.of_stage, "next_step": said.of_step}
        return Ways(signs, {"stage": said.stage})
    private = format_html(" {}", icon("lock", _("private")))
    text, order = text_here(), own_first(request.workspace.currency)
    worth = {"open_amount": lambda line: text(tuple(sorted(line.values["open_amount"] or (), key=order)))}
    return Ways({"name": lambda line: (NOTHING, private if line.values["is_private"] else NOTHING)}, worth)


@dataclass(frozen=True)
class _DealWords:
    """The signs of deals in the reader's language, on the day `at`."""

    at: date
    open: str
    won: str
    reached: SafeString
    resting: SafeString
    proofs: dict[str, SafeString]
    loose: SafeString
    overdue: str
    language: str
    grave: Mapping[uuid.UUID, Said]
    goal: Callable[[str], str]
    """A stage as a goal: put into words once for all rows in it."""

    @staticmethod
    def here(at: date, grave: Mapping[uuid.UUID, Said]) -> _DealWords:
        return _DealWords(
            at=at,
            grave=grave,
            goal=cache(goal_of),
            open=label(STATUSES, Status.OPEN),
            won=label(STATUSES, Status.WON),
            reached=format_html("{} ", icon("circle-check", _("reached"))),
            resting=_badge("moon-stars", _("Resting")),
            proofs={
                label(PROOFS, Proof.UNPROVEN): _badge("circle-dashed", _("unproven")),
                label(PROOFS, Proof.OVERRIDDEN): _badge("flag", _("exception"), "warn"),
            },
            loose=format_html('<span class="soft">{}</span> ', _("none agreed")),
            overdue=_("overdue"),
            language=language(),
        )

    def stage(self, line: Line) -> str:
        name = line.values["stage"]
        return self.goal(name) if line.values["status"] == self.open else str(name)

    def of_name(self, line: Line) -> Signs:
        grave = self.grave.get(line.uid)
        if grave is None:
            return NOTHING, NOTHING
        drawn = ' <span class="badge {}" title="{}">{}{}</span>'
        return NOTHING, format_html(drawn, grave.tone, grave.full, icon("alert-triangle"), grave.short)

    def of_stage(self, line: Line) -> Signs:
        values = line.values
        status = values["status"]
        is_open = status == self.open
        signs = NOTHING if is_open else format_html(' <span class="badge">{}</span>', status)
        if is_open and values["resting"]:
            signs += self.resting
        signs += self.proofs.get(values["proof"], NOTHING)
        return self.reached if status == self.won else NOTHING, signs

    def of_step(self, line: Line) -> Signs:
        values = line.values
        due, is_open = values["next_step_on"], values["status"] == self.open
        if due is None:
            return self.loose if is_open and not values["resting"] else NOTHING, NOTHING
        return _due(due, self.overdue if is_open and due < self.at else "", self.language), NOTHING


@lru_cache(maxsize=4096)
def _due(due: date, overdue: str, _language: str) -> SafeString:
    """When a step is due, and the word for it if that has passed. Tables show the same few days again and again."""
    if not overdue:
        return format_html("{} ", day_short(due))
    late = '<span class="late">{}{}<span class="hush"> {}</span></span> '
    return format_html(late, icon("calendar-due"), day_short(due), overdue)


def _badge(name: str, said: str, tone: str = "") -> SafeString:
    return format_html(' <span class="badge {}">{}{}</span>', tone, icon(name), said)
