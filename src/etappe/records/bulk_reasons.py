"""Why records were refused: each reason once, in every language, with how many it met."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import translation

from etappe.core.errors import Refusal
from etappe.core.own_fields import Unfilled
from etappe.core.process import MissingProof, Stage
from etappe.journal.refusals import text
from etappe.journal.values import as_json


class Reasons:
    """The reasons of a run, each with its number; `kept` is what the database keeps of them."""

    def __init__(self, kept: list[dict[str, Any]]) -> None:
        self.kept = [dict(reason) for reason in kept]
        self._numbers = {_key(reason["code"], reason["params"]): at for at, reason in enumerate(self.kept)}

    def number(self, refusal: Refusal | None) -> int | None:
        """The place of the refusal among the reasons, which counts it; none for none."""
        if refusal is None:
            return None
        params = {name: _plain(value) for name, value in refusal.params.items()}
        key = _key(refusal.code, params)
        if key not in self._numbers:
            self._numbers[key] = len(self.kept)
            said = {language: _said(refusal, language) for language, _name in settings.LANGUAGES}
            self.kept.append({"code": refusal.code, "params": params, "count": 0, "said": said})
        number = self._numbers[key]
        self.kept[number]["count"] += 1
        return number


def _key(code: str, params: Mapping[str, Any]) -> str:
    return json.dumps([code, params], sort_keys=True)


def _said(refusal: Refusal, language: str) -> dict[str, Any]:
    with translation.override(language):
        said = text(refusal)
        return {"what": str(said.what), "missing": [str(each) for each in said.missing], "way_out": str(said.way_out)}


def _plain(value: Any) -> Any:
    if isinstance(value, MissingProof):
        return value.criterion.key
    if isinstance(value, Stage | Unfilled):
        return value.key
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return as_json(value)
