"""The scene of the deals' tests: Ada's deal in the first stage, Cem in the team beside hers."""

from __future__ import annotations

from tests.deals.conftest import scene

__all__ = ["scene"]
