"""Who is known already: what an import compares its owners with."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from etappe.team.models import User
from etappe.team.queries import NO_MAILBOX


@dataclass
class KnownUsers:
    """Keys of colleagues by address and by name, and the stand-in addresses in use."""

    by_email: dict[str, int] = field(default_factory=dict)
    by_name: dict[str, int] = field(default_factory=dict)
    stand_ins: set[str] = field(default_factory=set)

    def add(self, key: int, email: str, name: str) -> None:
        """Remember a colleague; of several with one name the first is found by it."""
        self.by_email[email.lower()] = key
        self.by_name.setdefault(name.casefold(), key)
        self.stand_ins.add(email.lower())

    def find(self, email: str, name: str) -> int | None:
        """The key of the colleague with this address, or with this name where no address is given."""
        return self.by_email.get(email) if email else self.by_name.get(name.casefold())

    def get(self, email: str, name: str) -> int:
        """As `find`, for somebody who is known."""
        return self.by_email[email] if email else self.by_name[name.casefold()]

    def stand_in(self, name: str) -> str:
        """An address for somebody who came without one; it leads nowhere, and nobody else has it."""
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", plain)[:40].strip("-") or "owner"
        number = 1
        while (address := f"{slug}.{number}@{NO_MAILBOX}") in self.stand_ins:
            number += 1
        self.stand_ins.add(address)
        return address


def known_users() -> KnownUsers:
    """All colleagues there are."""
    known = KnownUsers()
    for key, email, name in User.objects.order_by("id").values_list("id", "email", "name"):
        known.add(key, email, name)
    return known
