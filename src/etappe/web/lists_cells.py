"""The cells of a list, their texts ready: fifty rows of template tags would cost more than all the rest of the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from etappe.core.process import Status
from etappe.journal.filtering import Field, Kind
from etappe.journal.labels import PROOFS, STATUSES, label
from etappe.records.list_values import Money, Ref
from etappe.records.lists import Group, Line, Subject
from etappe.web.deals_words import goal_of
from etappe.web.templatetags.formats import day, day_short, money_whole, number
from etappe.web.templatetags.parts import icon

ROUTES = {"deals": "deal", "accounts": "account", "people": "person"}
NOTHING = mark_safe("")
LINKED = {Kind.ACCOUNT: "account", Kind.PERSON: "person"}


@dataclass(frozen=True)
class Cell:
    """A cell: its text, where it leads, and signs behind it."""

    key: str
    label: str
    text: str
    css: str = ""
    url: str = ""
    before: SafeString = NOTHING
    signs: SafeString = NOTHING
    edit: bool = False


@dataclass(frozen=True)
class Row:
    """A row of the table."""

    uid: str
    version: int
    url: str
    name: str
    cells: tuple[Cell, ...]


def is_number(kind: Kind) -> bool:
    """Whether the column stands at the right."""
    return kind in (Kind.NUMBER, Kind.MONEY)


def row_of(subject: Subject, line: Line, fields: tuple[Field, ...], at: date) -> Row:
    """The row in the reader's words."""
    uid = str(line.uid)
    url = reverse(ROUTES[subject.key], args=[uid])
    main = next((place for place, field in enumerate(fields) if field.key == "name"), 0)
    cells = tuple(_cell(subject, field, line, at, url if place == main else "") for place, field in enumerate(fields))
    return Row(uid, line.version, url, cells[main].text, cells)


def _cell(subject: Subject, field: Field, line: Line, at: date, url: str) -> Cell:
    value = line.values[field.key]
    before, signs = _signs(subject, field.key, line, at)
    css = "main-cell" if url else "num" if is_number(field.kind) else "nowrap" if field.kind in _NARROW else ""
    if isinstance(value, Ref) and field.kind in LINKED and not url and _is_open(subject, field):
        url = reverse(LINKED[field.kind], args=[value.uid])
    text = cell_text(field, value)
    if field.key == "stage" and line.values["status"] == label(STATUSES, Status.OPEN):
        text = goal_of(text)
    return Cell(
        field.key, str(field.name), text or (_("(no name)") if url else ""), css, url, before, signs, bool(field.edit)
    )


_NARROW = (Kind.DAY, Kind.MOMENT)


def _is_open(subject: Subject, field: Field) -> bool:
    """Whether the record that is named can be opened by whoever sees its name: of a deal also hidden ones are named."""
    return subject.key == "people" or field.key.startswith("custom.")


def cell_text(field: Field, value: Any) -> str:
    """A value as the table shows it."""
    if isinstance(value, tuple):
        return ", ".join(_text(item) for item in value)
    if field.key == "founded" and value is not None:
        return str(value)
    return _text(value)


def _text(value: Any) -> str:
    for kind, said in _TEXTS:
        if isinstance(value, kind):
            return said(value)
    return "" if value is None else str(value)


_TEXTS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (Money, lambda value: money_whole(value.amount, value.currency)),
    (Ref, lambda value: value.name),
    (bool, lambda value: _("yes") if value else _("no")),
    (Decimal, lambda value: number(value, 0 if value == value.to_integral_value() else 2)),
    (int, number),
    (datetime, day),
    (date, day),
)


def group_text(group: Group) -> tuple[str, str]:
    """A group's name and its sums."""
    sums = sorted(group.sums, key=lambda money: -money.amount)
    return _text(group.value) or _("(empty)"), " · ".join(_text(money) for money in sums)


# --- Signs: what a deal's dates and proof say beside its values ---


def _signs(subject: Subject, key: str, line: Line, at: date) -> tuple[SafeString, SafeString]:
    if subject.key == "deals":
        return _DEAL_SIGNS.get(key, _no_signs)(line, at)
    if key == "name" and line.values["is_private"]:
        return NOTHING, format_html(" {}", icon("lock", _("private")))
    return NOTHING, NOTHING


def _no_signs(_line: Line, _at: date) -> tuple[SafeString, SafeString]:
    return NOTHING, NOTHING


def _stage_signs(line: Line, _at: date) -> tuple[SafeString, SafeString]:
    values = line.values
    reached = values["status"] == label(STATUSES, Status.WON)
    is_open = values["status"] == label(STATUSES, Status.OPEN)
    before = format_html("{} ", icon("circle-check", _("reached"))) if reached else NOTHING
    badges = [
        NOTHING if is_open else format_html(' <span class="badge">{}</span>', values["status"]),
        _badge("moon-stars", _("Resting")) if is_open and values["resting"] else NOTHING,
        _proof_badge(values["proof"]),
    ]
    return before, mark_safe("".join(badges))  # noqa: S308 - made of escaped parts


def _proof_badge(said: str) -> SafeString:
    if said == label(PROOFS, "unproven"):
        return _badge("circle-dashed", _("unproven"))
    return _badge("flag", _("exception"), "warn") if said == label(PROOFS, "overridden") else NOTHING


def _badge(name: str, said: str, tone: str = "") -> SafeString:
    return format_html(' <span class="badge {}">{}{}</span>', tone, icon(name), said)


def _step_signs(line: Line, at: date) -> tuple[SafeString, SafeString]:
    values = line.values
    due, is_open = values["next_step_on"], values["status"] == label(STATUSES, Status.OPEN)
    if due is None:
        lacks = is_open and not values["resting"]
        return (format_html('<span class="soft">{}</span> ', _("none agreed")) if lacks else NOTHING), NOTHING
    if is_open and due < at:
        late = format_html(
            '<span class="late">{}{}<span class="hush"> {}</span></span> ',
            icon("calendar-due"), day_short(due), _("overdue"),
        )  # fmt: skip
        return late, NOTHING
    return format_html("{} ", day_short(due)), NOTHING


_DEAL_SIGNS: dict[str, Callable[[Line, date], tuple[SafeString, SafeString]]] = {
    "stage": _stage_signs,
    "next_step": _step_signs,
}
