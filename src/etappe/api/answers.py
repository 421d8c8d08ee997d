"""Answers that are no: one shape for all of them, with what is missing and the way out."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from django.http import JsonResponse

from etappe.core.errors import Refusal
from etappe.core.process import MissingProof, Stage
from etappe.journal.refusals import text


def refusal_answer(refusal: Refusal) -> JsonResponse:
    """The refusal as JSON: code, words in the caller's language, and its values."""
    said = text(refusal)
    error = {
        "code": refusal.code,
        "message": said.what,
        "missing": list(said.missing),
        "way_out": said.way_out,
        "params": {name: plain(value) for name, value in refusal.params.items()},
    }
    return JsonResponse({"error": error}, status=refusal.status)


def missing_answer() -> JsonResponse:
    """Not there, or not for this caller."""
    return JsonResponse({"error": {"code": "missing", "message": "Not found."}}, status=404)


def plain(value: Any) -> Any:
    """A value of a refusal as JSON can say it."""
    if isinstance(value, MissingProof):
        return {"stage": value.stage.key, "criterion": value.criterion.key, **_words(value)}
    if isinstance(value, Stage):
        return value.key
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal | date | datetime | uuid.UUID):
        return str(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return (
        plain(dataclasses.asdict(value)) if dataclasses.is_dataclass(value) and not isinstance(value, type) else value
    )


def _words(missing: MissingProof) -> dict[str, Any]:
    return {"text": dict(missing.criterion.text), "accepts": [kind.value for kind in missing.criterion.kinds]}
