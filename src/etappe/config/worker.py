"""The process that runs jobs: `python -m etappe.config.worker`."""

from __future__ import annotations

import asyncio
import logging.config


def main() -> None:
    """Run jobs until SIGTERM; the one in hand is finished first."""
    import django

    django.setup()
    from django.conf import settings
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    logging.config.dictConfig(settings.LOGGING)
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
        asyncio.run(_run(worker_app))


async def _run(app: object) -> None:
    from procrastinate import App

    assert isinstance(app, App)
    async with app.open_async():
        await app.run_worker_async(delete_jobs="successful", install_signal_handlers=True, shutdown_graceful_timeout=10)


if __name__ == "__main__":
    main()
