"""What all commands share: errors said plainly, with the way out, instead of a traceback."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click

P = ParamSpec("P")
R = TypeVar("R")


def plainly(function: Callable[P, R]) -> Callable[P, R]:
    """Say in one paragraph what went wrong (exit code 1) where the surroundings are wrong and not the program."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        import psycopg

        from etappe.config.account import NoAccount
        from etappe.config.embedded import Unstartable
        from etappe.config.env import Unusable
        from etappe.config.migrate import NotMigrated

        try:
            return function(*args, **kwargs)
        except (NoAccount, NotMigrated, Unstartable, Unusable) as error:
            raise click.ClickException(str(error)) from None
        except psycopg.OperationalError as error:
            raise click.ClickException(f"The database does not answer: {error}") from None
        except PermissionError as error:
            raise click.ClickException(f"No permission: {error}. Choose another place with ETAPPE_HOME.") from None

    return run
