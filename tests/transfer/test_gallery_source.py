"""What all other galleries have in common: calls that fail, bytes that were promised, words and clocks."""

import hashlib
import io
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from picturerail.errors import TooLarge, Unavailable
from picturerail.gallery.transfer.galleries.answers import local_time
from picturerail.gallery.transfer.galleries.client import GalleryClient
from picturerail.gallery.transfer.galleries.model import RemoteAlbum, RemotePicture, words
from picturerail.gallery.transfer.galleries.source import RemoteSource
from tests.faults.uploads import unique_jpeg
from tests.transfer.fake_gallery import Answered, Asked, FakeGallery

NUMBER = random.randrange(10**8, 10**9)
ONE, TWO, THREE = (unique_jpeg(NUMBER + each, (64, 48)) for each in range(3))


def client_of(fake: FakeGallery, pauses: list[float]) -> GalleryClient:
    return GalleryClient.of(fake.url, {"x-api-key": "secret"}, 1000, pauses.append)


def test_failing_calls_are_tried_again_and_given_up() -> None:
    answers = iter([Answered(503), Answered(429, headers={"Retry-After": "7"}), Answered(body=b"[1]")])
    pauses: list[float] = []
    with FakeGallery(lambda _: next(answers)) as fake:
        assert client_of(fake, pauses).get("x") == [1]
    assert pauses[1] == 7
    with (
        FakeGallery(lambda _: Answered(502)) as fake,
        pytest.raises(Unavailable, match=r"it answers 502 \(5 tries\)"),
    ):
        client_of(fake, []).get("x")
    with FakeGallery(lambda _: Answered(body=b"<html>")) as fake, pytest.raises(Unavailable, match="no JSON"):
        client_of(fake, []).get("x")


def test_keys_do_not_follow_a_redirect_to_another_host() -> None:
    seen: list[str | None] = []

    def elsewhere(asked: Asked) -> Answered:
        seen.append(asked.headers.get("x-api-key"))
        return Answered(body=b"bytes")

    with FakeGallery(elsewhere) as other:
        to = {"Location": f"{other.url}/file"}
        with FakeGallery(lambda _: Answered(302, headers=to)) as fake:
            client = client_of(fake, [])
            with pytest.raises(Exception, match="not allowed|not a public one"):
                client.download(f"{fake.url}/original", io.BytesIO())
            here = client.guard.allowed | {other.url.removeprefix("http://")}
            object.__setattr__(client.guard, "allowed", here)
            file = io.BytesIO()
            client.download(f"{fake.url}/original", file)
    assert file.getvalue() == b"bytes"
    assert seen == [None]


def named(fake: FakeGallery, name: str, *addresses: str) -> GalleryClient:
    """A client that calls the gallery by a name, which leads to these addresses when it is checked."""
    client = GalleryClient.of(fake.url.replace("127.0.0.1", name), {}, 1000, lambda _: None)
    return replace(client, guard=replace(client.guard, resolve=lambda *_: addresses))


def test_a_name_is_called_where_it_was_checked() -> None:
    hosts: list[str] = []

    def here(asked: Asked) -> Answered:
        hosts.append(asked.headers["Host"])
        return Answered(body=b"[1]")

    with FakeGallery(here) as fake:
        client = named(fake, "gallery.invalid", "127.0.0.2", "127.0.0.1")  # nothing listens at the first
        assert client.get("x") == [1]
    assert hosts == [client.base.removeprefix("http://")]


def test_a_name_that_was_not_found_is_not_called() -> None:
    with FakeGallery(lambda _: Answered(body=b"[1]")) as fake:
        with pytest.raises(Unavailable, match="the host localhost cannot be found"):
            named(fake, "localhost").get("x")
        assert not fake.calls


def test_originals_have_a_largest_size() -> None:
    with FakeGallery(lambda _: Answered(body=b"x" * 1001)) as fake, pytest.raises(TooLarge):
        client_of(fake, []).download(f"{fake.url}/original", io.BytesIO())


class Shelf:
    """A gallery in memory."""

    def __init__(self, *pictures: RemotePicture) -> None:
        self.told, self.loaded = pictures, list[str]()

    def pictures(self) -> Iterator[RemotePicture]:
        yield from self.told

    def albums(self) -> Iterator[RemoteAlbum]:
        yield RemoteAlbum(id="a", title="x" * 500, cover="1", pictures=("2", "1", "0"))

    def download(self, picture: RemotePicture, file: Any) -> None:
        self.loaded.append(picture.id)
        file.write({"1": ONE, "2": TWO}[picture.id])


def test_what_was_loaded_is_known_until_it_is_another_there(tmp_path: Path) -> None:
    first = RemotePicture(id="1", filename="../b.jpg", url="", edition="v1", taken_at="2024")
    second = RemotePicture(id="2", filename="a.mov", url="")
    log = tmp_path / "log"
    shelf = Shelf(first, second)
    source = RemoteSource(shelf, tmp_path, log)
    entries = {each.path: each.refusal for each in source.entries()}
    assert entries == {
        PurePosixPath("a-2.mov"): "no picture of a kind that can be shown here",
        PurePosixPath("b-1.jpg"): "",
    }
    path = PurePosixPath("b-1.jpg")
    assert source.digests(path) is None
    with source.file(path) as file:
        assert file.read_bytes() == ONE
    expected = hashlib.sha256(ONE).hexdigest(), hashlib.md5(ONE).hexdigest()
    assert source.digests(path) == expected
    log.write_text(f'["2 ", "cut{log.read_text()}')  # a kill cut a line before
    assert RemoteSource(shelf, tmp_path, log).digests(path) == expected
    changed = Shelf(RemotePicture(id="1", filename="b.jpg", url="", edition="v2"))
    assert RemoteSource(changed, tmp_path, log).digests(path) is None
    about = source.index().albums[0]
    assert (len(about["title"]), about["pictures"], about["cover"]) == (
        120,
        ["a-2.mov", "b-1.jpg"],
        "b-1.jpg",
    )


def test_bytes_that_were_not_promised_are_refused(tmp_path: Path) -> None:
    shelf = Shelf(RemotePicture(id="1", filename="b.jpg", url="", sha1="0" * 40))
    source = RemoteSource(shelf, tmp_path, tmp_path / "log")
    with pytest.raises(Unavailable, match="promised"), source.file(PurePosixPath("b-1.jpg")):
        pass
    assert not (tmp_path / "log").exists()


@pytest.mark.parametrize(
    ("title", "description", "filename", "said"),
    [
        ("", "", "a.jpg", ""),
        ("IMG 1", "", "IMG_1.jpg", ""),
        ("IMG_1.jpg", "Sea", "IMG_1.jpg", "Sea"),
        ("Sea", "Salt", "a.jpg", "Sea\nSalt"),
        ("Sea", "Sea", "a.jpg", "Sea"),
        ("1 < 2", "<p>a &lt; b</p>", "a.jpg", "1 < 2\na < b"),
    ],
)
def test_title_and_description_become_one(title: str, description: str, filename: str, said: str) -> None:
    assert words(title, description, filename) == said


@pytest.mark.parametrize(
    ("local", "instant", "zone_known", "taken"),
    [
        ("2024-07-14T10:11:12.345Z", "2024-07-14T08:11:12.345Z", True, "2024-07-14T10:11:12+02:00"),
        ("2024-07-14T02:41:12Z", "2024-07-14T08:11:12Z", True, "2024-07-14T02:41:12-05:30"),
        ("2024-07-14T10:11:12Z", "2024-07-14T10:11:12Z", True, "2024-07-14T10:11:12+00:00"),
        ("2024-07-14T10:11:12Z", "2024-07-14T08:11:12Z", False, "2024-07-14T10:11:12"),
        ("2024-07-14T10:11:12Z", "2020-01-01T00:00:00Z", True, "2024-07-14T10:11:12"),
        ("", "", True, ""),
        ("yesterday", "2024-07-14T10:11:12Z", True, ""),
    ],
)
def test_the_clock_of_the_camera_is_told_with_its_zone(
    local: str, instant: str, zone_known: bool, taken: str
) -> None:
    assert local_time(local, instant, zone_known=zone_known) == taken
