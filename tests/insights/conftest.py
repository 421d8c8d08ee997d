"""A Spark cluster for the tests that ask one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from etappe.insights import spark_line
from tests.insights import standalone


@pytest.fixture(scope="session")
def spark_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[standalone.Cluster]:
    """One master and two workers, for all tests of this process."""
    if missing := standalone.missing():
        pytest.skip(missing)
    cluster = standalone.Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        yield cluster
    finally:
        spark_line.end()
        cluster.stop()


@pytest.fixture
def spark(spark_cluster: standalone.Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[standalone.Cluster]:
    """The cluster as the one that figures are computed by; the driver is kept from test to test."""
    from django.test import override_settings

    spark_cluster.start()
    monkeypatch.setenv("SPARK_CONF_DIR", str(spark_cluster.folder))
    with override_settings(**spark_cluster.settings()):
        yield spark_cluster
