"""Which tests go to which worker: a file stays together, so that what its tests share is made once.

A file in `APART` shares nothing that takes long, and each of its tests may: they are handed out one by one. What is
marked `slow` is collected first (see `conftest.py`), so files with such a test are handed out first.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

APART = frozenset(
    f"tests/{name}.py"
    for name in (
        "browser/test_every_page",
        "browser/test_hostile",
        "deals/test_filters",
        "deals/test_raw",
        "walks/test_walk",
        "web/test_deals_browser",
        "web/test_permissions",
    )
)
TOGETHER = {"tests/insights/test_spark.py": "tests/insights/test_engines.py"}
"""Files that go where another one goes: they ask the same cluster, which is started once."""


class Files(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out files, or single tests of those in `APART`, in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return nodeid if path in APART else TOGETHER.get(path, path)

    def schedule(self) -> None:
        """In the order of collection: otherwise the file with the most tests would come first."""
        self.config.option.loadscopereorder = False
        super().schedule()
