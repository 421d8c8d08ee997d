"""What a rule may answer: missing, forbidden, stale, refused. Anything else that is raised is a bug.

Only codes and plain values live here; `etappe.journal.refusals` holds the words for every code in every language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Missing(Exception):
    """The record does not exist or the viewer may not see it: nobody can tell which (HTTP 404)."""


class Refusal(Exception):
    """A rule said no (HTTP 422). `code` names the rule, `params` what is missing: edges offer the way out by them."""

    status = 422

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params: Mapping[str, Any] = params


class Forbidden(Refusal):
    """The viewer sees the record but may not do this to it (HTTP 403)."""

    status = 403


class Stale(Refusal):
    """Somebody changed the record since it was read (HTTP 409); `params` has what was seen and what is there now."""

    status = 409


class Unavailable(Refusal):
    """Something that is needed for this does not answer, or is not there (HTTP 503); later it may be."""

    status = 503
