"""Upload mappings at work: a missing asset in a mapped folder is fetched on its first request, and stays."""

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler

import cloudinary
import pytest
from cloudinary import api

from tests.media.http import send
from tests.media.remote_host import RemoteHost, reply
from tests.media_service import MediaService, empty
from tests.pictures import encoded, quadrants
from tests.services import Services

REMOTE = {
    "https://example.com/images/pics/a%20b.png": "picture.png",
    "https://example.com/images/notes.txt": "notes.txt",
}


@pytest.fixture(scope="module")
def mapped(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MediaService]:
    """A service that finds two files at example.com."""
    folder = tmp_path_factory.mktemp("mapped")
    (folder / "picture.png").write_bytes(encoded(quadrants(60, 40), "PNG"))
    (folder / "notes.txt").write_text("no picture")
    remote = ",".join(f"{url}={folder / name}" for url, name in REMOTE.items())
    env = {"PICTURERAIL_FETCH_MAP": remote}
    with services.media(env) as running:
        yield running


@pytest.fixture(autouse=True)
def mapping(mapped: MediaService) -> None:
    empty(mapped.records)
    cloudinary.config(**mapped.sdk_config)
    api.create_upload_mapping("far", template="https://example.com/images/")


def fetch(mapped: MediaService, path: str) -> tuple[str, bytes]:
    with urllib.request.urlopen(f"{mapped.delivery}/{path}") as answer:
        return answer.headers["Content-Type"], answer.read()


def test_a_missing_asset_is_fetched_and_stays(mapped: MediaService) -> None:
    kind, first = fetch(mapped, "image/upload/far/pics/a%20b.png")
    assert (kind, first) == ("image/png", encoded(quadrants(60, 40), "PNG"))
    api.delete_upload_mapping("far")
    assert fetch(mapped, "image/upload/far/pics/a%20b.png")[1] == first
    assert api.resource("far/pics/a b.png")["width"] == 60


def test_what_fails_is_tried_once_for_all_who_wait(services: Services) -> None:
    with RemoteHost() as host:

        def slowly_nothing(request: BaseHTTPRequestHandler) -> None:
            time.sleep(0.7)
            reply(request, b"", 500, {})

        host.answers["/a.png"] = slowly_nothing
        env = {"PICTURERAIL_FETCH_ALLOW": host.netloc}
        with services.media(env, workers=1) as service:
            cloudinary.config(**service.sdk_config)
            api.create_upload_mapping("slow", template=f"{host.url}/")

            def status(_: int) -> int:
                return send(f"{service.delivery}/image/upload/slow/a.png").status

            with ThreadPoolExecutor(6) as visitors:
                statuses = set(visitors.map(status, range(6)))
        assert len(statuses) == 1
        assert statuses < {400, 503}
        assert [path for _, path, _, _ in host.seen] == ["/a.png"]


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
def test_what_no_mapping_leads_to_is_refused(mapped: MediaService, path: str, status: set[int]) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        fetch(mapped, path)
    assert refused.value.code in status
    assert mapped.records["assets"].count_documents({}) == 0
