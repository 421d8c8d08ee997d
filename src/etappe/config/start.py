"""How a command gets at its database: the embedded one, started or attached to, or a server of one's own."""

from __future__ import annotations

import logging.config
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from etappe.config import env
from etappe.config.embedded import APPLICATION, OWNER, Embedded, find_binaries, running
from etappe.config.home import Home, find
from etappe.config.migrate import fingerprint, migrate_apart, noted

Tell = Callable[[str], None]


def _silent(_line: str) -> None:
    pass


@dataclass(frozen=True)
class Logins:
    """The addresses of a database for its two logins. `owner` is None where this process was not told."""

    application: str
    owner: str | None
    embedded: Embedded | None = None

    @property
    def application_login(self) -> str:
        """The application's name on the server."""
        return str(env.parse_database(self.application)["USER"])

    @property
    def are_one(self) -> bool:
        """Whether owner and application are the same login, so that nothing but a trigger protects the journal."""
        return self.owner is not None and env.parse_database(self.owner)["USER"] == self.application_login

    def on(self, database: str) -> Logins:
        """The same logins on another database of the embedded server, made if it is missing."""
        assert self.embedded
        self.embedded.ensure_database(database)
        urls = (self.embedded.url(login, database) for login in (APPLICATION, OWNER))
        return replace(self, application=next(urls), owner=next(urls))

    def is_current(self) -> bool:
        """Whether the database was migrated by this version."""
        return noted(self.application) == fingerprint()

    def bring_up_to_date(self, tell: Tell = _silent) -> None:
        """Migrate if this version has not done so yet."""
        if self.owner is not None and not self.is_current():
            tell("Bringing the database to this version")
            migrate_apart(self.owner, self.application_login)


@contextmanager
def database(home: Home, tell: Tell = _silent) -> Iterator[Logins]:
    """The logins of the database in force, usable within the block."""
    own = env.DATABASE.given()
    if own is not None:
        env.DATABASE.value()  # refuse junk before anybody connects
        yield Logins(own, env.DATABASE_OWNER.given() if env.DATABASE_OWNER.value() else None)
        return
    embedded = Embedded(home, find_binaries(env.POSTGRESQL.value()), tell=tell)
    with running(embedded):
        yield Logins("", None, embedded).on(home.database())


@contextmanager
def application(tell: Tell = _silent) -> Iterator[Logins]:
    """Everything a command needs to call actions and queries: the database at this version, and Django set up on it."""
    home = find()
    with database(home, tell) as logins:
        logins.bring_up_to_date(tell)
        set_up(home, logins)
        try:
            yield logins
        finally:
            from django.db import connections

            connections.close_all()


def set_up(home: Home, logins: Logins) -> None:
    """Set Django up in this process, signed in as the application."""
    os.environ |= environment(home, logins)
    for name in ("DATABASE_URL_FILE", "DATABASE_OWNER_URL", "DATABASE_OWNER_URL_FILE"):
        os.environ.pop(name, None)
    import django

    django.setup()
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


def environment(home: Home, logins: Logins) -> dict[str, str]:
    """What a process of the application has to be told."""
    port = {"ETAPPE_PORT": home.port} if home.port and not env.PORT.given() else {}
    return port | {
        "DJANGO_SETTINGS_MODULE": "etappe.config.settings",
        "ETAPPE_HOME": str(home.path),
        "DATABASE_URL": logins.application,
    }
