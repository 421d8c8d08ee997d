"""Django's sessions in the database, read by a statement: every request reads one."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore as Plain
from django.contrib.sessions.models import Session

from etappe.journal.clock import now
from etappe.journal.statements import Statement

_GOOD = Statement(lambda key, at: Session.objects.filter(session_key=key, expire_date__gt=at))


class SessionStore(Plain):
    """Django's own, with a quicker look."""

    def _get_session_from_db(self) -> Session | None:
        found = _GOOD.first(self.session_key, now())
        if found is None:
            self._session_key = None
        return found
