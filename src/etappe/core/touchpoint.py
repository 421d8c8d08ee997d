"""What a contact may be: in which direction, on which channel, what was done, and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from etappe.core.contact import clean_line
from etappe.core.errors import Refusal

IN, OUT = "in", "out"
CHANNELS = ("mail", "call", "meeting", "visit", "fair", "post", "web", "social", "message", "event")
ACTS: Mapping[str, tuple[str, ...]] = {
    IN: (
        *("opened", "clicked", "downloaded", "liked", "commented", "viewed"),
        *("submitted", "wrote", "called", "met", "attended"),
    ),
    OUT: ("wrote", "called", "met", "sent", "commented"),
}
"""What is done in each direction: `in`, the buyer acted; `out`, we did."""

ABOUT_LIMIT, SOURCE_LIMIT, KEY_LIMIT = 200, 200, 200
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
SKEW = timedelta(minutes=5)
"""How far ahead of ours the clock of another system may be."""


def clean_moment(at: datetime) -> Callable[[str, Any], datetime]:
    """A cleaner for when something happened: from 1990 until `at`, the present."""

    def clean(field: str, value: Any) -> datetime:
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise Refusal("not_a_moment", field=field)
        if value > at + SKEW:
            raise Refusal("moment_in_future", field=field)
        if value < EARLIEST:
            raise Refusal("moment_too_early", field=field, year=EARLIEST.year)
        return value

    return clean


def _one_of(choices: tuple[str, ...]) -> Callable[[str, Any], str]:
    def clean(field: str, value: Any) -> str:
        if value not in choices:
            raise Refusal("contact_unknown_word", field=field, value=str(value)[:40], choices=choices)
        return str(value)

    return clean


def _line(limit: int) -> Callable[[str, Any], str]:
    return lambda field, value: clean_line(field, value, limit)


CLEANERS: Mapping[str, Callable[[str, Any], Any]] = {
    "direction": _one_of((IN, OUT)),
    "channel": _one_of(CHANNELS),
    "act": _one_of(tuple(dict.fromkeys((*ACTS[IN], *ACTS[OUT])))),
    "about": _line(ABOUT_LIMIT),
    "source": _line(SOURCE_LIMIT),
    "key": _line(KEY_LIMIT),
}
"""How each field of a contact is cleaned, but for when it happened."""
_EMPTY = {"about": "", "source": "", "key": ""}


def clean_touchpoint(values: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """The fields of a contact as they are kept; `at` is the present. What may be left out is empty.

    Refuses an act that its direction does not know: nobody on our side opens what we sent.

    >>> moment = datetime(2026, 1, 2, tzinfo=UTC)
    >>> asked = {"happened_at": moment, "direction": "out", "channel": "mail", "act": "opened"}
    >>> clean_touchpoint({**asked, "act": "wrote"}, at=moment)["act"]
    'wrote'
    >>> clean_touchpoint(asked, at=moment)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    etappe.core.errors.Refusal: ('act_of_other_side', {'field': 'act', 'act': 'opened', 'acts': ...})
    """
    clean = {"happened_at": clean_moment(at), **CLEANERS}
    for field in values:
        if field not in clean:
            raise Refusal("unknown_field", field=field, fields=tuple(clean))
    for field in clean:
        if field not in values and field not in _EMPTY:
            raise Refusal("field_required", field=field)
    kept = {field: clean[field](field, value) for field, value in {**_EMPTY, **values}.items()}
    if kept["act"] not in ACTS[kept["direction"]]:
        raise Refusal("act_of_other_side", field="act", act=kept["act"], acts=ACTS[kept["direction"]])
    return kept
