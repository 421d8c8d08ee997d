"""The Big List of Naughty Strings where the shared data is there, and our own worst ones everywhere."""

from __future__ import annotations

import functools
import json
from pathlib import Path

OURS = [
    "",
    " \t\r\n",
    "\x00",
    "a\x00b",
    "\ud800",
    "\x1b[31m",
    "‮ desrever",
    "🏳️‍🌈",
    "Ｆｕｌｌｗｉｄｔｈ",
    "İstanbul ß ﬁ",
    "'; DROP TABLE people_account; --",
    "%s %(x)s {0} {x.__class__}",
    "<script>alert(1)</script>",
    "x" * 200,
    "x" * 201,
    "Zeile\nzwei",
    "á" * 100,
]
LIST = Path(__file__).parents[2] / "../shared/hostile/strings/blns.json"


@functools.cache
def naughty() -> tuple[str, ...]:
    """Each string once."""
    public = json.loads(LIST.read_text()) if LIST.exists() else []
    return tuple(dict.fromkeys([*OURS, *public]))
