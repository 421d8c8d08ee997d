"""Version 1 of the API: its parts, its sign-in, and its answers when a rule says no."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError
from ninja.openapi.schema import OpenAPISchema, get_schema

from etappe import __version__
from etappe.api import (
    attention,
    bulk,
    cards,
    commitments,
    contacts,
    deals,
    exports,
    fields,
    figures,
    goals,
    imports,
    mails,
    people,
    playbook,
    records,
    search,
    team,
    views,
)
from etappe.api.answers import missing_answer, refusal_answer
from etappe.api.moved import moved_answer
from etappe.api.signin import Bearer
from etappe.core.errors import Missing, Refusal


class _Described(NinjaAPI):
    """Puts its description together once per process: that takes seconds, and anybody may ask for it."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        return _description(self.get_root_path(path_params or {}) if path_prefix is None else path_prefix)


@cache
def _description(prefix: str) -> OpenAPISchema:
    return get_schema(api=api, path_prefix=prefix)


api = _Described(
    title="Etappe",
    version=__version__,
    description="Every POST takes an `Idempotency-Key`: a retry with the same key gets the same answer and acts once.",
    auth=Bearer(),
    docs_url=None,
    urls_namespace="api-v1",
)
for part in (
    deals,
    attention,
    people,
    contacts,
    bulk,
    fields,
    search,
    playbook,
    figures,
    goals,
    commitments,
    mails,
    team,
    records,
    imports,
    exports,
    cards,
    views,
):
    api.add_router("", part.router)


@api.exception_handler(Missing)
def _missing(request: HttpRequest, error: Missing) -> HttpResponse:
    del error
    return moved_answer(request) or missing_answer()


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, error: Refusal) -> HttpResponse:
    del request
    return refusal_answer(error)


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    del error
    message = "Send a valid token: Authorization: Bearer <token>."
    return api.create_response(request, {"error": {"code": "no_token", "message": message}}, status=401)


@api.exception_handler(ValidationError)
def _unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
    problems = [{"where": ".".join(map(str, item["loc"])), "problem": item["msg"]} for item in _errors(error)]
    body = {"error": {"code": "unreadable", "message": "The request cannot be read.", "problems": problems}}
    return api.create_response(request, body, status=400)


@api.exception_handler(DataError)
def _unheld(request: HttpRequest, error: DataError) -> HttpResponse:
    """A filter or a key that the database cannot hold, such as one with a NUL: nothing is called so."""
    del error
    body = {"error": {"code": "unreadable", "message": "The request cannot be read.", "problems": []}}
    return api.create_response(request, body, status=400)


def _errors(error: ValidationError) -> list[dict[str, Any]]:
    return list(error.errors)
