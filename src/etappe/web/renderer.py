"""How widgets of forms become HTML: as Django draws them, but the plain ones without a template each."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

PLACE = "django/forms/widgets/{}.html"


class Renderer(DjangoTemplates):
    """Django's own, but for what most forms are made of: filters offer every colleague, and a template for each would
    cost more than all the rest of the page."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """The widget as HTML."""
        if template_name in DRAWN:
            return DRAWN[template_name](context["widget"])
        return super().render(template_name, context, request)


def select(widget: Mapping[str, Any]) -> SafeString:
    """A `<select>` with its options and groups of options."""
    groups = "".join(_group(name, options) for name, options, _index in widget["optgroups"])
    name = conditional_escape(widget["name"])
    drawn = f'<select name="{name}"{_attributes(widget["attrs"])}>{groups}</select>'
    return mark_safe(drawn)  # noqa: S308 - each part is escaped where it is put in


def textarea(widget: Mapping[str, Any]) -> SafeString:
    """A `<textarea>` with its text."""
    opening = f'<textarea name="{conditional_escape(widget["name"])}"{_attributes(widget["attrs"])}>'
    return mark_safe(f"{opening}\n{_value(widget) or ''}</textarea>")  # noqa: S308 - as above


def plain(widget: Mapping[str, Any]) -> SafeString:
    """An `<input>`."""
    value = _value(widget)
    given = "" if value is None else f' value="{value}"'
    opening = f'<input type="{conditional_escape(widget["type"])}" name="{conditional_escape(widget["name"])}"'
    return mark_safe(f"{opening}{given}{_attributes(widget['attrs'])}>")  # noqa: S308 - as above


DRAWN: Mapping[str, Callable[[Mapping[str, Any]], SafeString]] = {
    PLACE.format("select"): select,
    PLACE.format("textarea"): textarea,
    **{PLACE.format(kind): plain for kind in ("text", "email", "url", "number", "date", "hidden", "password", "input")},
}
"""Widgets that are drawn here, by the template that Django would draw them with."""


def _value(widget: Mapping[str, Any]) -> str | None:
    value = widget["value"]
    return None if value is None else _escaped(value if isinstance(value, str) else str(value))


def _group(name: str | None, options: Iterable[Mapping[str, Any]]) -> str:
    drawn = "".join(map(_option, options))
    return f'<optgroup label="{conditional_escape(name)}">{drawn}</optgroup>' if name else drawn


def _option(option: Mapping[str, Any]) -> str:
    value, label = html.escape(str(option["value"])), _escaped(option["label"])
    return f'<option value="{value}"{_attributes(option["attrs"])}>{label}</option>'


def _escaped(text: Any) -> str:
    # Names are plain text, and Django's way of finding that out costs more than escaping them.
    return html.escape(text) if type(text) is str else conditional_escape(text)


def _attributes(attributes: Mapping[str, Any]) -> str:
    pairs = ((name, value) for name, value in attributes.items() if value is not False and value is not None)
    return "".join(f" {name}" if value is True else f' {name}="{conditional_escape(value)}"' for name, value in pairs)
