"""What belongs to every list: its filter as rows and as text, and its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from etappe.core.errors import Refusal
from etappe.core.filters import LENGTH, Condition, Groups, Op, Value, as_groups, of_groups, parse, written
from etappe.journal.filtering import Asker, Field, Registry, compiled
from etappe.journal.refusals import Said, text
from etappe.records import lists
from etappe.web.lists import heading, offered
from etappe.web.lists_days import Days, days_given, days_of
from etappe.web.lists_offers import offers, picked_from, several_of
from etappe.web.lists_places import list_address
from etappe.web.lists_words import op_words
from etappe.web.shell import Request, go, show, today

MOST_ROWS = 40
OPEN_ROW = ("", Op.IS.value, "")


@dataclass(frozen=True)
class Row:
    """A row of the filter's form.

    Its value is picked from `picks` (one, or several of them), said in `days`, or typed with `hints` beside it.
    """

    number: int
    group: int
    field: str
    op: str
    value: str
    ops: Sequence[tuple[str, str]]
    picks: Sequence[tuple[str, str]]
    hints: Sequence[tuple[str, str]]
    takes: int
    days: Days | None

    @property
    def chosen(self) -> list[str]:
        """Which of the picks are picked: one, or any number of them."""
        picked = several_of(self.value)
        return picked if self.takes > 1 else picked[:1]


@dataclass(frozen=True)
class FilterPage:
    """A list's filter, as rows (groups of them joined by "or") and as text."""

    subject: str
    groups: tuple[tuple[Row, ...], ...]
    fields: list[tuple[str, list[tuple[str, str]]]]
    where: str
    kept: tuple[tuple[str, str], ...]
    back: str
    has_rows: bool
    problem: Said | None = None


@require_GET
def narrow(request: Request, subject: str) -> HttpResponse:
    """The filter of a list: change it by rows or as text, and go back to the list with it."""
    found = lists.subject_of(subject)
    known = lists.registry_of(found, request.actor)
    asked, problem = request.GET, None
    rows = _changed(_rows_given(asked, today(request)), asked)
    try:
        tree = of_groups(_conditions(rows)) if "field" in asked else parse(asked.get("where", "")[: LENGTH + 1])
        compiled(tree, known, lists.asker_of(request.actor, today(request)))
        if "apply" in asked:
            _require_values(rows, known)
            return go(request, _back(request, found, written(tree)))
    except Refusal as refusal:
        # While rows are still being chosen, a comparison that does not fit yet is nothing to complain about.
        problem, tree = (text(refusal) if "apply" in asked or "field" not in asked else None), None
    if "field" not in asked and tree is not None:
        groups = as_groups(tree)
        rows = _rows_of(groups) if groups is not None else []
        has_rows = groups is not None
    else:
        has_rows = "field" in asked
    where = written(tree) if tree is not None else asked.get("where", "")[:LENGTH]
    page = FilterPage(
        subject=subject,
        groups=_shown(rows, known, lists.asker_of(request.actor, today(request))) if has_rows else (),
        fields=[
            (group, [(field.key, heading(field)) for field in fields]) for group, fields in offered(known, shown=False)
        ],
        where=where,
        kept=_kept(asked),
        back=_back(request, found, where if problem is None else ""),
        has_rows=has_rows,
        problem=problem,
    )
    return show(request, "lists/filter.html", page, part="panel", into="panel")


OWN = ("field", "op", "value", "group", "add", "drop", "either", "apply", "where", "after", "csrfmiddlewaretoken")
OF_ROWS = ("pick_", "was_", "days_", "count_", "unit_", "date_")


def _is_own(key: str) -> bool:
    return key in OWN or key.startswith(OF_ROWS)


def _kept(asked: QueryDict) -> tuple[tuple[str, str], ...]:
    return tuple((key, str(value)) for key, value in asked.items() if not _is_own(key))


def _back(request: Request, subject: lists.Subject, where: str) -> str:
    query = request.GET.copy()
    for key in [key for key in query if _is_own(key)]:
        query.pop(key)
    query["where"] = where
    return list_address(subject, query)


Given = tuple[int, str, str, str]


def _rows_given(asked: QueryDict, on: date) -> list[Given]:
    fields, ops, values = asked.getlist("field"), asked.getlist("op"), asked.getlist("value")
    groups = asked.getlist("group")
    found = []
    for number, (field, op, value, group) in enumerate(zip(fields, ops, values, groups, strict=False)):
        place = int(group) if group.isascii() and group.isdigit() and len(group) < 4 else 0
        found.append((place, field, op, _value_given(asked, number, field, value, on)))
    return found[:MOST_ROWS]


def _value_given(asked: QueryDict, number: int, field: str, typed: str, on: date) -> str:
    """What was typed or picked; nothing that belonged to another field, which was chosen before."""
    if asked.get(f"was_{number}", field) != field:
        return ""
    return ", ".join(asked.getlist(f"pick_{number}")) or days_given(asked, number, typed, on)


def _changed(rows: list[Given], asked: QueryDict) -> list[Given]:
    """The rows after the button that was pressed: one more, one less, or another group."""
    drop, add = asked.get("drop", ""), asked.get("add", "")
    if drop.isascii() and drop.isdigit():
        rows = [row for number, row in enumerate(rows) if str(number) != drop]
    if add.isascii() and add.isdigit() and len(add) < 4:
        rows = [*rows, (int(add), *OPEN_ROW)]
    if "either" in asked:
        rows = [*rows, (max((row[0] for row in rows), default=-1) + 1, *OPEN_ROW)]
    return sorted(rows, key=lambda row: row[0])


def _conditions(rows: list[Given]) -> Groups:
    groups: dict[int, list[Condition]] = {}
    for group, field, op, value in rows:
        if field and op in set(Op) and (value.strip() or not Op(op).takes):
            groups.setdefault(group, []).append(_condition(field, Op(op), value))
    return tuple(tuple(found) for found in groups.values())


def _require_values(rows: list[Given], known: Registry) -> None:
    """Nobody is shown a list without a condition that they had begun, as if it held."""
    for _group, key, op, value in rows:
        if key in known.fields and op in set(Op) and Op(op).takes and not value.strip():
            raise Refusal("filter_value_missing", field=heading(known.fields[key]))


def _condition(field: str, op: Op, value: str) -> Condition:
    if op.takes == 0:
        return Condition(field, op)
    parts = several_of(value) if op.takes == 2 else [value.strip()]
    return Condition(field, op, tuple(Value(part.strip('"'), literal=part.startswith('"')) for part in parts))


def _rows_of(groups: Groups) -> list[Given]:
    return [
        (place, row.field, row.op.value, ", ".join(_typed(value) for value in row.values))
        for place, group in enumerate(groups)
        for row in group
    ]


def _typed(value: Value) -> str:
    return f'"{value.text}"' if value.literal else value.text


def _shown(rows: list[Given], known: Registry, asker: Asker) -> tuple[tuple[Row, ...], ...]:
    rows = rows or [(0, *OPEN_ROW)]
    groups: dict[int, list[Row]] = {}
    for number, (group, key, op, value) in enumerate(rows):
        field = known.fields.get(key)
        groups.setdefault(group, []).append(_row(number, group, field, (key, op, value), asker))
    return tuple(tuple(found) for found in groups.values())


def _row(number: int, group: int, field: Field | None, given: tuple[str, str, str], asker: Asker) -> Row:
    key, op, value = given
    ops = field.ops if field else tuple(Op)
    offered = offers(field, asker)
    return Row(
        number=number,
        group=group,
        field=key,
        op=op,
        value=value,
        ops=[(each.value, op_words(each, field.kind if field else None)) for each in ops],
        picks=picked_from(field, op, value, offered),
        hints=offered,
        takes=Op(op).takes if op in set(Op) else 1,
        days=days_of(field, op, value),
    )


# --- Columns ---


@dataclass(frozen=True)
class Choice:
    """A field that can be a column; `place` is empty while it is none."""

    key: str
    name: str
    place: int | None


@dataclass(frozen=True)
class ColumnsPage:
    """The columns of a list: which, and in which order."""

    subject: str
    chosen: tuple[Choice, ...]
    others: list[tuple[str, list[Choice]]]
    kept: tuple[tuple[str, str], ...]
    back: str
    usual: str
    most: int


@require_GET
def columns(request: Request, subject: str) -> HttpResponse:
    """Which columns a list shows, and in which order."""
    found = lists.subject_of(subject)
    known, asked = lists.registry_of(found, request.actor), request.GET.copy()
    picked = asked.getlist("column")
    if picked:
        asked["columns"] = ",".join(_ordered(picked, request.GET, known)[: lists.COLUMNS])
    for key in [key for key in asked if key == "column" or key == "after" or key.startswith("at_")]:
        asked.pop(key)
    if picked:
        return go(request, list_address(found, asked))
    present = [key for key in asked.get("columns", "").split(",") if key in known.fields] or list(found.columns)
    kept = tuple((key, str(value)) for key, value in asked.items() if key != "columns")
    page = ColumnsPage(
        subject=subject,
        chosen=tuple(Choice(key, heading(known.fields[key]), place) for place, key in enumerate(present, start=1)),
        others=[
            (
                group or _("Further fields"),
                [Choice(field.key, heading(field), None) for field in fields if field.key not in present],
            )
            for group, fields in offered(known, shown=True)
        ],
        kept=kept,
        back=list_address(found, asked),
        usual=list_address(found, _without_columns(asked)),
        most=lists.COLUMNS,
    )
    return show(request, "lists/columns.html", page, part="panel", into="panel")


def _without_columns(query: QueryDict) -> QueryDict:
    left = query.copy()
    left["columns"] = ""
    return left


def _ordered(picked: list[str], asked: QueryDict, known: Registry) -> list[str]:
    def place(key: str) -> tuple[int, int]:
        given = asked.get(f"at_{key}", "")
        return (int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 999, picked.index(key))

    return sorted((key for key in dict.fromkeys(picked) if key in known.fields), key=place)
