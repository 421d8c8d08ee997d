"""Sign-in: nobody signs up; colleagues are added by an administrator."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ResetPasswordForm
from django.utils import translation

logger = logging.getLogger(__name__)


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    """allauth with the door for new accounts shut."""

    def is_open_for_signup(self, request: Any) -> bool:
        """Never."""
        return False

    def format_email_subject(self, subject: str) -> str:
        """As it is; allauth would put the address of the site before it."""
        return subject

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail in the language of whoever gets it.

        Where the mail server is at fault the page says the same as always: otherwise it would tell strangers which
        addresses are known here.
        """
        language = getattr(context.get("user"), "language", "") or translation.get_language()
        with translation.override(language):
            try:
                super().send_mail(template_prefix, email, context)
            except (OSError, SMTPException):
                logger.exception("A mail could not be sent; see ETAPPE_SMTP_URL.")


class ResetForm(ResetPasswordForm):  # type: ignore[misc] # allauth has no types
    """A new password for those who chose one. Who came with an import has none, and gets in by invitation only."""

    users: list[Any]

    def clean_email(self) -> str:
        """The address, whoever has it."""
        email = str(super().clean_email())
        self.users = [user for user in self.users if user.has_usable_password()]
        return email
