"""Say where the site is, once it answers, and the link that creates the first administrator, while there is none."""

from __future__ import annotations

import http.client
import os
import sys
import time

from etappe.config import env


def wait_for_answer(host: str, port: int) -> None:
    """Return when the site answers anything; the supervisor ends this process if it never does."""
    while True:
        try:
            _ask(host, port)
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)
        else:
            return


def _ask(host: str, port: int) -> None:
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - listening everywhere is asked for
    connection = http.client.HTTPConnection(reached, port, timeout=60)
    connection.request("GET", "/account/login/", headers={"Host": "localhost"})
    connection.getresponse().read()
    connection.close()


def setup_link() -> str | None:
    """The address that creates the first administrator, good for 24 hours; None if there is one already."""
    import django

    django.setup()
    from django.conf import settings
    from django.urls import reverse

    from etappe.core.actor import SYSTEM
    from etappe.journal.clock import now
    from etappe.team.actions import make_setup_link
    from etappe.team.queries import has_administrator

    if has_administrator():
        return None
    return str(settings.ADDRESS) + reverse("setup_first", args=[make_setup_link(actor=SYSTEM, at=now())])


def main() -> None:
    """Wait, then print."""
    host, port = env.HOST.value(), env.PORT.value()
    wait_for_answer(host, port)
    print(f"\nEtappe answers at {os.environ.get('ETAPPE_ADDRESS') or f'http://localhost:{port}'}/", flush=True)  # noqa: T201
    link = setup_link()
    if link:
        print(f"Create the first administrator within 24 hours:\n  {link}\n", flush=True)  # noqa: T201
    sys.exit()


if __name__ == "__main__":
    main()
