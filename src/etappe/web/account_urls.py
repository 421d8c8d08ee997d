"""The pages of allauth, without those that Etappe does not use.

Names and addresses of colleagues change by actions only, nobody signs up, and a forgotten password is mailed only where
a mail server is set up. The closed pages keep their names, because allauth looks them up.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, re_path

from etappe.web.refusals import missing

NEVER = (
    "signup/",
    "email/",
    "confirm-email/",
    "phone/",
    "3rdparty/",
    "password/set/",
    "2fa/webauthn/signup/",
    "social/",
)
WITHOUT_MAIL = ("password/reset/",)


@login_not_required
def closed(request: HttpRequest) -> HttpResponse:
    """As if it were not there."""
    return missing(request)


urlpatterns = [
    *(re_path(f"^{start}", closed) for start in (*NEVER, *(() if settings.EMAIL_HOST else WITHOUT_MAIL))),
    re_path("", include("allauth.urls")),
]
