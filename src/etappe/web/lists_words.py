"""Filters in the reader's words: how fields compare, and whole conditions as one would say them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from babel.dates import format_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext_lazy

from etappe.core.errors import Refusal
from etappe.core.filter_days import dated, day_parts
from etappe.core.filters import ME, MY_TEAM, All, Node, Not, Op, Some, Value, parse
from etappe.journal.filtering import Asker, Field, Kind, Registry
from etappe.journal.labels import language, words
from etappe.playbook import queries as playbook
from etappe.records import lists
from etappe.web.shell import Request, today
from etappe.web.templatetags.formats import day, number

WORDS: Mapping[Op, Promise] = {
    Op.IS: pgettext_lazy("filter", "is"),
    Op.IS_NOT: pgettext_lazy("filter", "is not"),
    Op.BELOW: pgettext_lazy("filter", "is below"),
    Op.UP_TO: pgettext_lazy("filter", "is at most"),
    Op.ABOVE: pgettext_lazy("filter", "is above"),
    Op.FROM: pgettext_lazy("filter", "is at least"),
    Op.HAS: pgettext_lazy("filter", "contains"),
    Op.HAS_NOT: pgettext_lazy("filter", "does not contain"),
    Op.IN: pgettext_lazy("filter", "is one of"),
    Op.NOT_IN: pgettext_lazy("filter", "is none of"),
    Op.NOT_SINCE: pgettext_lazy("filter", "not since"),
    Op.EMPTY: pgettext_lazy("filter", "is empty"),
    Op.FILLED: pgettext_lazy("filter", "is not empty"),
}
IN_TIME: Mapping[Op, Promise] = {
    Op.BELOW: pgettext_lazy("filter", "is before"),
    Op.UP_TO: pgettext_lazy("filter", "is up to"),
    Op.ABOVE: pgettext_lazy("filter", "is after"),
    Op.FROM: pgettext_lazy("filter", "is from"),
}
IN_DAYS = (Kind.DAY, Kind.MOMENT)
"""Kinds that are compared with days."""
NUMBERS = (Kind.NUMBER, Kind.MONEY)
MOST_DIGITS = 28
"""Digits of a number that can be said; a longer one, which no field takes, stands as it was written."""
SPECIAL: Mapping[str, Promise] = {
    ME: gettext_lazy("me"),
    MY_TEAM: gettext_lazy("my team"),
    "yes": gettext_lazy("yes"),
    "no": gettext_lazy("no"),
}
DAYS: Mapping[str, Promise] = {
    "today": gettext_lazy("today"),
    "yesterday": gettext_lazy("yesterday"),
    "tomorrow": gettext_lazy("tomorrow"),
    "this_week": gettext_lazy("this week"),
    "last_week": gettext_lazy("last week"),
    "next_week": gettext_lazy("next week"),
    "this_month": gettext_lazy("this month"),
    "last_month": gettext_lazy("last month"),
    "next_month": gettext_lazy("next month"),
    "this_quarter": gettext_lazy("this quarter"),
    "last_quarter": gettext_lazy("last quarter"),
    "next_quarter": gettext_lazy("next quarter"),
    "this_year": gettext_lazy("this year"),
    "last_year": gettext_lazy("last year"),
    "next_year": gettext_lazy("next year"),
}
AGO = {
    "d": ngettext_lazy("{n} day ago", "{n} days ago", "n"),
    "w": ngettext_lazy("{n} week ago", "{n} weeks ago", "n"),
    "m": ngettext_lazy("{n} month ago", "{n} months ago", "n"),
    "y": ngettext_lazy("{n} year ago", "{n} years ago", "n"),
}
AHEAD = {
    "d": ngettext_lazy("in {n} day", "in {n} days", "n"),
    "w": ngettext_lazy("in {n} week", "in {n} weeks", "n"),
    "m": ngettext_lazy("in {n} month", "in {n} months", "n"),
    "y": ngettext_lazy("in {n} year", "in {n} years", "n"),
}
STEPS = {
    "d": ngettext_lazy("{n} day", "{n} days", "n"),
    "w": ngettext_lazy("{n} week", "{n} weeks", "n"),
    "m": ngettext_lazy("{n} month", "{n} months", "n"),
    "y": ngettext_lazy("{n} year", "{n} years", "n"),
}


def op_words(op: Op, kind: Kind | None) -> str:
    """What the comparison is called for fields of this kind."""
    in_time = kind in IN_DAYS and op in IN_TIME
    return str(IN_TIME[op] if in_time else WORDS[op])


def in_words(part: Node, known: Registry, asker: Asker) -> str:
    """A filter or a part of it as one would say it."""
    if isinstance(part, Not):
        return _("not ({conditions})").format(conditions=in_words(part.part, known, asker))
    if isinstance(part, All | Some):
        joint = _(" and ") if isinstance(part, All) else _(" or ")
        return joint.join(_inside(each, known, asker) for each in part.parts)
    field = _field(part.field, known)
    name = field_name(field) if field else part.field
    names = _names_of(field, asker) if field and field.choices else {}
    said = _(" or ").join(names.get(value.text, _value(value, field)) for value in part.values)
    return f"{name} {op_words(part.op, field.kind if field else None)} {said}".strip()


def _names_of(field: Field, asker: Asker) -> dict[str, str]:
    """What the field's keys are called: of stages also those that only older versions of a process have."""
    assert field.choices is not None
    older = playbook.all_specs().values() if field.kind is Kind.STAGE else ()
    return {stage.key: words(stage.name) for spec in older for stage in spec.stages} | dict(field.choices(asker))


def _inside(part: Node, known: Registry, asker: Asker) -> str:
    """A part among others; several together are held by brackets."""
    said = in_words(part, known, asker)
    return f"({said})" if isinstance(part, All | Some) else said


def field_name(field: Field) -> str:
    """The field with what it belongs to."""
    return f"{field.group}: {field.name}" if "." in field.key and field.group else str(field.name)


def _field(key: str, known: Registry) -> Field | None:
    try:
        return known.field(key)
    except Refusal:
        return None


def _value(value: Value, field: Field | None) -> str:
    if value.literal:
        return value.text
    special = SPECIAL.get(value.text.lower())
    if special:
        return str(special)
    if field is not None and field.kind in NUMBERS:
        return _number_words(value.text)
    return day_words(value.text) if field is None or field.kind in IN_DAYS else value.text


def _number_words(text: str) -> str:
    """A number as the reader's language writes it; what is none as it is."""
    try:
        said = Decimal(text)
    except InvalidOperation:
        return text
    if not said.is_finite():
        return text
    decimals = max(0, -int(said.as_tuple().exponent))
    return number(said, decimals) if max(said.adjusted(), 0) + decimals < MOST_DIGITS else text


def day_words(text: str) -> str:
    """Days as one would say them: `14 days ago`, `31.03.2026`, `this month − 1 year`; what is none as it is."""
    parts = day_parts(text)
    if parts is None:
        return _date_words(text)
    word, steps = parts
    if word == "today" and len(steps) == 1:
        number, unit = steps[0]
        return (AGO if number < 0 else AHEAD)[unit].format(n=abs(number))
    said = (f" {'−' if number < 0 else '+'} {STEPS[unit].format(n=abs(number))}" for number, unit in steps)
    return str(DAYS[word]) + "".join(said)


def _date_words(text: str) -> str:
    days = dated(text)
    if days is None:
        return text
    return day(days.first) if days.first == days.last else format_date(days.first, "LLLL yyyy", locale=language())


def where_words(request: Request, subject: str, where: str) -> str:
    """A list's filter, kept as text, as one would say it; what cannot be read any more as it is written."""
    found = lists.subject_of(subject)
    try:
        return in_words(
            parse(where), lists.registry_of(found, request.actor), lists.asker_of(request.actor, today(request))
        )
    except Refusal:
        return where
