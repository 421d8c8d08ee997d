"""Callers of the API: a token for everybody of the cast."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from etappe.core.actor import Actor
from etappe.team.actions import create_token
from tests.cast import AT
from tests.deals.conftest import Scene, scene

__all__ = ["scene"]


@dataclass
class Caller:
    """Somebody with a token."""

    token: str

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        given = {"Authorization": f"Bearer {self.token}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        data = None if body is None else json.dumps(body, default=str)
        send = getattr(Client(), method)
        if method == "get":
            return send(f"/api/v1{path}", headers=given)
        return send(f"/api/v1{path}", data=data or "", content_type="application/json", headers=given)

    def get(self, path: str) -> Any:
        return self("get", path)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self("post", path, {} if body is None else body, **headers)

    def patch(self, path: str, body: Any) -> Any:
        return self("patch", path, body)


def caller(actor: Actor, *scopes: str) -> Caller:
    made = Caller(create_token("Test", scopes or ("read", "write"), actor=actor, at=AT)[1])
    made.get("/me")  # that a token was used is written down now and not again for minutes
    return made


@pytest.fixture
def ada(scene: Scene) -> Caller:
    return caller(scene.cast.ada)


@pytest.fixture
def ben(scene: Scene) -> Caller:
    return caller(scene.cast.ben)


@pytest.fixture
def cem(scene: Scene) -> Caller:
    return caller(scene.cast.cem)
