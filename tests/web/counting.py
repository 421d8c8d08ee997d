"""Pages keep to the number of SQL queries that was agreed: `query_counts.json` is reviewed like code."""

from __future__ import annotations

import json
from pathlib import Path

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

AGREED = Path(__file__).parent / "query_counts.json"


def counted(client: Client, address: str, name: str) -> HttpResponse:
    """The answer of a page, which may ask the database as often as `query_counts.json` says, and not more or less."""
    client.get(address)  # what a server process asks once (compiled processes, session) is not the page's
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    agreed = json.loads(AGREED.read_text(encoding="utf-8"))
    told = "\n".join(query["sql"][:150] for query in asked.captured_queries)
    assert len(asked) == agreed.get(name), f"{name}: {len(asked)} queries, agreed are {agreed.get(name)}\n{told}"
    assert isinstance(answer, HttpResponse)
    return answer
