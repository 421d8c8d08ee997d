"""Sign-in: nobody signs up; colleagues are added by an administrator."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ResetPasswordForm


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    """allauth with the door for new accounts shut."""

    def is_open_for_signup(self, request: Any) -> bool:
        """Never."""
        return False


class ResetForm(ResetPasswordForm):  # type: ignore[misc] # allauth has no types
    """A new password for those who chose one. Who came with an import has none, and gets in by invitation only."""

    users: list[Any]

    def clean_email(self) -> str:
        """The address, whoever has it."""
        email = str(super().clean_email())
        self.users = [user for user in self.users if user.has_usable_password()]
        return email
