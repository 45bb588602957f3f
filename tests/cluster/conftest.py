"""One small world for all tests of a file."""

from collections.abc import Iterator

import pytest

from tests.cluster.cluster import Cluster, Visitor


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("world") / "cluster") as running:
        yield running


@pytest.fixture
def visitor(cluster: Cluster) -> Visitor:
    return Visitor(cluster)
