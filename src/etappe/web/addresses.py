"""Addresses of many records at once: finding each anew would cost more than drawing its row."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import cache, lru_cache

from django.urls import reverse

Address = Callable[[uuid.UUID], str]


@cache
def address_of(route: str) -> Address:
    """What gives the address of a record whose page has this name and one uid in it."""
    before, _uid, behind = reverse(route, args=[_ANY]).partition(str(_ANY))
    return lambda uid: f"{before}{uid}{behind}"


@lru_cache(maxsize=1024)
def address_with(route: str, word: str) -> str:
    """The address of the page of this name with a word in it: of a kind of record, a figure, a stage."""
    return reverse(route, args=[word])


_ANY = uuid.UUID(int=0)
