"""Assets come on their first request from the old cloud, once, and stay; what is closed there stays closed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import cloudinary
import pytest
from cloudinary import uploader
from cloudinary.utils import cloudinary_url

from picturerail.errors import StartupError
from picturerail.media.foreign_cloud.address import old_cloud
from picturerail.settings import Settings
from tests.files import opened
from tests.media.foreign_cloud.conftest import picture
from tests.media.foreign_cloud.unruly_proxy import UnrulyProxy
from tests.media.http import send
from tests.media_service import MediaService, empty
from tests.services import Services


@pytest.fixture(scope="module")
def old(account: MediaService) -> Iterator[UnrulyProxy]:
    with UnrulyProxy(account.port) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def heir(old: UnrulyProxy, services: Services) -> Iterator[MediaService]:
    """An empty service whose site came from the old cloud; one process, so that what it remembers can be seen."""
    env = {
        "PICTURERAIL_OLD_CLOUD": old.cloudinary_url(),
        "PICTURERAIL_FETCH_ALLOW": old.url.removeprefix("http://"),
    }
    with services.media(env, workers=1) as running:
        yield running


@pytest.fixture(autouse=True)
def nothing_here_yet(heir: MediaService, old: UnrulyProxy, sdk: None) -> None:
    empty(heir.records)
    old.calls.clear()
    cloudinary.config(**heir.sdk_config)


def asked(old: UnrulyProxy) -> int:
    return old.calls["other"] + old.calls["admin"]


def test_64_first_visitors_fetch_it_once(heir: MediaService, old: UnrulyProxy) -> None:
    url = f"{heir.delivery}/image/upload/w_20/shop/003.png"
    with ThreadPoolExecutor(64) as visitors:
        answers = list(visitors.map(lambda _: send(url), range(64)))
    assert {each.status for each in answers} == {200}
    assert opened(answers[0].body).width == 20
    assert asked(old) == 1
    assert send(f"{heir.delivery}/image/upload/shop/003").body == picture(3)
    assert asked(old) == 1
    assert old.calls["admin"] == 0, "the limit is for the import"


def test_raw_files_and_layers_come_too(heir: MediaService, old: UnrulyProxy) -> None:
    assert send(f"{heir.delivery}/raw/upload/notes/a.txt").body == b"some words"
    layered = send(f"{heir.delivery}/image/upload/l_shop:009,w_5/fl_layer_apply,g_west/w_50/shop/015.png")
    assert layered.status == 200
    assert heir.records["assets"].count_documents({}) == 3


def test_what_is_not_there_is_asked_for_once_in_a_while(heir: MediaService, old: UnrulyProxy) -> None:
    answers = [send(f"{heir.delivery}/image/upload/w_{width}/no/such.png") for width in (10, 20, 30)]
    assert {each.status for each in answers} == {404}
    assert asked(old) == 1
    assert send(f"{heir.delivery}/image/upload/a/../b.png").status in {400, 404}


def test_what_is_closed_there_stays_closed(heir: MediaService, old: UnrulyProxy) -> None:
    unsigned = [
        send(f"{heir.delivery}/image/authenticated/shop/005.png"),
        send(f"{heir.delivery}/image/private/shop/001.png"),
    ]
    assert {each.status for each in unsigned} == {401}
    assert asked(old) == 0
    # a private original is derived from openly, unless its access control says no
    assert send(f"{heir.delivery}/image/private/w_10/shop/001.png").status == 200
    assert send(f"{heir.delivery}/image/private/w_10/shop/007.png").status == 401
    url, _ = cloudinary_url("shop/005", type="authenticated", sign_url=True, format="png")
    assert send(url).body == picture(5)
    kept = heir.records["assets"].find_one({"public_id": "shop/005"})
    assert kept is not None
    assert kept["access_mode"] == "authenticated"


def test_what_was_deleted_here_does_not_come_back(heir: MediaService, old: UnrulyProxy) -> None:
    url = f"{heir.delivery}/image/upload/shop/021.png"
    assert send(url).status == 200
    uploader.destroy("shop/021")
    old.calls.clear()
    assert send(f"{heir.delivery}/image/upload/w_11/shop/021.png").status == 404
    assert asked(old) == 0


def test_an_old_cloud_that_fails_is_a_503_that_heals(heir: MediaService, old: UnrulyProxy) -> None:
    old.share = 1.0
    answers = [send(f"{heir.delivery}/image/upload/w_{width}/shop/009.png") for width in (12, 13)]
    old.share = 0.0
    assert {each.status for each in answers} == {503}
    assert all(int(each.headers["retry-after"]) > 0 for each in answers)
    assert asked(old) == 1


@pytest.mark.parametrize(
    "url", ["https://example.com", "cloudinary://key@cloud", "cloudinary://k:s@c?upload_prefix=x"]
)
def test_a_setting_that_cannot_be_meant_is_refused_at_start(url: str) -> None:
    with pytest.raises(StartupError, match="PICTURERAIL_OLD_CLOUD"):
        old_cloud(Settings(old_cloud=url))
