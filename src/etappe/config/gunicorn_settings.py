"""gunicorn's settings, read by gunicorn itself."""

from __future__ import annotations

import gc

from gunicorn.http import message

from etappe.config import env
from etappe.config.logs import logging_settings
from etappe.core.filters import LENGTH

worker_class = "gthread"
workers = env.WEB_WORKERS.value()
threads = env.WEB_THREADS.value()
timeout = 120
graceful_timeout = 10
keepalive = 5
limit_request_line = message.MAX_REQUEST_LINE = 12 * LENGTH + 4_000
"""A filter stands in the address, where a character takes up to twelve; gunicorn itself stops at 8,190."""
control_socket_disable = True
forwarded_allow_ips = "*" if env.PROXY.value() else ""
logconfig_dict = logging_settings(env.LOG.value(), env.LOG_LEVEL.value())
logconfig_dict["loggers"] |= {
    "gunicorn.error": {"level": "WARNING", "handlers": [], "propagate": True},
    "gunicorn.access": {"level": "WARNING", "handlers": [], "propagate": True},
}


def post_worker_init(worker: object) -> None:
    """Leave what was loaded at the start out of the search for garbage, and search less often.

    A page makes tens of thousands of short-lived objects, nearly all of them freed by their count alone.
    """
    del worker
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
