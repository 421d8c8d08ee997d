"""Log lines, plain or JSON, in UTC and without secrets: tokens in paths and passwords in addresses are cut out."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
TOKENS = re.compile(rf"""(?<=/)(?!{UUID}(?:[/?\s"']|$))[A-Za-z0-9_-]{{22,}}(?=[/?\s"']|$)""")
PASSWORDS = re.compile(r"(?<=://)([^/\s:@]*):[^@\s/]+(?=@)")
BEARERS = re.compile(r"(?i)\b(bearer|token)\s+[A-Za-z0-9_.~+/-]{16,}")


def clean(line: str) -> str:
    """The line without secrets; control characters are escaped, so that nobody can write a line of their own.

    >>> clean("GET /note/q8ZpJ2kV0sT4uWxYz1Ab3Cd5Ef7Gh9Ij")
    'GET /note/***'
    >>> clean("postgresql://etappe:geheim@host/etappe")
    'postgresql://etappe:***@host/etappe'
    """
    line = PASSWORDS.sub(r"\1:***", line)
    line = BEARERS.sub(r"\1 ***", line)
    line = TOKENS.sub("***", line)
    return "".join(sign if sign.isprintable() or sign == "\n" else repr(sign)[1:-1] for sign in line)


class Plain(logging.Formatter):
    """`2026-11-21T18:00:00Z INFO name: message`."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's own name
        """The time in UTC, to the second."""
        return datetime.fromtimestamp(record.created, UTC).strftime(datefmt or "%Y-%m-%dT%H:%M:%SZ")

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the traceback where there is one."""
        return clean(super().format(record))


class Json(Plain):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        said: dict[str, Any] = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": clean(record.getMessage()),
        }
        if record.exc_info:
            said["traceback"] = clean(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False)


def logging_settings(shape: str, level: str) -> dict[str, Any]:
    """The dictionary for `logging.config.dictConfig`."""
    line = {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"()": Plain, **line}, "json": {"()": Json}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": shape}},
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {
            "django.server": {"level": "WARNING"},
            "django.security.DisallowedHost": {"level": "ERROR"},
            "procrastinate": {"level": "WARNING"},
            "psycopg.pool": {"level": "ERROR"},
        },
    }
