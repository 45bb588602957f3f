"""A real S3 store: SeaweedFS with three volume servers, each object on two of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from picturerail.cluster import seaweedfs, services
from tests.ports import free_ports


@pytest.fixture(scope="package")
def s3_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What PICTURERAIL_STORE must be to use the store."""
    data: Path = tmp_path_factory.mktemp("s3")
    store = seaweedfs.Weed(data, free_ports(seaweedfs.PORTS))
    stages = store.stages()
    try:
        for stage in stages:
            services.start_all(stage)
        yield store.url
    finally:
        for stage in reversed(stages):
            services.stop_all(stage)
