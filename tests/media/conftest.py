"""A running media service, reached over real HTTP by the official SDK."""

from collections.abc import Iterator
from pathlib import Path

import cloudinary
import pytest

from picturerail.database import Database
from picturerail.media.service import Media
from picturerail.settings import Settings, load
from tests.media.remote_host import RemoteHost
from tests.media_service import MediaService, empty
from tests.services import Services


@pytest.fixture(scope="package")
def cloud(services: Services) -> Iterator[MediaService]:
    """The media service alone, by granian, in processes of its own. Shared: count on nothing you did not make."""
    with services.media() as running:
        yield running


@pytest.fixture
def records(cloud: MediaService) -> Database:
    """The database of the running service, to look into."""
    return cloud.records


@pytest.fixture(scope="module")
def host() -> Iterator[RemoteHost]:
    """A web server that a media service may be told to call."""
    with RemoteHost() as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, image_workers: Path) -> Settings:
    """Settings of a fresh data folder, with image workers."""
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "images.sock").symlink_to(image_workers)
    return load(
        {"PICTURERAIL_DATA": str(tmp_path), "PICTURERAIL_API_KEY": "k", "PICTURERAIL_API_SECRET": "s"}
    )


@pytest.fixture
def media(settings: Settings, database: Database) -> Media:
    """The parts of a media service in this process, on an empty database."""
    empty(database)
    return Media.of(settings, database)


@pytest.fixture(autouse=True)
def sdk(request: pytest.FixtureRequest) -> Iterator[None]:
    """Point the SDK at the running service, where a test uses it."""
    if "cloud" in request.fixturenames:
        service = request.getfixturevalue("cloud")
        cloudinary.reset_config()
        cloudinary.config(**service.sdk_config)
    yield
    cloudinary.reset_config()
