"""What closes an asset is felt at the edges at once: their copies are forgotten, not kept until a new one is there."""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import cloudinary
import pytest
from cloudinary import api, uploader

from tests import purges
from tests.files import jpeg
from tests.media_service import MediaService
from tests.services import Services

PICTURE = jpeg(60, 40)
CLOSED = [{"access_type": "token"}]


@pytest.fixture(scope="module")
def cloud(services: Services) -> Iterator[MediaService]:
    """A service with an edge, whose purges stay in the database."""
    env = {"PICTURERAIL_EDGES": "127.0.0.1:9", "PICTURERAIL_EDGE_SECRET": "0123456789abcdef"}
    with services.media(env) as running:
        yield running


@pytest.mark.parametrize(
    ("change", "soft"),
    [
        (lambda name: api.update(name, access_control=CLOSED), False),
        (lambda name: uploader.explicit(name, type="upload", headers="Link: a"), False),
        (lambda name: uploader.rename(name, name, to_type="private"), False),
        (lambda name: uploader.rename(name, f"{name}2"), False),
        (lambda name: uploader.upload(PICTURE, public_id=name, access_control=json.dumps(CLOSED)), False),
        (lambda name: uploader.destroy(name), False),
        (lambda name: uploader.upload(PICTURE, public_id=name), True),
    ],
    ids=["access_control", "headers", "type", "name", "replaced and closed", "destroyed", "replaced"],
)
def test_edges_forget_at_once(cloud: MediaService, change: Callable[[str], Any], soft: bool) -> None:
    cloudinary.config(**cloud.sdk_config)
    name = uuid.uuid4().hex
    uploader.upload(PICTURE, public_id=name)
    change(name)
    jobs = [purge for purge in purges.waiting(cloud.records) if purge["names"] == [name]]
    assert jobs
    assert {(tuple(job["names"]), job["kind"], job["soft"]) for job in jobs} == {
        ((name,), "image/upload", soft)
    }
