"""Column types and habits that all rooms share."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Func, Value


class TransactionId(Func):
    """The id of the running transaction, as a number that orders and compares."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class Fold(Func):
    """Lower case without accents, for sorting and finding German names (`etappe_fold`)."""

    function = "etappe_fold"
    output_field = models.TextField()


class Words(Func):
    """The words of one or several texts, for finding them: lower case without accents, in no language's grammar."""

    template = "to_tsvector('simple'::regconfig, etappe_fold(%(expressions)s))"
    arg_joiner = " || ' ' || "
    output_field = SearchVectorField()


class Told(Func):
    """The text that somebody wrote into an entry of the journal: a note's, or an imported activity's."""

    template = " || ' ' || ".join(f"coalesce(%(expressions)s->>'{key}', '')" for key in ("text", "subject", "excerpt"))
    output_field = models.TextField()


class Says(Func):
    """Whether words hold what a `tsquery` asks for."""

    template = "%(expressions)s)"
    arg_joiner = " @@ to_tsquery('simple'::regconfig, "
    output_field = models.BooleanField()


class Digits(Func):
    """The digits of phone numbers, with `;` between several, for finding a number however it was written."""

    template = "regexp_replace(replace(%(expressions)s, '(0)', ''), '[^0-9;]', '', 'g')"
    arg_joiner = " || ';' || "
    output_field = models.TextField()


def uid_field() -> models.UUIDField[Any, Any]:
    """The name of a record in addresses, API, CLI and exports; nobody can guess it."""
    return models.UUIDField(default=uuid.uuid4, unique=True, editable=False)


def money_field(**options: Any) -> models.DecimalField[Any, Any]:
    """An amount: numeric(19,4); its currency stands beside it."""
    return models.DecimalField(max_digits=19, decimal_places=4, **options)


LATER: dict[str, Any] = {"tags": [], "custom": {}, "archived_at": None}
"""Journaled columns that records got later, with what they were before anybody set them: older entries lack them."""


def tags_field() -> ArrayField[Any, Any]:
    """Words that people put on a record, each once and in order; found by an index."""
    nothing = Value([], output_field=ArrayField(models.TextField()))
    return ArrayField(models.TextField(), default=list, db_default=nothing)


def custom_field() -> models.JSONField[Any, Any]:
    """Values of the fields that a workspace defined for itself, by their keys."""
    return models.JSONField(default=dict, db_default=Value({}, output_field=models.JSONField()))
