"""What all commands share: who acts, and errors said plainly, with the way out, instead of a traceback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

import click

from etappe.core.actor import Actor
from etappe.core.errors import Missing, Refusal

P = ParamSpec("P")
R = TypeVar("R")


def plainly(function: Callable[P, R]) -> Callable[P, R]:
    """Say in one paragraph what went wrong (exit code 1) where a rule or the surroundings said no, not the program."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        import psycopg

        from etappe.config.account import NoAccount
        from etappe.config.embedded import Unstartable
        from etappe.config.env import Unusable
        from etappe.config.migrate import NotMigrated

        try:
            with said_plainly():
                return function(*args, **kwargs)
        except (NoAccount, NotMigrated, Unstartable, Unusable) as error:
            raise click.ClickException(str(error)) from None
        except psycopg.OperationalError as error:
            raise click.ClickException(f"The database does not answer: {error}") from None
        except PermissionError as error:
            raise click.ClickException(f"No permission: {error}. Choose another place with ETAPPE_HOME.") from None

    return run


@contextmanager
def said_plainly() -> Iterator[None]:
    """Turn a rule's no into its words."""
    try:
        yield
    except Missing:
        raise click.ClickException("There is no such record, or it may not be seen.") from None
    except Refusal as refusal:
        raise click.ClickException(_words(refusal)) from None


def _words(refusal: Refusal) -> str:
    from etappe.journal.refusals import text

    said = text(refusal)
    return "\n".join(line for line in (said.what, *(f"- {item}" for item in said.missing), said.way_out) if line)


def actor_named(email: str) -> Actor:
    """The active colleague with this address; a command that writes names one."""
    from etappe.team.queries import actor_by_email

    try:
        return actor_by_email(email)
    except Missing:
        raise click.ClickException(f"There is no active colleague with the address {email}.") from None
