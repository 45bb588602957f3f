"""Upload mappings at work: a missing asset in a mapped folder is fetched on its first request, and stays."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import cloudinary
import pytest
from cloudinary import api

from picturerail.database import Database
from tests.media_service import MediaService
from tests.pictures import encoded, quadrants

REMOTE = {
    "https://example.com/images/pics/a%20b.png": "picture.png",
    "https://example.com/images/notes.txt": "notes.txt",
}


@pytest.fixture(scope="module")
def mapped(
    mongo_uri: str, image_workers: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MediaService]:
    """A service that finds two files at example.com."""
    folder = tmp_path_factory.mktemp("mapped")
    (folder / "picture.png").write_bytes(encoded(quadrants(60, 40), "PNG"))
    (folder / "notes.txt").write_text("no picture")
    remote = ",".join(f"{url}={folder / name}" for url, name in REMOTE.items())
    env = {"PICTURERAIL_FETCH_MAP": remote}
    with MediaService(tmp_path_factory.mktemp("service"), mongo_uri, image_workers, env) as running:
        yield running


@pytest.fixture(autouse=True)
def mapping(mapped: MediaService, database: Database) -> None:
    del database
    cloudinary.config(**mapped.sdk_config)
    api.create_upload_mapping("far", template="https://example.com/images/")


def fetch(mapped: MediaService, path: str) -> tuple[str, bytes]:
    with urllib.request.urlopen(f"{mapped.delivery}/{path}") as answer:
        return answer.headers["Content-Type"], answer.read()


def test_a_missing_asset_is_fetched_and_stays(mapped: MediaService, database: Database) -> None:
    kind, first = fetch(mapped, "image/upload/far/pics/a%20b.png")
    assert (kind, first) == ("image/png", encoded(quadrants(60, 40), "PNG"))
    api.delete_upload_mapping("far")
    assert fetch(mapped, "image/upload/far/pics/a%20b.png")[1] == first
    assert api.resource("far/pics/a b.png")["width"] == 60


def test_it_can_be_transformed_at_once(mapped: MediaService) -> None:
    assert fetch(mapped, "image/upload/c_scale,w_30/far/pics/a%20b.png")[0] == "image/png"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("image/upload/far/pics/missing.png", {400, 404, 503}),
        ("image/upload/far/notes.txt", {400}),
        ("image/upload/near/pics/a%20b.png", {404}),
        ("image/private/far/pics/a%20b.png", {401, 404}),
        ("image/upload/far/..%2f..%2fpics/a%20b.png", {400, 404}),
    ],
)
def test_what_no_mapping_leads_to_is_refused(
    mapped: MediaService, database: Database, path: str, status: set[int]
) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        fetch(mapped, path)
    assert refused.value.code in status
    assert database["assets"].count_documents({}) == 0
