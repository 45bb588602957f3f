"""One door for all tests that do not need another one."""

from collections.abc import Iterator

import pytest

from tests.door.house import House


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Shared: count on nothing you did not ask for."""
    with House(tmp_path_factory.mktemp("house")) as running:
        yield running
