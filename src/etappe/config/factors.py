"""Second factors and passkeys as Etappe asks for them: a passkey is one unless somebody says otherwise."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.utils.translation import gettext as _


class Factors(DefaultMFAAdapter):  # type: ignore[misc] # allauth has no types
    """allauth with names that say what a key is."""

    def generate_authenticator_name(self, user: Any, kind: Any) -> str:
        """The name that is proposed for a new key."""
        count = Authenticator.objects.filter(user_id=user.pk, type=kind).count()
        return _("Passkey {number}").format(number=count + 1) if count else _("Passkey")


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc] # allauth has no types
    """A new passkey lets in without a password, unless that is taken away."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True
