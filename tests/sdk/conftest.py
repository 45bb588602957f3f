"""The running media service of the tests beside these."""

from collections.abc import Iterator

import pytest

from picturerail.database import Database
from tests.media.conftest import cloud, records, sdk
from tests.media_service import MediaService, empty

__all__ = ["cloud", "records", "sdk"]


@pytest.fixture
def database(cloud: MediaService) -> Iterator[Database]:
    """The database of the running service, without any document before and after."""
    empty(cloud.records)
    yield cloud.records
    empty(cloud.records)
