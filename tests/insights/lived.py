"""Lives of simulated deals as the records that a forecast reads, without a database between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from etappe.core import forecast as core
from etappe.core.simulate.lives import WON, Lives
from etappe.insights.forecast.records import DAY, NEVER, NO_DAY, Columns, Records, put_together


def records(lives: Lives, stages: Sequence[str], first: int) -> Records:
    """The whole of a company's history, as it would be read from the database; `first` is the number of its first day.

    Owners are teams as well, all amounts are in euros, and no deal says when it will close.
    """
    key, won = np.arange(len(lives)) + 1, lives.outcome == WON
    decided, began = (first + np.floor(times).astype(np.int64) for times in (lives.ended, lives.began))
    never, owners = np.full(len(key), NO_DAY), lives.seller + 1
    one = np.ones(len(key), dtype=np.int64)
    deals = (key, owners, one, lives.amount, np.where(won, 1, 2), decided, began, never, -never)
    stays = list(_stays(lives, key, first))
    visits = [np.concatenate(parts) for parts in zip(*stays, _ends(lives, key, first), strict=True)]
    spans = [np.concatenate(parts) for parts in zip(*stays, strict=True)]
    deal = spans[0] - 1
    standing = (spans[5], spans[6], lives.amount[deal], one[deal], owners[deal], owners[deal], never[deal])
    of_spans = (spans[0], spans[2], spans[3], *standing)
    return put_together(deals, visits, of_spans, stages=stages, currencies=["EUR"], zone="UTC")


def _moments(times: core.Floats, first: int) -> core.Ints:
    return ((first + times) * DAY).astype(np.int64)


def _stays(lives: Lives, key: core.Ints, first: int) -> Iterator[Columns]:
    for place in range(lives.unproven.shape[1]):
        here = ~np.isnan(lives.times[:, place]) & (lives.times[:, place] < lives.ended)
        since = _moments(lives.times[here, place], first)
        until = _moments(np.fmin(lives.times[here, place + 1], lives.ended[here]), first)
        same = np.ones(int(here.sum()), dtype=np.int64)
        yield key[here], same, same * (place + 1), same * 0, same, since, until


def _ends(lives: Lives, key: core.Ints, first: int) -> Columns:
    same = np.ones(len(key), dtype=np.int64)
    place, outcome = lives.unproven.shape[1], np.where(lives.outcome == WON, 1, 2)
    return key, same, same * place, outcome, same, _moments(lives.ended, first), np.full(len(key), NEVER)
