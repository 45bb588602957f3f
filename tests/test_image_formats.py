"""The one table of picture formats: names, media types, first bytes, and the classes of Accept headers."""

import io
import time
from pathlib import Path

import pytest
from PIL import Image

from picturerail import camera_raw, image_formats
from tests import camera_raw_files, pictures
from tests.camera_raw_files import Dng

RAW_FILES = {"dng": Dng(pictures.quadrants(32, 24)).content(), **camera_raw_files.maker_files()}
CHROME = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (CHROME, "avif"),
        ("image/webp,*/*", "webp"),
        ("IMAGE/WEBP", "webp"),
        ("image/webp;q=0, image/avif;q=0.0", ""),
        ("image/avif;q=0,image/webp", "webp"),
        ("image/webp;q=0.1", "webp"),
        ("image/webp;q=0.001", "webp"),
        ("image/webp;q=0.", ""),
        ("image/avif;q=1, image/avif;q=0", "avif"),
        ("image/webp;a=b;q=0", ""),
        ("image/webp;a=b;Q=0.000;c", ""),
        ("image/webp ;\tq=0 ,x", ""),
        ('image/webp;q="0"', ""),
        ('image/webp;a=";q=0"', "webp"),
        ('text/html;a="x,image/avif,y",image/webp', "webp"),
        ('text/html;a="x\\",image/avif,y",image/webp', "webp"),
        ('"image/avif"', ""),
        ('"image/avif,', ""),
        ("*/*", ""),
        ("image/*", ""),
        ("", ""),
        (";;,,=;q=", ""),
        ("x" * 10_000, ""),
        ("x," * 3_000 + "image/webp", "webp"),
        ("image/avifx, ximage/webp", ""),
        ("image/avif-sequence", ""),
        ("image/av\u0131f", ""),
    ],
)
def test_what_a_browser_takes(accept: str, expected: str) -> None:
    assert image_formats.accept_class(accept) == expected


@pytest.mark.parametrize("unit", ["a,", ";", '"', '";\\', "image/avif", ";q=0", " ", ",image/avif;q=0"])
def test_no_header_takes_long_to_read(unit: str) -> None:
    def seconds(length: int) -> float:
        header = (unit * length)[:length]
        began = time.process_time()
        for _ in range(20):
            image_formats.accept_class(header)
        return time.process_time() - began

    # four times the length, and at most a few times more than four times the work: squares would be sixteen
    assert seconds(200_000) < 12 * max(seconds(50_000), 1e-4)


def test_a_class_is_asked_for_by_a_header_of_that_class() -> None:
    for name in image_formats.CLASSES:
        assert image_formats.accept_class(image_formats.accept_of(name)) == name


def test_only_pictures_have_types_that_browsers_show() -> None:
    assert image_formats.media_type("jpg") == "image/jpeg"
    assert image_formats.media_type("svg") == "image/svg+xml"  # sent as an attachment only
    assert image_formats.media_type("html") == "application/octet-stream"


def test_each_extension_belongs_to_one_format() -> None:
    assert len(set(image_formats.EXTENSIONS)) == len(image_formats.EXTENSIONS)
    assert [image_formats.canonical(name) for name in ("jpeg", "jpe", "tif", "heif", "png", "doc")] == [
        "jpg", "jpg", "tiff", "heic", "png", "doc",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "avif", "gif", "tiff", "bmp", "ico"])
def test_files_that_pillow_writes_are_known_by_their_first_bytes(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"picture.{name}"
    Image.new("RGB", (16, 16), "teal").save(path)
    with path.open("rb") as file:
        assert image_formats.sniff(file) == image_formats.canonical(name)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1heicmiaf", "heic"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "avif"),
        (b"\0\0\0\x18ftyphevx\0\0\0\0msf1hevx", "heic"),
        (b"\0\0\0\x14ftypisom\0\0\0\0mp42", ""),
        (b"BM is how this text begins", ""),
        (b"RIFF\0\0\0\0WAVE", ""),
        (b"II+\0\x08\0\0\0", "tiff"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg"),
        (b"<html><svg xmlns='http://www.w3.org/2000/svg'/>", ""),
        (b"", ""),
    ],
)
def test_what_a_file_begins_with(head: bytes, expected: str) -> None:
    assert image_formats.sniff(io.BytesIO(head)) == expected


@pytest.mark.parametrize("kind", sorted(camera_raw.FORMATS))
def test_camera_raw_is_told_from_tiff_by_its_first_bytes(kind: str) -> None:
    content = RAW_FILES[kind]
    assert image_formats.sniff(io.BytesIO(content)) == kind
    assert image_formats.media_type(kind).startswith("image/x-")
    for end in range(len(content)):  # cut anywhere, it is that, a TIFF, or nothing
        assert image_formats.sniff(io.BytesIO(content[:end])) in (kind, "tiff", "")


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_directory_of_a_raw_picture_may_lie_at_the_end(order: str) -> None:
    version = [(50706, camera_raw_files.BYTE, [1, 4, 0, 0])]
    late = camera_raw_files.tiff(version, order, at=3 * image_formats.MAX_HEAD)
    assert image_formats.sniff(io.BytesIO(late)) == "dng"


@pytest.mark.parametrize(
    "tags",
    [
        [(271, camera_raw_files.ASCII, b"NIKON CORPORATION\0"), (254, camera_raw_files.LONG, [0])],
        # a reduced page, no mosaic
        [(271, camera_raw_files.ASCII, b"SONY\0"), (254, camera_raw_files.LONG, [1])],
        [(330, camera_raw_files.LONG, [400]), (254, camera_raw_files.LONG, [1])],  # a pyramid, of no camera
        [(262, camera_raw_files.SHORT, [2])],
        [],
    ],
)
def test_what_programs_write_is_a_tiff_whatever_camera_it_names(tags: list[camera_raw_files.Tag]) -> None:
    assert image_formats.sniff(io.BytesIO(camera_raw_files.tiff(tags))) == "tiff"


@pytest.mark.parametrize("maker", [b"PENTAX\0", b"SAMSUNG\0", b"Somebody\0"])
def test_raw_pictures_of_other_makers_are_named_and_not_taken_for_ours(maker: bytes) -> None:
    content = camera_raw_files.tiff(
        [
            (254, camera_raw_files.LONG, [1]),
            (330, camera_raw_files.LONG, [400]),
            (271, camera_raw_files.ASCII, maker),
        ]
    )
    assert camera_raw.of_tiff(io.BytesIO(content)) in ("pef", "srw", "raw")
    assert image_formats.sniff(io.BytesIO(content)) == "tiff"
