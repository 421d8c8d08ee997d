"""Column types and habits that all rooms share."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Func


class TransactionId(Func):
    """The id of the running transaction, as a number that orders and compares."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class Fold(Func):
    """Lower case without accents, for sorting and finding German names (`etappe_fold`)."""

    function = "etappe_fold"
    output_field = models.TextField()


def uid_field() -> models.UUIDField[Any, Any]:
    """The name of a record in addresses, API, CLI and exports; nobody can guess it."""
    return models.UUIDField(default=uuid.uuid4, unique=True, editable=False)


def money_field(**options: Any) -> models.DecimalField[Any, Any]:
    """An amount: numeric(19,4); its currency stands beside it."""
    return models.DecimalField(max_digits=19, decimal_places=4, **options)
