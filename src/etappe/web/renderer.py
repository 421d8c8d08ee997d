"""How widgets of forms become HTML: as Django draws them, but a choice from a list without a template per option."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

SELECT = "django/forms/widgets/select.html"


class Renderer(DjangoTemplates):
    """Django's own, but for `<select>`: filters offer every colleague, and a template for each would cost more than all
    the rest of the page."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """The widget as HTML."""
        if template_name == SELECT:
            return select(context["widget"])
        return super().render(template_name, context, request)


def select(widget: Mapping[str, Any]) -> SafeString:
    """A `<select>` with its options and groups of options."""
    groups = "".join(_group(name, options) for name, options, _index in widget["optgroups"])
    name = conditional_escape(widget["name"])
    drawn = f'<select name="{name}"{_attributes(widget["attrs"])}>{groups}</select>'
    return mark_safe(drawn)  # noqa: S308 - each part is escaped where it is put in


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
