"""Camera raw pictures through the official SDK, as images of Cloudinary's: kept as they are, delivered as pictures."""

import io
from pathlib import Path

import cloudinary.exceptions
import cloudinary.uploader
import cloudinary.utils
import pytest
from PIL import Image

from tests import camera_raw_files, pictures
from tests.camera_raw_files import Dng
from tests.media_service import MediaService
from tests.sdk.test_upload import fetch

SHOT = pictures.quadrants(640, 480)


def opened(url: str) -> Image.Image:
    return Image.open(io.BytesIO(fetch(url)))


def test_kept_as_it_is_and_delivered_as_a_picture(cloud: MediaService, tmp_path: Path) -> None:
    content = Dng(SHOT, SHOT.resize((320, 240))).content()
    (tmp_path / "shot.dng").write_bytes(content)
    answer = cloudinary.uploader.upload(
        str(tmp_path / "shot.dng"), image_metadata=True, eager="w_50,f_png", colors=True
    )
    assert (answer["resource_type"], answer["format"]) == ("image", "dng")
    assert (answer["width"], answer["height"]) == (640, 480)
    assert answer["image_metadata"]["Model"] == "M 1"
    assert (answer["eager"][0]["width"], answer["eager"][0]["format"]) == (50, "png")
    assert answer["secure_url"].endswith(".dng")
    assert fetch(answer["url"]) == content
    name = answer["public_id"]
    for options, kind, width in (
        ({"width": 100}, "JPEG", 100),
        ({"width": 500, "fetch_format": "webp"}, "WEBP", 500),
        ({"format": "jpg"}, "JPEG", 640),
        ({"format": "dng", "width": 120}, "JPEG", 120),  # its own address, with a size put into it
        ({"format": "avif", "width": 90}, "AVIF", 90),
        ({"format": "tiff"}, "TIFF", 640),
    ):
        scaled = {"crop": "scale"} if "width" in options else {}
        with opened(cloudinary.utils.cloudinary_url(name, **options, **scaled)[0]) as picture:
            assert (picture.format, picture.width) == (kind, width)


def test_by_format_and_by_what_is_allowed(cloud: MediaService) -> None:
    content = Dng(SHOT).content()
    converted = cloudinary.uploader.upload(io.BytesIO(content), format="jpg")
    assert (converted["format"], converted["width"]) == ("jpg", 640)
    assert fetch(converted["url"])[:3] == b"\xff\xd8\xff"
    taken = cloudinary.uploader.upload(
        io.BytesIO(content), allowed_formats=["dng", "cr2"], resource_type="auto"
    )
    assert (taken["resource_type"], taken["format"]) == ("image", "dng")
    with pytest.raises(cloudinary.exceptions.Error, match="format dng not allowed"):
        cloudinary.uploader.upload(io.BytesIO(content), allowed_formats=["tiff", "jpg"])


@pytest.mark.parametrize("kind", sorted(camera_raw_files.maker_files()))
def test_what_only_begins_so_is_refused_in_a_sentence(cloud: MediaService, kind: str) -> None:
    content = camera_raw_files.maker_files()[kind]
    with pytest.raises(cloudinary.exceptions.BadRequest, match="Invalid image file"):
        cloudinary.uploader.upload(io.BytesIO(content))
    assert cloudinary.uploader.upload(io.BytesIO(content), resource_type="raw")["bytes"] == len(content)
