"""The page of everything a rule may say no to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from etappe.config.reference.markdown import joined, table
from etappe.journal.labels import CHECKS
from etappe.journal.refusals import FILE_REASONS, MAP_REASONS, PASSWORD_REASONS, TEXTS
from etappe.journal.refusals_figures import UNAVAILABLE

HEAD = """# Refusals

A rule's no has a code that never changes its meaning, and words in the reader's language: what was not done, what is
missing, and the way out. Pages, API and terminal give the same one. Values stand in braces.

The API answers 422, unless another status is named here:

```json
{"error": {"code": "...", "message": "...", "missing": ["..."], "way_out": "...", "params": {}}}
```

What does not exist, or not for the caller, is 404 with the code `missing`; without a valid token the answer is 401
with `no_token`; a request that cannot be read is 400 with `unreadable` and the places in `problems`.
"""
STATUSES: Mapping[str, int] = {
    "exception_needs_another": 403,
    "forbidden": 403,
    "needs_a_person": 403,
    "not_your_note": 403,
    "view_gone": 409,
    "view_stale": 409,
    "stale": 409,
    "merged_away": 409,
    **dict.fromkeys(UNAVAILABLE, 503),
}
"""Codes that are answered with another status than 422."""
LISTS: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "Why a message does not count": ("`missing` of `not_buyers_mail` and `not_buyers_acceptance`.", dict(CHECKS)),
    "Why a file cannot be read": ("`reason` of `file_unreadable`.", dict(FILE_REASONS)),
    "Why a map of an import cannot be used": ("`why` of `import_map_unusable`.", dict(MAP_REASONS)),
    "Why a password is too weak": ("`missing` of `weak_password`.", dict(PASSWORD_REASONS)),
}


def page() -> str:
    """The page."""
    rows = ((f"`{code}`", STATUSES.get(code, ""), what, way) for code, (what, way) in TEXTS.items())
    return joined([HEAD, table(("Code", "Status", "Says", "Way out"), rows), *_lists()])


def _lists() -> Iterator[str]:
    for title, (about, reasons) in LISTS.items():
        yield f"## {title}\n\n{about}"
        yield table(("Reason", "Says"), ((f"`{reason}`", text) for reason, text in reasons.items()))
