"""A camera's raw picture in the gallery: shown at once, kept as it is, and to visitors a JPEG that says nothing."""

import io
import json
import random
import re
from pathlib import Path

import pytest
from PIL import Image

from tests import pictures
from tests.camera_raw_files import Dng
from tests.gallery.browser import Browser
from tests.service import Service
from tests.transfer.test_told import XMP
from tests.transfer.test_transfer import counts

SECRETS = (b"Leitz", b"Summar", b"Ilse", b"2024:05:06")


@pytest.fixture(scope="module")
def owner(service: Service) -> Browser:
    browser = Browser(service.url)
    browser.sign_in(service.owner_email, service.owner_password)
    return browser


def raw(orientation: int = 6) -> bytes:
    """A file that this gallery has not seen."""
    shot = pictures.quadrants(640, 480)
    shot.putpixel((7, 7), tuple(random.randbytes(3)))
    shot.putpixel((9, 9), tuple(random.randbytes(3)))
    return Dng(shot, shot.resize((320, 240)), orientation).content()


def test_it_is_shown_with_what_the_camera_wrote_and_visitors_save_a_jpeg(
    owner: Browser, service: Service
) -> None:
    content = raw()
    page = owner.post("/upload/", {}, [("image", "ภาพ 1.dng", content)])
    link = re.search(r'href="(/gallery/[0-9a-f]{24})"[^>]*>Look at it', page.text)
    assert link, page.words
    told = json.loads(owner.get(f"/api/v1{link[1].replace('gallery', 'pictures')}").body)["picture"]
    assert (told["format"], told["width"], told["height"]) == ("dng", 480, 640)
    assert told["taken_at"] == "2024-05-06T07:08:09"
    shown = owner.get(link[1])
    for words in ("Leitz M 1", "Summar 50", "1/60 s, f/2.8, ISO 200, 50 mm"):
        assert words in shown.words
    assert owner.get(f"{link[1]}/download").body == content

    visitor = Browser(service.url)
    saved = visitor.get(f"{link[1]}/download")
    assert saved.headers["Content-Type"] == "image/jpeg"
    assert ".jpg" in saved.headers["Content-Disposition"]
    with Image.open(io.BytesIO(saved.body)) as picture:
        assert (picture.size, dict(picture.getexif())) == ((480, 640), {})
    source = re.search(r'<img src="([^"]+)" srcset="([^"]+)"', visitor.get(link[1]).text)
    assert source
    sizes = [visitor.get(each.split()[0]).body for each in source[2].split(", ")]
    whole = visitor.get(
        json.loads(visitor.get(f"/api/v1{link[1].replace('gallery', 'pictures')}").body)["picture"]["url"]
    )
    assert whole.status == 200
    for body in (saved.body, whole.body, *sizes):
        assert body[:3] == b"\xff\xd8\xff"
        assert not [secret for secret in SECRETS if secret in body]
    name, version = told["public_id"], told["version"]
    for kind in ("private", "upload"):
        for ending in (f"v{version}/{name}.dng", f"{name}.dng", f"fl_attachment/{name}.dng", name):
            assert visitor.get(f"/picturerail/image/{kind}/{ending}").status in (401, 404)


def test_an_edit_of_it_is_saved_as_a_jpeg(owner: Browser) -> None:
    page = owner.post("/upload/", {}, [("image", "a.dng", raw(1))])
    link = re.search(r'href="/gallery/([0-9a-f]{24})"[^>]*>Look at it', page.text)
    assert link
    owner.post(f"/gallery/{link[1]}/turn", {"way": "90"})
    told = json.loads(owner.get(f"/api/v1/pictures/{link[1]}").body)["picture"]
    assert (told["width"], told["height"]) == (480, 640)
    saved = owner.get(f"/gallery/{link[1]}/download")
    with Image.open(io.BytesIO(saved.body)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (480, 640))
    assert owner.get(f"/gallery/{link[1]}/download?original=1").body[:4] == b"II*\0"


def test_a_raw_picture_and_its_jpeg_come_as_one_stack_with_one_sidecar(
    service: Service, tmp_path: Path
) -> None:
    for number in (1, 2, 10):
        (tmp_path / f"IMG_{number}.DNG").write_bytes(raw())
        jpeg = Image.effect_noise((90, 60), random.randrange(20, 90))
        pictures.saved(jpeg, tmp_path / f"IMG_{number}.JPG")
    (tmp_path / "IMG_2.xmp").write_text(XMP)
    assert counts(service.run("import", "folder", str(tmp_path))) == (6, 0, 0)
    listed = json.loads(Browser(service.url).get("/api/v1/pictures?limit=3").body)["pictures"]
    assert [each["filename"] for each in listed] == ["IMG_10.JPG", "IMG_2.JPG", "IMG_1.JPG"]
    assert [each["stack"]["count"] for each in listed] == [2, 2, 2]
    assert [each["description"] for each in listed][1] == "Der Hafen & das Meer"
