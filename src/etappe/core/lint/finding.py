"""A finding, and a rule that makes findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from etappe.core.process_yaml import Place


class Standard(StrEnum):
    """What a rule guards: the file itself, one of the four standards, or the shape of the whole."""

    FILE = "file"
    REQUIRED = "required"
    FACTUAL = "factual"
    INSPECTABLE = "inspectable"
    BUYER_CENTRED = "buyer_centred"
    LENGTH = "length"
    COVERAGE = "coverage"
    WORDING = "wording"
    RECORDS = "records"


@dataclass(frozen=True, order=True)
class Finding:
    """What a rule found and where. `params` are the values its reason and mend are told with."""

    line: int
    column: int
    rule: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict, compare=False)


def finding(rule: str, place: Place, **params: Any) -> Finding:
    """A finding at a place of the file."""
    return Finding(place.line, place.column, rule, place.path, params)


@dataclass(frozen=True)
class Example:
    """Something to show a rule on. `slot` says what it is; `etappe.core.lint.rules` lists the slots."""

    slot: str
    text: str


@dataclass(frozen=True)
class Rule:
    """A rule with its stable id, and an example that it finds and one that it leaves alone."""

    id: str
    standard: Standard
    bad: Example
    good: Example
