"""The whole program, told of in notifications."""

from collections.abc import Iterator

import cloudinary
import pytest

from tests.media.remote_host import RemoteHost
from tests.service import Service
from tests.services import Services


@pytest.fixture(scope="module")
def program(host: RemoteHost, services: Services) -> Iterator[Service]:
    """`picturerail serve` on a folder of its own, which may call `host`."""
    with services.program(host.may_be_called()) as running:
        yield running


@pytest.fixture
def program_sdk(program: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The SDK, which finds the program by its environment."""
    monkeypatch.setenv("CLOUDINARY_URL", program.cloudinary_url)
    cloudinary.reset_config()
    yield
    cloudinary.reset_config()
