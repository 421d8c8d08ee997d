"""A POST with an `Idempotency-Key` acts once: what it did and the answer it got commit together."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from etappe.api.answers import refusal_answer
from etappe.api.signin import actor_behind, bearer_of
from etappe.core.actor import Actor
from etappe.core.errors import Refusal
from etappe.team import idempotency

PREFIX = "/api/v1/"


class IdempotencyMiddleware:
    """Replays the answer of an earlier request with the same key and the same content."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key")
        if key is None or request.method != "POST" or not request.path.startswith(PREFIX):
            return self.get_response(request)
        actor = actor_behind(request, bearer_of(request))
        if actor is None or actor.id is None:
            return self.get_response(request)
        try:
            return self._once(request, actor, actor.id, key)
        except Refusal as refusal:
            return refusal_answer(refusal)

    def _once(self, request: HttpRequest, actor: Actor, user: int, key: str) -> HttpResponse:
        content = b"\0".join([request.get_full_path().encode(), _sent(request)])
        with transaction.atomic():
            given = idempotency.claim(user, key, content, at=request.at)  # type: ignore[attr-defined]
            if given is not None:
                replayed = HttpResponse(given.body, status=given.status, content_type="application/json")
                replayed["Idempotency-Replayed"] = "true"
                return replayed
            answer = self.get_response(request)
            if answer.status_code < 400:
                idempotency.settle(user, key, answer.status_code, answer.content)
            else:
                # What was refused changed nothing, and may be tried again with the same key.
                transaction.set_rollback(True)
        return answer


def _sent(request: HttpRequest) -> bytes:
    """What was sent. Of a form its fields and files: clients draw the boundary between them anew for each try."""
    if request.content_type != "multipart/form-data":
        return request.body
    files = [(name, file.name, _digest(file)) for name, found in request.FILES.lists() for file in found]
    return repr((list(request.POST.lists()), files)).encode("utf-8", "surrogatepass")


def _digest(file: UploadedFile[bytes]) -> str:
    digest = hashlib.sha256()
    for part in file.chunks():
        digest.update(part)
    file.seek(0)
    return digest.hexdigest()
