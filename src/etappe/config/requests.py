"""What the web may ask of the supervisor, as files in ETAPPE_HOME that hold no secret."""

from __future__ import annotations

import json

from etappe.config.home import find, replace


def start_empty(user: int) -> None:
    """Ask for the main database to be made the one in use, and for this user (the key here) to be carried over."""
    replace(find().made().requests / "start-empty.json", json.dumps({"user": user}))
