"""What the API gives and takes. Keys inside stay inside: records are named by uid."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from ninja import Schema


class RefOut(Schema):
    """A record by name."""

    uid: uuid.UUID
    name: str


class ListOut(Schema):
    """How many there are, counted up to a bound, and where to read on."""

    count: int
    more_than: bool
    after: str | None


class Reason(Schema):
    """A reason."""

    reason: str


class Added(Schema):
    """The uid of what was made."""

    uid: uuid.UUID


class Note(Schema):
    """A note."""

    text: str


class UserOut(Schema):
    """A colleague."""

    uid: uuid.UUID
    email: str
    name: str
    role: str
    team: RefOut | None
    is_active: bool


class TeamOut(Schema):
    """A team."""

    uid: uuid.UUID
    name: str
    parent: RefOut | None
    people: int


class MeOut(Schema):
    """Whose token this is and what it may do."""

    name: str
    role: str
    scopes: list[str]
    language: str
    theme: str
    density: str


class MeIn(Schema):
    """One's own settings; only what is sent is changed.

    `language` is `de`, `en` or empty (as the browser asks), `theme` is `light`, `dark` or empty (as the system has it),
    `density` of the rows of tables is `comfortable` or `compact`.
    """

    name: str | None = None
    language: str | None = None
    theme: str | None = None
    density: str | None = None


class FigureOut(Schema):
    """A figure and how sure it is."""

    metric: str
    value: Any
    interval: list[Any] | None
    n: int
    cases: int
    minimum: int
    as_of: date
    seen_since: date | None
    unit: str
    by: str | None
    where: str
    rows: list[dict[str, Any]]
    left_out: dict[str, int]
    series: list[dict[str, Any]]
    needs: str | None
    definition: str
    sql: str
    engine: str | None
    facts_at: datetime | None
    records: dict[str, Any]
    beside: dict[str, Any] | None


class QuestionMeasured(Schema):
    """One of the four questions: what was said, and which answers the records do not speak against (`possible`).

    `state` is `agrees`, `possible`, `differs`, `unsaid` or `too_few`; `groups` are deals by what they count as.
    """

    question: str
    said: str | None
    state: str
    possible: list[str]
    share: float | None
    interval: list[float] | None
    n: int
    minimum: int
    left_out: int
    groups: dict[str, int]


class SourceUnplaced(Schema):
    """A source whose words do not tell which way contacts came."""

    source: str
    deals: int


class SourceWords(Schema):
    """What words of sources mean, or whole sources; null gives one its usual meaning back."""

    words: dict[str, str | None]


class SalesModelOut(Schema):
    """The sales model said and measured; with several `measured` ones the records do not decide."""

    said: str | None
    measured: list[str]
    since: date
    as_of: date
    found: int
    n: int
    currency: str
    first_won: date | None
    knows_before: bool
    unplaced: list[SourceUnplaced]
    questions: list[QuestionMeasured]
