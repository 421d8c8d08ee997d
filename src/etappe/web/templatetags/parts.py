"""The small set of parts every page is made of. `/design/` shows each in all its states."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from etappe.core.actor import Role
from etappe.core.evidence import Strength
from etappe.core.process import Proof, Status
from etappe.journal.labels import PROOFS, ROLES, STATUSES, STRENGTHS, Label, label
from etappe.web.loops import drawn
from etappe.web.templatetags.formats import when

register = template.Library()

ICONS = frozenset((Path(__file__).parent.parent / "icons.txt").read_text(encoding="utf-8").split())
"""The icons the sprite holds; `assets/build.py` cuts it from the same file."""

TONES = {
    Proof.PROVEN: ("good", "circle-check"),
    Proof.OVERRIDDEN: ("warn", "flag"),
    Proof.UNPROVEN: ("", "circle-dashed"),
    Status.OPEN: ("", "route"),
    Status.WON: ("good", "trophy"),
    Status.LOST: ("", "circle-x"),
    Status.DISQUALIFIED: ("", "ban"),
    Status.DECLINED: ("", "circle-x"),
    Status.CANCELLED: ("", "ban"),
}
"""Tone and icon of each state; the words are the journal's."""
RESTING = {"text": _("resting"), "tone": "", "icon": "moon-stars"}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; with `label` it speaks, without it is decoration. An unknown name is a bug."""
    return _icon(name, str(label))


@lru_cache(maxsize=1024)
def _icon(name: str, label: str) -> SafeString:
    if name not in ICONS:
        raise template.TemplateSyntaxError(f"no icon {name!r}: add it to src/etappe/web/icons.txt")
    source = f"{_sprite()}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, source)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', source)


@cache
def _sprite() -> str:
    """The address of the sprite. A board shows hundreds of icons, and finding it out anew costs more than the rest."""
    return static("built/icons.svg")


@register.inclusion_tag("parts/badge.html")
def badge(text: str, tone: str = "", icon: str = "", title: str = "") -> dict[str, Any]:
    """A word with a tone (`good`, `warn`, `bad`, none); the icon says the same without colour."""
    return {"text": text, "tone": tone, "icon": icon, "title": title}


@register.inclusion_tag("parts/strength.html")
def strength(value: int | Strength, short: bool = False) -> dict[str, Any]:
    """How strong a piece of evidence is: one to four pips and its name; `short` leaves the name to readers' ears."""
    found = Strength(value)
    return {
        "name": label(STRENGTHS, found),
        "pips": [step <= found for step in Strength],
        "short": short,
        "good": found >= 3,
    }


@register.inclusion_tag("parts/badge.html")
def proof(value: str | Proof) -> dict[str, Any]:
    """What the stages behind a deal rest on."""
    return _state(PROOFS, Proof(value))


@register.inclusion_tag("parts/badge.html")
def status(value: str | Status, resting: bool = False) -> dict[str, Any]:
    """How a deal stands."""
    return RESTING if resting else _state(STATUSES, Status(value))


def _state(names: Mapping[str, Label], state: Proof | Status) -> dict[str, Any]:
    tone, icon = TONES[state]
    return {"text": label(names, state), "tone": tone, "icon": icon}


@register.simple_tag
def role(value: str | Role) -> str:
    """What a colleague is, in a word."""
    return label(ROLES, value)


@register.simple_block_tag
def card(content: str, title: str = "", note: str = "", filled: bool = False, anchor: str = "") -> str:
    """A section under a hairline, or on a raised ground when `filled`."""
    return drawn("card.html", content=content, title=title, note=note, filled=filled, anchor=anchor)


@register.simple_block_tag
def callout(content: str, tone: str = "", icon: str = "info-circle", title: str = "") -> str:
    """A notice inside a page; `tone` is `good`, `warn`, `bad` or none."""
    return render_to_string("parts/callout.html", {"content": content, "tone": tone, "icon": icon, "title": title})


@register.simple_block_tag
def panel(content: str, title: str, sub: str = "", in_sheet: bool = True) -> str:
    """What the side sheet shows. The same markup stands in a page of its own; where its title is that page's only
    heading, `in_sheet` is false."""
    shown = {"content": content, "title": title, "sub": sub, "heading": "h2" if in_sheet else "h1"}
    return render_to_string("parts/panel.html", shown)


@register.simple_block_tag
def empty(content: str, title: str, text: str = "", icon: str = "seedling", compact: bool = False) -> str:
    """What stands where nothing is yet: what is missing, and in the block the buttons that lead on."""
    shown = {"title": title, "text": text, "icon": icon, "compact": compact}
    values = shown | {"content": content, "has_ways_on": bool(content.strip())}
    return render_to_string("parts/empty.html", values)


@register.simple_block_tag
def entry(
    content: str,
    icon: str = "note",
    tone: str = "",
    at: date | datetime | None = None,
    by: str = "",
    voided: bool = False,
) -> str:
    """One entry of a timeline: the sentence is the block."""
    mark, when_ = _icon(icon, ""), when(at, "moment")
    return drawn("entry.html", content=content, icon=mark, tone=tone, when=when_, by=by, voided=voided)


@register.inclusion_tag("parts/figure.html")
def figure(title: str, value: str, **basis: Any) -> dict[str, Any]:
    """A figure with what it stands on. Texts come formatted.

    `basis`: `interval` (a text) and its `level` in per cent, `n` records counted, `left_out` of them, `as_of` a day,
    `definition` (a sentence), `url` down to the records, `note` what the value means in one line; `is_alone` where the
    heading of the page says the title already.
    """
    return {"title": title, "value": value, "level": 80, "n": None, **basis}


@register.simple_block_tag
def chart(content: str, title: str, basis: str = "", definition: str = "") -> str:
    """The frame of a chart: title, what it stands on, the drawing, its definition."""
    values = {"content": content, "title": title, "basis": basis, "definition": definition}
    return render_to_string("parts/chart.html", values)


@register.inclusion_tag("parts/share.html")
def share(label: str, value: float, lead: bool = False) -> dict[str, Any]:
    """One line of a list of shares (`<ol class="bars">`), `value` from 0 to 1; `lead` is the one that matters."""
    return {"label": label, "value": value, "width": f"{max(0.0, min(1.0, value)) * 100:.1f}%", "lead": lead}


@register.simple_block_tag
def menu(content: str, name: str, label: str, icon: str = "dots", text: str = "", kind: str = "square quiet") -> str:
    """A button with a menu of links and buttons; `label` is what readers hear when it shows only an icon."""
    return drawn("menu.html", content=content, name=name, label=label, icon=_icon(icon, ""), text=text, kind=kind)


@register.simple_block_tag
def dialog(content: str, name: str, title: str) -> str:
    """A question over the page; `data-dialog="<name>"` on a button opens it, `data-close-dialog` closes it."""
    return render_to_string("parts/dialog.html", {"content": content, "name": name, "title": title})


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, label: str = "", autofocus: bool = False, bare: bool = False) -> dict[str, Any]:
    """A field with its label, help (unless `bare`) and errors; Django links them for readers."""
    if autofocus and not bound.form.is_bound:
        bound.field.widget.attrs["autofocus"] = True
    kind = getattr(bound.field.widget, "input_type", "")
    many = kind in ("radio", "checkbox") and hasattr(bound.field.widget, "choices")
    return {"field": bound, "label": label, "kind": "choices" if many else kind, "bare": bare}


@register.inclusion_tag("parts/fields.html")
def fields(form: BaseForm, two: bool = False) -> dict[str, Any]:
    """All fields of a form, with the errors that belong to none of them on top; `two` sets them in two columns."""
    return {"form": form, "two": two}


@register.inclusion_tag("parts/errors.html")
def errors(form: BaseForm) -> dict[str, Any]:
    """The errors of a form that belong to no single field."""
    return {"errors": form.non_field_errors()}


@register.inclusion_tag("parts/sort_head.html", takes_context=True)
def sort_head(context: template.Context, label: str, key: str, num: bool = False) -> dict[str, Any]:
    """A table heading that sorts by `key` through the address (`?sort=key`, `?sort=-key`)."""
    query = context["request"].GET.copy()
    present = query.get("sort", "")
    up = present == key
    query["sort"] = f"-{key}" if up else key
    query.pop("after", None)
    order = {key: "ascending", f"-{key}": "descending"}.get(present, "")
    return {"label": label, "query": query.urlencode(), "order": order, "num": num}
