"""Draws long lists: their loops are Jinja2, which takes a tenth of the time of Django's templates for a row.

A loop holds no words and no rules: texts come ready, in the reader's language. Everything is escaped as in Django's
templates, and what Django holds for safe is safe here.
"""

from __future__ import annotations

from functools import cache

from django.utils.safestring import SafeString, mark_safe
from jinja2 import Environment, PackageLoader, StrictUndefined


def drawn(name: str, /, **values: object) -> SafeString:
    """The loop of this file with these values."""
    return mark_safe(_environment().get_template(name).render(values))  # noqa: S308 - escaped by Jinja2


@cache
def _environment() -> Environment:
    here = PackageLoader(__name__, "")
    return Environment(loader=here, autoescape=True, undefined=StrictUndefined, auto_reload=False)
