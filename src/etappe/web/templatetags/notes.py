"""Notes in templates."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from etappe.web.markdown import rendered

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """A note's Markdown as HTML, safely."""
    return rendered(text)
