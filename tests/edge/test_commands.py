"""What commands change reaches edges, as what visitors and editors change does."""

import time
from collections.abc import Iterator

import cloudinary.api
import pytest

from picturerail import mongod
from picturerail.database import connect, database
from tests.edge.site import Site, site
from tests.faults.uploads import account_of, unique_jpeg
from tests.service import wait_until

RENEWAL = 30  # seconds; less than the minute after which an edge would ask by itself


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("commands")) as running:
        yield running


def test_what_the_doctor_takes_away_is_gone_from_pages(behind: Site) -> None:
    sent = behind.owner().upload(unique_jpeg(1), "boat.jpg")
    assert sent is not None
    page = f"/gallery/{sent.picture}"
    wait_until(lambda: sent.picture.encode() in behind.get("/gallery/")[2])
    cloudinary.api.delete_all_resources(type="private", **account_of(behind.front))
    _settled(behind, page)
    behind.service.run("doctor", "--repair", "--quiescent")
    wait_until(lambda: behind.get(page)[0] == 404, RENEWAL)
    wait_until(lambda: sent.picture.encode() not in behind.get("/gallery/")[2], RENEWAL)


def test_what_is_imported_is_new_on_pages(behind: Site) -> None:
    folder = behind.service.data / "uploads"
    folder.mkdir(exist_ok=True)
    (folder / "boat.jpg").write_bytes(unique_jpeg(2))
    with connect(mongod.uri(behind.service.data)) as client:
        document = {"filename": "boat.jpg", "description": "Our first upload"}
        picture = str(database(client).gallery.insert_one(document).inserted_id)
    page = f"/gallery/{picture}"
    local = f"{page}/file".encode()
    _settled(behind, page)
    assert local in behind.get(page)[2]
    behind.service.run("import", "tutorial", "--uploads", str(folder))
    wait_until(lambda: local not in behind.get(page)[2], RENEWAL)


def _settled(behind: Site, page: str) -> None:
    """The page is kept, and no purge is on its way any more."""
    time.sleep(2)
    behind.get(page)
    assert behind.get(page)[1]["X-Cache"] == "HIT"
