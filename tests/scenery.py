"""What many tests begin with: made once per process, in a database of its own; each test takes back what it adds.

`scene = kept(set_scene)` is a fixture like `def scene(db): return set_scene()`, only faster. Where a test cannot stand
on what was made before (it asks for two such fixtures, or is the first one of its process), it makes its own.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

from tests.database import Server

Make = Callable[[], Any]


def kept(make: Make) -> Any:
    """A fixture that gives what `make` makes of an empty database, in the test's transaction."""

    def fixture(db: None) -> Any:
        return SCENERY.product(make)

    fixture.__doc__ = make.__doc__
    fixture.make = make  # type: ignore[attr-defined]
    return pytest.fixture(fixture)


def kept_apart(make: Make) -> Any:
    """As `kept`, on a `fresh_database` of the test's own: for commits, threads, a live site."""

    def fixture(fresh_database: str) -> Any:
        return copy.deepcopy(SCENERY.made[make])

    fixture.__doc__ = make.__doc__
    fixture.begins_with = make  # type: ignore[attr-defined]
    return pytest.fixture(fixture)


class Scenery:
    """The databases of this process that tests stand on: the empty one, and those in which something was made."""

    def __init__(self) -> None:
        self.use: Callable[[str], None] | None = None
        self.made: dict[Make, Any] = {}
        self.on: Make | None = None

    @contextmanager
    def open(self, server: Server, blocker: DjangoDbBlocker, use: Callable[[str], None]) -> Iterator[None]:
        """From here on databases can be made, and are gone at the end. `use` leads Django to one of them."""
        self.server, self.blocker, self.use = server, blocker, use
        server.clone(name_of(None))
        with blocker.unblock():
            use(name_of(None))
        yield
        self.use = None
        for make in (None, *self.made):
            server.drop(name_of(make))

    def product(self, make: Make) -> Any:
        """What `make` made before where the test stands on that; otherwise it makes it now."""
        return copy.deepcopy(self.made[make]) if self.on is make else make()

    def begun(self, item: pytest.Item) -> str | None:
        """The database in which was made what a test's fresh one begins with, left by us; None for an empty one."""
        wanted = {make for name in item.fixturenames if (make := _make_of(item, name, "begins_with"))}  # type: ignore[attr-defined]
        if not wanted:
            return None
        (make,) = wanted
        self._stand_on(make)
        self._stand_on(None)
        return name_of(make)

    def set_for(self, item: pytest.Item) -> None:
        """Lead Django to the database on which this test stands."""
        names = getattr(item, "fixturenames", ())
        if self.use is None or not _needs(item, names) or _in_use() not in map(name_of, (None, *self.made)):
            return
        wanted = {make for name in names if (make := _make_of(item, name))}
        self._stand_on(wanted.pop() if len(wanted) == 1 else None)

    def _stand_on(self, make: Make | None) -> None:
        if make is self.on:
            return
        assert self.use
        with self.blocker.unblock():
            if make is not None and make not in self.made:
                self._make(make)
            self.use(name_of(make))
        self.on = make

    def _make(self, make: Make) -> None:
        assert self.use
        self.server.clone(name_of(make))
        self.use(name_of(make))
        translation.activate("en")
        self.made[make] = make()


SCENERY = Scenery()


def name_of(make: Make | None) -> str:
    """The name of the database in which `make` made something."""
    return f"test_{os.getpid()}_" + (f"{make.__module__}_{make.__name__}".replace(".", "_") if make else "main")


def _in_use() -> str:
    from django.db import connections

    return str(connections["default"].settings_dict["NAME"])


def _needs(item: pytest.Item, names: Any) -> bool:
    return "django_db_setup" in names or item.get_closest_marker("django_db") is not None


def _make_of(item: pytest.Item, name: str, called: str = "make") -> Make | None:
    found = item._fixtureinfo.name2fixturedefs.get(name)  # type: ignore[attr-defined]
    return getattr(found[-1].func, called, None) if found else None
