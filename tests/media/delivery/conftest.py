"""A picture that is stored."""

import uuid
from typing import Any

import pytest

from tests.files import jpeg
from tests.media.delivery.client import put
from tests.media_service import MediaService


@pytest.fixture(scope="module")
def picture(cloud: MediaService) -> dict[str, Any]:
    return put(cloud, jpeg(600, 400), public_id=f"d/{uuid.uuid4().hex}")
