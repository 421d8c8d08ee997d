"""Walks that take minutes are walked with `make soak` only."""

from __future__ import annotations

import os

collect_ignore = [] if os.environ.get("ETAPPE_TEST_SOAK") else ["test_import_killed.py"]
