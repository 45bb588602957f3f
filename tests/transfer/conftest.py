"""A gallery that pictures come into, and a cloud that they come from."""

from collections.abc import Iterator

import pytest

from tests.media.conftest import cloud, sdk
from tests.media.foreign_cloud.conftest import account
from tests.service import Service
from tests.services import Services

__all__ = ["account", "cloud", "sdk"]


@pytest.fixture(scope="package")
def running(services: Services) -> Iterator[Service]:
    with services.program() as service:
        service.add_user("owner@example.com", "owner", "a password for transfers")
        yield service
