"""Sign-in: nobody signs up; colleagues are added by an administrator."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    """allauth with the door for new accounts shut."""

    def is_open_for_signup(self, request: Any) -> bool:
        """Never."""
        return False
