"""What is wrong with a file of parameters, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from etappe.core.process_yaml import Problem
from etappe.playbook.lint_texts import problem

_WORDS: Mapping[str, str | Promise] = {
    "unknown_key": _("“%(key)s” is no parameter here; known are: %(known)s."),
    "unknown_value": _("“%(value)s” is not known here; known are: %(choices)s."),
    "wrong_format": _("This is another format; “simulate: %(expected)s” is the one known."),
    "number_out_of_range": _("This should be a number from %(least)s to %(most)s; shares are numbers such as 0.4."),
    "value_twice": _("“%(value)s” stands in this list twice."),
    "list_too_long": _("This list is too long; %(most)s is the most."),
    "nobody_goes_on": _("Lost, declined and disqualified add up to 1 or more, so nobody would go on from here."),
    "other_stage": _("“%(key)s” is not the stage that comes here in the process; that is “%(expected)s”."),
    "other_stages": _("These are not the stages of the process: %(expected)s."),
    "twelve_numbers": _("This should be twelve numbers, one for each month, January first."),
    "no_currency": _("“%(value)s” is no currency; write three capital letters, such as EUR."),
}


def said(problems: Iterable[Problem]) -> tuple[tuple[int, int, str], ...]:
    """Line, column and what is wrong there, in the language in force."""
    return tuple((each.place.line, each.place.column, _in_words(each)) for each in problems)


def _in_words(found: Problem) -> str:
    if found.code not in _WORDS:
        return problem(found.code, found.params)
    params = {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in found.params.items()}
    return str(_WORDS[found.code]) % params
