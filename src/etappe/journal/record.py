"""`record()`, the only way an entry is written."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import wraps
from importlib import import_module
from typing import ParamSpec, TypedDict, TypeVar, Unpack

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from etappe.core.actor import Actor
from etappe.core.kinds import JournalKind
from etappe.journal.models import Entry

P = ParamSpec("P")
R = TypeVar("R")

_change: ContextVar[uuid.UUID | None] = ContextVar("etappe_change", default=None)


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function an action: all its writes in one transaction, all its entries under one change."""

    @wraps(function)
    def act(*args: P.args, **kwargs: P.kwargs) -> R:
        token = _change.set(_change.get() or uuid.uuid4())
        try:
            with transaction.atomic():
                return function(*args, **kwargs)
        finally:
            _change.reset(token)

    return act


@contextmanager
def under(change: uuid.UUID) -> Iterator[None]:
    """Let the actions within belong to a change that began before: one that goes on in several transactions."""
    token = _change.set(change)
    try:
        yield
    finally:
        _change.reset(token)


def current_change() -> uuid.UUID:
    """The change that the running action's entries belong to; a new one outside of any action."""
    return _change.get() or uuid.uuid4()


class About(TypedDict, total=False):
    """What an entry is about: keys of the records."""

    account: int | None
    person: int | None
    deal: int | None


def record(
    kind: JournalKind,
    *,
    actor: Actor,
    at: datetime,
    voids: int | None = None,
    backfilled: bool = False,
    **about: Unpack[About],
) -> int:
    """Add an entry to the journal and defer the jobs of whoever must react, in the transaction that is open.

    `backfilled` entries tell of something long past, and nobody reacts. Returns the entry's id. Raises if no
    transaction is open: an entry must stand or fall with the change it tells of.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("record() needs the action's transaction")
    entry = Entry.objects.create(
        change_id=_change.get() or uuid.uuid4(),
        kind=kind.name,
        version=kind.version,
        occurred_at=at,
        actor_kind=actor.kind,
        actor_id=actor.id,
        voids=voids,
        backfilled=backfilled,
        data=kind.data(),
        **{f"{subject}_id": key for subject, key in about.items()},
    )
    if not backfilled:
        _defer(kind.name, entry.id)
    return int(entry.id)


def _defer(kind: str, entry_id: int) -> None:
    for name in import_string(settings.ETAPPE_SUBSCRIPTIONS).get(kind, ()):
        module, _, task = name.rpartition(".")
        getattr(import_module(module), task).defer(entry=entry_id)
